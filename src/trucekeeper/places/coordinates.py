"""Coordinates as people write them: decimal degrees, degrees-minutes-seconds, MGRS and UTM; all in WGS 84.

Each reading comes with how far the place may lie from what is written, in metres: half of the last digit, both ways
at once. MGRS names a square, and is read as its middle.
"""

import math
import re
import warnings
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import NoReturn, Protocol, cast

import mgrs  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]
from pyproj import Transformer

from trucekeeper.kernel.errors import BadInput
from trucekeeper.places.position import Position, format_degrees, microdegrees, parse_position

_DEGREE_M = 111_320.0
_EXAMPLE = (
    "write it like 9.500000, -18.200000 or 9°30'00\"N 18°12'00\"W or 26PQA0123456789 or 26P 500000 1050000"
)


_GridError = cast("type[Exception]", mgrs.core.MGRSError)  # pyright: ignore[reportUnknownMemberType]


class _Grid(Protocol):
    """What is used of the library for grid references."""

    def toMGRS(self, latitude: float, longitude: float, *, MGRSPrecision: int = 5) -> str:  # noqa: N802, N803
        """The square that holds a place."""
        ...

    def toLatLon(self, name: str) -> tuple[float, float]:  # noqa: N802
        """The middle of a square."""
        ...


class Notation(Enum):
    """How a position is written."""

    DECIMAL = "decimal"
    DMS = "dms"
    MGRS = "mgrs"
    UTM = "utm"


_DECIMAL = re.compile(
    r"([NS])?\s*([+-]?[0-9]{1,2}(?:[.,][0-9]{1,12})?)\s*°?\s*([NS])?([\s,;/]+)"
    r"([EW])?\s*([+-]?[0-9]{1,3}(?:[.,][0-9]{1,12})?)\s*°?\s*([EW])?",
    re.IGNORECASE | re.ASCII,
)
_ANGLE = (
    r"([0-9]{1,3})(?:\s*(?:°|º|deg|d)\s*|\s)([0-9]{1,2}(?:[.,][0-9]{1,8})?)"
    r"(?:(?:\s*(?:'|\u2032|\u2019|min|m)\s*|\s)([0-9]{1,2}(?:[.,][0-9]{1,6})?)"
    r"(?:\s*(?:\"|\u2033|\u201d|''|\u2032\u2032|\u2019\u2019|sec|s))?|\s*(?:'|\u2032|\u2019|min|m))?"
)
_DMS = re.compile(
    rf"(?:{_ANGLE}\s*([NS])|([NS])\s*{_ANGLE})[\s,;/]*(?:{_ANGLE}\s*([EW])|([EW])\s*{_ANGLE})",
    re.IGNORECASE | re.ASCII,
)
_MGRS = re.compile(r"([0-9]{1,2})([C-HJ-NP-X])([A-HJ-NP-Z]{2})([0-9]{0,10})", re.IGNORECASE | re.ASCII)
_UTM = re.compile(
    r"([0-9]{1,2})\s*([C-HJ-NP-X])\s+([0-9]{6,7}(?:\.[0-9]{1,3})?)\s*(?:m?E)?[\s,]+([0-9]{1,8}(?:\.[0-9]{1,3})?)\s*(?:m?N)?",
    re.IGNORECASE | re.ASCII,
)
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
"""Latitude bands of 8 degrees from 80 south; X has 12."""
_IRREGULAR: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "31V": (0, 3), "32V": (3, 12),
        "31X": (0, 9), "32X": (9, 9), "33X": (9, 21), "34X": (21, 21), "35X": (21, 33), "36X": (33, 33),
        "37X": (33, 42),
    }
)  # fmt: skip
"""Zones whose sides are not 6 degrees apart, off Norway and Svalbard: west and east."""


def parse(text: str) -> tuple[Position, int]:
    """The place, and how many metres the writing leaves open; BadInput with an example where it is none."""
    trimmed = " ".join(text.replace("\u2212", "-").split())
    if len(trimmed) > 100:
        _refuse(trimmed, "is no place")
    bare = trimmed.replace(" ", "")
    matches = ((read, form.fullmatch(bare if form is _MGRS else trimmed)) for form, read in _READERS.items())
    return next((read(trimmed, found) for read, found in matches if found is not None), None) or _none(
        trimmed
    )


