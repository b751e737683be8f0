"""Takes a file of any known feed into an open office, read as its agreement and its register say."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from trucekeeper.agreement.model import Agreement
from trucekeeper.feeds import template_columns
from trucekeeper.feeds.known import FEEDS, Parameters, feed_of, mapping_of
from trucekeeper.feeds.rows import Area, Feed
from trucekeeper.kernel.errors import BadInput
from trucekeeper.office.importing import ImportResult, import_file
from trucekeeper.office.wiring import Office
from trucekeeper.places.position import Disc
from trucekeeper.places.zone import Band

HALF_TURN_U = 180_000_000
MORE_U = 500_000


def take(
    office: Office,
    path: Path,
    *,
    feed: str | None = None,
    places: Mapping[str, Disc] = MappingProxyType({}),
    dry_run: bool = False,
) -> ImportResult:
    """Import one file, or say row by row what importing it would do.

    ``feed`` None: its header decides. ``places`` gives a disc for regions that a siren log names.
    """
    given = Parameters(
        zone=office.agreement.timezone.key,
        parties=tuple(party.id for party in office.agreement.parties),
        sources=tuple(office.casebook.sources()),
        places=places,
    )
    chosen = feed_of(path) if feed is None else _named(feed)
    # People mistake latitude for longitude; sensors do not, and their files reach far beyond the agreement's area.
    area = _drawn(office.agreement) if chosen is template_columns.FEED else None
    mapping = mapping_of(chosen, given)
    return import_file(office.intake, path, mapping, office.signer, area=area, dry_run=dry_run)


def _drawn(agreement: Agreement) -> Area | None:
    """A box around all lines and areas of the agreement, and some 50 km more; None where it spans half the globe."""
    lines = [zone.shape.line for zone in agreement.zones if isinstance(zone.shape, Band)]
    points = [point for line in (*agreement.lines, *lines) for point in line.points]
    for zone in agreement.zones:
        if not isinstance(zone.shape, Band):
            points += [point for polygon in zone.shape.polygons for point in polygon.outer]
    lats, lons = [point.lat_u for point in points], [point.lon_u for point in points]
    if not points or max(lons) - min(lons) > HALF_TURN_U:
        return None
    return Area(min(lats) - MORE_U, min(lons) - MORE_U, max(lats) + MORE_U, max(lons) + MORE_U)


def _named(name: str) -> Feed:
    for feed in FEEDS:
        if feed.name == name:
            return feed
    msg = f"{name[:40]!a} is no feed; name one of {', '.join(feed.name for feed in FEEDS)}, or none"
    raise BadInput(msg)
