"""Tessera's fsck reads our log, by file and by HTTP, at every size; and sees whatever is wrong with it.

Its exit status says nothing: it is 0 on failure too. Its words count. Each worker of it ends with the first thing that
it finds wrong, and it waits for ever once none is left: one flipped leaf shows in a tile of each level.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.oracles.grown import SIZES, changed, grown_log, served_log
from tests.record.kit import signer
from trucekeeper.kernel.note import Verifier
from trucekeeper.record import checkpoint

Fsck = Callable[[str, Path], str]


@pytest.fixture(scope="module")
def logs(oracle: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    oracle("fsck")
    return grown_log(tmp_path_factory.mktemp("fsck"))


@pytest.fixture(scope="module")
def fsck(oracle: Callable[[str], Path]) -> Fsck:
    program = oracle("fsck")

    def run(url: str, vkey: Path) -> str:
        command = [str(program), "--storage_url", url, "--public_key", str(vkey), "--ui=false", "--N=8"]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20).stderr

    return run


def holds(said: str, log: Path) -> bool:
    stated = checkpoint.verified((log / "checkpoint").read_bytes(), (log / "log.vkey").read_text().strip())
    return f"Successfully fsck'd log with size {stated.size} and root " in said and stated.root.hex() in said


@pytest.mark.parametrize("size", SIZES)
def test_our_log_holds_for_a_stranger_at_every_size(logs: dict[int, Path], fsck: Fsck, size: int) -> None:
    log = logs[size]
    assert (
        checkpoint.verified((log / "checkpoint").read_bytes(), (log / "log.vkey").read_text().strip()).size
        == size
    )
    assert holds(fsck(f"file://{log}/", log / "log.vkey"), log)
    with served_log(log) as address:
        assert holds(fsck(address, log / "log.vkey"), log)


FLIPPED = {
    "a full tile of hashes": ("tile/0/136", 4_000),
    "the first tile": ("tile/0/000", 0),
    "the unfinished tile": ("tile/0/273.p/112", 112 * 32 - 1),
    "a full tile of level 1": ("tile/1/000", 8_191),
    "an unfinished tile of level 1": ("tile/1/001.p/17", 40),
    "the only tile of level 2": ("tile/2/000.p/1", 31),
    "a leaf": ("tile/entries/200", 35 * 100 + 20),
    "the version of a leaf": ("tile/entries/200", 2),
    "the length of a leaf": ("tile/entries/000", 1),
    "a leaf of the unfinished bundle": ("tile/entries/273.p/112", 35 * 112 - 1),
    "the checkpoint's name": ("checkpoint", 3),
    "the checkpoint's size": ("checkpoint", 18),
    "the checkpoint's root": ("checkpoint", 30),
    "the checkpoint's signature": ("checkpoint", -20),
}


@pytest.mark.parametrize("where", FLIPPED)
def test_a_flipped_bit_is_seen(logs: dict[int, Path], fsck: Fsck, tmp_path: Path, where: str) -> None:
    path, at = FLIPPED[where]
    data = bytearray((logs[70_000] / path).read_bytes())
    data[at] ^= 1
    log = changed(logs[70_000], tmp_path / "log", path, bytes(data))
    said = fsck(f"file://{log}/", log / "log.vkey")
    assert "Successfully" not in said
    assert "fsck failed" in said


@pytest.mark.parametrize("path", ["tile/0/136", "tile/entries/273.p/112", "tile/2/000.p/1", "checkpoint"])
def test_a_torn_or_lost_file_is_seen(logs: dict[int, Path], fsck: Fsck, tmp_path: Path, path: str) -> None:
    whole = (logs[70_000] / path).read_bytes()
    for number, content in enumerate((None, b"", whole[:-1])):
        log = changed(logs[70_000], tmp_path / f"log-{number}", path, content)
        assert "Successfully" not in fsck(f"file://{log}/", logs[1] / "log.vkey"), content


def test_another_key_is_not_taken(logs: dict[int, Path], fsck: Fsck, tmp_path: Path) -> None:
    other = tmp_path / "other.vkey"
    own = Verifier.parse((logs[1] / "log.vkey").read_text().strip())
    other.write_text(Verifier(own.name, signer("someone else").public).vkey, encoding="ascii")
    assert "Successfully" not in fsck(f"file://{logs[511]}/", other)
