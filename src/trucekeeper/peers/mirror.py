"""Keeps a verified copy of a log that others serve, whoever wrote that log (C2SP tlog-tiles).

A file is stored once it is seen to lie under a root that the log signed; the checkpoint is stored last, so the copy's
checkpoint is never ahead of its tiles. An interrupted run is taken up where it stopped.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeVar

from trucekeeper.kernel.clock import Clock
from trucekeeper.kernel.errors import Damaged, NotFound, NotTrusted, TruceError
from trucekeeper.peers.fetching import LIMIT_LISTING, Source, Unreachable
from trucekeeper.record import gossip, mirroring, tiles
from trucekeeper.record.gossip import Compared, Outcome, Shown
from trucekeeper.record.policy import Policy
from trucekeeper.record.ports import Tiles
from trucekeeper.record.tiles import WIDTH, Tile, TileNodes
from trucekeeper.record.witness import Log

CHECKPOINT = "checkpoint"
WANTED = "wanted"
INDEX = "open/index"

_OPEN = re.compile(r"(?<![0-9])(0|[1-9][0-9]{0,15})\.json")
Item = TypeVar("Item")

_TILES_AT_ONCE = 64
_BUNDLES_AT_ONCE = 16


class Beside(Protocol):
    """What a mirror keeps beside the tiles: ``wanted``, ``open/<index>.json``, ``evidence/<name>.json``."""

    def get(self, name: str) -> bytes | None:
        """The bytes of one file; None where there is none."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Lay the file down, whole and durably."""
        ...


class Contradicted(NotTrusted):
    """The log shrank or forked; ``evidence`` is the name of the file that holds both checkpoints."""

    def __init__(self, message: str, evidence: str) -> None:
        super().__init__(message)
        self.evidence = evidence


@dataclass(frozen=True, slots=True)
class Mirror:
    """A copy of one log. With a ``policy`` only checkpoints that its quorum cosigned are taken."""

    tiles: Tiles
    beside: Beside
    log: Log
    policy: Policy | None
    clock: Clock


@dataclass(frozen=True, slots=True)
class Synced:
    """The copy grew from ``before`` to ``size`` leaves. ``opened`` is None where no list of open entries is served."""

    before: int
    size: int
    files: int
    opened: int | None


def sync(mirror: Mirror, source: Source) -> Synced:
    """Bring the copy up to the checkpoint that ``source`` serves.

    Contradicted, with the evidence kept, where that is not an extension of what the copy holds or was fetching;
    NotTrusted where a file does not lie under the signed root; Unreachable where it breaks off.
    """
    fresh = _served(mirror, source)
    held = _kept(mirror, CHECKPOINT, mirror.tiles.get(CHECKPOINT))
    wanted = _kept(mirror, WANTED, mirror.beside.get(WANTED))
    for known in (held, wanted):
        if known is not None:
            _hold_against(mirror, source, known, fresh)
    before = 0 if held is None else held.stated.size
    files = 0
    if fresh.stated.size > before:
        mirror.beside.put(
            WANTED, fresh.note
        )  # were it forgotten, a fork of what is half fetched would go unseen
        files = _tiles(mirror, source, before, fresh) + _bundles(mirror, source, before, fresh.stated.size)
    opened = _open(mirror, source, fresh.stated.size)
    if held is None or held.note != fresh.note:
        mirror.tiles.put({CHECKPOINT: fresh.note})
    return Synced(before, fresh.stated.size, files, opened)


def nodes_of(source: Source, served: int = 0) -> Callable[[int], TileNodes]:
    """The hashes of a log that ``source`` serves; they count only as far as they lead to a signed root.

    Where its log has ``served`` leaves, hashes of smaller sizes are cut out of the tiles of that size.
    """

    def get(path: str) -> bytes | None:
        return source.fetch({path: mirroring.LIMIT_TILE})[path]

    def read(path: str) -> bytes | None:
        data, tile = get(path), tiles.parse_path(path)
        if data is None and isinstance(tile, Tile):
            width = min(WIDTH, (served >> 8 * tile.level) - tile.number * WIDTH)
            if width > tile.width:
                data = get(tiles.tile_path(tile.level, tile.number, width))
                data = data if data is None else mirroring.cut_tile(data, tile.width)
        return data

    return lambda size: TileNodes(read, size)


