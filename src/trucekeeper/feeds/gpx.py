"""GPX 1.0 and 1.1: routes, tracks and waypoints, with their times."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from trucekeeper.feeds import xml
from trucekeeper.feeds.shapes import MOST_POINTS, Drawn, Stop
from trucekeeper.kernel.clock import parse_rfc3339
from trucekeeper.kernel.errors import BadInput


def read(data: bytes) -> Drawn:
    """Each route and each track as one way; waypoints by themselves as points without a radius."""
    root = xml.root(data)
    if xml.local(root) != "gpx":
        msg = "it is XML and no GPX; save the route as GPX"
        raise BadInput(msg)
    routes = [_stops(xml.below(one, "rtept")) for one in xml.below(root, "rte")]
    routes += [_stops(xml.below(one, "trkpt")) for one in xml.below(root, "trk")]
    points = tuple((stop.at, None) for stop in _stops(xml.below(root, "wpt")))
    routes = [one for one in routes if one]
    count = sum(map(len, routes)) + len(points)
    if not count:
        msg = "it holds no route, track or waypoint"
        raise BadInput(msg)
    if count > MOST_POINTS:
        msg = f"it holds more than {MOST_POINTS:,} points; thin the track out"
        raise BadInput(msg)
    return Drawn((), points, tuple(routes))


def _stops(points: Iterable[Element]) -> tuple[Stop, ...]:
    found: list[Stop] = []
    for point in points:
        at = xml.position(point.get("lat", ""), point.get("lon", ""))
        said = xml.words(xml.child(point, "time"))
        found.append(Stop(at, parse_rfc3339(said) if said else None))
    return tuple(found)
