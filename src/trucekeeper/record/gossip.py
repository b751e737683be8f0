"""What two checkpoints of one log prove about it, and the file in which that proof is kept.

Two checkpoints of one size with different roots are a split view, proven by the two notes alone. For different
sizes the hashes of the larger tree say what root its first leaves have: hashes that lead to the larger signed root
cannot be false, whoever handed them over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from trucekeeper.kernel import b64, canon, merkle, note
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, format_utc
from trucekeeper.kernel.errors import BadInput, Damaged, NotTrusted
from trucekeeper.record import checkpoint
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.witness import Log

KIND = "truce-evidence/v1"
LIMIT_PROOF = 128


class Outcome(Enum):
    """What a comparison came to. Nothing is said to be consistent without proof."""

    CONSISTENT = "consistent"
    SPLIT = "split view"
    UNKNOWN = "could not be compared"


@dataclass(frozen=True, slots=True)
class Shown:
    """A checkpoint that the log signed, as ``source`` gave it."""

    source: str
    note: bytes
    stated: Checkpoint


@dataclass(frozen=True, slots=True)
class Compared:
    """``before`` is the root of the smaller size inside the larger tree, and ``proof`` leads from it to the larger."""

    outcome: Outcome
    why: str
    before: bytes | None = None
    proof: tuple[bytes, ...] = ()


def log_of(vkey: str, origin: str | None = None) -> Log:
    """The log under that verifier key; its checkpoints begin with ``origin``, or else with the key's name."""
    verifier = note.Verifier.parse(vkey)
    return Log(origin or verifier.name, verifier)


def shown(source: str, data: bytes, log: Log) -> Shown:
    """The checkpoint that ``source`` gave; NotTrusted where the log did not sign it."""
    try:
        text, _ = note.verified(data, (log.verifier,))
        stated = checkpoint.read(text)
    except (BadInput, NotTrusted) as error:
        msg = f"{source} gave no checkpoint that the log {log.origin} has signed ({error})"
        raise NotTrusted(msg) from error
    if stated.origin != log.origin:
        msg = f"{source} gave a checkpoint of another log than {log.origin}; compare checkpoints of one log"
        raise NotTrusted(msg)
    return Shown(source, data, stated)


def compared(one: Shown, other: Shown, nodes: Callable[[int], merkle.Nodes] | None = None) -> Compared:
    """Hold two checkpoints of a log against each other; ``nodes`` gives the hashes of the tree of a size."""
    small, large = sorted((one.stated, other.stated), key=lambda stated: stated.size)
    if small.size == large.size:
        return _judged(small, large, large.root, ())
    if small.size == 0:
        return _judged(small, large, merkle.root(()), ())
    if nodes is None:
        return Compared(Outcome.UNKNOWN, "the sizes differ, and nobody has the tiles of the larger log")
    try:
        tree = nodes(large.size)
        before = merkle.Frontier.of(small.size, tree).root()
        proof = merkle.consistency(small.size, large.size, tree)
    except (BadInput, Damaged) as error:
        return Compared(Outcome.UNKNOWN, f"the tiles of the larger log cannot be read ({error})")
    return _judged(small, large, before, proof)


def _judged(small: Checkpoint, large: Checkpoint, before: bytes, proof: Sequence[bytes]) -> Compared:
    if not merkle.verify_consistency(small.size, large.size, proof, before, large.root):
        return Compared(
            Outcome.UNKNOWN, f"the hashes at hand do not lead to the signed root of {large.size} leaves"
        )
    if before == small.root:
        why = f"the log of {large.size} leaves extends that of {small.size}"
        if small.size == large.size:
            why = f"both are of the same tree of {large.size} leaves"
        return Compared(Outcome.CONSISTENT, why, before, tuple(proof))
    why = f"the log signed two different trees of {small.size} leaves"
    if small.size != large.size:
        why += f", one of them inside its tree of {large.size}"
    return Compared(Outcome.SPLIT, why, before, tuple(proof))


def evidence(one: Shown, other: Shown, found: Compared, at: Instant) -> bytes:
    """The file to keep: both notes, who gave them, when they were compared, and what leads from one to the other."""
    held: list[Json] = [{"from": each.source, "note": each.note.decode()} for each in (one, other)]
    value: dict[str, Json] = {
        "at": format_utc(at),
        "before": None if found.before is None else b64.encode(found.before),
        "checkpoints": held,
        "found": found.outcome.value,
        "kind": KIND,
        "proof": [b64.encode(step) for step in found.proof],
        "why": found.why,
    }
    return canon.encode(value)


def rechecked(data: bytes, log: Log) -> tuple[Shown, Shown, Compared]:
    """What an evidence file proves by itself, whatever it says that it proves; BadInput where it is no such file.

    Who gave the notes, and when, is the word of whoever wrote the file.
    """
    held = canon.Fields(canon.decode_object(data), "an evidence file")
    held.only("at", "before", "checkpoints", "found", "kind", "proof", "why")
    notes, steps = held.objects("checkpoints"), held.texts("proof")
    if held.text("kind") != KIND or len(notes) != 2 or len(steps) > LIMIT_PROOF:
        msg = "this is no evidence file of two checkpoints; name one that a mirror or `truce gossip` wrote"
        raise BadInput(msg)
    one, other = (shown(each.text("from"), each.text("note").encode(), log) for each in notes)
    proof = [b64.decode(step, "a hash", merkle.HASH_BYTES) for step in steps]
    told = held.text_or_none("before")
    small, large = sorted((one.stated, other.stated), key=lambda stated: stated.size)
    if small.size == large.size:
        return one, other, compared(one, other)
    if told is None:
        return one, other, Compared(Outcome.UNKNOWN, "the sizes differ, and the file holds no proof")
    before = b64.decode(told, "a root", merkle.HASH_BYTES)
    return one, other, _judged(small, large, before, proof)
