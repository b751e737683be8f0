"""Rings around a shape, for drawing only: nothing is ever decided by them."""

import math

import shapely

from trucekeeper.places.geodesy import azimuth, direct, distance_m
from trucekeeper.places.position import Position
from trucekeeper.places.zone import Area, Band, Shape, Side

_M_PER_DEGREE = 111_320.0
_STEP_M = 10_000.0


def outline(shape: Shape) -> tuple[tuple[Position, ...], ...]:
    """The rings that bound a shape, not closed by repetition; a band's are approximate."""
    if isinstance(shape, Area):
        return tuple(ring for polygon in shape.polygons for ring in (polygon.outer, *polygon.holes))
    return _band(shape)


def _band(band: Band) -> tuple[tuple[Position, ...], ...]:
    """On a flat sheet around the line's middle, with its own length of a degree; far from the poles it looks right."""
    middle = band.line.points[len(band.line.points) // 2]
    shrink = max(math.cos(math.radians(middle.lat_u / 1e6)), 0.02)
    flat = [_flat(point, middle, shrink) for point in _stepped(band)]
    curve = shapely.LineString(flat)
    whole = _buffer(curve, band.to_m, band.side)
    if band.from_m:
        whole = shapely.difference(whole, _buffer(curve, band.from_m, Side.BOTH))
    rings: list[tuple[Position, ...]] = []
    for part in shapely.get_parts(whole):
        for ring in shapely.get_rings(part):
            points = [_round(x, y, middle, shrink) for x, y in shapely.get_coordinates(ring)[:-1].tolist()]
            rings.append(tuple(dict.fromkeys(points)))
    return tuple(ring for ring in rings if len(ring) >= 3)


def _stepped(band: Band) -> list[Position]:
    """The line's points, with more between those that are far apart."""
    found: list[Position] = []
    for one, two in zip(band.line.points, band.line.points[1:], strict=False):
        length, course = distance_m(one, two), azimuth(one, two)
        steps = max(1, math.ceil(length / _STEP_M))
        found.extend(direct(one, course, length * step / steps) for step in range(steps))
    return [*found, band.line.points[-1]]


def _buffer(curve: shapely.Geometry, metres: int, side: Side) -> shapely.Geometry:
    """One side's buffer is the round one, cut along the line and its prolonged ends."""
    around: shapely.Geometry = shapely.buffer(curve, metres, quad_segs=12)
    if side is Side.BOTH:
        return around
    one_sided = shapely.buffer(
        _prolonged(curve, 2.0 * metres), metres if side is Side.LEFT else -metres,
        quad_segs=12, single_sided=True, join_style="mitre", mitre_limit=10.0,
    )  # fmt: skip
    return shapely.intersection(around, shapely.make_valid(one_sided))


def _prolonged(curve: shapely.Geometry, metres: float) -> shapely.Geometry:
    points: list[list[float]] = shapely.get_coordinates(curve).tolist()
    return shapely.LineString(
        [_beyond(points[1], points[0], metres), *points, _beyond(points[-2], points[-1], metres)]
    )


def _beyond(inner: list[float], end: list[float], metres: float) -> list[float]:
    length = math.hypot(end[0] - inner[0], end[1] - inner[1]) or 1.0
    return [end[0] + (end[0] - inner[0]) / length * metres, end[1] + (end[1] - inner[1]) / length * metres]


def _flat(point: Position, middle: Position, shrink: float) -> tuple[float, float]:
    turn = (point.lon_u - middle.lon_u + 180_000_000) % 360_000_000 - 180_000_000
    return turn / 1e6 * _M_PER_DEGREE * shrink, (point.lat_u - middle.lat_u) / 1e6 * _M_PER_DEGREE


def _round(x: float, y: float, middle: Position, shrink: float) -> Position:
    lat_u = middle.lat_u + round(y / _M_PER_DEGREE * 1e6)
    lon_u = middle.lon_u + round(x / (_M_PER_DEGREE * shrink) * 1e6)
    return Position(
        max(-90_000_000, min(90_000_000, lat_u)), (lon_u + 180_000_000) % 360_000_000 - 180_000_000
    )
