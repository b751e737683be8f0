"""How entries get from the queue into the log: when, padded how, published by whom."""

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import postgres
from tests.contract.conftest import Home
from tests.record.kit import (
    DAY_MS,
    LOG,
    NOW,
    ORIGIN,
    VKEY,
    genesis,
    new_record,
    rechecked,
    report,
    sealed,
    signer,
)
from trucekeeper.kernel import b64, merkle, note
from trucekeeper.kernel.clock import Instant, SetClock
from trucekeeper.kernel.errors import BadInput, Conflict, Damaged, NotFound, NotTrusted
from trucekeeper.record import checkpoint, entry, sealing, tiles
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.recheck import Rechecked
from trucekeeper.stores.sql_record import SqlRecord

INTERVAL_MS = 900_000


def size_of(signed: bytes) -> int:
    return checkpoint.verified(signed, VKEY).size


def test_a_lazy_record_integrates_when_asked_and_when_it_closes(home: Home) -> None:
    with home.made() as record:
        record.append([sealed(), sealed()])
        assert size_of(record.pending()) == 1
        record.inclusion(2, 3)
        assert size_of(record.pending()) == 3
        record.append([sealed()])
        assert size_of(record.checkpoint()) == 4
        record.append([sealed()])
    assert size_of((home.log / "checkpoint").read_bytes()) == 5
    assert home.checked().entries == 5


def test_a_record_with_an_interval_integrates_when_told_and_pads_every_interval(home: Home) -> None:
    with home.made(interval_ms=INTERVAL_MS, pad_to=8) as record:
        assert (record.size(), size_of(record.checkpoint())) == (8, 8)
        receipts = record.append([sealed() for _ in range(3)])
        assert [one.index for one in receipts] == [8, 9, 10]
        assert receipts[0].merge_by - receipts[0].at >= 2 * INTERVAL_MS
        assert size_of(record.checkpoint()) == 8
        with pytest.raises(BadInput, match="8 leaves in its tiles"):
            record.inclusion(8, 11)
        assert size_of(record.integrate()) == size_of(record.checkpoint()) == record.size() == 16
        assert size_of(record.integrate()) == 24
        record.append([sealed() for _ in range(9)])
        assert size_of(record.integrate()) == 40
        record.append([sealed() for _ in range(8)])
        assert size_of(record.integrate()) == 48
    assert home.checked() == Rechecked(
        checkpoint.verified((home.log / "checkpoint").read_bytes(), VKEY), 21, 27, (), 0, 1, (), ()
    )


def test_what_waits_at_closing_waits_until_an_interval_is_over(home: Home, clock: SetClock) -> None:
    with home.made(interval_ms=INTERVAL_MS, pad_to=4) as record:
        record.append([sealed()])
    with home.opened(interval_ms=INTERVAL_MS, pad_to=4) as record:
        assert (size_of(record.checkpoint()), record.size()) == (4, 5)
    clock.at = Instant(clock.at + INTERVAL_MS)
    with home.opened(interval_ms=INTERVAL_MS, pad_to=4) as record:
        assert (size_of(record.checkpoint()), record.size()) == (8, 8)


def test_padding_is_no_entry_and_looks_like_any_leaf(home: Home) -> None:
    with home.made(pad_to=4) as record:
        record.append([sealed(number=9)])
        record.checkpoint()
        assert [one.index for one in record.entries()] == [0, 4]
        assert [record.absent(index) for index in range(10)] == [
            None, "padding", "padding", "padding", None, "padding", "padding", "padding", None, None,
        ]  # fmt: skip
        with pytest.raises(NotFound, match="is padding"):
            record.opened(2)
        with pytest.raises(NotFound):
            record.leaf(8)
        leaves = [record.leaf(index) for index in range(8)]
        assert len(set(leaves)) == 8
        assert {(len(leaf), leaf[:1]) for leaf in leaves} == {(sealing.LEAF_BYTES, sealing.VERSION)}
        assert record.find(f"{9:032x}") == 4
        data = (home.log / tiles.bundle_path(0, 8)).read_bytes()
        assert list(tiles.unbundle(data)) == leaves


