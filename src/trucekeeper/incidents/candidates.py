"""Pairs that may be one happening, by cells of time and place: too many, never too few.

Two statements can only be linked where their times and places meet, each widened by its own slack. So each is
entered in every cell that its widened extent touches, and only those that share a cell are compared.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

from trucekeeper.incidents.extent import disc_of, reach_m, slack_ms
from trucekeeper.incidents.model import Sighting
from trucekeeper.parties.model import Source

_HOUR_MS = 3_600_000
_TIME_CELL_MS = 6 * _HOUR_MS
_PLACE_CELL_U = 200_000
_LON_CELLS = 360_000_000 // _PLACE_CELL_U
_METRE_U = 9.1
"""Microdegrees of latitude in a metre, rounded up (a metre is 8.95 to 9.05 of them)."""

_MANY = 64
"""An extent of more cells than this is compared with everything on that axis."""

_Place = tuple[int, int]


def pairs(
    sightings: Sequence[Sighting], sources: Mapping[str, Source]
) -> Iterator[tuple[Sighting, Sighting]]:
    """Each pair that shares a cell, once; the order means nothing."""
    cells: dict[tuple[int, _Place], list[int]] = {}
    by_time: dict[int, list[int]] = {}
    always: list[int] = []
    nowhere: dict[int, list[int]] = {}
    for new, sighting in enumerate(sightings):
        times, places = _times(sighting, sources), _places(sighting)
        near = set(always)
        if times is None:
            near.update(range(new))
            always.append(new)
        elif places is None:
            near.update(*(by_time.get(time, ()) for time in times))
            for time in times:
                nowhere.setdefault(time, []).append(new)
        else:
            near.update(*(nowhere.get(time, ()) for time in times))
            for key in ((time, place) for time in times for place in places):
                near.update(cells.get(key, ()))
                cells.setdefault(key, []).append(new)
        for time in times or ():
            by_time.setdefault(time, []).append(new)
        for old in near:
            yield sightings[old], sighting


def _times(sighting: Sighting, sources: Mapping[str, Source]) -> range | None:
    when = sighting.observation.when
    slack = slack_ms(sources.get(sighting.observation.source))
    if when.end is None or when.end - when.start > _MANY * _TIME_CELL_MS:
        return None
    return range((when.start - slack) // _TIME_CELL_MS, (when.end + slack) // _TIME_CELL_MS + 1)


def _places(sighting: Sighting) -> tuple[_Place, ...] | None:
    if sighting.observation.where is None:
        return None
    disc = disc_of(sighting.observation.where)
    high = math.ceil(reach_m(disc) * _METRE_U)
    farthest = abs(disc.centre.lat_u) + high
    if farthest >= 89_000_000:
        return None
    wide = math.ceil(high / math.cos(math.radians(farthest / 1e6)))
    lats = range((disc.centre.lat_u - high) // _PLACE_CELL_U, (disc.centre.lat_u + high) // _PLACE_CELL_U + 1)
    lons = range((disc.centre.lon_u - wide) // _PLACE_CELL_U, (disc.centre.lon_u + wide) // _PLACE_CELL_U + 1)
    if len(lats) * len(lons) > _MANY:
        return None
    return tuple((lat, lon % _LON_CELLS) for lat in lats for lon in lons)
