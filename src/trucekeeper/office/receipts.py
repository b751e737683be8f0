"""Gives receipts and proofs out again, and holds an office to a receipt with a copy of its log."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trucekeeper.kernel import merkle, note
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotTrusted
from trucekeeper.office.creation import terms
from trucekeeper.office.wiring import Office
from trucekeeper.record import checkpoint, receipt, tiles
from trucekeeper.record import proof as tlog_proof
from trucekeeper.record.receipt import Receipt
from trucekeeper.stores.tile_folder import TileFolder
from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.receipt import verify_receipt


@dataclass(frozen=True, slots=True)
class Held:
    """What a receipt is held against: a checkpoint, and the leaf at the receipt's number with its path, if any."""

    checkpoint: str
    leaf: bytes | None
    path: Sequence[bytes] = ()


def issued(office: Office, index: int) -> Receipt:
    """The receipt of an entry, byte for byte as it was given: what it says does not change, nor does its signature."""
    one = office.record.opened(index)
    times = (one.admitted, Instant(one.admitted + terms(office.settings).merge_delay_ms))
    leaf = office.record.leaf(index)
    return receipt.issue(office.record.attest, (office.record.origin, one.entry.uid), leaf, index, times)


def proof_of(office: Office, index: int) -> bytes:
    """The tlog-proof of an entry under the published checkpoint; Conflict where that does not cover it yet."""
    published = office.record.checkpoint()
    size = checkpoint.verified(published, office.record.vkey).size
    if index >= size:
        msg = f"the published checkpoint covers {size} leaves, and not {index} yet; ask again after the next one"
        raise Conflict(msg)
    return tlog_proof.written(index, office.record.inclusion(index, size), published)


def from_proof(data: bytes, proof: bytes) -> Held:
    """A receipt's own leaf, where a proof says that it stands."""
    promised, found = receipt.read(data), tlog_proof.parse(proof)
    if found.index != promised.index:
        msg = f"the proof is of leaf {found.index} and the receipt of {promised.index}; ask for the right one"
        raise BadInput(msg)
    return Held(found.note.decode(), promised.leaf, found.hashes)


def from_log(data: bytes, folder: Path) -> Held:
    """What stands at a receipt's number in a copy of the log, with its path; no leaf where the log is too short."""
    files, index = TileFolder(folder), receipt.read(data).index
    published = files.get("checkpoint")
    if published is None:
        msg = f"there is no checkpoint in {folder.name}; name the folder of a log or of a mirror"
        raise NotFound(msg)
    size = checkpoint.read(note.parse(published).text).size
    if index >= size:
        return Held(published.decode(), None)
    number, width = index // tiles.WIDTH, min(tiles.WIDTH, size - index // tiles.WIDTH * tiles.WIDTH)
    bundle = files.get(tiles.bundle_path(number, width)) or files.get(tiles.bundle_path(number))
    if bundle is None:
        msg = f"the copy of the log lacks the leaves around {index}; mirror it again"
        raise NotFound(msg)
    leaf = tiles.unbundle(bundle)[index % tiles.WIDTH]
    return Held(published.decode(), leaf, merkle.inclusion(index, size, tiles.TileNodes(files.get, size)))


def from_checkpoint(text: str) -> Held:
    """A checkpoint alone, of a log that is too short to hold the entry."""
    return Held(text, None)


def held_to(data: bytes, vkey: str, policy: str | None, shown: Held) -> tuple[str, tuple[str, ...]]:
    """``kept``, ``open`` or ``broken``, and the steps that show it; NotTrusted where something does not hold."""
    try:
        state, steps = verify_receipt(data, vkey, shown.checkpoint, policy, shown.leaf, shown.path)
    except Refused as error:
        raise NotTrusted(str(error)) from error
    return state, tuple(steps)
