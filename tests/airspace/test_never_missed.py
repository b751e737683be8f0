"""Where an airspace service can miss a conflict, each way by itself, through the desk and against brute force."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.airspace.kit import (
    HOUR,
    NOW,
    ONE,
    TWO,
    Kit,
    an_id,
    box,
    circle,
    indexes,
    intent,
    new_kit,
    polygon,
    sent,
    volume,
)
from trucekeeper.airspace import requests
from trucekeeper.airspace.book import Indexes
from trucekeeper.airspace.refusals import Unaware
from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.overlap import overlap
from trucekeeper.places.geodesy import azimuth as azimuth_of
from trucekeeper.places.geodesy import direct, distance_m
from trucekeeper.places.position import Position

REFERENCE = "operational_intent_reference"
FAR = 400 * 24 * HOUR
SPOTS = ((48.0, 37.0), (0.0, 179.9999), (-0.001, -180.0), (89.999, 10.0), (-90.0, 0.0), (70.0, 0.0))
quick = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def outlines(draw: st.DrawFn) -> dict[str, object]:
    """Circles and boxes that crowd around a few awkward places: poles, the antimeridian, the equator."""
    lat, lng = draw(st.sampled_from(SPOTS))
    lat += draw(st.integers(-20, 20)) / 1000
    lng = (lng + draw(st.integers(-20, 20)) / 1000 + 180) % 360 - 180
    if abs(lat) > 89 or draw(st.booleans()):
        return circle(max(-90.0, min(90.0, lat)), lng, draw(st.sampled_from((50, 333.33, 1_500, 28_000))))
    high, wide = draw(st.integers(1, 40)) / 1000, draw(st.integers(1, 40)) / 1000
    east = (lng + wide + 180) % 360 - 180
    return polygon((lat, lng), (lat, east), (lat + high, east), (lat + high, lng))


@st.composite
def volumes(draw: st.DrawFn, since: int = 0) -> dict[str, object]:
    """Windows from a moment to more than a year, bands that touch, in one of those places."""
    start = NOW + since + draw(st.sampled_from((0, 1, HOUR, 2 * HOUR, FAR)))
    end = start + draw(st.sampled_from((0, 1, HOUR, FAR)))
    low = draw(st.sampled_from((-10.0, 0.0, 50.0, 120.0, 120.01)))
    return volume(draw(outlines()), start, end, low, low + draw(st.sampled_from((0.0, 50.0, 70.0, 500.0))))


def found(kit: Kit, asked: dict[str, object]) -> set[str]:
    area = requests.area(sent({"area_of_interest": asked}))
    listed = kit.desk.intents(ONE, area)["operational_intent_references"]
    return {one["id"] for one in listed}  # type: ignore[union-attr]


def missing(kit: Kit, body: dict[str, object]) -> set[str]:
    try:
        kit.intent(TWO, an_id(999_999), body)
    except Unaware as refused:
        return {one["id"] for one in refused.intents}
    return set()


@quick
@given(held=st.lists(volumes(), min_size=1, max_size=12), asked=volumes())
def test_whatever_meets_is_found_and_has_to_be_known(stores: Indexes, held, asked):
    kit = new_kit(stores)
    known: list[str] = []
    for number, one in enumerate(held):
        made = kit.intent(ONE, an_id(number), intent(one, key=known))
        known.append(made[REFERENCE]["ovn"])
    area = requests.area(sent({"area_of_interest": asked}))
    meets = {
        an_id(number)
        for number, one in enumerate(held)
        if overlap(requests.area(sent({"area_of_interest": one})), area)
    }
    assert found(kit, asked) == meets
    assert missing(kit, intent(asked)) == meets


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(("put", "delete", "subscribe", "later")), volumes()),
        max_size=15,
    )
)
def test_every_store_answers_as_brute_force_does(stores: Indexes, steps):
    kits = (new_kit(stores), new_kit(indexes()))
    for number, act, body in steps:
        one, other = (answered(kit, number, act, body) for kit in kits)
        assert one == other
    for kit in kits:
        kit.matches()


def answered(kit: Kit, number: int, act: str, body: dict[str, object]) -> object:
    """What the desk says to one step; a key that lacks something is said to be too short, and then completed."""
    try:
        book = kit.desk.state()
        standing = book.intents.get(an_id(number))
        ovn = None if standing is None else standing.ovn
        if act == "later":
            kit.clock.at = Instant(kit.clock.at + HOUR)
            return None
        if act == "delete":
            return kit.desk.delete_intent(ONE, an_id(number), ovn or "x" * 20)
        if act == "subscribe":
            window = {**body, "time_end": volume(end=kit.clock.at + HOUR)["time_end"], "time_start": None}
            kit.subscription(ONE, an_id(100 + number), {**sub(window)})
        known = [one.ovn for one in book.intents.values()]
        lacking = missing(kit, intent(body))
        new = {"uss_base_url": "https://uss1.example"}
        return lacking, kit.intent(ONE, an_id(number), intent(body, key=known, new_subscription=new), ovn)
    except Exception as error:  # noqa: BLE001 - both desks must fail alike
        return type(error), str(error)


def sub(extents: dict[str, object]) -> dict[str, object]:
    return {
        "extents": extents,
        "uss_base_url": "https://uss1.example",
        "notify_for_operational_intents": True,
    }


def test_a_search_is_never_truncated(stores: Indexes):
    kit = new_kit(stores)
    known: list[str] = []
    for number in range(300):
        made = kit.intent(ONE, an_id(number), intent(key=known))
        known.append(made[REFERENCE]["ovn"])
    assert len(found(kit, volume())) == 300
    assert len(missing(kit, intent())) == 300
    assert missing(kit, intent(key=known[1:])) == {an_id(0)}


@quick
@given(
    azimuth=st.floats(-180, 180), radius=st.integers(100, 28_000), share=st.sampled_from((0.9, 0.99, 0.9999))
)
def test_a_circle_is_met_all_along_its_rim(stores: Indexes, azimuth, radius, share):
    kit = new_kit(stores)
    kit.intent(ONE, an_id(1), intent(volume(circle(60.0, 10.0, radius))))
    rim = direct(Position(60_000_000, 10_000_000), azimuth, radius * share)
    small = circle(rim.lat_u / 1e6, rim.lon_u / 1e6, 0.01)
    assert missing(kit, intent(volume(small))) == {an_id(1)}


@quick
@given(south=st.sampled_from((-70.0, -45.0, 45.0, 65.0, 80.0)), west=st.sampled_from((10.0, 179.6, -180.0)))
@example(south=65.0, west=179.6)
def test_edges_are_the_shortest_ways_and_no_straight_lines_of_a_map(stores: Indexes, south, west):
    kit = new_kit(stores)
    east = (west + 0.6 + 180) % 360 - 180
    far = south + math.copysign(0.3, south)
    kit.intent(ONE, an_id(1), intent(volume(polygon((south, west), (south, east), (far, east), (far, west)))))
    one, other = (Position(round(far * 1e6), round(lng * 1e6)) for lng in (west, east))
    middle = direct(one, azimuth_of(one, other), distance_m(one, other) / 2)
    beyond = circle(middle.lat_u / 1e6, middle.lon_u / 1e6, 0.5)
    assert missing(kit, intent(volume(beyond))) == {an_id(1)}
    assert abs(middle.lat_u) > abs(round(far * 1e6)) + 100


@quick
@given(start=st.integers(0, FAR), long=st.integers(0, 1_000))
def test_a_long_window_hides_no_moment_of_it(stores: Indexes, start, long):
    kit = new_kit(stores)
    kit.intent(ONE, an_id(1), intent(volume(end=NOW + FAR)))
    moment = volume(start=NOW + start, end=NOW + start + long)
    assert missing(kit, intent(moment)) == {an_id(1)}
    after = volume(start=NOW + FAR + 1, end=NOW + FAR + 1 + long)
    assert missing(kit, intent(after)) == set()


@quick
@given(low=st.integers(-8_000, 99_000), thick=st.integers(0, 200))
def test_altitudes_count_and_so_do_those_that_touch(stores: Indexes, low, thick):
    kit = new_kit(stores)
    kit.intent(ONE, an_id(1), intent(volume(low=50, high=120)))
    meets = low <= 120 and low + thick >= 50
    assert missing(kit, intent(volume(low=low, high=low + thick))) == ({an_id(1)} if meets else set())


def test_of_simultaneous_writes_that_overlap_one_alone_passes(stores: Indexes):
    kit = new_kit(stores)
    gate = threading.Barrier(20)

    def write(number: int) -> bool:
        gate.wait()
        try:
            kit.intent(ONE, an_id(number), intent())
        except Unaware:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(write, range(20))) == 1
    kit.matches()


@pytest.mark.parametrize("narrow", [1e-6, 2e-7, 1e-9])
def test_a_sliver_is_met_too(stores: Indexes, narrow):
    kit = new_kit(stores)
    kit.intent(ONE, an_id(1), intent(volume(box(48.0, 37.0, 48.0 + narrow, 37.1))))
    assert missing(kit, intent(volume(circle(48.0, 37.05, 1)))) == {an_id(1)}
