from datetime import date
from zoneinfo import ZoneInfo

from tests.reports import sample
from tests.reports.casebook import BoxGround, MemoryBook
from trucekeeper.agreement.model import Publication
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Instant, Interval, format_utc, parse_utc
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Coverage, Holding, Kind, Observation
from trucekeeper.parties.model import Source
from trucekeeper.places.position import Disc
from trucekeeper.record.ref import Ref
from trucekeeper.reports.counting import NOTHING, figure, happenings, merged
from trucekeeper.reports.daily import build, day_interval
from trucekeeper.reports.effort import joined_ms
from trucekeeper.reports.model import Report, Table, Words

NOON = parse_utc("2026-03-15T10:00:00.000Z")
DAY = Interval(Instant(NOON - 1000), Instant(NOON + 3_600_000))


def told(entry: int, source: str = "patrol-n", kind: Kind = Kind.REPORT, **fields: object) -> Sighting:
    fields = {"act": "explosion", "when": Interval(NOON, Instant(NOON + 60_000))} | fields
    return Sighting(Ref(entry), Observation(f"u{entry}", kind, source, **fields))


def book(*seen: Sighting, linked: tuple[Incident, ...] = ()) -> MemoryBook:
    return MemoryBook(seen=seen, linked=linked, sources=sample.SOURCES)


def counted(*seen: Sighting, linked: bool = False) -> Span:
    incidents = (Incident("INC-2026-000001", seen, seen[0].observation.when),) if linked else ()
    return figure(happenings(book(*seen, linked=incidents), DAY, 5_000)).value


def report(*seen: Sighting, **changes: object) -> Report:
    return build(book(*seen), sample.agreement(**changes), sample.DAY, 5_000, sample.CHECKPOINT, BoxGround())


def table(made: Report, name: str) -> Table:
    return next(one for section in made.sections for one in section.tables if one.id == name)


def words(made: Report, section: str) -> str:
    parts = next(one.words for one in made.sections if one.id == section)
    return " ".join(part for prose in parts for part in prose if isinstance(part, str))


def test_over_a_hundred_widens_the_sum() -> None:
    assert counted(told(1, count=Span(100, None)), told(2, count=Span(5, 7))) == Span(105, None)


def test_linked_reports_of_one_act_count_once_with_the_highest_bounds() -> None:
    assert counted(told(1, count=Span(5, 7)), told(2, count=Span(6, 9)), linked=True) == Span(6, 9)


def test_a_linked_report_without_a_number_gives_way_to_one_with_a_number() -> None:
    assert counted(told(1), told(2, count=Span.exactly(4)), linked=True) == Span.exactly(4)


def test_linked_reports_of_different_acts_count_each_in_its_own_unit() -> None:
    explosion, burst = told(1, count=Span.exactly(4)), told(2, act="burst", count=Span.exactly(9))
    linked = (Incident("INC-2026-000001", (explosion, burst), DAY),)
    found = happenings(book(explosion, burst, linked=linked), DAY, 5_000)
    assert [(one.act, one.value) for one in found] == [
        ("explosion", Span.exactly(4)),
        ("burst", Span.exactly(9)),
    ]


def test_explosions_without_a_number_are_at_least_one() -> None:
    assert counted(told(1)) == Span(1, None)


def test_a_detection_without_a_number_is_one() -> None:
    assert counted(told(1, "satellite", Kind.DETECTION, act="fire-detected")) == Span.exactly(1)


def test_neither_side_can_raise_a_count_by_what_it_says() -> None:
    assert counted(told(1, "liaison-a"), told(2, "liaison-b", Kind.CLAIM)) == Span.exactly(0)


def test_a_copied_rumour_is_not_counted_again() -> None:
    assert counted(
        told(1, count=Span.exactly(2)), told(2, relays="patrol-n/u1", count=Span.exactly(2))
    ) == Span.exactly(2)


def test_a_happening_counts_in_one_day_only() -> None:
    across = told(1, when=Interval(Instant(DAY.start - 5), Instant(NOON)), count=Span.exactly(3))
    assert happenings(book(across), DAY, 5_000) == ()
    before = Interval(Instant(DAY.start - 10), DAY.start)
    assert figure(happenings(book(across), before, 5_000)).value == Span.exactly(3)


def test_an_incident_that_began_the_day_before_is_not_counted_twice() -> None:
    yesterday = told(
        1, when=Interval(Instant(DAY.start - 5_000), Instant(DAY.start - 1)), count=Span.exactly(3)
    )
    today = told(2, count=Span.exactly(3))
    linked = (Incident("INC-2026-000001", (yesterday, today), Interval(Instant(DAY.start - 5_000), DAY.end)),)
    assert happenings(book(yesterday, today, linked=linked), DAY, 5_000) == ()


def test_nothing_counted_is_nought_without_entries() -> None:
    assert figure(()) == NOTHING


def test_what_was_recorded_later_is_not_known_to_the_report() -> None:
    seen = (told(10, count=Span.exactly(1)), told(6_000, count=Span.exactly(50)))
    assert table(report(*seen), "by-day").rows[-1].cells[0].value == Span.exactly(1)


