"""Takes a file of any known feed into an open office, read as its agreement and its register say."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from trucekeeper.feeds.known import FEEDS, Parameters, feed_of, mapping_of
from trucekeeper.feeds.rows import Feed
from trucekeeper.kernel.errors import BadInput
from trucekeeper.office.importing import ImportResult, import_file
from trucekeeper.office.wiring import Office
from trucekeeper.places.position import Disc


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
    return import_file(office.intake, path, mapping_of(chosen, given), office.signer, dry_run=dry_run)


def _named(name: str) -> Feed:
    for feed in FEEDS:
        if feed.name == name:
            return feed
    msg = f"{name[:40]!a} is no feed; name one of {', '.join(feed.name for feed in FEEDS)}, or none"
    raise BadInput(msg)
