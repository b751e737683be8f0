"""Has the log's checkpoints witnessed: asks all witnesses, publishes once the quorum has cosigned, records that.

Without a quorum the log goes on, and the published checkpoint stays the older one. The cosigned checkpoint
becomes an entry, for cosignature times lie outside the tree and clocks are replayed from entries alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from trucekeeper.kernel import note
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Clock, Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotTrusted
from trucekeeper.peers.witnesses import LIMIT_S, Answer, Asked, Outcome, Submission, collect
from trucekeeper.record import checkpoint
from trucekeeper.record.policy import Policy

KIND = "cosigned/v1"


class Log(Protocol):
    """What a round needs of the record."""

    def integrate(self) -> bytes:
        """The newest checkpoint, signed by the log alone, over everything that is queued."""
        ...

    def publish(self, data: bytes) -> None:
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
    """The body of ``cosigned/v1``: the cosigned checkpoint as it was published."""
    return {"checkpoint": data.decode()}


def read(value: Mapping[str, Json], policy: Policy) -> tuple[checkpoint.Checkpoint, Instant | None]:
    """The checkpoint in a body of ``cosigned/v1`` and the time of its quorum; NotTrusted where it is not cosigned."""
    text = Fields(value, "a cosigned checkpoint").only("checkpoint").text("checkpoint")
    stated, cosigned = policy.accepted(text.encode())
    return stated, policy.time(cosigned)


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
