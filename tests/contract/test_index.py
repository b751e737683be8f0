"""What every index of live volumes does, wherever it lies; a new one adds itself to the fixture ``shelf``."""

import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.movements.crowds import CROWDS, Crowd
from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.live import LiveIndex
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.ports import Index
from trucekeeper.movements.volume import Footprint, Form, Meeting, Volume
from trucekeeper.places.position import Position
from trucekeeper.stores import index_tables
from trucekeeper.stores.index_postgis import PostgisIndex
from trucekeeper.stores.index_sqlite import SqliteIndex

HERE = Footprint(Form.POINT, (Position(-20_500_000, -19_100_000),), 500_00)
THERE = Footprint(Form.POINT, (Position(-20_500_000, -18_100_000),), 500_00)
NOON = Instant(1_772_366_400_000)
STORED = ("sqlite", "postgis")


@dataclass(frozen=True, slots=True)
class Shelf:
    """One kind of index: ``opened`` gives a handle on the same volumes again, once ``kept`` has put them there."""

    opened: Callable[[], Index]
    kept: Callable[[Index], None]


def always(footprint: Footprint = HERE) -> Volume:
    return Volume(footprint, None, None)


@pytest.fixture(params=["memory", *STORED])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    """An index that holds nothing yet."""
    handles: list[SqliteIndex | PostgisIndex] = []

    def tracked(handle: SqliteIndex | PostgisIndex) -> Index:
        handles.append(handle)
        return handle

    if request.param == "memory":
        yield _in_memory(tmp_path / "live")
    elif request.param == "sqlite":
        yield Shelf(lambda: tracked(SqliteIndex(tmp_path / "index.sqlite")), _as_it_is)
    else:
        address: str = request.getfixturevalue("postgis")
        with PostgisIndex(address) as old:
            old.clear()
        yield Shelf(lambda: tracked(PostgisIndex(address)), _as_it_is)
    for handle in handles:
        handle.close()


@pytest.fixture
def index(shelf: Shelf) -> Index:
    return shelf.opened()


def brute(kept: Mapping[str, Sequence[Volume]], asked: Sequence[Volume]) -> tuple[Meeting, ...]:
    """All pairs, one by one."""
    return tuple(
        sorted(
            Meeting(key, number, by)
            for key, volumes in kept.items()
            for number, volume in enumerate(volumes)
            for by, one in enumerate(asked)
            if overlap(volume, one)
        )
    )


@pytest.mark.parametrize("crowd", CROWDS, ids=lambda crowd: crowd.name)
def test_it_finds_exactly_what_overlaps(index: Index, crowd: Crowd) -> None:
    chance = random.Random(crowd.name)
    kept = {f"k{number}": crowd.notice(chance) for number in range(60)}
    index.fill(kept)
    hits = 0
    for _ in range(20):
        asked = crowd.notice(chance)
        found = index.meeting(asked)
        assert found == brute(kept, asked)
        hits += len(found)
    assert hits > 50, "a crowd that meets nobody proves nothing"


@pytest.mark.parametrize("crowd", CROWDS, ids=lambda crowd: crowd.name)
def test_it_finds_them_while_they_come_change_and_go(index: Index, crowd: Crowd) -> None:
    chance = random.Random(f"changes {crowd.name}")
    kept: dict[str, tuple[Volume, ...]] = {}
    for number in range(120):
        key = f"k{chance.randrange(30)}"
        if chance.random() < 0.3:
            index.remove(key)
            kept.pop(key, None)
        else:
            kept[key] = crowd.notice(chance)
            index.put(key, kept[key])
        if number % 6 == 0:
            asked = crowd.notice(chance)
            assert index.meeting(asked) == brute(kept, asked)
    assert sorted(index.keys()) == sorted(kept)
    assert all(index.volumes(key) == kept[key] for key in kept)


def test_it_finds_thousands_in_one_place(index: Index) -> None:
    index.fill({f"k{number:04}": (always(), always(THERE)) for number in range(1_500)})
    everyone = tuple(Meeting(f"k{number:04}", 0, 0) for number in range(1_500))
    assert index.meeting([always()]) == everyone
    assert len(index.meeting([always(), always(THERE), always()])) == 4_500


def test_a_convoy_of_fifty_slices_is_asked_about_as_one(index: Index) -> None:
    slices = [
        Volume(
            Footprint(Form.PATH, (Position(0, 10_000 * at), Position(0, 10_000 * (at + 1))), 100_00),
            Instant(NOON + 60_000 * at),
            Instant(NOON + 60_000 * (at + 1)),
        )
        for at in range(50)
    ]
    index.put("convoy", slices)
    found = index.meeting(slices)
    assert found == brute({"convoy": slices}, slices)
    # each slice meets itself and its neighbours, whose end it touches
    assert len(found) == 50 + 2 * 49


