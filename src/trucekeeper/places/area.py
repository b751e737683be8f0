"""Areas: exact membership in whole numbers, and the distance to what really bounds them on the globe.

Edges are straight in longitude and latitude (RFC 7946, 3.1.1). An edge that seems to run more than half around the
globe crosses the antimeridian instead, except one of exactly 360 degrees, which runs all around. Where two parts
meet along the antimeridian (RFC 7946, 3.1.9), and at a pole that is surrounded, there is no boundary.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from trucekeeper.kernel.errors import BadInput
from trucekeeper.places import earth
from trucekeeper.places.earth import Vectors, length
from trucekeeper.places.geodesy import Floats
from trucekeeper.places.path import SAGITTA_M, Path
from trucekeeper.places.position import Position
from trucekeeper.places.zone import Area

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Point = tuple[int, int]
"""Longitude and latitude in microdegrees; the longitude may run beyond 180 degrees."""

HALF_U = 180_000_000
TURN_U = 360_000_000
POLE_U = 90_000_000
_CELLS_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Rings:
    """One polygon's edges, from (x, y) to (to_x, to_y), outer ring and holes together."""

    x: Whole
    y: Whole
    to_x: Whole
    to_y: Whole

    def holds(self, x: Whole, y: Whole) -> Flags:
        """Whether points lie inside or on an edge: even-odd rule in whole numbers below 2^60."""
        rise, run = self.to_y - self.y, self.to_x - self.x
        px, py = x[:, None], y[:, None]
        turn = run * (py - self.y) - (px - self.x) * rise
        spans = (np.minimum(self.x, self.to_x) <= px) & (px <= np.maximum(self.x, self.to_x))
        spans &= (np.minimum(self.y, self.to_y) <= py) & (py <= np.maximum(self.y, self.to_y))
        on_edge = ((turn == 0) & spans).any(axis=1)
        crosses = ((self.y > py) != (self.to_y > py)) & ((turn > 0) == (rise > 0))
        inside = np.count_nonzero(crosses, axis=1) % 2 == 1
        return np.asarray(on_edge | inside)


@dataclass(frozen=True, slots=True)
class Bounded:
    """An area made ready for questions; build it once with :func:`bounded`.

    ``shifts`` are the multiples of 360 degrees under which a point may meet the edges. ``poles`` are the latitudes
    of the poles that belong to it. ``box`` is west, south, east and north in microdegrees.
    """

    polygons: tuple[Rings, ...]
    planes: tuple[shapely.Geometry, ...]
    shifts: tuple[int, ...]
    poles: tuple[int, ...]
    box: tuple[int, int, int, int]
    path: Path

    def holds(self, position: Position) -> bool:
        """Exact and closed: vertices, edges and the edges of holes belong to it."""
        if abs(position.lat_u) == POLE_U:
            return position.lat_u in self.poles
        west, south, east, north = self.box
        if not south <= position.lat_u <= north:
            return False
        y = np.array([position.lat_u])
        for shift in self.shifts:
            lon = position.lon_u + shift
            if west <= lon <= east and any(ring.holds(np.array([lon]), y)[0] for ring in self.polygons):
                return True
        return False

    def hold(self, lat_u: Whole, lon_u: Whole) -> Flags:
        """As :meth:`holds`, for many points; GEOS answers, and its predicates are exact on whole numbers."""
        found = np.zeros(len(lat_u), dtype=bool)
        y = lat_u.astype(np.float64)
        for shift in self.shifts:
            x = (lon_u + shift).astype(np.float64)
            for plane in self.planes:
                found |= shapely.intersects_xy(plane, x, y)
        at_pole = np.abs(lat_u) == POLE_U
        return np.where(at_pole, np.isin(lat_u, np.array(self.poles, dtype=np.int64)), found)

    def depth_m(self, points: Vectors, lat_u: Whole, lon_u: Whole, reach_m: Floats) -> Floats:
        """Metres to the boundary, positive inside; never more than the truth, and no more than ``reach_m``."""
        apart = self.path.distance_m(points, reach_m + SAGITTA_M)
        clear = np.minimum(np.maximum(apart - SAGITTA_M, 0.0), reach_m)
        return np.where(self.hold(lat_u, lon_u), clear, -clear)


def bounded(area: Area) -> Bounded:
    """Make an area ready; BadInput where a ring has no extent or goes around a pole without an edge along it."""
    polygons = tuple(
        (unrolled(one.outer), tuple(unrolled(hole) for hole in one.holes)) for one in area.polygons
    )
    rings = tuple(_rings((outer, *holes)) for outer, holes in polygons)
    planes = _planes(polygons)
    every = [point for outer, _ in polygons for point in outer]
    west, east = min(x for x, _ in every), max(x for x, _ in every)
    south, north = min(y for _, y in every), max(y for _, y in every)
    shifts = tuple(
        shift for shift in (-TURN_U, 0, TURN_U) if west <= HALF_U + shift and east >= shift - HALF_U
    )
    poles = tuple(pole for pole in (-POLE_U, POLE_U) if pole in {south, north})
    return Bounded(rings, planes, shifts, poles, (west, south, east, north), _boundary(rings))


