import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from trucekeeper.kernel import canon, merkle
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements import commitment
from trucekeeper.movements.commitment import SALT_BYTES, Commitment, Opening, Reveal
from trucekeeper.movements.grid import ROWS, Square, beside, columns, corners, outline, square_at, squares
from trucekeeper.movements.model import ReadBack
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.movements.wire import commitment as wire
from trucekeeper.places.position import Position

WGS84 = Geod(ellps="WGS84")
LABEL = "5" * 32

latitudes = st.integers(-90_000_000, 90_000_000) | st.sampled_from(
    [
        n
        for pole in (-90_000_000, 90_000_000)
        for n in range(pole - 3_000, pole + 3_001, 100)
        if abs(n) <= 90_000_000
    ]
)
longitudes = st.integers(-180_000_000, 180_000_000) | st.integers(179_990_000, 180_000_000).flatmap(
    lambda lon: st.sampled_from([lon, -lon])
)
positions = st.builds(Position, latitudes, longitudes)
rows = st.integers(0, ROWS - 1) | st.integers(0, 30) | st.integers(ROWS - 30, ROWS - 1)
cells = rows.flatmap(lambda row: st.builds(Square, st.just(row), st.integers(0, columns(row) - 1)))


def far(one: Position, other: Position) -> float:
    return WGS84.inv(one.lon_u / 1e6, one.lat_u / 1e6, other.lon_u / 1e6, other.lat_u / 1e6)[2]


def away(at: Position, bearing: float, metres: float) -> Position:
    lon, lat, _ = WGS84.fwd(at.lon_u / 1e6, at.lat_u / 1e6, bearing, metres)
    return Position(round(lat * 1e6), round(lon * 1e6))


def spot(at: Position, reach_cm: int = 0) -> Footprint:
    return Footprint(Form.POINT, (at,), reach_cm)


# The grid.


@given(positions)
def test_a_position_lies_within_the_corners_of_its_cell(at: Position) -> None:
    low, high = corners(square_at(at))
    east_u = low.lon_u + (at.lon_u - low.lon_u) % 360_000_000
    assert low.lat_u <= at.lat_u <= high.lat_u
    assert abs(at.lat_u) == 90_000_000 or low.lon_u <= east_u <= high.lon_u


@given(cells)
def test_cells_are_about_a_hundred_metres_high_and_wide(square: Square) -> None:
    low, high = corners(square)
    assert 99 < far(low, Position(high.lat_u, low.lon_u)) < 101
    middle_u = (low.lat_u + high.lat_u) // 2
    parallel_m = 6_378_137 * math.cos(math.radians(middle_u / 1e6)) * 2 * math.pi / columns(square.row)
    assert 94 < parallel_m < 106


