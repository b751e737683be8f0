"""A change of the key set is in force from the next entry on, for the writer, its readers and whoever waits."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.conftest import Home
from tests.record.kit import changeable, changed, genesis, prepared, sealed
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.record import entry
from trucekeeper.stores.sql_reader import SqlReader


def test_after_a_change_only_the_new_set_admits(home: Home) -> None:
    with home.made(changeable()) as record:
        record.append([sealed("monitor-1")])
        change = changed(changeable(), "monitor-1", 1)
        (receipt,) = record.append([change])
        with pytest.raises(NotTrusted, match="nobody's mandate"):
            record.append([sealed("monitor-1")])
        record.append([sealed("office")])
        sets = record.keysets()
        assert [index for index, _ in sets.changes] == [0, receipt.index]
        assert (record.keyset().version, sets.at(1).version, sets.at(2).version, sets.at(3).version) == (
            2,
            1,
            1,
            2,
        )
        with pytest.raises(NotTrusted):
            record.append([changed(changeable(), "monitor-1", 2)])
        record.append([changed(change, "sensor-1", 3)])
        assert record.keyset().version == 3
    with home.opened() as record:
        assert record.keyset().version == 3
        with pytest.raises(NotTrusted, match="nobody's mandate"):
            record.append([sealed("monitor-1")])
    found = home.checked()
    assert (found.keysets, found.entries) == (3, 5)


def test_a_reader_sees_a_change_that_was_made_after_it_had_opened(home: Home) -> None:
    with home.made(changeable()) as record, SqlReader(home.folder / "office", home.queue) as reader:
        assert reader.keyset().version == 1
        record.append([changed(changeable(), "monitor-1", 1)])
        assert reader.keyset().version == 2
        assert reader.keysets().at(1).version == 1


def test_a_change_comes_by_itself(home: Home) -> None:
    with home.made(changeable()) as record:
        with pytest.raises(BadInput, match="entry 2 of 2 changes the key set"):
            record.append([sealed(), changed(changeable(), "monitor-1", 1)])
        assert record.size() == 1


def test_a_change_without_root_keys_is_refused(home: Home) -> None:
    with home.made() as record:
        with pytest.raises(NotTrusted):
            record.append([changed(genesis(), "monitor-1", 1)])
        assert record.size() == 1


def test_what_waits_behind_a_change_is_held_against_the_new_set(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entries that were admitted under the old set, and reach their commit with or after the change."""
    made = prepared(3, "sensor-1")
    with home.made(changeable()) as record, ThreadPoolExecutor(8) as pool:
        started, go = threading.Event(), threading.Event()
        commit = record._commit

        def held(group: object) -> None:
            started.set()
            assert go.wait(10)
            commit(group)  # type: ignore[arg-type]

        monkeypatch.setattr(record._group, "_commit", held)
        waiting = record._group.waiting
        first = pool.submit(record.append, [sealed("office")])
        assert started.wait(10)
        behind = [
            lambda: record.append([sealed("monitor-1")]),
            lambda: record.append([changed(changeable(), "monitor-1", 1)]),
            lambda: record.append([sealed("monitor-1", number=8)]),
            lambda: record.append([sealed("liaison-a", body={"kind": "claim"})]),
            lambda: [record.append_batch(made.envelope, made.rows, made.salts)],
        ]
        futures = []
        for count, one in enumerate(behind, start=1):
            futures.append(pool.submit(one))
            while waiting() < count:
                pass
        go.set()
        assert first.result(10)[0].index == 1
        errors = [future.exception(10) for future in futures]
        assert [type(error) for error in errors] == [
            type(None),
            type(None),
            NotTrusted,
            type(None),
            type(None),
        ]
        assert record.find(entry.opened(sealed(number=8)).uid) is None
        assert [one.entry.kind for one in record.entries(3)] == ["keyset/v1", "observation/v1", "batch/v1"]
    assert home.checked().keysets == 2