def unrolled(ring: Sequence[Position]) -> tuple[Point, ...]:
    """The ring without jumps at the antimeridian, its longitudes running on beyond 180 degrees where need be."""
    points = [(ring[0].lon_u, ring[0].lat_u)]
    for before, here in pairwise((*ring, ring[0])):
        step = here.lon_u - before.lon_u
        if HALF_U < abs(step) < TURN_U:
            step -= TURN_U if step > 0 else -TURN_U
        points.append((points[-1][0] + step, here.lat_u))
    if points.pop() != points[0]:
        msg = "a ring goes around a pole; cut it along the antimeridian and the pole (RFC 7946, 3.1.9)"
        raise BadInput(msg)
    return tuple(points)


def _rings(rings: Iterable[tuple[Point, ...]]) -> Rings:
    edges = [(*one, *two) for ring in rings for one, two in pairwise((*ring, ring[0]))]
    columns = np.array(edges, dtype=np.int64).reshape(-1, 4).T
    return Rings(columns[0], columns[1], columns[2], columns[3])


def _planes(
    polygons: tuple[tuple[tuple[Point, ...], tuple[tuple[Point, ...], ...]], ...],
) -> tuple[shapely.Geometry, ...]:
    """For GEOS: all in one where the parts are apart, else one by one."""
    parts = [shapely.Polygon(outer, holes) for outer, holes in polygons]
    whole = shapely.MultiPolygon(parts)
    planes = (whole,) if shapely.is_valid(whole) else tuple(parts)
    for plane in planes:
        shapely.prepare(plane)
    return planes


def _boundary(rings: tuple[Rings, ...]) -> Path:
    """The edges that bound the area on the globe, cut into pieces that follow them closely."""
    x, y = np.concatenate([ring.x for ring in rings]), np.concatenate([ring.y for ring in rings])
    to_x, to_y = np.concatenate([ring.to_x for ring in rings]), np.concatenate([ring.to_y for ring in rings])
    on_seam = (x == to_x) & (x % TURN_U == HALF_U)
    on_pole = (y == to_y) & (np.abs(y) == POLE_U)
    kept = ~(on_seam | on_pole)
    seams = _uncovered(rings)
    starts = np.concatenate([np.stack([x[kept], y[kept]]), _column(seams, 0)], axis=1) / 1e6
    ends = np.concatenate([np.stack([to_x[kept], to_y[kept]]), _column(seams, 1)], axis=1) / 1e6
    return _pieces(starts, ends)


def _column(seams: tuple[Point, ...], end: int) -> Whole:
    latitudes = np.array([seam[end] for seam in seams], dtype=np.int64)
    return np.stack([np.full(len(seams), HALF_U, dtype=np.int64), latitudes])


def _uncovered(rings: tuple[Rings, ...]) -> tuple[Point, ...]:
    """Parts of the antimeridian, from south to north, with the area on one side only."""
    sides: dict[bool, list[Point]] = {True: [], False: []}
    for ring in rings:
        for x, y, to_x, to_y in zip(ring.x, ring.y, ring.to_x, ring.to_y, strict=True):
            if x == to_x and x % TURN_U == HALF_U and y != to_y:
                low, high = sorted((int(y), int(to_y)))
                sides[_lies_east(ring, int(x), low, high)].append((low, high))
    marks = sorted({mark for spans in sides.values() for span in spans for mark in span})
    return tuple(
        (low, high)
        for low, high in pairwise(marks)
        if _covered(sides[True], low, high) != _covered(sides[False], low, high)
    )


def _covered(spans: list[Point], low: int, high: int) -> bool:
    return any(start <= low and high <= end for start, end in spans)


def _lies_east(ring: Rings, x: int, low: int, high: int) -> bool:
    """Whether the polygon lies east of its edge: the even-odd rule beside the edge's middle, in doubled numbers."""
    doubled = Rings(2 * ring.x, 2 * ring.y, 2 * ring.to_x, 2 * ring.to_y)
    beside = doubled.holds(np.array([2 * x + 1]), np.array([low + high]))
    return bool(beside[0])


def _pieces(starts: Floats, ends: Floats) -> Path:
    """Cuts straight lines in longitude and latitude until their chords follow them to :data:`SAGITTA_M`."""
    starts, ends = _cut(starts, ends, np.ceil(np.abs(ends - starts).max(axis=0, initial=0.0)))
    middle = (starts + ends) / 2
    one, two, half = (earth.surface(at[1], at[0]) for at in (starts, ends, middle))
    stray = length(half - (one + two) / 2)
    starts, ends = _cut(starts, ends, np.ceil(np.sqrt(stray / (SAGITTA_M * 0.8))))
    return Path.of(earth.surface(starts[1], starts[0]), earth.surface(ends[1], ends[0]))


def _cut(starts: Floats, ends: Floats, into: Floats) -> tuple[Floats, Floats]:
    count = np.maximum(into, 1).astype(np.intp)
    which = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    step = (ends - starts)[:, which] / count[which]
    return starts[:, which] + step * within, starts[:, which] + step * (within + 1)
