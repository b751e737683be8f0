"""What a mirror has to fetch of a log, in which order, and what each file has to be.

Hashes are checked from the root down: the unfinished tiles at the log's edge make the signed root, each full tile
makes one hash of the tile above it, each bundle of leaves makes one tile of level 0. So no file is kept that does
not lie under a root that the log has signed.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn

from trucekeeper.kernel import b64, canon, merkle
from trucekeeper.kernel.errors import NotTrusted, TruceError
from trucekeeper.record import sealing, tiles
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.tiles import WIDTH, Tile, TileNodes

LIMIT_CHECKPOINT = 65_536
LIMIT_TILE = WIDTH * merkle.HASH_BYTES
LIMIT_BUNDLE = WIDTH * (2 + 0xFFFF)
LIMIT_OPEN = 4 * 1024 * 1024
LIMIT_LEAVES = 1 << 40

Read = Callable[[str], bytes | None]


def edge(size: int) -> tuple[Tile, ...]:
    """The unfinished tiles of a log of ``size`` leaves, the lowest first: their hashes make its root."""
    found: list[Tile] = []
    level = 0
    while size:
        size, width = divmod(size, WIDTH)
        if width:
            found.append(Tile(level, size, width))
        level += 1
    return tuple(found)


def full(held: int, size: int) -> Iterator[Tile]:
    """The full tiles that a copy of ``held`` leaves lacks of a log of ``size``, the highest level first."""
    for level in range((size.bit_length() - 1) // 8, -1, -1):
        for number in range((held >> 8 * level) // WIDTH, (size >> 8 * level) // WIDTH):
            yield Tile(level, number, WIDTH)


def path(of: Tile) -> str:
    """Where the tile lies."""
    return tiles.tile_path(of.level, of.number, of.width)


def bundles(held: int, size: int) -> Iterator[Tile]:
    """The tiles of level 0 whose leaves a copy of ``held`` leaves lacks of a log of ``size``."""
    for number in range(held // WIDTH, -(-size // WIDTH)):
        yield Tile(0, number, min(WIDTH, size - number * WIDTH))


def checked_edge(files: Mapping[str, bytes], stated: Checkpoint) -> None:
    """NotTrusted where the tiles at the edge do not make the root of the checkpoint."""
    try:
        found = merkle.Frontier.of(stated.size, TileNodes(files.get, stated.size)).root()
    except TruceError as error:
        msg = f"the tiles at the edge of the log of {stated.size} leaves do not fit it ({error})"
        raise NotTrusted(msg) from error
    if found != stated.root:
        _refuse("the tiles at its edge", f"the signed root of {stated.size} leaves")


def checked_full(of: Tile, data: bytes, nodes: merkle.Nodes) -> None:
    """NotTrusted where a full tile does not make the hash above it, which ``nodes`` gives."""
    hashes = [data[at : at + merkle.HASH_BYTES] for at in range(0, len(data), merkle.HASH_BYTES)]
    if len(data) != LIMIT_TILE or merkle.root(hashes) != nodes(8 * (of.level + 1), of.number):
        _refuse(f"its file {path(of)}", "the signed root")


def checked_bundle(of: Tile, data: bytes, tile: bytes | None) -> None:
    """NotTrusted where a bundle's leaves are not those of the tile of level 0, which was checked before."""
    where = tiles.bundle_path(of.number, of.width)
    try:
        leaves = tiles.unbundle(data)
    except TruceError as error:
        msg = f"the log's file {where} does not hold together ({error})"
        raise NotTrusted(msg) from error
    if len(leaves) != of.width or b"".join(map(merkle.leaf_hash, leaves)) != tile:
        _refuse(f"its file {where}", "the signed root")


def cut_tile(data: bytes, width: int) -> bytes:
    """The first hashes of a full tile that has taken the place of the unfinished one."""
    return data[: width * merkle.HASH_BYTES]


def cut_bundle(data: bytes, width: int) -> bytes:
    """The first leaves of a full bundle that has taken the place of the unfinished one."""
    at = 0
    for _ in range(width):
        at += 2 + int.from_bytes(data[at : at + 2], "big")
    return data[:at]


def checked_open(index: int, data: bytes, leaf: bytes) -> None:
    """NotTrusted where what is said to open a leaf does not: {"envelope", "salt"} in canonical form."""
    try:
        held = canon.Fields(canon.decode_object(data, LIMIT_OPEN), "an open entry")
        salt = b64.decode(held.text("salt"), "a salt", sealing.SALT_BYTES)
        found = sealing.leaf(salt, held.text("envelope").encode())
    except TruceError as error:
        msg = f"the log's file open/{index}.json does not hold together ({error})"
        raise NotTrusted(msg) from error
    if found != leaf:
        _refuse(f"its file open/{index}.json", f"leaf {index}")


def _refuse(what: str, goal: str) -> NoReturn:
    msg = (
        f"the log as it is served here does not hold: {what} does not lead to {goal}; nothing of it was kept, "
        "try again, or use another copy"
    )
    raise NotTrusted(msg)
