"""Areas and routes from files that people draw: GeoJSON (RFC 7946), KML and KMZ (OGC 12-007r2), GPX 1.1.

Edges of GeoJSON and KML are straight in longitude and latitude, and are followed by shortest ways to half a metre. What
cannot be one thing for sure is refused, in one sentence.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NoReturn

from trucekeeper.feeds import drawn_geojson, gpx, kml
from trucekeeper.feeds.shapes import LIMIT_BYTES, Drawn, Ring
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.model import Corridor, Waypoint
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.movements.zones import MARGIN_CM, numbered
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
        msg = f"{_shown(name)} is larger than {LIMIT_BYTES // 1_000_000} MB; simplify the drawing"
        raise BadInput(msg)
    try:
        return _READERS[ending](data)
    except BadInput as error:
        msg = f"{_shown(name)}: {error}"
        raise BadInput(msg) from error


def areas(name: str, data: bytes) -> tuple[Footprint, ...]:
    """Every polygon of the file, and every point that has a radius; BadInput where there is a way beside them."""
    found = read(name, data)
    if found.routes:
        _refuse(name, "it holds a line or track beside its areas; leave it out, or announce it as a movement")
    made: list[Footprint] = []
    for number, drawn_rings in enumerate(found.rings):
        outer, *holes = (_ring(name, number + 1, ring) for ring in drawn_rings)
        made.append(Footprint(Form.RING, outer, MARGIN_CM, tuple(holes)))
    for at, radius_m in found.points:
        if radius_m is None:
            _refuse(name, "a point has no radius; give it the property radius_m, or draw an area")
        made.append(Footprint(Form.POINT, (at,), radius_m * 100))
    if not made:
        _refuse(name, "it holds no area; draw a polygon")
    return tuple(made)


def _ring(name: str, number: int, ring: Ring) -> Ring:
    """One ring with the points that follow its straight edges; its faults are told by the points that were drawn."""
    try:
        followed = numbered(ring, rings.MOST_POINTS)
    except BadInput as error:
        msg = f"{_shown(name)}: polygon {number} {error}"
        raise BadInput(msg) from error
    points = tuple(point for point, _ in followed)
    fault = rings.fault(points, [at for _, at in followed])
    if fault is not None:
        _refuse(name, f"polygon {number} {fault}")
    return points


def route(name: str, data: bytes, width_m: int, early_ms: int = 0, late_ms: int = 0) -> Corridor:
    """The one route of the file, its stops with a time each; one may be so much earlier or later there.

    Points without a radius beside it are landmarks, and passed over; BadInput where there are areas.
    """
    found = read(name, data)
    if len(found.routes) != 1:
        _refuse(name, f"it holds {len(found.routes)} routes; keep exactly one line or track")
    if found.rings or any(radius_m is not None for _, radius_m in found.points):
        _refuse(name, "it holds areas beside its route; leave them out, or announce them apart")
    (stops,) = found.routes
    if len(stops) > MOST_STOPS:
        _refuse(
            name, f"the route has {len(stops)} stops, more than {MOST_STOPS}; thin it out, keeping every bend"
        )
    points: list[Waypoint] = []
    for number, stop in enumerate(stops):
        if stop.when is None:
            _refuse(name, f"stop {number + 1} of the route has no time; give each a time, or list waypoints")
        points.append(Waypoint(stop.at, Instant(stop.when - early_ms), Instant(stop.when + late_ms)))
    if len(points) < 2:
        _refuse(name, "the route has fewer than two stops; draw the whole way")
    return Corridor(tuple(points), width_m)


def _refuse(name: str, why: str) -> NoReturn:
    msg = f"{_shown(name)}: {why}"
    raise BadInput(msg)


def _shown(name: str) -> str:
    """The file's name on one line, whatever is in it."""
    return ascii(name[:60])[1:-1]
