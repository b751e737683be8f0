"""Our own template, CSV or XLSX, one observation a row, written as people write."""

from collections.abc import Collection
from dataclasses import dataclass

from trucekeeper.feeds.rows import Cells, Feed, with_meaning_uid
from trucekeeper.feeds.template_columns import DELAYED, DENIED, FEED, UNDETERMINED
from trucekeeper.feeds.written import bearing, distance, position, scaled, span, when, whole
from trucekeeper.kernel import canon
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import (
    ACTS,
    MEANS,
    PHASES,
    STATUSES,
    WEAPONS,
    Access,
    Coverage,
    Harm,
    Holding,
    Kind,
    Observation,
    Weapon,
)
from trucekeeper.observations.wire import body
from trucekeeper.places.position import Disc, Region, Sector

_KINDS = {kind.value: kind for kind in Kind}
_UNCOUNTABLE = Span(1, None)
"""There was at least one, and nobody could say how many."""

_BELONGING = {
    "access": ("access_by", "delay_min", "patrol_size", "stated_reason", "prior_notice"),
    "status": ("posture", "in_storage"),
    "looked_for": ("chance_percent",),
}


@dataclass(frozen=True, slots=True)
class Template:
    """Reads template rows. ``parties`` and ``sources`` are the ids that may be named; None allows any."""

    parties: Collection[str] | None = None
    sources: Collection[str] | None = None

    @property
    def feed(self) -> Feed:
        """See :data:`trucekeeper.feeds.template_columns.FEED`."""
        return FEED

    def observation(self, cells: Cells) -> Observation:
        """What the row says; a row without an id gets one made from its meaning."""
        _not_alone(cells)
        kind = _KINDS[cells.choice("kind", _KINDS) or cells.must("kind")]
        seen = Observation(
            uid=cells.text("id") or "-",
            kind=kind,
            source=self._source(cells),
            when=when(cells, "start", "end", "utc_offset", until=kind is Kind.COVERAGE),
            where=_where(cells),
            act=cells.choice("act", ACTS),
            means=cells.choice("means", MEANS),
            phase=cells.choice("phase", PHASES),
            weapon=_weapon(cells),
            count=span(cells, "count", {"uncountable": _UNCOUNTABLE}),
            by=self._party(cells, "by"),
            heading=bearing(cells, "heading"),
            harm=_harm(cells),
            of=cells.text("denies"),
            relays=cells.text("relays"),
            grounds=_list(cells, "grounds"),
            credibility=whole(cells, "credibility", 1, 6) or 6,
            coverage=_coverage(cells),
            access=self._access(cells),
            holding=_holding(cells),
            note=cells.text("note"),
            media=_list(cells, "media"),
        )
        return seen if cells["id"] else with_meaning_uid(seen, canon.encode(body(seen)))

    def _source(self, cells: Cells) -> str:
        source = cells.must("source")
        if self.sources is not None and source not in self.sources:
            cells.refuse(
                "source", "is not in the office's register", "register the source, or correct its id"
            )
        return source

    def _party(self, cells: Cells, column: str) -> str | None:
        if self.parties is None:
            return cells.text(column)
        return cells.choice(column, self.parties, "is no party of the agreement")

    def _access(self, cells: Cells) -> Access | None:
        outcome = cells.choice("access", (DENIED, DELAYED))
        if outcome is None:
            return None
        return Access(
            by=self._party(cells, "access_by"),
            denied=outcome == DENIED,
            delay_min=whole(cells, "delay_min"),
            patrol_size=whole(cells, "patrol_size"),
            stated_reason=cells.text("stated_reason"),
            prior_notice=_yes_or_no(cells, "prior_notice"),
        )


def _not_alone(cells: Cells) -> None:
    """Refuse a cell that would be lost because the one that it belongs to is empty."""
    for lead, columns in _BELONGING.items():
        for column in columns:
            if cells[column] and not cells[lead]:
                cells.refuse(column, f"is filled in and {lead} is empty", f"fill in {lead} too, or clear it")


def _where(cells: Cells) -> Region | None:
    place = position(cells, "lat", "lon")
    away, direction = distance(cells, "distance_km"), bearing(cells, "bearing")
    radius_m = whole(cells, "radius_m", 0, 20_050_000)
    if place is None:
        for column in ("radius_m", "distance_km", "bearing"):
            if cells[column]:
                cells.refuse(column, "has no place to start from", "give lat and lon too")
        return None
    if radius_m is None:
        cells.refuse(
            "radius_m", "is empty", "say within how many metres lat and lon are known, such as 50 for GPS"
        )
    if away is None and direction is None:
        return Disc(place, radius_m)
    if away is None or direction is None:
        column = "distance_km" if away is None else "bearing"
        cells.refuse(column, "is empty", "give both distance and bearing, or neither")
    return Sector(place, radius_m, *away, direction)


def _weapon(cells: Cells) -> Weapon | None:
    if not (cells["weapon"] or cells["calibre_mm"] or cells["system"]):
        return None
    category = cells.choice("weapon", (*WEAPONS, UNDETERMINED))
    calibre = span(cells, "calibre_mm", {UNDETERMINED: None})
    return Weapon(None if category == UNDETERMINED else category, calibre, cells.text("system"))


def _harm(cells: Cells) -> Harm | None:
    killed, injured = span(cells, "killed", {}), span(cells, "injured", {})
    return None if killed is None and injured is None else Harm(killed, injured)


def _coverage(cells: Cells) -> Coverage | None:
    acts = _list(cells, "looked_for")
    if not acts:
        return None
    chance_ppm = scaled(cells, "chance_percent", 4)
    if chance_ppm is None or not 0 <= chance_ppm <= 1_000_000:
        cells.refuse("chance_percent", "is empty or out of range", "write 0 to 100")
    return Coverage(acts, chance_ppm)


def _holding(cells: Cells) -> Holding | None:
    status = cells.choice("status", STATUSES)
    if status is None:
        return None
    return Holding(status, cells.text("posture"), _yes_or_no(cells, "in_storage"))


def _yes_or_no(cells: Cells, column: str) -> bool | None:
    answer = cells.choice(column, ("yes", "no"))
    return None if answer is None else answer == "yes"


def _list(cells: Cells, column: str) -> tuple[str, ...]:
    text = cells.text(column) or ""
    return tuple(part for member in text.split(";") if (part := member.strip()))
