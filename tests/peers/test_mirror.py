"""A mirror of a log over HTTP and folders: whole, verified, resumed, and bounded whatever the server does."""

import time
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.mirroring import Quiet, files, lay, mirror, web
from tests.office_kit import new_kit
from tests.witnessing import NOW_S, SmallLog, dripping, signer, vkey
from trucekeeper.cli.mirrors import FolderBeside
from trucekeeper.kernel import b64, canon, note
from trucekeeper.kernel.errors import BadInput, Damaged, NotTrusted, TruceError
from trucekeeper.peers.fetching import FolderSource, Unreachable, WebSource, source
from trucekeeper.peers.mirror import Mirror, Synced, sync
from trucekeeper.record import gossip, mirroring, sealing, tiles
from trucekeeper.record.cosignature import cosign
from trucekeeper.record.policy import Policy
from trucekeeper.stores.tile_folder import TileFolder

SIZES = (1, 2, 255, 256, 257, 511, 512, 1000)


def public(folder: Path) -> dict[str, bytes]:
    return {path: data for path, data in files(folder).items() if path.startswith(("tile/", "checkpoint"))}


@pytest.mark.parametrize("size", SIZES)
def test_a_copy_over_http_has_every_file_of_the_log(tmp_path: Path, size: int) -> None:
    log = SmallLog().grown_to(size)
    with web(lay(log, tmp_path / "log")) as url:
        made = sync(mirror(tmp_path / "copy", log), WebSource(url))
    assert (made.before, made.size, made.opened) == (0, size, None)
    assert public(tmp_path / "copy") == public(tmp_path / "log")


def test_a_copy_grows_with_its_log_and_can_be_copied_again(tmp_path: Path) -> None:
    log = SmallLog()
    for size in SIZES:
        lay(log.grown_to(size), tmp_path / "log")
        assert sync(mirror(tmp_path / "copy", log), FolderSource(tmp_path / "log")).size == size
        with web(tmp_path / "copy") as url:
            assert sync(mirror(tmp_path / "again", log), WebSource(url)).size == size
    assert public(tmp_path / "again") == public(tmp_path / "copy")
    assert sync(mirror(tmp_path / "copy", log), FolderSource(tmp_path / "log")) == Synced(1000, 1000, 0, None)


def test_a_log_of_65537_leaves_is_copied_with_its_third_level(tmp_path: Path) -> None:
    log = SmallLog().grown_to(65_537)
    lay(log, tmp_path / "log", 300)
    sync(mirror(tmp_path / "copy", log), FolderSource(tmp_path / "log"))
    made = sync(mirror(tmp_path / "copy", log), FolderSource(lay(log, tmp_path / "log")))
    assert (made.before, made.size) == (300, 65_537)
    assert (tmp_path / "copy" / "tile/2/000.p/1").read_bytes() == log.root(65_536)


def test_what_opens_leaves_is_copied_against_its_leaf(tmp_path: Path) -> None:
    salt, envelope = bytes(range(32)), b'{"s":"open"}'
    log = SmallLog().grow(sealing.leaf(salt, envelope), b"closed")
    opened = lay(log, tmp_path / "log") / "open" / "0.json"
    opened.parent.mkdir()
    true = canon.encode({"envelope": envelope.decode(), "salt": b64.encode(salt)})
    opened.write_bytes(true.replace(b"open", b"OPEN"))
    with pytest.raises(NotTrusted, match=r"open/0\.json does not lead to leaf 0"):
        sync(mirror(tmp_path / "copy", log), FolderSource(tmp_path / "log"))
    opened.write_bytes(true)
    with web(tmp_path / "log") as url:
        assert sync(mirror(tmp_path / "copy", log), WebSource(url)).opened == 1
    assert (tmp_path / "copy/open/0.json").read_bytes() == true
    assert sync(mirror(tmp_path / "again", log), FolderSource(tmp_path / "copy")).opened == 1


def test_a_full_tile_stands_in_for_the_unfinished_one_that_vanished(tmp_path: Path) -> None:
    log = SmallLog().grown_to(600)
    lay(log, tmp_path / "log")
    lay(log, tmp_path / "log", 300)
    for gone in (tiles.tile_path(0, 1, 44), tiles.bundle_path(1, 44)):
        (tmp_path / "log" / gone).unlink()
    assert sync(mirror(tmp_path / "copy", log), FolderSource(tmp_path / "log")).size == 300
    (tmp_path / "log" / tiles.tile_path(0, 1)).unlink()
    with pytest.raises(Unreachable, match=r"does not have tile/0/001\.p/44"):
        sync(mirror(tmp_path / "other", log), FolderSource(tmp_path / "log"))


@pytest.mark.parametrize("stop", range(1, 9))
def test_a_run_that_broke_off_is_taken_up_and_never_shows_more_than_it_has(tmp_path: Path, stop: int) -> None:
    log = SmallLog().grown_to(300)
    copy = mirror(tmp_path / "copy", log)
    sync(copy, FolderSource(lay(log, tmp_path / "log")))
    before = log.signed()
    lay(log.grown_to(9000), tmp_path / "log")
    left = stop

    class Down(Quiet):
        def do_GET(self) -> None:  # noqa: N802 - http.server calls it so
            nonlocal left
            left -= "tile/" in self.path
            if left >= 0:
                super().do_GET()
            else:
                self.close_connection = True

    with web(tmp_path / "log", Down) as url, pytest.raises(Unreachable):
        sync(copy, WebSource(url, 5))
    assert copy.tiles.get("checkpoint") == before
    assert not list((tmp_path / "copy").rglob("*.new"))
    assert sync(copy, FolderSource(tmp_path / "log")).size == 9000
    assert public(tmp_path / "log").items() <= public(tmp_path / "copy").items()


