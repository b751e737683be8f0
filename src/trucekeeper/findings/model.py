"""Findings: event, violation and attribution are three separate answers, each with its reasons."""

from dataclasses import dataclass
from enum import Enum

from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.truth import Truth
from trucekeeper.record.ref import Ref


class Question(Enum):
    """Did it happen; did it breach the term; did the bearer do it."""

    EVENT = "event"
    VIOLATION = "violation"
    ATTRIBUTION = "attribution"


@dataclass(frozen=True, slots=True)
class Reason:
    """One test of one finding: its stable id (a heading in the standards), its answer, and the entries it rests on."""

    test: str
    answer: Truth
    refs: tuple[Ref, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer about one incident and one term (or rival reading), as drafted by exact rules.

    ``words`` is established, refuted, not established, or unverifiable. ``probability_ppm`` is None for violations,
    which follow from the event, the text and the place.
    """

    incident: str
    term: str
    reading: str
    question: Question
    answer: Truth
    words: str
    party: str | None
    probability_ppm: int | None
    severity: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Vote:
    """A panel member's signed word on a draft: ``approves`` or dissents, with ``says`` as the reason."""

    ref: Ref
    voter: str
    approves: bool
    says: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Case:
    """A drafted set of findings on one incident: from draft to decided, and what has been said about it.

    ``ref`` is the finding entry. ``state`` is draft, awaiting-reply, with-panel, decided, rejected or corrected.
    """

    ref: Ref
    findings: tuple[Finding, ...]
    state: str
    drafted_at: Instant
    drafted_by: str
    submitters: tuple[str, ...]
    invitations: tuple[Ref, ...] = ()
    replies: tuple[Ref, ...] = ()
    reply_due: Instant | None = None
    votes: tuple[Vote, ...] = ()
    decided_at: Instant | None = None
    errata: tuple[Ref, ...] = ()
