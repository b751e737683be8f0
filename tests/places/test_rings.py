"""What keeps a ring from being one, in words that name the points; and how large it is."""

import math
import random
import time

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from trucekeeper.kernel.errors import BadInput
from trucekeeper.places import rings
from trucekeeper.places.position import Position

GEOD = Geod(ellps="WGS84")


def around(lat: float, lon: float, corners: int, radius_m: float = 9_000) -> list[Position]:
    places = [GEOD.fwd(lon, lat, 360 * k / corners, radius_m)[:2] for k in range(corners)]
    return [Position(round(north * 1e6), round(east * 1e6)) for east, north in places]


def small(*corners: tuple[int, int]) -> list[Position]:
    return [Position(48_000_000 + lat * 1_000, -30_000_000 + lon * 1_000) for lat, lon in corners]


@pytest.mark.parametrize("lat", [0.0, 48.0, 89.99, -90.0])
@pytest.mark.parametrize("lon", [0.0, 180.0])
def test_a_ring_in_order_has_no_fault_wherever_it_lies(lat: float, lon: float) -> None:
    for corners in (3, 4, 50, 700):
        assert rings.fault(around(lat, lon, corners)) is None


@pytest.mark.parametrize(
    ("ring", "fault"),
    [
        (small((0, 0), (10, 10), (10, 0), (0, 10)), "crosses itself between its points 1 and 3"),
        (
            small((0, 0), (0, 10), (5, 5), (10, 10), (10, 0), (5, 5)),
            "has point 3 again as point 6; remove one",
        ),
        (small((0, 0), (10, 0), (20, 0)), "encloses nothing"),
        (small((0, 0), (0, 10), (10, 10), (10, 0), (20, 0)), "crosses itself between its points 3 and 5"),
        (small((0, 0), (0, 20), (10, 20), (0, 10), (10, 0)), "crosses itself between its points 1 and 3"),
    ],
)
def test_a_fault_names_the_points(ring: list[Position], fault: str) -> None:
    assert (rings.fault(ring) or "").startswith(fault)


def test_two_corners_that_changed_places_are_found_in_a_long_ring() -> None:
    ring = around(48, -30, 5_000)
    ring[1_233], ring[1_236] = ring[1_236], ring[1_233]
    assert "crosses itself between its points 1233 and 12" in (rings.fault(ring) or "")


@given(seed=st.integers(0, 10**9), corners=st.integers(4, 60))
def test_crossings_are_those_of_shapely_on_a_small_map(seed: int, corners: int) -> None:
    chance = random.Random(seed)
    turns = sorted(chance.uniform(0, 2 * math.pi) for _ in range(corners))
    flat = [
        (
            round(chance.uniform(9, 10) * 400 * math.sin(turn)),
            round(chance.uniform(9, 10) * 400 * math.cos(turn)),
        )
        for turn in turns
    ]
    if chance.random() < 0.5:
        one, other = chance.sample(range(corners), 2)
        flat[one], flat[other] = flat[other], flat[one]
    fault = rings.fault([Position(lat, lon) for lat, lon in flat])
    polygon = shapely.Polygon(flat)
    if fault is None:
        assert polygon.is_valid
    elif fault.startswith("crosses"):
        assert not shapely.Polygon(flat).is_valid or shapely.LineString([*flat, flat[0]]).is_simple is False


def test_too_many_points_are_refused_at_once_and_as_many_as_may_be_are_looked_at_quickly() -> None:
    rings.fault(around(48, -30, 100))
    most = around(48, -30, rings.MOST_POINTS)
    begun = time.process_time()
    assert rings.fault(most) is None
    assert time.process_time() - begun < 2
    many = most * 100
    begun = time.process_time()
    assert (rings.fault(many) or "").startswith("has more than 10,000 points")
    assert time.process_time() - begun < 0.1


def test_what_spans_thousands_of_kilometres_is_refused() -> None:
    ring = around(48, -30, 12, 3_000_000)
    assert (rings.fault(ring) or "").startswith("spans more than 2,000 km")
    with pytest.raises(BadInput, match=r"spans more than 2,000 km"):
        rings.area_km2(ring)


@pytest.mark.parametrize("lat", [0.0, 50.0, -89.5])
def test_the_area_is_the_ellipsoids_to_a_percent_and_grows_by_the_reach(lat: float) -> None:
    ring = around(lat, 179.9, 40, 30_000)
    true_km2 = (
        abs(GEOD.polygon_area_perimeter([p.lon_u / 1e6 for p in ring], [p.lat_u / 1e6 for p in ring])[0])
        / 1e6
    )
    assert rings.area_km2(ring) == pytest.approx(true_km2, rel=0.012)
    assert rings.area_km2(ring, 5_000_00) == pytest.approx(math.pi * 35**2, rel=0.02)
    assert rings.area_km2([Position(0, 0)], 1_000_00) == pytest.approx(math.pi, rel=1e-9)