def test_the_grid_is_the_same_in_the_south_as_in_the_north() -> None:
    assert [columns(row) for row in (0, 1, 2, 3)] == [3, 9, 15, 22]
    assert columns(99_999) == columns(100_000) == 399_999
    assert all(columns(row) == columns(ROWS - 1 - row) for row in range(0, ROWS // 2, 997))


@pytest.mark.parametrize(
    ("at", "cell"),
    [
        (Position(0, 0), (100_000, 199_999)),
        (Position(0, 180_000_000), (100_000, 0)),
        (Position(0, -180_000_000), (100_000, 0)),
        (Position(0, 179_999_999), (100_000, 399_998)),
        (Position(90_000_000, 77_000_000), (199_999, 0)),
        (Position(-90_000_000, -5), (0, 0)),
        (Position(-21_000_000, -19_000_000), (76_666, 166_877)),
    ],
)
def test_known_places_have_known_cells(at: Position, cell: tuple[int, int]) -> None:
    assert square_at(at) == Square(*cell)


@pytest.mark.parametrize(("row", "column"), [(-1, 0), (ROWS, 0), (0, 3), (5, -1), (100_000, 399_999)])
def test_there_is_no_cell_off_the_grid(row: int, column: int) -> None:
    with pytest.raises(BadInput, match=f"no cell in row {row}, column {column}"):
        Square(row, column)


@given(cells)
def test_touching_is_mutual(square: Square) -> None:
    neighbours = set(beside(square))
    assert all(square in set(beside(one)) for one in neighbours)
    assert len(neighbours - {square}) >= 5


@given(cells, st.floats(0, 1), st.floats(0, 1))
def test_an_outline_holds_all_of_its_cell(square: Square, up: float, along: float) -> None:
    low, high = corners(square)
    at = Position(
        low.lat_u + round((high.lat_u - low.lat_u) * up), low.lon_u + round((high.lon_u - low.lon_u) * along)
    )
    assert overlap(Volume(spot(at), None, None), Volume(outline(square), None, None))


# A footprint's cells.


@given(
    positions, st.integers(0, 40_000), st.lists(st.tuples(st.floats(0, 360), st.floats(0, 1)), max_size=20)
)
def test_every_place_in_a_circle_lies_in_one_of_its_cells(
    at: Position, reach_cm: int, steps: list[tuple[float, float]]
) -> None:
    found = squares([spot(at, reach_cm)], 500)
    assert list(found) == sorted(set(found))
    inside = [away(at, bearing, share * (reach_cm / 100 - 0.1)) for bearing, share in steps if reach_cm > 20]
    assert {square_at(one) for one in (at, *inside)} <= set(found)


@given(positions, st.integers(0, 30_000))
def test_no_cell_is_far_from_what_it_is_taken_for(at: Position, reach_cm: int) -> None:
    for square in squares([spot(at, reach_cm)], 500):
        low, high = corners(square)
        ring = (low, Position(low.lat_u, high.lon_u), high, Position(high.lat_u, low.lon_u))
        assert min(far(at, one) for one in ring) < reach_cm / 100 * 1.012 + 150


@given(
    positions.filter(lambda at: abs(at.lat_u) < 89_900_000),
    st.lists(st.tuples(st.floats(0, 360), st.floats(20, 700)), min_size=3, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.floats(0, 1)), max_size=12),
)
def test_every_place_on_the_edge_of_an_area_lies_in_one_of_its_cells(
    at: Position, turns: list[tuple[float, float]], places: list[tuple[int, float]]
) -> None:
    ring = tuple(away(at, bearing, metres) for bearing, metres in turns)
    found = set(squares([Footprint(Form.RING, ring)], 2_000))
    for start, share in places:
        one, two = ring[start % len(ring)], ring[(start + 1) % len(ring)]
        if one != two:
            bearing, _, metres = WGS84.inv(one.lon_u / 1e6, one.lat_u / 1e6, two.lon_u / 1e6, two.lat_u / 1e6)
            assert square_at(away(one, bearing, metres * share)) in found


def test_the_middle_of_an_area_and_its_holes_are_covered() -> None:
    at = Position(48_000_000, 11_000_000)
    ring = tuple(away(at, bearing, 1_000) for bearing in (0, 90, 180, 270))
    hole = tuple(away(at, bearing, 500) for bearing in (0, 90, 180, 270))
    whole = squares([Footprint(Form.RING, ring)], 1_000)
    assert square_at(at) in whole
    assert squares([Footprint(Form.RING, ring, 0, (hole,))], 1_000) == whole


def test_two_buildings_of_a_site_give_one_list() -> None:
    one, two = spot(Position(0, 0), 3_000), spot(Position(1_000_000, 179_999_999), 3_000)
    assert set(squares([one, two], 100)) == {*squares([one], 100), *squares([two], 100)}
    assert squares([one, two], 100) == squares([two, one], 100)


@pytest.mark.parametrize("reach_cm", [100_000, 20_000_000])
def test_a_site_of_too_many_cells_is_refused_at_once(reach_cm: int) -> None:
    with pytest.raises(BadInput, match="more than 64 cells of about 100 m; part it"):
        squares([spot(Position(5_000_000, 5_000_000), reach_cm)], 64)


# What is registered.


def made(count: int = 5) -> tuple[tuple[Square, ...], tuple[bytes, ...]]:
    places = tuple(Square(100_000 + n // 3, 7 + n % 3) for n in range(count))
    return places, tuple(bytes([n]) * SALT_BYTES for n in range(count))


@given(st.integers(1, 40), st.data())
def test_one_cell_can_be_opened_without_the_others(count: int, data: st.DataObject) -> None:
    places, salts = made(count)
    index = data.draw(st.integers(0, count - 1))
    hashes = commitment.leaves("relief-1", LABEL, places, salts)
    new = Commitment(LABEL, "relief-1", count, merkle.root(hashes))
    steps = commitment.path(hashes, index)
    assert commitment.opens(new, index, places[index], salts[index], steps)
    assert not commitment.opens(new, index, Square(3, 3), salts[index], steps)
    assert not commitment.opens(new, index, places[index], bytes([99]) * SALT_BYTES, steps)
    assert not commitment.opens(replace(new, notifier="relief-2"), index, places[index], salts[index], steps)
    assert not commitment.opens(replace(new, label="6" * 32), index, places[index], salts[index], steps)


def test_the_root_depends_on_everything() -> None:
    places, salts = made()
    roots = {
        commitment.root("relief-1", LABEL, places, salts),
        commitment.root("relief-2", LABEL, places, salts),
        commitment.root("relief-1", "6" * 32, places, salts),
        commitment.root("relief-1", LABEL, places[:4], salts[:4]),
        commitment.root("relief-1", LABEL, places, (*salts[:4], bytes(32))),
        commitment.root("relief-1", LABEL, (*places[:4], Square(150_000, 1)), salts),
    }
    assert len(roots) == 6


def test_the_form_of_a_leaf_never_changes() -> None:
    leaf = commitment.leaf("relief-1", LABEL, Square(100_000, 7), b"s" * 32)
    said = b'site-cell/v1\n{"column":7,"label":"%b","notifier":"relief-1","row":100000}' % LABEL.encode()
    assert leaf == merkle.leaf_hash(b"s" * 32 + said)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda _, __: ((), ()), "without cells"),
        (lambda places, salts: (places[::-1], salts), "ascending order"),
        (lambda places, salts: ((places[0], *places[:4]), salts), "ascending order"),
        (lambda places, salts: (places, salts[1:]), "one salt of 32 bytes"),
        (lambda places, salts: (places, (b"short", *salts[1:])), "one salt of 32 bytes"),
    ],
)
def test_what_is_no_list_of_salted_cells_has_no_root(change: Callable, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        commitment.root("relief-1", LABEL, *change(*made()))


# Wire forms.

hexes = st.binary(min_size=16, max_size=16).map(bytes.hex)
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,20}", fullmatch=True)
calls = st.none() | st.just(ReadBack("radio", "clerk-1", "clerk-2", "relief-1"))
roots = st.binary(min_size=32, max_size=32)
commitments = st.builds(Commitment, hexes, names, st.integers(1, 10_000), roots, calls)


