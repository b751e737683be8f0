"""The live index in memory: its tree, its room, its snapshot. What every index does: tests/contract/test_index.py."""

import gc
import json
import random
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.movements import scenes
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Damaged
from trucekeeper.movements import kept, tree
from trucekeeper.movements.live import LiveIndex
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.rows import LEAF
from trucekeeper.movements.volume import Footprint, Form, Meeting, Volume
from trucekeeper.places.position import Position
from trucekeeper.places.sphere import SIZE

Live = dict[str, tuple[Volume, ...]]


def small(chance: random.Random, around: float = 0.2) -> tuple[Volume, ...]:
    """A few volumes near one place, of which many meet."""
    return tuple(
        Volume(
            Footprint(Form.PATH, (here, there), chance.randrange(500_00)),
            None if chance.random() < 0.2 else Instant(start),
            None if chance.random() < 0.4 else Instant(start + chance.randrange(10**7)),
        )
        for here, there, start in (
            (place(chance, around), place(chance, around), chance.randrange(10**8))
            for _ in range(chance.choice((0, 1, 1, 2, 9)))
        )
    )


def place(chance: random.Random, around: float) -> Position:
    return scenes.position(-20 + chance.uniform(-around, around), 179.95 + chance.uniform(-around, around))


def brute(live: Live, asked: tuple[Volume, ...]) -> tuple[Meeting, ...]:
    return tuple(
        Meeting(key, number, by)
        for key in sorted(live)
        for number, one in enumerate(live[key])
        for by, other in enumerate(asked)
        if overlap(one, other)
    )


def assert_sound(index: LiveIndex) -> None:
    """Each living volume hangs on the tree once, within the boxes of all the nodes above it."""
    held = index._kept
    rows, branch = held.table.rows, held.tree
    living = set(np.flatnonzero(rows[: kept.taken(held)[1], SIZE] > 0).tolist())
    assert len(living) == len(index)
    found: list[int] = []
    root = int(branch.head[tree.ROOT])
    waiting = [root] if root >= 0 else []
    while waiting:
        node = waiting.pop()
        count, _, level = branch.info[node].tolist()
        assert 1 <= count <= tree.FAN
        assert (branch.child[node, count:] == -1).all()
        assert (branch.box[node, : tree.DIMS, count:] > branch.box[node, tree.DIMS :, count:]).all()
        for i, child in enumerate(branch.child[node, :count].tolist()):
            if level == 0:
                assert rows[child, LEAF] == node
                found.append(child)
                continue
            assert branch.info[child, tree.PARENT] == node
            assert branch.info[child, tree.LEVEL] == level - 1
            within = branch.box[child, :, : branch.info[child, tree.COUNT]]
            assert (branch.box[node, : tree.DIMS, i] <= within[: tree.DIMS].min(axis=1)).all()
            assert (branch.box[node, tree.DIMS :, i] >= within[tree.DIMS :].max(axis=1)).all()
            waiting.append(child)
    assert sorted(found) == sorted(living)


@given(seed=st.integers(0, 10**6), steps=st.integers(1, 120), bulk=st.sampled_from((0, 0, 1_500)))
def test_whatever_comes_changes_and_goes_the_tree_stays_sound_and_the_answer_right(
    seed: int, steps: int, bulk: int
) -> None:
    chance, index = random.Random(seed), LiveIndex()
    live: Live = {f"b{row}": (*small(chance), *small(chance)) for row in range(bulk)}
    index.fill(live)
    for _ in range(steps):
        key = f"k{chance.randrange(40)}"
        if chance.random() < 0.35:
            index.remove(key)
            live.pop(key, None)
        else:
            live[key] = small(chance)
            index.put(key, live[key])
    assert_sound(index)
    asked = small(chance) + small(chance)
    assert index.meeting(asked) == brute(live, asked)
    for key in chance.sample(sorted(live), min(20, len(live))):
        assert index.volumes(key) == live[key]


@given(seed=st.integers(0, 10**6))
def test_putting_one_by_one_after_removing_is_as_filling(seed: int) -> None:
    chance = random.Random(seed)
    live: Live = {f"k{row}": small(chance) for row in range(60)}
    at_once, one_by_one = LiveIndex(), LiveIndex()
    at_once.fill(live)
    for key in live:
        one_by_one.put(key, small(chance))
    for key in chance.sample(sorted(live), 30):
        one_by_one.remove(key)
    for key, volumes in live.items():
        one_by_one.put(key, volumes)
    asked = small(chance) + small(chance)
    assert one_by_one.meeting(asked) == at_once.meeting(asked)
    assert {key: one_by_one.volumes(key) for key in one_by_one.keys()} == live  # noqa: SIM118 - no dict


def test_what_goes_makes_room_for_what_comes() -> None:
    chance, index = random.Random(4), LiveIndex()
    for row in range(400):
        index.put(f"k{row}", small(chance) or small(chance))
    corners, rows = kept.taken(index._kept)
    nodes = int(index._kept.tree.head[tree.NODES])
    for _ in range(6_000):
        index.put(f"k{chance.randrange(400)}", small(chance))
    after_corners, after_rows = kept.taken(index._kept)
    assert after_rows < 2.5 * rows
    assert after_corners < 2.5 * corners
    assert int(index._kept.tree.head[tree.NODES]) < 3 * nodes
    assert_sound(index)
    for row in range(400):
        index.remove(f"k{row}")
    assert (len(index), list(index.keys())) == (0, [])
    assert_sound(index)


