"""What a client sends becomes a volume that is never smaller."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.airspace.kit import altitude, box, circle, polygon, sent, volume
from trucekeeper.airspace import extents, requests
from trucekeeper.airspace.covering import holds
from trucekeeper.airspace.extents import Needs
from trucekeeper.airspace.refusals import TooLarge
from trucekeeper.airspace.sent import Given, parse
from trucekeeper.kernel.clock import parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position


def read(body: object) -> Volume:
    return extents.volume(Given(sent(body)), Needs())


def footprint(outline: dict[str, object]) -> Footprint:
    return read(volume(outline)).footprint


@given(metres=st.decimals("0.0001", "190000", places=4), low=st.decimals("-8000", "100000", places=4))
def test_radii_and_altitudes_are_rounded_outward_to_the_centimetre(metres, low):
    text = (
        b'{"volume": {"outline_circle": {"center": {"lat": 1, "lng": 2}, "radius": {"value": %b, "units": "M"}},'
        b'"altitude_lower": {"value": %b, "units": "M", "reference": "W84"},'
        b'"altitude_upper": {"value": %b, "units": "M", "reference": "W84"}}}'
    ) % (str(metres).encode(), str(low).encode(), str(low).encode())
    made = extents.volume(Given(parse(text)), Needs())
    assert made.low_cm is not None
    assert made.high_cm is not None
    assert 0 <= made.footprint.reach_cm - metres * 100 < 1
    assert 0 <= low * 100 - made.low_cm < 1
    assert 0 <= made.high_cm - low * 100 < 1


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-03-01T12:00:00Z", 0, 0),
        ("2026-03-01T12:00:00.0009Z", 0, 1),
        ("2026-03-01T12:00:00.000000Z", 0, 0),
        ("2026-03-01T12:00:00.123456789012Z", 123, 124),
        ("2026-03-01t12:00:00.5z", 500, 500),
        ("2026-03-01T14:00:00.0001+02:00", 0, 1),
    ],
)
def test_starts_go_down_and_ends_up_to_the_millisecond(text, start, end):
    said = {"value": text, "format": "RFC3339"}
    body = {**volume(), "time_start": said, "time_end": said}
    noon = parse_utc("2026-03-01T12:00:00.000Z")
    made = read(body)
    assert (made.start, made.end) == (noon + start, noon + end)


def test_a_number_is_what_its_digits_say_and_not_what_a_float_makes_of_it():
    body = b'{"volume": {"outline_circle": {"center": {"lat": 0.0000005, "lng": -0.0000015}, "radius": '
    made = extents.volume(Given(parse(body + b'{"value": 0.07, "units": "M"}}}}')), Needs())
    assert made.footprint == Footprint(Form.POINT, (Position(0, -2),), 7)


def test_an_altitude_that_is_left_open_has_no_bound():
    made = read({"volume": circle() | {"altitude_lower": None, "altitude_upper": altitude(5)}})
    assert (made.low_cm, made.high_cm, made.start, made.end) == (None, 500, None, None)


@pytest.mark.parametrize(
    ("corners", "form"),
    [
        (((48, 37), (48.0000001, 37), (48, 37.0000001)), Form.POINT),
        (((48, 37), (48.0000001, 37), (48, 37.1)), Form.PATH),
        (((48, 37), (48.1, 37), (48, 37.1)), Form.RING),
    ],
)
def test_what_is_narrower_than_a_microdegree_is_kept(corners, form):
    assert footprint(polygon(*corners)).form is form


@pytest.mark.parametrize(("radius", "fits"), [(28_200, True), (28_230, False)])
def test_the_largest_area_is_2500_square_kilometres(radius, fits):
    body = sent({"area_of_interest": volume(circle(radius=radius))})
    if fits:
        assert requests.area(body).footprint.reach_cm == radius * 100
    else:
        with pytest.raises(TooLarge):
            requests.area(body)


LARGE = [
    box(0, 0, 0.5, 0.5),
    box(0, 179.75, 0.5, -179.75),
    box(80, 0, 80.5, 3),
    box(-80, -170, 80, 170),
    polygon(*[(89.5, lng) for lng in range(-180, 180, 10)]),
    polygon((0, 0), (0, 60), (0.001, 30)),
]
FITTING = [
    box(0, 0, 0.44, 0.44),
    box(0, 179.8, 0.44, -179.8),
    box(80, 0, 80.4, 2),
    polygon(*[(89.8, lng) for lng in range(-180, 180, 10)]),
    polygon(*[(-89.8, lng) for lng in range(180, -180, -10)]),
]


@pytest.mark.parametrize("outline", LARGE)
def test_a_ring_that_is_too_large_is_told_so_wherever_it_lies(outline):
    with pytest.raises(TooLarge):
        requests.area(sent({"area_of_interest": volume(outline)}))


@pytest.mark.parametrize("outline", FITTING)
def test_a_ring_of_up_to_2500_square_kilometres_is_taken_wherever_it_lies(outline):
    assert requests.area(sent({"area_of_interest": volume(outline)})).footprint.form is Form.RING


INSIDE = [
    (circle(radius=300), circle(radius=300), True),
    (circle(radius=300), circle(radius=299), True),
    (circle(radius=300), circle(radius=310), False),
    (circle(radius=300), box(47.999, 36.998, 48.001, 37.002), True),
    (circle(radius=300), box(47.99, 36.998, 48.001, 37.002), False),
    (box(47.9, 36.9, 48.1, 37.1), circle(radius=5_000), True),
    (box(47.9, 36.9, 48.1, 37.1), circle(radius=9_000), False),
    (box(47.9, 36.9, 48.1, 37.1), circle(lat=48.2, radius=10), False),
    (box(47.9, 36.9, 48.1, 37.1), box(47.95, 36.95, 48.05, 37.05), True),
    (box(47.9, 36.9, 48.1, 37.1), box(47.95, 36.95, 48.05, 37.15), False),
    (box(47.9, 36.9, 48.1, 37.1), box(47.9, 36.9, 48.1, 37.0), True),
    (box(-0.1, 179.9, 0.1, -179.9), box(-0.05, 179.95, 0.05, -179.95), True),
    (polygon((0, 0), (0, 1), (0.01, 0.5)), polygon((0, 0.1), (0, 0.9), (0.009, 0.5)), True),
    (polygon((0, 0), (0, 1), (0.1, 0.5)), polygon((0, 0.1), (0, 0.9), (0.12, 0.5)), False),
    (box(48, 37, 48.1, 37.5), box(48, 37.2, 48.1, 37.3), True),
    (polygon((0, 0), (0.2, 0.1), (0, 0.2), (0.4, 0.1)), polygon((0, 0.01), (0, 0.19), (0.3, 0.1)), False),
]


@pytest.mark.parametrize(("outer", "inner", "held"), INSIDE)
def test_one_footprint_holds_another_or_not(outer, inner, held):
    assert holds(footprint(outer), footprint(inner)) is held


@given(share=st.decimals("0.05", "0.95", places=2), lat=st.sampled_from((0.0, 60.0, 88.0, -90.0)))
def test_a_smaller_circle_about_the_same_point_is_held_and_a_larger_one_is_not(share, lat):
    outer, inner = (
        footprint(circle(lat, 10, 20_000)),
        footprint(circle(lat, 10, float(share * Decimal(20_000)))),
    )
    assert holds(outer, inner)
    assert not holds(inner, outer)


def test_what_is_not_sent_as_a_list_of_objects_is_named():
    with pytest.raises(BadInput, match=r"extents\[0\].volume.outline_polygon.vertices"):
        requests.constraint(sent({"extents": [volume({"outline_polygon": {"vertices": 5}})]}))
