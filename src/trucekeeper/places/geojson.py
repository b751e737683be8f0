"""Areas and lines from GeoJSON (RFC 7946), and shapes back to it; altitudes are ignored."""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Never, cast

import shapely

from trucekeeper.kernel.errors import BadInput
from trucekeeper.places.area import unrolled
from trucekeeper.places.outline import outline
from trucekeeper.places.position import Position, format_degrees, microdegrees
from trucekeeper.places.zone import Area, Line, Polygon, Shape

LIMIT_BYTES = 20_000_000
LIMIT_POINTS = 500_000
_AREAS = ("Polygon", "MultiPolygon")
_LINES = ("LineString",)


def area(data: bytes) -> Area:
    """Every polygon in the file, as one area; BadInput with one sentence where it cannot be one.

    A ring that crosses the antimeridian may be split there or not.
    """
    polygons: list[Polygon] = []
    for kind, coordinates in _geometries(_parsed(data), _AREAS):
        several = _array(coordinates, "its coordinates") if kind == "MultiPolygon" else [coordinates]
        polygons.extend(_polygon(one, len(polygons) + 1) for one in several)
    if not polygons:
        _refuse("it holds no polygon; draw at least one")
    return Area(tuple(polygons))


def line(data: bytes, name: str = "line") -> Line:
    """The one line in the file, under this id; BadInput with one sentence where there is none or several."""
    found = [coordinates for _, coordinates in _geometries(_parsed(data), _LINES)]
    if len(found) != 1:
        _refuse(f"it holds {len(found)} lines; keep exactly one LineString")
    points = _positions(found[0], "the line")
    if len(set(points)) < 2:
        _refuse("the line has fewer than two different points; give it at least two")
    doubled = next((one for one, two in pairwise(points) if one == two), None)
    if doubled is not None:
        _refuse(f"the line has the point {_words(doubled)} twice in a row; remove one")
    return Line(name, points)


def written(shape: Shape | Line) -> bytes:
    """GeoJSON of a shape or line; a band as its approximate outline, for maps only."""
    if isinstance(shape, Line):
        coordinates = ", ".join(_pair(point) for point in shape.points)
        return f'{{"type": "LineString", "coordinates": [{coordinates}]}}\n'.encode()
    if isinstance(shape, Area):
        polygons = [(polygon.outer, *polygon.holes) for polygon in shape.polygons]
    else:
        polygons = [(ring,) for ring in outline(shape)]
    texts = [f"[{', '.join(_closed(ring) for ring in rings)}]" for rings in polygons]
    return f'{{"type": "MultiPolygon", "coordinates": [{", ".join(texts)}]}}\n'.encode()


def _closed(ring: tuple[Position, ...]) -> str:
    return f"[{', '.join(_pair(point) for point in (*ring, ring[0]))}]"


def _pair(point: Position) -> str:
    return f"[{format_degrees(point.lon_u)}, {format_degrees(point.lat_u)}]"


def _parsed(data: bytes) -> object:
    if len(data) > LIMIT_BYTES:
        _refuse(f"it has {len(data)} bytes, more than the {LIMIT_BYTES} allowed; simplify it")
    try:
        found: object = json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        msg = f"a GeoJSON file is not UTF-8 at byte {error.start}; save it as UTF-8"
        raise BadInput(msg) from error
    except json.JSONDecodeError as error:
        msg = f"a GeoJSON file is not JSON at line {error.lineno}, column {error.colno}; correct it there"
        raise BadInput(msg) from error
    except (RecursionError, ValueError, InvalidOperation) as error:
        msg = "a GeoJSON file is nested too deeply or holds a number without sense; export it again"
        raise BadInput(msg) from error
    return found


def _no_number(word: str) -> Never:
    _refuse(f"it holds {word}, which is no number; remove that point")


def _geometries(value: object, wanted: tuple[str, ...], depth: int = 0) -> Iterator[tuple[str, object]]:
    """The geometries in whatever wraps them; any of another type is refused."""
    kind = _member(value, "type")
    if depth > 8:
        _refuse("its collections are nested too deeply; flatten them")
    if kind == "FeatureCollection":
        for feature in _array(_member(value, "features"), "its features"):
            yield from _geometries(feature, ("Feature", *wanted), depth + 1)
    elif kind == "Feature":
        yield from _geometries(_member(value, "geometry"), wanted, depth + 1)
    elif kind == "GeometryCollection":
        for geometry in _array(_member(value, "geometries"), "its geometries"):
            yield from _geometries(geometry, wanted, depth + 1)
    elif isinstance(kind, str) and kind in wanted:
        yield kind, _member(value, "coordinates")
    else:
        shown = kind[:30] if isinstance(kind, str) else "nothing of that kind"
        names = " or ".join(name for name in wanted if name != "Feature")
        _refuse(f"it holds {shown!a} where {names} is wanted; export only those")


