"""The agreed cell: it holds what it hides, whole, and is the same for all that may lie in it."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements import cells
from trucekeeper.movements.cells import cell_of, enclosed, piece_at, settled
from trucekeeper.movements.volume import FARTHEST_CM, Footprint, Form, Volume
from trucekeeper.places.position import Position

WGS84 = Geod(ellps="WGS84")
DAY_MS = 86_400_000
CELL_M = 10_000
EARTH_M2 = 4 * math.pi * 6_371_008.8**2

places = st.builds(
    Position,
    st.one_of(
        st.integers(-90_000_000, 90_000_000),
        st.integers(89_900_000, 90_000_000),
        st.integers(-90_000_000, -89_900_000),
    ),
    st.one_of(st.integers(-180_000_000, 180_000_000), st.integers(179_990_000, 180_000_000)),
)
sizes = st.sampled_from([500, 2_000, 10_000, 50_000])


def site(at: Position, radius_m: int = 200, start: int = 0, end: int | None = None) -> Volume:
    finish = None if end is None else Instant(end)
    return Volume(Footprint(Form.POINT, (at,), radius_m * 100), Instant(start), finish)


def moved(at: Position, bearing: float, metres: float) -> Position:
    lon, lat, _ = WGS84.fwd(at.lon_u / 1e6, at.lat_u / 1e6, bearing, metres)
    return Position(round(lat * 1e6), round(lon * 1e6))


def apart_m(one: Position, other: Position) -> float:
    return WGS84.inv(one.lon_u / 1e6, one.lat_u / 1e6, other.lon_u / 1e6, other.lat_u / 1e6)[2]


def middle_of(volume: Volume) -> cells._Vector:
    return enclosed((volume,))[0]


def scattered(seed: int, count: int) -> list[Position]:
    """Places spread evenly over the Earth."""
    draw = random.Random(seed)
    return [
        Position(
            round(math.degrees(math.asin(draw.uniform(-1, 1))) * 1e6), round(draw.uniform(-180, 180) * 1e6)
        )
        for _ in range(count)
    ]


@given(at=places, radius_m=st.integers(0, 40_000), cell_m=sizes)
def test_a_site_lies_in_its_cell_with_all_its_reach(at: Position, radius_m: int, cell_m: int) -> None:
    (shown,) = cell_of((site(at, radius_m),), cell_m).footprints
    assert shown.form is Form.POINT
    assert apart_m(shown.points[0], at) + radius_m <= shown.reach_cm / 100


@given(
    at=places,
    legs=st.lists(
        st.tuples(st.floats(0, 360), st.floats(100, 30_000), st.integers(0, 2_000)), min_size=1, max_size=6
    ),
    cell_m=sizes,
)
def test_a_route_lies_in_one_cell_with_all_its_width(
    at: Position, legs: list[tuple[float, float, int]], cell_m: int
) -> None:
    slices = []
    for bearing, metres, half_m in legs:
        following = moved(at, bearing, metres)
        slices.append(Volume(Footprint(Form.PATH, (at, following), half_m * 100), Instant(0), Instant(9)))
        at = following
    (shown,) = cell_of(slices, cell_m).footprints
    for one in slices:
        start, end = one.footprint.points
        ways = WGS84.npts(
            start.lon_u / 1e6,
            start.lat_u / 1e6,
            end.lon_u / 1e6,
            end.lat_u / 1e6,
            7,
            initial_idx=0,
            terminus_idx=0,
        )
        for lon, lat in ways:
            along = Position(round(lat * 1e6), round(lon * 1e6))
            assert apart_m(shown.points[0], along) + one.footprint.reach_cm / 100 <= shown.reach_cm / 100 + 1


@given(at=places, cell_m=sizes)
def test_no_piece_of_the_earth_is_smaller_than_an_agreed_cell(at: Position, cell_m: int) -> None:
    piece = piece_at(middle_of(site(at)), cell_m)
    assert piece.area_m2 >= 1.68 * cell_m**2
    assert apart_m(piece.middle, at) <= piece.reach_m * 1.006 + 1


def test_the_pieces_cover_the_earth_once() -> None:
    cell_m = 800_000
    pieces = {}
    for at in scattered(1, 20_000):
        piece = piece_at(middle_of(site(at)), cell_m)
        pieces[piece.row, piece.column] = piece
    assert math.isclose(sum(one.area_m2 for one in pieces.values()), EARTH_M2, rel_tol=1e-9)


@given(at=places, radius_m=st.integers(0, 3_000), seed=st.integers(0, 2**32))
def test_all_of_one_size_in_one_piece_show_the_same_cell(at: Position, radius_m: int, seed: int) -> None:
    draw = random.Random(seed)
    piece = piece_at(middle_of(site(at)), CELL_M)
    shown = cell_of((site(at, radius_m),), CELL_M)
    others = [moved(piece.middle, draw.uniform(0, 360), draw.uniform(0, piece.reach_m)) for _ in range(30)]
    same = [one for one in others if piece_at(middle_of(site(one)), CELL_M) == piece]
    assert same
    assert {cell_of((site(one, radius_m),), CELL_M) for one in same} == {shown}


def test_a_place_near_a_border_shows_one_cell_as_any_other() -> None:
    at = Position(-20_000_000, -18_000_000)
    piece = piece_at(middle_of(site(at)), CELL_M)
    edge = next(
        moved(at, 90, metres)
        for metres in range(0, 20_000, 10)
        if piece_at(middle_of(site(moved(at, 90, metres))), CELL_M) != piece
    )
    cell = cell_of((site(edge, 5_000),), CELL_M)
    assert len(cell.footprints) == 1
    assert cell.footprints[0].reach_cm == cell_of((site(at, 5_000),), CELL_M).footprints[0].reach_cm


@given(start=st.integers(-(10**12), 10**13), length=st.integers(0, 10**9), low=st.integers(-100, 100))
def test_a_cell_holds_whole_days_and_every_height(start: int, length: int, low: int) -> None:
    at = Position(0, 0)
    volume = Volume(Footprint(Form.POINT, (at,)), Instant(start), Instant(start + length), low, low + 5)
    cell = cell_of((volume,), CELL_M)
    assert cell.start is not None
    assert cell.end is not None
    assert cell.start % DAY_MS == cell.end % DAY_MS == 0
    assert start - DAY_MS < cell.start <= start
    assert start + length <= cell.end < start + length + DAY_MS
    assert [(one.low_cm, one.high_cm) for one in cell.volumes] == [(None, None)]


def test_a_site_without_end_shows_none() -> None:
    assert cell_of((site(Position(0, 0)),), CELL_M).end is None


def test_an_id_names_the_place_and_nothing_in_it() -> None:
    at = Position(-20_000_000, -18_000_000)
    hospital, again = cell_of((site(at, 200),), CELL_M), cell_of((site(at, 210, 5, 9),), CELL_M)
    assert hospital.id == again.id
    assert hospital.uuid != again.uuid
    assert hospital.uuid.version == 4
    assert cell_of((site(moved(at, 0, 60_000)),), CELL_M).id != hospital.id


@pytest.mark.parametrize("lat", [0, 20, 45, 70, 85, 89.9])
def test_a_small_correction_never_shows(lat: float) -> None:
    draw = random.Random(round(lat * 10))
    for _ in range(100):
        at = Position(round(lat * 1e6), round(draw.uniform(-180, 180) * 1e6))
        amended = moved(at, draw.uniform(0, 360), draw.uniform(0, CELL_M / 8 - 20))
        assert settled(((site(at),), (site(amended),)), CELL_M) == cell_of((site(at),), CELL_M)


@pytest.mark.parametrize("lat", [0.3, 33, 61, 84, 89.9])
def test_after_an_amendment_that_shows_a_whole_cell_is_possible_still(lat: float) -> None:
    """The new place is in the new piece and was not near enough to the old one to stay: that leaves a cell's area."""
    draw = random.Random(round(lat * 10))
    worst = math.inf
    for _ in range(12):
        at = Position(round(lat * 1e6), round(draw.uniform(-180, 180) * 1e6))
        old = piece_at(middle_of(site(at)), CELL_M)
        for metres in range(1_000, 40_000, 1_000):
            amended = moved(at, draw.uniform(0, 360), metres)
            shown = settled(((site(at),), (site(amended),)), CELL_M)
            if shown.id == cell_of((site(at),), CELL_M).id:
                continue
            new = piece_at(middle_of(site(amended)), CELL_M)
            tries = [_within(new, draw) for _ in range(120)]
            left = [
                one for one in tries if settled(((site(old.middle),), (site(one),)), CELL_M).id == shown.id
            ]
            worst = min(worst, len(left) / len(tries) * new.area_m2)
            break
    assert worst >= CELL_M**2


