"""The section that holds the sides against each other by process, never by outcome."""

from collections.abc import Iterable

from trucekeeper.kernel.clock import Interval
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Kind
from trucekeeper.record.ref import Ref
from trucekeeper.reports.answers import may_read
from trucekeeper.reports.counting import entries
from trucekeeper.reports.effort import effort
from trucekeeper.reports.model import Beside, Cell, Figure, Form, Prose, Row, Section, Table, Words
from trucekeeper.reports.scene import Scene
from trucekeeper.reports.symmetry import ANSWERS, Decision, Measure, ledger, measure

ENOUGH = 5
"""Below so many decided cases a rate tells nothing, and none is printed."""
FEW = Words("too few to compare", "quiet")
PROCESS = (
    "This compares how the sides were treated, not how they behaved: the same watching, the same speed, as few wrong "
    "findings. Equal outcomes are no goal: where one side did more, more is to be found."
)
MILLION = 1_000_000


def parity_section(scene: Scene) -> Section:
    """What was done with the two sides' matters, side by side; answers only for whom findings are given."""
    measures = measured(scene)
    publication = scene.agreement.publication
    words: list[Prose] = [(PROCESS,)]
    tables = [_looked(scene), _course(scene, measures)]
    if may_read(scene, publication.findings):
        tables.append(_answers(scene, measures))
        if may_read(scene, publication.probabilities):
            tables.append(_calibration(scene, measures))
    else:
        words.append(("Answers are not printed: the agreement gives findings to fewer than this report.",))
    shown = tuple(one for one in tables if one.rows)
    return Section("parity", "The same measure for both sides", tuple(words), shown)


def measured(scene: Scene) -> tuple[tuple[str, Measure], ...]:
    """The measure of each party, in the order of the agreement, from its entry into force to the report's end."""
    since = Interval(min(scene.agreement.in_force, scene.interval.start), scene.interval.end)
    known = ledger(scene.book, scene.neutral, since, scene.upto)
    return tuple((party.id, measure(known, party.id)) for party in scene.agreement.parties)


def _looked(scene: Scene) -> Table:
    claims = scene.of_kind(Kind.CLAIM)
    rows: list[Row] = []
    for party, shape in scene.places.sides:
        here = tuple(one for one in scene.now if scene.places.side_of(one) == party)
        looked = effort(
            (one for one in scene.coverage if scene.interval.overlaps(one.observation.when)),
            scene.interval, scene.places.ground, shape,
        )  # fmt: skip
        own = entries(one.ref for one in claims if scene.neutral.interest(one.observation.source) == party)
        reports = entries(ref for one in here for ref in one.refs)
        rows.append(Row(f"Side of {scene.party(party)}", (looked.minutes, reports, own)))
    note = "By side of the line. Claims: made by sources that share the side's interest."
    columns = ("Side", "Observer-hours", "Reports counted", "Claims made by it")
    return Table("parity", "Looked at, in this period", columns, tuple(rows), note)


def _course(scene: Scene, measures: tuple[tuple[str, Measure], ...]) -> Table:
    rows: list[Row] = []
    for party, one in measures:
        alleged = Figure(Span.exactly(len(one.allegations)), _refs(one.allegations))
        decided = entries(ref for ref in (each.refs[0] for each in one.decisions))
        rows.append(Row(scene.party(party), (alleged, entries(one.opened), decided, _time(one))))
    note = (
        "Allegations: happenings that anybody but the side itself lays to it; linked reports are one. Cases: those "
        "opened on them, under a term that binds the side. Time: from the first entry on the incident to the panel's "
        f"decision, the middle one of all. Below {ENOUGH} decided cases nothing is compared."
    )
    columns = ("Side", "Allegations against it", "Cases opened", "Decided", "Time to a decision")
    return Table(
        "parity-course", "From allegation to decision, since the agreement", columns, tuple(rows), note
    )


def _answers(scene: Scene, measures: tuple[tuple[str, Measure], ...]) -> Table:
    heads = tuple(answer.capitalize() for answer in ANSWERS)
    rows: list[Row] = []
    for party, one in measures:
        of = tuple([each for each in one.decisions if each.answer == answer] for answer in ANSWERS)
        wrong = [each for each in one.decisions if each.wrong]
        number = entries(each.refs[0] for each in one.decisions)
        decided = number if len(one.decisions) >= ENOUGH else Beside(number, "share", FEW)
        cells: list[Cell] = [decided, *(_part(ones, one.decisions) for ones in (*of, wrong))]
        rows.append(Row(scene.party(party), tuple(cells)))
    note = (
        "Of the decided cases on allegations against the side. Established: that a term was breached, and by this "
        "side; with several terms, the strongest answer. Later corrected: by an erratum, or by a newer decision on the "
        "same incident with another answer. These were false findings; they still stand under what was first decided."
    )
    columns = ("Side", "Decided", *heads, "Later corrected")
    return Table("parity-answers", "What was decided, since the agreement", columns, tuple(rows), note)


def _calibration(scene: Scene, measures: tuple[tuple[str, Measure], ...]) -> Table:
    rows: list[Row] = []
    for party, one in measures:
        told = [(each, ppm, yes) for each in one.decisions for ppm, yes in each.attributed]
        refs = _refs(each.refs for each, _, _ in told)
        number = Figure(Span.exactly(len(told)), refs)
        mean: Cell = FEW
        share: Cell = FEW
        if len({each.refs for each, _, _ in told}) >= ENOUGH:
            mean = Figure(Span.exactly(sum(ppm for _, ppm, _ in told) // len(told)), refs, Form.SHARE)
            found = sum(yes for _, _, yes in told) * MILLION // len(told)
            share = Figure(Span.exactly(found), refs, Form.SHARE)
        rows.append(Row(scene.party(party), (number, mean, share)))
    note = (
        "Decided attributions that carry a probability. Were the numbers right, the mean probability would be near the "
        "share established, for each side alike."
    )
    columns = ("Side", "Attributions decided", "Mean probability", "Share established")
    return Table("parity-calibration", "Probability and decision", columns, tuple(rows), note)


def _time(one: Measure) -> Cell:
    """The middle of the times to a decision, with all that it was picked from."""
    timed = [each for each in one.decisions if each.minutes is not None]
    if len(timed) < ENOUGH or one.median_min is None:
        return FEW
    refs = _refs((*each.refs, each.first) for each in timed)
    return Figure(Span.exactly(one.median_min), refs, Form.MINUTES)


def _part(ones: list[Decision], all_of: tuple[Decision, ...]) -> Cell:
    """How many, beside their share of all decided; no share where there are too few."""
    number = Figure(Span.exactly(len(ones)), _refs((*each.refs, *each.wrong) for each in ones))
    if len(all_of) < ENOUGH:
        return number
    refs = _refs((*each.refs, *each.wrong) for each in all_of)
    share = Figure(Span.exactly(len(ones) * MILLION // len(all_of)), refs, Form.SHARE)
    return Beside(number, "share", share)


def _refs(groups: Iterable[Iterable[Ref]]) -> tuple[Ref, ...]:
    return tuple(sorted({ref for refs in groups for ref in refs}))
