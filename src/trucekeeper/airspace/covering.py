"""Whether a subscription covers an intent.

A little may stick out: whoever rests on a subscription is told of all that meets its own intents, wherever the
subscription ends (see ``airspace.planning``).
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.geodesy import distance_m
from trucekeeper.places.position import Position

_R_M = 6_371_008.8
_LEAST_M = 1.0
_SHARE = 0.007
"""What may stick out of a circle or of a circle's room: a metre, and what a sphere may differ from the ellipsoid by."""
_BEND = 0.002
"""What may stick out of a ring, of its size: a long edge along a parallel bends more than a short one beside it."""
_HORIZON = 0.1
"""Cosine of how far from the centre of a map its points may lie: 84 degrees."""

_Flat: TypeAlias = tuple[float, float]


def covers(outer: Volume, inner: Volume) -> bool:
    """Whether ``inner`` lies in ``outer`` in area, altitude and time."""
    return (
        _from(outer.start, inner.start)
        and _until(outer.end, inner.end)
        and _from(outer.low_cm, inner.low_cm)
        and _until(outer.high_cm, inner.high_cm)
        and holds(outer.footprint, inner.footprint)
    )


def remaining(volumes: Sequence[Volume], now: Instant) -> tuple[Volume, ...]:
    """What of the volumes is still to come."""
    return tuple(
        replace(one, start=max(one.start, now)) if one.start is not None else one
        for one in volumes
        if one.end is None or one.end >= now
    )


def holds(outer: Footprint, inner: Footprint) -> bool:
    """Whether ``inner`` lies in ``outer``, but for what may stick out."""
    if outer == inner:
        return True
    reach_m = inner.reach_cm / 100
    if outer.form is Form.POINT:
        limit_m = outer.reach_cm / 100 * (1 + _SHARE) + _LEAST_M
        return all(distance_m(outer.points[0], one) + reach_m <= limit_m for one in inner.points)
    if outer.form is not Form.RING:
        return False
    if inner.form is Form.POINT and reach_m > 0:
        return _ring_holds_circle(outer.points, inner.points[0], reach_m)
    return _ring_holds_path(outer.points, _closed(inner))


def _from(outer: int | None, inner: int | None) -> bool:
    return outer is None or (inner is not None and outer <= inner)


def _until(outer: int | None, inner: int | None) -> bool:
    return outer is None or (inner is not None and inner <= outer)


def _closed(footprint: Footprint) -> tuple[Position, ...]:
    return footprint.points + footprint.points[:1] if footprint.form is Form.RING else footprint.points


def _ring_holds_circle(ring: Sequence[Position], centre: Position, reach_m: float) -> bool:
    """On a map about the circle's own centre, distances from there are true once bent back."""
    corners = _mapped(ring, _vector(centre))
    if corners is None or not _inside(corners, (0.0, 0.0)):
        return False
    nearest = min(_gap((0.0, 0.0), *edge) for edge in _edges(corners))
    return _R_M * math.atan(nearest / _R_M) >= reach_m * (1 - _SHARE) - _LEAST_M


def _ring_holds_path(ring: Sequence[Position], path: Sequence[Position]) -> bool:
    """Straight ways stay straight on a gnomonic map; each is cut where it crosses the ring, each piece is tried."""
    middle = _middle_of(ring)
    corners, points = _mapped(ring, middle), _mapped(path, middle)
    if corners is None or points is None:
        return False
    limit_m = _LEAST_M + _BEND * max(math.hypot(*one) for one in corners)
    if len(points) == 1:
        return _within(corners, points[0], limit_m)
    return all(
        _within(corners, piece, limit_m)
        for one, other in pairwise(points)
        for piece in _tried(corners, one, other)
    )


def _tried(corners: Sequence[_Flat], one: _Flat, other: _Flat) -> list[_Flat]:
    """The two ends of a way, and the middle of each piece that the ring cuts it into."""
    cuts = sorted({0.0, 1.0, *(at for edge in _edges(corners) for at in _crossing(one, other, *edge))})
    shares = [0.0, 1.0, *((low + high) / 2 for low, high in pairwise(cuts))]
    return [(one[0] + at * (other[0] - one[0]), one[1] + at * (other[1] - one[1])) for at in shares]


def _within(corners: Sequence[_Flat], point: _Flat, limit_m: float) -> bool:
    return _inside(corners, point) or min(_gap(point, *edge) for edge in _edges(corners)) <= limit_m


def _inside(corners: Sequence[_Flat], point: _Flat) -> bool:
    x, y = point
    odd = False
    for (ax, ay), (bx, by) in _edges(corners):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            odd = not odd
    return odd


def _edges(corners: Sequence[_Flat]) -> list[tuple[_Flat, _Flat]]:
    """The edges of a ring, the one that closes it first."""
    return [(corners[at - 1], corners[at]) for at in range(len(corners))]


def _crossing(one: _Flat, other: _Flat, start: _Flat, end: _Flat) -> list[float]:
    """Where on the way from ``one`` to ``other`` an edge crosses it, as a share of the way."""
    dx, dy = other[0] - one[0], other[1] - one[1]
    ex, ey = end[0] - start[0], end[1] - start[1]
    turn = dx * ey - dy * ex
    if turn == 0:
        return []
    sx, sy = start[0] - one[0], start[1] - one[1]
    at, along = (sx * ey - sy * ex) / turn, (sx * dy - sy * dx) / turn
    return [at] if 0 < at < 1 and 0 <= along <= 1 else []


def _gap(point: _Flat, start: _Flat, end: _Flat) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    px, py = point[0] - start[0], point[1] - start[1]
    length = dx * dx + dy * dy
    at = 0.0 if length == 0 else min(1.0, max(0.0, (px * dx + py * dy) / length))
    return math.hypot(px - at * dx, py - at * dy)


def _vector(position: Position) -> tuple[float, float, float]:
    """The direction of a place from the Earth's centre, as if it were a sphere."""
    lat, lon = math.radians(position.lat_u / 1e6), math.radians(position.lon_u / 1e6)
    return (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))


def _middle_of(points: Sequence[Position]) -> tuple[float, float, float]:
    """The direction in the middle of some places."""
    x, y, z = (sum(part) for part in zip(*(_vector(one) for one in points), strict=True))
    length = math.hypot(x, y, z)
    return (x / length, y / length, z / length) if length > 0 else (1.0, 0.0, 0.0)


def _mapped(points: Sequence[Position], centre: tuple[float, float, float]) -> list[_Flat] | None:
    """The points on a gnomonic map about ``centre``, in metres there; None where one is too far off."""
    cx, cy, cz = centre
    aside = math.hypot(cx, cy)
    east = (-cy / aside, cx / aside, 0.0) if aside > 1e-12 else (0.0, 1.0, 0.0)
    north = (-cz * east[1], cz * east[0], cx * east[1] - cy * east[0])
    found: list[_Flat] = []
    for one in points:
        here = _vector(one)
        depth = _dot(here, centre)
        if depth < _HORIZON:
            return None
        found.append((_R_M * _dot(here, east) / depth, _R_M * _dot(here, north) / depth))
    return found


def _dot(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
