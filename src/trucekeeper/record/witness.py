"""What a witness does with a checkpoint that it is handed: cosign it, or say why not (C2SP tlog-witness).

Everything here is pure. Whoever keeps a witness's memory judges, signs and remembers in one transaction, and
answers after that: of two requests at once, one is judged by what the other left.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from trucekeeper.kernel import b64, merkle, note
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.record import checkpoint
from trucekeeper.record.checkpoint import Checkpoint

LIMIT_HASHES = 63
LIMIT_BYTES = 65_536
"""Of a request: 63 hashes and a checkpoint with more than sixteen signatures, some of them ML-DSA-44."""
SIZE_TYPE = "text/x.tlog.size"

_OLD = re.compile(r"old (0|[1-9][0-9]{0,15})")


class Verdict(Enum):
    """What becomes of a request, and the HTTP status that says so."""

    COSIGN = 200
    MALFORMED = 400
    UNSIGNED = 403
    UNKNOWN_LOG = 404
    STALE = 409
    INCONSISTENT = 422


@dataclass(frozen=True, slots=True)
class Request:
    """A checkpoint (its signed note, and what it says) with the proof that it extends the tree of ``old`` leaves."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes
    text: str
    stated: Checkpoint


@dataclass(frozen=True, slots=True)
class Log:
    """A log that a witness watches: by its origin, under one key."""

    origin: str
    verifier: note.Verifier


@dataclass(frozen=True, slots=True)
class Held:
    """The newest checkpoint that a witness cosigned of a log: what it says, when, and the note signed by both."""

    stated: Checkpoint
    time_s: int
    note: bytes


@dataclass(frozen=True, slots=True)
class Judgement:
    """``size`` is what the witness holds, where a request was stale; ``forked``: the log signed two trees of a size."""

    verdict: Verdict
    why: str = ""
    size: int = 0
    forked: bool = False


def written(old: int, proof: Sequence[bytes], data: bytes) -> bytes:
    """The body of a request that hands in the checkpoint ``data``."""
    return "\n".join((f"old {old}", *map(b64.encode, proof), "", "")).encode() + data


def read(body: bytes) -> Request:
    """Read what :func:`written` writes; BadInput where it is anything else."""
    head, blank, data = body.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        msg = "a request to a witness holds other letters than ASCII above its checkpoint; write it anew"
        raise BadInput(msg) from error
    match = _OLD.fullmatch(first)
    if match is None or not blank or len(lines) > LIMIT_HASHES:
        msg = f"a request to a witness is no old size, at most {LIMIT_HASHES} hashes and a checkpoint; write it anew"
        raise BadInput(msg)
    proof = tuple(b64.decode(line, "a hash of a proof", merkle.HASH_BYTES) for line in lines)
    text = note.parse(data).text
    return Request(int(match[1]), proof, data, text, checkpoint.read(text))


def judged(request: Request, log: Log | None, held: Held | None) -> Judgement:
    """Whether to cosign: ``log`` is what the witness watches under that origin, ``held`` its newest of it."""
    if log is None:
        return Judgement(Verdict.UNKNOWN_LOG, "this witness does not watch a log of that name")
    try:
        note.verified(request.note, (log.verifier,))
    except NotTrusted:
        return Judgement(Verdict.UNSIGNED, "the key that this witness knows for the log did not sign this")
    stated = request.stated
    if request.old > stated.size:
        return Judgement(Verdict.MALFORMED, "the old size is larger than the checkpoint's")
    before = held.stated if held is not None else Checkpoint(stated.origin, 0, merkle.root(()))
    other = stated.size == before.size and stated.root != before.root
    forked = other and held is not None
    if request.old != before.size:
        return Judgement(Verdict.STALE, "this witness holds another size", before.size, forked)
    if other:
        return Judgement(Verdict.INCONSISTENT, "this log has shown another tree of that size", forked=forked)
    if not _extends(request, before):
        return Judgement(Verdict.INCONSISTENT, "the proof does not show that the log only grew")
    return Judgement(Verdict.COSIGN)


def _extends(request: Request, before: Checkpoint) -> bool:
    if before.size == 0:  # every tree extends the empty one, and no proof could say more
        return not request.proof
    stated = request.stated
    return merkle.verify_consistency(before.size, stated.size, request.proof, before.root, stated.root)