def test_filling_much_replaces_what_the_keys_had() -> None:
    chance, index = random.Random(6), LiveIndex()
    live: Live = {f"k{row}": small(chance) for row in range(2_000)}
    index.fill(live)
    changed: Live = {f"k{row}": small(chance) for row in range(1_000, 3_000)}
    index.fill(changed)
    assert_sound(index)
    asked = small(chance, 0.4)
    assert index.meeting(asked) == brute(live | changed, asked)


def test_readers_find_all_of_a_key_or_nothing_while_a_fill_makes_a_new_tree() -> None:
    """Twelve volumes of a key move from here to there with thousands of others."""
    here, there = (
        Volume(Footprint(Form.POINT, (Position(lat, 0),), 1_000_00), None, None) for lat in (0, 9_000_000)
    )
    chance, index, done = random.Random(7), LiveIndex(), threading.Event()
    ballast: Live = {f"b{row}": small(chance) for row in range(1_500)}
    index.fill(ballast | {"k": (here,) * 12})
    wrong: list[object] = []

    def read() -> None:
        while not done.is_set():
            found = index.meeting((here, there))
            if [one.number for one in found] != list(range(12)) or len({one.by for one in found}) != 1:
                wrong.append(found)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for one in readers:
        one.start()
    for turn in range(12):
        index.fill(ballast | {"k": (there if turn % 2 == 0 else here,) * 12})
    done.set()
    for one in readers:
        one.join()
    assert wrong == []
    assert_sound(index)


@given(seed=st.integers(0, 10**6), count=st.integers(0, 80))
def test_a_snapshot_holds_it_all(tmp_path_factory: pytest.TempPathFactory, seed: int, count: int) -> None:
    chance, index, path = random.Random(seed), LiveIndex(), tmp_path_factory.mktemp("live") / "snapshot"
    live: Live = {f"k{row}": small(chance) for row in range(count)}
    for key, volumes in live.items():
        index.put(key, volumes)
    for key in chance.sample(sorted(live), count // 4):
        index.remove(key)
        del live[key]
    index.reach(count)
    index.save(path)
    again = LiveIndex.load(path)
    assert again.reached() == count
    assert {key: again.volumes(key) for key in again.keys()} == live  # noqa: SIM118 - no dict
    again.put("more", small(chance))
    again.remove(min(live, default="none"))
    live.pop(min(live, default="none"), None)
    assert_sound(again)
    asked = small(chance)
    assert again.meeting(asked) == brute(live | {"more": again.volumes("more")}, asked)


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    chance, index, path = random.Random(11), LiveIndex(), tmp_path / "notices.live"
    index.fill({f"k{row}": small(chance) for row in range(30)})
    index.save(path)
    return path


def test_a_snapshot_that_is_cut_off_anywhere_is_refused(snapshot: Path) -> None:
    whole = snapshot.read_bytes()
    for length in (*range(0, 400, 7), *range(400, len(whole), 997), len(whole) - 1):
        snapshot.write_bytes(whole[:length])
        with pytest.raises(Damaged, match="made anew from the record"):
            LiveIndex.load(snapshot)


def test_a_snapshot_of_which_a_bit_is_changed_or_added_is_refused(snapshot: Path) -> None:
    whole = bytearray(snapshot.read_bytes())
    chance = random.Random(3)
    for at in (*range(0, 300, 5), *(chance.randrange(len(whole)) for _ in range(200))):
        whole[at] ^= 4
        snapshot.write_bytes(whole)
        with pytest.raises(Damaged):
            LiveIndex.load(snapshot)
        whole[at] ^= 4
    snapshot.write_bytes(whole + b"\0")
    with pytest.raises(Damaged):
        LiveIndex.load(snapshot)


@pytest.mark.parametrize(
    "text", [b"", b"\n\n", b"truce live volumes 1\n", json.dumps({}).encode(), b"\xff" * 4_096]
)
def test_a_foreign_file_is_refused_in_one_sentence(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "notices.live"
    path.write_bytes(text)
    with pytest.raises(Damaged, match=r"notices\.live is no snapshot that this version wrote"):
        LiveIndex.load(path)
    with pytest.raises(Damaged):
        LiveIndex.load(tmp_path / "missing")


def test_a_snapshot_replaces_the_one_before_and_is_its_owners_alone(snapshot: Path) -> None:
    before = snapshot.read_bytes()
    index = LiveIndex.load(snapshot)
    index.put("new", small(random.Random(1)))
    (snapshot.parent / f".{snapshot.name}.new").write_bytes(b"left by one that was killed")
    index.save(snapshot)
    assert snapshot.read_bytes() != before
    assert [one.name for one in snapshot.parent.iterdir()] == [snapshot.name]
    assert snapshot.stat().st_mode & 0o777 == 0o600


def test_a_time_beyond_all_numbers_is_refused_and_nothing_changes() -> None:
    index = LiveIndex()
    index.put("k", [Volume(Footprint(Form.POINT, (Position(0, 0),)), None, None)])
    with pytest.raises(BadInput, match="too large a number"):
        index.put("k", [Volume(Footprint(Form.POINT, (Position(0, 0),)), Instant(2**70), None)])
    assert len(index.volumes("k")) == 1


def test_volumes_take_less_than_a_kilobyte_each() -> None:
    chance = random.Random(12)
    corners = {row: scenes.ring(chance, (44, -38 + row / 1_000), 800, 16) for row in range(4_000)}
    index = LiveIndex()
    index.fill({str(row): (Volume(Footprint(Form.RING, ring), None, None),) for row, ring in corners.items()})
    gc.collect()
    held = index._kept
    arrays = (*held.table, held.used, *held.tree)
    assert sum(one.nbytes for one in arrays) / len(index) < 1_000