def _served(mirror: Mirror, source: Source) -> Shown:
    data = source.fetch({CHECKPOINT: mirroring.LIMIT_CHECKPOINT})[CHECKPOINT]
    if data is None:
        msg = f"{source.name} has no checkpoint; name the folder or address below which the log's checkpoint lies"
        raise NotFound(msg)
    fresh = gossip.shown(source.name, data, mirror.log)
    if fresh.stated.size > mirroring.LIMIT_LEAVES:
        msg = f"{source.name} states {fresh.stated.size} leaves, more than any copy can hold; ask its keeper"
        raise NotTrusted(msg)
    if mirror.policy is not None:
        if mirror.policy.log != mirror.log.verifier:
            msg = "the policy is of another log than the verifier key; give the two of one log"
            raise NotTrusted(msg)
        names = [one.name for one in mirror.policy.cosigned(data)]
        if not mirror.policy.satisfied(names):
            msg = f"{source.name} serves a checkpoint cosigned by {', '.join(names) or 'nobody'}, which is no quorum"
            raise NotTrusted(msg)
    return fresh


def _kept(mirror: Mirror, name: str, data: bytes | None) -> Shown | None:
    if data is None:
        return None
    try:
        return gossip.shown("this mirror", data, mirror.log)
    except NotTrusted as error:
        msg = f"this mirror's file {name} is not of this log, or was changed ({error}); mirror into another folder"
        raise Damaged(msg) from error


def _hold_against(mirror: Mirror, source: Source, known: Shown, fresh: Shown) -> None:
    """Contradicted unless ``fresh`` extends ``known``."""
    shrank = fresh.stated.size < known.stated.size

    def stored(size: int) -> TileNodes:
        return TileNodes(mirror.tiles.get, size)

    found = gossip.compared(known, fresh, stored if shrank else nodes_of(source))
    if found.outcome is Outcome.SPLIT:
        raise _contradicted(mirror, known, fresh, found)
    if shrank:
        why = f"the log was shown with {known.stated.size} leaves before and with {fresh.stated.size} now"
        raise _contradicted(mirror, known, fresh, Compared(found.outcome, why, found.before, found.proof))
    if found.outcome is Outcome.UNKNOWN:
        msg = (
            f"{source.name} does not show that the log only grew ({found.why}); nothing was taken, try again"
        )
        raise NotTrusted(msg)


def _contradicted(mirror: Mirror, known: Shown, fresh: Shown, found: Compared) -> Contradicted:
    name = f"evidence/{hashlib.sha256(known.note + fresh.note).hexdigest()[:16]}.json"
    if mirror.beside.get(name) is None:
        mirror.beside.put(name, gossip.evidence(known, fresh, found, mirror.clock.now()))
    msg = f"{found.why}; nothing was taken, keep {name} of this mirror, which holds both signed checkpoints"
    return Contradicted(msg, name)


def _tiles(mirror: Mirror, source: Source, before: int, fresh: Shown) -> int:
    """Fetch, check and store hashes from the root down."""
    size = fresh.stated.size
    edge = dict(_fetched(source, mirroring.edge(size), _TILE))
    files = {mirroring.path(one): data for one, data in edge.items()}
    mirroring.checked_edge(files, fresh.stated)
    mirror.tiles.put(files)
    done = len(files)
    nodes = TileNodes(mirror.tiles.get, size)
    for some in _some(
        mirroring.full(before, size), _TILES_AT_ONCE
    ):  # of one level each: the one above is stored
        for level in _levels(some):
            lacking = [one for one in level if not _there(mirror, one, _TILE, nodes)]
            got = dict(_fetched(source, lacking, _TILE))
            for one, data in got.items():
                mirroring.checked_full(one, data, nodes)
            mirror.tiles.put({mirroring.path(one): data for one, data in got.items()})
            done += len(got)
    return done


def _bundles(mirror: Mirror, source: Source, before: int, size: int) -> int:
    """Fetch, check and store the leaves."""
    done = 0
    for some in _some(mirroring.bundles(before, size), _BUNDLES_AT_ONCE):
        lacking = [one for one in some if not _there(mirror, one, _BUNDLE, None)]
        got = dict(_fetched(source, lacking, _BUNDLE))
        for one, data in got.items():
            mirroring.checked_bundle(one, data, mirror.tiles.get(mirroring.path(one)))
        mirror.tiles.put({_bundle_path(one): data for one, data in got.items()})
        done += len(got)
    return done


