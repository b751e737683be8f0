"""finding/v1, invitation/v1, reply/v1, vote/v1 and erratum/v1, as they stand in the record.

Each kind has a ``*_body`` that gives the JSON value to be signed and a ``read_*`` that takes the recorded bytes.
All are strict: what a reader accepts is, byte for byte, what its writer writes. Times are milliseconds UTC.
"""

from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trucekeeper.findings.model import (
    Ballot,
    Draft,
    Erratum,
    Finding,
    Invitation,
    Position,
    Question,
    Reason,
    Reply,
)
from trucekeeper.incidents.rivals import Rival
from trucekeeper.kernel import canon
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.truth import Truth
from trucekeeper.record.ref import Ref

FINDING = "finding/v1"
INVITATION = "invitation/v1"
REPLY = "reply/v1"
VOTE = "vote/v1"
ERRATUM = "erratum/v1"

RefText = Annotated[str, Field(pattern=r"^[0-9]{1,15}(\.[0-9]{1,15})?$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[str, Field(max_length=8_000)]
Answer = Literal["yes", "no", "unknown"]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ReasonV1(_Form):
    """One test and its answer."""

    test: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z-]+$", max_length=60)]
    answer: Answer
    refs: tuple[RefText, ...]
    says: Words


class FindingV1(_Form):
    """One drafted answer."""

    term: Name
    reading: Annotated[str, Field(max_length=200)]
    question: Literal["event", "violation", "attribution"]
    answer: Answer
    words: Literal["established", "refuted", "not established", "unverifiable"]
    party: Name | None
    probability_ppm: Annotated[int, Field(ge=1, le=999_999)] | None
    severity: Name | None
    reasons: tuple[ReasonV1, ...]


class RivalV1(_Form):
    """The incident as another linking draws it."""

    weight_ppm: Annotated[int, Field(ge=1, le=999_999)]
    members: Annotated[tuple[RefText, ...], Field(min_length=1)]


class DraftV1(_Form):
    """finding/v1."""

    incident: Annotated[str, Field(pattern=r"^INC-[0-9]{4}-[0-9]{6,}$", max_length=24)]
    agreement: Digest
    upto: Annotated[int, Field(ge=0)]
    members: Annotated[tuple[RefText, ...], Field(min_length=1)]
    method: Name
    findings: Annotated[tuple[FindingV1, ...], Field(min_length=1)]
    sources: tuple[RefText, ...]
    rivals: tuple[RivalV1, ...] = ()


class InvitationV1(_Form):
    """invitation/v1."""

    finding: RefText
    digest: Digest
    party: Name
    due_ms: int


class ReplyV1(_Form):
    """reply/v1."""

    finding: RefText
    party: Name
    position: Literal["accepts", "disputes", "comments"]
    says: Words
    refs: tuple[RefText, ...]


class VoteV1(_Form):
    """vote/v1."""

    finding: RefText
    digest: Digest
    approves: bool
    says: Words


class ErratumV1(_Form):
    """erratum/v1."""

    corrects: RefText
    instead: RefText | None
    says: Annotated[str, Field(min_length=1, max_length=8_000)]


F = TypeVar("F", bound=_Form)
M = TypeVar("M")


def finding_body(draft: Draft) -> dict[str, canon.Json]:
    """The draft as a JSON value, ready to be sealed as finding/v1; without rivals it says nothing of them."""
    body: dict[str, canon.Json] = {
        "incident": draft.incident,
        "agreement": draft.agreement,
        "upto": draft.upto,
        "members": [str(ref) for ref in draft.members],
        "method": draft.method,
        "findings": [_finding_json(finding) for finding in draft.findings],
        "sources": [str(ref) for ref in draft.sources],
    }
    if draft.rivals:
        body["rivals"] = [
            {"weight_ppm": one.weight_ppm, "members": [str(ref) for ref in one.members]}
            for one in draft.rivals
        ]
    return body


def read_finding(raw: bytes) -> Draft:
    """The draft that recorded bytes hold."""
    return _exact(FINDING, DraftV1, raw, _draft, finding_body)


def invitation_body(invitation: Invitation) -> dict[str, canon.Json]:
    """The invitation as a JSON value, ready to be sealed as invitation/v1."""
    return {
        "finding": str(invitation.finding),
        "digest": invitation.digest,
        "party": invitation.party,
        "due_ms": int(invitation.due),
    }


def read_invitation(raw: bytes) -> Invitation:
    """The invitation that recorded bytes hold."""

    def model(form: InvitationV1) -> Invitation:
        return Invitation(Ref.parse(form.finding), form.digest, form.party, Instant(form.due_ms))

    return _exact(INVITATION, InvitationV1, raw, model, invitation_body)


def reply_body(reply: Reply) -> dict[str, canon.Json]:
    """The reply as a JSON value, ready to be sealed as reply/v1."""
    return {
        "finding": str(reply.finding),
        "party": reply.party,
        "position": reply.position.value,
        "says": reply.says,
        "refs": [str(ref) for ref in reply.refs],
    }


def read_reply(raw: bytes) -> Reply:
    """The reply that recorded bytes hold."""

    def model(form: ReplyV1) -> Reply:
        return Reply(
            Ref.parse(form.finding), form.party, Position(form.position), form.says, _refs(form.refs)
        )

    return _exact(REPLY, ReplyV1, raw, model, reply_body)


def vote_body(ballot: Ballot) -> dict[str, canon.Json]:
    """The ballot as a JSON value, ready to be sealed as vote/v1 with the member's own key."""
    return {
        "finding": str(ballot.finding),
        "digest": ballot.digest,
        "approves": ballot.approves,
        "says": ballot.says,
    }


def read_vote(raw: bytes) -> Ballot:
    """The ballot that recorded bytes hold; who voted is the entry's author."""

    def model(form: VoteV1) -> Ballot:
        return Ballot(Ref.parse(form.finding), form.digest, form.approves, form.says)

    return _exact(VOTE, VoteV1, raw, model, vote_body)


def erratum_body(erratum: Erratum) -> dict[str, canon.Json]:
    """The erratum as a JSON value, ready to be sealed as erratum/v1."""
    return {
        "corrects": str(erratum.corrects),
        "instead": None if erratum.instead is None else str(erratum.instead),
        "says": erratum.says,
    }


def read_erratum(raw: bytes) -> Erratum:
    """The erratum that recorded bytes hold."""

    def model(form: ErratumV1) -> Erratum:
        instead = None if form.instead is None else Ref.parse(form.instead)
        return Erratum(Ref.parse(form.corrects), instead, form.says)

    return _exact(ERRATUM, ErratumV1, raw, model, erratum_body)


def _exact(
    kind: str, form: type[F], raw: bytes, model: Callable[[F], M], write: Callable[[M], canon.Json]
) -> M:
    try:
        value = model(form.model_validate_json(raw))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        at = ".".join(str(step) for step in first["loc"]) or "its start"
        msg = f"a {kind} body does not hold at {at} ({first['msg']}); write it as the form asks"
        raise BadInput(msg) from error
    if canon.encode(write(value)) != raw:
        msg = f"a {kind} body is not in canonical form; write the bytes that the office writes"
        raise BadInput(msg)
    return value


def _refs(texts: tuple[str, ...]) -> tuple[Ref, ...]:
    return tuple(Ref.parse(text) for text in texts)


def _draft(form: DraftV1) -> Draft:
    findings = tuple(_finding(form.incident, finding) for finding in form.findings)
    return Draft(
        incident=form.incident,
        agreement=form.agreement,
        upto=form.upto,
        members=_refs(form.members),
        method=form.method,
        findings=findings,
        sources=_refs(form.sources),
        rivals=tuple(Rival(one.weight_ppm, _refs(one.members)) for one in form.rivals),
    )


def _finding(incident: str, form: FindingV1) -> Finding:
    return Finding(
        incident=incident,
        term=form.term,
        reading=form.reading,
        question=Question(form.question),
        answer=Truth(form.answer),
        words=form.words,
        party=form.party,
        probability_ppm=form.probability_ppm,
        severity=form.severity,
        reasons=tuple(Reason(one.test, Truth(one.answer), _refs(one.refs), one.says) for one in form.reasons),
    )


def _finding_json(finding: Finding) -> canon.Json:
    return {
        "term": finding.term,
        "reading": finding.reading,
        "question": finding.question.value,
        "answer": finding.answer.value,
        "words": finding.words,
        "party": finding.party,
        "probability_ppm": finding.probability_ppm,
        "severity": finding.severity,
        "reasons": [_reason_json(reason) for reason in finding.reasons],
    }


def _reason_json(reason: Reason) -> canon.Json:
    return {
        "test": reason.test,
        "answer": reason.answer.value,
        "refs": [str(ref) for ref in reason.refs],
        "says": reason.says,
    }
