"""Has the log's checkpoints witnessed: asks all witnesses, publishes once the quorum has cosigned, records that.

Without a quorum the log goes on, and the published checkpoint stays the older one. The cosigned checkpoint
becomes an entry, for cosignature times lie outside the tree and clocks are replayed from entries alone.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.kernel import note
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Clock, Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotTrusted
from trucekeeper.office.wiring import Office
from trucekeeper.peers.witnesses import LIMIT_S, Answer, Asked, Outcome, Submission, collect
from trucekeeper.record import checkpoint, replay
from trucekeeper.record.pen import Pen
from trucekeeper.record.policy import Policy

_LOG: FilteringBoundLogger = structlog.get_logger()


class Log(Protocol):
    """What a round needs of the record."""

    def integrate(self) -> bytes:
        """The newest checkpoint, signed by the log alone, over everything that is queued."""
        ...

    def publish(self, note: bytes) -> None:
        """Make a cosigned checkpoint the published one."""
        ...

    def checkpoint(self) -> bytes:
        """The published checkpoint."""
        ...

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """The proof that the log of ``new`` leaves extends that of ``old``."""
        ...


@dataclass(frozen=True, slots=True)
class Round:
    """One asking of all witnesses about the checkpoint of ``size`` leaves.

    ``at`` is when the quorum was reached, by the witnesses' clocks; ``tiers`` attested beyond the quorum. ``note``
    is the checkpoint with every cosignature that came.
    """

    size: int
    answers: tuple[Answer, ...]
    published: bool
    tiers: tuple[str, ...]
    at: Instant | None
    note: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the log is published: ``published`` and ``signed`` are sizes, None before the first.

    ``cosigned`` are the witnesses of the published checkpoint, ``tiers`` those of them beyond the quorum, by the
    policy's names.
    """

    published: int | None
    signed: int | None
    cosigned: tuple[str, ...]
    tiers: tuple[str, ...]


def tick(office: Office) -> Round | None:
    """What an office that is being served does once an interval: integrate, have it witnessed, publish.

    None where no policy asks for witnesses: then integration publishes at once.
    """
    if policy_of(office) is None:
        office.record.integrate()
        return None
    made = round_of(office)
    _LOG.info("checkpoint.published" if made.published else "checkpoint.waits", size=made.size)
    return made


def round_of(
    office: Office, limit_s: float = LIMIT_S, draw: Callable[[int], bytes] = secrets.token_bytes
) -> Round:
    """Have the office's log witnessed once; the cosigned checkpoint becomes the first entry of the next batch.

    Conflict where the key set in force names no witness policy. ``draw`` names the entry.
    """
    policy = policy_of(office)
    if policy is None:
        msg = "no witness policy is in force in this record, so nobody is to be asked; bring one in with the key set"
        raise Conflict(msg)
    urls = {one.name: one.url for one in office.settings.witness}
    made = witnessed(office.record, policy, urls, office.clock, limit_s)
    if made.published:
        Pen(office.record, office.clock, draw).write(office.signer, replay.COSIGNED, body(made.note))
    return made


def policy_of(office: Office) -> Policy | None:
    """The witness policy in force."""
    return replay.policy_of(office.record.keyset())


def standing(office: Office) -> Standing:
    """How far the log is published, and who cosigned that; changes nothing."""
    policy, signed = policy_of(office), office.record.pending()
    try:
        published = office.record.checkpoint()
    except Conflict:
        return Standing(None, _size(signed), (), ())
    names = () if policy is None else tuple(one.name for one in policy.cosigned(published))
    return Standing(_size(published), _size(signed), names, () if policy is None else policy.tiers(names))


def witnessed(
    log: Log, policy: Policy, urls: Mapping[str, str], clock: Clock, limit_s: float = LIMIT_S
) -> Round:
    """Integrate, ask all witnesses of ``policy`` at ``urls`` (by its names), publish where the quorum cosigned."""
    signed = log.integrate()
    submission = Submission(signed, log.consistency, clock, limit_s)
    asked = _asked(log, policy, urls)
    answers = {one.name: one for one in collect(submission, asked)}
    for name in policy.witnesses:
        answers.setdefault(
            name, Answer(name, Outcome.UNREACHABLE, "no address is known; name one in office.toml")
        )
    lines = [one.line for one in answers.values() if one.line is not None]
    cosigned_note = note.with_lines(signed, lines)
    cosigned = policy.cosigned(cosigned_note)
    names = [one.name for one in cosigned]
    published = policy.satisfied(names)
    if published:
        log.publish(cosigned_note)
    return Round(
        submission.stated.size,
        tuple(answers[name] for name in policy.witnesses),
        published,
        policy.tiers(names),
        policy.time(cosigned),
        cosigned_note,
    )


def body(data: bytes) -> dict[str, Json]:
    """The body of ``cosigned/v1``, which ``record.replay`` reads: the cosigned checkpoint as it was published."""
    return {"checkpoint": data.decode()}


def _asked(log: Log, policy: Policy, urls: Mapping[str, str]) -> Sequence[Asked]:
    """Each witness with the size it surely holds: that of the published checkpoint, where it cosigned that."""
    try:
        published = log.checkpoint()
        size = checkpoint.verified(published, policy.log.vkey).size
        seen = {one.name: size for one in policy.cosigned(published)}
    except (BadInput, Conflict, NotTrusted):  # there is none yet, or it is of another policy
        seen = {}
    asked: list[Asked] = []
    for name, witness in policy.witnesses.items():
        url = urls.get(name, witness.url)
        if url is not None:
            asked.append(Asked(witness, url, seen.get(name, 0)))
    return asked


def _size(data: bytes) -> int | None:
    return checkpoint.parse(note.parse(data).text).size if data else None