@dataclass(frozen=True, slots=True)
class _Kind:
    path: Callable[[Tile], str]
    limit: int
    cut: Callable[[bytes, int], bytes]


def _bundle_path(of: Tile) -> str:
    return tiles.bundle_path(of.number, of.width)


_TILE = _Kind(mirroring.path, mirroring.LIMIT_TILE, mirroring.cut_tile)
_BUNDLE = _Kind(_bundle_path, mirroring.LIMIT_BUNDLE, mirroring.cut_bundle)


def _levels(some: Iterable[Tile]) -> Iterator[list[Tile]]:
    found: dict[int, list[Tile]] = {}
    for one in some:
        found.setdefault(one.level, []).append(one)
    yield from found.values()


def _there(mirror: Mirror, one: Tile, kind: _Kind, nodes: TileNodes | None) -> bool:
    """Whether an earlier run has stored the file, and it still holds."""
    data = mirror.tiles.get(kind.path(one))
    if data is None:
        return False
    try:
        if nodes is not None:
            mirroring.checked_full(one, data, nodes)
        else:
            mirroring.checked_bundle(one, data, mirror.tiles.get(mirroring.path(one)))
    except NotTrusted as error:
        msg = f"this mirror's own file {kind.path(one)} was changed; delete it and fetch it again"
        raise Damaged(msg) from error
    return True


def _fetched(source: Source, wanted: Sequence[Tile], kind: _Kind) -> Iterator[tuple[Tile, bytes]]:
    """Each file, or the first part of the full one that has taken its place."""
    found = source.fetch({kind.path(one): kind.limit for one in wanted})
    for one in wanted:
        data = found[kind.path(one)]
        if data is None and one.width < WIDTH:
            whole = kind.path(Tile(one.level, one.number, WIDTH))
            data = source.fetch({whole: kind.limit})[whole]
            data = data if data is None else kind.cut(data, one.width)
        if data is None:
            msg = (
                f"{source.name} does not have {kind.path(one)}, which its checkpoint covers; try again later"
            )
            raise Unreachable(msg)
        yield one, data


def _open(mirror: Mirror, source: Source, size: int) -> int | None:
    """Fetch what opens entries of open kinds; how many came anew, None where the server lists none."""
    listed = _listed(source, size)
    if listed is None:
        return None
    lacking = [index for index in listed if mirror.beside.get(_open_path(index)) is None]
    for some in _some(lacking, _BUNDLES_AT_ONCE):
        found = source.fetch({_open_path(index): mirroring.LIMIT_OPEN for index in some})
        for index in some:
            data = found[_open_path(index)]
            if data is not None:  # it may have been taken back since it was listed
                mirroring.checked_open(index, data, _leaf(mirror, index, size))
                mirror.beside.put(_open_path(index), data)
    held = [index for index in listed if mirror.beside.get(_open_path(index)) is not None]
    mirror.beside.put(INDEX, "".join(f"{index}.json\n" for index in held).encode())
    return len(lacking)


def _listed(source: Source, size: int) -> list[int] | None:
    """Indices below ``size`` in the list that a mirror writes, or in a folder's or web server's own listing."""
    for name in (INDEX, "open/"):
        try:
            data = source.fetch({name: LIMIT_LISTING})[name]
        except TruceError:  # a server that shows no folders; leaves and hashes are complete without
            return None
        if data is not None:
            text = data.decode("ascii", "replace")
            return sorted({int(one) for one in _OPEN.findall(text) if int(one) < size})
    return None


def _some(items: Iterable[Item], count: int) -> Iterator[tuple[Item, ...]]:
    left = iter(items)
    while some := tuple(islice(left, count)):
        yield some


def _open_path(index: int) -> str:
    return f"open/{index}.json"


def _leaf(mirror: Mirror, index: int, size: int) -> bytes:
    number = index // WIDTH
    data = mirror.tiles.get(tiles.bundle_path(number, min(WIDTH, size - number * WIDTH)))
    if data is None:
        msg = f"this mirror has lost the leaves around {index}; mirror into another folder"
        raise Damaged(msg)
    return tiles.unbundle(data)[index % WIDTH]
