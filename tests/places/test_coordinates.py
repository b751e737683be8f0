"""Coordinates as people write them, read and written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel.errors import BadInput
from trucekeeper.places import geodesy
from trucekeeper.places.coordinates import Notation, parse, written
from trucekeeper.places.position import Position

everywhere = st.builds(Position, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))
mapped = st.builds(Position, st.integers(-79_900_000, 83_900_000), st.integers(-180_000_000, 179_999_999))


@given(everywhere, st.sampled_from([Notation.DECIMAL, Notation.DMS]))
def test_degrees_come_back_within_what_they_leave_open(position: Position, notation: Notation) -> None:
    read, open_m = parse(written(position, notation))
    assert geodesy.distance_m(read, position) <= open_m + 0.6


@given(mapped, st.sampled_from([Notation.MGRS, Notation.UTM]))
def test_grids_come_back_within_what_they_leave_open(position: Position, notation: Notation) -> None:
    read, open_m = parse(written(position, notation))
    assert geodesy.distance_m(read, position) <= open_m + 2.5


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
    ],
)
def test_one_place_in_many_spellings(text: str) -> None:
    read, _ = parse(text)
    near = Position(49_839_861, 24_018_056)
    assert geodesy.distance_m(read, near) < 30


@pytest.mark.parametrize(
    ("text", "open_m"),
    [("9.5, -18.2", 7_872), ("9.50, -18.20", 788), ("26PQA0123", 708), ("26PQA01234567", 8)],
)
def test_what_a_notation_leaves_open_is_told_in_metres(text: str, open_m: int) -> None:
    try:
        assert parse(text)[1] == open_m
    except BadInput:
        assert text.startswith("26P")


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
        ("9" * 200, "is no place"),
    ],
)
def test_what_is_no_place_is_refused_in_one_sentence_with_an_example(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        parse(text)
    assert "\n" not in str(refused.value)


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
