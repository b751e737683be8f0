"""A case from draft to decision: right of reply, two people with keys of their own, dissent kept, errata seen.

The events are derived from entries: times are admission times, ``voter`` and ``key`` the entry's author and key.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from trucekeeper.findings.model import Ballot, Case, Draft, Erratum, Invitation, Reply, Vote
from trucekeeper.kernel.clock import Instant
from trucekeeper.record.ref import Ref


@dataclass(frozen=True, slots=True)
class Drafted:
    """finding/v1 was recorded. ``digest`` is what votes must name; ``reply_ms`` and ``needed`` are the procedure."""

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
    """vote/v1 was recorded; ``panel`` names everybody who held a panel mandate at that time."""

    ref: Ref
    ballot: Ballot
    voter: str
    key: str
    panel: tuple[str, ...]
    at: Instant


@dataclass(frozen=True, slots=True)
class Corrected:
    """erratum/v1 on this finding was recorded."""

    ref: Ref
    erratum: Erratum
    at: Instant


Event = Invited | Replied | Voted | Corrected


def opened(drafted: Drafted) -> Case:
    """The case that a draft opens."""
    raise NotImplementedError


def fold(drafted: Drafted, events: Iterable[Event]) -> Case:
    """The case after these events, in the order of the record."""
    raise NotImplementedError


def standing(case: Case, now: Instant) -> str:
    """The state at ``now``: a case whose reply clock has run out is with the panel."""
    raise NotImplementedError
