"""No conflict is missed, and none is told beyond the tolerance: 100,000 pairs a run against the oracle."""

import dataclasses
import math
import random

import numpy as np
import pytest

from tests.movements import oracle, scenes
from tests.movements.oracle import APART, MEET
from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.live import LiveIndex
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.volume import Footprint, Form, Meeting, Volume
from trucekeeper.places.position import Position

SEEDS = {name: seed for seed, name in enumerate(scenes.PLACES)}
HOUR = 3_600_000


def flat(notices: dict[str, scenes.Notice]) -> list[tuple[str, int, Volume]]:
    return [(key, number, one) for key, volumes in notices.items() for number, one in enumerate(volumes)]


def told(index: LiveIndex, asked: list[scenes.Notice]) -> set[tuple[str, int, int, int]]:
    return {
        (one.key, one.number, row, one.by)
        for row, volumes in enumerate(asked)
        for one in index.meeting(volumes)
    }


def judged(
    live: dict[str, scenes.Notice], asked: list[scenes.Notice]
) -> dict[tuple[str, int, int, int], int]:
    ours, theirs = flat(live), flat({str(row): volumes for row, volumes in enumerate(asked)})
    answers = oracle.judged([oracle.made(one) for *_, one in ours], [oracle.made(one) for *_, one in theirs])
    return {
        (key, number, int(row), by): int(answers[i, j])
        for i, (key, number, _) in enumerate(ours)
        for j, (row, by, _) in enumerate(theirs)
    }


def faults(
    index: LiveIndex, live: dict[str, scenes.Notice], asked: list[scenes.Notice]
) -> tuple[int, list[object]]:
    """How many pairs were judged, and which were missed or told without reason."""
    found, truth = told(index, asked), judged(live, asked)
    wrong: list[object] = [pair for pair, answer in truth.items() if answer == MEET and pair not in found]
    wrong += [pair for pair in found if truth.get(pair, APART) == APART]
    return len(truth), wrong


@pytest.mark.parametrize("name", scenes.PLACES)
def test_every_pair_of_a_crowd_is_told_as_the_oracle_judges_it(name: str) -> None:
    judged_pairs, round_ = 0, 0
    while judged_pairs < 15_000:
        scene = scenes.crowd(name, 100 * SEEDS[name] + round_, 50, 50)
        index = LiveIndex()
        index.fill(scene.live)
        pairs, wrong = faults(index, scene.live, scene.asked)
        assert not wrong, f"{scene.name}, round {round_}"
        judged_pairs, round_ = judged_pairs + pairs, round_ + 1


def test_the_seven_places_make_a_hundred_thousand_pairs() -> None:
    assert len(scenes.PLACES) * 15_000 >= 100_000


def test_crowds_hold_all_three_answers_in_number() -> None:
    scene = scenes.crowd("in a town", 1, 60, 60)
    counts = np.bincount(list(judged(scene.live, scene.asked).values()), minlength=3)
    assert counts[MEET] > 100
    assert counts[APART] > 1_000
    assert counts[oracle.EITHER] < counts[MEET] / 5


def test_at_the_rim_the_oracle_decides_both_ways() -> None:
    answers = {MEET: 0, APART: 0, oracle.EITHER: 0}
    for one, other in scenes.rims(3, 1_500):
        answer = oracle.judge(one, other)
        answers[answer] += 1
        assert overlap(one, other) == overlap(other, one)
        assert answer == oracle.EITHER or overlap(one, other) is (answer == MEET), (one, other)
    assert min(answers[MEET], answers[APART]) > 300


