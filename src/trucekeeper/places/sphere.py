"""How far apart two shapes are on the globe: never told longer than it is.

Positions are taken for points of a unit sphere, their geodetic latitude for the sphere's. On WGS 84 a step is at least
:data:`LEAST_RADIUS_M` times the step on that sphere, for no radius of curvature is smaller; so the angle on the sphere
times that radius is never more than the geodesic distance on the ellipsoid, and at most 1.02 per cent less. A shortest
way on the ellipsoid strays from the great circle between the same points by up to :data:`STRAY` times its length
squared. Both are allowed for in :func:`limit`, so what meets on the ellipsoid always meets here.

Everything is done with unit vectors, so poles and the antimeridian are places like any other.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from trucekeeper.places.compiled import compiled
from trucekeeper.places.position import Position

Floats = NDArray[np.float64]
Indexes = NDArray[np.int64]

LEAST_RADIUS_M = 6_335_439.0
"""WGS 84's smallest radius of curvature: along the meridian at the equator, a (1 - e^2)."""
STRAY = 8e-11
"""Per metre: an edge of L metres strays up to STRAY * L^2 (6.73e-11 was the most in 200,000 random edges)."""
GRAIN_M = 0.5
"""What rounding positions to microdegrees (twice 0.08 m) and arithmetic may be off by, with room to spare."""

POINT, PATH, RING = 0, 1, 2


@compiled
def chord2(angle: float) -> float:
    """The square of the chord under an angle at the centre of a unit sphere."""
    half = math.sin(min(angle, math.pi) / 2)
    return 4 * half * half


@compiled
def _from_point(p: Floats, i: int, q: Floats, j: int, k: int) -> float:
    """Squared chord from the point ``p[i]`` to the great-circle arc from ``q[j]`` to ``q[k]``, below half a turn."""
    px, py, pz = p[i, 0], p[i, 1], p[i, 2]
    ax, ay, az = q[j, 0], q[j, 1], q[j, 2]
    bx, by, bz = q[k, 0], q[k, 1], q[k, 2]
    to_a = (px - ax) * (px - ax) + (py - ay) * (py - ay) + (pz - az) * (pz - az)
    to_b = (px - bx) * (px - bx) + (py - by) * (py - by) + (pz - bz) * (pz - bz)
    least = float(min(to_a, to_b))
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    n2 = nx * nx + ny * ny + nz * nz
    if n2 < 1e-30:
        return least
    # beyond either end the end is nearest; the foot lies between where P is ahead of a and behind b
    ahead = (ny * az - nz * ay) * px + (nz * ax - nx * az) * py + (nx * ay - ny * ax) * pz
    behind = (by * nz - bz * ny) * px + (bz * nx - bx * nz) * py + (bx * ny - by * nx) * pz
    if ahead <= 0 or behind <= 0:
        return least
    s = px * nx + py * ny + pz * nz
    s2 = float(min(s * s / n2, 1.0))
    return min(least, 2 * s2 / (1 + math.sqrt(1 - s2)))


@compiled
def _side(q: Floats, j: int, k: int, p: Floats, i: int) -> float:
    turn = (
        (q[j, 1] * q[k, 2] - q[j, 2] * q[k, 1]) * p[i, 0]
        + (q[j, 2] * q[k, 0] - q[j, 0] * q[k, 2]) * p[i, 1]
        + (q[j, 0] * q[k, 1] - q[j, 1] * q[k, 0]) * p[i, 2]
    )
    return float(turn)


