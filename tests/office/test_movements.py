"""The desk of an office through crashes and reopenings: record first, index second, and no conflict missed."""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests import postgres
from tests.announcing import HERE, Desk, around, found, opened, set_up
from tests.movements.sample import LATER, site
from tests.office_kit import key_of
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import Conflict, NotPermitted
from trucekeeper.movements.live import LiveIndex
from trucekeeper.movements.model import Ground, Kind, Notice, Op
from trucekeeper.movements.ports import Index
from trucekeeper.movements.visibility import Caller
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.movements.wire import notices
from trucekeeper.office import movements
from trucekeeper.office.settings import DeskSettings
from trucekeeper.places.position import Position
from trucekeeper.record.role import Role
from trucekeeper.stores.projections import Projections

STRANGER = Caller("liaison-b", Role.LIAISON, "party-b")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("founded") / "office"
    found(root)
    return root


@pytest.fixture(scope="module")
def server() -> Iterator[str | None]:
    if postgres.missing_postgis() is not None:
        yield None
        return
    with postgres.served() as address:
        yield address


@pytest.fixture
def root(founded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(founded, tmp_path / "office"))


@pytest.fixture
def held() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def desk(root: Path, held: ExitStack) -> Desk:
    return kept(root, held)


def kept(root: Path, held: ExitStack) -> Desk:
    made = opened(root)
    held.callback(lambda: made.office.close())  # noqa: PLW0108 - whichever is open then
    return made


def crew(**changed: object) -> Notice:
    area = Footprint(Form.POINT, (Position(9_500_000, -18_200_000),), 10_000)
    where = Ground((area,), LATER, Instant(LATER + 43_200_000))
    return replace(site(), **{"kind": Kind.ACTIVITY, "category": "repair", "where": where, **changed})


def met(desk: Desk, where: Volume = HERE) -> set[int | None]:
    return {one.notice for one in desk.desk.meets([where])}


def broken_off(desk: Desk, held: ExitStack, root: Path) -> Desk:
    """The office as a power cut leaves it behind: its files as they are now, opened somewhere else."""
    return kept(Path(shutil.copytree(desk.root, root)), held)


class Broken:
    """An index that fails as often as it is told to, and passes on everything else."""

    def __init__(self, inner: Index, fails: int) -> None:
        self.inner, self.fails = inner, fails

    def fill(self, items: Mapping[str, Sequence[Volume]]) -> None:
        if self.fails:
            self.fails -= 1
            msg = "no space left on device"
            raise OSError(msg)
        self.inner.fill(items)

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


def spoil(desk: Desk, which: str, fails: int = 1) -> Broken:
    upkeep = desk.desk._upkeep
    broken = Broken(getattr(upkeep, which), fails)
    setattr(upkeep, which, broken)
    return broken


@pytest.mark.parametrize("which", ["index", "cells"])
def test_what_the_index_did_not_take_is_taken_before_the_next_answer(desk: Desk, which: str) -> None:
    spoil(desk, which)
    with pytest.raises(OSError, match="no space"):
        desk.announce(crew())
    (number,) = [one.index for one in desk.office.record.entries(kinds=(notices.KIND,))]
    assert met(desk) == {number}
    assert {one.notice for one in desk.announce(crew(designation="Second")).meets} == {number}


def test_a_check_that_the_cells_did_not_take_is_shown_to_the_next_who_asks(desk: Desk) -> None:
    number = desk.announce(crew()).notice
    spoil(desk, "cells")
    with pytest.raises(OSError, match="no space"):
        desk.step(number, Op.CHECK)
    assert len(desk.desk.conflicts([HERE], STRANGER)) == 1


def test_as_long_as_it_fails_nothing_is_answered_rather_than_too_little(desk: Desk) -> None:
    spoil(desk, "index", fails=4)
    for ask in (
        lambda: desk.announce(crew()),
        lambda: desk.desk.meets([HERE]),
        lambda: desk.desk.conflicts([HERE], STRANGER),
        lambda: desk.announce(crew(designation="Second")),
    ):
        with pytest.raises(OSError, match="no space"):
            ask()
    assert len(met(desk)) == 2


