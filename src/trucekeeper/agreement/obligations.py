"""Obligations over time: dormant, pending, fulfilled, violated, excused, lapsed, contested.

An obligation holds what is known, sorted by when it happened; its state at a moment is a pure function of that.
So the order in which facts become known changes nothing, and "as known on" is the same function over fewer facts.

No evidence is never an answer: that a deadline has passed makes a MUST *overdue*, not violated, until somebody
establishes that it was not done; and a SHANT whose time ran out unbroken has *lapsed*, which is not proof that it
was kept. A verdict belongs to whoever gives it, and a dispute makes the state contested without erasing a verdict.
"""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from trucekeeper.agreement.calendar import binds, deadline_of
from trucekeeper.agreement.model import Agreement, Modality, Term
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.truth import Truth


class State(Enum):
    """Where an obligation stands."""

    DORMANT = "dormant"
    PENDING = "pending"
    FULFILLED = "fulfilled"
    VIOLATED = "violated"
    EXCUSED = "excused"
    LAPSED = "lapsed"
    CONTESTED = "contested"


class What(Enum):
    """What a fact says.

    ``MET``: a precondition, named by ``of``, is met. ``DONE``: the act was done. ``NOT_DONE``: it was established
    that at that moment it had not been done. ``EXCUSED``: the act with the fact id ``of``, or with ``of`` None the
    whole obligation, is exempt. ``FREED``: the bearer is bound no longer (a breach by the other side). ``ENDED``:
    the obligation's time is over. ``VERDICT``: ``by`` holds that it was violated, or not (``answer``).
    ``DISPUTED`` and ``SETTLED``: ``by`` disputes, or does so no longer.
    """

    MET = "met"
    DONE = "done"
    NOT_DONE = "not-done"
    EXCUSED = "excused"
    FREED = "freed"
    ENDED = "ended"
    VERDICT = "verdict"
    DISPUTED = "disputed"
    SETTLED = "settled"


_ORDER = tuple(What)
_DECIDED = frozenset({State.VIOLATED, State.FULFILLED, State.EXCUSED})


@dataclass(frozen=True, slots=True)
class Fact:
    """One dated fact with two clocks: when it happened, and when it became known to the office."""

    id: str
    what: What
    happened: Instant
    known: Instant
    by: str | None = None
    of: str | None = None
    answer: Truth = Truth.UNKNOWN

    @property
    def rank(self) -> tuple[int, int, str]:
        """The one order in which facts are read: by happening; at one moment by kind, then by id."""
        return self.happened, _ORDER.index(self.what), self.id


@dataclass(frozen=True, slots=True)
class Obligation:
    """A term as it runs for its bearer. ``needs`` are preconditions by name; dormant until all are met.

    ``begins`` and ``due`` come from the term's calendar; ``facts`` are sorted by :attr:`Fact.rank`.
    """

    term: str
    reading: str
    modality: Modality
    begins: Instant
    due: Instant | None
    needs: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


def obligation(agreement: Agreement, term: Term, needs: tuple[str, ...] = ()) -> Obligation:
    """The obligation that a term lays on its bearer, before anything is known."""
    due = deadline_of(agreement, term)
    begins = binds(agreement, term).start
    return Obligation(term.id, term.reading, term.modality, begins, due, needs)


def step(state: Obligation, fact: Fact) -> Obligation:
    """The obligation when one more fact is known; a fact known already (same id) changes nothing."""
    if any(known.id == fact.id for known in state.facts):
        return state
    facts = list(state.facts)
    insort(facts, fact, key=lambda known: known.rank)
    return replace(state, facts=tuple(facts))


def replay(state: Obligation, facts: Iterable[Fact]) -> Obligation:
    """The obligation after all facts, in whatever order they come."""
    for fact in facts:
        state = step(state, fact)
    return state


def as_known_on(state: Obligation, at: Instant) -> Obligation:
    """The obligation with only what was known at ``at``."""
    return replace(state, facts=tuple(fact for fact in state.facts if fact.known <= at))


def standing(state: Obligation, at: Instant) -> State:
    """The state at ``at``: contested while anybody disputes it or views differ, else what facts and verdicts say.

    A verdict that nobody disputes and no fact contradicts stands for all.
    """
    plain = _plain(state, at, Truth.UNKNOWN)
    views = {_plain(state, at, answer) for _, answer in verdicts_of(state, at)}
    if plain in _DECIDED:
        views.add(plain)
    if views and (len(views) > 1 or disputes_of(state, at)):
        return State.CONTESTED
    return next(iter(views), plain)


