"""A case from draft to decision: right of reply, distinct people with keys of their own, dissent kept, errata seen.

==============  =====================================  ======================================================
state           means                                  leaves it
==============  =====================================  ======================================================
draft           drafted; a named side is not invited   the last named side is invited
awaiting-reply  a side may still answer                every side has replied, or the last clock runs out
with-panel      votes count                            enough approvals; or so many dissents that they never come
decided         enough of the panel approved           an erratum
rejected        the panel cannot approve any more      an erratum
corrected       an erratum stands beside it            (final)
==============  =====================================  ======================================================

The events are derived from entries: times are admission times, ``voter`` and ``key`` the entry's author and key.
Where witnesses cosign the record, a clock runs out only by their time, as replayed from the entries.
Nothing is ever dropped: a vote that does not count is kept with the reason in ``void``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from trucekeeper.findings.method import leans_on
from trucekeeper.findings.model import Ballot, Case, Draft, Erratum, Invitation, Reply, Vote
from trucekeeper.kernel.clock import Instant
from trucekeeper.record.ref import Ref


@dataclass(frozen=True, slots=True)
class Drafted:
    """finding/v1 was recorded. ``digest`` is what votes must name; ``reply_ms`` and ``needed`` are the procedure.

    ``submitters`` are the authors of the incident's observations.
    """

    ref: Ref
    draft: Draft
    digest: str
    by: str
    at: Instant
    submitters: tuple[str, ...]
    reply_ms: int
    needed: int


@dataclass(frozen=True, slots=True)
class Invited:
    """invitation/v1 was recorded."""

    ref: Ref
    invitation: Invitation
    at: Instant


@dataclass(frozen=True, slots=True)
class Replied:
    """reply/v1 was recorded; ``party`` is whom the author signs for."""

    ref: Ref
    reply: Reply
    party: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Voted:
    """vote/v1 was recorded; ``panel`` names everybody who held a panel mandate at that time.

    ``clock`` is the time by which reply clocks have run then, where that is another than the time of admission.
    """

    ref: Ref
    ballot: Ballot
    voter: str
    key: str
    panel: tuple[str, ...]
    at: Instant
    clock: Instant | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """erratum/v1 on this finding was recorded."""

    ref: Ref
    erratum: Erratum
    at: Instant


Event = Invited | Replied | Voted | Corrected


def opened(drafted: Drafted) -> Case:
    """The case that a draft opens."""
    named = tuple(sorted({one.party for one in drafted.draft.findings if one.party is not None}))
    return Case(
        ref=drafted.ref,
        findings=drafted.draft.findings,
        state="draft" if named else "with-panel",
        drafted_at=drafted.at,
        drafted_by=drafted.by,
        submitters=tuple(sorted(set(drafted.submitters))),
        digest=drafted.digest,
        uninvited=named,
        sources=(*drafted.draft.sources, *leans_on(drafted.draft.method)),
    )


def fold(drafted: Drafted, events: Iterable[Event]) -> Case:
    """The case after these events, in the order of the record; events on other findings are passed over."""
    case = opened(drafted)
    due: dict[str, Instant] = {}
    for event in events:
        if _on(event) == drafted.ref:
            case = _after(case, event, drafted, due)
    return case


def standing(case: Case, now: Instant) -> str:
    """The state at ``now``: a case whose reply clock has run out is with the panel."""
    waiting = case.state == "awaiting-reply"
    return "with-panel" if waiting and case.reply_due is not None and case.reply_due <= now else case.state


def may_vote(case: Case, voter: str, panel: Sequence[str]) -> str | None:
    """Why this person may not decide this case; None where nothing stands against it."""
    if voter not in panel:
        return "holds no mandate as a member of the panel"
    if voter == case.drafted_by:
        return "drafted the finding"
    return "submitted an observation of the incident" if voter in case.submitters else None


def _on(event: Event) -> Ref:
    if isinstance(event, Invited):
        return event.invitation.finding
    if isinstance(event, Replied):
        return event.reply.finding
    return event.ballot.finding if isinstance(event, Voted) else event.erratum.corrects


def _after(case: Case, event: Event, drafted: Drafted, due: dict[str, Instant]) -> Case:
    if isinstance(event, Invited):
        return _invited(case, event, drafted, due)
    if isinstance(event, Replied):
        return _replied(case, event, due)
    if isinstance(event, Voted):
        return _voted(case, event, drafted.needed)
    return replace(case, state="corrected", errata=(*case.errata, event.ref))


def _invited(case: Case, event: Invited, drafted: Drafted, due: dict[str, Instant]) -> Case:
    """Start the side's clock, once; an invitation may give more time than the agreement, never less."""
    party = event.invitation.party
    replied = party not in case.silent and party in due
    if event.invitation.digest != case.digest or replied:
        return case
    earliest = Instant(event.at + drafted.reply_ms)
    due[party] = max(event.invitation.due, earliest, due.get(party, earliest))
    asked = replace(
        case,
        invitations=(*case.invitations, event.ref),
        uninvited=tuple(one for one in case.uninvited if one != party),
        silent=tuple(sorted({*case.silent, party})),
    )
    return _waiting(asked, due)


def _replied(case: Case, event: Replied, due: dict[str, Instant]) -> Case:
    """Keep the reply; a side that was asked stops its own clock, and nobody speaks in the name of another."""
    if event.party != event.reply.party:
        return case
    silent = tuple(one for one in case.silent if one != event.party)
    return _waiting(replace(case, replies=(*case.replies, event.ref), silent=silent), due)


def _waiting(case: Case, due: dict[str, Instant]) -> Case:
    """The state that follows from who was asked and who has answered."""
    reply_due = max((due[party] for party in case.silent), default=None)
    case = replace(case, reply_due=reply_due)
    if case.state not in {"draft", "awaiting-reply", "with-panel"}:
        return case
    if case.uninvited:
        return replace(case, state="draft")
    return replace(case, state="awaiting-reply" if case.silent else "with-panel")


def _voted(case: Case, event: Voted, needed: int) -> Case:
    vote = Vote(
        ref=event.ref,
        voter=event.voter,
        approves=event.ballot.approves,
        says=event.ballot.says,
        at=event.at,
        key=event.key,
        void=_void(case, event),
    )
    case = replace(case, votes=(*case.votes, vote))
    if vote.void is not None:
        return case
    counted = [one for one in case.votes if one.void is None]
    approvals = sum(one.approves for one in counted)
    if approvals >= needed:
        return replace(case, state="decided", decided_at=event.at)
    dissenting = {one.voter for one in counted if not one.approves}
    could = {one for one in event.panel if may_vote(case, one, event.panel) is None} - dissenting
    if dissenting and len(could) < needed:
        return replace(case, state="rejected", decided_at=event.at)
    return replace(case, state="with-panel")


def _void(case: Case, event: Voted) -> str | None:
    if event.ballot.digest != case.digest:
        return "names the digest of another draft"
    barred = may_vote(case, event.voter, event.panel)
    if barred is not None:
        return barred
    state = standing(case, event.at if event.clock is None else event.clock)
    if state in {"draft", "awaiting-reply"}:
        return "came before every invited side had replied or its clock had run out"
    if state != "with-panel":
        return "came after the case was closed"
    for vote in case.votes:
        if vote.void is None and vote.voter == event.voter:
            return "the same person has voted already"
        if vote.void is None and vote.key == event.key:
            return "the same key has voted already"
    return None
