"""Checks a whole record against its tiles: what an office does after a restore, and an auditor with a copy of it.

The record is cut into parts of whole bundles, and each part is checked by a process of its own that opens the record
itself: only numbers and a few hashes pass between processes. Memory does not grow with the record.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from os import cpu_count
from typing import Protocol

from trucekeeper.kernel import merkle
from trucekeeper.kernel.errors import Damaged, TruceError
from trucekeeper.record import admission, amendment, batch, checkpoint, keyset, replay, sealing, tiles
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.keyset import KeySets
from trucekeeper.record.ports import Opened, Record, Tiles
from trucekeeper.record.ref import Ref

BUNDLE = 256
_PART = 32 * BUNDLE
_ALONE = 2 * _PART
"""Records up to this size are checked in this process: starting another costs more than it saves."""


class Stored(Record, Protocol):
    """A record that can also give the salts of all rows at once, which only its own store can."""

    def salted_rows(self, index: int) -> Iterator[tuple[bytes, bytes] | bytes]:
        """Salt and bytes of all rows of one batch, in order; of an erased one the leaf hash that is left of it."""
        ...


Opener = Callable[[], AbstractContextManager[Stored]]
"""Opens the record for reading; another process must be able to call it (a class and a path, say)."""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What was seen to hold under the published checkpoint: every entry, row, and change of keys.

    ``padding`` counts dummy leaves, ``erased`` names the entries and rows whose content was destroyed, ``cosigned``
    the checkpoints among the entries that the log really had, ``noted`` the entries that the caller asked to note.
    Leaves that are only queued are not in it.
    """

    checkpoint: Checkpoint
    entries: int
    padding: int
    erased: tuple[Ref, ...]
    rows: int
    keysets: int
    cosigned: tuple[int, ...]
    noted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Job:
    """The leaves from ``start`` up to ``stop`` of a log of ``size``; ``start`` begins a bundle."""

    opener: Opener
    files: Tiles
    start: int
    stop: int
    size: int
    noted: Callable[[Opened], bool] | None


@dataclass(slots=True)
class _Part:
    """What one job saw. ``hashes`` are those of whole bundles, and the leaf hashes of a last one that is not full."""

    hashes: list[bytes]
    entries: int = 0
    padding: int = 0
    rows: int = 0
    first: int | None = None
    last: int = 0


@dataclass(slots=True)
class _Found:
    """As :class:`_Part`, of the few entries that are looked at again."""

    erased: list[Ref]
    keysets: list[int]
    cosigned: list[int]
    noted: list[int]


def recheck(
    opener: Opener,
    files: Tiles,
    progress: Callable[[int], None] | None = None,
    processes: int | None = None,
    noted: Callable[[Opened], bool] | None = None,
) -> Rechecked:
    """Every leaf, tile, author's signature and mandate, batch, change of keys and logged checkpoint.

    ``files`` are the public files of the log: it is against these that everything is held. Damaged names the first
    thing that does not hold. ``progress`` is told how many leaves are done. ``noted``, a function that another process
    can call too, picks entries to note while they are read anyway.
    """
    with opener() as record:
        signed = checkpoint.verified(record.checkpoint(), record.vkey)
        history = _history(record, signed.size)
        jobs = [
            _Job(opener, files, start, min(start + _PART, signed.size), signed.size, noted)
            for start in range(0, signed.size, _PART)
        ]
        parts: list[_Part] = []
        found = _Found([], [], [], [])
        for job, (part, few) in zip(jobs, _checked(record, jobs, signed.size, processes), strict=True):
            parts.append(part)
            found.erased += few.erased
            found.keysets += few.keysets
            found.cosigned += few.cosigned
            found.noted += few.noted
            if progress is not None:
                progress(job.stop)
        _rooted(files, signed, parts)
        _in_order(parts)
        if found.keysets != [at for at, _ in history.changes]:
            msg = "the record does not list every change of its keys; restore the vault from a backup"
            raise Damaged(msg)
        _prefixes(record, files, history, found.cosigned)
        _amended(record, signed.size)
    return Rechecked(
        checkpoint=signed,
        entries=sum(part.entries for part in parts),
        padding=sum(part.padding for part in parts),
        erased=tuple(found.erased),
        rows=sum(part.rows for part in parts),
        keysets=len(found.keysets),
        cosigned=tuple(found.cosigned),
        noted=tuple(found.noted),
    )


