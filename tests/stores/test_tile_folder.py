"""A file of the log is whole or not there, and what was put is on the disk: names and folders too."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from trucekeeper.kernel.errors import Damaged
from trucekeeper.stores.tile_folder import TileFolder

MANY = {f"tile/0/{number:03d}": bytes([number]) * 8192 for number in range(200)}


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_many_files_are_put_at_once(tmp_path: Path) -> None:
    files = TileFolder(tmp_path)
    files.put(MANY)
    assert {path: files.get(path) for path in files.paths("tile/")} == MANY
    assert names(tmp_path) == set(MANY)


class Syncs:
    """Counts what is synced, by path."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        really = os.fsync

        def fsync(descriptor: int) -> None:
            self.seen.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
            really(descriptor)

        monkeypatch.setattr(os, "fsync", fsync)


def test_each_file_and_each_folder_up_to_the_root_is_synced_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    syncs = Syncs(monkeypatch)
    TileFolder(log).put({"tile/0/x001/234": b"a", "tile/0/x001/235": b"b", "tile/entries/000.p/3": b"c"})
    below = {"", "/tile", "/tile/0", "/tile/0/x001", "/tile/entries", "/tile/entries/000.p"}
    below |= {"/tile/0/x001/.234.new", "/tile/0/x001/.235.new", "/tile/entries/000.p/.3.new"}
    assert sorted(syncs.seen) == sorted(f"{log}{one}" for one in below)


def test_a_folder_whose_name_is_durable_is_not_synced_into_its_parent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = TileFolder(tmp_path)
    files.put({"tile/0/000.p/1": b"a"})
    syncs = Syncs(monkeypatch)
    files.put({"tile/0/000.p/2": b"ab"})
    assert syncs.seen == [f"{tmp_path}/tile/0/000.p/.2.new", f"{tmp_path}/tile/0/000.p"]


def test_what_a_killed_process_left_is_made_durable_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    TileFolder(tmp_path).put({"tile/0/000": b"a"})
    syncs = Syncs(monkeypatch)
    TileFolder(tmp_path).put({"tile/0/000": b"a"})
    assert sorted(syncs.seen) == sorted(f"{tmp_path}{one}" for one in ("", "/tile", "/tile/0", "/tile/0/000"))


def refusing(after: int) -> Callable[[object], None]:
    left = [after]

    def refuses(_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")

    return refuses


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_disk_that_refuses_leaves_no_file_under_its_name_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    files = TileFolder(tmp_path)
    monkeypatch.setattr(os, "fsync", refusing(after))
    with pytest.raises(OSError, match="No space left"):
        files.put({"tile/0/000": b"a", "tile/0/001": b"b", "tile/0/002": b"c"})
    monkeypatch.undo()
    assert names(tmp_path) == set()
    files.put({"tile/0/000": b"a"})
    assert files.get("tile/0/000") == b"a"


def test_a_write_that_stops_short_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: really(descriptor, bytes(data[:1000])))
    files = TileFolder(tmp_path)
    files.put({"tile/0/000": bytes(8192)})
    assert files.get("tile/0/000") == bytes(8192)


def test_a_file_beside_its_place_is_never_read_or_listed(tmp_path: Path) -> None:
    files = TileFolder(tmp_path)
    files.put({"tile/0/000": b"a"})
    (tmp_path / "tile" / "0" / ".001.new").write_bytes(b"torn")
    (tmp_path / "tile" / "0" / "notes.txt").write_bytes(b"")
    assert list(files.paths("")) == ["tile/0/000"]
    files.put({"tile/0/001": b"whole"})
    assert files.get("tile/0/001") == b"whole"
    assert names(tmp_path) == {"tile/0/000", "tile/0/001", "tile/0/notes.txt"}


@pytest.mark.parametrize("torn", [b"", b"a"])
def test_a_torn_file_is_not_overwritten(tmp_path: Path, torn: bytes) -> None:
    files = TileFolder(tmp_path)
    files.put({"tile/0/000": b"ab"})
    (tmp_path / "tile" / "0" / "000").write_bytes(torn)
    with pytest.raises(Damaged, match="tile/0/000 is there with other bytes"):
        files.put({"tile/0/000": b"ab"})