@compiled
def between(p: Floats, a: int, b: int, q: Floats, c: int, d: int) -> float:
    """Squared chord between the arcs ``p[a]`` to ``p[b]`` and ``q[c]`` to ``q[d]``, each below a quarter of a turn.

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


@compiled
def inside(p: Floats, points: Floats, first: int, last: int, centre: Floats) -> bool:
    """Whether a point lies within the ring of ``points[first:last]``, seen from a centre whose half-sphere holds it.

    Central projection onto the plane that touches the sphere there makes arcs straight; then by counting crossings.
    """
    cx, cy, cz = centre[0], centre[1], centre[2]
    depth = p[0] * cx + p[1] * cy + p[2] * cz
    if depth <= 1e-9:
        return False
    if abs(cz) < 0.9:
        ex, ey, ez = -cy, cx, 0.0
    else:
        ex, ey, ez = 0.0, -cz, cy
    fx, fy, fz = cy * ez - cz * ey, cz * ex - cx * ez, cx * ey - cy * ex
    u = (p[0] * ex + p[1] * ey + p[2] * ez) / depth
    v = (p[0] * fx + p[1] * fy + p[2] * fz) / depth
    found = False
    q = points[last - 1]
    w = q[0] * cx + q[1] * cy + q[2] * cz
    u0, v0 = (q[0] * ex + q[1] * ey + q[2] * ez) / w, (q[0] * fx + q[1] * fy + q[2] * fz) / w
    for index in range(first, last):
        q = points[index]
        w = q[0] * cx + q[1] * cy + q[2] * cz
        u1, v1 = (q[0] * ex + q[1] * ey + q[2] * ez) / w, (q[0] * fx + q[1] * fy + q[2] * fz) / w
        if (v0 > v) != (v1 > v) and u < (u1 - u0) * (v - v0) / (v1 - v0) + u0:
            found = not found
        u0, v0 = u1, v1
    return found


@compiled
def _filled(p: Floats, points: Floats, rings: Indexes, centre: Floats) -> bool:
    if not inside(p, points, rings[0], rings[1], centre):
        return False
    for hole in range(1, len(rings) - 1):  # noqa: SIM110 - a generator cannot be compiled
        if inside(p, points, rings[hole], rings[hole + 1], centre):
            return False
    return True


@compiled
def meet(  # noqa: PLR0913, PLR0917 - two cores, laid out flat, in one compiled loop
    form: int,
    points: Floats,
    rings: Indexes,
    centre: Floats,
    other_form: int,
    other_points: Floats,
    other_rings: Indexes,
    other_centre: Floats,
    within: float,
) -> bool:
    """Whether two cores come as near as the squared chord ``within``.

    ``rings`` are the bounds of the rings in ``points``, the outer one first; for points and paths the one stretch.
    """
    for ring in range(len(rings) - 1):
        first, last = rings[ring], rings[ring + 1]
        count = last - first if form == RING else max(last - first - 1, 1)
        for at in range(count):
            a, b = first + at, first + (at + 1) % (last - first)
            for other in range(len(other_rings) - 1):
                begin, end = other_rings[other], other_rings[other + 1]
                many = end - begin if other_form == RING else max(end - begin - 1, 1)
                for to in range(many):
                    c, d = begin + to, begin + (to + 1) % (end - begin)
                    if between(points, a, b, other_points, c, d) <= within:
                        return True
    if form == RING and _filled(other_points[other_rings[0]], points, rings, centre):
        return True
    return other_form == RING and _filled(points[rings[0]], other_points, other_rings, other_centre)


@compiled
def lay(at_u: Indexes, points: Floats) -> None:
    """Latitudes and longitudes in microdegrees, one pair a row, as unit vectors into ``points``."""
    for row in range(len(at_u)):
        lat, lon = at_u[row, 0] * (math.pi / 180e6), at_u[row, 1] * (math.pi / 180e6)
        across = math.cos(lat)
        points[row, 0] = across * math.cos(lon)
        points[row, 1] = across * math.sin(lon)
        points[row, 2] = math.sin(lat)


@compiled
def cap(form: int, points: Floats, rings: Indexes, centre: Floats) -> tuple[float, float]:
    """A cap that holds a core: fills in its ``centre``, gives its angle, and what the core's edges may stray (m).

    An arc lies no farther from the centre than the farther of its ends and half of itself.
    """
    x, y, z = 0.0, 0.0, 0.0
    for at in range(rings[0], rings[1]):
        x, y, z = x + points[at, 0], y + points[at, 1], z + points[at, 2]
    size = math.sqrt(x * x + y * y + z * z)
    if size > 1e-12:
        centre[0], centre[1], centre[2] = x / size, y / size, z / size
    else:
        centre[:] = points[rings[0]]
    far, longest = 0.0, 0.0
    for ring in range(len(rings) - 1):
        first, last = rings[ring], rings[ring + 1]
        for at in range(first, last):
            far = max(far, _apart2(points[at], centre))
            if form == RING or at + 1 < last:
                longest = max(longest, _apart2(points[at], points[at + 1 if at + 1 < last else first]))
    length = _angle(longest)
    metres = length * 6_400_000.0
    return _angle(far) + length / 2, STRAY * metres * metres


@compiled
def _apart2(a: Floats, b: Floats) -> float:
    x, y, z = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return float(x * x + y * y + z * z)


@compiled
def _angle(square: float) -> float:
    return 2 * math.asin(min(math.sqrt(square) / 2, 1.0))


@dataclass(frozen=True, slots=True)
class Core:
    """A shape made ready: unit vectors, where its rings begin, and a cap around it (centre, angle)."""

    form: int
    points: Floats
    rings: Indexes
    centre: Floats
    cap: float
    stray_m: float


def core(form: int, rings: Sequence[Sequence[Position]]) -> Core:
    """Make a point, a path or a ring with holes ready."""
    at_u = np.array([(one.lat_u, one.lon_u) for ring in rings for one in ring], dtype=np.int64)
    points, centre = np.empty((len(at_u), 3)), np.empty(3)
    bounds = np.array([0, *accumulate(len(ring) for ring in rings)], dtype=np.int64)
    lay(at_u, points)
    angle, stray_m = cap(form, points, bounds, centre)
    return Core(form, points, bounds, centre, angle, stray_m)


def limit(one: Core, reach_cm: int, other: Core, other_reach_cm: int) -> float:
    """The angle within which two cores with their reaches meet."""
    metres = (reach_cm + other_reach_cm) / 100 + one.stray_m + other.stray_m + GRAIN_M
    return metres / LEAST_RADIUS_M


def near(one: Core, reach_cm: int, other: Core, other_reach_cm: int) -> bool:
    """Whether two shapes with their reaches meet; symmetric, and yes wherever they meet on WGS 84."""
    angle = limit(one, reach_cm, other, other_reach_cm)
    apart = _angle(_apart2(one.centre, other.centre))
    if apart > one.cap + other.cap + angle + 1e-9:
        return False
    return bool(
        meet(
            one.form, one.points, one.rings, one.centre,
            other.form, other.points, other.rings, other.centre,
            chord2(angle),
        )
    )  # fmt: skip
