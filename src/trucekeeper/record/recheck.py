"""Checks a whole record against itself: what an office does after a restore, and a party with its mirror."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from trucekeeper.kernel import merkle
from trucekeeper.kernel.errors import Damaged, TruceError
from trucekeeper.record import admission, batch, checkpoint, sealing
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.keyset import KeySet
from trucekeeper.record.ports import Opened, Record
from trucekeeper.record.ref import Ref

_CHUNK = 256
_THREADS = 4


class Stored(Record, Protocol):
    """A record that can also give the salts of all rows at once, which only its own store can."""

    def salted_rows(self, index: int) -> Iterator[tuple[bytes, bytes]]:
        """Salt and bytes of all rows of one batch, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What was seen to hold: the checkpoint, and every entry and row below it."""

    checkpoint: Checkpoint
    rows: int


def recheck(record: Stored, progress: Callable[[int], None] | None = None) -> Rechecked:
    """Every leaf under the signed root, every author's signature and mandate, every batch's rows.

    Damaged names the first entry that does not hold. ``progress`` is told how many entries are done. Memory
    does not grow with the record; signatures are checked by several threads.
    """
    signed = checkpoint.verified(record.checkpoint(), record.vkey)
    trusted = record.keyset()
    frontier = merkle.Frontier()
    rows = 0
    with ThreadPoolExecutor(_THREADS) as pool:
        for chunk in _chunks(record.entries(0, signed.size)):
            step = -(-len(chunk) // _THREADS)
            parts = [(trusted, chunk[at : at + step]) for at in range(0, len(chunk), step)]
            for _ in pool.map(_check, parts):
                pass
            for one in chunk:
                frontier.append(merkle.leaf_hash(sealing.leaf(one.salt, one.envelope)))
                rows += _check_rows(record, one)
            if progress is not None:
                progress(frontier.size)
    if frontier.size != signed.size or frontier.root() != signed.root:
        msg = f"the {frontier.size} entries do not have the root of the signed checkpoint; restore the record"
        raise Damaged(msg)
    return Rechecked(signed, rows)


def _check(part: tuple[KeySet, Sequence[Opened]]) -> None:
    trusted, entries = part
    for one in entries:
        try:
            if one.index == 0:
                admission.admit_genesis(one.envelope, trusted.origin)
            else:
                admission.admit(one.envelope, trusted, trusted.origin, one.admitted)
        except TruceError as error:
            msg = f"entry {one.index} does not hold ({error}); restore the record from a backup"
            raise Damaged(msg) from error


def _check_rows(record: Stored, one: Opened) -> int:
    if one.entry.kind != batch.KIND:
        return 0
    stated = batch.read(one.entry.body)
    frontier = merkle.Frontier()
    for salt, row in record.salted_rows(one.index):
        frontier.append(merkle.leaf_hash(sealing.leaf(salt, row)))
    if frontier.size != stated.rows or frontier.root() != stated.root:
        msg = f"the rows of batch entry {Ref(one.index)} are not those its author signed; restore the vault"
        raise Damaged(msg)
    return frontier.size


def _chunks(entries: Iterator[Opened]) -> Iterator[list[Opened]]:
    while chunk := list(islice(entries, _CHUNK)):
        yield chunk
