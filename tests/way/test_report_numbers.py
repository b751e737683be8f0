"""Every number in a report can be counted again: from the sightings, and from the entries that it cites."""

from collections.abc import Iterable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from tests.reports import sample
from tests.reports.casebook import BoxGround, MemoryBook
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Access, Coverage, Kind, Observation, Weapon
from trucekeeper.places.position import Disc, Position, Sector
from trucekeeper.record.ref import Ref
from trucekeeper.reports.daily import build, day_interval
from trucekeeper.reports.model import Beside, Cell, Compared, Figure, Form, Report
from trucekeeper.reports.units import COUNTED, UNITS

AGREEMENT = sample.agreement()
TODAY = day_interval(AGREEMENT, sample.DAY)
DAY_MS = 24 * sample.HOUR
ACT_OF = {many: act for act, _, many in UNITS}

POSITIONS = st.builds(Position, st.integers(-23_000_000, -19_500_000), st.integers(-20_000_000, -18_000_000))
REGIONS = st.one_of(
    st.none(),
    st.builds(Disc, POSITIONS, st.sampled_from((0, 500, 20_000))),
    st.builds(Sector, POSITIONS, st.just(50), st.just(5_000), st.just(7_000), st.integers(0, 15)),
)
COUNTS = st.one_of(
    st.none(), st.builds(Span.exactly, st.integers(0, 30)), st.just(Span(100, None)), st.just(Span(5, 7))
)


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    kind = draw(
        st.sampled_from(
            (Kind.REPORT, Kind.REPORT, Kind.DETECTION, Kind.CLAIM, Kind.COVERAGE, Kind.ACCESS_REFUSED)
        )
    )
    start = TODAY.start + draw(st.integers(-2 * DAY_MS, DAY_MS + DAY_MS // 2))
    return Observation(
        uid=str(draw(st.integers(0, 10**9))),
        kind=kind,
        source=draw(st.sampled_from(("patrol-n", "satellite", "liaison-a", "liaison-b"))),
        when=Interval(Instant(start), Instant(start + draw(st.integers(0, DAY_MS // 2)))),
        where=draw(REGIONS),
        act=draw(st.sampled_from(("explosion", "burst", "flight", "fire-detected", "fighting", None))),
        count=draw(COUNTS),
        weapon=draw(st.sampled_from((None, Weapon(None), Weapon("mortar"), Weapon("tank")))),
        relays=draw(st.sampled_from((None, None, None, "patrol-n/1"))),
        coverage=Coverage(("explosion",), 500_000) if kind is Kind.COVERAGE else None,
        access=Access("party-b", True, None, None, None, None) if kind is Kind.ACCESS_REFUSED else None,
    )


@st.composite
def books(draw: st.DrawFn) -> MemoryBook:
    told = draw(st.lists(observations(), max_size=25))
    seen = [Sighting(Ref(3, index) if index % 3 else Ref(10 + index), one) for index, one in enumerate(told)]
    labels = draw(st.lists(st.integers(0, 4), min_size=len(seen), max_size=len(seen)))
    incidents = []
    for label in range(1, 4):  # label 0 and 4 stay unlinked
        members = tuple(one for one, of in zip(seen, labels, strict=True) if of == label)
        if members:
            start = min(one.observation.when.start for one in members)
            end = max(one.observation.when.end or start for one in members)
            incidents.append(Incident(f"INC-2026-00000{label}", members, Interval(start, Instant(end))))
    return MemoryBook(seen=tuple(seen), linked=tuple(incidents), sources=sample.SOURCES)


def groups(book: MemoryBook, seen: Iterable[Sighting]) -> dict[object, list[Observation]]:
    """The counting rule once more: linked reports of one act are one thing, all else stands alone."""
    incident_of = {one.ref: incident.id for incident in book.linked for one in incident.members}
    found: dict[object, list[Observation]] = {}
    for one in seen:
        told = one.observation
        neutral = book.source(told.source).interest is None
        if told.kind in (Kind.REPORT, Kind.DETECTION) and neutral and told.relays is None:
            found.setdefault((incident_of.get(one.ref, one.ref), told.act), []).append(told)
    return found


def total(of: Iterable[list[Observation]]) -> Span:
    low, high = 0, 0
    endless = False
    for told in of:
        spans = [one.count for one in told if one.count is not None]
        if spans:
            low += max(span.low for span in spans)
            endless |= any(span.high is None for span in spans)
            high += max(span.high or 0 for span in spans)
        else:
            low, high = low + 1, high + 1
            endless |= any(one.kind is Kind.REPORT and one.act in COUNTED for one in told)
    return Span(low, None if endless else high)


def figures(cell: Cell) -> Iterator[Figure]:
    if isinstance(cell, Figure):
        yield cell
    elif isinstance(cell, Compared):
        yield from (cell.now, cell.before)
    elif isinstance(cell, Beside):
        yield from figures(cell.figure)
        yield from figures(cell.other)


def made(book: MemoryBook) -> Report:
    return build(book, AGREEMENT, sample.DAY, 5_000, sample.CHECKPOINT, BoxGround())


def table(report: Report, name: str):
    return next((one for section in report.sections for one in section.tables if one.id == name), None)


@given(books())
def test_totals_agree_with_an_independent_recount_of_the_sightings(book: MemoryBook) -> None:
    found = table(made(book), "by-sector")
    whole = groups(book, book.seen)
    start_of = {key: min(one.when.start for one in told) for key, told in whole.items()}
    today = {key: told for key, told in whole.items() if TODAY.holds(start_of[key])}
    if found is None:
        assert not today
        return
    for head, cell in zip(found.columns[1:], found.rows[-1].cells, strict=True):
        assert isinstance(cell, Beside)
        assert isinstance(cell.figure, Compared)
        act = ACT_OF[head] or None
        assert cell.figure.now.value == total(told for (_, of), told in today.items() if of == act)


@given(books())
def test_the_cited_entries_alone_recount_to_every_act_figure(book: MemoryBook) -> None:
    report = made(book)
    by_ref = {one.ref: one for one in book.seen}
    for name in ("by-sector", "by-weapon", "by-side", "by-day"):
        found = table(report, name)
        for row in found.rows if found else ():
            for head, cell in zip(found.columns[1:], row.cells, strict=True):
                for figure in figures(cell):
                    if figure.form is Form.COUNT:
                        cited = groups(book, (by_ref[ref] for ref in figure.refs))
                        assert {act for _, act in cited} <= {ACT_OF[head] or None}
                        assert figure.value == total(cited.values())


@given(books())
def test_sectors_and_leftovers_add_up_to_the_total_and_cite_nothing_twice(book: MemoryBook) -> None:
    found = table(made(book), "by-sector")
    if found is None:
        return
    for column in range(len(found.columns) - 1):
        cells = [next(figures(row.cells[column]), None) for row in found.rows]
        parts, whole = [one for one in cells[:-1] if one], cells[-1]
        assert whole is not None
        cited = [ref for one in parts for ref in one.refs]
        assert sorted(cited) == list(whole.refs)
        summed = Span.exactly(0)
        for one in parts:
            summed += one.value
        assert summed == whole.value


@given(books())
def test_the_cited_entries_recount_to_entries_happenings_and_minutes(book: MemoryBook) -> None:
    report = made(book)
    by_ref = {one.ref: one for one in book.seen}
    effort = table(report, "by-effort")
    for row in effort.rows:
        happened = next(figures(row.cells[2]), None)
        if happened is not None:
            assert happened.value == Span.exactly(len(groups(book, (by_ref[ref] for ref in happened.refs))))
        for figure in figures(row.cells[0]):
            longest = sum(_minutes(by_ref[ref].observation) for ref in figure.refs)
            assert figure.value.low <= longest
            assert bool(figure.refs) == (figure.value.low > 0)
    looked = next(line.figure.now for line in report.headlines if line.label == "observer-hours")
    everywhere = [one for one in book.seen if one.observation.kind is Kind.COVERAGE]
    assert looked.value.low == sum(_minutes(one.observation) for one in everywhere)
    refused = next(line.figure.now for line in report.headlines if line.label == "access restrictions")
    patrols = [one for one in book.seen if one.observation.kind is Kind.ACCESS_REFUSED]
    neutral = [one for one in patrols if book.source(one.observation.source).interest is None]
    assert refused.refs == tuple(
        sorted(one.ref for one in neutral if TODAY.holds(one.observation.when.start))
    )
    assert refused.value.low == len(refused.refs)


@given(books())
def test_no_number_but_nought_stands_without_entries(book: MemoryBook) -> None:
    for section in made(book).sections:
        for words in section.words:
            assert all(part.refs for part in words if isinstance(part, Figure) and part.value.low)
        for found in section.tables:
            for row in found.rows:
                for cell in row.cells:
                    assert all(one.refs for one in figures(cell) if one.value != Span.exactly(0))


@given(books())
def test_each_chance_is_what_its_cited_entries_alone_give(book: MemoryBook) -> None:
    found = table(made(book), "chances")
    for place, row in enumerate(found.rows if found else ()):
        for figure in figures(row.cells[0]):
            cited = tuple(one for one in book.seen if one.ref in figure.refs)
            assert {one.observation.kind for one in cited} == {Kind.COVERAGE}
            alone = table(made(MemoryBook(seen=cited, sources=book.sources)), "chances")
            again = [one.value for one in figures(alone.rows[place].cells[0])]
            assert figure.value in again


@given(books())
def test_every_count_by_sector_stands_beside_its_chance_or_says_that_nobody_looked(book: MemoryBook) -> None:
    report = made(book)
    counts, chances = table(report, "by-sector"), table(report, "chances")
    known = {row.label: next(figures(row.cells[0]), None) for row in chances.rows} if chances else {}
    for row in counts.rows if counts else ():
        for head, cell in zip(counts.columns[1:], row.cells, strict=True):
            if row.label.startswith(("Place", "Outside")):
                assert not isinstance(cell, Beside)
            elif isinstance(cell, Beside) and isinstance(cell.other, Figure):
                assert head == "explosions"
                label = "All sectors" if row.label == "All" else row.label
                assert known[label] == cell.other
            elif isinstance(cell, Beside):
                assert cell.other.mark == "blind"
                assert row.label == "All" or next(figures(cell)).refs
            else:
                assert cell.mark == "blind"


def _minutes(told: Observation) -> int:
    start, end = max(told.when.start, TODAY.start), min(told.when.end or 0, TODAY.end or 0)
    return max(0, end - start) // 60_000
