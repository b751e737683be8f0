"""How near two shapes come on the globe: never told farther than they are.

Positions are taken for points of a unit sphere, their geodetic latitude for the sphere's. On WGS 84 a step is at least
:data:`LEAST_RADIUS_M` times the step on that sphere, for no radius of curvature is smaller; so the angle on the sphere
times that radius is never more than the geodesic distance on the ellipsoid, and at most 1.02 per cent less. A shortest
way on the ellipsoid strays from the great circle between the same points by up to :data:`STRAY` times its length
squared. Both are allowed for in what a shape's reach counts for, so what meets on the ellipsoid always meets here.

Everything is done with unit vectors, so poles and the antimeridian are places like any other; and with differences of
vectors, so that metres are as sure as kilometres. What is passed over is passed over with room to spare, and what
decides is the same whichever shape comes first, so answers are symmetric to the last bit.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trucekeeper.places.compiled import compiled, compiled_within
from trucekeeper.places.position import Position

Floats = NDArray[np.float64]
Indexes = NDArray[np.int64]
Corners = NDArray[np.int32]
"""One corner a row: latitude and longitude in microdegrees, and how many rows on the corner is to which an edge leads.

That is 1, back to the first corner at the end of a ring, and 0 at the end of a path.
"""

LEAST_RADIUS_M = 6_335_439.0
"""WGS 84's smallest radius of curvature: along the meridian at the equator, a (1 - e^2)."""
STRAY = 8.5e-11
"""Per metre: an edge of L metres strays up to STRAY * L^2.

In 700,000 random edges the most was 6.54e-11 up to 1,000 km, and 8.33e-11 at 10,000 km.
"""
GRAIN_M = 0.5
"""What arithmetic may be off by, with room to spare."""

POINT, PATH, RING = 0, 1, 2
"""Forms of a core."""

FIRST, SIZE, FORM, REACH_CM = 0, 1, 2, 3
"""Columns of a table of shapes: where the corners begin, how many they are, the form, and the reach."""
CENTRE, CAP, SHARE = 0, 3, 4
"""Columns beside it: a point of the sphere (three), the angle around it that holds the core, and that of the reach.

The share is the angle that the reach, the straying edges and half of the grain come to; :data:`EVERYWHERE` for a
shape that nothing smaller holds for certain.
"""
BALL = 5
EVERYWHERE = math.pi

_FARTHEST = math.radians(81)
_LONGEST = math.radians(91)
"""Rings lie within this angle of their middle, and edges are no longer, or else the shape is everywhere."""
_SHORTEST2 = 1e-18
"""Squared: an edge below 6 mm is a point."""
_MANY = 2_048
_RUN = 16


@compiled
def chord2(angle: float) -> float:
    """The square of the chord under an angle at the centre of a unit sphere."""
    half = math.sin(min(angle, math.pi) / 2)
    return 4 * half * half


@compiled_within
def _angle(square: float) -> float:
    return 2 * math.asin(min(math.sqrt(square) / 2, 1.0))


@compiled_within
def _apart2(p: Floats, i: int, q: Floats, k: int) -> float:
    x, y, z = p[i, 0] - q[k, 0], p[i, 1] - q[k, 1], p[i, 2] - q[k, 2]
    return float(x * x + y * y + z * z)


@compiled_within
def _from_point(p: Floats, i: int, q: Floats, j: int, k: int) -> float:
    """Squared chord from the point ``p[i]`` to the great-circle arc from ``q[j]`` to ``q[k]``, below half a turn."""
    ax, ay, az = q[j, 0], q[j, 1], q[j, 2]
    bx, by, bz = q[k, 0], q[k, 1], q[k, 2]
    ex, ey, ez = p[i, 0] - ax, p[i, 1] - ay, p[i, 2] - az
    fx, fy, fz = p[i, 0] - bx, p[i, 1] - by, p[i, 2] - bz
    least = float(min(ex * ex + ey * ey + ez * ez, fx * fx + fy * fy + fz * fz))
    dx, dy, dz = bx - ax, by - ay, bz - az
    nx, ny, nz = ay * dz - az * dy, az * dx - ax * dz, ax * dy - ay * dx
    n2 = nx * nx + ny * ny + nz * nz
    if n2 < _SHORTEST2:
        return least
    # Beyond either end the end is nearest; the foot lies between where p is ahead of a and behind b.
    ahead = (ny * az - nz * ay) * ex + (nz * ax - nx * az) * ey + (nx * ay - ny * ax) * ez
    behind = (by * nz - bz * ny) * fx + (bz * nx - bx * nz) * fy + (bx * ny - by * nx) * fz
    if ahead <= 0 or behind <= 0:
        return least
    s = ex * nx + ey * ny + ez * nz
    s2 = float(min(s * s / n2, 1.0))
    return min(least, 2 * s2 / (1 + math.sqrt(1 - s2)))