def test_while_the_projections_lag_behind_the_record_nothing_is_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Projections, "reach", no_space)
        with pytest.raises(OSError, match="no space"):
            desk.announce(crew())
    with pytest.raises(Conflict, match="ask again"):
        desk.desk.meets([HERE])
    second = desk.announce(crew(designation="Second"))
    assert len(second.meets) == 1
    assert len(met(desk)) == 2


def no_space(*_: object) -> None:
    msg = "no space left on device"
    raise OSError(msg)


@pytest.fixture(params=["memory", "sqlite", "postgis"])
def stored(request: pytest.FixtureRequest, root: Path, server: str | None) -> str:
    """Where the office keeps its index."""
    where: str = request.param
    if where == "postgis":
        if server is None:
            pytest.skip(postgres.missing_postgis() or "")
        where = server
    set_up(root, desk=DeskSettings(index=where))
    return where


@pytest.mark.usefixtures("stored")
def test_an_office_that_was_killed_knows_everything_when_it_opens(
    root: Path, held: ExitStack, tmp_path: Path
) -> None:
    desk = kept(root, held)
    one = desk.sent(crew())
    desk.reopen()
    two = desk.announce(crew(designation="Second")).notice
    gone = desk.announce(crew(designation="Third")).notice
    desk.step(gone, Op.CLOSE)
    moved = replace(crew().where, areas=site(9_900_000).where.areas)
    desk.announce(crew(amends=two, designation="Second", where=moved))
    there = broken_off(desk, held, tmp_path / "later")
    assert met(there) == {one}
    assert met(there, around(9_900_000, -18_200_000)) == {two}
    assert len(there.desk.conflicts([HERE], STRANGER)) == 1


@pytest.mark.usefixtures("stored")
def test_what_was_recorded_and_never_indexed_is_there_after_opening(
    root: Path, held: ExitStack, tmp_path: Path
) -> None:
    desk = kept(root, held)
    first = desk.announce(crew()).notice
    sealed = desk.desk.pen.sealed(
        key_of("relief-1"), notices.KIND, notices.body(crew(designation="B")), notices.APART
    )
    (receipt,) = desk.office.record.append([sealed])
    there = broken_off(desk, held, tmp_path / "later")
    assert met(there) == {first, receipt.index}
    desk.reopen()
    assert met(desk) == {first, receipt.index}


def test_a_snapshot_older_than_the_record_is_brought_up_to_it(desk: Desk) -> None:
    first = desk.sent(crew())
    desk.reopen()
    desk.desk.keep()
    old = {name: (desk.root / "projections" / name).read_bytes() for name in ("notices.live", "cells.live")}
    second = desk.announce(crew(designation="Second")).notice
    desk.step(first, Op.CLOSE)
    desk.office.close()
    for name, data in old.items():
        (desk.root / "projections" / name).write_bytes(data)
    desk.reopen()
    assert met(desk) == {second}
    assert desk.desk.conflicts([HERE], STRANGER) == ()


@pytest.mark.parametrize("name", ["notices.live", "cells.live"])
@pytest.mark.parametrize("torn", ["cut", "flipped", "empty", "gone"])
def test_a_torn_snapshot_is_made_anew(desk: Desk, name: str, torn: str) -> None:
    number = desk.sent(crew())
    desk.office.close()
    file = desk.root / "projections" / name
    data = file.read_bytes()
    if torn == "gone":
        file.unlink()
    else:
        half = len(data) // 2
        flipped = data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :]
        file.write_bytes({"cut": data[:half], "flipped": flipped, "empty": b""}[torn])
    desk.reopen()
    assert met(desk) == {number}
    assert len(desk.desk.conflicts([HERE], STRANGER)) == 1