def test_a_leaf_and_its_time_are_known_before_and_after_integration(home: Home, clock: SetClock) -> None:
    with home.made() as record:
        clock.at = Instant(NOW + DAY_MS)
        (receipt,) = record.append([sealed()])
        assert record.leaf(1) == receipt.leaf
        record.checkpoint()
        assert record.leaf(1) == receipt.leaf
        assert [record.as_of(size) for size in (1, 2)] == [NOW, NOW + DAY_MS]
        for size in (0, 3):
            with pytest.raises(NotFound):
                record.as_of(size)


def test_entries_of_open_kinds_are_laid_open_with_what_opens_their_leaves(home: Home) -> None:
    with home.made() as record:
        record.append(
            [sealed("office", "agreement/v1", {"id": "x"}), sealed(), sealed("office", "report/v1", {})]
        )
        record.checkpoint()
        leaves = [record.leaf(index) for index in range(4)]
    files = {int(one.stem): json.loads(one.read_bytes()) for one in (home.log / "open").iterdir()}
    assert set(files) == {0, 1, 3}
    assert files[0]["envelope"].encode() == genesis()
    for index, one in files.items():
        salt = b64.decode(one["salt"], "a salt", sealing.SALT_BYTES)
        assert sealing.leaf(salt, one["envelope"].encode()) == leaves[index]


def cosigned(note_: bytes, name: str = "witness") -> bytes:
    """The note with one more signature line, as any further key would add it."""
    text = note.parse(note_).text
    line = note.sign(text, ((name, signer(name)),)).split(b"\n\n", 1)[1]
    return note_ + line


def test_under_a_policy_only_what_is_handed_in_is_published(home: Home) -> None:
    with home.made() as record:
        record.append([sealed()])
        record.checkpoint()
    (home.log / "policy").write_text("a policy\n")
    with home.opened() as record:
        (home.log / "policy").write_text("a policy\n")
        record.append([sealed()])
        assert size_of(record.integrate()) == size_of(record.pending()) == 3
        assert size_of(record.checkpoint()) == 2
        old = record.pending()
        record.append([sealed()])
        record.integrate()
        record.publish(cosigned(old))
        assert record.checkpoint() == cosigned(old)
        record.publish(cosigned(cosigned(old), "another"))
        assert record.checkpoint() == cosigned(cosigned(old), "another")
        record.publish(record.pending())
        with pytest.raises(Conflict, match="4 leaves is published already"):
            record.publish(old)


def test_only_this_logs_own_checkpoints_are_published(home: Home) -> None:
    with home.made() as record:
        record.append([sealed()])
        before = record.checkpoint()
        own = checkpoint.parse(note.parse(before).text)
        for stated, key, error in (
            (Checkpoint(ORIGIN, 2, bytes(32)), LOG, Damaged),
            (Checkpoint(ORIGIN, 3, own.root), LOG, Conflict),
            (own, signer("stranger"), NotTrusted),
            (Checkpoint("other.example/log", 2, own.root), LOG, NotTrusted),
        ):
            with pytest.raises(error):
                record.publish(checkpoint.sign(stated, key))
        assert record.checkpoint() == before


def test_a_frozen_log_takes_nothing_more_and_can_be_read(home: Home) -> None:
    with home.made() as record:
        record.append([sealed()])
        before = record.checkpoint()
        record.append([sealed()])
        (home.log / "frozen").write_bytes(b"")
        for refused in (lambda: record.append([sealed()]), record.integrate, lambda: record.publish(before)):
            with pytest.raises(Conflict, match="is frozen"):
                refused()
    with pytest.raises(Conflict, match="is frozen"):
        home.opened()
    assert home.checked().checkpoint.size == 2


def test_two_offices_on_one_folder_or_one_database_are_refused(home: Home, tmp_path: Path) -> None:
    with home.made() as record:
        with pytest.raises(Conflict, match="another process is writing"):
            home.opened()
        if home.queue is not None:
            shutil.copytree(tmp_path / "office", tmp_path / "copy" / "office")
            with pytest.raises(Conflict, match="another process is writing"):
                home.elsewhere(tmp_path / "copy").opened()
        record.append([sealed()])
    with home.opened() as record:
        assert record.size() == 2


