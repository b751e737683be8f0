"""UCDP Georeferenced Event Dataset: events of organised violence, coded from news by a university.

Sundberg and Melander (2013), Journal of Peace Research 50(4); columns as in the GED codebook. What the codes
mean here:

* **Time.** Dates are local days of the country; ``zone`` names its time zone. ``date_start`` to ``date_end``
  already spans what ``date_prec`` says is not known (1 the day, 2 two to six days, 3 a week, 4 a month, 5 longer,
  up to a year), so the interval is those days. A row that claims an imprecise date and gives one day is widened
  to both sides by :data:`SPANS_DAYS`.
* **Place.** ``where_prec`` becomes a radius around the coded point, see :data:`RADII_M`.
* **Harm.** ``deaths_civilians`` is the lower bound of civilians killed; ``deaths_unknown`` (deaths whose side is not
  known) may be civilian, and sets the upper bound. Military deaths are not civilian harm. ``best``, ``low`` and
  ``high`` count all deaths, not acts, so they stand in the note and never in ``count``.
* **Who.** A dyad implies no direction: ``by`` stays unknown for state-based and non-state conflict. For one-sided
  violence ``side_a`` is the perpetrator by definition, and becomes ``by`` where ``sides`` maps its name to a party.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trucekeeper.feeds.rows import Cells, Feed
from trucekeeper.feeds.written import day, position, whole
from trucekeeper.kernel.clock import Instant, Interval, from_datetime
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Harm, Kind, Observation
from trucekeeper.places.position import Disc

FEED = Feed(
    name="ucdp-ged",
    version=1,
    title="UCDP GED file",
    required=(
        "id", "type_of_violence", "side_a", "side_b", "where_prec", "latitude", "longitude", "event_clarity",
        "date_prec", "date_start", "date_end", "deaths_civilians", "deaths_unknown", "best", "high", "low",
    ),
)  # fmt: skip

RADII_M: Mapping[int, int | None] = MappingProxyType({
    1: 5_000,  # the settlement is known, its centre is coded: most of a town lies within 5 km
    2: 25_000,  # "within about 25 km of a known point" (codebook)
    3: 50_000,  # a second-order division, such as a district: its centre is coded
    4: 150_000,  # a first-order division, such as a province
    5: 200_000,  # a line or an area without borders: a river, a front, a basin
    6: 700_000,  # the country: half of a large one's width
    7: None,  # international waters or airspace: the place is not known
})  # fmt: skip
"""Metres around the coded point by ``where_prec``; None: no place. Chosen wide, for a radius too small would
make "possibly inside" a certainty. A profile may give its own."""

SPANS_DAYS: Mapping[int, int] = MappingProxyType({1: 0, 2: 6, 3: 7, 4: 31, 5: 366})

CLARITY = {1: 3, 2: 4}
"""``event_clarity`` 1 (the source describes this event) is possibly true; 2 (it was disaggregated) is doubtful."""

STATE_BASED, NON_STATE, ONE_SIDED = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Ucdp:
    """Reads GED rows as reports of ``source``."""

    zone: str = "UTC"
    sides: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    radii_m: Mapping[int, int | None] = field(default_factory=lambda: RADII_M)
    source: str = "ucdp-ged"

    def __post_init__(self) -> None:
        _zone(self.zone)

    @property
    def feed(self) -> Feed:
        """See :data:`FEED`."""
        return FEED

    def observation(self, cells: Cells) -> Observation:
        """An event over all its possible days, somewhere within its precision."""
        violence = _code(cells, "type_of_violence", (STATE_BASED, NON_STATE, ONE_SIDED))
        one_sided = violence == ONE_SIDED
        return Observation(
            uid=cells.must("id"),
            kind=Kind.REPORT,
            source=self.source,
            when=self._when(cells),
            where=self._where(cells),
            act="other" if one_sided else "fighting",
            means="document",
            by=self.sides.get(cells.must("side_a")) if one_sided else None,
            harm=_harm(cells),
            credibility=CLARITY[_code(cells, "event_clarity", tuple(CLARITY))],
            note=_note(cells),
        )

    def _when(self, cells: Cells) -> Interval:
        start, end = day(cells, "date_start"), day(cells, "date_end")
        if end < start:
            cells.refuse("date_end", "is before date_start", "correct one of the two")
        more = SPANS_DAYS[_code(cells, "date_prec", tuple(SPANS_DAYS))]
        widened = timedelta(days=more if start == end else 0)
        zone = _zone(self.zone)
        return Interval(_midnight(start - widened, zone), _midnight(end + widened + timedelta(days=1), zone))

    def _where(self, cells: Cells) -> Disc | None:
        precision = _code(cells, "where_prec", tuple(RADII_M))
        centre = position(cells, "latitude", "longitude")
        radius_m = self.radii_m.get(precision)
        return None if centre is None or radius_m is None else Disc(centre, radius_m)


def _harm(cells: Cells) -> Harm:
    civilians, unknown = whole(cells, "deaths_civilians"), whole(cells, "deaths_unknown")
    if civilians is None or unknown is None:
        column = "deaths_civilians" if civilians is None else "deaths_unknown"
        cells.refuse(column, "is empty", "fill it in")
    return Harm(killed=Span(civilians, civilians + unknown))


def _note(cells: Cells) -> str:
    best, low, high = (whole(cells, column) for column in ("best", "low", "high"))
    sides = f"{cells.must('side_a')} - {cells.must('side_b')}"
    return f"{sides}; deaths of all: {best} (low {low}, high {high})"


def _code(cells: Cells, column: str, known: tuple[int, ...]) -> int:
    value = whole(cells, column)
    if value not in known:
        cells.refuse(column, "is no code of the codebook", f"write {known[0]} to {known[-1]}")
    return value


def _midnight(on: date, zone: ZoneInfo) -> Instant:
    return from_datetime(datetime(on.year, on.month, on.day, tzinfo=zone))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"the time zone {name[:40]!r} is not known; write a name such as Europe/Kyiv or Etc/GMT-2"
        raise BadInput(msg) from error
