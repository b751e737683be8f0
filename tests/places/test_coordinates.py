"""Coordinates as people write them, read and written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel.errors import BadInput
from trucekeeper.places import geodesy
from trucekeeper.places.coordinates import Notation, parse, written
from trucekeeper.places.position import Position

everywhere = st.builds(Position, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))
GRAIN_M = 0.16
"""A microdegree is 0.11 m; it is lost twice: half in the place, half in the reading."""
mapped = st.builds(Position, st.integers(-79_900_000, 83_900_000), st.integers(-180_000_000, 179_999_999))


@given(everywhere, st.sampled_from([Notation.DECIMAL, Notation.DMS]))
def test_degrees_come_back_within_what_they_leave_open(position: Position, notation: Notation) -> None:
    read, open_m = parse(written(position, notation))
    assert geodesy.distance_m(read, position) <= open_m + GRAIN_M


@given(mapped, st.sampled_from([Notation.MGRS, Notation.UTM]))
def test_grids_come_back_within_what_they_leave_open(position: Position, notation: Notation) -> None:
    read, open_m = parse(written(position, notation))
    assert geodesy.distance_m(read, position) <= open_m + GRAIN_M


@given(
    st.sampled_from([0, *range(-72, 73, 8)]),
    st.sampled_from(range(-180, 181, 3)),
    st.integers(-30_000, 30_000),
    st.integers(-30_000, 30_000),
    st.sampled_from([Notation.MGRS, Notation.UTM]),
    st.integers(1, 5),
)
def test_at_the_seams_of_zones_and_bands_even_coarse_squares_hold_what_they_name(
    lat: int, lon: int, north: int, east: int, notation: Notation, digits: int
) -> None:
    turned = (lon * 1_000_000 + east + 180_000_000) % 360_000_000 - 180_000_000
    position = Position(lat * 1_000_000 + north, turned)
    text = written(position, notation)
    if notation is Notation.MGRS:
        text = text[:-10] + text[-10:][:digits] + text[-5:][:digits]
    read, open_m = parse(text)
    assert geodesy.distance_m(read, position) <= open_m + GRAIN_M


@pytest.mark.parametrize(
    ("lat", "lon", "zone"),
    [(60, 3, "32V"), (60, 2, "31V"), (78, 8, "31X"), (78, 10, "33X"), (78, 22, "35X"), (83, 41, "37X")],
)
def test_off_norway_and_svalbard_zones_have_their_own_sides(lat: int, lon: int, zone: str) -> None:
    position = Position(lat * 1_000_000 + 1, lon * 1_000_000 + 1)
    for notation in (Notation.MGRS, Notation.UTM):
        text = written(position, notation)
        assert text.startswith(zone)
        assert geodesy.distance_m(parse(text)[0], position) < 1.5


@given(everywhere, st.integers(0, 5), st.integers(0, 5))
def test_rounded_decimals_leave_open_where_they_were(position: Position, digits: int, more: int) -> None:
    lat, lon = position.lat_u / 1e6, position.lon_u / 1e6
    read, open_m = parse(f"{lat:.{digits}f} {lon:.{min(6, digits + more)}f}")
    assert geodesy.distance_m(read, position) <= open_m + GRAIN_M


@pytest.mark.parametrize(
    "text",
    [
        "49.839861, 24.018056",
        "49,839861; 24,018056",
        "N49.839861 E24.018056",
        "49.839861N 24.018056E",
        "49°50'23.5\"N 24°01'05.0\"E",
        "49 50 23.5 N 24 01 05.0 E",
        "N49°50.3917' E24°01.0833'",
        "49°50\u203223.5\u2033N, 24°1\u203205\u2033E",
        "49\u00a0deg 50 min 23.5 sec N 24 deg 01 min 05 sec E",
        "49.839861\u00a0\u00a0+24.018056",
        "49,839861,24,018056",
    ],
)
def test_one_place_in_many_spellings(text: str) -> None:
    read, _ = parse(text)
    near = Position(49_839_861, 24_018_056)
    assert geodesy.distance_m(read, near) < 30


@pytest.mark.parametrize(
    ("text", "open_m"),
    [
        ("9.5, -18.2", 7_872),
        ("9.50, -18.20", 788),
        ("9.500000, -18.200000", 0),
        ("9°30'00.00\"N 18°12'00.00\"W", 1),
        ("26PQA0123", 708),
        ("26PQA01234567", 8),
        ("26PQA0123456789", 1),
        ("26P 500000 1050000", 1),
    ],
)
def test_what_a_notation_leaves_open_is_told_in_metres(text: str, open_m: int) -> None:
    assert parse(text)[1] == open_m


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no place"),
        ("somewhere", "is no place"),
        ("24.02E 49.84N", "longitude first"),
        ("95.0, 10.0", "beyond the poles"),
        ("49 60 00 N 24 00 00 E", "sixty minutes"),
        ("-49.84N 24.02E", "a sign and a letter"),
        ("49,8 24.0", "commas and decimal points"),
        ("34U 636000 523000", "latitude band"),
        ("61UAA1234", "is no grid reference"),
        ("34UFA123", "odd number of digits"),
        ("34UFA", "square of 100 km"),
        ("34U 636000", "is no place"),
        ("47WNK32938781", "is no grid reference of that zone and band"),
        ("34VAB52316429", "is no grid reference of that zone and band"),
        ("32XNA12345678", "is no grid reference"),
        ("26\u212aQA1234", "is no place"),
        ("26\u212a 500000 5000000", "is no place"),
        ("9.5 \u017f 18 W", "is no place"),
        ("1\u0662, 5", "is no place"),
        ("49,5,24", "a comma too few or too many"),
        ("49,24,5", "a comma too few or too many"),
        ("9 301 N 18 12 W", "is no place"),
        ("9°30.5'10\"N 18°12'00\"W", "parts of a minute and seconds too"),
        ("49.1234567890123, 24", "is no place"),
        ("120.0, 24.0", "is no place"),
        ("24.0, 190.0", "beyond 180"),
        ("0U 500000 5524138", "no place in UTM"),
        ("9" * 200, "is no place"),
    ],
)
def test_what_is_no_place_is_refused_in_one_sentence_with_an_example(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        parse(text)
    assert "\n" not in str(refused.value)


def test_the_examples_of_a_refusal_are_places() -> None:
    with pytest.raises(BadInput) as refused:
        parse("somewhere")
    for example in str(refused.value).partition("write it like ")[2].split(" or "):
        assert parse(example)[1] <= 22


@given(st.text(max_size=60))
def test_whatever_is_written_is_a_place_or_refused(text: str) -> None:
    try:
        position, open_m = parse(text)
    except BadInput:
        return
    assert abs(position.lat_u) <= 90_000_000
    assert open_m >= 0


def test_near_a_pole_the_grids_say_that_they_do_not_reach() -> None:
    with pytest.raises(BadInput, match="80 south to 84 north"):
        written(Position(89_000_000, 0), Notation.MGRS)
