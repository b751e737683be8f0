from hypothesis import example, given
from hypothesis import strategies as st
from pyproj import Geod

from trucekeeper.places.position import Disc, Position, Sector
from trucekeeper.stores.box import DATE_LINE_U, EARTH, POLE_U, Box, around, single

GEOD = Geod(ellps="WGS84")
LATITUDES = st.one_of(
    st.integers(-POLE_U, POLE_U), st.sampled_from((POLE_U, -POLE_U, POLE_U - 1, 0, 89_990_000))
)
LONGITUDES = st.one_of(
    st.integers(-DATE_LINE_U, DATE_LINE_U), st.sampled_from((DATE_LINE_U, -DATE_LINE_U, DATE_LINE_U - 1, 0))
)
REACHES = st.one_of(st.integers(0, 50_000), st.integers(0, 20_000_000))


def inside(box: Box, lat_u: int, lon_u: int) -> bool:
    return box.south_u <= lat_u <= box.north_u and box.west_u <= lon_u <= box.east_u


@given(LATITUDES, LONGITUDES, REACHES, st.floats(0, 1), st.floats(-180, 180))
@example(0, DATE_LINE_U, 0, 0.0, 0.0)
@example(89_999_000, 0, 5_000, 1.0, 0.0)
def test_a_box_holds_every_point_within_reach(
    lat_u: int, lon_u: int, reach_m: int, share: float, azimuth: float
) -> None:
    lon, lat, _ = GEOD.fwd(lon_u / 1e6, lat_u / 1e6, azimuth, reach_m * share)
    boxes = around(Disc(Position(lat_u, lon_u), reach_m))
    assert any(inside(box, round(lat * 1e6), round(lon * 1e6)) for box in boxes)
    one = single(Disc(Position(lat_u, lon_u), reach_m))
    assert inside(one, round(lat * 1e6), round(lon * 1e6))


@given(LATITUDES, LONGITUDES, REACHES)
def test_a_box_stays_on_the_map(lat_u: int, lon_u: int, reach_m: int) -> None:
    for box in (
        *around(Disc(Position(lat_u, lon_u), reach_m)),
        single(Disc(Position(lat_u, lon_u), reach_m)),
    ):
        assert -POLE_U <= box.south_u <= box.north_u <= POLE_U
        assert -DATE_LINE_U <= box.west_u <= box.east_u <= DATE_LINE_U


def test_both_names_of_the_date_line_meet() -> None:
    east, west = Disc(Position(0, DATE_LINE_U), 0), Disc(Position(0, -DATE_LINE_U), 0)
    assert any(inside(box, 0, -DATE_LINE_U) for box in around(east))
    assert inside(single(west), 0, DATE_LINE_U)


def test_a_small_reach_makes_a_small_box() -> None:
    (box,) = around(Disc(Position(-21_000_000, -19_000_000), 1_000))
    assert box.north_u - box.south_u < 20_000
    assert box.east_u - box.west_u < 20_000


def test_a_sector_is_boxed_around_its_observer() -> None:
    seen = Sector(Position(10_000_000, 20_000_000), 50, 5_000, 7_000, 6)
    assert around(seen) == around(Disc(seen.observer, 7_050))


def test_an_unknown_place_is_anywhere() -> None:
    assert single(None) == EARTH
