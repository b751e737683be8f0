"""Areas and routes from files that people draw: GeoJSON (RFC 7946), KML and KMZ (OGC 12-007r2), GPX 1.1.

Edges of GeoJSON and KML are straight in longitude and latitude, and are followed by shortest ways to half a metre. What
cannot be one thing for sure is refused, in one sentence.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from trucekeeper.feeds import drawn_geojson, gpx, kml
from trucekeeper.feeds.shapes import LIMIT_BYTES, Drawn, Stop
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.model import Corridor, Waypoint
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.movements.zones import straight
from trucekeeper.places import rings

MOST_STOPS = 500
"""Of a route; a recorded track with more is refused, for only its driver knows which bends matter."""

_READERS: Mapping[str, Callable[[bytes], Drawn]] = MappingProxyType(
    {
        ".geojson": drawn_geojson.read,
        ".json": drawn_geojson.read,
        ".kml": kml.read,
        ".kmz": kml.read_packed,
        ".gpx": gpx.read,
    }
)


def read(name: str, data: bytes) -> Drawn:
    """What the file holds, by the ending of its name."""
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if ending not in _READERS:
        msg = f"{name[:60]!a} ends in none of {', '.join(_READERS)}; save the drawing as one of them"
        raise BadInput(msg)
    if len(data) > LIMIT_BYTES:
        msg = f"{name[:60]} is larger than {LIMIT_BYTES // 1_000_000} MB; simplify the drawing"
        raise BadInput(msg)
    try:
        return _READERS[ending](data)
    except BadInput as error:
        msg = f"{name[:60]}: {error}"
        raise BadInput(msg) from error


def areas(name: str, data: bytes) -> tuple[Footprint, ...]:
    """Every polygon of the file, and every point that has a radius."""
    found = read(name, data)
    for number, (outer, *_) in enumerate(found.rings):
        fault = rings.fault(outer)
        if fault is not None:
            msg = f"{name[:60]}: polygon {number + 1} {fault}"
            raise BadInput(msg)
    made = [
        Footprint(Form.RING, straight(outer), 0, tuple(straight(hole) for hole in holes))
        for outer, *holes in found.rings
    ]
    for at, radius_m in found.points:
        if radius_m is None:
            msg = f"{name[:60]}: a point has no radius; give it the property radius_m, or draw an area"
            raise BadInput(msg)
        made.append(Footprint(Form.POINT, (at,), radius_m * 100))
    if not made:
        msg = f"{name[:60]}: it holds no area; draw a polygon"
        raise BadInput(msg)
    return tuple(made)


def route(name: str, data: bytes, width_m: int, early_ms: int = 0, late_ms: int = 0) -> Corridor:
    """The one route of the file, its stops with a time each; one may be so much earlier or later there."""
    found = read(name, data).routes
    if len(found) != 1:
        msg = f"{name[:60]}: it holds {len(found)} routes; keep exactly one line or track"
        raise BadInput(msg)
    stops = _few(found[0])
    points: list[Waypoint] = []
    for number, stop in enumerate(stops):
        if stop.when is None:
            msg = f"{name[:60]}: stop {number + 1} of the route has no time; give each a time, or list waypoints"
            raise BadInput(msg)
        points.append(Waypoint(stop.at, Instant(stop.when - early_ms), Instant(stop.when + late_ms)))
    if len(points) < 2:
        msg = f"{name[:60]}: the route has fewer than two stops; draw the whole way"
        raise BadInput(msg)
    return Corridor(tuple(points), width_m)


def _few(stops: tuple[Stop, ...]) -> tuple[Stop, ...]:
    if len(stops) <= MOST_STOPS:
        return stops
    msg = f"the route has {len(stops)} stops, more than {MOST_STOPS}; thin it out, keeping every bend"
    raise BadInput(msg)
