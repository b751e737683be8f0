"""Whatever moment the power goes: nothing acknowledged is lost, and nothing is there twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.record.kit import LOG, NOW, VKEY, new_record, rechecked, reopened, sealed, uid
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import Conflict, Damaged
from trucekeeper.record import checkpoint
from trucekeeper.stores import durable, points
from trucekeeper.stores.sql_record import SqlRecord, Terms
from trucekeeper.stores.tile_folder import TileFolder
from trucekeeper.stores.vault import Vault

POINTS = ("queued", "sequenced", "bundles", "tiles", "signed", "published")


def acknowledged(
    folder: Path, root: Path, start: int, pad_to: int, lines: int | None, at: str
) -> dict[int, str]:
    """What a writer acknowledged before it was killed, after so many lines or at a point."""
    command = [
        sys.executable,
        "-m",
        "tests.stores.appending",
        str(folder / "office"),
        str(start),
        str(pad_to),
    ]
    env = {**os.environ, points.NAMED: at}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env=env) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        seen = [] if lines is None else [writer.stdout.readline() for _ in range(lines)]
        if lines is not None:
            writer.kill()
        seen += [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    assert writer.returncode == -9
    return {int(index): named for index, named in map(str.split, seen)}


def whole(folder: Path, known: dict[int, str], terms: Terms) -> None:
    """The record opens, holds what was acknowledged once each, and every part of it holds."""
    with reopened(folder, terms=terms) as record:
        held = {one.index: one.entry.uid for one in record.entries()}
        assert known.items() <= held.items()
        assert len(set(held.values())) == len(held)
        assert checkpoint.verified(record.checkpoint(), VKEY).size == record.size()
    assert rechecked(folder).checkpoint.size == record.size()


@pytest.mark.parametrize("lines", [0, 1, 12])
def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path, root: Path, lines: int) -> None:
    with new_record(tmp_path):
        pass
    known: dict[int, str] = {}
    for start in (10_000, 20_000):
        known.update(acknowledged(tmp_path, root, start, 1, lines, ""))
        whole(tmp_path, known, Terms())


@pytest.mark.parametrize("pad_to", [1, 16])
@pytest.mark.parametrize("point", POINTS)
def test_a_writer_killed_at_a_named_point_loses_nothing_and_signs_no_size_twice(
    tmp_path: Path, root: Path, point: str, pad_to: int
) -> None:
    terms = Terms(pad_to=pad_to)
    with new_record(tmp_path, terms=terms):
        pass
    known = acknowledged(tmp_path, root, 10_000, pad_to, None, f"{point}:2")
    before = (tmp_path / "office" / "log" / "signed").read_bytes()
    stated = checkpoint.verified(before, VKEY)
    whole(tmp_path, known, terms)
    with reopened(tmp_path, terms=terms) as record:
        now = checkpoint.verified(record.pending(), VKEY)
        assert now.size >= stated.size
        assert now.size > stated.size or now == stated


def appended_and_integrated(record: SqlRecord) -> bytes:
    record.append([sealed()])
    return record.checkpoint()


@pytest.mark.parametrize(("holder", "name"), [(Vault, "write"), (TileFolder, "put"), (durable, "replace")])
def test_a_disk_that_refuses_stops_the_record_until_it_is_reopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holder: object, name: str
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with new_record(tmp_path) as record:
        monkeypatch.setattr(holder, name, refuses)
        with pytest.raises(Damaged, match="the disk refused a write"):
            appended_and_integrated(record)
        monkeypatch.undo()
        with pytest.raises(Damaged, match="earlier write to the disk failed"):
            record.append([sealed()])
    with reopened(tmp_path) as record:
        before = record.size()
        assert record.append([sealed()])[0].index == before
    assert rechecked(tmp_path).checkpoint.size == before + 1


def test_a_full_disk_is_told_and_costs_nothing_that_was_acknowledged(tmp_path: Path, root: Path) -> None:
    with new_record(tmp_path):
        pass
    command = [sys.executable, "-m", "tests.stores.filling", str(tmp_path / "office")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=True, timeout=60)
    *lines, said = done.stdout.splitlines()
    assert said.startswith("Damaged: the disk refused a write")
    known = {int(index): named for index, named in map(str.split, lines)}
    assert known
    whole(tmp_path, known, Terms())


def test_a_creation_that_was_cut_off_is_not_taken_for_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(durable, "replace", cut)
    with pytest.raises(KeyboardInterrupt):
        new_record(tmp_path)
    monkeypatch.undo()
    with pytest.raises(Conflict, match="or part of one"):
        new_record(tmp_path)


@pytest.mark.parametrize("lost", [("checkpoint",), ("signed",), ("checkpoint", "signed")])
def test_a_lost_checkpoint_is_signed_anew_with_the_same_root(tmp_path: Path, lost: tuple[str, ...]) -> None:
    with new_record(tmp_path) as record:
        record.append([sealed(number=1)])
        before = checkpoint.verified(record.checkpoint(), VKEY)
    for name in lost:
        (tmp_path / "office" / "log" / name).unlink()
    with SqlRecord.open(tmp_path / "office", LOG, SetClock(NOW)) as record:
        assert checkpoint.verified(record.checkpoint(), VKEY) == before
        assert checkpoint.verified(record.pending(), VKEY) == before
        assert record.find(uid(1)) == 1


@pytest.mark.parametrize("cut", [0, 1, 33])
@pytest.mark.parametrize("name", ["checkpoint", "signed", "tile/0/000.p/7", "tile/entries/000.p/7"])
def test_a_torn_file_is_refused(tmp_path: Path, name: str, cut: int) -> None:
    with new_record(tmp_path) as record:
        record.append([sealed() for _ in range(6)])
    file = tmp_path / "office" / "log" / name
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(Damaged):
        reopened(tmp_path)


def test_files_that_no_checkpoint_covers_yet_are_written_again(tmp_path: Path) -> None:
    log = tmp_path / "office" / "log"
    with new_record(tmp_path) as record:
        record.append([sealed() for _ in range(6)])
        record.checkpoint()
        old = (log / "signed").read_bytes()
        record.append([sealed()])
    for name in ("signed", "checkpoint"):
        (log / name).write_bytes(old)
    (log / "tile" / "0" / "000.p" / "8").unlink()
    with reopened(tmp_path) as record:
        assert checkpoint.verified(record.checkpoint(), VKEY).size == 8
    assert rechecked(tmp_path).checkpoint.size == 8
