"""A Volume4D of the standard as a volume of ours, rounded outward, or one sentence on what is wrong with it.

Radii go up to the centimetre, altitudes outward to the centimetre, starts down and ends up to the millisecond;
positions go to the nearest microdegree, which the tolerance of the geometry covers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from trucekeeper.airspace.refusals import TooLarge
from trucekeeper.airspace.sent import Given
from trucekeeper.kernel.clock import Instant, parse_rfc3339
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position, microdegrees

LARGEST_KM2 = 2_500
"""How large the area of one volume may be."""

_TOO_LARGE = f"an area is larger than {LARGEST_KM2} km2; send smaller ones"

MOST_VOLUMES = 500
MOST_VERTICES = 5_000
"""In all volumes of one request together: so many fit into one entry of the record."""

LOWEST_M, HIGHEST_M = -8_000, 100_000
"""The standard's bounds of an altitude."""

_FARTHEST_M = 20_100_000
_LONGEST_TIME = 64
_FRACTION = re.compile(r"(.*:[0-9]{2}\.[0-9]{3})([0-9]+)(.*)")
_DOWN = Context(prec=80, rounding=ROUND_FLOOR)
_UP = Context(prec=80, rounding=ROUND_CEILING)


@dataclass(frozen=True, slots=True)
class Needs:
    """What volumes of some kind may not leave open."""

    times: bool = False
    altitudes: bool = False


def volumes(given: Given, needs: Needs) -> tuple[Volume, ...]:
    """The volumes of ``extents``: one at least."""
    listed = given.objects("extents", MOST_VOLUMES)
    if not listed:
        given.refuse("extents", "is empty; send one volume at least")
    found = tuple(volume(one, needs) for one in listed)
    if sum(len(one.footprint.points) for one in found) > MOST_VERTICES:
        given.refuse("extents", f"has more than {MOST_VERTICES} vertices in all; send simpler outlines")
    return found


def volume(given: Given, needs: Needs) -> Volume:
    """One volume; what is left open has no bound."""
    solid = given.object("volume")
    footprint = _outline(solid)
    for name in ("time_start", "time_end") if needs.times else ():
        given.object(name)
    for name in ("altitude_lower", "altitude_upper") if needs.altitudes else ():
        solid.object(name)
    start, end = _time(given, "time_start", up=False), _time(given, "time_end", up=True)
    low, high = _altitude(solid, "altitude_lower", _DOWN), _altitude(solid, "altitude_upper", _UP)
    if start is not None and end is not None and end < start:
        given.refuse("time_end", "is before time_start; swap the two or correct one")
    if low is not None and high is not None and high < low:
        solid.refuse("altitude_upper", "is below altitude_lower; swap the two or correct one")
    return Volume(footprint, start, end, low, high)


def instant(given: Given, name: str, *, up: bool) -> Instant:
    """A moment, to the millisecond after it or before it."""
    inner = given.object(name)
    inner.one_of("format", "RFC3339")
    text = inner.text("value", _LONGEST_TIME)
    if text != text.strip():
        inner.refuse("value", "begins or ends with a space; trim it")
    finer = _FRACTION.fullmatch(text)
    try:
        at = parse_rfc3339(finer[1] + finer[3] if finer else text)
    except BadInput as error:
        inner.refuse("value", f"is no moment: {error}")
    return Instant(at + 1) if up and finer is not None and finer[2].strip("0") else at


def fits(found: Sequence[Volume]) -> None:
    """Refuse areas that are larger than is served."""
    from trucekeeper.places.rings import area_km2  # noqa: PLC0415 - compiled code takes a moment to load

    for one in found:
        if area_km2(one.footprint.points, one.footprint.reach_cm) > LARGEST_KM2:
            raise TooLarge(_TOO_LARGE)


def _outline(given: Given) -> Footprint:
    if given.has("outline_circle") == given.has("outline_polygon"):
        given.refuse("outline_circle", "or outline_polygon has to be there, and not both; send one outline")
    if given.has("outline_circle"):
        return _circle(given.object("outline_circle"))
    return _polygon(given.object("outline_polygon"))


def _circle(given: Given) -> Footprint:
    centre, radius = _position(given.object("center")), given.object("radius")
    radius.one_of("units", "M")
    metres = radius.number("value", 0, _FARTHEST_M)
    if metres <= 0:
        radius.refuse("value", "is not above 0; send a circle that has a radius")
    reach = Footprint(Form.POINT, (centre,), 0)
    return _reaching(reach, int(_UP.multiply(metres, 100).to_integral_value(context=_UP)))


def _reaching(core: Footprint, reach_cm: int) -> Footprint:
    try:
        return Footprint(core.form, core.points, reach_cm)
    except BadInput as error:  # farther than any footprint may reach, so larger than any area that is served
        raise TooLarge(_TOO_LARGE) from error


def _polygon(given: Given) -> Footprint:
    vertices = given.objects("vertices", MOST_VERTICES)
    if len(vertices) < 3:
        given.refuse("vertices", "are fewer than 3; send a polygon that has an area")
    raw = [(one.number("lat", -90, 90), one.number("lng", -180, 180)) for one in vertices]
    if len({_point(lat, lng) for lat, lng in raw}) < len(raw):
        given.refuse("vertices", "hold a point twice; leave one out, for the last joins the first by itself")
    points = _distinct(raw)
    if len(points) < 3:  # narrower than a microdegree: what is left of it is kept, and met
        return Footprint(Form.PATH if len(points) == 2 else Form.POINT, points)
    _check_ring(given, points)
    return Footprint(Form.RING, points)


def _check_ring(given: Given, points: tuple[Position, ...]) -> None:
    from trucekeeper.places import rings, sphere  # noqa: PLC0415 - compiled code takes a moment to load

    if sphere.core(sphere.RING, (points,)).cap > rings.FARTHEST:
        raise TooLarge(_TOO_LARGE)
    fault = rings.fault(points)
    if fault is not None:
        msg = f"{given.at} {fault}"
        raise BadInput(msg)


def _point(lat: Decimal, lng: Decimal) -> tuple[Decimal, Decimal]:
    """The same for the same place: a pole has no longitude, and the antimeridian two."""
    return (lat, Decimal(0)) if abs(lat) == 90 else (lat, abs(lng) if abs(lng) == 180 else lng)


def _distinct(raw: Sequence[tuple[Decimal, Decimal]]) -> tuple[Position, ...]:
    """The vertices to the nearest microdegree, less those that fall together with the one before."""
    rounded = [Position(microdegrees(lat), microdegrees(lng)) for lat, lng in raw]
    return tuple(one for at, one in enumerate(rounded) if one != rounded[at - 1]) or (rounded[0],)


def _position(given: Given) -> Position:
    lat, lng = given.number("lat", -90, 90), given.number("lng", -180, 180)
    return Position(microdegrees(lat), microdegrees(lng))


def _time(given: Given, name: str, *, up: bool) -> Instant | None:
    return instant(given, name, up=up) if given.has(name) else None


def _altitude(given: Given, name: str, outward: Context) -> int | None:
    if not given.has(name):
        return None
    inner = given.object(name)
    inner.one_of("reference", "W84")
    inner.one_of("units", "M")
    metres = inner.number("value", LOWEST_M, HIGHEST_M)
    return int(outward.multiply(metres, 100).to_integral_value(context=outward))