def test_a_clock_set_back_between_two_openings_moves_no_entry_back(home: Home, clock: SetClock) -> None:
    with home.made() as record:
        record.append([sealed()])
    clock.at = Instant(NOW - 2 * DAY_MS)
    with home.opened(pad_to=3) as record:
        record.append([sealed(at=clock.at), sealed(at=clock.at)])
        record.checkpoint()
        assert {record.as_of(size) for size in range(1, record.size() + 1)} == {NOW}
        assert record.size_at(Instant(NOW - 1)) == 0
    home.checked()


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 700])
def test_every_size_has_the_root_and_the_tiles_of_its_leaves(tmp_path: Path, size: int) -> None:
    log = tmp_path / "office" / "log"
    with new_record(tmp_path) as record:
        for start in range(1, size, 200):
            record.append([sealed(body=report(number)) for number in range(start, min(size, start + 200))])
            record.checkpoint()
        signed = checkpoint.verified(record.checkpoint(), VKEY)
        leaves = [record.leaf(index) for index in range(size)]
        assert signed.root == merkle.root(map(merkle.leaf_hash, leaves))
        for tile in tiles.grown(0, size):
            path = log / tiles.tile_path(tile.level, tile.number, tile.width)
            nodes = [merkle.leaf_hash(leaf) for leaf in leaves]
            for _ in range(tile.level):
                nodes = [merkle.root(nodes[at : at + 256]) for at in range(0, len(nodes) - 255, 256)]
            first = 256 * tile.number
            assert path.read_bytes() == b"".join(nodes[first : first + tile.width])
    assert rechecked(tmp_path).checkpoint == signed


def test_tiles_that_do_not_carry_the_signed_root_stop_the_writer(home: Home) -> None:
    with home.made() as record:
        record.append([sealed() for _ in range(5)])
    tile = home.log / tiles.tile_path(0, 0, 6)
    data = bytearray(tile.read_bytes())
    data[40] ^= 1
    tile.write_bytes(data)
    with pytest.raises(Damaged):
        home.opened()


def test_a_vault_without_its_key_or_with_another_is_one_sentence(home: Home) -> None:
    with home.made():
        pass
    key = home.folder / "office" / "keys" / "vault.key"
    right = key.read_bytes()
    key.write_bytes(bytes(32))
    with pytest.raises(NotTrusted, match=r"vault\.key is not the one"):
        home.opened()
    key.write_bytes(b"short")
    with pytest.raises(BadInput, match="5 bytes where 32 belong"):
        home.opened()
    key.chmod(0o644)
    with pytest.raises(NotTrusted, match="chmod 600"):
        home.opened()
    key.unlink()
    with pytest.raises(NotFound, match=r"vault\.key is not in the folder keys"):
        home.opened()
    key.write_bytes(right)
    key.chmod(0o600)
    with home.opened() as record:
        assert entry.opened(record.opened(0).envelope).kind == "keyset/v1"


def test_the_vault_of_another_log_is_refused(home: Home, tmp_path: Path) -> None:
    with home.made():
        pass
    other = "river.example/log"
    with SqlRecord.create(tmp_path / "other" / "office", LOG, genesis(other), home.clock):
        pass
    for name in ("log/log.vkey", "keys/vault.key"):
        shutil.copy(tmp_path / "other" / "office" / name, tmp_path / "office" / name)
    with pytest.raises(Damaged, match="belongs to another log"):
        home.opened()


def test_a_writer_that_has_lost_its_database_stops_and_another_may_go_on(server: str, tmp_path: Path) -> None:
    queue = postgres.new_database(server)
    home = Home(tmp_path, SetClock(NOW), queue)
    record = home.made()
    record.append([sealed()])
    engine = sa.create_engine(server)
    with engine.connect() as connection:
        connection.execute(
            sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": sa.make_url(queue).database},
        )
    engine.dispose()
    with pytest.raises(Damaged, match=r"database, refused a write|does not answer"):
        record.append([sealed()])
    with pytest.raises(Damaged):
        record.append([sealed()])
    record.close()
    with home.opened() as record:
        assert record.append([sealed()])[0].index == 2
    assert home.checked().entries == 3
