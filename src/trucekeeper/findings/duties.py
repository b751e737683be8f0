"""Where each obligation stands, by what the panel decided: decided cases become dated facts, and nothing else does."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from trucekeeper.agreement.model import Agreement, Term
from trucekeeper.agreement.obligations import (
    Fact,
    Obligation,
    State,
    What,
    as_known_on,
    obligation,
    replay,
    standing,
)
from trucekeeper.findings.model import Case, Position, Question, Reply
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.truth import Truth
from trucekeeper.record.ref import Ref


@dataclass(frozen=True, slots=True)
class Duty:
    """One term or rival reading, its state at a moment, and the cases that it rests on.

    ``breached`` are decided cases in which breach and bearer are both established; ``unattributed`` those in which
    the breach is, and nobody knows by whom. The latter never make a side's obligation violated.
    """

    term: Term
    state: State
    breached: tuple[Ref, ...]
    unattributed: tuple[Ref, ...]


def duties(
    agreement: Agreement,
    cases: Iterable[Case],
    began: Mapping[str, Instant],
    replies: Iterable[tuple[Reply, Instant]],
    at: Instant,
) -> tuple[Duty, ...]:
    """The state of every term and reading as known at ``at``, in the agreement's order.

    ``began`` says when each incident began; a decided case on an incident that it does not name is passed over.
    ``replies`` come with the time of their recording: a bearer that disputes a decided breach makes the obligation
    contested, and erases nothing. Corrected and rejected cases establish nothing.
    """
    decided = tuple(case for case in cases if case.state == "decided" and case.findings[0].incident in began)
    disputed = {(one.finding, one.party): told for one, told in replies if one.position is Position.DISPUTES}
    return tuple(
        _duty(obligation(agreement, term), term, decided, began, disputed, at) for term in agreement.terms
    )


def _duty(
    duty: Obligation,
    term: Term,
    decided: Iterable[Case],
    began: Mapping[str, Instant],
    disputed: Mapping[tuple[Ref, str], Instant],
    at: Instant,
) -> Duty:
    answers = {case: _answers(case, term) for case in decided}
    breached = tuple(case for case, (breach, by) in answers.items() if breach is by is Truth.YES)
    nobody = tuple(
        case for case, (breach, by) in answers.items() if breach is Truth.YES and by is Truth.UNKNOWN
    )
    facts = [fact for case in breached for fact in _facts(case, term, began, disputed)]
    state = standing(as_known_on(replay(duty, facts), at), at)
    return Duty(term, state, tuple(case.ref for case in breached), tuple(case.ref for case in nobody))


def _answers(case: Case, term: Term) -> tuple[Truth, Truth]:
    """Breach and attribution under this very reading; unknown where the case does not speak of it."""
    by = {
        one.question: one.answer
        for one in case.findings
        if (one.term, one.reading) == (term.id, term.reading)
    }
    return by.get(Question.VIOLATION, Truth.UNKNOWN), by.get(Question.ATTRIBUTION, Truth.UNKNOWN)


def _facts(
    case: Case, term: Term, began: Mapping[str, Instant], disputed: Mapping[tuple[Ref, str], Instant]
) -> Iterator[Fact]:
    happened = began[case.findings[0].incident]
    known = case.decided_at if case.decided_at is not None else case.drafted_at
    yield Fact(f"{case.ref}", What.DONE, happened, known)
    yield Fact(f"{case.ref}/panel", What.VERDICT, happened, known, by="panel", answer=Truth.YES)
    told = disputed.get((case.ref, term.party))
    if told is not None:
        yield Fact(f"{case.ref}/dispute", What.DISPUTED, happened, told, by=term.party)
