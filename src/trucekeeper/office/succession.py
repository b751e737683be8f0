"""Changes of keys and agreement in an open office, the end of a log, and the log that goes on after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trucekeeper.agreement import wire as agreement_wire
from trucekeeper.agreement.model import Agreement
from trucekeeper.kernel import b64, canon, merkle
from trucekeeper.kernel.canon import Fields
from trucekeeper.kernel.clock import Clock, format_utc
from trucekeeper.kernel.errors import Conflict, NotFound, NotTrusted
from trucekeeper.kernel.keys import Signer
from trucekeeper.office import ceremony, folder
from trucekeeper.office.ceremony import Proposal
from trucekeeper.record import admission, amendment, checkpoint, entry, keyset, root, sealing
from trucekeeper.record.keyset import Holder, KeySet, Role
from trucekeeper.record.pen import Pen
from trucekeeper.record.ports import Record
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.root import Root
from trucekeeper.stores.log_folder import LogFolder, Places

LIMIT_OPEN_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Chain:
    """A log that goes on after another, from the last published checkpoint of that one.

    ``signed`` of the old log's root keys, of which it asked ``threshold``, signed the new log's first key set.
    """

    origin: str
    former: checkpoint.Checkpoint
    signed: int
    threshold: int


def propose_keys(
    record: Record, holders: Sequence[Holder], root_: Root | None, policy: str | None
) -> Proposal:
    """A change of keys to just these holders; without one of the office, those of the office stay as they are.

    ``root_`` None leaves the root keys as they are; ``policy`` is the text of the whole witness policy.
    """
    old = record.keyset()
    own = tuple(one for one in old.holders if one.role is Role.OFFICE)
    if any(one.role is Role.OFFICE for one in holders):
        own = ()
    new = KeySet(
        old.origin,
        old.vkey,
        (*own, *holders),
        old.root if root_ is None else root_,
        policy,
        old.version + 1,
        old.digest,
    )
    return Proposal(keyset.KIND, keyset.body(new), _history(record))


def propose_amendment(record: Record, agreed: Agreement) -> Proposal:
    """Another text in place of the agreement in force."""
    former = tuple(record.entries(kinds=(amendment.KIND,)))[-1]
    body = {**agreement_wire.body(agreed), amendment.AMENDS: former.entry.digest, root.FIELD: []}
    return Proposal(amendment.KIND, body, _history(record), former.envelope)


def enact(pen: Pen, signer: Signer, proposal: Proposal) -> Receipt:
    """Bring a proposal into force, sealed by the office; NotTrusted where signatures are missing."""
    return pen.write(signer, proposal.kind, proposal.body)


def freeze(office: Path, reason: str, clock: Clock) -> checkpoint.Checkpoint:
    """End the log in this office's folder for ever; gives the checkpoint that a new log goes on from.

    It needs neither the log's key nor an office that is whole. Whoever writes to it is refused from then on.
    """
    log = LogFolder(Places(office))
    log.refuse_frozen()
    published = log.published()
    if published is None:
        msg = "this log has published no checkpoint that another could go on from; make a new office instead"
        raise Conflict(msg)
    note, stated = published
    said = {"at": format_utc(clock.now()), "checkpoint": note.decode(), "reason": reason}
    folder.written(log.places.frozen, canon.encode({**said}) + b"\n", 0o644)
    return stated


def last_checkpoint(office: Path) -> str:
    """The signed note of a frozen log that a new log goes on from; Conflict where it is not frozen."""
    log = LogFolder(Places(office))
    published = log.published()
    if published is None or not log.places.frozen.exists():
        msg = f"the log {log.origin} is not frozen, so it could go on; run `truce keys freeze` on its office first"
        raise Conflict(msg)
    return published[0].decode()


def chained(new: Path, old: Path) -> Chain:
    """How the log in the folder ``new`` goes on after that in ``old``; NotTrusted where it does not.

    Both are offices' folders, or copies of the public part of one: a folder that holds ``log``.
    """
    later, earlier = LogFolder(Places(new)), LogFolder(Places(old))
    first = _first(later)
    published = earlier.published()
    if published is None:
        msg = f"the log {earlier.origin} has published no checkpoint; nothing can go on from it"
        raise NotTrusted(msg)
    former = keyset.follows(first, published[0], earlier.vkey)
    asked = _latest(earlier).root
    signed = len(asked.ids & {one.key for one in first.signatures})
    if signed < asked.threshold:
        msg = (
            f"{signed} of the root keys of {earlier.origin} signed the first key set of {first.origin}, where "
            f"{asked.threshold} must; do not take it for its continuation"
        )
        raise NotTrusted(msg)
    return Chain(first.origin, former, signed, asked.threshold)


def _history(record: Record) -> tuple[bytes, ...]:
    return tuple(record.opened(index).envelope for index, _ in record.keysets().changes)


def _first(log: LogFolder) -> KeySet:
    """The key set of entry 0, seen to lie under the log's published checkpoint."""
    published = log.published()
    if published is None:
        msg = f"the log {log.origin} has published no checkpoint yet; let it publish one"
        raise NotFound(msg)
    stated = published[1]
    envelope, salt = _opened(log, log.places.open(0))
    proof = merkle.inclusion(0, stated.size, log.nodes(stated.size))
    leaf = merkle.leaf_hash(sealing.leaf(salt, envelope))
    if not merkle.verify_inclusion(leaf, 0, stated.size, proof, stated.root):
        msg = (
            f"the first key set of {log.origin} does not lie under its checkpoint; get a true copy of the log"
        )
        raise NotTrusted(msg)
    return admission.admit_genesis(envelope, log.origin)


def _latest(log: LogFolder) -> KeySet:
    indices = sorted(
        int(one.stem) for one in log.places.open(0).parent.glob("*.json") if one.stem.isdecimal()
    )
    envelopes = [_opened(log, log.places.open(index))[0] for index in indices]
    mine = [one for one in envelopes if entry.opened(one).kind == keyset.KIND]
    if not mine:
        msg = f"the key sets of {log.origin} are not at hand; copy its folder log/open too"
        raise NotFound(msg)
    return ceremony.checked(mine).latest


def _opened(log: LogFolder, path: Path) -> tuple[bytes, bytes]:
    try:
        data = path.read_bytes()[:LIMIT_OPEN_BYTES]
    except OSError as error:
        msg = f"log/open/{path.name} of {log.origin} cannot be read ({error.strerror}); copy its folder log/open too"
        raise NotFound(msg) from error
    fields = Fields(canon.decode_object(data, LIMIT_OPEN_BYTES), f"log/open/{path.name}").only(
        "envelope", "salt"
    )
    return fields.text("envelope").encode(), b64.decode(fields.text("salt"), "a salt", sealing.SALT_BYTES)
