"""What every place for a log's public files does, whichever it is; a new one adds itself to the fixture."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel import merkle
from trucekeeper.kernel.errors import BadInput, Damaged
from trucekeeper.record import tiles
from trucekeeper.record.ports import Tiles
from trucekeeper.record.tiles import TileNodes
from trucekeeper.stores.edge import Edge
from trucekeeper.stores.tile_folder import TileFolder

TILE = "tile/0/x001/234.p/5"
BUNDLE = "tile/entries/000"


class Bucket:
    """An object store as it would be used: whole objects by name, put once."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}

    def get(self, path: str) -> bytes | None:
        return self._objects.get(self._known(path))

    def put(self, files: Mapping[str, bytes]) -> None:
        for path, data in files.items():
            if path != "checkpoint" and self._objects.get(self._known(path), data) != data:
                raise Damaged(path)
            self._objects[path] = data

    def paths(self, prefix: str) -> Iterator[str]:
        return iter([path for path in self._objects if path.startswith(prefix)])

    def _known(self, path: str) -> str:
        if path != "checkpoint" and tiles.parse_path(path) is None:
            raise BadInput(path)
        return path


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Tiles:
    return TileFolder(tmp_path / "log") if request.param == "folder" else Bucket()


def test_what_was_put_is_read_back_and_nothing_else(files: Tiles) -> None:
    files.put({TILE: b"one", BUNDLE: b"two", "checkpoint": b"three"})
    assert (files.get(TILE), files.get(BUNDLE), files.get("checkpoint")) == (b"one", b"two", b"three")
    assert files.get("tile/0/x001/234") is None
    assert files.get("tile/0/x001/234.p/6") is None
    assert files.get("tile/1/000") is None


def test_an_empty_place_has_nothing(files: Tiles) -> None:
    assert files.get("checkpoint") is None
    assert list(files.paths("")) == []
    files.put({})
    assert list(files.paths("")) == []


def test_the_same_bytes_may_be_put_again_and_others_never(files: Tiles) -> None:
    files.put({TILE: b"one"})
    files.put({TILE: b"one", BUNDLE: b"two"})
    with pytest.raises(Damaged):
        files.put({TILE: b"other"})
    assert (files.get(TILE), files.get(BUNDLE)) == (b"one", b"two")


def test_a_checkpoint_is_replaced(files: Tiles) -> None:
    files.put({"checkpoint": b"old"})
    files.put({"checkpoint": b"new"})
    assert files.get("checkpoint") == b"new"


def test_paths_are_listed_by_their_beginning(files: Tiles) -> None:
    made = {TILE, BUNDLE, "checkpoint", "tile/0/x001/235", "tile/0/000", "tile/1/000"}
    files.put(dict.fromkeys(made, b"x"))
    assert set(files.paths("")) == made
    assert set(files.paths("tile/0/")) == {TILE, "tile/0/x001/235", "tile/0/000"}
    assert set(files.paths("tile/0/x001/23")) == {TILE, "tile/0/x001/235"}
    assert set(files.paths("check")) == {"checkpoint"}
    assert list(files.paths("tile/7/")) == []


@pytest.mark.parametrize(
    "path", ["", "log.vkey", "../vault", "tile/0/../0/000", "/etc/passwd", "tile/0/0", "checkpoint/", "a\0b"]
)
def test_a_path_that_is_none_of_a_log_is_refused(files: Tiles, path: str) -> None:
    with pytest.raises(BadInput):
        files.get(path)
    with pytest.raises(BadInput):
        files.put({path: b""})
    assert list(files.paths("")) == []


@given(st.lists(st.integers(1, 300), min_size=1, max_size=4))
def test_a_log_grows_in_it_to_what_one_writer_would_make_at_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    leaves = [b"%d" % number for number in range(sum(steps))]
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    for files in (TileFolder(tmp_path_factory.mktemp("log")), Bucket()):
        edge, expected = Edge(), Edge().grown(leaves)
        for step in steps:
            grown = edge.grown(leaves[edge.size : edge.size + step])
            files.put(grown.bundles | grown.tiles)
            edge = grown.edge
            root = merkle.Frontier.of(edge.size, TileNodes(files.get, edge.size)).root()
            assert root == edge.root() == merkle.root(hashes[: edge.size])
        at_once = expected.bundles | expected.tiles
        assert {path: files.get(path) for path in at_once} == at_once
        full = {path for path in files.paths("") if ".p/" not in path}
        assert full == {path for path in at_once if ".p/" not in path}
