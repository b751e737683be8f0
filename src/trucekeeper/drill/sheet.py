"""An observation as a row of the office's own template, as somebody at a telephone would fill it in."""

from trucekeeper.feeds.template_columns import COLUMNS
from trucekeeper.kernel.clock import Instant, format_utc
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Observation
from trucekeeper.places.position import Disc


def columns() -> tuple[str, ...]:
    """The template's column names in their order."""
    return tuple(column.name for column in COLUMNS)


def sheet_row(one: Observation) -> dict[str, str]:
    """The cells of one observation, by column; what is not known stays empty."""
    cells = {
        "id": one.uid,
        "kind": one.kind.value,
        "source": one.source,
        "start": _time(one.when.start),
        "end": _time(one.when.end),
        "act": one.act,
        "means": one.means,
        "phase": one.phase,
        "weapon": None if one.weapon is None else one.weapon.category or "undetermined",
        "calibre_mm": None if one.weapon is None else _span(one.weapon.calibre_mm),
        "count": _span(one.count),
        "by": one.by,
        "relays": one.relays,
        "grounds": "; ".join(one.grounds),
        "credibility": str(one.credibility),
        "note": one.note,
    }
    if isinstance(one.where, Disc):
        centre = one.where.centre
        cells |= {
            "lat": f"{centre.lat_u / 1e6:.6f}",
            "lon": f"{centre.lon_u / 1e6:.6f}",
            "radius_m": str(one.where.radius_m),
        }
    if one.holding is not None:
        stored = {True: "yes", False: "no", None: None}[one.holding.in_storage]
        cells |= {"status": one.holding.status, "posture": one.holding.posture, "in_storage": stored}
    return {name: value for name, value in cells.items() if value}


def _time(at: Instant | None) -> str | None:
    return None if at is None else format_utc(at)


def _span(span: Span | None) -> str | None:
    if span is None:
        return None
    return f"at least {span.low}" if span.high is None else str(span)
