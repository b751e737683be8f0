"""KML and KMZ: polygons, lines, and tracks with times (OGC 12-007r2; gx:Track)."""

import io
import lzma
import re
import struct
import zipfile
import zlib
from xml.etree.ElementTree import Element

from trucekeeper.feeds import xml
from trucekeeper.feeds.shapes import LIMIT_BYTES, MOST_POINTS, Drawn, Ring, Stop
from trucekeeper.kernel.clock import parse_rfc3339
from trucekeeper.kernel.errors import BadInput
from trucekeeper.places.position import Position

_SPOILT = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError,
    LookupError, lzma.LZMAError, ArithmeticError,
)  # fmt: skip
"""All that a spoilt archive has been seen to raise."""
_RADIUS = re.compile(r"[0-9]{1,6}")


def read(data: bytes) -> Drawn:
    """What the placemarks of the file hold; a point may have the datum ``radius_m``."""
    root = xml.root(data)
    if xml.local(root) != "kml":
        msg = "it is XML and no KML; save the drawing as KML"
        raise BadInput(msg)
    rings = tuple(_polygon(one) for one in xml.below(root, "Polygon"))
    points = [
        (at, _radius(mark))
        for mark in xml.below(root, "Placemark")
        for point in xml.below(mark, "Point")
        for at in _coordinates(point)
    ]
    routes = [tuple(Stop(at, None) for at in _coordinates(one)) for one in xml.below(root, "LineString")]
    routes += [_track(one) for one in xml.below(root, "Track")]
    count = sum(len(ring) for one in rings for ring in one) + len(points) + sum(map(len, routes))
    if not count:
        msg = "it holds nothing that is drawn"
        raise BadInput(msg)
    if count > MOST_POINTS:
        msg = f"it holds more than {MOST_POINTS:,} points; simplify the drawing"
        raise BadInput(msg)
    return Drawn(rings, tuple(points), tuple(routes))


def read_packed(data: bytes) -> Drawn:
    """The first KML of a KMZ, which may unpack to no more than a drawn file may be long."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            name = next((one for one in packed.namelist() if one.lower().endswith(".kml")), None)
            if name is None:
                msg = "it holds no KML; save the drawing again"
                raise BadInput(msg)
            with packed.open(name) as inner:
                plain = inner.read(LIMIT_BYTES + 1)
    except _SPOILT as error:
        msg = "it cannot be unpacked; save the drawing again"
        raise BadInput(msg) from error
    if len(plain) > LIMIT_BYTES:
        msg = f"it unpacks to more than {LIMIT_BYTES // 1_000_000} MB; simplify the drawing"
        raise BadInput(msg)
    return read(plain)


def _polygon(polygon: Element) -> tuple[Ring, ...]:
    outer = [
        _ring(one)
        for bound in xml.below(polygon, "outerBoundaryIs")
        for one in xml.below(bound, "LinearRing")
    ]
    holes = [
        _ring(one)
        for bound in xml.below(polygon, "innerBoundaryIs")
        for one in xml.below(bound, "LinearRing")
    ]
    if len(outer) != 1:
        msg = "a polygon has not exactly one outer boundary; draw it again"
        raise BadInput(msg)
    return (outer[0], *holes)


def _ring(ring: Element) -> Ring:
    points = _coordinates(ring)
    if len(points) < 4 or points[0] != points[-1]:
        msg = "a ring does not end where it begins; close it by repeating its first point"
        raise BadInput(msg)
    return points[:-1]


def _coordinates(element: Element) -> tuple[Position, ...]:
    found: list[Position] = []
    for triple in xml.words(xml.child(element, "coordinates")).split():
        parts = triple.split(",")
        if len(parts) not in {2, 3}:
            msg = "a position is not longitude,latitude or longitude,latitude,altitude; write it so"
            raise BadInput(msg)
        found.append(xml.position(parts[1], parts[0]))
    return tuple(found)


def _track(track: Element) -> tuple[Stop, ...]:
    times = [parse_rfc3339(xml.words(one)) for one in xml.below(track, "when")]
    places = [xml.words(one).split() for one in xml.below(track, "coord")]
    if len(times) != len(places) or any(len(one) < 2 for one in places):
        msg = f"a track has {len(places)} places and {len(times)} times; give each place one"
        raise BadInput(msg)
    return tuple(Stop(xml.position(at[1], at[0]), when) for at, when in zip(places, times, strict=True))


def _radius(mark: Element) -> int | None:
    for datum in xml.below(mark, "Data", "SimpleData"):
        if datum.get("name") == "radius_m":
            said = xml.words(xml.child(datum, "value")) or xml.words(datum)
            if not _RADIUS.fullmatch(said) or int(said) > 100_000:
                msg = "a radius is no whole number of metres up to 100,000; correct it"
                raise BadInput(msg)
            return int(said)
    return None