def _checked(
    record: Stored, jobs: Sequence[_Job], size: int, processes: int | None
) -> Iterator[tuple[_Part, _Found]]:
    """Each job's answer, in order; in other processes where there is enough to do."""
    count = processes or cpu_count() or 1
    if size <= _ALONE or count == 1:
        yield from (_check(record, job) for job in jobs)
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        try:
            yield from pool.map(_opened_and_checked, jobs)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _opened_and_checked(job: _Job) -> tuple[_Part, _Found]:
    with job.opener() as record:
        return _check(record, job)


def _check(record: Stored, job: _Job) -> tuple[_Part, _Found]:
    """Hold the part's entries against its leaves, and its leaves against the lowest tiles."""
    leaves = _leaves(job)
    part, found = _Part(_hashes(job, leaves)), _Found([], [], [], [])
    history = record.keysets()
    at = job.start
    for one in record.entries(job.start, job.stop):
        _absent(record, range(at, one.index), part, found)
        at = one.index + 1
        if sealing.leaf(one.salt, one.envelope) != leaves[one.index - job.start]:
            msg = f"entry {one.index} does not open its leaf in the log's tiles; restore the record from a backup"
            raise Damaged(msg)
        _authored(one, history)
        part.entries += 1
        part.rows += _check_rows(record, one, found)
        if one.entry.kind == keyset.KIND:
            found.keysets.append(one.index)
        elif one.entry.kind == replay.COSIGNED:
            found.cosigned.append(one.index)
        if job.noted is not None and job.noted(one):
            found.noted.append(one.index)
        if part.first is None:
            part.first = part.last = one.admitted
        if one.admitted < part.last:
            _backwards(one.index)
        part.last = one.admitted
    _absent(record, range(at, job.stop), part, found)
    return part, found


