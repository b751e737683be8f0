"""Whether a ring can be one, and about how large it is, on the globe with shortest ways for edges."""

import math
from collections.abc import Sequence

import numpy as np

from trucekeeper.kernel.errors import BadInput
from trucekeeper.places import sphere
from trucekeeper.places.compiled import compiled
from trucekeeper.places.position import Position
from trucekeeper.places.sphere import Floats

MOST_POINTS = 10_000
FARTHEST = math.radians(20)
"""How far a ring's points may lie from its middle: about 2,200 km."""
_R_KM = 6_371.0088
_RUN = 16
_NOTHING = "encloses nothing; give three corners or more that do not lie on one line"
_TOUCH2 = 1e-20
"""The square of what counts as touching: a millimetre."""


def fault(points: Sequence[Position], numbers: Sequence[int] | None = None) -> str | None:
    """What keeps these points from bounding an area, in a few words that follow "area 1"; None where nothing does.

    ``numbers`` are those, from 0, by which the points are spoken of, where they are not simply counted.
    More than :data:`MOST_POINTS` points are not looked at; so many take some hundredths of a second.
    """
    if len(points) > MOST_POINTS:
        return f"has more than {MOST_POINTS:,} points; simplify its outline"
    named = range(len(points)) if numbers is None else numbers
    first: dict[Position, int] = {}
    for number, point in zip(named, points, strict=True):
        if point in first and numbers is not None:
            return (
                f"meets itself at or after its points {first[point] + 1} and {number + 1};"
                " remove one of them, or put them in the order of its outline"
            )
        if point in first:
            return f"has point {first[point] + 1} again as point {number + 1}; remove one"
        first[point] = number
    if len(points) < 3:
        return _NOTHING
    made = sphere.core(sphere.RING, (points,))
    if made.cap > FARTHEST:
        return "spans more than 2,000 km; announce its parts"
    one, two = _crossing(made.points)
    if one >= 0:
        return (
            f"crosses itself between its points {named[one] + 1} and {named[two] + 1};"
            " put them in the order of its outline"
        )
    if _size_km2(made.points, made.centre) < 1e-6:
        return _NOTHING
    return None


def area_km2(points: Sequence[Position], reach_cm: int = 0) -> float:
    """About how many square kilometres a ring (or a point) and what lies within its reach cover; never less by much.

    BadInput where the ring spans more than can be measured.
    """
    reach_km = reach_cm / 100_000
    if len(points) < 3:
        return math.pi * reach_km * reach_km
    made = sphere.core(sphere.RING, (points,))
    if made.cap > FARTHEST:
        msg = "spans more than 2,000 km; announce its parts"
        raise BadInput(msg)
    around_km = sum(_R_KM * math.dist(made.points[at - 1], made.points[at]) for at in range(len(made.points)))
    return _size_km2(made.points, made.centre) + around_km * reach_km + math.pi * reach_km * reach_km


@compiled
def _crossing(points: Floats) -> tuple[int, int]:
    """The first two edges that are not neighbours and touch, each by the number of its first point; -1 for none.

    Runs of edges that a ball around them keeps apart from an edge are passed over.
    """
    count = len(points)
    runs = (count + _RUN - 1) // _RUN
    balls = np.empty((runs, 4))
    for run in range(runs):
        low, high = run * _RUN, min(run * _RUN + _RUN, count)
        middle, radius = (low + high) // 2, 0.0
        for at in range(low, high + 1):
            radius = max(radius, _apart(points, middle, points, at % count))
        for axis in range(3):
            balls[run, axis] = points[middle, axis]
        # An arc rises above its chord by less than half the chord's length.
        balls[run, 3] = 1.5 * radius + 1e-9
    for one in range(count):
        onward = (one + 1) % count
        long = _apart(points, one, points, onward)
        for run in range((one + 2) // _RUN, runs):
            if _apart(points, one, balls, run) > balls[run, 3] + 1.5 * long:
                continue
            for two in range(max(one + 2, run * _RUN), min(run * _RUN + _RUN, count)):
                if one == 0 and two == count - 1:
                    continue
                if sphere.between(points, one, onward, points, two, (two + 1) % count) < _TOUCH2:
                    return one, two
    return -1, -1


@compiled
def _apart(one: Floats, i: int, other: Floats, k: int) -> float:
    x, y, z = one[i, 0] - other[k, 0], one[i, 1] - other[k, 1], one[i, 2] - other[k, 2]
    return math.sqrt(x * x + y * y + z * z)


@compiled
def _size_km2(points: Floats, centre: Floats) -> float:
    """The area enclosed, by triangles from the centre (L'Huilier would be no better for such sizes)."""
    total = 0.0
    count = len(points)
    for at in range(count):
        a, b = points[at], points[(at + 1) % count]
        volume = (
            centre[0] * (a[1] * b[2] - a[2] * b[1])
            + centre[1] * (a[2] * b[0] - a[0] * b[2])
            + centre[2] * (a[0] * b[1] - a[1] * b[0])
        )
        below = 1.0
        for axis in range(3):
            below += centre[axis] * a[axis] + a[axis] * b[axis] + b[axis] * centre[axis]
        total += 2 * math.atan2(volume, below)
    return float(abs(total) * _R_KM * _R_KM)
