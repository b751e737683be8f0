"""A lattice of points that stand for equal parts of several shapes' area, and which of them a region surely holds.

Rows are equally far apart in the sine of the latitude and points in longitude, so that each stands for the same area
of a sphere. It is for shares of areas that a report states, never for deciding where one thing lies.
"""

import math
from collections.abc import Sequence

import numpy as np

from trucekeeper.places.area import Flags
from trucekeeper.places.geodesy import HALF_POINT_DEGREES, Floats, inverses, polar
from trucekeeper.places.ground import Points, Ready
from trucekeeper.places.outline import outline
from trucekeeper.places.position import Disc, Position, Region, Sector
from trucekeeper.places.zone import Lattice, Shape

ACROSS = 128
"""About so many points along the longer side of all shapes together."""
FINEST = 256
"""The lattice is never finer than this, however small one of the shapes."""
ENOUGH = 400
"""So many points a shape should have; where one has fewer, the lattice gets finer."""
_M_PER_DEGREE = 110_500.0
_TURN = 360.0


def lattice(shapes: Sequence[Shape], ready: Ready) -> Lattice:
    """The points that lie in any of the shapes, from south to north; the same for the same shapes, always."""
    rings = [ring for shape in shapes for ring in outline(shape)]
    if not rings:
        return Lattice((), tuple(() for _ in shapes))
    across = ACROSS
    while True:
        points = _grid(rings, across)
        inside = [ready.hold(shape, points) for shape in shapes]
        if across >= FINEST or min(int(np.count_nonzero(one)) for one in inside) >= ENOUGH:
            return _chosen(points, inside)
        across *= 2


def within(region: Region, places: Sequence[Position]) -> tuple[bool, ...]:
    """For each place, whether the region holds it, wherever in its own uncertainty the observer stood."""
    if not places:
        return ()
    lat = np.array([place.lat_u for place in places]) / 1e6
    lon = np.array([place.lon_u for place in places]) / 1e6
    centre = region.centre if isinstance(region, Disc) else region.observer
    reach = region.radius_m if isinstance(region, Disc) else region.far_m
    held = np.abs(lat - centre.lat_u / 1e6) * _M_PER_DEGREE <= reach
    near = np.nonzero(held)[0]
    far_m, course = inverses(centre.lat_u / 1e6, centre.lon_u / 1e6, lat[near], lon[near])
    held[near] = far_m <= reach if isinstance(region, Disc) else _seen(region, far_m, course)
    found: list[bool] = held.tolist()
    return tuple(found)


def _seen(region: Sector, far_m: Floats, course: Floats) -> Flags:
    if polar(region):
        return np.zeros(len(far_m), dtype=np.bool_)
    radius = region.observer_radius_m
    turn = np.abs((course - region.bearing * 2 * HALF_POINT_DEGREES + 180) % _TURN - 180)
    aside = np.degrees(np.arcsin(np.minimum(radius / np.maximum(far_m, 1.0), 1.0)))
    deep = (far_m >= region.near_m + radius) & (far_m <= region.far_m - radius)
    return np.asarray(deep & (turn + aside <= HALF_POINT_DEGREES))


def _grid(rings: Sequence[tuple[Position, ...]], across: int) -> Points:
    """The middles of equal cells over the box around all rings, a little wider than it."""
    first = rings[0][0].lon_u / 1e6
    lats = [place.lat_u / 1e6 for ring in rings for place in ring]
    turns = [(place.lon_u / 1e6 - first + 180) % _TURN - 180 for ring in rings for place in ring]
    south, north = max(min(lats) - 0.01, -90.0), min(max(lats) + 0.01, 90.0)
    west, east = min(turns) - 0.01, max(turns) + 0.01
    low, high = math.sin(math.radians(south)), math.sin(math.radians(north))
    wide = (east - west) * max(math.cos(math.radians((south + north) / 2)), 0.05)
    longer = max(wide, north - south)
    columns = max(1, round(across * wide / longer))
    rows = max(1, round(across * (north - south) / longer))
    lat = np.degrees(np.arcsin(low + (high - low) * (np.arange(rows) + 0.5) / rows))
    lon = (first + west + (east - west) * (np.arange(columns) + 0.5) / columns + 180) % _TURN - 180
    return Points.rounded(np.repeat(lat, columns), np.tile(lon, rows))


def _chosen(points: Points, inside: Sequence[Flags]) -> Lattice:
    """What lies in any shape."""
    some = np.logical_or.reduce(inside)
    lats: list[int] = points.lat_u[some].tolist()
    lons: list[int] = points.lon_u[some].tolist()
    told: list[list[bool]] = [one[some].tolist() for one in inside]
    places = tuple(Position(lat_u, lon_u) for lat_u, lon_u in zip(lats, lons, strict=True))
    return Lattice(places, tuple(tuple(one) for one in told))
