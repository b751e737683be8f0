"""NASA FIRMS active fires (VIIRS and MODIS CSV): thermal anomalies seen by satellites.

Columns as in the FIRMS "Attributes" tables. ``acq_time`` is the UTC minute of the pass as HHMM; ``scan`` and
``track`` are the pixel's real size in km, and ``latitude``, ``longitude`` its centre, so that the fire is
within half of the pixel's diagonal.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import isqrt

from trucekeeper.feeds.rows import CellRefused, Cells, Feed, meaning_uid
from trucekeeper.feeds.written import day, position, scaled, whole
from trucekeeper.kernel.clock import Instant, Interval, from_datetime
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.places.position import Disc

FEED = Feed(
    name="firms",
    version=1,
    title="NASA FIRMS file",
    required=("latitude", "longitude", "scan", "track", "acq_date", "acq_time", "satellite", "confidence"),
)

CREDIBILITY = {"l": 4, "low": 4, "n": 3, "nominal": 3, "h": 2, "high": 2}
"""FIRMS confidence classes as Admiralty digits: doubtful, possibly true, probably true. Never 1: nothing
else has confirmed it yet."""
NOMINAL_PERCENT, HIGH_PERCENT = 30, 80
"""Where MODIS's percentages pass from low to nominal and to high (FIRMS, MODIS attribute table)."""

WIDEST_PIXEL_M = 20_000

_TYPES = {"1": "active volcano", "2": "other static land source", "3": "offshore"}


@dataclass(frozen=True, slots=True)
class Firms:
    """Reads FIRMS rows as detections of ``source``."""

    source: str = "nasa-firms"

    @property
    def feed(self) -> Feed:
        """See :data:`FEED`."""
        return FEED

    def observation(self, cells: Cells) -> Observation:
        """A thermal detection within half the diagonal of its pixel, in the minute of the pass."""
        centre = position(cells, "latitude", "longitude")
        if centre is None:
            cells.refuse("latitude", "is empty", "fill it in")
        region = Disc(centre, _half_diagonal_m(cells))
        start = _pass(cells)
        credibility = _credibility(cells)
        if cells["daynight"] not in {"", "D", "N"}:
            cells.refuse("daynight", "is neither D nor N", "correct it")
        note = _note(cells)
        place = f"{centre.lat_u} {centre.lon_u} {region.radius_m}"
        uid = meaning_uid(self.source, f"{place} {start} {credibility} {note}")
        return Observation(
            uid=uid,
            kind=Kind.DETECTION,
            source=self.source,
            when=Interval(start, Instant(start + 60_000)),
            where=region,
            act="fire-detected",
            means="satellite",
            credibility=credibility,
            note=note,
        )


def _half_diagonal_m(cells: Cells) -> int:
    known = _pixel(cells["scan"], cells["track"])
    if known is None:
        for column in ("scan", "track"):
            if not 0 < (scaled(cells, column, 3) or 0) <= WIDEST_PIXEL_M:
                cells.refuse(column, "is not the size of a pixel in km", "write a number over 0 and up to 20")
        cells.refuse("scan", "is not written as km", "write it as 0.52")
    return known


@lru_cache(maxsize=4096)
def _pixel(scan: str, track: str) -> int | None:
    """Half the diagonal in metres, rounded up; remembered because few sizes make up a file."""
    size = Cells(scan=scan, track=track)
    try:
        scan_m, track_m = scaled(size, "scan", 3) or 0, scaled(size, "track", 3) or 0
    except CellRefused:
        return None
    if not (0 < scan_m <= WIDEST_PIXEL_M and 0 < track_m <= WIDEST_PIXEL_M):
        return None
    return (isqrt(scan_m * scan_m + track_m * track_m - 1) + 2) // 2


def _pass(cells: Cells) -> Instant:
    on, hhmm = cells["acq_date"], cells["acq_time"]
    known = _minute(on, hhmm)
    if known is None:
        day(cells, "acq_date")
        cells.refuse("acq_time", "is no time of day", "write HHMM in UTC, as 0935")
    return known


@lru_cache(maxsize=16)
def _minute(on: str, hhmm: str) -> Instant | None:
    """The UTC minute; remembered because thousands of rows in a row share a pass. Leading zeros may be lost."""
    if not (on.isascii() and hhmm.isascii() and hhmm.isdecimal() and len(hhmm) <= 4):
        return None
    hhmm = hhmm.zfill(4)
    try:
        return from_datetime(datetime.strptime(f"{on} {hhmm}+0000", "%Y-%m-%d %H%M%z"))
    except ValueError:
        return None


def _credibility(cells: Cells) -> int:
    value = cells["confidence"]
    known = CREDIBILITY.get(value) or CREDIBILITY.get(value.casefold())
    if known is not None:
        return known
    if not value.isascii() or not value.isdigit():
        cells.refuse("confidence", "is not known", "write l, n, h or 0 to 100")
    percent = whole(cells, "confidence", 0, 100) or 0
    if percent < NOMINAL_PERCENT:
        return CREDIBILITY["l"]
    return CREDIBILITY["n"] if percent < HIGH_PERCENT else CREDIBILITY["h"]


def _note(cells: Cells) -> str:
    """Instrument, satellite, radiative power: enough to tell two pixels of one pass apart."""
    instrument, satellite = cells["instrument"] or "satellite", cells["satellite"]
    if not (instrument.isalnum() and satellite.isalnum()):
        instrument, satellite = cells.text("instrument") or instrument, cells.must("satellite")
    power_kw = scaled(cells, "frp", 3)
    note = f"{instrument} {satellite}" if power_kw is None else f"{instrument} {satellite} {power_kw} kW"
    kind = _TYPES.get(cells["type"])
    return note if kind is None else f"{note} {kind}"