def test_a_sector_that_nobody_watched_is_never_printed_as_nought() -> None:
    looked = told(
        2,
        kind=Kind.COVERAGE,
        act=None,
        where=Disc(sample.at(-20.3, -19), 1_000),
        coverage=Coverage(("shot",), 1),
    )
    made = report(told(1, where=Disc(sample.at(-20.3, -19), 0)), looked)
    rows = {row.label: row for row in table(made, "by-sector").rows}
    assert rows["Sector south"].cells == (Words("nobody looked", "blind"),)
    assert rows["Sector south"].mark == "blind"
    assert "Nobody looked in Sector lake, Sector centre and Sector south" in words(made, "summary")
    rates = {row.label: row.cells[-1] for row in table(made, "by-effort").rows}
    assert rates["Sector south"] == Words("not known", "blind")


def test_without_any_effort_on_record_the_report_says_so() -> None:
    assert "No observation effort is on record" in words(report(told(1)), "effort")


def test_a_place_that_reaches_over_a_sector_edge_stands_in_a_row_of_its_own() -> None:
    edge = told(1, where=Disc(sample.at(-20.7, -19), 5_000), count=Span.exactly(2))
    rows = {row.label: row.cells[0] for row in table(report(edge), "by-sector").rows}
    assert rows["Place uncertain"].now.value == Span.exactly(2)
    assert rows["All"].figure.now.value == Span.exactly(2)


def test_the_day_ends_at_the_cut_off_of_the_agreements_clock() -> None:
    day = day_interval(sample.agreement(), date(2026, 3, 15))
    assert (format_utc(day.start), format_utc(day.end)) == (
        "2026-03-14T17:30:00.000Z",
        "2026-03-15T17:30:00.000Z",
    )


def test_a_day_on_which_clocks_change_is_an_hour_shorter() -> None:
    kyiv = sample.agreement(timezone=ZoneInfo("Europe/Kyiv"))
    day = day_interval(kyiv, date(2026, 3, 29))
    assert day.end - day.start == 23 * sample.HOUR


def test_findings_are_not_printed_to_those_whom_the_agreement_gives_none() -> None:
    narrow = Publication(("parties", "public"), ("parties",), False, ("panel",), 1170)
    made = build(
        sample.casebook(),
        sample.agreement(publication=narrow),
        sample.DAY,
        5_000,
        sample.CHECKPOINT,
        BoxGround(),
    )
    section = next(one for one in made.sections if one.id == "findings")
    assert [one.id for one in section.tables] == ["pending"]
    assert "gives findings to fewer" in words(made, "findings")
    assert "crater" not in words(made, "findings")


def test_probabilities_are_printed_only_to_whom_the_agreement_gives_them() -> None:
    open_to = Publication(("panel",), ("panel",), False, ("panel",), 1170)
    for publication, shown in ((sample.agreement().publication, False), (open_to, True)):
        made = build(
            sample.casebook(),
            sample.agreement(publication=publication),
            sample.DAY,
            5_000,
            sample.CHECKPOINT,
            BoxGround(),
        )
        cell = table(made, "decided").rows[0].cells[1]
        assert isinstance(cell, Words)
        assert ("91 %" in cell.text) is shown


def test_dissent_and_replies_are_kept_in_words() -> None:
    made = build(sample.casebook(), sample.agreement(), sample.DAY, 5_000, sample.CHECKPOINT, BoxGround())
    assert "The crater speaks for a later date." in words(made, "findings")
    assert "Free Cantons of Vesk disputes the draft of entry 4000" in words(made, "findings")
    assert "entered twice" in words(made, "corrections")


def test_ledgers_tell_disputed_from_one_sided_and_self_reported() -> None:
    made = build(sample.casebook(), sample.agreement(), sample.DAY, 5_000, sample.CHECKPOINT, BoxGround())
    counts = {row.label: row.cells[0].value.low for row in table(made, "by-standing").rows}
    assert counts == {"Agreed": 0, "Disputed": 1, "One-sided": 1, "Self-reported": 1}


def test_a_rival_reading_that_changes_the_count_is_marked() -> None:
    made = build(sample.casebook(), sample.agreement(), sample.DAY, 5_000, sample.CHECKPOINT, BoxGround())
    rows = [row for row in table(made, "by-term").rows if row.mark == "differs"]
    assert [row.cells[0].text for row in rows] == ["width-per-side, read so by Free Cantons of Vesk"]


def test_weapons_are_counted_by_status_and_side() -> None:
    held = told(
        1, "satellite", Kind.HOLDING, act=None, where=Disc(sample.at(-21, -18.5), 10), count=Span.exactly(3),
        holding=Holding("missing"),
    )  # fmt: skip
    rows = {row.label: row.cells for row in table(report(held), "by-status").rows}
    assert [cell.value.low for cell in rows["Missing from storage"]] == [3, 0, 3]
    assert [cell.value.low for cell in rows["In violation of withdrawal lines"]] == [0, 0, 0]


def test_a_source_is_named_by_its_class_alone() -> None:
    secret = Source("captain-of-post-7", None, "mission", "patrol", "B")
    seen = sample.casebook().seen
    renamed = told(4_999, secret.id, Kind.HOLDING, act=None, holding=Holding("missing"))
    made = build(
        MemoryBook(seen=(*seen, renamed), sources=sample.SOURCES | {secret.id: secret}),
        sample.agreement(), sample.DAY, 5_000, sample.CHECKPOINT, BoxGround(),
    )  # fmt: skip
    assert "captain" not in repr(made)
    assert "'patrol'" in repr(made)


def test_overlapping_looks_are_watched_time_once() -> None:
    assert joined_ms([(0, 10), (5, 20), (30, 40), (31, 32)]) == 30


def test_merging_keeps_an_unknown_upper_bound() -> None:
    assert merged((Span(1, 4), Span(3, None))) == Span(3, None)
