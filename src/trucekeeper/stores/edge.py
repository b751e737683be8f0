"""The right edge of a log in tiles: all that is needed to grow it, and to know its root."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from trucekeeper.kernel import merkle
from trucekeeper.record import tiles

WIDTH = 256


@dataclass(frozen=True, slots=True)
class Edge:
    """A log of ``size`` leaves: those of its last bundle, and the hashes of the last tile of each level.

    Both are empty where the size is a whole multiple.
    """

    size: int = 0
    leaves: tuple[bytes, ...] = ()
    hashes: tuple[tuple[bytes, ...], ...] = ()

    @classmethod
    def of(cls, size: int, nodes: merkle.Nodes, leaves: Sequence[bytes]) -> "Edge":
        """The edge of a log whose tiles give ``nodes``; ``leaves`` are those of its last, unfinished bundle."""
        hashes: list[tuple[bytes, ...]] = []
        level, count = 0, size
        while count:
            first = count - count % WIDTH
            hashes.append(tuple(nodes(8 * level, number) for number in range(first, count)))
            level, count = level + 1, count // WIDTH
        return cls(size, tuple(leaves), tuple(hashes))

    def root(self) -> bytes:
        """The root of the tree."""
        peaks: list[bytes] = []
        for hashes in reversed(self.hashes):
            at = 0
            for bit in reversed(range(8)):
                if len(hashes) >> bit & 1:
                    peaks.append(merkle.root(hashes[at : at + (1 << bit)]))
                    at += 1 << bit
        return merkle.Frontier(self.size, peaks).root()

    def grown(self, leaves: Sequence[bytes]) -> "Grown":
        """The edge after ``leaves``, with every bundle and tile that they add or extend, by path."""
        bundles: dict[str, bytes] = {}
        made: dict[str, bytes] = {}
        for number, part in _tiles(self.size, self.leaves, leaves):
            bundles[tiles.bundle_path(number, len(part))] = tiles.bundle(part)
        edges: list[tuple[bytes, ...]] = []
        added: Sequence[bytes] = [merkle.leaf_hash(leaf) for leaf in leaves]
        for level, hashes in _levels(self.hashes):
            parts = list(_tiles(self.size >> (8 * level), hashes, added))
            for number, part in parts:
                made[tiles.tile_path(level, number, len(part))] = b"".join(part)
            edges.append(_rest(hashes, added))
            added = [merkle.root(part) for _, part in parts if len(part) == WIDTH]
            if not added and level + 1 >= len(self.hashes):
                break
        return Grown(Edge(self.size + len(leaves), _rest(self.leaves, leaves), tuple(edges)), bundles, made)


@dataclass(frozen=True, slots=True)
class Grown:
    """A larger log: its edge, and the files that have to be on disk before its root may be signed."""

    edge: Edge
    bundles: dict[str, bytes]
    tiles: dict[str, bytes]


def unfinished(size: int, read: Callable[[str], bytes | None]) -> tuple[bytes, ...]:
    """The leaves of the last, unfinished bundle of a log of ``size``; nothing where it is lost."""
    width = size % WIDTH
    if not width:
        return ()
    data = read(tiles.bundle_path(size // WIDTH, width)) or read(tiles.bundle_path(size // WIDTH))
    return () if data is None else tiles.unbundle(data)[:width]


def _levels(hashes: Sequence[tuple[bytes, ...]]) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    level = 0
    while True:
        yield level, hashes[level] if level < len(hashes) else ()
        level += 1


def _tiles(
    count: int, before: Sequence[bytes], added: Sequence[bytes]
) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """The number and content of each tile that ``added`` extends or begins, on a level that has ``count``."""
    if not added:
        return
    whole = (*before, *added)
    for at in range(0, len(whole), WIDTH):
        yield (count + at) // WIDTH, tuple(whole[at : at + WIDTH])


def _rest(before: Sequence[bytes], added: Sequence[bytes]) -> tuple[bytes, ...]:
    whole = (*before, *added)
    return tuple(whole[len(whole) - len(whole) % WIDTH :])
