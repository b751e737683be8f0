"""One leaf's place in the log, as a text that anybody can check offline (C2SP tlog-proof, version 1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trucekeeper.kernel import b64, merkle, note
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.record import checkpoint
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.cosignature import Cosigned
from trucekeeper.record.policy import Policy

HEAD = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
LIMIT_HASHES = 63

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})")


@dataclass(frozen=True, slots=True)
class Proof:
    """Leaf ``index`` lies under the signed note ``note``; ``hashes`` lead from leaf to root.

    ``extra`` is signed by nobody; None where there is none.
    """

    index: int
    hashes: tuple[bytes, ...]
    note: bytes
    extra: bytes | None = None

    @property
    def data(self) -> bytes:
        """The file."""
        head = [HEAD]
        if self.extra is not None:
            head.append(f"extra {b64.encode(self.extra)}")
        head.append(f"index {self.index}")
        head += [b64.encode(one) for one in self.hashes]
        return "\n".join((*head, "", "")).encode() + self.note


def written(index: int, hashes: Sequence[bytes], data: bytes) -> bytes:
    """The file that proves leaf ``index`` under the checkpoint ``data``."""
    return Proof(index, tuple(hashes), data).data


def parse(data: bytes) -> Proof:
    """Read a file; only its shape is checked."""
    head, blank, signed = data.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        msg = "a proof holds bytes that no proof has; copy it whole"
        raise BadInput(msg) from error
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = b64.decode(lines.pop(0).removeprefix("extra "), "a proof's extra data")
    match = _INDEX.fullmatch(lines[0]) if lines else None
    if first != HEAD or not blank or match is None or len(lines) > 1 + LIMIT_HASHES:
        msg = f"a proof is not {HEAD}, an index, hashes, a blank line and a checkpoint; copy it whole"
        raise BadInput(msg)
    hashes = tuple(b64.decode(line, "a hash of a proof", merkle.HASH_BYTES) for line in lines[1:])
    note.parse(signed)
    return Proof(int(match[1]), hashes, signed, extra)


def verify(data: bytes, leaf: bytes, policy: Policy) -> tuple[Checkpoint, tuple[Cosigned, ...]]:
    """The checkpoint that holds ``leaf`` (its bytes, not its hash) and who cosigned it; else NotTrusted.

    The log of ``policy`` signed it, the quorum cosigned it, and the leaf lies at the proof's index.
    """
    proof = parse(data)
    found, cosigned = policy.accepted(proof.note)
    _refuse_elsewhere(proof, leaf, found)
    return found, cosigned


def verify_signed(data: bytes, leaf: bytes, vkey: str) -> Checkpoint:
    """As :func:`verify` where no policy is at hand: the log's signature and the leaf's place, no witness's word."""
    proof = parse(data)
    found = checkpoint.verified(proof.note, vkey)
    _refuse_elsewhere(proof, leaf, found)
    return found


def _refuse_elsewhere(proof: Proof, leaf: bytes, found: Checkpoint) -> None:
    hashed = merkle.leaf_hash(leaf)
    if not merkle.verify_inclusion(hashed, proof.index, found.size, proof.hashes, found.root):
        msg = (
            f"leaf {proof.index} is not proven in the log of {found.size}; ask the office for the proof again"
        )
        raise NotTrusted(msg)