@compiled_within
def _side(q: Floats, j: int, k: int, p: Floats, i: int) -> float:
    """Above 0 where ``p[i]`` lies left of the arc from ``q[j]`` to ``q[k]``."""
    ax, ay, az = q[j, 0], q[j, 1], q[j, 2]
    dx, dy, dz = q[k, 0] - ax, q[k, 1] - ay, q[k, 2] - az
    ex, ey, ez = p[i, 0] - ax, p[i, 1] - ay, p[i, 2] - az
    turn = ax * (dy * ez - dz * ey) + ay * (dz * ex - dx * ez) + az * (dx * ey - dy * ex)
    return float(turn)


@compiled
def between(p: Floats, a: int, b: int, q: Floats, c: int, d: int) -> float:
    """Squared chord between the arcs ``p[a]`` to ``p[b]`` and ``q[c]`` to ``q[d]``, about a quarter of a turn at most.

    0 where they cross.
    """
    if _side(p, a, b, q, c) * _side(p, a, b, q, d) < 0 and _side(q, c, d, p, a) * _side(q, c, d, p, b) < 0:
        same = 0.0
        for axis in range(3):
            same += (p[a, axis] + p[b, axis]) * (q[c, axis] + q[d, axis])
        if same > 0:
            return 0.0
    first = min(_from_point(p, a, q, c, d), _from_point(p, b, q, c, d))
    return min(first, _from_point(q, c, p, a, b), _from_point(q, d, p, a, b))


@compiled_within
def _edge_near(  # noqa: PLR0913, PLR0917 - in compiled code everything is laid out flat
    p: Floats, a: int, b: int, q: Floats, to: Corners, first: int, last: int, sine: float, within: float
) -> bool:
    """Whether the edge ``p[a]`` to ``p[b]`` comes as near as ``within`` to an edge of ``q`` that begins in a stretch.

    An arc with both ends beyond a plane through the globe's centre by some angle keeps beyond it by that angle. So
    planes along the edge and square to its ends tell at a glance what is farther from it than allowed.
    """
    ax, ay, az = p[a, 0], p[a, 1], p[a, 2]
    bx, by, bz = p[b, 0], p[b, 1], p[b, 2]
    dx, dy, dz = bx - ax, by - ay, bz - az
    nx, ny, nz = ay * dz - az * dy, az * dx - ax * dz, ax * dy - ay * dx
    ux, uy, uz = ny * az - nz * ay, nz * ax - nx * az, nx * ay - ny * ax
    wx, wy, wz = by * nz - bz * ny, bz * nx - bx * nz, bx * ny - by * nx
    wall = math.sqrt(nx * nx + ny * ny + nz * nz) * sine * (1 + 1e-9) + 1e-15
    before = 0
    known = -1
    for k in range(first, last):
        onward = k + to[k, 2]
        if onward == k and first + 1 < last and known == k:
            continue  # the end of a path, whose last edge has been looked at
        if known != k:
            ex, ey, ez = q[k, 0] - ax, q[k, 1] - ay, q[k, 2] - az
            side = nx * ex + ny * ey + nz * ez
            ahead = ux * ex + uy * ey + uz * ez
            behind = wx * (q[k, 0] - bx) + wy * (q[k, 1] - by) + wz * (q[k, 2] - bz)
            before = (side > wall) | (side < -wall) << 1 | (ahead < -wall) << 2 | (behind < -wall) << 3
        after = before
        if onward != k:
            ex, ey, ez = q[onward, 0] - ax, q[onward, 1] - ay, q[onward, 2] - az
            side = nx * ex + ny * ey + nz * ez
            ahead = ux * ex + uy * ey + uz * ez
            behind = wx * (q[onward, 0] - bx) + wy * (q[onward, 1] - by) + wz * (q[onward, 2] - bz)
            after = (side > wall) | (side < -wall) << 1 | (ahead < -wall) << 2 | (behind < -wall) << 3
        if not before & after and between(p, a, b, q, k, onward) <= within:
            return True
        before, known = after, onward
    return False


@compiled_within
def _edges_near(  # noqa: PLR0913, PLR0917 - as above
    p: Floats, at: Corners, first: int, last: int,
    q: Floats, to: Corners, begin: int, end: int, sine: float, within: float,
) -> bool:  # fmt: skip
    """Whether an edge of one shape comes as near as ``within`` to an edge of the other, by looking at every pair."""
    for a in range(first, last):
        b = a + at[a, 2]
        if b != a:
            if _edge_near(p, a, b, q, to, begin, end, sine, within):
                return True
        elif first + 1 == last:
            for k in range(begin, end):
                if _from_point(p, a, q, k, k + to[k, 2]) <= within:
                    return True
    return False