def _within(piece: cells.Piece, draw: random.Random) -> Position:
    while True:
        far = math.sqrt(draw.random()) * piece.reach_m
        one = moved(piece.middle, draw.uniform(0, 360), far)
        if piece_at(middle_of(site(one)), CELL_M) == piece:
            return one


def test_what_is_amended_to_lie_far_off_shows_its_new_cell() -> None:
    at = Position(-20_000_000, -18_000_000)
    far = moved(at, 45, 100_000)
    assert settled(((site(at),), (site(far),)), CELL_M) == cell_of((site(far),), CELL_M)


def test_what_is_wider_than_a_disc_may_be_is_held_by_a_ring() -> None:
    at = Position(40_000_000, 179_000_000)
    ends = moved(at, 90, 300_000), moved(at, 270, 300_000)
    route = tuple(Volume(Footprint(Form.PATH, (at, end)), Instant(0), Instant(9)) for end in ends)
    (shown,) = cell_of(route, CELL_M).footprints
    assert shown.form is Form.RING
    around = cells._vector(piece_at(enclosed(route)[0], CELL_M).middle)
    assert min(cells._apart_m(around, cells._vector(one)) for one in shown.points) > 300_000
    assert shown.reach_cm <= FARTHEST_CM


def test_what_goes_around_the_earth_is_held_by_all_of_it() -> None:
    equator = tuple(Position(0, lon * 1_000_000) for lon in range(-180, 180, 60))
    shown = cell_of((Volume(Footprint(Form.PATH, equator), None, None),), CELL_M)
    assert len(shown.footprints) == 8
    assert (shown.start, shown.end) == (None, None)


def test_nothing_has_no_cell() -> None:
    with pytest.raises(BadInput, match="without volumes"):
        cell_of((), CELL_M)
    with pytest.raises(BadInput, match="no size"):
        cell_of((site(Position(0, 0)),), 0)
