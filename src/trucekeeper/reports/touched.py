"""Which terms the period's events touch: certainly, possibly, and how that hangs on the reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trucekeeper.agreement.model import Term
from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind
from trucekeeper.record.ref import Ref
from trucekeeper.reports.counting import NOTHING
from trucekeeper.reports.model import Cell, Figure, Form, Row, Section, Table, Words
from trucekeeper.reports.scene import Scene

WHOLE_PPM = 1_000_000
TOUCHING_KINDS = (Kind.REPORT, Kind.DETECTION, Kind.HOLDING, Kind.ACCESS_REFUSED)
"""What can touch a term in these tables; claims of the sides stand in the ledgers instead."""


@dataclass(slots=True)
class _Event:
    """One event (an incident, or one unlinked report) under one reading, while it is being counted."""

    refs: set[Ref] = field(default_factory=set[Ref])
    certain: bool = False
    share_ppm: int = 0


@dataclass(frozen=True, slots=True)
class Touched:
    """How many events touch one reading of one term; ``expected`` adds the shares of those that only may."""

    certain: Figure
    possible: Figure
    expected: Figure


def terms_section(scene: Scene, *, with_not: bool = False) -> Section:
    """Every term with its readings one under the other; a rival reading that changes the count is marked."""
    title = "Terms touched"
    found = touched(scene)
    everything = events(scene)
    rows = tuple(row for term in ordered(scene) for row in (_row(scene, term, found, everything, with_not=with_not),))
    if not rows:
        return Section("terms", title, (("The agreement has no checkable terms.",),))
    words = (
        "To touch a term is not to breach it: whether it was breached, and by whom, is for findings. ",
        "Reports that are linked into one incident count as one event.",
    )
    note = (
        "Certainly: act, time and place surely meet the term. Possibly: at least one is uncertain. Expected adds to the "
        "certain ones, for each possible one, the share of its uncertain region and time that lies within the term."
    )
    last = ("Not",) if with_not else ()
    columns = ("Term", "Reading", "Binds", "Certainly", "Possibly", "Expected", *last)
    return Section("terms", title, (words,), (Table("by-term", "By term and reading", columns, rows, note),))


def events(scene: Scene) -> Mapping[str | Ref, frozenset[Ref]]:
    """Everything of the period that could touch a term, as events."""
    found: dict[str | Ref, set[Ref]] = {}
    for one in scene.of_kind(*TOUCHING_KINDS):
        if one.observation.relays is None and scene.neutral.interest(one.observation.source) is None:
            found.setdefault(_event_of(scene, one.ref), set()).add(one.ref)
    return {key: frozenset(refs) for key, refs in found.items()}


def touched(scene: Scene) -> Mapping[tuple[str, str], Touched]:
    """(term, reading) to what touches it."""
    known = {ref: key for key, refs in events(scene).items() for ref in refs}
    groups: dict[tuple[str, str], dict[str | Ref, _Event]] = {}
    for touching in scene.book.touchings(scene.interval, scene.upto):
        if touching.ref in known and touching.answer is not Truth.NO:
            of_term = groups.setdefault((touching.term, touching.reading), {})
            event = of_term.setdefault(known[touching.ref], _Event())
            event.refs.add(touching.ref)
            event.certain |= touching.answer is Truth.YES
            event.share_ppm = max(event.share_ppm, touching.share_ppm)
    return {name: _sum(tuple(events.values())) for name, events in groups.items()}


def ordered(scene: Scene) -> tuple[Term, ...]:
    """Main readings in the order of the agreement, each followed by its rivals."""
    terms = scene.agreement.terms
    return tuple(
        term for main in dict.fromkeys(term.id for term in terms)
        for term in sorted((one for one in terms if one.id == main), key=lambda one: one.reading)
    )  # fmt: skip


def _sum(found: tuple[_Event, ...]) -> Touched:
    sure = [event for event in found if event.certain]
    maybe = [event for event in found if not event.certain]
    expected = len(sure) * WHOLE_PPM + sum(event.share_ppm for event in maybe)
    every = _refs(found)
    return Touched(
        Figure(Span.exactly(len(sure)), _refs(sure)),
        Figure(Span.exactly(len(maybe)), _refs(maybe)),
        Figure(Span.exactly(expected), every, Form.PPM),
    )


def _refs(found: "list[_Event] | tuple[_Event, ...]") -> tuple[Ref, ...]:
    return tuple(sorted({ref for event in found for ref in event.refs}))


def _event_of(scene: Scene, ref: Ref) -> str | Ref:
    incident = scene.linked.get(ref)
    return incident.id if incident else ref


_NONE = Touched(NOTHING, NOTHING, Figure(Span.exactly(0), (), Form.PPM))


def _row(
    scene: Scene,
    term: Term,
    found: Mapping[tuple[str, str], Touched],
    everything: Mapping[str | Ref, frozenset[Ref]],
    *,
    with_not: bool,
) -> Row:
    one, main = found.get((term.id, term.reading), _NONE), found.get((term.id, ""), _NONE)
    differs = bool(term.reading) and (one.certain.value, one.possible.value) != (main.certain.value, main.possible.value)
    cells: tuple[Cell, ...] = (
        Words(_reading(scene, term), "differs" if differs else ""),
        Words(scene.party(term.party)),
        one.certain,
        one.possible,
        one.expected,
        *((_rest(one, everything),) if with_not else ()),
    )
    return Row("" if term.reading else _label(scene, term), cells, "differs" if differs else "")


def _rest(one: Touched, everything: Mapping[str | Ref, frozenset[Ref]]) -> Figure:
    touching = {*one.certain.refs, *one.possible.refs}
    rest = [refs for refs in everything.values() if not refs & touching]
    return Figure(Span.exactly(len(rest)), tuple(sorted(ref for refs in rest for ref in refs)))


def _label(scene: Scene, term: Term) -> str:
    title = next((clause.title for clause in scene.agreement.clauses if clause.id == term.clause), "")
    return f"{term.id}: {title}" if title else term.id


def _reading(scene: Scene, term: Term) -> str:
    if not term.reading:
        return "main text"
    by = f", read so by {scene.party(term.read_by)}" if term.read_by else ""
    return f"{term.reading}{by}"
