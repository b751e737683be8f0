"""The feeds that we can read, which of them a file is, and their mappings made from one set of parameters."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from trucekeeper.feeds import firms, sirens, template_columns, ucdp
from trucekeeper.feeds.rows import Area, Feed, FeedMapping
from trucekeeper.feeds.tables import opened, stream_of
from trucekeeper.feeds.template import Template
from trucekeeper.kernel.errors import BadInput
from trucekeeper.places.position import Disc

FEEDS: tuple[Feed, ...] = (template_columns.FEED, ucdp.FEED, firms.FEED, sirens.OFFICIAL, sirens.VOLUNTEER)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a profile or an agreement tells the importers.

    ``zone`` is the time zone of dates without one (UCDP). ``parties`` and ``sources`` are the ids that a template
    may name, None for any. ``sides`` maps a data set's names of actors to party ids. ``places`` gives a disc for
    the names of regions. ``radii_m`` is UCDP's radius by ``where_prec``. ``area`` is where places are expected.
    """

    zone: str = "UTC"
    parties: Collection[str] | None = None
    sources: Collection[str] | None = None
    sides: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    places: Mapping[str, Disc] = field(default_factory=lambda: MappingProxyType({}))
    radii_m: Mapping[int, int | None] = field(default_factory=lambda: ucdp.RADII_M)
    area: Area | None = None


def feed_of(data: Path | BinaryIO) -> Feed:
    """The feed whose required columns the header of ``data`` holds; one sentence with all that are known, else."""
    with stream_of(data) as stream:
        header = frozenset(opened(stream).header)
    for feed in FEEDS:
        if header.issuperset(feed.required):
            return feed
    known = "; ".join(f"{feed.title} ({', '.join(feed.required)})" for feed in FEEDS)
    msg = f"row 1: the header is of no file that can be imported; rename its columns as one of: {known}"
    raise BadInput(msg)


def mapping_of(feed: Feed, given: Parameters) -> FeedMapping:
    """How rows of ``feed`` are read under ``given``."""
    if feed is ucdp.FEED:
        return ucdp.Ucdp(given.zone, given.sides, given.radii_m)
    if feed is firms.FEED:
        return firms.Firms()
    if feed is sirens.OFFICIAL:
        return sirens.official(given.places)
    if feed is sirens.VOLUNTEER:
        return sirens.volunteer(given.places)
    return Template(given.parties, given.sources)