def standing_for(state: Obligation, recogniser: str, at: Instant) -> State:
    """The state as ``recogniser`` sees it: by its own verdict where it gave one, disputed or not."""
    return _plain(state, at, dict(verdicts_of(state, at)).get(recogniser, Truth.UNKNOWN))


def verdicts_of(state: Obligation, at: Instant) -> tuple[tuple[str, Truth], ...]:
    """Each recogniser's latest verdict by ``at``, on whether it was violated."""
    found = {fact.by: fact.answer for fact in _until(state, at) if fact.what is What.VERDICT and fact.by}
    return tuple(sorted(found.items()))


def disputes_of(state: Obligation, at: Instant) -> tuple[str, ...]:
    """Who disputes at ``at``."""
    found: set[str] = set()
    for fact in _until(state, at):
        if fact.by and fact.what is What.DISPUTED:
            found.add(fact.by)
        elif fact.by and fact.what is What.SETTLED:
            found.discard(fact.by)
    return tuple(sorted(found))


def overdue(state: Obligation, at: Instant) -> bool:
    """Whether a MUST is past its deadline and neither done nor decided: a reason to look, not an answer."""
    is_must = state.modality is Modality.MUST and state.due is not None and at >= state.due
    return is_must and _plain(state, at, Truth.UNKNOWN) is State.PENDING


def breaches(state: Obligation, at: Instant) -> tuple[Fact, ...]:
    """The facts that make it violated by ``at``, without those excused."""
    start = _start(state, at)
    if start is None:
        return ()
    facts = _until(state, at)
    end = _end(facts)
    excused = {fact.of for fact in facts if fact.what is What.EXCUSED}
    if None in excused:
        return ()
    inside = tuple(
        fact for fact in facts if start <= fact.happened and (end is None or fact.happened < end.happened)
    )
    if state.modality is Modality.SHANT:
        return tuple(fact for fact in inside if fact.what is What.DONE and fact.id not in excused)
    if state.modality is Modality.MUST and state.due is not None and not _in_time(state, at):
        late = {What.NOT_DONE, What.DONE}
        return tuple(
            fact
            for fact in inside
            if fact.what in late and fact.happened >= state.due and fact.id not in excused
        )
    return ()


def _plain(state: Obligation, at: Instant, verdict: Truth) -> State:
    """What the facts say, and over whether it was violated the ``verdict``, where that is not unknown."""
    facts = _until(state, at)
    if any(fact.what is What.EXCUSED and fact.of is None for fact in facts):
        return State.EXCUSED
    if verdict is Truth.YES or (verdict is Truth.UNKNOWN and breaches(state, at)):
        return State.VIOLATED
    start, end = _start(state, at), _end(facts)
    if start is None:
        return State.DORMANT if end is None else State.LAPSED
    if state.modality is not Modality.SHANT and _in_time(state, at):
        return State.FULFILLED
    if state.modality is Modality.MUST and verdict is Truth.NO:
        return State.FULFILLED
    expired = state.modality is Modality.MAY and state.due is not None and at >= state.due
    if end is not None or expired:
        return State.LAPSED
    acts = {fact.id for fact in facts if fact.what in {What.DONE, What.NOT_DONE} and fact.happened >= start}
    return State.EXCUSED if any(fact.of in acts for fact in facts if fact.of) else State.PENDING


def _until(state: Obligation, at: Instant) -> tuple[Fact, ...]:
    return tuple(fact for fact in state.facts if fact.happened <= at)


def _start(state: Obligation, at: Instant) -> Instant | None:
    """When it began to bind: its first moment, or the moment at which the last precondition was met."""
    met: dict[str, Instant] = {}
    for fact in _until(state, at):
        if fact.what is What.MET and fact.of is not None:
            met.setdefault(fact.of, fact.happened)
    if any(need not in met for need in state.needs) or at < state.begins:
        return None
    return max((state.begins, *(met[need] for need in state.needs)))


def _end(facts: tuple[Fact, ...]) -> Fact | None:
    return next((fact for fact in facts if fact.what in {What.FREED, What.ENDED}), None)


def _in_time(state: Obligation, at: Instant) -> bool:
    """Done by ``at``, while it bound and before its deadline, if it has one."""
    start, end = _start(state, at), _end(_until(state, at))
    return start is not None and any(
        fact.what is What.DONE
        and fact.happened >= start
        and (state.due is None or fact.happened < state.due)
        and (end is None or fact.happened < end.happened)
        for fact in _until(state, at)
    )
