"""Whatever moment the power goes: nothing acknowledged is lost, and nothing is there twice."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.record.kit import LOG, NOW, VKEY, new_record, prepared, reopened, sealed, uid
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import Conflict, Damaged
from trucekeeper.record import checkpoint
from trucekeeper.record.recheck import recheck
from trucekeeper.stores import durable
from trucekeeper.stores.leaves import Leaves
from trucekeeper.stores.sql_record import SqlRecord
from trucekeeper.stores.vault import Vault


class PowerCut(BaseException):
    """Ends everything at once, as no error handler may notice."""


@pytest.mark.parametrize("lines", [0, 1, 7, 12])
def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path, root: Path, lines: int) -> None:
    with new_record(tmp_path):
        pass
    acknowledged: dict[int, str] = {}
    for start in (10_000, 20_000):
        command = [sys.executable, "-m", "tests.stores.appending", str(tmp_path / "office"), str(start)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "open\n"
            seen = [writer.stdout.readline() for _ in range(lines)]
            writer.kill()
            seen += [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        acknowledged.update((int(index), named) for index, named in map(str.split, seen))
        with reopened(tmp_path) as record:
            held = {one.index: one.entry.uid for one in record.entries()}
            assert acknowledged.items() <= held.items()
            assert len(set(held.values())) == len(held) == record.size()
            assert recheck(record).checkpoint.size == record.size()
            record.append([sealed(number=start + 9_000)])


def cut(
    monkeypatch: pytest.MonkeyPatch, holder: object, name: str, after: Callable[..., object] | None
) -> None:
    def ends(*arguments: object, **named: object) -> None:
        if after is not None:
            after(*arguments, **named)
        raise PowerCut

    monkeypatch.setattr(holder, name, ends)


@pytest.mark.parametrize(
    ("place", "survives"),
    [
        ("before the vault", False),
        ("after the vault", False),
        ("before the log", False),
        ("after the log", True),
        ("before the checkpoint", True),
        ("after the checkpoint", True),
    ],
)
def test_a_power_cut_between_any_two_steps_is_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, survives: bool
) -> None:
    when, _, what = place.partition(" the ")
    holder, name = {
        "vault": (Vault, "write"),
        "log": (Leaves, "append"),
        "checkpoint": (durable, "replace"),
    }[what]
    record = new_record(tmp_path)
    record.append([sealed(number=1)])
    made = prepared(300)
    cut(monkeypatch, holder, name, getattr(holder, name) if when == "after" else None)
    with pytest.raises(PowerCut):
        record.append_batch(made.envelope, made.rows, made.salts)
    monkeypatch.undo()
    record.close()
    with reopened(tmp_path) as again:
        assert again.size() == (3 if survives else 2)
        assert checkpoint.verified(again.checkpoint(), VKEY).size == again.size()
        assert recheck(again).rows == (300 if survives else 0)
        if survives:
            with pytest.raises(Conflict, match="as entry 2"):
                again.append_batch(made.envelope, made.rows, made.salts)
        else:
            assert again.append_batch(made.envelope, made.rows, made.salts).index == 2
        again.append([sealed(number=2)])
        assert recheck(again).rows == 300


@pytest.mark.parametrize(("holder", "name"), [(Vault, "write"), (Leaves, "append"), (durable, "replace")])
def test_a_disk_that_refuses_stops_the_record_until_it_is_reopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holder: object, name: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with new_record(tmp_path) as record:
        monkeypatch.setattr(holder, name, full)
        with pytest.raises(Damaged, match="the disk refused a write"):
            record.append([sealed()])
        monkeypatch.undo()
        with pytest.raises(Damaged, match="earlier write to the disk failed"):
            record.append([sealed()])
    with reopened(tmp_path) as record:
        before = record.size()
        assert record.append([sealed()])[0].index == before
        assert recheck(record).checkpoint.size == before + 1


def test_a_creation_that_was_cut_off_is_not_taken_for_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(monkeypatch, durable, "replace", None)
    with pytest.raises(PowerCut):
        new_record(tmp_path)
    monkeypatch.undo()
    with pytest.raises(Conflict, match="or part of one"):
        new_record(tmp_path)


def test_a_lost_checkpoint_is_signed_anew(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        record.append([sealed(number=1)])
    (tmp_path / "office" / "log" / "checkpoint").unlink()
    with SqlRecord.open(tmp_path / "office", LOG, SetClock(NOW)) as record:
        assert checkpoint.verified(record.checkpoint(), VKEY).size == 2
        assert record.find(uid(1)) == 1
