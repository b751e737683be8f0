"""Changed hashes, changed leaves and a replaced bundle, served to a mirror under a true checkpoint."""

from pathlib import Path

import pytest

from tests.mirroring import files, lay, mirror
from tests.witnessing import SmallLog
from trucekeeper.kernel.errors import NotTrusted, TruceError
from trucekeeper.peers.fetching import FolderSource
from trucekeeper.peers.mirror import Contradicted, sync
from trucekeeper.record import tiles

LOG = SmallLog().grown_to(600)
PATHS = (
    "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2",
    "tile/entries/000", "tile/entries/001", "tile/entries/002.p/88",
)  # fmt: skip


def test_every_file_of_the_log_is_attacked_here(tmp_path: Path) -> None:
    assert set(files(lay(LOG, tmp_path))) == {*PATHS, "checkpoint"}


@pytest.mark.parametrize("held", [0, 300])
@pytest.mark.parametrize("path", PATHS)
def test_a_flipped_byte_is_caught_and_accuses_nobody_of_a_fork(tmp_path: Path, path: str, held: int) -> None:
    copy = mirror(tmp_path / "copy", LOG)
    if held:
        sync(copy, FolderSource(lay(LOG, tmp_path / "before", held)))
    before = copy.tiles.get("checkpoint")
    file = lay(LOG, tmp_path / "log") / path
    data = file.read_bytes()
    fetched = not (held and path in {"tile/0/000", "tile/entries/000"})
    for at in {1, len(data) // 2, len(data) - 1}:
        changed = bytearray(data)
        changed[at] ^= 0x40
        file.write_bytes(changed)
        if not fetched:  # the copy has them already, and does not ask again
            continue
        with pytest.raises(TruceError) as caught:
            sync(copy, FolderSource(tmp_path / "log"))
        assert isinstance(caught.value, NotTrusted)
        assert not isinstance(caught.value, Contradicted)
        assert copy.tiles.get("checkpoint") == before
    file.write_bytes(data)
    assert sync(copy, FolderSource(tmp_path / "log")).size == 600


def test_a_replaced_bundle_is_caught_even_with_a_fitting_tile(tmp_path: Path) -> None:
    folder = lay(LOG, tmp_path / "log")
    other = lay(SmallLog().grown_to(256).grown_to(600, "other"), tmp_path / "other")
    (folder / tiles.bundle_path(1)).write_bytes((other / tiles.bundle_path(1)).read_bytes())
    with pytest.raises(NotTrusted, match="tile/entries/001 does not lead to the signed root"):
        sync(mirror(tmp_path / "copy", LOG), FolderSource(folder))
    (folder / tiles.tile_path(0, 1)).write_bytes((other / tiles.tile_path(0, 1)).read_bytes())
    with pytest.raises(NotTrusted, match="tile/0/001 does not lead to the signed root"):
        sync(mirror(tmp_path / "again", LOG), FolderSource(folder))
