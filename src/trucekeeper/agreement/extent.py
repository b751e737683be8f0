"""Coarse questions about shapes that lint asks; the exact ones are answered in the room of places."""

from itertools import pairwise

from trucekeeper.places.position import Position
from trucekeeper.places.zone import Band, Line, Side, Zone

_DEGREE = 1_000_000
_METRES_PER_DEGREE = 110_000
"""A little less than the shortest degree of latitude, so that boxes are never too small."""

_Point = tuple[int, int]
_Box = tuple[int, int, int, int]


def may_meet(one: Zone, two: Zone) -> bool:
    """Whether two zones may share a moment and a place; too often yes, never wrongly no."""
    if not one.valid.overlaps(two.valid):
        return False
    if one.id == two.id:
        return True
    first, second = one.shape, two.shape
    if isinstance(first, Band) and isinstance(second, Band) and first.line == second.line:
        apart = first.from_m > second.to_m or second.from_m > first.to_m
        opposite = {first.side, second.side} == {Side.LEFT, Side.RIGHT} and min(
            first.from_m, second.from_m
        ) > 0
        return not (apart or opposite)
    a, b = _box(one), _box(two)
    return a[0] <= b[2] and b[0] <= a[2] and (_wide(a) or _wide(b) or (a[1] <= b[3] and b[1] <= a[3]))


def crosses_itself(line: Line) -> tuple[int, int] | None:
    """Two segments, by the index of their first points, that cross, touch without being neighbours, or turn back.

    A line may close: its last point may be its first.
    """
    points = _unrolled(line.points)
    segments = list(pairwise(points))
    order = sorted(range(len(segments)), key=lambda index: min(segments[index][0][0], segments[index][1][0]))
    closed = points[0] == points[-1]
    open_segments: list[int] = []
    for index in order:
        low = min(segments[index][0][0], segments[index][1][0])
        open_segments = [other for other in open_segments if max(end[0] for end in segments[other]) >= low]
        for other in open_segments:
            first, second = sorted((index, other))
            if closed and first == 0 and second == len(segments) - 1:
                first, second = second, first  # a closed line goes on from its end to its start
            neighbours = second - first == 1 or first > second
            if (_turns_back if neighbours else _meet)(*segments[first], *segments[second]):
                return first, second
        open_segments.append(index)
    return None


def _unrolled(points: tuple[Position, ...]) -> list[_Point]:
    """Latitude and longitude without a jump at the antimeridian."""
    found: list[_Point] = []
    for point in points:
        lon = point.lon_u
        if found:
            lon += 360 * _DEGREE * round((found[-1][1] - lon) / (360 * _DEGREE))
        found.append((point.lat_u, lon))
    return found


def _meet(a: _Point, b: _Point, c: _Point, d: _Point) -> bool:
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((turns[0], a, b, c), (turns[1], a, b, d), (turns[2], c, d, a), (turns[3], c, d, b))
    return any(turn == 0 and _between(start, end, point) for turn, start, end, point in ends)


def _turns_back(a: _Point, b: _Point, start: _Point, c: _Point) -> bool:
    """Whether the segment from ``start``, which is ``b``, to ``c`` runs back over that from ``a`` to ``b``."""
    del start
    return _turn(a, b, c) == 0 and (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) < 0


def _turn(a: _Point, b: _Point, c: _Point) -> int:
    value = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (value > 0) - (value < 0)


def _between(a: _Point, b: _Point, c: _Point) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def _box(zone: Zone) -> _Box:
    """South, west, north, east in microdegrees."""
    shape = zone.shape
    if not isinstance(shape, Band):
        return _around([point for polygon in shape.polygons for point in polygon.outer], 0)
    return _around(list(shape.line.points), shape.to_m)


def _around(points: list[Position], margin_m: int) -> _Box:
    margin = margin_m * _DEGREE // _METRES_PER_DEGREE + 1
    south, north = min(p.lat_u for p in points) - margin, max(p.lat_u for p in points) + margin
    west, east = min(p.lon_u for p in points), max(p.lon_u for p in points)
    if margin_m and max(abs(south), abs(north)) > 80 * _DEGREE:
        return south, -180 * _DEGREE, north, 180 * _DEGREE
    sideways = margin * 6
    return south, west - sideways, north, east + sideways


def _wide(box: _Box) -> bool:
    """Whether the box is so wide that it may run over the antimeridian: then longitude tells nothing."""
    return box[3] - box[1] >= 180 * _DEGREE or box[1] < -180 * _DEGREE or box[3] > 180 * _DEGREE
