"""Zones where nobody goes: straight lines in longitude and latitude, followed by shortest ways."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod

from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.movements.zones import numbered, straight, volumes
from trucekeeper.places.position import Position
from trucekeeper.places.zone import Area, Band, Line, Polygon, Side, Zone

ALWAYS = Interval(Instant(0), None)
GEOD = Geod(ellps="WGS84")


@given(
    st.integers(-90_000_000, 90_000_000),
    st.integers(-180_000_000, 180_000_000),
    st.sampled_from([0, 1, 1_000, 1_000_000, 10_000_000, 80_000_000]),
    st.sampled_from([0, 1, 1_000, 1_000_000, 10_000_000, 120_000_000, 179_999_999]),
    st.floats(0, 1),
    st.sampled_from([0.25, 0.5, 0.75]),
)
def test_shortest_ways_keep_within_half_a_metre_of_the_drawn_edge(
    lat: int, lon: int, high: int, wide: int, at: float, within: float
) -> None:
    end = Position(
        max(-90_000_000, lat - high) if lat > 0 else lat + high,
        (lon + wide + 180_000_000) % 360_000_000 - 180_000_000,
    )
    assume(end != Position(lat, lon))
    edge = [point for point, number in numbered((Position(lat, lon), end)) if number == 0]
    piece = min(int(at * len(edge)), len(edge) - 1)
    start, stop = edge[piece], [*edge, end][piece + 1]
    share = (piece + within) / len(edge)
    on_line = (lon + wide * share) / 1e6, (lat + (end.lat_u - lat) * share) / 1e6
    on_edge = start.lon_u / 1e6, start.lat_u / 1e6
    way, _, _ = GEOD.inv(*on_edge, stop.lon_u / 1e6, stop.lat_u / 1e6)
    there, _, far_m = GEOD.inv(*on_edge, *on_line)
    assert abs(far_m * math.sin(math.radians(there - way))) < 0.5


def test_what_takes_points_without_end_is_refused_where_there_is_a_bound() -> None:
    ring = tuple(Position(60_000_000 + number, 170_000_000 * (-1) ** number) for number in range(200))
    with pytest.raises(BadInput, match="follow its edges"):
        numbered(ring, 10_000)


@given(
    st.integers(-84_000_000, 80_000_000),
    st.integers(-180_000_000, 180_000_000),
    st.integers(1_000, 4_000_000),
    st.integers(1_000, 8_000_000),
    st.floats(0, 1),
    st.integers(0, 3),
)
def test_every_point_of_a_drawn_edge_is_met(
    lat: int, lon: int, high: int, wide: int, share: float, edge: int
) -> None:
    def at(north: int, east: int) -> Position:
        return Position(lat + north, (lon + east + 180_000_000) % 360_000_000 - 180_000_000)

    corners = ((0, 0), (0, wide), (high, wide), (high, 0))
    ring = tuple(at(*one) for one in corners)
    (found,) = volumes(Zone("z", Area((Polygon(ring),)), ALWAYS))
    (north, east), (to_north, to_east) = corners[edge], corners[(edge + 1) % 4]
    on_edge = at(round(north + (to_north - north) * share), round(east + (to_east - east) * share))
    assert overlap(found, Volume(Footprint(Form.POINT, (on_edge,)), Instant(1), Instant(1)))


def test_short_edges_need_no_points_more() -> None:
    ring = (Position(0, 0), Position(0, 1_000), Position(1_000, 0))
    assert straight(ring) == ring


def test_a_zone_beside_a_line_is_refused() -> None:
    line = Line("l", (Position(0, 0), Position(0, 1_000_000)))
    with pytest.raises(BadInput, match="derived from a line"):
        volumes(Zone("z", Band(line, 0, 1_000, Side.BOTH), ALWAYS))
