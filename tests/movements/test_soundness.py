"""What is wrong or doubtful about a notice on the ground."""

from dataclasses import replace

import pytest

from tests.movements.sample import HOUR, LATER, NOW, RULES, convoy, site
from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.model import Corridor, Ground, Kind, Notice
from trucekeeper.movements.soundness import faults
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.places.position import Position

HOLDERS = frozenset({"liaison-a", "liaison-b"})
SQUARE = tuple(Position(*one) for one in ((0, 0), (0, 9_000), (9_000, 9_000), (9_000, 0)))

FAR = Position(13_000_000, -18_300_000)


def route() -> Corridor:
    where = convoy().where
    assert isinstance(where, Corridor)
    return where


def area(*points: Position, end: int | None = None) -> Notice:
    footprint = Footprint(Form.RING, points)
    where = Ground((footprint,), LATER, None if end is None else Instant(end))
    return site(kind=Kind.HAZARD, where=where)


def test_the_samples_have_no_fault_that_refuses() -> None:
    for one in (site(), convoy(), area(*SQUARE)):
        assert [fault.says for fault in faults(one, RULES, NOW, HOLDERS) if fault.refuses] == []


@pytest.mark.parametrize(
    ("notice", "says"),
    [
        (site(recipients=("liaison-c",)), "in no mandate here"),
        (area(SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]), "crosses itself"),
        (area(*SQUARE, SQUARE[0]), "again as point"),
        (area(SQUARE[0], SQUARE[1], Position(0, 18_000)), "encloses nothing"),
        (area(Position(0, 0), Position(0, 9_000_000), Position(9_000_000, 0)), "square kilometres"),
        (area(Position(0, 0), Position(0, 60_000_000), Position(60_000_000, 0)), "2,000 km"),
        (area(*SQUARE, end=LATER - 1), "ends before it starts"),
        (area(*SQUARE, end=LATER + 500 * 24 * HOUR), "longer than 400 days"),
        (replace(area(*SQUARE), kind=Kind.ACTIVITY), "without end"),
        (convoy(Instant(NOW - 72 * HOUR)), "in the past"),
        (convoy(Instant(NOW + 900 * 24 * HOUR)), "two years"),
        (convoy(where=replace(route(), waypoints=route().waypoints[::-1])), "in time; put them in order"),
        (
            convoy(
                where=replace(
                    route(),
                    waypoints=(
                        route().waypoints[0],
                        replace(route().waypoints[1], at=Position(15_000_000, 0)),
                    ),
                )
            ),
            "1,500 km",
        ),
        (
            convoy(
                where=replace(
                    route(),
                    waypoints=(
                        route().waypoints[0],
                        replace(route().waypoints[1], at=Position(13_000_000, -18_300_000)),
                    ),
                )
            ),
            "so fast",
        ),
    ],
)
def test_what_nobody_could_act_on_is_refused(notice: Notice, says: str) -> None:
    assert any(says in fault.says and fault.refuses for fault in faults(notice, RULES, NOW, HOLDERS))


@pytest.mark.parametrize(
    ("notice", "says"),
    [
        (convoy(Instant(NOW + 20 * HOUR)), "less than 48 hours"),
        (convoy(Instant(NOW + 20 * HOUR), emergency=True), "less than 24 hours"),
        (convoy(vehicles=()), "no vehicle is named"),
        (site(), "no photograph"),
    ],
)
def test_what_is_only_odd_or_late_is_told_and_taken(notice: Notice, says: str) -> None:
    found = [fault for fault in faults(notice, RULES, NOW, HOLDERS) if says in fault.says]
    assert [fault.refuses for fault in found] == [False]
