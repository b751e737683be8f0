"""The truth behind the drill: what happens along a fictional contact line in thirty days, from a seed.

Nothing here is seen by the office; it only meets what :mod:`trucekeeper.drill.witnesses` make of it.
"""

import math
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from trucekeeper.agreement.model import Agreement
from trucekeeper.kernel.clock import Instant, from_datetime, to_datetime
from trucekeeper.places.position import BEARINGS, Position
from trucekeeper.places.zone import Line

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
SECTOR_SPANS = (("north", 0.02, 0.24), ("lake", 0.27, 0.49), ("centre", 0.52, 0.74), ("south", 0.77, 0.98))
"""Where along the line, as shares of its points, the drill lets things happen in each sector."""

_ACTS = (("explosion", 46), ("burst", 30), ("shot", 14), ("flight", 10))
_CALIBRES = (
    ("artillery", 122),
    ("artillery", 152),
    ("mortar", 82),
    ("mortar", 120),
    ("mlrs", 122),
    ("tank", 125),
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that really happened. ``lawful`` says that it was a notified exercise."""

    number: int
    at: Instant
    where: Position
    sector: str
    by: str
    act: str
    category: str | None
    calibre_mm: int | None
    count: int
    lawful: bool = False
    killed: int = 0
    injured: int = 0


def local(agreement: Agreement, day: int, hour: int, minute: int = 0) -> Instant:
    """A moment of day ``day`` (0 is the first) by the agreement's own clock; hour 24 is the next midnight."""
    first = to_datetime(agreement.in_force).astimezone(agreement.timezone).date()
    midnight = datetime.combine(first + timedelta(days=day), time(0), agreement.timezone)
    return from_datetime(midnight + timedelta(hours=hour, minutes=minute))


def moved(start: Position, east_m: float, north_m: float) -> Position:
    """A position some metres away, on a flat sheet: good enough for fiction, never used for judging."""
    lat_u = start.lat_u + round(north_m / 0.11132)
    shrink = math.cos(math.radians(start.lat_u / 1e6))
    return Position(lat_u, start.lon_u + round(east_m / (0.11132 * shrink)))


def away(start: Position, target: Position) -> tuple[float, int]:
    """Distance in metres and 16-point bearing from ``start`` to ``target``, on the same flat sheet."""
    north = (target.lat_u - start.lat_u) * 0.11132
    east = (target.lon_u - start.lon_u) * 0.11132 * math.cos(math.radians(start.lat_u / 1e6))
    turn = math.degrees(math.atan2(east, north)) % 360
    return math.hypot(east, north), round(turn / 22.5) % len(BEARINGS)


def along(line: Line, share: float) -> Position:
    """The point at a share (0 to 1) of the line's points, between neighbours."""
    reach = share * (len(line.points) - 1)
    index = min(int(reach), len(line.points) - 2)
    one, two, part = line.points[index], line.points[index + 1], reach - index
    return Position(
        round(one.lat_u + (two.lat_u - one.lat_u) * part), round(one.lon_u + (two.lon_u - one.lon_u) * part)
    )


def happenings(agreement: Agreement, days: int, random: Random) -> tuple[Happening, ...]:
    """Everything that happens: a decline after the armistice, a flare-up in the third week, a quiet end."""
    found: list[Happening] = []
    for day in range(days):
        for _ in range(_how_many(day, random)):
            found.append(_happening(agreement, len(found), day, random))
    return tuple(sorted(found, key=lambda one: (one.at, one.number)))


def _how_many(day: int, random: Random) -> int:
    mean = 10 * math.exp(-day / 12) + (10 if 16 <= day <= 19 else 0) + 3
    limit, count, product = math.exp(-mean), 0, random.random()
    while product > limit:
        count, product = count + 1, product * random.random()
    return count


def _happening(agreement: Agreement, number: int, day: int, random: Random) -> Happening:
    sector, start, end = random.choice(SECTOR_SPANS)
    share = min(max(random.gauss((start + end) / 2, (end - start) / 5), start), end)
    where = moved(along(agreement.lines[0], share), random.gauss(0, 4000), random.gauss(0, 2500))
    act = random.choices([act for act, _ in _ACTS], [weight for _, weight in _ACTS])[0]
    category, calibre = _weapon(act, random)
    harmed = act == "explosion" and random.random() < 0.06
    return Happening(
        number=number,
        at=Instant(agreement.in_force + day * DAY_MS + random.randrange(DAY_MS)),
        where=where,
        sector=sector,
        by=random.choice(agreement.parties).id,
        act=act,
        category=category,
        calibre_mm=calibre,
        count=1 if act == "flight" else 1 + min(int(random.expovariate(0.25)), 140),
        lawful=act == "explosion" and random.random() < 0.08,
        killed=int(harmed and random.random() < 0.3),
        injured=random.randrange(1, 4) if harmed else 0,
    )


def _weapon(act: str, random: Random) -> tuple[str | None, int | None]:
    if act == "explosion":
        return random.choice(_CALIBRES)
    if act == "flight":
        return "uav", None
    return "small-arms", None
