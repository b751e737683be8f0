"""Sources and sightings to try the rules on."""

from dataclasses import replace

from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.observations.model import Coverage, Kind, Observation
from trucekeeper.parties.model import Party, Source
from trucekeeper.places.position import Disc, Position
from trucekeeper.record.ref import Ref

MINUTE = 60_000
NOON = 1_772_539_200_000
"""2026-03-03T12:00:00Z."""

PARTIES = (Party("party-a", "Republic of Aldmere"), Party("party-b", "Free Cantons of Vesk"))

SOURCES = {
    source.id: source
    for source in (
        Source("patrol-1", None, "mission", "patrol", "A"),
        Source("patrol-2", None, "mission", "patrol", "B"),
        Source("camera-1", None, "cameras", "camera", "A"),
        Source("satellite-1", None, "space", "satellite", "B"),
        Source("resident-1", None, "resident-1", "resident", "C"),
        Source("liaison-a", "party-a", "party-a", "liaison", "C"),
        Source("liaison-b", "party-b", "party-b", "liaison", "C"),
        Source("radio-b", "party-b", "party-b", "media", "D"),
    )
}


def interval(start_min: int, minutes: int) -> Interval:
    """From so many minutes after noon, for so many minutes."""
    start = NOON + start_min * MINUTE
    return Interval(Instant(start), Instant(start + minutes * MINUTE))


def disc(north_m: int = 0, radius_m: int = 500) -> Disc:
    """A disc so many metres north of the middle of the lake."""
    return Disc(Position(-21_000_000 + north_m * 9, -19_000_000), radius_m)


BASE = Observation(
    uid="1",
    kind=Kind.REPORT,
    source="patrol-1",
    when=interval(0, 10),
    where=disc(),
    act="explosion",
    credibility=2,
)


def sighting(entry: int, source: str = "patrol-1", **changes: object) -> Sighting:
    """A report of an explosion at noon by the lake, changed as asked; its uid is its entry number."""
    changed = replace(BASE, uid=str(entry), source=source, **changes)  # type: ignore[arg-type]
    return Sighting(Ref(entry), changed)


def coverage(entry: int, source: str, chance_ppm: int = 900_000, **changes: object) -> Sighting:
    """Somebody watched the lake around noon for explosions."""
    asked: dict[str, object] = {
        "kind": Kind.COVERAGE,
        "when": interval(-60, 180),
        "where": disc(radius_m=10_000),
        "act": None,
        "coverage": Coverage(("explosion",), chance_ppm),
    }
    return sighting(entry, source, **(asked | changes))
