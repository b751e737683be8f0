import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.places import earth, geodesy
from trucekeeper.places.position import Disc, Position, Sector

EQUATOR_DEGREE_M = math.pi / 180 * 6_378_137
MERIDIAN_QUADRANT_M = 10_001_965.729_3

positions = st.builds(Position, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))


def test_a_degree_of_the_equator_and_a_quarter_meridian_have_their_known_lengths() -> None:
    equator = geodesy.distance_m(Position(0, 0), Position(0, 1_000_000))
    assert equator == pytest.approx(EQUATOR_DEGREE_M, abs=1e-6)
    quadrant = geodesy.distance_m(Position(0, 0), Position(90_000_000, 123))
    assert quadrant == pytest.approx(MERIDIAN_QUADRANT_M, abs=1e-3)


def test_the_case_that_the_geographiclib_documentation_prints_is_met() -> None:
    """Wellington to Salamanca: 19959679.26735382 m, azimuth 161.06766998616 (GeographicLib, GeodSolve examples)."""
    lat, lon = -41.32, 174.81
    metres, azimuth = geodesy.inverses(np.array([lat]), np.array([lon]), np.array([40.96]), np.array([-5.50]))
    assert metres[0] == pytest.approx(19_959_679.267_353_82, abs=1e-6)
    assert azimuth[0] == pytest.approx(161.067_669_986_16, abs=1e-9)


@given(positions, positions)
def test_distance_is_the_same_both_ways_and_never_shorter_than_the_chord(
    one: Position, other: Position
) -> None:
    there = geodesy.distance_m(one, other)
    assert there == pytest.approx(geodesy.distance_m(other, one), abs=1e-6)
    points = [
        earth.surface(np.array([point.lat_u / 1e6]), np.array([point.lon_u / 1e6])) for point in (one, other)
    ]
    chord = earth.length(points[0] - points[1])
    assert chord[0] <= there + 1e-6
    if there < 5_000_000:
        way = earth.way_m(chord)
        assert abs(way[0] - there) <= earth.doubt_m(chord, way)[0] + 1e-5


@given(positions, st.floats(0, 360), st.integers(0, 5_000_000))
def test_going_straight_on_arrives_as_far_away_as_one_went(start: Position, turn: float, metres: int) -> None:
    end = geodesy.direct(start, turn, metres)
    assert geodesy.distance_m(start, end) == pytest.approx(metres, abs=0.2)


def test_across_the_antimeridian_the_shortest_way_is_short() -> None:
    assert geodesy.distance_m(Position(10_000_000, 179_999_999), Position(10_000_000, -179_999_999)) < 1


@given(
    st.builds(
        lambda at, radius, near, width, bearing: Sector(at, radius, near, near + width, bearing),
        positions, st.integers(0, 5_000), st.integers(0, 20_000), st.integers(0, 20_000), st.integers(0, 15),
    ),
    st.floats(0, 1), st.floats(-1, 1), st.floats(0, 1), st.floats(0, 360),
)  # fmt: skip
def test_a_bounding_disc_holds_every_point_of_its_sector(
    sector: Sector, share: float, aside: float, moved: float, turn: float
) -> None:
    observer = geodesy.direct(sector.observer, turn, moved * sector.observer_radius_m)
    metres = sector.near_m + share * (sector.far_m - sector.near_m)
    point = geodesy.direct(observer, sector.bearing * 22.5 + aside * 11.25, metres)
    disc = geodesy.bounding_disc(sector)
    assert geodesy.distance_m(disc.centre, point) <= disc.radius_m + 0.3


def test_a_disc_bounds_itself() -> None:
    disc = Disc(Position(1, 2), 3)
    assert geodesy.bounding_disc(disc) == disc