def _leaves(job: _Job) -> list[bytes]:
    found: list[bytes] = []
    for number in range(job.start // BUNDLE, -(-job.stop // BUNDLE)):
        width = min(BUNDLE, job.size - number * BUNDLE)
        data = job.files.get(tiles.bundle_path(number, width))
        leaves = () if data is None else tiles.unbundle(data)
        if len(leaves) != width:
            msg = f"the log has lost the bundle of leaves {number * BUNDLE} and on; restore the log from a mirror"
            raise Damaged(msg)
        found += leaves
    return found


def _hashes(job: _Job, leaves: Sequence[bytes]) -> list[bytes]:
    """The hash over each whole bundle, as the level above needs it; the tiles of level 0 must agree."""
    made: list[bytes] = []
    for at in range(0, len(leaves), BUNDLE):
        number, hashes = (
            (job.start + at) // BUNDLE,
            [merkle.leaf_hash(one) for one in leaves[at : at + BUNDLE]],
        )
        _same_tile(job.files, 0, number, hashes)
        made += [merkle.root(hashes)] if len(hashes) == BUNDLE else hashes
    return made


def _same_tile(files: Tiles, level: int, number: int, hashes: Sequence[bytes]) -> None:
    path = tiles.tile_path(level, number, len(hashes))
    if files.get(path) != b"".join(hashes):
        msg = f"the log's file {path} does not follow from its leaves; restore the log from a mirror"
        raise Damaged(msg)


def _authored(one: Opened, history: KeySets) -> None:
    try:
        if one.index == 0:
            admission.admit_genesis(one.envelope, history.latest.origin)
        else:
            keys = history.at(one.index)
            admission.admit(one.envelope, keys, keys.origin, one.admitted)
    except TruceError as error:
        msg = f"entry {one.index} does not hold ({error}); restore the record from a backup"
        raise Damaged(msg) from error


def _absent(record: Stored, indices: Iterable[int], part: _Part, found: _Found) -> None:
    for index in indices:
        why = record.absent(index)
        if why == "padding":
            part.padding += 1
        elif why == "erased":
            found.erased.append(Ref(index))
        else:
            msg = f"the vault has lost entry {index}; restore it from a backup"
            raise Damaged(msg)


def _check_rows(record: Stored, one: Opened, found: _Found) -> int:
    if one.entry.kind != batch.KIND:
        return 0
    stated = batch.read(one.entry.body)
    frontier = merkle.Frontier()
    for row in record.salted_rows(one.index):
        if isinstance(row, bytes):
            found.erased.append(Ref(one.index, frontier.size))
            frontier.append(row)
        else:
            frontier.append(merkle.leaf_hash(sealing.leaf(*row)))
    if frontier.size != stated.rows or frontier.root() != stated.root:
        msg = f"the rows of batch entry {Ref(one.index)} are not those its author signed; restore the vault"
        raise Damaged(msg)
    return frontier.size


def _rooted(files: Tiles, signed: Checkpoint, parts: Sequence[_Part]) -> None:
    """The tiles above the lowest, and the root of the checkpoint, follow from the hashes below them."""
    rest = signed.size % BUNDLE
    below = [one for part in parts for one in part.hashes]
    frontier_hashes: list[list[bytes]] = [below[len(below) - rest :] if rest else []]
    full = below[: len(below) - rest] if rest else below
    level = 1
    while full:
        groups = [full[at : at + BUNDLE] for at in range(0, len(full), BUNDLE)]
        for number, group in enumerate(groups):
            _same_tile(files, level, number, group)
        last = groups.pop() if len(groups[-1]) < BUNDLE else []
        frontier_hashes.append(last)
        full = [merkle.root(group) for group in groups]
        level += 1
    if _root(signed.size, frontier_hashes) != signed.root:
        msg = f"the {signed.size} leaves do not have the root of the signed checkpoint; restore the record"
        raise Damaged(msg)


def _root(size: int, levels: Sequence[Sequence[bytes]]) -> bytes:
    """The root of ``size`` leaves, from the hashes right of the last full tile of each level of tiles."""

    def node(level: int, number: int) -> bytes:
        tile, within = divmod(level, 8)
        first = ((size >> (8 * tile)) // BUNDLE) * BUNDLE
        start = (number << within) - first
        return merkle.root(levels[tile][start : start + (1 << within)])

    return merkle.Frontier.of(size, node).root()


def _in_order(parts: Sequence[_Part]) -> None:
    """The time of admission does not run backwards from one part to the next."""
    seen = [part for part in parts if part.first is not None]
    for before, after in pairwise(seen):
        if after.first is not None and after.first < before.last:
            _backwards(None)


def _backwards(index: int | None) -> None:
    where = "of the record" if index is None else f"of entry {index}"
    msg = f"the times of admission {where} run backwards; restore the vault from a backup"
    raise Damaged(msg)


def _history(record: Stored, size: int) -> KeySets:
    """The key sets, each change held against the set before it; amendments, each against the agreement before it."""
    history = record.keysets()
    agreed: str | None = None
    for one in record.entries(0, size, (keyset.KIND, amendment.KIND)):
        _authored(one, history)
        if one.entry.kind == amendment.KIND:
            try:
                amendment.in_order(one.entry, agreed)
            except TruceError as error:
                msg = f"entry {one.index} does not hold ({error}); keep the record, it is evidence"
                raise Damaged(msg) from error
            agreed = one.entry.digest
    return history


def _amended(record: Stored, size: int) -> None:
    """Each agreement amends the one before it."""
    in_force: str | None = None
    for one in record.entries(0, size, (amendment.KIND,)):
        try:
            amendment.in_order(one.entry, in_force)
        except TruceError as error:
            msg = f"entry {one.index} does not hold ({error}); restore the record from a backup"
            raise Damaged(msg) from error
        in_force = one.entry.digest


def _prefixes(record: Stored, files: Tiles, history: KeySets, indices: Sequence[int]) -> None:
    """Each logged checkpoint is one that this log really had before, with lines that hold under the policy then."""
    nodes = tiles.TileNodes(files.get, record.size())
    for index in indices:
        one = record.opened(index)
        keys = history.at(index)
        try:
            stated = replay.logged(one.entry.body, keys)
        except TruceError as error:
            msg = f"entry {index}, a logged checkpoint, does not hold ({error}); keep the record, it is evidence"
            raise Damaged(msg) from error
        if stated.size > index or merkle.Frontier.of(stated.size, nodes).root() != stated.root:
            msg = f"entry {index} logs a checkpoint that this log never had; keep both, they are evidence of a fork"
            raise Damaged(msg)
