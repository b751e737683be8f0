"""What is special about the record on SQLite: files and their rights, damage, and many writers' threads."""

import os
import sqlite3
import stat
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.record.kit import LOG, NOW, VKEY, new_record, prepared, rechecked, reopened, sealed
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import Conflict, Damaged, NotFound, NotPermitted
from trucekeeper.record import checkpoint
from trucekeeper.record.ref import Ref
from trucekeeper.stores.group import GroupCommit, Request
from trucekeeper.stores.sql_reader import SqlReader
from trucekeeper.stores.sql_record import SqlRecord


def test_the_files_lie_where_other_tools_look_for_them(tmp_path: Path) -> None:
    office = tmp_path / "office"
    with new_record(tmp_path) as record:
        record.append([sealed()])
        assert record.checkpoint() == record.pending() == (office / "log" / "signed").read_bytes()
        assert (office / "log" / "log.vkey").read_text() == VKEY + "\n"
        assert checkpoint.verified((office / "log" / "checkpoint").read_bytes(), VKEY).size == 2
        assert stat.S_IMODE((office / "vault").stat().st_mode) == 0o700
        rights = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (office / "vault").iterdir()}
        assert set(rights) >= {"vault.sqlite"}
        assert set(rights.values()) == {0o600}
        assert stat.S_IMODE((office / "keys" / "vault.key").stat().st_mode) == 0o600
        assert len((office / "keys" / "vault.key").read_bytes()) == 32
        assert (office / "log" / "tile" / "entries" / "000.p" / "2").stat().st_size == 2 * 35


