"""What people and agencies write in cells: whole and decimal numbers, ranges, degrees, bearings, moments."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NoReturn

from trucekeeper.feeds.rows import Cells
from trucekeeper.kernel.clock import Instant, Interval, from_datetime
from trucekeeper.kernel.span import Span
from trucekeeper.places.position import BEARINGS, Position

_DECIMAL = re.compile(r"([+-]?)([0-9]{1,9})(?:\.([0-9]{0,30}))?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_WHOLE = re.compile(r"[0-9]{1,9}")
_RANGE = re.compile(r"([0-9]{1,9}) ?- ?([0-9]{1,9})")
_OVER = re.compile(r"(over|more than|>|at least|from|>=|up to|<=) ?([0-9]{1,9})")
_PLUS = re.compile(r"([0-9]{1,9}) ?\+")
_NUMBER = r"([0-9]{1,3}(?:\.[0-9]{1,10})?)"
_DMS = re.compile(rf"([0-9]{{1,3}})° ?(?:{_NUMBER}' ?(?:{_NUMBER}\" ?)?)?([NSEW])")
_KM_RANGE = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?)(?: ?- ?([0-9]{1,4}(?:\.[0-9]{1,3})?))?")
_DATED = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?)?"
    r" ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?"
)
_OFFSET = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})?")
_BEARING_WORDS = {"NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W"}

DAY_MS = 86_400_000
_LOOKALIKES = str.maketrans({
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
    "\u2032": "'", "\u2019": "'", "\u2033": '"', "\u201d": '"', "\u00ba": "°", "\u00a0": " ", "\u202f": " ",
})  # fmt: skip
"""What word processors put in place of a hyphen, a minus, primes, a degree sign or a space."""


def whole(cells: Cells, column: str, least: int = 0, most: int = 1_000_000_000) -> int | None:
    """A whole number from ``least`` to ``most``; None when empty."""
    value = cells[column]
    if not value:
        return None
    if not _WHOLE.fullmatch(value):
        _no_number(cells, column, value, "write a whole number")
    number = int(value)
    if not least <= number <= most:
        cells.refuse(column, "is out of range", f"write a number from {least} to {most}")
    return number


def scaled(cells: Cells, column: str, places: int) -> int | None:
    """A decimal number times ten to the ``places``, rounded half away from zero; None when empty."""
    value = cells[column]
    return scaled_text(cells, column, value, places) if value else None


def scaled_text(cells: Cells, column: str, value: str, places: int) -> int:
    """As :func:`scaled`, for a part of a cell."""
    match = _DECIMAL.fullmatch(value) or _DECIMAL.fullmatch(value.translate(_LOOKALIKES))
    if match is None:
        _no_number(cells, column, value, "write a decimal number such as 47.62")
    return _scaled(match, places)


def _scaled(match: re.Match[str], places: int) -> int:
    sign, head, tail = match.groups("")
    if len(tail) <= places:
        number = int(f"{head}{tail}{'0' * (places - len(tail))}")
    else:
        number = int(head + tail[:places]) + (tail[places] >= "5")
    return -number if sign == "-" else number


def _no_number(cells: Cells, column: str, value: str, remedy: str) -> NoReturn:
    if _COMMA.fullmatch(value):
        cells.refuse(column, "has a decimal comma", "write a point, as in 47.62")
    if value.lstrip("+-").casefold() in {"nan", "inf", "infinity"}:
        cells.refuse(column, "is not a finite number", "write the number, or clear the cell")
    if value[0] in "=@" or (value[0] in "+-" and not value[1:2].isdigit()):
        cells.refuse(column, "begins like a formula", "paste its value in its place")
    cells.refuse(column, "is not a number", remedy)


def position(cells: Cells, lat: str, lon: str) -> Position | None:
    """Degrees, decimal (47.6208) or with minutes and seconds (47°37'15"N); None when both are empty."""
    if not cells[lat] and not cells[lon]:
        return None
    lat_u, lon_u = _degrees(cells, lat, "NS"), _degrees(cells, lon, "EW")
    if abs(lat_u) > 90_000_000:
        swapped = abs(lon_u) <= 90_000_000
        remedy = "swap latitude and longitude if they are swapped" if swapped else "write -90 to 90"
        cells.refuse(lat, "is beyond the poles", remedy)
    if abs(lon_u) > 180_000_000:
        cells.refuse(lon, "is beyond 180 degrees", "write -180 to 180")
    if lat_u == 0 == lon_u:
        cells.refuse(
            lat, "is 0 and so is the longitude, as when a position is missing", "clear both if it is unknown"
        )
    return Position(lat_u, lon_u)


def _degrees(cells: Cells, column: str, letters: str) -> int:
    value = cells[column]
    if not value:
        cells.refuse(column, "is empty", "give both latitude and longitude, or neither")
    if match := _DECIMAL.fullmatch(value):
        return _scaled(match, 6)
    plain = value.translate(_LOOKALIKES).upper().replace("''", '"')
    match = _DMS.fullmatch(plain)
    if match is None:
        return scaled_text(cells, column, value, 6)
    degrees, minutes, seconds, letter = match.groups()
    if letter not in letters:
        cells.refuse(
            column, f"ends with {letter}", f"end it with {letters[0]} or {letters[1]} (are the two swapped?)"
        )
    minutes_u = scaled_text(cells, column, minutes or "0", 6)
    seconds_u = scaled_text(cells, column, seconds or "0", 6)
    if minutes_u >= 60_000_000 or seconds_u >= 60_000_000:
        cells.refuse(column, "has 60 or more minutes or seconds", "write 0 to 59")
    angle_u = int(degrees) * 1_000_000 + (minutes_u * 60 + seconds_u + 1800) // 3600
    return -angle_u if letter in "SW" else angle_u


def distance(cells: Cells, column: str) -> tuple[int, int] | None:
    """Kilometres, "6" or "5-7", as metres from nearest to farthest; None when empty.

    A single number holds half a unit of its last digit more or less.
    """
    value = cells[column].translate(_LOOKALIKES).removesuffix("km").strip()
    if not value:
        return None
    match = _KM_RANGE.fullmatch(value)
    if match is None:
        cells.refuse(column, "is not a distance in kilometres", "write it as 6 or 5-7")
    near, far = match.groups()
    near_m = scaled_text(cells, column, near, 3)
    if far is None:
        half_m = 500 // 10 ** len(near.partition(".")[2])
        return max(0, near_m - half_m), near_m + half_m
    far_m = scaled_text(cells, column, far, 3)
    if far_m < near_m:
        cells.refuse(column, "runs from the larger to the smaller distance", "write the smaller one first")
    return near_m, far_m


def bearing(cells: Cells, column: str) -> int | None:
    """An index into :data:`BEARINGS` from "SE", "south-east" or "SSE"; None when empty."""
    value = cells[column].upper()
    if not value:
        return None
    for word, letter in _BEARING_WORDS.items():
        value = value.replace(word, letter)
    point = value.replace("-", "").replace(" ", "")
    if point not in BEARINGS:
        cells.refuse(column, "is not a compass point", f"write one of {', '.join(BEARINGS)}")
    return BEARINGS.index(point)


def span(cells: Cells, column: str, unknown: Mapping[str, Span | None]) -> Span | None:
    """A range: "12", "5-7", "over 100", "at least 5", "5+", "up to 20", or a word of ``unknown``; None when empty."""
    value = cells[column].translate(_LOOKALIKES).casefold()
    if not value:
        return None
    if value in unknown:
        return unknown[value]
    found = _bounds(value)
    if found is None:
        if _DATED.match(value):
            remedy = "format the column as text and retype it"
            cells.refuse(column, "has been turned into a date by the spreadsheet", remedy)
        known = "".join(f", {word}" for word in unknown)
        cells.refuse(column, "is neither a number nor a range", f"write it as 12, 5-7, over 100{known}")
    low, high = found
    if high is not None and high < low:
        cells.refuse(column, "runs from the larger to the smaller number", "write the smaller one first")
    return Span(low, high)


def _bounds(value: str) -> tuple[int, int | None] | None:
    if _WHOLE.fullmatch(value):
        return int(value), int(value)
    if match := _RANGE.fullmatch(value):
        return int(match[1]), int(match[2])
    if match := _PLUS.fullmatch(value):
        return int(match[1]), None
    match = _OVER.fullmatch(value)
    if match is None:
        return None
    bound = int(match[2])
    if match[1] in {"up to", "<="}:
        return 0, bound
    return (bound if match[1] in {"at least", "from", ">="} else bound + 1), None


def when(cells: Cells, start: str, end: str, offset: str, *, until: bool = False) -> Interval:
    """From the first moment of ``start`` to the last of ``end`` (of ``start`` when that is empty).

    A time given to the minute lasts that minute, a date that day; with ``until`` a time of day in ``end``
    is itself the end. ``offset`` names the column whose offset from UTC holds where a cell has none.
    """
    first, first_ms = moment(cells, start, offset)
    if not cells[end]:
        return Interval(first, Instant(first + first_ms))
    last, last_ms = moment(cells, end, offset)
    if last < first:
        cells.refuse(end, "is before the start", "swap the two or correct one")
    stays = until and last_ms < DAY_MS and last > first
    return Interval(first, last if stays else Instant(last + last_ms))


def moment(cells: Cells, column: str, offset: str) -> tuple[Instant, int]:
    """The first moment of a cell such as "2026-03-05 14:30 +02:00", and the milliseconds that it covers."""
    value = cells[column].translate(_LOOKALIKES)
    if not value:
        cells.refuse(column, "is empty", "fill it in")
    match = _MOMENT.fullmatch(value)
    if match is None:
        cells.refuse(column, "is not a time", "write it as 2026-03-05 14:30 +02:00")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    zone = zone or cells[offset].translate(_LOOKALIKES)
    if not zone:
        cells.refuse(column, "has no time zone", "add Z or an offset such as +02:00")
    at = (int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    try:
        named = datetime(*at, tzinfo=_zone(cells, column, zone))
        begin = from_datetime(named)
    except (ValueError, OverflowError):
        cells.refuse(column, "is a day or an hour that does not exist", "correct it")
    if fraction:
        return Instant(begin + int(fraction.ljust(3, "0")[:3])), 1
    if second:
        return begin, 1000
    return begin, 60_000 if hour else DAY_MS


def _zone(cells: Cells, column: str, text: str) -> tzinfo:
    if text in {"Z", "UTC"}:
        return UTC
    match = _OFFSET.fullmatch(text)
    hours = int(match[2]) if match else 99
    minutes = int(match[3] or 0) if match else 0
    if match is None or hours > 14 or minutes > 59:
        cells.refuse(
            column, "has a time zone that is no offset from UTC", "write Z or an offset such as +02:00"
        )
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if match[1] == "-" else offset)


def day(cells: Cells, column: str) -> date:
    """A date, with or without a time of midnight after it."""
    value = cells[column]
    if not _DATED.match(value) or value[10:].strip(" T0:.Z"):
        cells.refuse(column, "is empty or not a date", "write it as 2015-02-15")
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        cells.refuse(column, "is a day that does not exist", "correct it")
