"""Findings: event, violation and attribution are three separate answers, each with its reasons."""

from dataclasses import dataclass
from enum import Enum

from trucekeeper.incidents.rivals import Rival
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
    """A panel member's signed word on a draft: ``approves`` or dissents, with ``says`` as the reason.

    ``key`` is the id of the key it was signed with. ``void`` says why it does not count; None where it does.
    """

    ref: Ref
    voter: str
    approves: bool
    says: str
    at: Instant
    key: str = ""
    void: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a finding/v1 entry holds: every finding drafted on one incident, and all that is needed to redo it.

    ``agreement`` is the digest of the agreement's text, ``upto`` the size of the record that was known,
    ``members`` the incident's observations, ``method`` the way of weighing. ``sources`` are the register's lines on
    the sources that were heard; with the members and what the reasons cite, they are all that it rests on.
    ``rivals`` are the incident as other linkings would draw it, with their weights.
    """

    incident: str
    agreement: str
    upto: int
    members: tuple[Ref, ...]
    method: str
    findings: tuple[Finding, ...]
    sources: tuple[Ref, ...] = ()
    rivals: tuple[Rival, ...] = ()


class Position(Enum):
    """What a side replies to a draft."""

    ACCEPTS = "accepts"
    DISPUTES = "disputes"
    COMMENTS = "comments"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A side is asked to reply to the draft ``finding``, whose entry digest is ``digest``, by ``due``."""

    finding: Ref
    digest: str
    party: str
    due: Instant


@dataclass(frozen=True, slots=True)
class Reply:
    """A side's word on a draft; ``refs`` name the entries it points to."""

    finding: Ref
    party: str
    position: Position
    says: str
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Ballot:
    """The body of a vote: a word on exactly the draft whose entry digest is ``digest``."""

    finding: Ref
    digest: str
    approves: bool
    says: str


@dataclass(frozen=True, slots=True)
class Erratum:
    """Entry ``corrects`` (a finding, a report, anything) was wrong; ``instead`` names what holds now, if anything."""

    corrects: Ref
    instead: Ref | None
    says: str


@dataclass(frozen=True, slots=True)
class Case:
    """A drafted set of findings on one incident: from draft to decided, and what has been said about it.

    ``ref`` is the finding entry, ``digest`` its digest, which votes must name. ``state`` is draft, awaiting-reply,
    with-panel, decided, rejected or corrected. ``reply_due`` is when the last clock runs out of the sides that
    have not replied. ``silent`` names these sides, ``uninvited`` the named sides that nobody has asked yet.
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
    digest: str = ""
    silent: tuple[str, ...] = ()
    uninvited: tuple[str, ...] = ()
    sources: tuple[Ref, ...] = ()
    """The register's lines that the draft names, and the fit that it was weighed by."""
