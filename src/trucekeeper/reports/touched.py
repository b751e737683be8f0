"""Which terms the period's events touch: certainly, possibly or not, and how that hangs on the reading."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trucekeeper.agreement.model import Term
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind
from trucekeeper.record.ref import Ref
from trucekeeper.reports.model import Cell, Figure, Form, Row, Section, Table, Words
from trucekeeper.reports.scene import Scene
from trucekeeper.screening.model import Touching

WHOLE_PPM = 1_000_000
TOUCHING_KINDS = (Kind.REPORT, Kind.DETECTION, Kind.HOLDING, Kind.ACCESS_REFUSED)
"""What can touch a term in these tables; claims of the sides stand in the ledgers instead."""

Name = tuple[str, str]
"""A term's id and the id of a reading, "" for the main text."""


@dataclass(frozen=True, slots=True)
class Event:
    """What counts once: an incident's observations in the period, or one unlinked observation."""

    refs: tuple[Ref, ...]
    start: Instant


@dataclass(frozen=True, slots=True)
class Touch:
    """How one event touches one reading, on the word of ``refs``; ``share_ppm`` is the largest share told.

    ``doubts`` are the tests whose answer was not known, and by which it touches only possibly.
    """

    refs: tuple[Ref, ...]
    certain: bool
    share_ppm: int
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Touched:
    """All events of the period, and for each reading which of them touch it."""

    events: tuple[Event, ...]
    touches: Mapping[Name, Mapping[Event, Touch]]

    def certain(self, name: Name, events: Iterable[Event]) -> Figure:
        """How many of ``events`` touch it certainly."""
        of = self.touches.get(name, {})
        return _number([of[one].refs for one in events if one in of and of[one].certain])

    def possible(self, name: Name, events: Iterable[Event]) -> Figure:
        """How many of ``events`` touch it only possibly."""
        of = self.touches.get(name, {})
        return _number([of[one].refs for one in events if one in of and not of[one].certain])

    def untouched(self, name: Name, events: Iterable[Event]) -> Figure:
        """How many of ``events`` surely do not touch it."""
        of = self.touches.get(name, {})
        return _number([one.refs for one in events if one not in of])

    def expected(self, name: Name) -> Figure:
        """The certain ones, and for each possible one its share, in ppm."""
        of = tuple(self.touches.get(name, {}).values())
        total = sum(WHOLE_PPM if one.certain else one.share_ppm for one in of)
        return Figure(Span.exactly(total), tuple(sorted(ref for one in of for ref in one.refs)), Form.PPM)

    def doubted(self, name: Name, test: str) -> Figure:
        """How many touch it only possibly because of ``test``."""
        of = self.touches.get(name, {}).values()
        return _number([one.refs for one in of if not one.certain and test in one.doubts])


def touched(scene: Scene) -> Touched:
    """Everything of the period that could touch a term, and what of it does."""
    of_ref: dict[Ref, str | Ref] = {}
    members: dict[str | Ref, list[tuple[Ref, Instant]]] = {}
    for one in scene.of_kind(*TOUCHING_KINDS):
        told = one.observation
        if told.relays is None and scene.neutral.interest(told.source) is None:
            incident = scene.linked.get(one.ref)
            of_ref[one.ref] = incident.id if incident else one.ref
            members.setdefault(of_ref[one.ref], []).append((one.ref, told.when.start))
    events = {
        key: Event(tuple(ref for ref, _ in told), min(start for _, start in told))
        for key, told in members.items()
    }
    found: dict[Name, dict[Event, list[Touching]]] = {}
    for touching in scene.book.touchings(scene.interval, scene.upto):
        if touching.ref in of_ref and touching.answer is not Truth.NO:
            event = events[of_ref[touching.ref]]
            found.setdefault((touching.term, touching.reading), {}).setdefault(event, []).append(touching)
    touches = {name: {event: _touch(told) for event, told in of.items()} for name, of in found.items()}
    return Touched(tuple(events.values()), touches)


def terms_section(scene: Scene) -> Section:
    """Every term with its readings one under the other; a rival reading that changes the count is marked."""
    title = "Terms touched"
    found = touched(scene)
    rows = tuple(_row(scene, term, found) for term in ordered(scene))
    if not rows:
        return Section("terms", title, (("The agreement has no checkable terms.",),))
    words = (
        "To touch a term is not to breach it: whether it was breached, and by whom, is for findings. "
        "Reports that are linked into one incident count as one event."
    )
    note = (
        "Certainly: act, time and place surely meet the term. Possibly: at least one is uncertain. Expected adds to "
        "the certain ones, for each possible one, the share of its uncertain region and time that lies within the term."
    )
    columns = ("Term", "Reading", "Binds", "Certainly", "Possibly", "Expected")
    return Section(
        "terms", title, ((words,),), (Table("by-term", "By term and reading", columns, rows, note),)
    )


def ordered(scene: Scene) -> tuple[Term, ...]:
    """Main readings in the order of the agreement, each followed by its rivals."""
    terms = scene.agreement.terms
    return tuple(
        term for main in dict.fromkeys(term.id for term in terms)
        for term in sorted((one for one in terms if one.id == main), key=lambda one: one.reading)
    )  # fmt: skip


def term_label(scene: Scene, term: Term) -> str:
    """A term's id and the title of its clause."""
    title = next((clause.title for clause in scene.agreement.clauses if clause.id == term.clause), "")
    return f"{term.id}: {title}" if title else term.id


def reading_label(scene: Scene, term: Term) -> str:
    """``main text``, or the rival reading and who reads it so."""
    if not term.reading:
        return "main text"
    by = f", read so by {scene.party(term.read_by)}" if term.read_by else ""
    return f"{term.reading}{by}"


def _row(scene: Scene, term: Term, found: Touched) -> Row:
    name, main = (term.id, term.reading), (term.id, "")
    certain, possible = found.certain(name, found.events), found.possible(name, found.events)
    theirs = (found.certain(main, found.events).value, found.possible(main, found.events).value)
    differs = bool(term.reading) and (certain.value, possible.value) != theirs
    cells: tuple[Cell, ...] = (
        Words(reading_label(scene, term), "differs" if differs else ""),
        Words(scene.party(term.party)),
        certain,
        possible,
        found.expected(name),
    )
    return Row("" if term.reading else term_label(scene, term), cells, "differs" if differs else "")


def _touch(told: Iterable[Touching]) -> Touch:
    ones = tuple(told)
    certain = any(one.answer is Truth.YES for one in ones)
    doubts = {test.name for one in ones for test in one.tests if test.answer is Truth.UNKNOWN}
    return Touch(
        tuple(sorted({one.ref for one in ones})),
        certain,
        max(one.share_ppm for one in ones),
        () if certain else tuple(sorted(doubts)),
    )


def _number(groups: list[tuple[Ref, ...]]) -> Figure:
    return Figure(Span.exactly(len(groups)), tuple(sorted(ref for refs in groups for ref in refs)))
