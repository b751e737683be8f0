"""How an office's log is kept: what its settings say is what it does."""

from pathlib import Path

import pytest

from tests import postgres
from tests.office_kit import LAKESIDE, PEOPLE, START, holder, key_of, seen
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import BadInput, Conflict
from trucekeeper.observations import wire
from trucekeeper.office import settings
from trucekeeper.office.comparison import projected_digest
from trucekeeper.office.creation import create_office, terms
from trucekeeper.office.wiring import open_office, rebuild_office
from trucekeeper.record import checkpoint, entry
from trucekeeper.stores.sql_record import Terms

ORIGIN = "office.example/test"


def made(root: Path, **kept: object) -> SetClock:
    clock = SetClock(START)
    people = [holder(person) for person in PEOPLE]
    create_office(root, LAKESIDE, people, origin=ORIGIN, clock=clock, **kept)  # type: ignore[arg-type]
    return clock


def test_the_settings_of_the_log_are_read_back(tmp_path: Path) -> None:
    made(tmp_path / "office", interval_ms=60_000, pad_to=16)
    found = settings.read(tmp_path / "office" / "office.toml")
    assert terms(found) == Terms(60_000, 16, None)
    made(tmp_path / "lazy")
    assert terms(settings.read(tmp_path / "lazy" / "office.toml")) == Terms()


def test_an_office_with_an_interval_projects_at_once_and_integrates_when_told(tmp_path: Path) -> None:
    clock = made(tmp_path / "office", interval_ms=60_000, pad_to=16)
    with open_office(tmp_path / "office", clock) as office:
        first = checkpoint.verified(office.record.checkpoint(), office.record.vkey).size
        assert first == office.record.size() == 2
        body = wire.body(seen("1"))
        office.record.append([entry.seal(key_of("ada"), wire.KIND, ORIGIN, "1" * 32, START, body)])
        assert [one.observation.uid for one in office.casebook.sightings()] == ["1"]
        assert checkpoint.verified(office.record.checkpoint(), office.record.vkey).size == first
        office.record.integrate()
        assert checkpoint.verified(office.record.checkpoint(), office.record.vkey).size == 16
        report = office.casebook.size_at(START)
    with open_office(tmp_path / "office", clock, readonly=True) as office:
        assert office.casebook.size_at(START) == report
        assert office.record.size() == 16
    live = projected_digest(tmp_path / "office")
    assert rebuild_office(tmp_path / "office") == live


def test_an_office_keeps_its_vault_in_postgresql(tmp_path: Path) -> None:
    if (why := postgres.missing()) is not None:
        pytest.skip(why)
    with postgres.served() as address:
        queue = postgres.new_database(address)
        clock = made(tmp_path / "office", queue=queue)
        assert not (tmp_path / "office" / "vault" / "vault.sqlite").exists()
        with open_office(tmp_path / "office", clock) as office:
            assert office.record.entry(1).kind == "agreement/v1"
        with open_office(tmp_path / "office", clock, readonly=True) as office:
            assert office.record.size() == 2
        with pytest.raises(Conflict, match="holds tables already"):
            made(tmp_path / "other", queue=queue)


@pytest.mark.parametrize(
    ("queue", "why"),
    [
        ("sqlite:///x", BadInput),
        ("not a url", BadInput),
        ("postgresql+pg8000://nobody@127.0.0.1:1/x", Conflict),
    ],
)
def test_a_database_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, queue: str, why: type[Exception]
) -> None:
    with pytest.raises(why, match="queue"):
        made(tmp_path / "office", queue=queue)
