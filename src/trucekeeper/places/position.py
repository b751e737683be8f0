"""Positions and the uncertain regions that reports really give: a disc, or "5-7 km south-east"."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from trucekeeper.kernel.errors import BadInput

BEARINGS = (
    "N",
    "NNE",
    "NE",
    "ENE",
    "E",
    "ESE",
    "SE",
    "SSE",
    "S",
    "SSW",
    "SW",
    "WSW",
    "W",
    "WNW",
    "NW",
    "NNW",
)
"""The 16 points of the compass, clockwise from north; each stands for 22.5 degrees, centred on it."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A point on WGS 84 in whole microdegrees (about 0.11 m)."""

    lat_u: int
    lon_u: int

    def __post_init__(self) -> None:
        if abs(self.lat_u) > 90_000_000:
            msg = "a latitude is beyond the poles; latitudes run from -90 to 90 (are the two swapped?)"
            raise BadInput(msg)
        if abs(self.lon_u) > 180_000_000:
            msg = "a longitude is beyond 180 degrees; longitudes run from -180 to 180"
            raise BadInput(msg)


@dataclass(frozen=True, slots=True)
class Disc:
    """Somewhere within ``radius_m`` of ``centre``; radius 0 is the exact point."""

    centre: Position
    radius_m: int

    def __post_init__(self) -> None:
        _not_negative(self.radius_m)


@dataclass(frozen=True, slots=True)
class Sector:
    """Seen from ``observer`` (itself known to ``observer_radius_m``), ``near_m`` to ``far_m`` away.

    ``bearing`` is an index into :data:`BEARINGS`; the direction is known to within 11.25 degrees of it.
    """

    observer: Position
    observer_radius_m: int
    near_m: int
    far_m: int
    bearing: int

    def __post_init__(self) -> None:
        _not_negative(self.observer_radius_m)
        _not_negative(self.near_m)
        if self.far_m < self.near_m:
            msg = "a distance range ends nearer than it begins; write the smaller distance first"
            raise BadInput(msg)
        if not 0 <= self.bearing < len(BEARINGS):
            msg = "a bearing is none of the 16 compass points; write N, NNE, NE and so on"
            raise BadInput(msg)


Region = Disc | Sector

_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,30})?")
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_MICRO = 1_000_000


def microdegrees(degrees: Decimal) -> int:
    """Whole microdegrees, exactly from the decimal; what lies below goes to the nearest, a half to the even one."""
    return int((_EXACT.multiply(degrees, _MICRO)).to_integral_value(context=_EXACT))


def parse_degrees(text: str) -> int:
    """Microdegrees from decimal degrees as people write them: "-20.5", "+18", "7.123456"."""
    trimmed = text.strip()
    if not _DEGREES.fullmatch(trimmed):
        msg = f"{trimmed[:30]!a} is not a number of degrees; write it like -20.512345"
        raise BadInput(msg)
    return microdegrees(Decimal(trimmed))


def parse_position(lat: str, lon: str) -> Position:
    """A position from two texts; BadInput says so when latitude and longitude seem to be swapped."""
    lat_u, lon_u = parse_degrees(lat), parse_degrees(lon)
    if abs(lat_u) > 90 * _MICRO and abs(lon_u) <= 90 * _MICRO:
        msg = f"the latitude {format_degrees(lat_u)} is beyond the poles; it seems swapped with the longitude"
        raise BadInput(msg)
    return Position(lat_u, lon_u)


def format_degrees(value_u: int) -> str:
    """Decimal degrees with six places, exactly; :func:`parse_degrees` reads the same number back."""
    sign = "-" if value_u < 0 else ""
    return f"{sign}{abs(value_u) // _MICRO}.{abs(value_u) % _MICRO:06d}"


def format_position(position: Position) -> str:
    """Latitude and longitude, in that order."""
    return f"{format_degrees(position.lat_u)}, {format_degrees(position.lon_u)}"


def swapped_near(position: Position, expected: Position, within_degrees: int = 5) -> bool:
    """Whether the position is far from where it is expected, and near once its two numbers change places."""
    if abs(position.lon_u) > 90 * _MICRO or _near(position, expected, within_degrees):
        return False
    return _near(Position(position.lon_u, position.lat_u), expected, within_degrees)


def bearing_of(text: str) -> int:
    """Index into :data:`BEARINGS` of "SE", "se", "south-east" or "North North East"."""
    words = re.findall(r"[a-z]+", text.casefold())
    joined = "".join(words)
    for name, letter in (("north", "n"), ("south", "s"), ("east", "e"), ("west", "w")):
        joined = joined.replace(name, letter)
    if joined.upper() not in BEARINGS:
        msg = f"{text.strip()[:30]!a} is none of the 16 compass points; write N, NNE, NE and so on"
        raise BadInput(msg)
    return BEARINGS.index(joined.upper())


def _near(one: Position, other: Position, within_degrees: int) -> bool:
    turn = abs(one.lon_u - other.lon_u)
    aside = min(turn, 360 * _MICRO - turn)
    return max(abs(one.lat_u - other.lat_u), aside) <= within_degrees * _MICRO


def _not_negative(metres: int) -> None:
    if metres < 0:
        msg = "a distance is negative; write it as a positive number of metres"
        raise BadInput(msg)