def written(position: Position, notation: Notation) -> str:
    """The position in a notation, to about a metre or finer; BadInput where the notation does not reach it."""
    if notation is Notation.DECIMAL:
        return f"{format_degrees(position.lat_u)}, {format_degrees(position.lon_u)}"
    if notation is Notation.DMS:
        return f"{_dms(position.lat_u, 'NS')} {_dms(position.lon_u, 'EW')}"
    if notation is Notation.MGRS:
        return _to_mgrs(position)
    return _to_utm(position)


def _read_decimal(text: str, found: re.Match[str]) -> tuple[Position, int]:
    before_lat, lat, after_lat, apart, before_lon, lon, after_lon = found.groups()
    if (before_lat and after_lat) or (before_lon and after_lon):
        _refuse(text, "names a side of the equator or of Greenwich twice")
    if "," in lat + lon and "." in lat + lon:
        _refuse(text, "has decimal commas and decimal points")
    if apart == "," and ("," in lat) != ("," in lon):
        _refuse(text, "has a comma too few or too many to tell where the longitude begins")
    lat, lon = lat.replace(",", "."), lon.replace(",", ".")
    position = parse_position(
        _sided(lat, before_lat or after_lat, "S", text), _sided(lon, before_lon or after_lon, "W", text)
    )
    digits = min(_digits(lat), _digits(lon))
    return position, _open_m(0.5 * 10.0**-digits)


def _sided(number: str, side: str | None, negative: str, text: str) -> str:
    if side is None:
        return number
    if number[0] in "+-":
        _refuse(text, "has a sign and a letter for the same thing")
    return f"-{number}" if side.upper() == negative else number


def _read_dms(text: str, found: re.Match[str]) -> tuple[Position, int]:
    parts = found.groups()
    lat, south = (parts[0:3], parts[3]) if parts[3] else (parts[5:8], parts[4])
    lon, west = (parts[8:11], parts[11]) if parts[11] else (parts[13:16], parts[12])
    lat_degrees, lat_open = _angle(lat, text)
    lon_degrees, lon_open = _angle(lon, text)
    if lat_degrees > 90 or lon_degrees > 180:
        _refuse(text, "lies beyond a pole or beyond 180 degrees")
    lat_u, lon_u = microdegrees(lat_degrees), microdegrees(lon_degrees)
    position = Position(
        -lat_u if south and south.upper() == "S" else lat_u,
        -lon_u if west and west.upper() == "W" else lon_u,
    )
    return position, _open_m(max(lat_open, lon_open))


def _angle(parts: tuple[str | None, ...], text: str) -> tuple[Decimal, float]:
    """Degrees, and half of what the last digit stands for."""
    degrees = Decimal(parts[0] or "0")
    minutes = Decimal((parts[1] or "0").replace(",", "."))
    seconds = Decimal((parts[2] or "0").replace(",", "."))
    if minutes >= 60 or seconds >= 60:
        _refuse(text, "has sixty minutes or seconds, or more")
    if parts[2] is not None and minutes != minutes.to_integral_value():
        _refuse(text, "has parts of a minute and seconds too")
    last, unit = (parts[2], 3600) if parts[2] is not None else (parts[1] or "0", 60)
    return degrees + minutes / 60 + seconds / 3600, 0.5 * 10.0 ** -_digits(last.replace(",", ".")) / unit