@pytest.mark.parametrize("name", ["in a town", "across the antimeridian", "around the north pole"])
def test_what_changes_and_goes_in_between_is_told_as_it_stands(name: str) -> None:
    chance, index, live = random.Random(name), LiveIndex(), {}
    for round_ in range(4):
        scene = scenes.crowd(name, 1_000 + round_, 40, 25)
        for key in chance.sample(sorted(live), len(live) // 3):
            index.remove(key)
            del live[key]
        for key, volumes in scene.live.items():
            index.put(key, volumes)
            live[key] = volumes
        _, wrong = faults(index, live, scene.asked)
        assert not wrong, f"round {round_}"
        assert set(index.keys()) == set(live)


def disc(lat: float, lon: float, reach_m: float) -> Footprint:
    return Footprint(Form.POINT, (scenes.position(lat, lon),), round(reach_m * 100))


def always(footprint: Footprint) -> Volume:
    return Volume(footprint, None, None)


def test_a_place_with_more_than_a_thousand_notices_tells_every_one() -> None:
    chance, live = random.Random(8), {}
    for row in range(4_000):
        lat, lon = scenes.moved((-20.5, -19.1), chance.uniform(0, 360), chance.uniform(0, 400))
        live[f"n{row}"] = (always(disc(lat, lon, 100)),)
    index = LiveIndex()
    index.fill(live)
    found = index.meeting([always(disc(-20.5, -19.1, 301))])
    assert found == tuple(sorted(Meeting(key, 0, 0) for key in live))


@pytest.mark.parametrize("radius_m", [50, 1_000, 20_000, 100_000])
@pytest.mark.parametrize("lat", [0.0, 51.0, 84.0])
def test_a_circle_is_whole_in_every_direction_and_not_a_polygon_in_it(radius_m: float, lat: float) -> None:
    circle = always(disc(lat, 12.0, radius_m))
    for turn in range(0, 3_600, 7):
        near = scenes.moved((lat, 12.0), turn / 10, radius_m - 0.2)
        far = scenes.moved((lat, 12.0), turn / 10, radius_m * 1.011 + 1)
        assert overlap(circle, always(disc(*near, 0)))
        assert not overlap(circle, always(disc(*far, 0)))


@pytest.mark.parametrize("lat", [60.0, 75.0, -80.0])
def test_an_edge_along_a_high_parallel_bulges_towards_the_pole(lat: float) -> None:
    edge = Footprint(Form.PATH, (scenes.position(lat, 0), scenes.position(lat, 6)), 0)
    middle = scenes.GEOD.npts(0, lat, 6, lat, 1)[0]
    assert abs(middle[1] - lat) > 0.012
    assert overlap(always(edge), always(disc(middle[1], middle[0], 1)))
    assert not overlap(always(edge), always(disc(lat, 3, 1_000)))


def test_an_edge_of_a_thousand_kilometres_is_the_ellipsoids() -> None:
    ends = (scenes.position(48.0, -20.0), scenes.position(52.5, -7.0))
    edge = always(Footprint(Form.PATH, ends, 0))
    for lon, lat in scenes.GEOD.npts(-20, 48, -7, 52.5, 99):
        assert overlap(edge, always(disc(lat, lon, 0)))


@pytest.mark.parametrize("lon", [179.0, 180.0, -180.0, -179.5])
def test_a_ring_across_the_antimeridian_is_the_small_one(lon: float) -> None:
    corners = tuple(scenes.position(*at) for at in ((10, 178), (10, -178), (13, -178), (13, 178)))
    area = always(Footprint(Form.RING, corners))
    assert overlap(area, always(disc(11, lon, 0)))
    assert not overlap(area, always(disc(11, 0, 100_000)))


@pytest.mark.parametrize("pole", [90, -90])
def test_a_ring_around_a_pole_holds_the_pole_however_its_longitude_is_written(pole: int) -> None:
    sign = pole // 90
    corners = tuple(scenes.position(sign * 85, lon) for lon in range(-180, 180, 40))
    area = always(Footprint(Form.RING, corners))
    for lon in (-180, -33, 0, 90, 180):
        assert overlap(area, always(Footprint(Form.POINT, (Position(pole * 1_000_000, lon * 1_000_000),))))
    assert not overlap(area, always(disc(sign * 80, 0, 100)))


def test_corners_that_differ_by_less_than_a_grain_at_a_pole_are_no_long_edge() -> None:
    corners = tuple(Position(89_999_999, lon * 1_000_000) for lon in (0, 1, 2, 90, 179))
    area = always(Footprint(Form.RING, corners))
    for turn in range(0, 360, 5):
        at = scenes.moved((90.0, 0.0), turn, 30)
        assert not overlap(area, always(disc(*at, 5)))
        assert overlap(area, always(disc(*at, 30.2)))


@pytest.mark.parametrize("step_u", [1, 2, 5, 20])
def test_edges_of_a_few_microdegrees_near_a_pole_tell_no_false_alarm(step_u: int) -> None:
    for lat_u in (87_000_000, 89_900_000, 89_999_990, 89_999_998):
        edge = Footprint(Form.PATH, (Position(lat_u, 10_000_000), Position(lat_u, 10_000_000 + step_u)))
        for turn in range(0, 360, 9):
            at = scenes.moved((lat_u / 1e6, 10.0), turn, 20_000)
            assert not overlap(always(edge), always(disc(*at, 100)))


def test_what_lies_in_a_hole_meets_only_what_its_reach_comes_to() -> None:
    at = (48.0, -30.0)
    outer = tuple(scenes.position(*scenes.moved(at, turn, 9_000)) for turn in (45, 135, 225, 315))
    hole = tuple(scenes.position(*scenes.moved(at, turn, 4_000)) for turn in (45, 135, 225, 315))
    area = always(Footprint(Form.RING, outer, 100_00, (hole,)))
    inner = math.sqrt(0.5) * 4_000
    assert not overlap(area, always(disc(*at, inner - 140)))
    assert overlap(area, always(disc(*at, inner - 99)))
    assert overlap(area, always(Footprint(Form.RING, outer, 0)))
    assert overlap(area, always(disc(*scenes.moved(at, 90, 5_000), 0)))


def test_one_area_wholly_within_another_meets_it_either_way() -> None:
    chance = random.Random(5)
    small = always(Footprint(Form.RING, scenes.ring(chance, (48.0, -30.0), 200, 7)))
    large = always(Footprint(Form.RING, scenes.ring(chance, (48.0, -30.0), 90_000, 9)))
    assert overlap(small, large)
    assert overlap(large, small)


def test_windows_and_bands_that_touch_meet_and_a_millisecond_or_centimetre_apart_do_not() -> None:
    here = disc(-20.5, -19.1, 100)
    one = Volume(here, Instant(0), Instant(HOUR), 0, 100_00)
    assert overlap(one, Volume(here, Instant(HOUR), Instant(2 * HOUR), 100_00, 200_00))
    assert not overlap(one, Volume(here, Instant(HOUR + 1), Instant(2 * HOUR)))
    assert not overlap(one, Volume(here, Instant(-5), Instant(-1)))
    assert not overlap(one, Volume(here, None, None, 100_01, 200_00))
    assert not overlap(one, Volume(here, None, None, None, -1))
    assert overlap(one, Volume(here, None, Instant(0), None, 0))


@pytest.mark.parametrize("count", [1, 5_000])
def test_the_index_knows_altitudes_and_windows_of_any_length(count: int) -> None:
    here = disc(-20.5, -19.1, 100)
    live = {
        "years": (Volume(here, Instant(-(10**12)), Instant(10**13)),),
        "always": (Volume(here, None, None),),
        "over": (Volume(here, None, None, 500_00, None),),
        "second": (Volume(here, Instant(HOUR), Instant(HOUR + 1_000)),),
    }
    live |= {f"far {row}": (Volume(disc(-21.5, -19.1 + row / 10**4, 9), None, None),) for row in range(count)}
    index = LiveIndex()
    index.fill(live)

    def keys(start: int | None, end: int | None, low_cm: int | None, high_cm: int | None) -> set[str]:
        bounds = (None if start is None else Instant(start), None if end is None else Instant(end))
        return {one.key for one in index.meeting([Volume(here, *bounds, low_cm, high_cm)])}

    assert keys(HOUR + 1_000, HOUR + 2_000, 0, 499_99) == {"years", "always", "second"}
    assert keys(HOUR + 1_001, None, 0, 500_00) == {"years", "always", "over"}
    assert keys(10**13 + 1, None, None, None) == {"always", "over"}
    assert keys(None, None, None, None) == {"years", "always", "over", "second"}


def test_a_volume_that_meets_by_one_of_its_neighbours_only_is_not_told_for_the_other() -> None:
    convoy = tuple(
        dataclasses.replace(always(disc(48, -30 + row / 10, 500)), start=Instant(row), end=Instant(row))
        for row in range(50)
    )
    index = LiveIndex()
    index.put("convoy", convoy)
    assert index.meeting(convoy[::-1]) == tuple(Meeting("convoy", 49 - by, by) for by in range(49, -1, -1))
