"""Siren logs: when an air raid alarm sounded in a named region, as an authority or volunteers logged it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from trucekeeper.feeds.rows import Cells, Feed, meaning_uid
from trucekeeper.feeds.written import moment
from trucekeeper.kernel.clock import Interval
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.places.position import Disc

OFFICIAL = Feed(
    name="sirens-official",
    version=1,
    title="official siren log",
    required=("oblast", "raion", "hromada", "level", "started_at", "finished_at"),
)
VOLUNTEER = Feed(
    name="sirens-volunteer",
    version=1,
    title="volunteers' siren log",
    required=("region", "started_at", "finished_at", "naive"),
)

ASSUMED_END = "end assumed, 30 minutes after the start"


@dataclass(frozen=True, slots=True)
class Sirens:
    """Reads one of the two logs as detections of ``source``.

    ``places`` gives a disc that holds a region, by name: "oblast", "oblast, raion" or "oblast, raion, hromada".
    The narrowest that is there is taken; a region without one has no known place. An alarm says that a siren
    sounded, not that anything fell: 2 for an authority's own log, 3 for volunteers', and 4 where the end of the
    alarm was assumed.
    """

    feed: Feed = OFFICIAL
    source: str = "sirens-official"
    credibility: int = 2
    places: Mapping[str, Disc] = field(default_factory=lambda: MappingProxyType({}))

    def observation(self, cells: Cells) -> Observation:
        """An alarm over a region, from its first to its last second."""
        names = self._names(cells)
        start, _ = moment(cells, "started_at", "utc_offset")
        end, _ = moment(cells, "finished_at", "utc_offset")
        if end < start:
            cells.refuse("finished_at", "is before the start", "swap the two or correct one")
        assumed = self.feed is VOLUNTEER and cells.choice("naive", ("True", "False")) == "True"
        region = ", ".join(names)
        return Observation(
            uid=meaning_uid(self.source, region, start, end, int(assumed)),
            kind=Kind.DETECTION,
            source=self.source,
            when=Interval(start, end),
            where=self._place(names),
            act="alarm",
            means="siren",
            credibility=4 if assumed else self.credibility,
            note=f"{region}; {ASSUMED_END}" if assumed else region,
        )

    def _names(self, cells: Cells) -> list[str]:
        columns = ("region",) if self.feed is VOLUNTEER else ("oblast", "raion", "hromada")
        cells.must(columns[0])
        return [name for column in columns if (name := cells.text(column)) is not None]

    def _place(self, names: list[str]) -> Disc | None:
        for most in range(len(names), 0, -1):
            place = self.places.get(", ".join(names[:most]))
            if place is not None:
                return place
        return None


def official(places: Mapping[str, Disc] = MappingProxyType({})) -> Sirens:
    """The authority's log."""
    return Sirens(places=places)


def volunteer(places: Mapping[str, Disc] = MappingProxyType({})) -> Sirens:
    """The volunteers' log."""
    return Sirens(VOLUNTEER, "sirens-volunteer", 3, places)
