"""What anybody can recompute: the time by which clocks run, and a party's word that it recomputed every finding.

A checkpoint that the witnesses cosigned becomes an entry (``cosigned/v1``). The time of its quorum is the only clock
that a deadline runs by: it needs no trust in the office, and comes out the same for whoever reads the entries.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.kernel import b64, canon, merkle
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.record import checkpoint, entry
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.keyset import KeySet
from trucekeeper.record.policy import Policy

KIND = "replay/v1"
COSIGNED = "cosigned/v1"

_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Replay:
    """Its author recomputed ``recomputed`` of the ``findings`` below ``size``, under ``root``, and none differed.

    ``outputs`` is :func:`outputs_digest` in hex, ``software`` what it was recomputed with.
    """

    size: int
    root: bytes
    findings: int
    recomputed: int
    outputs: str
    software: str


def body(replay: Replay) -> dict[str, Json]:
    """The body of ``replay/v1``."""
    return {
        "findings": replay.findings,
        "outputs": replay.outputs,
        "recomputed": replay.recomputed,
        "root": b64.encode(replay.root),
        "size": replay.size,
        "software": replay.software,
    }


def read(value: Mapping[str, Json]) -> Replay:
    """The attestation that a body of ``replay/v1`` holds; BadInput names what is wrong in it."""
    fields = Fields(value, "a replay").only("findings", "outputs", "recomputed", "root", "size", "software")
    size, findings, recomputed = (fields.whole(name) for name in ("size", "findings", "recomputed"))
    outputs, software = fields.text("outputs"), fields.text("software")
    if not 0 <= recomputed <= findings <= size:
        msg = "a replay counts more than there is; count the findings below its size, and those of them recomputed"
        raise BadInput(msg)
    if not _HEX.fullmatch(outputs) or not 0 < len(software) <= 200:
        msg = "a replay's outputs are no digest of 64 hex digits, or it names no software; make it with `truce attest`"
        raise BadInput(msg)
    root = b64.decode(fields.text("root"), "a replay's root", merkle.HASH_BYTES)
    return Replay(size, root, findings, recomputed, outputs, software)


def opened(envelope: bytes) -> Replay:
    """The attestation in a sealed envelope; its signature is for admission to check. BadInput for another kind."""
    found = entry.opened(envelope)
    if found.kind != KIND:
        msg = f"the envelope holds {found.kind}, not {KIND}; hand it in where it belongs"
        raise BadInput(msg)
    return read(found.body)


def outputs_digest(outputs: Iterable[tuple[int, str | None]]) -> str:
    """SHA-256 in hex over the canonical list of [entry, hash of the output], null where it was not recomputable."""
    listed: list[Json] = [[entry, output] for entry, output in sorted(outputs)]
    return hashlib.sha256(canon.encode(listed)).hexdigest()


def policy_of(keys: KeySet) -> Policy | None:
    """The witness policy that a key set brings into force; None where there is none."""
    return None if keys.policy is None else Policy.parse(keys.policy)


def logged(value: Mapping[str, Json], keys: KeySet) -> Checkpoint:
    """The checkpoint that a body of ``cosigned/v1`` holds, once its lines are seen to hold; NotTrusted if not."""
    data, policy = _note(value), policy_of(keys)
    return checkpoint.verified(data, keys.vkey) if policy is None else policy.accepted(data)[0]


def logged_time(body: bytes, policy: Policy) -> Instant | None:
    """When the quorum of ``policy`` had cosigned the checkpoint in the recorded bytes of a ``cosigned/v1``.

    That is the k-th smallest time, k the quorum. None where it was no quorum, or a line does not hold.
    """
    try:
        return policy.time(policy.accepted(_note(canon.decode_object(body)))[1])
    except (BadInput, NotTrusted):
        return None


def _note(value: Mapping[str, Json]) -> bytes:
    return Fields(value, "a logged checkpoint").only("checkpoint").text("checkpoint").encode()


def replay_time(times: Sequence[tuple[int, Instant]], index: int) -> Instant | None:
    """The time that can be replayed at entry ``index``, of (entry, quorum time) in the order of the record.

    It is that of the latest checkpoint logged at or before ``index``, but never earlier than one before it: a clock
    that has run out stays so. None where none was logged yet: then no clock has run out.
    """
    known = bisect_right(times, index, key=lambda one: one[0])
    return max((at for _, at in times[:known]), default=None)
