"""The doctor finds whatever is torn, lost or flipped in an office's folder, and complains of nothing else."""

import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from tests.office_kit import START, new_kit, seen
from tests.truce import truce
from trucekeeper.kernel.clock import Instant, SetClock
from trucekeeper.kernel.errors import NotFound
from trucekeeper.office import doctor
from trucekeeper.office.wiring import open_office
from trucekeeper.stores import cipher
from trucekeeper.stores.complaint import Complaint
from trucekeeper.stores.media import MediaVault

CLOCK = SetClock(Instant(START + 86_400_000))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose log has two levels of tiles, with checkpoints of several sizes, and a picture in its vault."""
    root = tmp_path_factory.mktemp("doctor") / "office"
    kit = new_kit(root)
    for number in range(3):
        kit.observe("ada", *(seen(f"seen-{number}-{one}") for one in range(90)))
        kit.office.record.checkpoint()
    kit.office.close()
    MediaVault(root / "vault" / "media", cipher.load_key(root / "keys" / "vault.key")).put(
        BytesIO(b"picture" * 999)
    )
    return root


@pytest.fixture
def office(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "office"))


def complaints(root: Path) -> list[Complaint]:
    return list(doctor.examined(root, CLOCK))


def damage(root: Path) -> list[str]:
    return [one.where for one in complaints(root) if one.damaged]


def changing(file: Path, change: Callable[[bytearray], None]) -> Callable[[], None]:
    """Change a file's bytes; what comes back undoes it."""
    before, mode = file.read_bytes(), file.stat().st_mode
    data = bytearray(before)
    change(data)
    file.write_bytes(data)

    def undo() -> None:
        file.write_bytes(before)
        file.chmod(mode)

    return undo


def bits(file: Path) -> int:
    """How many bits of a file say something: the line's end of a key file does not."""
    return 8 * (file.stat().st_size - (file.suffix == ".pem"))


def flipping(at: int, bit: int) -> Callable[[bytearray], None]:
    def flip(data: bytearray) -> None:
        data[at] ^= 1 << bit

    return flip


def watched(root: Path) -> list[Path]:
    """Every file whose bytes are fixed by a hash or a signature. office.toml and projections are not: any other
    setting is as good, and projections are made anew."""
    below = [
        path for name in ("log", "keys", "agreement", "vault/media") for path in (root / name).rglob("*")
    ]
    return sorted(path for path in below if path.is_file() and path.stat().st_size)


def test_nothing_is_wrong_with_a_sound_office(office: Path) -> None:
    assert complaints(office) == []


def test_nothing_is_wrong_with_an_office_that_is_being_written(office: Path) -> None:
    with open_office(office, CLOCK) as opened:
        assert complaints(office) == []
        opened.record.integrate()
        assert complaints(office) == []


def test_one_flipped_bit_in_each_file_is_found_and_the_file_is_named(office: Path) -> None:
    drawn = random.Random(1)
    for file in watched(office):
        undo = changing(file, flipping(*divmod(drawn.randrange(bits(file)), 8)))
        found = damage(office)
        named = file.relative_to(office).as_posix()
        assert found, named
        if named.startswith(("log/tile/", "log/open/", "vault/media/")):
            assert found == [named]
        undo()
    assert damage(office) == []


def test_flipped_bits_anywhere_are_found(office: Path) -> None:
    drawn = random.Random(2)
    files = watched(office)
    for _ in range(60):
        file = drawn.choice(files)
        at, bit = divmod(drawn.randrange(bits(file)), 8)
        undo = changing(file, flipping(at, bit))
        assert damage(office), (file.name, at, bit)
        undo()


def test_a_file_that_is_torn_or_lost_is_found_and_named(office: Path) -> None:
    for file in watched(office):
        named = file.relative_to(office).as_posix()
        if named.startswith(("keys/", "agreement/")):
            continue
        whole = file.stat().st_size
        for left in (0, whole // 2, whole - 1):
            undo = changing(file, lambda data, left=left: data.__delitem__(slice(left, None)))
            assert named in damage(office) or named == "log/log.vkey", (named, left)
            undo()
        data = file.read_bytes()
        file.unlink()
        replaced = ".p/" in named and Path(str(file.parent).removesuffix(".p")).is_file()
        if not named.startswith("vault/media/") and not replaced:
            assert damage(office), named
        file.write_bytes(data)
    assert damage(office) == []


def told(vault: Path) -> list[str] | None:
    """All that the vault says; None where it cannot be read."""
    connection = sqlite3.connect(vault)
    try:
        return list(connection.iterdump())
    except (sqlite3.DatabaseError, UnicodeDecodeError, ValueError, OverflowError):
        return None
    finally:
        connection.close()


def test_no_flipped_bit_in_the_vault_goes_unseen_and_changes_something(office: Path) -> None:
    vault = office / "vault" / "vault.sqlite"
    before, drawn, seen_changed = told(vault), random.Random(3), 0
    for _ in range(60):
        at, bit = drawn.randrange(vault.stat().st_size), drawn.randrange(8)
        undo = changing(vault, flipping(at, bit))
        if told(vault) != before:
            seen_changed += 1
            assert damage(office), (at, bit)
        undo()
    assert seen_changed > 30
    assert damage(office) == []


def edit(office: Path, statement: str) -> None:
    connection = sqlite3.connect(office / "vault" / "vault.sqlite")
    with connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("DELETE FROM entries WHERE entry = 100", "vault, entry 100"),
        ("UPDATE entries SET sealed = NULL WHERE entry = 100", "vault, entry 100"),
        ("UPDATE entries SET kind = 'vote/v1' WHERE entry = 100", "vault, entry 100"),
        ("UPDATE entries SET rows = 3 WHERE entry = 100", "vault, entry 100"),
        ("UPDATE entries SET admitted_ms = admitted_ms - 1 WHERE entry = 100", "vault, entry 100"),
        ("UPDATE entries SET leaf = zeroblob(33) WHERE entry = 100", "vault"),
        (
            "UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE entry = 99) WHERE entry = 100",
            "vault, entry 100",
        ),
        ("DELETE FROM entries WHERE entry > 100", "vault"),
        ("UPDATE about SET value = 'other' WHERE name = 'origin'", "vault"),
    ],
)
def test_a_vault_that_was_edited_is_found(office: Path, statement: str, where: str) -> None:
    edit(office, statement)
    assert where in damage(office)


