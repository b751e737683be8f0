"""``truce receipt``: given again byte for byte, proven, kept; and an office that forgot an entry is caught by it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office_kit import Kit, key_of, new_kit, seen
from tests.truce import truce
from trucekeeper.kernel.clock import Instant
from trucekeeper.observations import wire
from trucekeeper.record import entry
from trucekeeper.record.receipt import read

HOUR_MS = 3_600_000


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    made = new_kit(tmp_path / "office")
    yield made
    made.office.close()


def sealed(kit: Kit, uid: str) -> bytes:
    at = kit.clock.now()
    body = wire.body(seen(uid, at))
    origin = kit.office.record.origin
    return entry.seal(key_of("ada"), wire.KIND, origin, uid.encode().hex().ljust(32, "0"), at, body)


def test_a_receipt_is_given_again_byte_for_byte_and_is_kept(kit: Kit, tmp_path: Path) -> None:
    (first,) = kit.office.record.append([sealed(kit, "one")])
    kit.office.record.append([sealed(kit, "two")])
    kit.office.close()
    office, key = tmp_path / "office", tmp_path / "office" / "log" / "log.vkey"
    file, proof = tmp_path / "receipt", tmp_path / "proof"
    assert truce("receipt", "give", first.index, "--into", file, "--office", office).code == 0
    assert file.read_bytes() == first.data
    assert truce("receipt", "give", first.index, "--into", file, "--office", office).code == 2
    assert truce("receipt", "prove", first.index, "--into", proof, "--office", office).code == 0
    for shown in (("--proof", proof), ("--log", office / "log")):
        done = truce("receipt", "check", file, "--key", key, *shown, "--json")
        assert (done.code, done.json["state"]) == (0, "kept"), done.err
    none = truce("receipt", "check", file, "--key", key)
    assert none.code == 2
    assert truce("receipt", "give", 999, "--into", tmp_path / "no", "--office", office).code == 5


def test_receipts_come_with_what_is_handed_in(kit: Kit, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(sealed(kit, "one"))
    kit.office.close()
    office = tmp_path / "office"
    done = truce("receive", tmp_path / "one", "--office", office, "--receipts", tmp_path / "mine", "--json")
    assert done.code == 0, done.err
    (file,) = (tmp_path / "mine").iterdir()
    assert read(file.read_bytes()).index == done.json[0]["entry"]


def test_an_office_that_forgot_an_entry_is_caught_by_its_receipt(kit: Kit, tmp_path: Path) -> None:
    """It restores a backup from before, and goes on with something else at that number."""
    kit.office.record.checkpoint()
    kit.office.close()
    office, backup = tmp_path / "office", tmp_path / "backup"
    shutil.copytree(office, backup)
    kit.reopen()
    (promised,) = kit.office.record.append([sealed(kit, "unwelcome")])
    kit.office.record.checkpoint()
    kit.office.close()
    receipt, key = tmp_path / "receipt", tmp_path / "log.vkey"
    receipt.write_bytes(promised.data)
    shutil.copy(office / "log" / "log.vkey", key)
    assert truce("receipt", "check", receipt, "--key", key, "--log", office / "log").code == 0
    shutil.rmtree(office)
    backup.rename(office)
    short = truce("receipt", "check", receipt, "--key", key, "--checkpoint", office / "log" / "checkpoint")
    assert (short.code, "not seen to be due" in short.out) == (0, True)
    kit.clock.at = Instant(kit.clock.at + 2 * HOUR_MS)
    kit.reopen()
    kit.office.record.append([sealed(kit, "welcome")])
    kit.office.record.checkpoint()
    kit.office.close()
    caught = truce("receipt", "check", receipt, "--key", key, "--log", office / "log")
    assert caught.code == 3
    assert "(3) the leaf: another one stands there" in caught.out
    assert "proof against the office" in caught.out


def test_a_receipt_of_another_log_or_with_a_flipped_byte_is_refused(kit: Kit, tmp_path: Path) -> None:
    (first,) = kit.office.record.append([sealed(kit, "one")])
    kit.office.close()
    log = tmp_path / "office" / "log"
    file = tmp_path / "receipt"
    file.write_bytes(first.data.replace(b'"index":', b'"index":1', 1))
    assert truce("receipt", "check", file, "--key", log / "log.vkey", "--log", log).code == 3
    other = new_kit(tmp_path / "other")
    other.office.close()
    file.write_bytes(first.data)
    done = truce("receipt", "check", file, "--key", tmp_path / "other" / "log" / "log.vkey", "--log", log)
    assert done.code == 3