def _member(value: object, name: str) -> object:
    if not isinstance(value, dict):
        _refuse(f"it has something other than an object where {name!r} is looked for; check how it was made")
    members = cast("dict[object, object]", value)
    if name not in members:
        _refuse(f"the member {name!r} is missing; add it")
    return members[name]


def _array(value: object, what: str) -> list[object]:
    if not isinstance(value, list):
        _refuse(f"{what} are not an array; write them in brackets")
    return cast("list[object]", value)


def _polygon(value: object, number: int) -> Polygon:
    rings = [
        _ring(ring, f"ring {index + 1} of polygon {number}")
        for index, ring in enumerate(_array(value, "the rings of a polygon"))
    ]
    if not rings:
        _refuse(f"polygon {number} is empty; remove it")
    polygon = Polygon(rings[0], tuple(rings[1:]))
    flat = shapely.Polygon(
        _plane(polygon.outer, number), [_hole(hole, polygon.outer, number) for hole in polygon.holes]
    )
    if not shapely.is_valid(flat):
        _refuse(f"polygon {number} is not sound: {_fault(shapely.is_valid_reason(flat))}; redraw it there")
    return polygon


def _plane(ring: tuple[Position, ...], number: int) -> tuple[tuple[int, int], ...]:
    try:
        return unrolled(ring)
    except BadInput as error:
        msg = f"a GeoJSON file cannot be used: polygon {number}: {error}"
        raise BadInput(msg) from error


def _hole(
    ring: tuple[Position, ...], outer: tuple[Position, ...], number: int
) -> tuple[tuple[int, int], ...]:
    """A hole, moved by whole turns to where its outer ring was unrolled to."""
    points, around = _plane(ring, number), _plane(outer, number)
    west, east = min(x for x, _ in around), max(x for x, _ in around)
    for turn in (-360_000_000, 0, 360_000_000):
        if all(west <= x + turn <= east for x, _ in points):
            return tuple((x + turn, y) for x, y in points)
    return points


def _fault(reason: str) -> str:
    """What GEOS says, with the place in degrees: "Self-intersection[11000000 48000000]"."""
    words, _, place = reason.partition("[")
    try:
        lon, lat = (round(float(part)) for part in place.rstrip("]").split())
    except ValueError:
        return words.strip().lower()
    return f"{words.strip().lower()} at latitude {format_degrees(lat)}, longitude {format_degrees(lon)}"


def _ring(value: object, where: str) -> tuple[Position, ...]:
    points = _positions(value, where)
    if len(points) < 4:
        _refuse(f"{where} has {len(points)} points; a ring has at least four, the last equal to the first")
    if points[0] != points[-1]:
        _refuse(f"{where} is not closed; end it with its first point, {_words(points[0])}")
    kept = tuple(here for before, here in pairwise(points) if here != before)
    if len(set(kept)) < 3:
        _refuse(f"{where} has fewer than three different points; give it an extent")
    return (kept[-1], *kept[:-1])


def _positions(value: object, where: str) -> tuple[Position, ...]:
    raw = _array(value, f"the points of {where}")
    if len(raw) > LIMIT_POINTS:
        _refuse(f"{where} has more than {LIMIT_POINTS} points; simplify it")
    return tuple(_position(point, f"point {index + 1} of {where}") for index, point in enumerate(raw))


def _position(value: object, where: str) -> Position:
    numbers = _array(value, f"the coordinates of {where}")
    if len(numbers) < 2:
        _refuse(f"{where} has no longitude and latitude; write [longitude, latitude]")
    lon, lat = (_number(number, where) for number in numbers[:2])
    if abs(lat) > 90 or abs(lon) > 180:
        swapped = abs(lon) <= 90 and abs(lat) <= 180
        hint = "are longitude and latitude swapped?" if swapped else "correct it"
        _refuse(f"{where} lies off the globe; GeoJSON writes [longitude, latitude] in degrees: {hint}")
    return Position(microdegrees(lat), microdegrees(lon))


def _number(value: object, where: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        _refuse(f"a coordinate of {where} is not a number; write degrees without quotes")
    return Decimal(value)


def _words(point: Position) -> str:
    return f"latitude {format_degrees(point.lat_u)}, longitude {format_degrees(point.lon_u)}"


def _refuse(why: str) -> Never:
    msg = f"a GeoJSON file cannot be used: {why}"
    raise BadInput(msg)
