"""A full queue says so, and when to come again; nothing is dropped in silence."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.office_kit import START, seen
from tests.serving import served
from trucekeeper.drill import people
from trucekeeper.kernel.clock import SystemClock
from trucekeeper.observations import wire
from trucekeeper.record import entry
from trucekeeper.stores.sql_record import SqlRecord


def test_a_full_queue_is_503_with_retry_after_and_the_rest_is_recorded(
    drilled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(shutil.copytree(drilled, tmp_path / "office"))
    with served(root) as desk, ThreadPoolExecutor(3) as pool:
        store = desk.office.record.record
        assert isinstance(store, SqlRecord)
        group = store._group
        started, go, commit = threading.Event(), threading.Event(), group._commit

        def held(waiting: object) -> None:
            started.set()
            assert go.wait(20)
            commit(waiting)  # type: ignore[arg-type]

        monkeypatch.setattr(group, "_commit", held)
        monkeypatch.setattr(group, "_queue_weight", 1)
        key, now = people.signer(2026, "monitor-lake"), SystemClock().now()
        envelopes = [
            entry.seal(
                key,
                wire.KIND,
                desk.office.record.origin,
                f"{number:032x}",
                now,
                wire.body(seen(f"b{number}", START)),
            )
            for number in range(1, 4)
        ]
        taken = [pool.submit(desk.ask, "/api/v1/entries", envelopes[0])]
        assert started.wait(20)
        taken.append(pool.submit(desk.ask, "/api/v1/entries", envelopes[1]))
        while group.waiting() < 1:
            pass
        refused = desk.ask("/api/v1/entries", envelopes[2])
        go.set()
        assert (refused.status, refused.headers["retry-after"]) == (503, "2")
        assert refused.json["title"] == "busy"
        assert [one.result(20).status for one in taken] == [201, 201]
        assert desk.ask("/api/v1/entries", envelopes[2]).status == 201
