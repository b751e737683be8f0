"""GeoJSON that people draw: polygons, points with a radius, lines with times."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NoReturn, cast

from trucekeeper.feeds.shapes import MOST_POINTS, Drawn, Ring, Stop
from trucekeeper.kernel.clock import Instant, parse_rfc3339
from trucekeeper.kernel.errors import BadInput
from trucekeeper.places.position import Position, microdegrees

_TIMES = ("times", "coordTimes")
_DEEP = 20


def read(data: bytes) -> Drawn:
    """What the file holds; properties read are ``radius_m`` of a point and ``times`` of a line."""
    try:
        whole: object = json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        msg = f"it is not UTF-8 at byte {error.start}; save it as UTF-8"
        raise BadInput(msg) from error
    except (ValueError, ArithmeticError, RecursionError) as error:
        msg = "it is not JSON; save it as GeoJSON"
        raise BadInput(msg) from error
    rings: list[tuple[Ring, ...]] = []
    points: list[tuple[Position, int | None]] = []
    routes: list[tuple[Stop, ...]] = []
    count = 0
    for kind, coordinates, said in _geometries(whole, {}, 0):
        if kind in {"Polygon", "MultiPolygon"}:
            several = [coordinates] if kind == "Polygon" else _array(coordinates)
            found = [_polygon(one) for one in several]
            count += sum(len(ring) for one in found for ring in one)
            rings += found
        elif kind in {"Point", "MultiPoint"}:
            places = [coordinates] if kind == "Point" else _array(coordinates)
            count += len(places)
            points += [(_position(one), _radius(said)) for one in places]
        elif kind == "LineString":
            routes.append(_route(coordinates, said))
            count += len(routes[-1])
        else:
            _refuse(f"it holds a {ascii(kind)[:30]}, which is neither an area nor a route; leave it out")
        if count > MOST_POINTS:
            _refuse(f"it holds more than {MOST_POINTS:,} points; simplify the drawing")
    if not count:
        _refuse("it holds nothing that is drawn")
    return Drawn(tuple(rings), tuple(points), tuple(routes))


def _geometries(
    value: object, said: Mapping[str, object], depth: int
) -> Iterator[tuple[object, object, Mapping[str, object]]]:
    if not isinstance(value, dict) or depth > _DEEP:
        _refuse("it is no GeoJSON object, or one nested too deep")
    fields = cast("dict[str, object]", value)
    kind = fields.get("type")
    if kind == "FeatureCollection":
        for one in _array(fields.get("features")):
            yield from _geometries(one, said, depth + 1)
    elif kind == "Feature":
        own = fields.get("properties")
        yield from _geometries(
            fields.get("geometry"), cast("dict[str, object]", own) if isinstance(own, dict) else {}, depth + 1
        )
    elif kind == "GeometryCollection":
        for one in _array(fields.get("geometries")):
            yield from _geometries(one, said, depth + 1)
    else:
        yield kind, fields.get("coordinates"), said


def _polygon(coordinates: object) -> tuple[Ring, ...]:
    found: list[Ring] = []
    for ring in _array(coordinates):
        points = tuple(_position(one) for one in _array(ring))
        if len(points) < 4 or points[0] != points[-1]:
            _refuse("a ring does not end where it begins; close it by repeating its first point")
        found.append(points[:-1])
    if not found:
        _refuse("a polygon has no ring; draw it again")
    return tuple(found)


def _route(coordinates: object, said: Mapping[str, object]) -> tuple[Stop, ...]:
    points = [_position(one) for one in _array(coordinates)]
    # GeoJSON made from GPX or KML has the times one level down
    inner = said.get("coordinateProperties")
    both = {**cast("dict[str, object]", inner), **said} if isinstance(inner, dict) else said
    listed = next((both[name] for name in _TIMES if name in both), None)
    if listed is None:
        return tuple(Stop(one, None) for one in points)
    times = _array(listed)
    if len(times) != len(points):
        _refuse(f"a line has {len(points)} points and {len(times)} times; give each point one")
    return tuple(Stop(at, _time(when)) for at, when in zip(points, times, strict=True))


def _radius(said: Mapping[str, object]) -> int | None:
    value = said.get("radius_m", said.get("radius"))
    if value is None:
        return None
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or not 0 <= value <= 100_000:
        _refuse("a radius is no number of metres up to 100,000; correct it")
    return math.ceil(value)


def _position(value: object) -> Position:
    pair = _array(value)
    if len(pair) < 2:
        _refuse("a position has fewer than two numbers; write longitude, latitude")
    lon, lat = (_number(one) for one in pair[:2])
    if not -90 <= lat <= 90 and -90 <= lon <= 90:
        _refuse("a latitude is beyond the poles; GeoJSON has the longitude first, so the two seem swapped")
    return Position(microdegrees(lat), microdegrees(lon))


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        _refuse("a coordinate is not a number; write degrees")
    if not -360 <= value <= 360:  # compared exactly: arithmetic overflows on 1e999999999
        _refuse("a coordinate is beyond 360; it must be in degrees of WGS 84, not in metres")
    return Decimal(value)


def _time(value: object) -> Instant:
    if not isinstance(value, str):
        _refuse("a time is not text; write it like 2026-03-01T14:30:00Z")
    return parse_rfc3339(value)


def _array(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        _refuse("a list is missing where GeoJSON has one; draw it again")
    return cast("list[object]", value)


def _no_number(text: str) -> NoReturn:
    _refuse(f"it holds {text}, which is no number")


def _refuse(why: str) -> NoReturn:
    raise BadInput(why)
