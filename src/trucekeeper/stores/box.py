"""Boxes around uncertain regions: wide enough for any ellipsoid in use, never too narrow."""

import math
from dataclasses import dataclass

from trucekeeper.places.position import Disc, Position, Region

MICRO = 1_000_000
POLE_U = 90 * MICRO
DATE_LINE_U = 180 * MICRO

# The smallest radii of curvature of WGS 84, both at the equator: along the meridian 6,335,439 m,
# across it 6,378,137 m. Taking the smallest everywhere makes every box a little too large.
_MERIDIAN_M = 6_335_439.0
_NORMAL_M = 6_378_137.0


@dataclass(frozen=True, slots=True)
class Box:
    """South, west, north and east in microdegrees; both edges belong to it; never crosses 180 degrees."""

    south_u: int
    west_u: int
    north_u: int
    east_u: int


EARTH = Box(-POLE_U, -DATE_LINE_U, POLE_U, DATE_LINE_U)


def around(where: Region, reach_m: int = 0) -> tuple[Box, ...]:
    """One box, or two where 180 degrees is crossed, that hold all points within ``reach_m`` of the region.

    A path of length r starting at latitude p stays below p + r/M, and turns at most r/(N cos(p + r/M))
    in longitude; a microdegree is added on each side, so that 180 east also meets 180 west.
    """
    centre, radius_m = _disc(where)
    reach = radius_m + reach_m
    north_by_u = math.ceil(math.degrees(reach / _MERIDIAN_M) * MICRO) + 1
    south, north = centre.lat_u - north_by_u, centre.lat_u + north_by_u
    furthest = max(abs(south), abs(north))
    if furthest >= POLE_U:
        return (Box(max(south, -POLE_U), -DATE_LINE_U, min(north, POLE_U), DATE_LINE_U),)
    shrink = math.cos(math.radians(furthest / MICRO))
    east_by_u = math.ceil(math.degrees(reach / (_NORMAL_M * shrink)) * MICRO) + 1
    if east_by_u >= DATE_LINE_U:
        return (Box(south, -DATE_LINE_U, north, DATE_LINE_U),)
    return wrapped(south, centre.lon_u - east_by_u, north, centre.lon_u + east_by_u)


def single(where: Region | None) -> Box:
    """One box for one row of an index; all longitudes where two would be needed, the Earth where none is known."""
    if where is None:
        return EARTH
    boxes = around(where)
    if len(boxes) == 1:
        return boxes[0]
    return Box(boxes[0].south_u, -DATE_LINE_U, boxes[0].north_u, DATE_LINE_U)


def _disc(where: Region) -> tuple[Position, int]:
    if isinstance(where, Disc):
        return where.centre, where.radius_m
    return where.observer, where.observer_radius_m + where.far_m


def wrapped(south: int, west: int, north: int, east: int) -> tuple[Box, ...]:
    """One box, or two where it crosses 180 degrees on one side; it must be less than 360 degrees wide."""
    if west < -DATE_LINE_U:
        return (
            Box(south, -DATE_LINE_U, north, east),
            Box(south, west + 2 * DATE_LINE_U, north, DATE_LINE_U),
        )
    if east > DATE_LINE_U:
        return (
            Box(south, west, north, DATE_LINE_U),
            Box(south, -DATE_LINE_U, north, east - 2 * DATE_LINE_U),
        )
    return (Box(south, west, north, east),)