def test_a_vault_from_an_older_backup_is_told_by_the_log_that_is_ahead_of_it(office: Path) -> None:
    edit(office, "DELETE FROM entries WHERE entry >= 200")
    assert any("200 leaves where the log has signed" in str(one) for one in complaints(office))


def test_a_log_that_signed_something_else_is_told(office: Path, tmp_path: Path) -> None:
    other = new_kit(tmp_path / "other")
    other.office.close()
    for name in ("signed", "checkpoint"):
        shutil.copy(tmp_path / "other" / "log" / name, office / "log" / name)
    assert {"log/signed", "log/checkpoint"} <= set(damage(office))


def test_files_that_do_not_belong_are_told_and_are_no_damage(office: Path) -> None:
    for name in ("log/tile/0/.007.new", "log/tile/0/notes.txt", "log/open/9.json.new", "vault/media/ab.new"):
        (office / name).write_bytes(b"x")
    found = complaints(office)
    assert {one.where for one in found} == {
        "log/tile/0/.007.new", "log/tile/0/notes.txt", "log/open/9.json.new", "vault/media/ab.new"
    }  # fmt: skip
    assert not any(one.damaged for one in found)


def test_a_file_in_open_for_an_entry_that_is_not_open_is_told(office: Path) -> None:
    shutil.copy(office / "log" / "open" / "0.json", office / "log" / "open" / "77.json")
    assert damage(office) == ["log/open/77.json"]


def test_rights_that_are_too_wide_are_told(office: Path) -> None:
    (office / "keys" / "vault.key").chmod(0o640)
    (office / "vault").chmod(0o755)
    (office / "vault" / "vault.sqlite").chmod(0o644)
    found = complaints(office)
    assert {"keys/vault.key", "folder vault", "vault/vault.sqlite"} <= {one.where for one in found}
    assert not any(one.damaged for one in found)


def test_a_clock_behind_the_newest_entry_is_told(office: Path) -> None:
    found = list(doctor.examined(office, SetClock(Instant(START - 1))))
    assert [(one.where, one.damaged) for one in found] == [("the clock of this machine", False)]


def test_a_full_disk_is_told_before_it_is_one(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "FREE_BYTES", 1 << 60)
    assert [one.where for one in complaints(office)] == ["the disk of this office"]


HOLDING = """
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
input()
"""


def test_a_second_writer_behind_a_lock_that_was_taken_away_is_told(office: Path) -> None:
    lock = office / "log" / "lock"
    held: list[subprocess.Popen[str]] = []
    try:
        for expected in (0, 2):
            command = [sys.executable, "-c", HOLDING, str(lock)]
            one = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            held.append(one)
            assert one.stdout is not None
            assert one.stdout.readline() == "held\n"
            assert damage(office) == ["log/lock"] * expected
            lock.unlink()
    finally:
        for one in held:
            one.communicate("\n")


def test_keys_of_somebody_else_are_told(office: Path, tmp_path: Path) -> None:
    other = new_kit(tmp_path / "other")
    other.office.close()
    for name in ("log.pem", "officer.pem", "vault.key"):
        shutil.copy(tmp_path / "other" / "keys" / name, office / "keys" / name)
    assert {"keys/log.pem", "vault"} <= set(damage(office))
    shutil.copy(tmp_path / "other" / "keys" / "vault.key", tmp_path / "vault.key")


def test_an_officer_that_the_record_does_not_know_is_told(office: Path) -> None:
    (office / "keys" / "log.pem").replace(office / "keys" / "officer.pem")
    assert damage(office) == ["keys/officer.pem"]


def test_the_command_says_each_thing_in_one_sentence_and_exits_with_7(office: Path) -> None:
    done = truce("doctor", "--office", office)
    assert (done.code, done.err) == (0, "")
    tile = next((office / "log" / "tile" / "0").glob("000"))
    tile.write_bytes(tile.read_bytes()[:-1])
    done = truce("doctor", "--office", office)
    assert done.code == 7
    assert done.out.splitlines()[0] == (
        "DAMAGED  log/tile/0/000 is torn, or not of the form it has to have; restore it from a mirror of the log, "
        "or from a backup."
    )
    answer = truce("doctor", "--office", office, "--json")
    assert answer.code == 7
    assert answer.json["damaged"] is True
    assert [one["where"] for one in answer.json["complaints"]] == ["log/tile/0/000"]


def test_a_folder_without_an_office_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        complaints(tmp_path / "nowhere")
    assert truce("doctor", "--office", tmp_path / "nowhere").code == 5
