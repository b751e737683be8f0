"""Nearness on the sphere: bounds that hold on the ellipsoid, and shapes that are hard to tell."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from trucekeeper.places import sphere
from trucekeeper.places.position import Position
from trucekeeper.places.sphere import PATH, POINT, RING, Core

GEOD = Geod(ellps="WGS84")
FORMS = (POINT, PATH, RING)

degrees_lat = st.integers(-90_000_000, 90_000_000)
degrees_lon = st.integers(-180_000_000, 180_000_000)
anywhere = st.builds(Position, degrees_lat, degrees_lon)


def at(lat: float, lon: float) -> Position:
    return Position(round(lat * 1e6), round(((lon + 180) % 360 - 180) * 1e6))


def moved(start: Position, turn: float, far_m: float) -> Position:
    lon, lat, _ = GEOD.fwd(start.lon_u / 1e6, start.lat_u / 1e6, turn, far_m)
    return at(lat, lon)


def point(where: Position, reach_m: float = 0) -> Core:
    return sphere.core(POINT, ((where,),), round(reach_m * 100))


def path(*corners: Position, reach_m: float = 0) -> Core:
    return sphere.core(PATH, (corners,), round(reach_m * 100))


def ring(*corners: Position, reach_m: float = 0) -> Core:
    return sphere.core(RING, (corners,), round(reach_m * 100))


def apart_m(one: Position, other: Position) -> float:
    places = (one.lon_u / 1e6, one.lat_u / 1e6, other.lon_u / 1e6, other.lat_u / 1e6)
    return float(GEOD.inv(*places)[2])


@given(one=anywhere, turn=st.floats(0, 360), far_m=st.floats(0, 190_000))
def test_two_points_meet_within_their_reach_and_not_beyond_the_tolerance(
    one: Position, turn: float, far_m: float
) -> None:
    other = moved(one, turn, far_m)
    true_m = apart_m(one, other)
    assert point(one).meets(point(other, true_m + 0.01))
    assert not point(one).meets(point(other, max(0.0, (true_m - 0.51) / 1.0102 - 0.01))) or true_m < 0.6


@given(one=anywhere, turn=st.floats(0, 360), far_m=st.floats(1, 9_500_000))
def test_an_edge_holds_every_place_of_the_ellipsoids_shortest_way(
    one: Position, turn: float, far_m: float
) -> None:
    other = moved(one, turn, far_m)
    edge = path(one, other)
    for lon, lat in GEOD.npts(one.lon_u / 1e6, one.lat_u / 1e6, other.lon_u / 1e6, other.lat_u / 1e6, 15):
        assert edge.meets(point(at(lat, lon)))


def test_the_stray_of_edges_is_what_is_written_down_and_no_more_than_a_third_above() -> None:
    chance, worst = random.Random(1), 0.0
    for _ in range(1_500):
        start = at(math.degrees(math.asin(chance.uniform(-1, 1))), chance.uniform(-180, 180))
        turn, long_m = chance.uniform(0, 360), 10 ** chance.uniform(5, 6)
        ends = [sphere.core(POINT, ((moved(start, turn, part * long_m),),)).centre for part in (0, 0.5, 1)]
        pole = np.cross(ends[0], ends[2] - ends[0])
        off_m = abs(float((ends[1] - ends[0]) @ pole)) / float(np.linalg.norm(pole)) * sphere.LEAST_RADIUS_M
        worst = max(worst, (off_m - 0.2) / long_m**2)
    assert sphere.STRAY / 1.4 < worst < sphere.STRAY


@given(data=st.data())
def test_meeting_is_symmetric_to_the_bit(data: st.DataObject) -> None:
    chance = random.Random(data.draw(st.integers(0, 10**9)))
    middle = at(chance.choice((0, 45, 89.999, -89.9)), chance.choice((0, 180, 77)))
    spread_m = chance.choice((1, 1_000, 90_000))

    def shape() -> Core:
        form = chance.choice(FORMS)
        many = {POINT: 1, PATH: chance.randrange(2, 6), RING: chance.randrange(3, 80)}[form]
        corners = [moved(middle, chance.uniform(0, 360), spread_m * chance.random()) for _ in range(many)]
        return sphere.core(form, (corners,), chance.randrange(round(spread_m * 40)))

    one, other = shape(), shape()
    assert one.meets(other) == other.meets(one)
    assert one.meets(one)


@pytest.mark.parametrize("count", [3, 40, 3_000])
def test_a_ring_of_any_length_knows_inside_from_outside(count: int) -> None:
    middle = at(61, 179.9)
    outline = ring(*(moved(middle, 360 * k / count, 20_000) for k in range(count)))
    inner = math.cos(math.pi / count) * 20_000
    for turn in range(0, 360, 11):
        assert outline.meets(point(moved(middle, turn, inner * 0.999)))
        assert not outline.meets(point(moved(middle, turn, 20_050)))


def test_two_long_coasts_side_by_side_are_told_apart_or_together() -> None:
    """3,000 corners each: looked at run by run, with the same answers as edge by edge."""
    chance, start = random.Random(9), at(44, -38)
    shore = [
        moved(moved(start, 90, 40.0 * k), 0, 300 * math.sin(k / 9) + chance.uniform(0, 30))
        for k in range(3_000)
    ]
    sea = [moved(one, 180, 900) for one in shore]
    one, other = path(*shore), path(*sea)
    assert not one.meets(other)
    near = path(*(*sea[:2_500], moved(shore[2_500], 180, 5), *sea[2_501:]))
    assert one.meets(path(*sea, reach_m=890)) == path(*sea, reach_m=890).meets(one)
    assert near.meets(path(*shore, reach_m=6))
    assert path(*shore, reach_m=6).meets(near)


def test_a_ring_that_crosses_itself_holds_all_that_it_goes_around() -> None:
    middle = at(10, 20)
    star = ring(*(moved(middle, turn, 5_000) for turn in (0, 144, 288, 72, 216)))
    assert star.meets(point(middle))
    bow = ring(at(10, 20), at(10.1, 20.1), at(10.1, 20), at(10, 20.1))
    assert bow.meets(point(at(10.02, 20.05)))
    assert bow.meets(point(at(10.08, 20.05)))
    assert not bow.meets(point(at(10.05, 20.02)))


def test_a_ring_that_lies_on_one_line_is_that_line() -> None:
    flat = ring(at(0, 0), at(0, 1), at(0, 2))
    assert flat.meets(point(at(0, 1.5)))
    assert not flat.meets(point(at(0.001, 1.5)))


@pytest.mark.parametrize("form", [PATH, RING])
def test_corners_that_are_the_same_place_are_one_point(form: int) -> None:
    for pole in (Position(90_000_000, 0), Position(-90_000_000, 5), Position(1, 1)):
        same = [Position(pole.lat_u, pole.lon_u + k * (abs(pole.lat_u) == 90_000_000)) for k in range(4)]
        shape = sphere.core(form, (same,), 100_00)
        assert shape.meets(point(moved(pole, 33, 100)))
        assert not shape.meets(point(moved(pole, 33, 103)))


def test_edges_far_away_on_the_other_side_do_not_cross() -> None:
    """The planes of two edges meet in two opposite places; only one of them is near."""
    one = path(at(-1, 0), at(1, 0))
    assert one.meets(path(at(0, -1), at(0, 1)))
    assert not one.meets(path(at(0, 179), at(0, -179)))


def test_an_eighth_of_the_globe_has_an_inside() -> None:
    eighth = ring(Position(90_000_000, 0), at(0, 0), at(0, 90))
    assert eighth.meets(point(at(30, 45)))
    assert eighth.share < sphere.EVERYWHERE
    assert not eighth.meets(point(at(-5, 45)))
    assert not eighth.meets(point(at(30, -45)))


def test_what_is_larger_than_can_be_told_is_everywhere() -> None:
    around = ring(*(at(-3, lon) for lon in range(0, 360, 60)))
    leap = path(at(0, 0), at(0, 179))
    for shape in (around, leap):
        assert shape.meets(point(at(88, 10)))
        assert point(at(-77, 110)).meets(shape)
    assert not path(*(at(0, lon) for lon in range(0, 360, 60))).meets(point(at(45, 0)))


def test_a_hole_within_a_hole_of_another_ring_is_still_left_out() -> None:
    middle = at(50, 0)

    def square(half_m: float) -> list[Position]:
        return [moved(middle, turn, half_m * math.sqrt(2)) for turn in (45, 135, 225, 315)]

    frame = sphere.core(RING, (square(10_000), square(8_000)))
    inner = sphere.core(RING, (square(6_000), square(2_000)))
    assert not frame.meets(inner)
    assert not inner.meets(frame)
    assert frame.meets(sphere.core(RING, (square(6_000), square(2_000)), 2_100_00))
    assert frame.meets(sphere.core(RING, (square(9_000), square(8_500))))
    assert inner.meets(sphere.core(RING, (square(20_000), square(5_000))))