def test_a_slow_drip_is_bounded_as_a_whole(tmp_path: Path) -> None:
    log = SmallLog().grown_to(3)
    with dripping() as url:
        begun = time.monotonic()
        with pytest.raises(Unreachable, match="did not answer in full"):
            sync(mirror(tmp_path / "copy", log), WebSource(url, 0.4))
        with pytest.raises(Unreachable, match="did not answer in full"):
            sync(mirror(tmp_path / "copy", log), WebSource(url, 60, 0.4))
        assert time.monotonic() - begun < 5
    assert not (tmp_path / "copy").exists()


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    with web(tmp_path) as url:
        pass
    with pytest.raises(Unreachable, match="cannot be reached"):
        sync(mirror(tmp_path / "copy", SmallLog()), WebSource(url, 2))
    with pytest.raises(BadInput, match="neither a folder nor"):
        source("ftp://lake.example/log")


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    log = SmallLog().grown_to(3)
    with web(lay(log, tmp_path / "log")) as elsewhere:

        class Away(Quiet):
            def do_GET(self) -> None:  # noqa: N802 - http.server calls it so
                self.send_response(HTTPStatus.FOUND)
                self.send_header("Location", elsewhere + self.path)
                self.end_headers()

        with web(tmp_path, Away) as url, pytest.raises(Unreachable, match="HTTP 302, and is not followed"):
            sync(mirror(tmp_path / "copy", log), WebSource(url))


@pytest.mark.parametrize("endless", ["checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"])
def test_a_body_without_end_is_cut_off(tmp_path: Path, endless: str) -> None:
    log = SmallLog().grown_to(3)

    class Endless(Quiet):
        def do_GET(self) -> None:  # noqa: N802 - http.server calls it so
            if self.path != f"/{endless}":
                super().do_GET()
                return
            self.send_response(HTTPStatus.OK)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(bytes(1 << 20))
            except OSError:
                return

    with web(lay(log, tmp_path / "log"), Endless) as url, pytest.raises(NotTrusted, match="is longer than"):
        sync(mirror(tmp_path / "copy", log), WebSource(url, 10))
    assert not (tmp_path / "copy/checkpoint").exists()


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000"])
@pytest.mark.parametrize("change", ["shorter", "longer", "empty"])
def test_a_file_of_the_wrong_length_is_refused(tmp_path: Path, path: str, change: str) -> None:
    log = SmallLog().grown_to(300)
    file = lay(log, tmp_path / "log") / path
    data = file.read_bytes()
    file.write_bytes({"shorter": data[:-1], "longer": data + b"\0", "empty": b""}[change])
    with pytest.raises(TruceError):
        sync(mirror(tmp_path / "copy", log), FolderSource(tmp_path / "log"))
    assert not (tmp_path / "copy/checkpoint").exists()
    file.write_bytes(data)
    assert sync(mirror(tmp_path / "copy", log), FolderSource(tmp_path / "log")).size == 300


def test_a_file_of_the_mirror_itself_that_was_changed_is_told_from_the_servers(tmp_path: Path) -> None:
    log = SmallLog().grown_to(300)
    copy = mirror(tmp_path / "copy", log)
    lay(log, tmp_path / "log")
    (tmp_path / "log" / tiles.bundle_path(1, 44)).rename(tmp_path / "kept")
    with pytest.raises(Unreachable):
        sync(copy, FolderSource(tmp_path / "log"))
    (tmp_path / "copy/tile/0/000").write_bytes(bytes(mirroring.LIMIT_TILE))
    with pytest.raises(Damaged, match="this mirror's own file tile/0/000 was changed"):
        sync(copy, FolderSource(tmp_path / "log"))


def test_an_office_is_mirrored_with_its_open_entries(tmp_path: Path) -> None:
    kit = new_kit(tmp_path / "office")
    try:
        kit.office.record.checkpoint()
        copy = Mirror(
            TileFolder(tmp_path / "copy"),
            FolderBeside(tmp_path / "copy"),
            gossip.log_of(kit.office.record.vkey),
            None,
            kit.clock,
        )
        made = sync(copy, FolderSource(kit.office.folder.log))
    finally:
        kit.office.close()
    opened = {path for path in files(tmp_path / "copy") if path.startswith("open/")}
    assert (made.size, made.opened) == (6, 2)
    assert opened == {"open/0.json", "open/1.json", "open/index"}
    assert not any("vault" in path or "keys" in path for path in files(tmp_path / "copy"))


def test_with_a_policy_only_a_checkpoint_with_its_quorum_is_taken(tmp_path: Path) -> None:
    log = SmallLog().grown_to(3)
    text = f"log {log.vkey}\nwitness anna {vkey('anna')}\nwitness bert {vkey('bert')}\n"
    policy = Policy.parse(text + "group both all anna bert\nquorum both\n")
    folder, copy = lay(log, tmp_path / "log"), mirror(tmp_path / "copy", log, policy)
    data = log.signed()
    for name in ("anna", "bert"):
        (folder / "checkpoint").write_bytes(data)
        with pytest.raises(NotTrusted, match="which is no quorum"):
            sync(copy, FolderSource(folder))
        data = note.with_lines(data, [cosign(signer(name), name, note.parse(data).text, NOW_S)])
    (folder / "checkpoint").write_bytes(data)
    assert sync(copy, FolderSource(folder)).size == 3
    other = SmallLog("sea.example/log")
    with pytest.raises(NotTrusted, match="policy is of another log"):
        sync(
            mirror(tmp_path / "other", other, policy), FolderSource(lay(other.grown_to(1), tmp_path / "sea"))
        )
