"""Points that stand for equal parts of an area, and what of them a region surely holds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.places.geodesy import azimuth, distance_m
from trucekeeper.places.position import Disc, Position, Sector
from trucekeeper.places.touch import Ground
from trucekeeper.places.zone import Area, Band, Line, Polygon, Shape, Side

GROUND = Ground()


def box(south: float, west: float, north: float, east: float) -> Area:
    corners = ((south, west), (south, east), (north, east), (north, west))
    return Area((Polygon(tuple(Position(round(lat * 1e6), round(lon * 1e6)) for lat, lon in corners)),))


def share(region: Disc | Sector, shape: Shape) -> float:
    lattice = GROUND.lattice([shape])
    return sum(GROUND.within(region, lattice.places)) / len(lattice.places)


@pytest.mark.parametrize("latitude", [-60.0, 0.0, 47.0])
@pytest.mark.parametrize("radius_m", [3_000, 10_000, 20_000])
def test_the_share_of_places_in_a_disc_is_its_share_of_the_area(latitude: float, radius_m: int) -> None:
    half, aside = 0.4, 0.4 / math.cos(math.radians(latitude))
    shape = box(latitude - half, 10 - aside, latitude + half, 10 + aside)
    side_m = 2 * half * 111_200
    expected = math.pi * radius_m**2 / side_m**2
    centre = Position(round(latitude * 1e6), 10_000_000)
    assert share(Disc(centre, radius_m), shape) == pytest.approx(expected, rel=0.06)


def test_two_shapes_share_one_lattice_and_each_place_counts_once() -> None:
    west, east = box(0, 0, 1, 1.5), box(0, 1, 1, 3)
    lattice = GROUND.lattice([west, east])
    assert len(set(lattice.places)) == len(lattice.places)
    both = sum(one and other for one, other in zip(*lattice.inside, strict=True))
    assert both / len(lattice.places) == pytest.approx(0.5 / 3, abs=0.02)
    assert all(one or other for one, other in zip(*lattice.inside, strict=True))


def test_a_small_shape_beside_a_large_one_still_has_many_places() -> None:
    lattice = GROUND.lattice([box(0, 0, 2, 2), box(0, 2, 0.15, 2.15)])
    assert min(sum(inside) for inside in lattice.inside) >= 200


def test_a_band_across_the_antimeridian_is_one_piece() -> None:
    line = Line("line", (Position(0, 179_800_000), Position(0, -179_800_000)))
    lattice = GROUND.lattice([Band(line, 0, 10_000, Side.BOTH)])
    assert len(lattice.places) > 400
    assert all(abs(place.lon_u) > 179_600_000 for place in lattice.places)


def test_no_shapes_have_no_places() -> None:
    assert GROUND.lattice([]).places == ()
    assert GROUND.within(Disc(Position(0, 0), 5), ()) == ()


@given(
    st.integers(-60, 60),
    st.integers(0, 15),
    st.integers(0, 400),
    st.integers(0, 9_000),
    st.integers(0, 9_000),
)
def test_a_sector_holds_only_places_that_every_possible_observer_may_have_meant(
    latitude: int, bearing: int, radius_m: int, near_m: int, deep_m: int
) -> None:
    observer = Position(latitude * 1_000_000, 179_990_000)
    region = Sector(observer, radius_m, near_m, near_m + deep_m, bearing)
    lat, lon = latitude, 180.0
    shape = box(lat - 0.2, lon - 0.4, lat + 0.2, lon)
    places = GROUND.lattice([shape]).places
    for place, held in zip(places[::7], GROUND.within(region, places)[::7], strict=True):
        far_m = distance_m(observer, place)
        turn = abs((azimuth(observer, place) - bearing * 22.5 + 180) % 360 - 180)
        if held:
            assert near_m + radius_m - 1 <= far_m <= near_m + deep_m - radius_m + 1
            assert turn <= 11.25 + 1e-6
        elif radius_m == 0:
            assert not (near_m + 1 < far_m < near_m + deep_m - 1 and turn < 11.24)
