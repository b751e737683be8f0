"""What the indexes on disk and on a server do beyond holding volumes: shared by handles, refused in one sentence."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import postgres
from trucekeeper.kernel.errors import BadInput, Conflict, Damaged, TruceError
from trucekeeper.movements.volume import Footprint, Form, Meeting, Volume
from trucekeeper.places.position import Position
from trucekeeper.stores.index_postgis import PostgisIndex
from trucekeeper.stores.index_sqlite import SqliteIndex

HERE = Volume(Footprint(Form.POINT, (Position(-20_500_000, -19_100_000),), 500_00), None, None)
Opened = Callable[[], SqliteIndex | PostgisIndex]


@pytest.fixture(params=["sqlite", "postgis"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Opens an index that held nothing at first, as often as it is asked to."""
    if request.param == "sqlite":
        return lambda: SqliteIndex(tmp_path / "index.sqlite")
    address: str = request.getfixturevalue("postgis")
    with PostgisIndex(address) as old:
        old.clear()
    return lambda: PostgisIndex(address)


def test_two_handles_share_what_is_kept(opened: Opened) -> None:
    with opened() as one, opened() as other:
        one.put("k", [HERE])
        assert other.meeting([HERE]) == (Meeting("k", 0, 0),)
        other.put("k", [HERE, HERE])
        assert one.volumes("k") == (HERE, HERE)
        other.clear()
        assert one.meeting([HERE]) == ()


def test_indexes_of_several_names_share_a_database_and_nothing_else(postgis: str) -> None:
    with PostgisIndex(postgis) as plain, PostgisIndex(postgis, "airspace_intents") as named:
        plain.clear()
        named.clear()
        plain.put("k", [HERE])
        named.put("other", [HERE])
        named.reach(7)
        assert (plain.reached(), list(plain.keys())) == (0, ["k"])
    with PostgisIndex(postgis, "airspace_intents") as named:
        assert (named.reached(), list(named.keys())) == (7, ["other"])
        named.clear()
    with PostgisIndex(postgis) as plain:
        assert plain.meeting([HERE]) == (Meeting("k", 0, 0),)


def test_what_is_kept_is_handed_on_key_by_key(opened: Opened) -> None:
    kept = {f"k{number:05}": (HERE,) * (number % 3 + 1) for number in range(6_000)}
    with opened() as index:
        index.fill(kept)
        assert list(index.items()) == sorted(kept.items())


def test_what_another_layout_kept_is_filled_anew(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened() as index:
        index.put("k", [HERE])
        index.reach(3)
    module = type(index).__module__
    monkeypatch.setattr(f"{module}.LAYOUT", "an older one")
    with opened() as index:
        assert (index.reached(), list(index.keys())) == (0, [])
        index.put("k", [HERE])
        assert index.meeting([HERE]) == (Meeting("k", 0, 0),)


def test_a_failed_write_changes_nothing(opened: Opened) -> None:
    class Broken:
        """Stands for a volume that ends the write in its middle."""

    with opened() as index:
        index.put("k", [HERE])
        with pytest.raises(AttributeError):
            index.fill({"k": [HERE, HERE], "l": [Broken()]})  # type: ignore[list-item]
        assert index.volumes("k") == (HERE,)
        assert list(index.keys()) == ["k"]
        index.put("l", [HERE])
        assert len(index.meeting([HERE])) == 2


def one_sentence(error: TruceError) -> bool:
    said = str(error)
    return "\n" not in said and "Traceback" not in said and len(said) < 250


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.sqlite").write_text("Dear office,\n" * 1_000, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    for path, refused in (
        ("letter.sqlite", Damaged),
        ("folder", Damaged),
        ("nowhere/index.sqlite", Conflict),
    ):
        with pytest.raises(refused) as caught:
            SqliteIndex(tmp_path / path)
        assert one_sentence(caught.value)


def test_a_volume_that_was_spoilt_is_refused(tmp_path: Path) -> None:
    with SqliteIndex(tmp_path / "index.sqlite") as index:
        index.put("k", [HERE])
        for spoilt in (
            "",
            "[1]",
            '["point",[1,2],-1,[],null,null,null,null]',
            '["point",1,2,[],0,0,0,0]',
            "{}",
        ):
            with sqlite3.connect(tmp_path / "index.sqlite") as raw:
                raw.execute("UPDATE held SET volume = ?", (spoilt,))
            raw.close()
            with pytest.raises(Damaged) as caught:
                index.meeting([HERE])
            assert one_sentence(caught.value)


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    with SqliteIndex(tmp_path / "index.sqlite") as index:
        index.put("k", [HERE])
        assert {one.stat().st_mode & 0o777 for one in tmp_path.iterdir()} == {0o600}


def test_an_address_that_is_none_is_refused() -> None:
    for address in (
        "",
        "nonsense",
        "sqlite:///index.sqlite",
        "postgresql://localhost/office",
        "postgresql+pg8000://[",
    ):
        with pytest.raises(BadInput) as caught:
            PostgisIndex(address)
        assert one_sentence(caught.value)


def test_a_server_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    for address in (
        f"postgresql+pg8000://postgres@/postgres?unix_sock={tmp_path}/.s.PGSQL.5432",
        "postgresql+pg8000://postgres@127.0.0.1:1/postgres",
    ):
        with pytest.raises(Damaged, match="does not answer") as caught:
            PostgisIndex(address)
        assert one_sentence(caught.value)


def test_a_server_that_goes_is_told_in_one_sentence_and_found_again(postgis: str) -> None:
    with PostgisIndex(postgis) as index:
        index.clear()
        index.put("k", [HERE])
        _hang_up(postgis)
        with pytest.raises(Damaged, match="does not answer") as caught:
            index.meeting([HERE])
        assert one_sentence(caught.value)
        assert index.meeting([HERE]) == (Meeting("k", 0, 0),)
        _hang_up(postgis)
        with pytest.raises(Damaged, match="does not answer"):
            index.put("k", [HERE, HERE])
        assert index.volumes("k") == (HERE,)


def test_a_database_whose_owner_may_not_add_postgis_says_so(server: str) -> None:
    address = postgres.new_database(server)
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE clerk LOGIN")
        connection.exec_driver_sql("GRANT CREATE ON SCHEMA public TO clerk")
    engine.dispose()
    with pytest.raises(Conflict, match="has no PostGIS") as caught:
        PostgisIndex(address.replace("postgres@", "clerk@"))
    assert one_sentence(caught.value)


def test_where_postgis_is_missing_its_tests_are_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "EXTENSIONS", f"{tmp_path}/{{version}}")
    assert str(postgres.missing_postgis()).startswith("not run: needs ")


def _hang_up(address: str) -> None:
    """The server ends every connection to the database but the one that says so."""
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    engine.dispose()