def test_a_stored_index_that_cannot_be_read_is_made_anew(root: Path, held: ExitStack) -> None:
    set_up(root, desk=DeskSettings(index="sqlite"))
    desk = kept(root, held)
    number = desk.announce(crew()).notice
    desk.office.close()
    (desk.root / "projections" / "notices.sqlite").write_bytes(b"\xff\x00noise" * 1_000)
    desk.reopen()
    assert met(desk) == {number}


@pytest.mark.usefixtures("stored")
def test_indexes_made_for_another_agreement_are_made_anew(
    root: Path, held: ExitStack, tmp_path: Path
) -> None:
    desk = kept(root, held)
    number = desk.sent(crew())
    desk.desk.index.put("77", [around(9_600_000, -18_200_000)])
    desk.desk.index.remove(str(number))
    desk.desk.cells.clear()
    desk.office.close()
    told = desk.root / "projections" / "notices.version"
    told.write_text(told.read_text().replace(desk.office.agreement.digest, "0" * 64))
    desk.reopen()
    assert met(desk) == {number}
    assert met(desk, around(9_600_000, -18_200_000)) == set()
    there = broken_off(desk, held, tmp_path / "killed")
    assert met(there) == {number}, "no older snapshot is left to be believed"


def test_a_place_where_the_index_was_kept_before_is_not_believed(root: Path, held: ExitStack) -> None:
    set_up(root, desk=DeskSettings(index="sqlite"))
    desk = kept(root, held)
    number = desk.announce(crew()).notice
    desk.desk.index.remove(str(number))
    for where in ("memory", "sqlite"):
        desk.office.close()
        set_up(root, desk=DeskSettings(index=where))
        desk.reopen()
        assert met(desk) == {number}


def test_an_index_ahead_of_the_record_is_made_anew(root: Path, held: ExitStack) -> None:
    """Such as one on a server, after the office was restored from a backup."""
    set_up(root, desk=DeskSettings(index="sqlite"))
    desk = kept(root, held)
    number = desk.announce(crew()).notice
    desk.desk.index.put("4000", [HERE])
    desk.desk.index.reach(5_000)
    there = desk.root / "projections"
    desk.office.close()
    with sqlite3.connect(there / "notices.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    index = movements.SqliteIndex(there / "notices.sqlite")
    index.reach(5_000)
    index.close()
    desk.reopen()
    assert met(desk) == {number}


@pytest.mark.usefixtures("stored")
def test_zones_where_nobody_goes_are_there_after_every_opening(root: Path, held: ExitStack) -> None:
    desk = kept(root, held)
    shape = desk.office.agreement.zone("water-works").shape
    corner = shape.polygons[0].outer[0]  # type: ignore[union-attr]
    for _ in range(2):
        found_zones = {one.zone for one in desk.desk.meets([around(corner.lat_u, corner.lon_u)])}
        assert found_zones == {"water-works"}
        desk.reopen()


def test_a_reader_beside_the_writer_sees_what_is_recorded(desk: Desk, held: ExitStack) -> None:
    first = desk.announce(crew()).notice
    reader = opened_for_reading(desk, held)
    assert met(reader) == {first}
    with pytest.raises(NotPermitted):
        _ = reader.office.movements.looking


def opened_for_reading(desk: Desk, held: ExitStack) -> Desk:
    from trucekeeper.office.wiring import open_office  # noqa: PLC0415 - beside the writer

    office = open_office(desk.root, desk.clock, readonly=True)
    held.callback(office.close)
    return Desk(desk.root, desk.clock, office)


def test_reopening_takes_in_nothing_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        desk.announce(crew(designation=f"Crew {number}"))
    desk.reopen()
    assert len(met(desk)) == 3
    desk.office.close()
    filled: list[str] = []
    monkeypatch.setattr(LiveIndex, "fill", lambda _self, items: filled.extend(items))
    desk.reopen()
    assert len(met(desk)) == 3
    assert filled == []
