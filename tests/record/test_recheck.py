"""A whole record against its tiles: every file of the log, every leaf, author, row and logged checkpoint."""

from functools import partial
from pathlib import Path

import pytest

from tests.record.kit import LOG, ORIGIN, new_record, prepared, rechecked, reopened, sealed
from trucekeeper.kernel.errors import Damaged, TruceError
from trucekeeper.record import checkpoint, recheck, tiles
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.ref import Ref
from trucekeeper.record.replay import COSIGNED
from trucekeeper.stores.sql_reader import SqlReader
from trucekeeper.stores.sql_record import Terms
from trucekeeper.stores.tile_folder import TileFolder


def filled(folder: Path, size: int) -> None:
    """A record of ``size`` entries, the key set among them."""
    with new_record(folder) as record:
        record.append([sealed() for _ in range(size - 1)])
        record.integrate()


def files(folder: Path, size: int) -> list[Path]:
    """Every public file that a log of this size consists of; partial tiles of smaller sizes may stay behind."""
    log = folder / "office" / "log"
    full, rest = divmod(size, 256)
    names = [
        name for number in range(full) for name in (tiles.tile_path(0, number), tiles.bundle_path(number))
    ]
    names += [tiles.tile_path(0, full, rest), tiles.bundle_path(full, rest), tiles.tile_path(1, 0, full)]
    return [log / name for name in names]


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512])
def test_a_whole_record_holds_at_every_size_where_tiles_begin_and_end(tmp_path: Path, size: int) -> None:
    filled(tmp_path, size)
    found = rechecked(tmp_path)
    assert (found.checkpoint.size, found.entries, found.padding, found.keysets) == (size, size, 0, 1)


def test_padding_erased_entries_and_rows_are_told_apart(tmp_path: Path) -> None:
    with new_record(tmp_path, terms=Terms(pad_to=16)) as record:
        first = record.append([sealed(), sealed()])[0].index
        made = prepared(5)
        batch = record.append_batch(made.envelope, made.rows, made.salts).index
        record.integrate()
        record.erase(Ref(first))
        record.erase(Ref(batch, 3))
    found = rechecked(tmp_path)
    assert found.checkpoint.size % 16 == 0
    assert (found.entries, found.rows) == (3, 5)
    assert found.padding == found.checkpoint.size - 4
    assert found.erased == (Ref(first), Ref(batch, 3))


def test_no_byte_of_any_public_file_can_be_flipped(tmp_path: Path) -> None:
    filled(tmp_path, 258)
    for path in files(tmp_path, 258):
        whole = path.read_bytes()
        for at in {0, len(whole) // 2, len(whole) - 1}:
            path.write_bytes(whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :])
            with pytest.raises(TruceError):
                rechecked(tmp_path)
        path.write_bytes(whole)
    rechecked(tmp_path)


def test_a_lost_file_is_named(tmp_path: Path) -> None:
    filled(tmp_path, 257)
    (lost,) = (tmp_path / "office" / "log" / "tile" / "1").rglob("1")
    lost.unlink()
    with pytest.raises(Damaged, match=r"tile/1/000\.p/1 does not follow"):
        rechecked(tmp_path)


@pytest.mark.parametrize("at", [1, 300, 599])
def test_other_processes_find_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    filled(tmp_path, 600)
    alone = rechecked(tmp_path)
    monkeypatch.setattr(recheck, "_PART", 256)
    monkeypatch.setattr(recheck, "_ALONE", 0)
    office = tmp_path / "office"
    asked = partial(recheck.recheck, partial(SqlReader, office), TileFolder(office / "log"), processes=2)
    done: list[int] = []
    assert asked(progress=done.append) == alone
    assert done == [256, 512, 600]
    number = at // 256
    path = office / "log" / tiles.bundle_path(number, min(256, 600 - number * 256))
    whole = path.read_bytes()
    place = (at % 256) * 35 + 20
    path.write_bytes(whole[:place] + bytes((whole[place] ^ 1,)) + whole[place + 1 :])
    with pytest.raises(Damaged):
        asked()


def test_a_logged_checkpoint_is_one_that_the_log_had(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        record.append([sealed()])
        note = record.integrate().decode()
        record.append([sealed("office", COSIGNED, {"checkpoint": note})])
        record.integrate()
    assert rechecked(tmp_path).cosigned == (2,)


@pytest.mark.parametrize(
    ("size", "why"), [(2, "never had"), (3, "never had"), (10**6, "never had")], ids=["fork", "own", "future"]
)
def test_a_logged_checkpoint_of_another_history_is_evidence(tmp_path: Path, size: int, why: str) -> None:
    forked = checkpoint.sign(Checkpoint(ORIGIN, size, bytes(32)), LOG).decode()
    with new_record(tmp_path) as record:
        record.append([sealed()])
        record.append([sealed("office", COSIGNED, {"checkpoint": forked})])
        record.integrate()
    with pytest.raises(Damaged, match=why):
        rechecked(tmp_path)


def test_a_logged_checkpoint_that_the_log_never_signed_does_not_hold(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        note = record.integrate().decode()
        flipped = note.replace("\n1\n", "\n2\n", 1)
        record.append([sealed("office", COSIGNED, {"checkpoint": flipped})])
        record.integrate()
    with pytest.raises(Damaged, match="entry 1, a logged checkpoint, does not hold"):
        rechecked(tmp_path)


def test_what_is_only_queued_is_not_yet_audited(tmp_path: Path) -> None:
    terms = Terms(interval_ms=900_000, pad_to=4)
    with new_record(tmp_path, terms=terms) as record:
        record.integrate()
        size = checkpoint.verified(record.checkpoint(), record.vkey).size
        record.append([sealed()])
    assert rechecked(tmp_path).checkpoint.size == size
    with reopened(tmp_path, terms=terms) as record:
        record.integrate()
    assert rechecked(tmp_path).checkpoint.size > size