def test_the_log_reveals_nothing_of_what_was_said(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        made = prepared(300)
        record.append([sealed()])
        record.append_batch(made.envelope, made.rows, made.salts)
    seen = b"".join(
        one.read_bytes()
        for one in (tmp_path / "office" / "log").rglob("*")
        if one.is_file() and one.parent.name != "open"
    )
    for word in (b"observation", b"patrol", b"shelling", b"monitor", b"satellite", b"party"):
        assert word not in seen


def test_a_reader_may_not_write(tmp_path: Path) -> None:
    with new_record(tmp_path):
        pass
    with SqlReader(tmp_path / "office") as reader:
        for refused in (
            lambda: reader.append([sealed()]),
            lambda: reader.append_batch(b"", (), ()),
            lambda: reader.attest("text/plain", b"words"),
            lambda: reader.erase(Ref(0)),
            reader.integrate,
            lambda: reader.publish(b""),
        ):
            with pytest.raises(NotPermitted, match="reading only"):
                refused()
        assert reader.pending() == reader.checkpoint()
    assert rechecked(tmp_path).checkpoint.size == 1


def test_a_folder_without_a_record_is_not_opened_and_not_touched(tmp_path: Path) -> None:
    for opening in (lambda: SqlReader(tmp_path), lambda: SqlRecord.open(tmp_path, LOG, SetClock(NOW))):
        with pytest.raises(NotFound, match="there is no record"):
            opening()
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - hidden files count too


def test_a_record_is_not_made_over_another(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        record.append([sealed()])
    with pytest.raises(Conflict, match="holds a record already"):
        new_record(tmp_path)
    with reopened(tmp_path) as record:
        assert record.size() == 2


def test_a_closed_record_takes_nothing_more(tmp_path: Path) -> None:
    record = new_record(tmp_path)
    record.close()
    record.close()
    made = prepared(2)
    for refused in (
        lambda: record.append([sealed() for _ in range(20)]),
        lambda: record.append_batch(made.envelope, made.rows, made.salts),
    ):
        with pytest.raises(Conflict, match="is closed"):
            refused()


def damage(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    with connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET sealed = zeroblob(200) WHERE entry = 3",
        "UPDATE entries SET sealed = CAST(x'02' || substr(sealed, 2) AS BLOB) WHERE entry = 3",
        "UPDATE entries SET sealed = x'01' WHERE entry = 3",
        "UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE entry = 2) WHERE entry = 3",
        "UPDATE entries SET leaf = zeroblob(33) WHERE entry = 3",
        "UPDATE entries SET admitted_ms = admitted_ms + 1 WHERE entry = 3",
        "DELETE FROM entries WHERE entry = 3",
        "DELETE FROM entries WHERE entry = 5",
        "UPDATE batch_rows SET sealed = (SELECT sealed FROM batch_rows WHERE number = 8) WHERE number = 7",
        "UPDATE batch_rows SET sealed = NULL, hash = zeroblob(32) WHERE number = 7",
        "DELETE FROM batch_rows WHERE number = 299",
        "DELETE FROM batch_rows WHERE number = 7",
        "PRAGMA user_version = 99",
    ],
)
def test_a_damaged_vault_is_noticed(tmp_path: Path, statement: str) -> None:
    with new_record(tmp_path) as record:
        record.append([sealed() for _ in range(4)])
        made = prepared(300)
        record.append_batch(made.envelope, made.rows, made.salts)
    assert rechecked(tmp_path).rows == 300
    damage(tmp_path / "office" / "vault" / "vault.sqlite", statement)
    with pytest.raises(Damaged):
        rechecked(tmp_path)


def test_a_file_that_is_no_database_and_a_lost_one_are_named(tmp_path: Path) -> None:
    with new_record(tmp_path):
        pass
    vault = tmp_path / "office" / "vault" / "vault.sqlite"
    vault.write_bytes(b"no database " * 1000)
    with pytest.raises(Damaged, match=r"vault\.sqlite is no database"):
        reopened(tmp_path)
    vault.unlink()
    with pytest.raises(Damaged, match=r"lost vault\.sqlite"):
        SqlReader(tmp_path / "office")


def test_lost_rows_are_noticed_when_one_is_to_be_proven(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        made = prepared(300)
        record.append_batch(made.envelope, made.rows, made.salts)
        damage(tmp_path / "office" / "vault" / "vault.sqlite", "DELETE FROM batch_rows WHERE number = 7")
        with pytest.raises(Damaged, match="lost rows"):
            record.row_proof(Ref(1, 6))


def test_many_threads_append_and_every_entry_enters_once_in_each_threads_order(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        mine = [[sealed(number=1000 * who + number) for number in range(12)] for who in range(1, 9)]

        def send(envelopes: list[bytes]) -> list[int]:
            return [record.append([one])[0].index for one in envelopes]

        with ThreadPoolExecutor(8) as pool:
            indexes = list(pool.map(send, mine))
        assert all(one == sorted(one) for one in indexes)
        assert sorted(index for one in indexes for index in one) == list(range(1, 97))
        held = [one.envelope for one in record.entries(1)]
        assert sorted(held) == sorted(one for envelopes in mine for one in envelopes)
    assert rechecked(tmp_path).checkpoint.size == 97


class Gate:
    """Commits in groups, and lets a test hold the first one back."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.started = threading.Event()
        self.open = threading.Event()

    def commit(self, group: Sequence[Request[int, int]]) -> None:
        self.started.set()
        assert self.open.wait(10)
        self.groups.append([request.work for request in group])
        for request in group:
            if request.work < 0:
                request.error = Conflict("refused; send another")
            else:
                request.result = request.work


def held_back(
    gate: Gate, group: GroupCommit[int, int], works: list[int], pool: ThreadPoolExecutor
) -> list[object]:
    """One request leads and waits in its commit; the others queue behind it, and then the gate opens."""
    futures = [pool.submit(group.submit, 0, 1)]
    assert gate.started.wait(10)
    for count, work in enumerate(works, start=1):
        futures.append(pool.submit(group.submit, work, 1))
        while group.waiting() < count:
            pass
    gate.open.set()
    return [future.exception(10) or future.result(10) for future in futures]


def test_who_comes_during_a_commit_shares_the_next_one() -> None:
    gate = Gate()
    with ThreadPoolExecutor(10) as pool:
        results = held_back(gate, GroupCommit(gate.commit, 4, 100), [1, 2, 3, 4, 5, 6], pool)
    assert gate.groups == [[0], [1, 2, 3, 4], [5, 6]]
    assert results == [0, 1, 2, 3, 4, 5, 6]


def test_one_refusal_in_a_group_is_its_own() -> None:
    gate = Gate()
    with ThreadPoolExecutor(10) as pool:
        results = held_back(gate, GroupCommit(gate.commit, 4, 100), [1, -2, 3], pool)
    assert [str(one) for one in results] == ["0", "1", "refused; send another", "3"]


def test_a_full_queue_pushes_back() -> None:
    gate = Gate()
    group: GroupCommit[int, int] = GroupCommit(gate.commit, 4, 2)
    with ThreadPoolExecutor(10) as pool:
        futures = [pool.submit(group.submit, 0, 1)]
        assert gate.started.wait(10)
        for count in (1, 2):
            futures.append(pool.submit(group.submit, count, 1))
            while group.waiting() < count:
                pass
        with pytest.raises(Conflict, match="too many entries wait"):
            group.submit(9, 1)
        gate.open.set()
        assert [future.result(10) for future in futures] == [0, 1, 2]


def test_an_interrupted_leader_leaves_nobody_waiting() -> None:
    calls: list[int] = []

    def commit(group: Sequence[Request[int, int]]) -> None:
        calls.append(len(group))
        if len(calls) == 1:
            raise KeyboardInterrupt
        for request in group:
            request.result = request.work

    group: GroupCommit[int, int] = GroupCommit(commit, 4, 10)
    with pytest.raises(KeyboardInterrupt):
        group.submit(1, 1)
    assert group.submit(2, 1) == 2
