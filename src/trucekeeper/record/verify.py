"""The offline verifier: what a party runs that trusts nobody. It needs one thing it can rely on: the log's vkey.

A bundle is authentic when all of this holds, in this order:

(1) its bytes are canonical and have the form of a bundle: there is one way to write it;
(2) the log's key signed the whole of it;
(3) its checkpoint bears the log's signature, and no other line;
(4) it extends the older checkpoint that the verifier holds, if one is given: nothing before was changed;
(5) every entry is in the tree under the checkpoint's root, at the index that it claims;
(6) entry 0 is the key set of this log, signed by an office key that it lists itself;
(7) every entry was signed by its author, within the author's mandate, period and role;
(8) every row is in its batch, under the root that the batch's author signed;
(9) the agreement that it cites is among its entries, with the digest that is cited.

What this does not show: that the office showed the same log to everybody. For that, compare checkpoints with the
other party, or keep them and verify with the older one. Whether a finding follows from its entries is another
question, which recomputing it answers.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from trucekeeper.kernel import keys, merkle, note
from trucekeeper.kernel.errors import NotTrusted, TruceError
from trucekeeper.kernel.pae import pae
from trucekeeper.record import admission, batch, bundle, checkpoint, entry, keyset, sealing
from trucekeeper.record.bundle import Bundle
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import KeySet, Mandate
from trucekeeper.record.ref import Ref

STEPS = (
    "the form of the bundle",
    "the log's signature over the bundle",
    "the signed checkpoint",
    "consistency with the older checkpoint",
    "inclusion of every entry",
    "the key set of entry 0",
    "the author and mandate of every entry",
    "every row in its batch",
    "the agreement",
)


@dataclass(frozen=True, slots=True)
class VerifiedEntry:
    """An entry that its author signed by ``mandate`` and the record holds at ``index``."""

    index: int
    entry: Entry
    mandate: Mandate


@dataclass(frozen=True, slots=True)
class Verified:
    """What was shown. ``steps`` says of each step what was seen; ``agreement`` is the digest cited."""

    subject: str
    checkpoint: Checkpoint
    keyset: KeySet
    agreement: str | None
    entries: tuple[VerifiedEntry, ...]
    rows: tuple[tuple[Ref, bytes], ...]
    steps: tuple[str, ...]


def verify_bundle(
    data: bytes, vkey: str, older: bytes | None = None, consistency: Sequence[bytes] | None = None
) -> Verified:
    """Show that the bundle in ``data`` is authentic under the log key ``vkey``, or raise NotTrusted.

    The error names the step that failed and what was expected. ``older`` is a signed checkpoint kept from
    before; its consistency proof is taken from the bundle unless ``consistency`` gives it.
    """
    said: list[str] = []
    with _step(1):
        held = bundle.read(data)
        log = note.Verifier.parse(vkey)
        said.append(f"canonical, version {bundle.VERSION}, {len(data)} bytes")
    with _step(2):
        _whole(held, log)
        said.append(f"signed by {log.name}")
    with _step(3):
        signed = _checkpoint(held, log)
        said.append(f"{signed.size} entries under root {signed.root.hex()[:16]}")
    with _step(4):
        said.append(_extends(held, signed, vkey, older, consistency))
    with _step(5):
        _included(held, signed)
        said.append(f"{len(held.entries)} entries")
    with _step(6):
        trusted = _keyset(held, log)
        said.append(f"{len(trusted.holders)} holders")
    with _step(7):
        entries = tuple(_authored(one, trusted) for one in held.entries)
        said.append(f"{len(entries)} entries")
    with _step(8):
        rows = _rows(held, entries)
        said.append(f"{len(rows)} rows")
    with _step(9):
        agreement = _agreement(held, entries)
        said.append("none is recorded yet" if agreement is None else f"digest {agreement[:16]}")
    steps = tuple(
        f"({at}) {name}: {what}" for at, (name, what) in enumerate(zip(STEPS, said, strict=True), 1)
    )
    return Verified(held.subject, signed, trusted, agreement, entries, rows, steps)


@contextmanager
def _step(number: int) -> Generator[None]:
    try:
        yield
    except TruceError as error:
        msg = f"step {number} of {len(STEPS)}, {STEPS[number - 1]}: {error}"
        raise NotTrusted(msg) from error


def _whole(held: Bundle, log: note.Verifier) -> None:
    # (2) one signature over all that the bundle says, under a type that nothing else is signed with
    if held.origin != log.name:
        msg = f"the bundle is of another log than {log.name}; verify it with the key of its own log"
        raise NotTrusted(msg)
    if not keys.verify(log.public, held.signature, pae(bundle.PAYLOAD_TYPE, held.signed)):
        msg = f"the signature of {log.name} was expected and does not hold; get the bundle again from the office"
        raise NotTrusted(msg)


def _checkpoint(held: Bundle, log: note.Verifier) -> Checkpoint:
    # (3) a further line would be one that nobody checks
    if len(note.parse(held.checkpoint).signatures) != 1:
        msg = "one signature line was expected under the checkpoint; get the bundle again from the office"
        raise NotTrusted(msg)
    return checkpoint.verified(held.checkpoint, log.vkey)


def _extends(
    held: Bundle, signed: Checkpoint, vkey: str, older: bytes | None, consistency: Sequence[bytes] | None
) -> str:
    # (4) the older checkpoint may bear the lines of witnesses too: those of unknown keys are passed over
    if older is None:
        return "not asked for: no older checkpoint was given"
    before = checkpoint.verified(older, vkey)
    if before.size > signed.size:
        msg = (
            f"a log of {before.size} entries or more was expected and this one has {signed.size}; ask for a newer "
            "bundle, and if there is none, the log was cut short: keep both, they are evidence"
        )
        raise NotTrusted(msg)
    proof: Sequence[bytes] = consistency or ()
    if consistency is None and before.size not in (0, signed.size):
        if held.since != before.size:
            msg = f"a proof from {before.size} entries on was expected; ask the office for a bundle since that size"
            raise NotTrusted(msg)
        proof = held.consistency
    if not merkle.verify_consistency(before.size, signed.size, proof, before.root, signed.root):
        msg = (
            f"the log of {signed.size} entries was expected to extend that of {before.size} and does not: keep both "
            "checkpoints, they are evidence"
        )
        raise NotTrusted(msg)
    return f"extends the checkpoint of {before.size} entries"


def _included(held: Bundle, signed: Checkpoint) -> None:
    # (5) leaf = version, SHA-256(salt, envelope); then up the path to the root
    for one in held.entries:
        leaf = merkle.leaf_hash(sealing.leaf(one.salt, one.data))
        if not merkle.verify_inclusion(leaf, one.ref.entry, signed.size, one.proof, signed.root):
            msg = f"entry {one.ref} was expected in the tree of {signed.size} entries and is not; refuse the bundle"
            raise NotTrusted(msg)


def _keyset(held: Bundle, log: note.Verifier) -> KeySet:
    # (6) entry 0 comes first because the entries are in order
    if not held.entries or held.entries[0].ref != Ref(0):
        msg = "entry 0, the key set, was expected first and is not there; ask the office for a whole bundle"
        raise NotTrusted(msg)
    trusted = admission.admit_genesis(held.entries[0].data, log.name)
    if trusted.vkey != log.vkey:
        msg = f"the key set was expected to name the log key {log.vkey}; refuse the bundle"
        raise NotTrusted(msg)
    return trusted


def _authored(one: bundle.Held, trusted: KeySet) -> VerifiedEntry:
    # (7) the same rules as at admission, for the time at which the entry says that it was signed
    if one.ref == Ref(0):
        first = entry.opened(one.data)
        return VerifiedEntry(0, first, trusted.permitted(first.key, keyset.KIND, first.at))
    at = entry.opened(one.data).at
    try:
        admitted = admission.admit(one.data, trusted, trusted.origin, at)
    except TruceError as error:
        msg = f"entry {one.ref}: {error}"
        raise NotTrusted(msg) from error
    return VerifiedEntry(one.ref.entry, admitted.entry, admitted.mandate)


def _rows(held: Bundle, entries: Sequence[VerifiedEntry]) -> tuple[tuple[Ref, bytes], ...]:
    # (8) the batch's own root is covered by its author's signature, seen in (7)
    batches = {one.index: batch.read(one.entry.body) for one in entries if one.entry.kind == batch.KIND}
    for one in held.rows:
        found = batches.get(one.ref.entry)
        if found is None:
            msg = f"the batch entry of row {one.ref} was expected in the bundle and is not; ask for a whole bundle"
            raise NotTrusted(msg)
        batch.verify_row(found, one.ref.row, one.salt, one.data, one.proof)
    return tuple((one.ref, one.data) for one in held.rows)


def _agreement(held: Bundle, entries: Sequence[VerifiedEntry]) -> str | None:
    # (9) findings are read against this text, so it must be the one that the record holds
    listed = {one.index: one.entry for one in entries if one.entry.kind == bundle.AGREEMENT}
    if held.agreement is None:
        if listed:
            msg = (
                "the agreement was expected to be cited, for it is in the bundle; ask the office for it again"
            )
            raise NotTrusted(msg)
        return None
    ref, digest = held.agreement
    found = listed.get(ref.entry)
    if ref.row >= 0 or found is None or found.digest != digest:
        msg = f"the agreement was expected as entry {ref} with the digest that is cited; refuse the bundle"
        raise NotTrusted(msg)
    return digest
