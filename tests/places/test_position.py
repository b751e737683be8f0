import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel.errors import BadInput
from trucekeeper.places.position import (
    BEARINGS,
    Position,
    bearing_of,
    format_degrees,
    format_position,
    parse_degrees,
    parse_position,
    swapped_near,
)


@given(st.integers(-180_000_000, 180_000_000))
def test_written_degrees_read_back_as_the_same_whole_number(value: int) -> None:
    assert parse_degrees(format_degrees(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("47.62", 47_620_000),
        ("-0.000001", -1),
        ("+18", 18_000_000),
        (" 7.1234565 ", 7_123_456),
        ("7.1234575", 7_123_458),
    ],
)
def test_decimal_degrees_are_read_exactly(text: str, value: int) -> None:
    assert parse_degrees(text) == value


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e3", "12,5", "47.", "1234.5", "--3", "0x10", "١٢"])
def test_what_is_no_decimal_number_of_degrees_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not a number of degrees"):
        parse_degrees(text)


def test_a_latitude_that_can_only_be_a_longitude_is_said_to_be_swapped() -> None:
    with pytest.raises(BadInput, match="swapped"):
        parse_position("137.5", "48.1")
    assert format_position(parse_position("48.1", "137.5")) == "48.100000, 137.500000"


def test_a_position_far_off_that_is_near_once_swapped_is_noticed() -> None:
    expected = Position(48_000_000, 38_000_000)
    assert swapped_near(Position(38_100_000, 48_100_000), expected)
    assert not swapped_near(Position(48_100_000, 38_100_000), expected)
    assert not swapped_near(Position(10_000_000, 10_000_000), expected)
    assert not swapped_near(Position(10_000_000, 170_000_000), expected)


def test_every_compass_point_is_understood_in_letters_and_words() -> None:
    assert [bearing_of(name) for name in BEARINGS] == list(range(16))
    assert bearing_of("south-east") == bearing_of("South East") == bearing_of("se") == 6
    assert bearing_of("north-north-east") == 1
    with pytest.raises(BadInput, match="compass"):
        bearing_of("up")
