"""Where the hashes and leaves of a log lie in files (C2SP tlog-tiles), and how to read them back."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trucekeeper.kernel import merkle
from trucekeeper.kernel.errors import BadInput, Damaged

WIDTH = 256
_LEVELS = 63
_NUMBERS = 1 << 56
_LEAF_BYTES = 0xFFFF
_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Tile:
    """``width`` hashes of level 8 * ``level``, from number 256 * ``number`` on."""

    level: int
    number: int
    width: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """``width`` leaves, from 256 * ``number`` on."""

    number: int
    width: int


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """The path of a tile."""
    return f"tile/{level}/{_numbered(number, width)}"


def bundle_path(number: int, width: int = WIDTH) -> str:
    """The path of a bundle of leaves."""
    return f"tile/entries/{_numbered(number, width)}"


def parse_path(path: str) -> Tile | Bundle | None:
    """What a path names; None for any other spelling."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    number = int(match[2].replace("x", "").replace("/", ""))
    width = WIDTH if match[3] is None else int(match[3])
    level = 0 if match[1] == "entries" else int(match[1])
    if level > _LEVELS or number >= _NUMBERS or width > WIDTH:
        return None
    if path[match.start(2) :] != _numbered(number, width):  # such as x000/001 for 001, or .p/256
        return None
    return Bundle(number, width) if match[1] == "entries" else Tile(level, number, width)


def grown(old: int, new: int) -> Iterator[Tile]:
    """Every tile that a log growing from ``old`` to ``new`` leaves must write."""
    level = 0
    while new > old:
        for number in range(old // WIDTH, -(-new // WIDTH)):
            yield Tile(level, number, min(WIDTH, new - number * WIDTH))
        level, old, new = level + 1, old // WIDTH, new // WIDTH


def bundle(leaves: Sequence[bytes]) -> bytes:
    """A bundle: each leaf behind its length in two bytes; BadInput where a leaf is longer than that can say."""
    if any(len(leaf) > _LEAF_BYTES for leaf in leaves):
        msg = f"a leaf has more than {_LEAF_BYTES} bytes; put a digest of its content into the log instead"
        raise BadInput(msg)
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def unbundle(data: bytes) -> tuple[bytes, ...]:
    """The leaves of a bundle; BadInput where it is cut off or holds too many."""
    leaves: list[bytes] = []
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        leaves.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    if at != len(data) or len(leaves) > WIDTH:
        msg = "a bundle of leaves is cut off, or holds more than 256; fetch it again"
        raise BadInput(msg)
    return tuple(leaves)


class TileNodes:
    """Fulfils ``kernel.merkle.Nodes`` for a log of ``size`` leaves, out of tiles that ``read`` gives by path.

    It reads a tile of that very size, or the full one that has taken its place, and no other. Tiles are not checked:
    what is made of them has to be held against a checkpoint. A few tiles and hashes stay in memory.
    """

    def __init__(self, read: Callable[[str], bytes | None], size: int) -> None:
        self._read = read
        self._size = size
        self._tile = lru_cache(64)(self._load)
        self._hash = lru_cache(4096)(self._hashed)

    def __call__(self, level: int, number: int) -> bytes:
        """The hash of the complete subtree (level, number); Damaged where its tile is lost."""
        return self._hash(level, number)

    def _hashed(self, level: int, number: int) -> bytes:
        tiled, within = divmod(level, 8)
        first = number << within
        data = self._tile(tiled, first // WIDTH)
        at = first % WIDTH
        hashes = [
            data[merkle.HASH_BYTES * one : merkle.HASH_BYTES * (one + 1)]
            for one in range(at, at + (1 << within))
        ]
        if len(hashes[-1]) != merkle.HASH_BYTES:
            msg = f"the tree of {self._size} leaves has no subtree {number} of level {level}; ask within its size"
            raise BadInput(msg)
        return hashes[0] if not within else merkle.root(hashes)

    def _load(self, level: int, number: int) -> bytes:
        width = min(WIDTH, (self._size >> (8 * level)) - number * WIDTH)
        if width <= 0:
            return b""
        path = tile_path(level, number, width)
        data = self._read(path)
        if data is None and width < WIDTH:
            data = (self._read(tile_path(level, number)) or b"")[: width * merkle.HASH_BYTES]
        if data is None or len(data) != width * merkle.HASH_BYTES:
            msg = f"the log's file {path} is lost or not as long as it has to be; restore it from a mirror"
            raise Damaged(msg)
        return data


def _numbered(number: int, width: int) -> str:
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return path if width == WIDTH else f"{path}.p/{width}"