@compiled_within
def _many_near(  # noqa: PLR0913, PLR0917 - as above
    p: Floats, at: Corners, first: int, last: int,
    q: Floats, to: Corners, begin: int, end: int, sine: float, within: float,
) -> bool:  # fmt: skip
    """As :func:`_edges_near`, passing over runs of edges that a ball around them shows to be too far away."""
    runs = (end - begin + _RUN - 1) // _RUN
    ball = np.empty((runs, 4))
    for run in range(runs):
        low, high = begin + run * _RUN, min(begin + (run + 1) * _RUN, end)
        middle, radius = (low + high) // 2, 0.0
        for k in range(low, high):
            edge = math.sqrt(_apart2(q, k, q, k + to[k, 2]))
            radius = max(radius, math.sqrt(_apart2(q, k, q, middle)) + edge)
        ball[run, 0], ball[run, 1], ball[run, 2] = q[middle, 0], q[middle, 1], q[middle, 2]
        ball[run, 3] = radius + math.sqrt(within) + 1e-9
    for a in range(first, last):
        b = a + at[a, 2]
        if b == a and first + 1 < last:
            continue
        x, y, z = (p[a, 0] + p[b, 0]) / 2, (p[a, 1] + p[b, 1]) / 2, (p[a, 2] + p[b, 2]) / 2
        long = math.sqrt(_apart2(p, a, p, b))
        # An arc leaves the ball around its chord by no more than its height over it.
        half = long / 2 + long * long / 4
        for run in range(runs):
            dx, dy, dz = ball[run, 0] - x, ball[run, 1] - y, ball[run, 2] - z
            far = ball[run, 3] + half
            if dx * dx + dy * dy + dz * dz <= far * far:
                low, high = begin + run * _RUN, min(begin + (run + 1) * _RUN, end)
                if _edge_near(p, a, b, q, to, low, high, sine, within):
                    return True
    return False


@compiled_within
def _inside(  # noqa: PLR0913, PLR0917 - as above
    p: Floats, i: int, q: Floats, to: Corners, begin: int, end: int, centre: Floats
) -> bool:
    """Whether ``p[i]`` lies within the first ring of a shape and within none of the others, its holes.

    Central projection onto the plane that touches the sphere at ``centre`` makes arcs straight; there one counts how
    often the ring goes around the point. A ring that crosses itself holds all that it goes around.
    """
    px, py, pz = p[i, 0], p[i, 1], p[i, 2]
    cx, cy, cz = centre[0], centre[1], centre[2]
    if px * cx + py * cy + pz * cz <= 1e-9:
        return False
    if abs(cz) < 0.9:
        ex, ey, ez = -cy, cx, 0.0
    else:
        ex, ey, ez = 0.0, -cz, cy
    mx, my, mz = ey * pz - ez * py, ez * px - ex * pz, ex * py - ey * px
    turns, outer = 0, True
    for k in range(begin, end):
        b = k + to[k, 2]
        ax, ay, az = q[k, 0] - px, q[k, 1] - py, q[k, 2] - pz
        bx, by, bz = q[b, 0] - px, q[b, 1] - py, q[b, 2] - pz
        below, after = mx * ax + my * ay + mz * az >= 0, mx * bx + my * by + mz * bz >= 0
        if below != after:
            left = px * (ay * bz - az * by) + py * (az * bx - ax * bz) + pz * (ax * by - ay * bx) > 0
            if below and left:
                turns += 1
            elif after and not left:
                turns -= 1
        if b < k:
            if (turns != 0) != outer:
                return False
            turns, outer = 0, False
    return True


@compiled
def near(  # noqa: PLR0913, PLR0917 - as above
    at: Corners, points: Floats, shapes: Indexes, balls: Floats, v: int,
    other_at: Corners, other_points: Floats, other_shapes: Indexes, other_balls: Floats, q: int,
) -> bool:  # fmt: skip
    """Whether shape ``v`` of one table meets shape ``q`` of another, their reaches included."""
    form, other_form = shapes[v, FORM], other_shapes[q, FORM]
    angle = balls[v, SHARE] + other_balls[q, SHARE]
    if angle >= EVERYWHERE:
        return True
    within, sine = chord2(angle), math.sin(min(angle, math.pi / 2))
    first, count = shapes[v, FIRST], shapes[v, SIZE]
    begin, many = other_shapes[q, FIRST], other_shapes[q, SIZE]
    last, end = first + count, begin + many
    if count * many > _MANY:
        met = _many_near(points, at, first, last, other_points, other_at, begin, end, sine, within)
    elif count <= many:
        met = _edges_near(points, at, first, last, other_points, other_at, begin, end, sine, within)
    else:
        met = _edges_near(other_points, other_at, begin, end, points, at, first, last, sine, within)
    if met:
        return True
    if form == RING and _inside(other_points, begin, points, at, first, last, balls[v]):
        return True
    return other_form == RING and _inside(points, first, other_points, other_at, begin, end, other_balls[q])


