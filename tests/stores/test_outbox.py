"""The outbox remembers failures over a restart, and a spoilt one is begun anew."""

import threading
from pathlib import Path

import pytest

from trucekeeper.kernel.clock import Instant
from trucekeeper.stores.outbox import Outbox, Tried

HOW = Tried(3, Instant(1_000), "http-503")


def test_what_failed_is_remembered_until_it_is_forgotten(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "box")
    box.failed("a", HOW)
    box.failed("b", HOW)
    box.failed("a", Tried(4, Instant(2_000), "slow"))
    box.close()
    box = Outbox(tmp_path / "box")
    assert box.tried("a") == Tried(4, Instant(2_000), "slow")
    assert box.keys() == {"a", "b"}
    box.forget(["a", "never"])
    assert (box.tried("a"), box.tried("b")) == (None, HOW)
    box.close()


def test_its_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    Outbox(tmp_path / "box").close()
    assert (tmp_path / "box").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("spoilt", [b"", b"no database" * 900, b"SQLite format 3\x00" + bytes(4_000)])
def test_a_spoilt_file_is_begun_anew(tmp_path: Path, spoilt: bytes) -> None:
    (tmp_path / "box").write_bytes(spoilt)
    box = Outbox(tmp_path / "box")
    assert box.keys() == frozenset()
    box.failed("a", HOW)
    assert box.tried("a") == HOW
    box.close()


def test_threads_share_it(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "box")

    def fail(name: str) -> None:
        for number in range(50):
            box.failed(f"{name}{number}", HOW)

    threads = [threading.Thread(target=fail, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(box.keys()) == 200
    box.close()