@pytest.mark.parametrize(
    ("ours", "theirs", "meets"),
    [
        ((0, NOON), (NOON, None), True),
        ((0, NOON), (NOON + 1, None), False),
        ((NOON, NOON), (NOON, NOON), True),
        ((None, None), (NOON, NOON), True),
        ((None, NOON), (None, NOON), True),
        ((NOON, None), (253_402_300_799_999, 253_402_300_799_999), True),
        ((-62_135_596_800_000, -62_135_596_800_000), (None, -62_135_596_800_000), True),
        ((-62_135_596_800_000, -62_135_596_800_000), (-62_135_596_799_999, NOON), False),
        ((2**40 * 1_000, None), (2**40 * 1_000, 2**40 * 1_000), True),
    ],
)
def test_windows_that_touch_meet(
    index: Index, ours: tuple[int | None, int | None], theirs: tuple[int | None, int | None], meets: bool
) -> None:
    index.put("k", [_between(ours)])
    assert bool(index.meeting([_between(theirs)])) == meets


@pytest.mark.parametrize(
    ("ours", "theirs", "meets"),
    [
        ((0, 120_00), (120_00, 300_00), True),
        ((0, 120_00), (120_01, 300_00), False),
        ((None, 0), (0, None), True),
        ((None, -1), (0, None), False),
        ((None, None), (9_000_000_00, 9_000_000_00), True),
        ((3_000_000_00, None), (2_000_000_00, 2_900_000_00), False),
    ],
)
def test_altitudes_that_touch_meet(
    index: Index, ours: tuple[int | None, int | None], theirs: tuple[int | None, int | None], meets: bool
) -> None:
    index.put("k", [Volume(HERE, None, None, *ours)])
    assert bool(index.meeting([Volume(HERE, None, None, *theirs)])) == meets


def test_180_east_is_180_west(index: Index) -> None:
    index.put("east", [always(Footprint(Form.POINT, (Position(1_000_000, 180_000_000),)))])
    index.put("west", [always(Footprint(Form.POINT, (Position(1_000_000, -180_000_000),)))])
    index.put("pole", [always(Footprint(Form.POINT, (Position(90_000_000, 7_000_000),)))])
    for lon_u in (180_000_000, -180_000_000):
        asked = [always(Footprint(Form.POINT, (Position(1_000_000, lon_u),)))]
        assert index.meeting(asked) == (Meeting("east", 0, 0), Meeting("west", 0, 0))
    at_pole = [always(Footprint(Form.POINT, (Position(90_000_000, -120_000_000),)))]
    assert index.meeting(at_pole) == (Meeting("pole", 0, 0),)


def _between(window: tuple[int | None, int | None]) -> Volume:
    start, end = window
    return Volume(HERE, None if start is None else Instant(start), None if end is None else Instant(end))


positions = st.builds(
    Position,
    st.integers(-90_000_000, 90_000_000) | st.sampled_from([-90_000_000, 90_000_000, 0]),
    st.integers(-180_000_000, 180_000_000) | st.sampled_from([-180_000_000, 180_000_000]),
)
rings = st.lists(positions, min_size=3, max_size=6).map(tuple)
reaches = st.integers(0, 200_000_00)
footprints = st.one_of(
    st.builds(Footprint, st.just(Form.POINT), st.tuples(positions), reaches),
    st.builds(Footprint, st.just(Form.PATH), st.lists(positions, min_size=2, max_size=6).map(tuple), reaches),
    st.builds(Footprint, st.just(Form.RING), rings, reaches, st.lists(rings, max_size=2).map(tuple)),
)
moments = st.none() | st.integers(-(2**62), 2**62).map(Instant)
heights = st.none() | st.integers(-(2**40), 2**40)


@st.composite
def volumes(draw: st.DrawFn) -> Volume:
    """Any volume at all, sensible or not: it is kept as it was put."""
    start, end = draw(st.tuples(moments, moments).filter(_in_order))
    low_cm, high_cm = draw(st.tuples(heights, heights).filter(_in_order))
    return Volume(draw(footprints), start, end, low_cm, high_cm)


def _in_order(pair: tuple[int | None, int | None]) -> bool:
    return None in pair or (pair[0] or 0) <= (pair[1] or 0)


@given(volumes())
def test_a_volume_is_written_down_and_read_as_the_same(volume: Volume) -> None:
    assert index_tables.read(index_tables.written(volume)) == volume


@settings(max_examples=10)
@given(
    kept=st.dictionaries(
        st.text(st.characters(codec="ascii", exclude_characters="\0")), st.lists(volumes()), max_size=4
    )
)
def test_what_is_kept_is_what_was_put(
    tmp_path_factory: pytest.TempPathFactory, kept: dict[str, list[Volume]]
) -> None:
    folder = tmp_path_factory.mktemp("index")
    with SqliteIndex(folder / "index.sqlite") as index:
        index.fill(kept)
        assert {key: index.volumes(key) for key in kept} == {key: tuple(one) for key, one in kept.items()}
        assert sorted(index.keys()) == sorted(key for key, one in kept.items() if one)
        assert dict(index.items()) == {key: tuple(one) for key, one in kept.items() if one}


