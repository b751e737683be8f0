"""A report on a historical span: years as rows, and what attribution the data allow."""

from datetime import UTC, datetime

from trucekeeper.agreement.model import Agreement
from trucekeeper.kernel.clock import Instant, Interval, from_datetime, to_datetime
from trucekeeper.kernel.errors import BadInput
from trucekeeper.reports.acts import by_step
from trucekeeper.reports.answers import cases_section
from trucekeeper.reports.counting import figure, number_of, split
from trucekeeper.reports.doubts import doubts_section
from trucekeeper.reports.method import method_section
from trucekeeper.reports.model import Cell, Cited, Headline, Prose, Report, Row, Section, Table, Words
from trucekeeper.reports.phrases import moment_words, offset_words
from trucekeeper.reports.ports import Ground, Reportbook
from trucekeeper.reports.scene import Frame, Scene, Step, gather
from trucekeeper.reports.sketching import sketch
from trucekeeper.reports.touched import Touched, ordered, reading_label, term_label, terms_section, touched
from trucekeeper.reports.units import plural


def build_period(
    casebook: Reportbook,
    agreement: Agreement,
    interval: Interval,
    upto: int,
    checkpoint: Cited,
    ground: Ground,
) -> Report:
    """The report on a closed span of time, in the order of calendar years (UTC)."""
    steps = years(interval)
    scene = gather(casebook, agreement, ground, Frame(interval, None, steps), upto)
    found = touched(scene)
    end = steps[-1].interval.end or interval.start
    span = f"{moment_words(interval.start, agreement.timezone)} to {moment_words(end, agreement.timezone)}"
    return Report(
        kind="period",
        id=f"{agreement.id}/period/{_date(interval.start)}/{_date(end)}",
        title="Report on a period",
        agreement_id=agreement.id,
        agreement_title=agreement.title,
        agreement_digest=agreement.digest,
        historical=agreement.historical,
        day="",
        interval=interval,
        before=None,
        span_words=span,
        zone_name=offset_words(agreement.timezone, interval.start),
        audience=agreement.publication.daily_report,
        upto=upto,
        checkpoint=checkpoint,
        sides=tuple((party.id, party.name) for party in agreement.parties),
        headlines=_headlines(scene, found),
        sections=(
            _summary(scene, found),
            terms_section(scene),
            _by_year(scene, found),
            _doubted(scene, found),
            Section("acts", "What was recorded", (("Recorded, not adjudicated.",),), (by_step(scene),)),
            _attribution(scene),
            cases_section(scene),
            doubts_section(scene, {}),
            method_section(scene),
        ),
        sketch=sketch(agreement, ground, scene.now),
    )


def years(interval: Interval) -> tuple[Step, ...]:
    """The calendar years (UTC) of a closed interval, the first and last cut to it."""
    if interval.end is None or interval.end <= interval.start:
        msg = "a report's period has no end or is empty; give a last day after the first"
        raise BadInput(msg)
    first = to_datetime(interval.start).year
    last = to_datetime(Instant(interval.end - 1)).year
    return tuple(
        Step(
            str(year),
            Interval(max(interval.start, _new_year(year)), min(interval.end, _new_year(year + 1))),
        )
        for year in range(first, last + 1)
    )


def _new_year(year: int) -> Instant:
    return from_datetime(datetime(year, 1, 1, tzinfo=UTC))


def _date(at: Instant) -> str:
    return to_datetime(at).date().isoformat()


def _headlines(scene: Scene, found: Touched) -> tuple[Headline, ...]:
    counts = tuple(
        Headline(plural(act), figure(ones)) for act, ones in split(scene.now, lambda one: one.act).items()
    )
    names = [(term.id, term.reading) for term in ordered(scene) if not term.reading][:2]
    sure = tuple(Headline(f"certainly touch {name[0]}", found.certain(name, found.events)) for name in names)
    return (*counts[:3], *sure)


def _summary(scene: Scene, found: Touched) -> Section:
    words: list[Prose] = [
        ("On record are ", number_of(scene.now), " happenings in this period. Recorded, not adjudicated.")
    ]
    for term in ordered(scene):
        name = (term.id, term.reading)
        words.append(
            (
                f"{term.id}, {reading_label(scene, term)}: ",
                found.certain(name, found.events), " events touch it certainly, ",
                found.possible(name, found.events), " possibly, ",
                found.untouched(name, found.events), " do not.",
            )
        )  # fmt: skip
    return Section("summary", "Summary", tuple(words))


def _by_year(scene: Scene, found: Touched) -> Section:
    tables: list[Table] = []
    for main in dict.fromkeys(term.id for term in ordered(scene)):
        readings = [term for term in ordered(scene) if term.id == main]
        heads = [
            f"{reading_label(scene, term)}: {word}" for term in readings for word in ("certainly", "possibly", "not")
        ]  # fmt: skip
        rows = tuple(
            Row(step.label, _year_cells(found, step, [(term.id, term.reading) for term in readings]))
            for step in scene.steps
        )
        tables.append(Table(f"years-{main}", term_label(scene, readings[0]), ("Year", *heads), rows))
    words = "Each event stands in the year in which it can first have begun (UTC)."
    return Section("years", "Terms touched, year by year", ((words,),), tuple(tables))


def _year_cells(found: Touched, step: Step, names: list[tuple[str, str]]) -> tuple[Cell, ...]:
    events = [one for one in found.events if step.interval.holds(one.start)]
    return tuple(
        count(name, events) for name in names for count in (found.certain, found.possible, found.untouched)
    )


def _doubted(scene: Scene, found: Touched) -> Section:
    title = "Why some touch only possibly"
    tests = sorted({test for of in found.touches.values() for one in of.values() for test in one.doubts})
    if not tests:
        return Section("possible", title, (("None touches a term only possibly.",),))
    rows = tuple(
        Row(
            "" if term.reading else term_label(scene, term),
            (
                Words(reading_label(scene, term)),
                *(found.doubted((term.id, term.reading), test) for test in tests),
            ),
        )
        for term in ordered(scene)
    )
    words = "Events by the question that could not be answered; one event may stand under several."
    table = Table("possible", "Questions without an answer", ("Term", "Reading", *tests), rows)
    return Section("possible", title, ((words,),), (table,))


def _attribution(scene: Scene) -> Section:
    named = split(
        scene.now, lambda one: ", ".join(sorted({m.observation.by or "" for m in one.members} - {""}))
    )
    rows = [
        Row(" and ".join(scene.party(party) for party in by.split(", ")), (number_of(ones),))
        for by, ones in sorted(named.items())
        if by
    ]
    rows.append(Row("No author named", (number_of(named.get("", ())),), "total"))
    words: Prose = (
        "What the data say of authors. A source's word on who did it is not an attribution; only a finding is.",
        " Where no author is named, none can be inferred from place or side.",
    )
    table = Table("authors", "Authors named by the sources", ("Author", "Happenings"), tuple(rows))
    return Section("attribution", "What attribution the data allow", (words,), (table,))
