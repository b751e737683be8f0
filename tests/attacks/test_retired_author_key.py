"""A key that was withdrawn goes on signing: what it signed before stands, what it signs now does not."""

from pathlib import Path

import pytest

from tests.record.kit import DAY_MS, LOG, NOW, repeatable, report, sealed
from tests.record.rooted import STAFF, first, next_of, sealed_set
from trucekeeper.kernel.clock import Instant, SetClock
from trucekeeper.kernel.errors import Damaged, NotTrusted
from trucekeeper.record.admission import admit_genesis
from trucekeeper.record.keyset import KeySets
from trucekeeper.record.recheck import recheck
from trucekeeper.stores.sql_reader import SqlReader
from trucekeeper.stores.sql_record import SqlRecord
from trucekeeper.stores.tile_folder import TileFolder

WITHOUT = tuple(one for one in STAFF if one.id != "monitor-1")


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """One report by monitor-1 at entry 1; its key is withdrawn by entry 2."""
    genesis, old = first()
    with SqlRecord.create(tmp_path / "o", LOG, genesis, SetClock(NOW), repeatable()) as record:
        record.append([sealed("monitor-1", number=1)])
        record.append([sealed_set(next_of(old, WITHOUT))])
    return tmp_path / "o"


@pytest.mark.parametrize("days", [0, 1, 20])
def test_a_withdrawn_key_writes_neither_now_nor_into_the_past(office: Path, days: int) -> None:
    with SqlRecord.open(office, LOG, SetClock(NOW), repeatable(b"2")) as record:
        with pytest.raises(NotTrusted, match="nobody's mandate"):
            record.append([sealed("monitor-1", at=Instant(NOW - days * DAY_MS))])
        assert record.size() == 3


def test_a_withdrawn_liaison_neither_claims_nor_replies(tmp_path: Path) -> None:
    genesis, old = first()
    with SqlRecord.create(tmp_path / "o", LOG, genesis, SetClock(NOW), repeatable()) as record:
        record.append([sealed_set(next_of(old, [one for one in STAFF if one.id != "liaison-a"]))])
        for kind, body in (("observation/v1", report(0, "claim")), ("reply/v1", {"party": "party-a"})):
            with pytest.raises(NotTrusted, match="nobody's mandate"):
                record.append([sealed("liaison-a", kind, body)])


def test_what_it_signed_before_is_checked_by_the_set_of_its_time(office: Path) -> None:
    with SqlReader(office) as reader:
        found = reader.entry(1)
        assert reader.keysets().at(1).mandate(found.key, found.at).holder == "monitor-1"
        with pytest.raises(NotTrusted):
            reader.keyset().mandate(found.key, found.at)
    seen = recheck(lambda: SqlReader(office), TileFolder(office / "log"), processes=1)
    assert (seen.entries, seen.keysets) == (3, 2)


def test_an_office_that_takes_it_all_the_same_is_caught(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The office reads its own record as if the change of keys had not been made, and admits under the old set."""
    with monkeypatch.context() as lying:
        lying.setattr(SqlReader, "keysets", _first_only)
        with SqlRecord.open(office, LOG, SetClock(NOW), repeatable(b"3")) as record:
            record.append([sealed("monitor-1", number=9)])
    with pytest.raises(Damaged, match=r"entry 3 does not hold .*nobody's mandate"):
        recheck(lambda: SqlReader(office), TileFolder(office / "log"), processes=1)


def _first_only(reader: SqlReader) -> KeySets:
    return KeySets.begun(admit_genesis(reader.opened(0).envelope, reader.origin))
