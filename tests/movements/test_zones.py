"""Zones where nobody goes: straight lines in longitude and latitude, followed by shortest ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.movements.zones import straight, volumes
from trucekeeper.places.position import Position
from trucekeeper.places.zone import Area, Band, Line, Polygon, Side, Zone

ALWAYS = Interval(Instant(0), None)


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
