"""Media lie under their hash, sealed; a file that was changed, cut or swapped is never given out as whole."""

import hashlib
import os
from io import BytesIO
from pathlib import Path

import pytest

from trucekeeper.kernel.errors import BadInput, Damaged, NotFound
from trucekeeper.stores.media import MediaVault

KEY = b"k" * 32
MEBIBYTE = 1 << 20


@pytest.fixture
def vault(tmp_path: Path) -> MediaVault:
    return MediaVault(tmp_path / "media", KEY)


def file_of(folder: Path, sha256: str) -> Path:
    return folder / "media" / sha256[:2] / sha256


@pytest.mark.parametrize("size", [0, 1, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 3 * MEBIBYTE])
def test_a_file_comes_back_whole_and_lies_sealed(vault: MediaVault, tmp_path: Path, size: int) -> None:
    data = (b"shore battery, grid square seven. " * (size // 30 + 1))[:size]
    held = vault.put(BytesIO(data))
    assert held.sha256 == hashlib.sha256(data).hexdigest()
    assert held.size_bytes == size
    assert b"".join(vault.read(held.sha256)) == data
    assert list(vault.all()) == [held.sha256]
    path = file_of(tmp_path, held.sha256)
    assert b"shore battery" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_the_same_bytes_again_change_nothing(vault: MediaVault, tmp_path: Path) -> None:
    held = vault.put(BytesIO(b"same"))
    before = file_of(tmp_path, held.sha256).read_bytes()
    assert vault.put(BytesIO(b"same")) == held
    assert file_of(tmp_path, held.sha256).read_bytes() == before
    assert [path.name for path in (tmp_path / "media").rglob("*.new")] == []


@pytest.mark.parametrize("at", [0, 9, 41, 60, MEBIBYTE + 70, -1])
def test_a_flipped_byte_is_found(vault: MediaVault, tmp_path: Path, at: int) -> None:
    held = vault.put(BytesIO(os.urandom(2 * MEBIBYTE)))
    path = file_of(tmp_path, held.sha256)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged, match="restore it"):
        list(vault.read(held.sha256))


@pytest.mark.parametrize("cut", [1, 16, MEBIBYTE + 16, 2 * MEBIBYTE + 32])
def test_a_cut_file_is_found(vault: MediaVault, tmp_path: Path, cut: int) -> None:
    held = vault.put(BytesIO(b"x" * 2 * MEBIBYTE))
    path = file_of(tmp_path, held.sha256)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(Damaged):
        list(vault.read(held.sha256))


def test_a_file_under_another_name_is_found(vault: MediaVault, tmp_path: Path) -> None:
    one, two = vault.put(BytesIO(b"one")), vault.put(BytesIO(b"two"))
    file_of(tmp_path, one.sha256).write_bytes(file_of(tmp_path, two.sha256).read_bytes())
    with pytest.raises(Damaged):
        list(vault.read(one.sha256))
    with pytest.raises(Damaged):
        vault.put(BytesIO(b"one"))


def test_a_removed_file_is_gone_and_a_wrong_name_is_refused(vault: MediaVault) -> None:
    held = vault.put(BytesIO(b"gone"))
    vault.remove(held.sha256)
    vault.remove(held.sha256)
    assert not vault.holds(held.sha256)
    with pytest.raises(NotFound):
        list(vault.read(held.sha256))
    with pytest.raises(BadInput):
        vault.holds("../../keys/vault.key")