def test_each_pair_comes_once_and_in_order(index: Index) -> None:
    index.fill({"b": [always(), always()], "a": [always()], "c": [always(THERE)]})
    pairs = [("a", 0, 0), ("a", 0, 1), ("b", 0, 0), ("b", 0, 1), ("b", 1, 0), ("b", 1, 1)]
    assert index.meeting([always(), always()]) == tuple(Meeting(*pair) for pair in pairs)
    assert index.meeting([]) == ()


def test_who_lies_across_180_degrees_comes_once(index: Index) -> None:
    wide = always(Footprint(Form.PATH, (Position(0, 179_990_000), Position(0, -179_990_000)), 5_000_00))
    index.put("k", [wide])
    assert index.meeting([wide]) == (Meeting("k", 0, 0),)
    assert index.volumes("k") == (wide,)


def test_putting_replaces_all_that_was_there(index: Index) -> None:
    index.put("k", [always(), always(), always()])
    index.put("k", [always(THERE)])
    assert index.volumes("k") == (always(THERE),)
    assert index.meeting([always()]) == ()
    index.fill({"k": [always(), always()], "l": [always()]})
    assert [(one.key, one.number) for one in index.meeting([always()])] == [("k", 0), ("k", 1), ("l", 0)]
    index.put("k", [])
    assert index.volumes("k") == ()
    assert [key for key in index.keys() if index.volumes(key)] == ["l"]  # noqa: SIM118 - an index is no mapping


def test_a_key_that_is_not_there_is_no_error(index: Index) -> None:
    index.remove("nobody")
    index.put("k", [always()])
    index.remove("nobody")
    assert index.volumes("nobody") == ()
    assert list(index.keys()) == ["k"]


def test_clearing_forgets_everything_and_how_far_it_came(index: Index) -> None:
    assert index.reached() == 0
    index.fill({"k": [always()], "l": [always(THERE)]})
    index.reach(7)
    index.reach(9)
    assert index.reached() == 9
    index.clear()
    assert (index.reached(), list(index.keys()), index.meeting([always()])) == (0, [], ())
    index.put("k", [always()])
    assert index.meeting([always()]) == (Meeting("k", 0, 0),)


def test_it_holds_the_same_when_opened_again(shelf: Shelf) -> None:
    crowd, chance = CROWDS[0], random.Random(5)
    kept = {f"k{number}": crowd.notice(chance) for number in range(40)}
    first = shelf.opened()
    first.fill(kept)
    first.put("k7", kept.setdefault("k7", ()))
    first.remove("k8")
    del kept["k8"]
    first.reach(41)
    shelf.kept(first)
    again = shelf.opened()
    asked = crowd.notice(chance)
    assert again.reached() == 41
    assert {key: again.volumes(key) for key in list(again.keys())} == kept
    assert again.meeting(asked) == brute(kept, asked)


def test_a_reader_never_sees_half_of_a_notice(index: Index) -> None:
    """Ten volumes move from here to there and back; whoever asks finds all ten in one of the two places."""
    here, there = [always()] * 10, [always(THERE)] * 10
    index.put("k", here)
    done = threading.Event()

    def read() -> int:
        seen = 0
        while not done.is_set() or seen == 0:
            found = index.meeting([always(), always(THERE)])
            assert [one.number for one in found] == list(range(10))
            assert len({one.by for one in found}) == 1
            assert index.volumes("k") in {tuple(here), tuple(there)}
            seen += 1
        return seen

    with ThreadPoolExecutor(3) as threads:
        readers = [threads.submit(read) for _ in range(3)]
        try:
            for number in range(60):
                index.put("k", there if number % 2 == 0 else here)
        finally:
            done.set()
        assert all(one.result() > 0 for one in readers)


def test_writers_take_turns(index: Index) -> None:
    def write(number: int) -> None:
        for _ in range(8):
            index.put("shared", [always()] * (number + 1))
            index.put(f"own{number}", [always()] * 2)
            index.remove(f"own{number}")
        index.put(f"own{number}", [always()] * 3)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    found = index.meeting([always()])
    assert len(found) == len(index.volumes("shared")) + 4 * 3
    assert len(index.volumes("shared")) in {1, 2, 3, 4}


def _as_it_is(_: Index) -> None:
    """What is stored needs no more to be kept."""


def _in_memory(snapshot: Path) -> Shelf:
    def opened() -> Index:
        return LiveIndex.load(snapshot) if snapshot.exists() else LiveIndex()

    def kept(index: Index) -> None:
        assert isinstance(index, LiveIndex)
        index.save(snapshot)

    return Shelf(opened, kept)