@compiled
def grow(at: Corners, points: Floats, shapes: Indexes, balls: Floats, v: int) -> None:
    """Fill in what follows from a shape's corners, form and reach: unit vectors, the cap around the core, the share.

    A cap below a half-sphere holds the arcs between its points, and so what they enclose. In a larger one an arc lies
    no farther from the centre than the farther of its ends and half of itself.
    """
    first, last = shapes[v, FIRST], shapes[v, FIRST] + shapes[v, SIZE]
    x, y, z = 0.0, 0.0, 0.0
    for k in range(first, last):
        lat, lon = at[k, 0] * (math.pi / 180e6), at[k, 1] * (math.pi / 180e6)
        across = math.cos(lat)
        points[k, 0], points[k, 1], points[k, 2] = (
            across * math.cos(lon),
            across * math.sin(lon),
            math.sin(lat),
        )
        x, y, z = x + points[k, 0], y + points[k, 1], z + points[k, 2]
    size = math.sqrt(x * x + y * y + z * z)
    if size > 1e-9:
        x, y, z = x / size, y / size, z / size
    else:
        x, y, z = points[first, 0], points[first, 1], points[first, 2]
    balls[v, 0], balls[v, 1], balls[v, 2] = x, y, z
    far, longest = 0.0, 0.0
    for k in range(first, last):
        dx, dy, dz = points[k, 0] - x, points[k, 1] - y, points[k, 2] - z
        far = max(far, dx * dx + dy * dy + dz * dz)
        longest = max(longest, _apart2(points, k, points, k + at[k, 2]))
    length, angle = _angle(longest), _angle(far)
    if length > _LONGEST or (shapes[v, FORM] == RING and angle > _FARTHEST):
        balls[v, CAP], balls[v, SHARE] = math.pi, EVERYWHERE
        return
    metres = length * 6_400_000.0
    balls[v, CAP] = angle if angle < math.pi / 2 else angle + length / 2
    balls[v, SHARE] = (shapes[v, REACH_CM] / 100 + STRAY * metres * metres + GRAIN_M / 2) / LEAST_RADIUS_M


def add_corners(flat: list[int], closed: bool, ring: Sequence[Position]) -> int:  # noqa: FBT001 - one of many calls
    """Write a ring's or a path's rows of :data:`Corners` behind those that are there, flat; gives how many they are."""
    count = len(ring)
    for one in ring:
        flat += (one.lat_u, one.lon_u, 1)
    flat[-1] = 1 - count if closed else 0
    return count


@dataclass(frozen=True, slots=True)
class Core:
    """A shape made ready, in tables of one row: corners, unit vectors, and what :func:`grow` filled in."""

    at: Corners
    points: Floats
    shapes: Indexes
    balls: Floats

    @property
    def centre(self) -> Floats:
        """The point of the sphere around which :attr:`cap` holds the core."""
        return self.balls[0, :CAP]

    @property
    def cap(self) -> float:
        """An angle."""
        return float(self.balls[0, CAP])

    @property
    def share(self) -> float:
        """The angle that the reach comes to; two shapes meet where their cores are no farther apart than both."""
        return float(self.balls[0, SHARE])

    def meets(self, other: "Core") -> bool:
        """Whether two shapes meet with their reaches; symmetric, and yes wherever they meet on WGS 84."""
        mine = (self.at, self.points, self.shapes, self.balls)
        return bool(near(*mine, 0, other.at, other.points, other.shapes, other.balls, 0))


def core(form: int, rings: Sequence[Sequence[Position]], reach_cm: int = 0) -> Core:
    """Make a point, a path or a ring with holes ready."""
    flat: list[int] = []
    for ring in rings:
        add_corners(flat, form == RING, ring)
    at = np.array(flat, dtype=np.int32).reshape(-1, 3)
    points, balls = np.empty((len(at), 3)), np.empty((1, BALL))
    shapes = np.array([[0, len(at), form, reach_cm]], dtype=np.int64)
    grow(at, points, shapes, balls, 0)
    return Core(at, points, shapes, balls)