@st.composite
def openings(draw: st.DrawFn) -> Opening:
    places = tuple(sorted(draw(st.sets(cells, min_size=1, max_size=6))))
    salts = draw(st.lists(roots, min_size=len(places), max_size=len(places)))
    return Opening(draw(roots), places, tuple(salts))


reveals = st.builds(
    Reveal,
    hexes,
    names,
    st.lists(openings(), min_size=1, max_size=3, unique_by=lambda one: one.root).map(
        lambda found: tuple(sorted(found, key=lambda one: one.root))
    ),
    calls,
)


@given(commitments)
def test_a_commitment_is_read_back_as_written(new: Commitment) -> None:
    assert wire.read_commitment(wire.commitment_body(new)) == new


@given(reveals)
def test_a_reveal_is_read_back_as_written(reveal: Reveal) -> None:
    assert wire.read_reveal(wire.reveal_body(reveal)) == reveal


@given(openings(), hexes, names)
def test_a_secret_is_read_back_as_written(opening: Opening, label: str, notifier: str) -> None:
    kept = wire.Secret("office.example/test", label, notifier, opening.cells, opening.salts)
    assert wire.read_secret(wire.secret_bytes(kept)) == kept
    assert kept.opening == replace(opening, root=kept.commitment.root)


def body() -> dict[str, Json]:
    places, salts = made(2)
    return wire.reveal_body(Reveal(LABEL, "relief-1", (Opening(bytes(32), places, salts),)))


