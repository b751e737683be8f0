"""Where tiles lie, what is in them, and that a tree read from them is the tree of its leaves."""

import hashlib
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel import merkle
from trucekeeper.kernel.errors import BadInput, Damaged
from trucekeeper.record import tiles
from trucekeeper.record.tiles import Bundle, Tile, TileNodes
from trucekeeper.stores.edge import Edge

LEAVES = [hashlib.sha256(b"leaf %d" % number).digest() for number in range(1500)]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def plain(hashes: Sequence[bytes]) -> merkle.Nodes:
    """The tree's nodes, straight from the leaf hashes."""
    return lambda level, number: merkle.root(hashes[number << level : (number + 1) << level])


def written(steps: Sequence[int], leaves: Sequence[bytes] = LEAVES) -> dict[str, bytes]:
    """The files of a log that grew to these sizes, one after the other."""
    files: dict[str, bytes] = {}
    edge = Edge()
    for size in steps:
        made = edge.grown(leaves[edge.size : size])
        files |= made.bundles | made.tiles
        edge = made.edge
    return files


FILES = written(range(1, 601))
LARGE = written([1500])
WHOLE = written(range(256, 1281, 256))
"""Full tiles of level 0 alone, as they are left where partial ones have been cleared away."""


@cache
def many() -> tuple[list[list[bytes]], dict[str, bytes]]:
    """The nodes of a tree of 70,000 leaves by level, made without tiles, and its tiles."""
    leaves = [number.to_bytes(4, "big") for number in range(70_000)]
    levels = [[merkle.leaf_hash(leaf) for leaf in leaves]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([merkle.node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return levels, written([70_000], leaves)


def cut(files: dict[str, bytes], size: int) -> dict[str, bytes]:
    """The tiles of a smaller tree, which begin as those of the larger one do."""
    found: dict[str, bytes] = {}
    for level in range(3):
        for number in {0, (size >> (8 * level)) // 256}:
            width = min(256, (size >> (8 * level)) - number * 256)
            for other in range(256, 0, -1):
                larger = files.get(tiles.tile_path(level, number, other))
                if larger is not None and width > 0:
                    found[tiles.tile_path(level, number, width)] = larger[: 32 * width]
                    break
    return {**{path: data for path, data in files.items() if ".p/" not in path}, **found}


@pytest.mark.parametrize(
    ("number", "width", "path"),
    [
        (0, 256, "tile/0/000"),
        (999, 256, "tile/0/999"),
        (1000, 256, "tile/0/x001/000"),
        (1234067, 256, "tile/0/x001/x234/067"),
        (1234067, 5, "tile/0/x001/x234/067.p/5"),
        ((1 << 56) - 1, 255, "tile/0/x072/x057/x594/x037/x927/935.p/255"),
    ],
)
def test_a_tile_lies_where_the_specification_says(number: int, width: int, path: str) -> None:
    assert tiles.tile_path(0, number, width) == path
    assert tiles.parse_path(path) == Tile(0, number, width)
    entries = path.replace("tile/0", "tile/entries")
    assert tiles.bundle_path(number, width) == entries
    assert tiles.parse_path(entries) == Bundle(number, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/00/001",
        "tile/-1/001",
        "tile/64/001",
        "tile/entries/x000/001",
        "tile/Entries/001",
        "tile/0/001.p",
        "tile/0/001.p/",
        "tile/0/001.p/0",
        "tile/0/001.p/05",
        "tile/0/001.p/256",
        "tile/0/001.p/999",
        "tile/0/001/",
        "tile/0/001\n",
        "/tile/0/001",
        "tile/0/../0/001",
        "tile/0/x072/x057/x594/x037/x927/936",
        "tile/0/x001/x001/x001/x001/x001/x001/001",
        "tile/0/\u0660\u0660\u0661",
    ],
)
def test_any_other_spelling_names_nothing(path: str) -> None:
    assert tiles.parse_path(path) is None


@given(st.integers(0, 63), st.integers(0, (1 << 56) - 1), st.integers(1, 256))
def test_every_tile_is_found_under_its_path(level: int, number: int, width: int) -> None:
    assert tiles.parse_path(tiles.tile_path(level, number, width)) == Tile(level, number, width)
    assert tiles.parse_path(tiles.bundle_path(number, width)) == Bundle(number, width)


@given(st.text(alphabet="tile/0123456789x.penrs\n", max_size=30))
def test_a_path_that_names_something_is_the_only_spelling_of_it(path: str) -> None:
    for prefix in ("", "tile/", "tile/0/", "tile/entries/"):
        match tiles.parse_path(prefix + path):
            case Tile(level, number, width):
                assert tiles.tile_path(level, number, width) == prefix + path
            case Bundle(number, width):
                assert tiles.bundle_path(number, width) == prefix + path
            case None:
                pass


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_gives_its_leaves_back(leaves: list[bytes]) -> None:
    assert tiles.unbundle(tiles.bundle(leaves)) == tuple(leaves)


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=40), st.data())
def test_a_bundle_that_is_cut_off_gives_no_other_leaves(leaves: list[bytes], data: st.DataObject) -> None:
    whole = tiles.bundle(leaves)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        found = tiles.unbundle(cut)
    except BadInput:
        return
    assert found == tuple(leaves[: len(found)])
    assert len(found) < len(leaves)


def test_a_bundle_holds_no_leaf_beyond_its_length_field_and_no_more_than_256() -> None:
    assert tiles.unbundle(tiles.bundle([b"." * 65_535])) == (b"." * 65_535,)
    with pytest.raises(BadInput, match="more than 65535 bytes"):
        tiles.bundle([b"." * 65_536])
    with pytest.raises(BadInput, match="more than 256"):
        tiles.unbundle(tiles.bundle([b"."] * 257))


@pytest.mark.parametrize("size", [70_000, 65_536, 65_537, 256, 1, 0])
def test_the_tiles_of_a_size_are_those_the_specification_lists(size: int) -> None:
    found = [one for level in range(4) for one in tiles.grown(0, size) if one.level == level]
    for level in range(4):
        count = size >> (8 * level)
        widths = [one.width for one in found if one.level == level]
        assert widths == [256] * (count // 256) + ([count % 256] if count % 256 else [])
    assert len(found) == len(list(tiles.grown(0, size)))


@given(st.integers(0, 70_000), st.integers(0, 3_000))
def test_a_growing_log_writes_every_tile_that_the_larger_one_lacks(old: int, more: int) -> None:
    new = old + more
    assert set(tiles.grown(0, new)) - set(tiles.grown(0, old)) == set(tiles.grown(old, new))


@given(st.lists(st.integers(1, 400), max_size=6))
def test_a_log_that_grew_in_steps_has_the_files_of_one_written_at_once(steps: list[int]) -> None:
    sizes = [min(sum(steps[: at + 1]), 1500) for at in range(len(steps))]
    files = written(sizes)
    for size in sizes:
        assert written([size]).items() <= files.items()
    named = {tiles.parse_path(path) for path in files}
    grown: set[Tile | Bundle] = set()
    for old, new in zip([0, *sizes], sizes, strict=False):
        grown |= set(tiles.grown(old, new))
        grown |= {Bundle(one.number, one.width) for one in tiles.grown(old, new) if one.level == 0}
    assert named == grown


def test_every_root_up_to_600_read_from_tiles_is_that_of_the_leaves() -> None:
    for size in range(601):
        nodes = TileNodes(FILES.get, size)
        assert merkle.Frontier.of(size, nodes).root() == merkle.root(HASHES[:size])


@given(st.integers(1, 600), st.data())
def test_proofs_read_from_tiles_are_those_of_the_leaves(size: int, data: st.DataObject) -> None:
    nodes, leaves = TileNodes(FILES.get, size), plain(HASHES)
    index = data.draw(st.integers(0, size - 1))
    assert merkle.inclusion(index, size, nodes) == merkle.inclusion(index, size, leaves)
    old = data.draw(st.integers(0, size))
    assert merkle.consistency(old, size, nodes) == merkle.consistency(old, size, leaves)


@given(st.integers(1, 1280), st.data())
def test_a_tree_is_read_from_full_tiles_where_its_own_are_cleared_away(
    size: int, data: st.DataObject
) -> None:
    nodes = TileNodes(WHOLE.get, size)
    index = data.draw(st.integers(0, size - 1))
    assert merkle.inclusion(index, size, nodes) == merkle.inclusion(index, size, plain(HASHES))


@given(st.integers(1, 70_000), st.data())
def test_proofs_of_large_trees_are_those_of_the_leaves(size: int, data: st.DataObject) -> None:
    levels, files = many()
    nodes = TileNodes(cut(files, size).get, size)
    expected = merkle.Frontier.of(size, lambda level, number: levels[level][number]).root()
    assert merkle.Frontier.of(size, nodes).root() == expected
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    proof = merkle.inclusion(index, size, nodes)
    assert merkle.verify_inclusion(levels[0][index], index, size, proof, expected)
    before = merkle.Frontier.of(old, lambda level, number: levels[level][number]).root()
    assert merkle.verify_consistency(old, size, merkle.consistency(old, size, nodes), before, expected)


@given(st.integers(1, 1500), st.data())
def test_a_lost_or_torn_tile_is_told(size: int, data: st.DataObject) -> None:
    files = written([size])
    lost = data.draw(st.sampled_from([one for one in tiles.grown(0, size) if one.level == 0]))
    path = tiles.tile_path(0, lost.number, lost.width)
    whole = files.pop(path)
    if data.draw(st.booleans()):
        files[path] = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(Damaged, match=path):
        TileNodes(files.get, size)(0, lost.number * 256)


@pytest.mark.parametrize(("level", "number"), [(0, 300), (3, 40), (8, 1), (9, 0), (16, 0), (63, 0)])
def test_a_subtree_beyond_the_size_is_refused(level: int, number: int) -> None:
    with pytest.raises(BadInput, match="ask within its size"):
        TileNodes(FILES.get, 300)(level, number)


def test_a_tile_is_read_once_for_many_proofs() -> None:
    read: list[str] = []

    def reading(path: str) -> bytes | None:
        read.append(path)
        return LARGE.get(path)

    nodes = TileNodes(reading, 1500)
    for index in range(0, 1500, 7):
        merkle.inclusion(index, 1500, nodes)
    assert len(read) == len(set(read)) == 7