def _read_mgrs(text: str, found: re.Match[str]) -> tuple[Position, int]:
    zone, band, square, digits = found.groups()
    if len(digits) % 2:
        _refuse(text, "has an odd number of digits for a grid reference")
    if len(digits) < 2:
        _refuse(text, "names a square of 100 km, which is no place")
    side_m = 10 ** (5 - len(digits) // 2)
    name = f"{int(zone):02d}{band}{square}{digits}".upper()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of a wrong band: it is looked at below
            lat, lon = _grid().toLatLon(name)  # the middle of the square
    except (_GridError, ValueError, OverflowError):
        _refuse(text, "is no grid reference")
    # metres of the grid are up to 0.04 per cent shorter than those on the ground
    open_m = math.ceil(side_m * math.sqrt(0.5) * 1.0005)
    # the library takes letters of squares that are not in their zone and band, and names places far away for them
    if not (_in_band(band, lat, open_m) and _in_zone(int(zone), band, lat, lon, open_m)):
        _refuse(text, "is no grid reference of that zone and band")
    return _at(lat, lon), open_m


def _in_band(band: str, lat: float, open_m: int) -> bool:
    """Whether a latitude lies in its band, or as near to it as what is open and a tenth of a degree allow."""
    south = -80 + 8 * _BANDS.index(band.upper())
    spare = 0.1 + open_m / 110_000
    return south - spare <= lat <= south + (12 if band.upper() == "X" else 8) + spare


def _in_zone(zone: int, band: str, lat: float, lon: float, open_m: int) -> bool:
    """Whether a place lies in its zone, or as near to it as what is open and half a degree allow."""
    west, east = _IRREGULAR.get(f"{zone}{band}".upper(), (6 * zone - 186, 6 * zone - 180))
    middle, half = (west + east) / 2, (east - west) / 2
    spare = 0.5 + open_m / (110_000 * math.cos(math.radians(min(abs(lat), 85))))
    return abs((lon - middle + 180) % 360 - 180) <= half + spare


def _read_utm(text: str, found: re.Match[str]) -> tuple[Position, int]:
    zone, band, easting, northing = found.groups()
    number = int(zone)
    if not 1 <= number <= 60 or not 100_000 <= float(easting) < 1_000_000 or float(northing) >= 10_000_001:
        _refuse(text, "is no place in UTM")
    lat, lon = _from_utm(number, "N" if band.upper() >= "N" else "S", float(easting), float(northing))
    if not (math.isfinite(lat) and math.isfinite(lon) and _in_band(band, lat, 0)):
        _refuse(
            text,
            "does not lie in the latitude band that it names (a letter from C to X, not N or S for a side)",
        )
    digits = min(_digits(easting), _digits(northing))
    return _at(lat, lon), max(1, math.ceil(math.sqrt(0.5) * 10.0**-digits))


def _to_mgrs(position: Position) -> str:
    if not -80_000_000 <= position.lat_u <= 84_000_000:
        msg = "this notation reaches from 80 south to 84 north; choose decimal degrees nearer to a pole"
        raise BadInput(msg)
    return _grid().toMGRS(position.lat_u / 1e6, position.lon_u / 1e6)


def _to_utm(position: Position) -> str:
    name = _to_mgrs(position)
    zone, band = int(name[:2]), name[2]
    east, north = _utm(zone, band >= "N").transform(position.lon_u / 1e6, position.lat_u / 1e6)
    return f"{zone}{band} {east:.1f} {north:.1f}"


def _from_utm(zone: int, hemisphere: str, easting: float, northing: float) -> tuple[float, float]:
    lon, lat = _utm(zone, hemisphere == "N").transform(easting, northing, direction="INVERSE")
    return float(lat), float(lon)


@cache
def _utm(zone: int, north: bool) -> Transformer:  # noqa: FBT001 - the two halves of a zone
    return Transformer.from_crs(4326, (32600 if north else 32700) + zone, always_xy=True)


@cache
def _grid() -> _Grid:
    return cast("_Grid", mgrs.MGRS())


def _at(lat: float, lon: float) -> Position:
    return Position(round(lat * 1e6), round(((lon + 180) % 360 - 180) * 1e6))


def _dms(value_u: int, sides: str) -> str:
    """Degrees, minutes and hundredths of a second: a third of a metre."""
    hundredths = (abs(value_u) * 360_000 + 500_000) // 1_000_000
    whole, rest = divmod(hundredths, 360_000)
    minutes, seconds = divmod(rest, 6_000)
    side = sides[1] if value_u < 0 else sides[0]
    return f"{whole}°{minutes:02d}'{seconds // 100:02d}.{seconds % 100:02d}\"{side}"


def _digits(number: str) -> int:
    return len(number.partition(".")[2])


def _open_m(degrees: float) -> int:
    """Half of the last digit, both ways at once, in whole metres; nothing for what is as fine as positions are."""
    metres = degrees * _DEGREE_M * math.sqrt(2)
    return 0 if metres < 0.1 else math.ceil(metres)


def _none(text: str) -> NoReturn:
    """Say so, and why where longitude stands before latitude by its letters."""
    if re.fullmatch(r".*[EW].*[NS].*", text, re.IGNORECASE) and re.search(r"[0-9]", text):
        _refuse(text, "has the longitude first; swap the two")
    _refuse(text, "is no place")


def _refuse(text: str, why: str) -> NoReturn:
    msg = f"{text[:60]!a} {why}; {_EXAMPLE}"
    raise BadInput(msg)


_READERS: Mapping[re.Pattern[str], Callable[[str, re.Match[str]], tuple[Position, int]]] = MappingProxyType(
    {_DECIMAL: _read_decimal, _DMS: _read_dms, _MGRS: _read_mgrs, _UTM: _read_utm}
)