WRONG: list[tuple[Callable[[dict[str, Json]], dict[str, Json]], str]] = [
    (lambda form: {**form, "label": "our hospital"}, "a label says nothing"),
    (lambda form: {**form, "notifier": "who/ever"}, "no id of a holder"),
    (lambda form: {**form, "opened": []}, "ascending order of roots"),
    (lambda form: {**form, "opened": form["opened"] * 2}, "ascending order of roots"),
    (lambda form: {**form, "where": "here"}, "leave it out"),
    (lambda form: _opened(form, root="xyz"), "ascending order of roots"),
    (lambda form: _opened(form, cells=[[100_000, 8], [100_000, 7]]), "ascending order, each once"),
    (lambda form: _opened(form, cells=[[100_000, 7], [100_000, 7]]), "ascending order, each once"),
    (lambda form: _opened(form, cells=[[100_000, 7], [100_000]]), "pairs of row and column"),
    (lambda form: _opened(form, cells=[[100_000, 7], [400_000, 7]]), "the grid has no cell"),
    (lambda form: _opened(form, cells=[]), "pairs of row and column"),
    (lambda form: _opened(form, salts=["AAAA"]), "1 salts for 2 cells"),
    (lambda form: _opened(form, salts=["AAAA", "AAAA"]), "3 bytes where 32 belong"),
    (lambda form: _opened(form, salts=["!", "!"]), "is not base64"),
    (lambda form: _opened(form, cells=[[1.5, 7], [2, 7]]), "not a whole number"),
]


def _opened(form: dict[str, Json], **changes: Json) -> dict[str, Json]:
    first = form["opened"][0]  # type: ignore[index, call-overload]
    return {**form, "opened": [{**first, **changes}]}  # type: ignore[dict-item]


@pytest.mark.parametrize(("spoil", "says"), WRONG)
def test_a_wrong_reveal_is_refused_in_one_sentence(
    spoil: Callable[[dict[str, Json]], dict[str, Json]], says: str
) -> None:
    with pytest.raises(BadInput, match=says) as raised:
        wire.read_reveal(spoil(body()))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"label": "clinic at the mole"}, "a label says nothing"),
        ({"label": "A" * 32}, "a label says nothing"),
        ({"cells": 0}, "is less than one"),
        ({"root": "ab"}, "64 lower-case hex digits"),
        ({"cells": "4"}, "not a whole number"),
        ({"places": []}, "leave it out"),
    ],
)
def test_a_wrong_commitment_is_refused_in_one_sentence(change: dict[str, Json], says: str) -> None:
    good = wire.commitment_body(Commitment(LABEL, "relief-1", 4, bytes(32)))
    with pytest.raises(BadInput, match=says):
        wire.read_commitment({**good, **change})


def test_the_largest_reveal_fits_an_entry() -> None:
    """Every commitment of one cell alone, the dearest way to fill a label."""
    each = [
        Opening(n.to_bytes(32), (Square(100_000 + n // 1_000, 390_000 + n % 1_000),), (bytes(32),))
        for n in range(commitment.MOST_TOGETHER)
    ]
    assert len(canon.encode(wire.reveal_body(Reveal(LABEL, "r" * 100, tuple(each))))) < 1_048_576 - 2_048
