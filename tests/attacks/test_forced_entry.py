"""What is pushed at the intake: replays, giants, floods, and a second writer."""

import threading
from pathlib import Path

import pytest

from tests.record.kit import DAY_MS, NOW, new_record, reopened, sealed, uid
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotTrusted
from trucekeeper.stores.sql_reader import SqlReader


def test_an_entry_sent_twice_enters_once_and_the_answer_says_where(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        envelope = sealed(number=5)
        record.append([envelope])
        with pytest.raises(Conflict, match=f"{uid(5)} is recorded already, as entry 1"):
            record.append([envelope])
        assert record.size() == 2


def test_an_entry_sent_by_many_at_once_enters_once(tmp_path: Path) -> None:
    refused: list[Conflict] = []
    with new_record(tmp_path) as record:

        def send() -> None:
            try:
                record.append([sealed(number=5)])
            except Conflict as error:
                refused.append(error)

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert record.size() == 2
    assert len(refused) == 7


@pytest.mark.parametrize(
    "data", [b"[" * 100_000, b"{" * 2_000_000, b'{"s":' * 3000, b"\x00" * 70_000, b"", b"null", b"9" * 5000]
)
def test_a_giant_or_a_bomb_is_refused_in_one_sentence(tmp_path: Path, data: bytes) -> None:
    with new_record(tmp_path) as record:
        with pytest.raises(BadInput) as refusal:
            record.append([data])
        assert len(str(refusal.value)) < 200
        assert record.size() == 1


def test_a_second_writer_is_refused_and_readers_are_not(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        with pytest.raises(Conflict, match="another process is writing"):
            reopened(tmp_path)
        record.append([sealed()])
        with SqlReader(tmp_path / "office") as reader:
            assert reader.size() == record.size() == 2
            assert record.checkpoint() == reader.checkpoint()
            assert reader.opened(1) == record.opened(1)
    with reopened(tmp_path) as record:
        assert record.append([sealed()])[0].index == 2


def test_a_back_dated_entry_from_before_the_mandate_is_refused(tmp_path: Path) -> None:
    with new_record(tmp_path) as record, pytest.raises(NotTrusted, match="begins at"):
        record.append([sealed(at=Instant(NOW - 101 * DAY_MS))])
