"""How large a footprint is, and what keeps a ring from being one."""

import math
from collections.abc import Sequence

from trucekeeper.airspace.covering import Flat, edges, mapped, middle_of, vector
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.places.position import Position

_R_KM = 6_371.0088


def area_km2(footprint: Footprint) -> float:
    """The area of a circle or of the smaller side of a ring, on the sphere of mean radius: to half a percent."""
    if footprint.form is Form.RING:
        excess = abs(_excess(footprint.points)) % (4 * math.pi)
        return _R_KM * _R_KM * min(excess, 4 * math.pi - excess)
    radius = min(math.pi, footprint.reach_cm / 1e5 / _R_KM)
    return 2 * math.pi * _R_KM * _R_KM * (1 - math.cos(radius))


def ring_fault(points: Sequence[Position]) -> str | None:
    """Why the edges between these points do not enclose one area; None where they do."""
    if len(set(points)) < len(points):
        return "come to the same point twice; leave one out"
    flat = mapped(points, middle_of(points))
    if flat is None:
        return "lie more than a quarter of the Earth apart; send smaller areas"
    return "make edges that cross or touch; put them in order along the border" if _crossed(flat) else None


def _excess(points: Sequence[Position]) -> float:
    """Twice the sum of half the spherical excess of each triangle from the middle (van Oosterom and Strackee)."""
    centre = middle_of(points)
    total = 0.0
    for at in range(len(points)):
        one, other = vector(points[at - 1]), vector(points[at])
        cross = (
            one[1] * other[2] - one[2] * other[1],
            one[2] * other[0] - one[0] * other[2],
            one[0] * other[1] - one[1] * other[0],
        )
        dots = sum(a * b + b * c + c * a for a, b, c in zip(centre, one, other, strict=True))
        total += 2 * math.atan2(sum(a * b for a, b in zip(centre, cross, strict=True)), 1 + dots)
    return total


def _crossed(flat: Sequence[Flat]) -> bool:
    """Whether two edges that are not neighbours share a point; by a sweep from west to east."""
    ring = edges(flat)
    count = len(ring)
    order = sorted(range(count), key=lambda at: min(ring[at][0][0], ring[at][1][0]))
    open_now: list[int] = []
    for at in order:
        west = min(ring[at][0][0], ring[at][1][0])
        open_now = [one for one in open_now if max(ring[one][0][0], ring[one][1][0]) >= west]
        if any(_meet(ring[one], ring[at]) for one in open_now if (one - at) % count not in {1, count - 1}):
            return True
        open_now.append(at)
    return any(_back(ring[at - 1], ring[at]) for at in range(count))


def _meet(one: tuple[Flat, Flat], other: tuple[Flat, Flat]) -> bool:
    (a, b), (c, d) = one, other
    if max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
        return False
    sides = (_side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b))
    return sides[0] * sides[1] <= 0 and sides[2] * sides[3] <= 0


def _back(one: tuple[Flat, Flat], other: tuple[Flat, Flat]) -> bool:
    """Whether an edge goes back along the one before it."""
    (a, b), (_, d) = one, other
    return _side(a, b, d) == 0 and (b[0] - a[0]) * (d[0] - b[0]) + (b[1] - a[1]) * (d[1] - b[1]) < 0


def _side(a: Flat, b: Flat, c: Flat) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
