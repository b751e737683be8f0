"""Scenes for the benchmark of deconfliction: what is announced along a line of 1,400 km, drawn from a seed.

The line and its towns lie in the Atlantic: nobody's. Seeds below 1,000 are for tuning; measured activities come from
higher ones.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from trucekeeper.kernel.clock import Instant, parse_utc
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position

NOW = parse_utc("2026-03-01T00:00:00.000Z")
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
HORIZON = 14 * DAY
LINE = ((44.0, -38.0), (52.0, -24.0))
TOWNS = 600
LIVE = {"site": 50, "activity": 17, "drone": 25, "hazard": 5, "convoy": 3}
"""Notices of 100 that are live; a convoy has up to 50 slices, so that near half of all volumes are slices."""
ASKED = {"site": 10, "activity": 25, "drone": 30, "hazard": 5, "convoy": 30}
"""Announcements of 100 that are checked."""
_DEGREE_M = 111_200

Notice = tuple[Volume, ...]


@dataclass(frozen=True)
class Town:
    """Where people, and so notices, are close together."""

    lat: float
    lon: float
    spread_m: float


class Country:
    """Towns along the line, always the same ones, and how notices lie among them."""

    def __init__(self) -> None:
        chance = random.Random(1_400)
        weights = [1 / (rank + 2) ** 0.7 for rank in range(TOWNS)]
        self._towns = [self._town(chance, 1_500 + 6_000 * weight) for weight in weights]
        self._weights = list(accumulate(weights))

    def live(self, seed: int, count: int) -> dict[str, Notice]:
        """Notices by key that hold ``count`` volumes together."""
        chance = random.Random(f"live {seed}")
        found: dict[str, Notice] = {}
        missing = count
        while missing:
            notice = self._notice(chance, LIVE)[:missing]
            found[f"{1_000_000 + len(found)}"] = notice
            missing -= len(notice)
        return found

    def asked(self, seed: int, count: int) -> list[Notice]:
        """So many activities that are checked against what is live."""
        chance = random.Random(f"asked {seed}")
        return [self._notice(chance, ASKED) for _ in range(count)]

    def _notice(self, chance: random.Random, shares: dict[str, int]) -> Notice:
        (kind,) = chance.choices(list(shares), list(shares.values()))
        return _KINDS[kind](chance, self._place(chance))

    def _place(self, chance: random.Random) -> tuple[float, float]:
        if chance.random() < 0.25:
            return _along(chance, 150_000)
        (town,) = chance.choices(self._towns, cum_weights=self._weights)
        return _moved((town.lat, town.lon), chance.gauss(0, town.spread_m), chance.gauss(0, town.spread_m))

    @staticmethod
    def _town(chance: random.Random, spread_m: float) -> Town:
        return Town(*_along(chance, 30_000), spread_m)


def _site(chance: random.Random, at: tuple[float, float]) -> Notice:
    """A hospital, a school, a waterworks: a point or a compound with its stand-off, without end, at full height."""
    since = Instant(NOW - chance.randrange(300 * DAY))
    if chance.random() < 0.6:
        footprint = Footprint(Form.POINT, (_position(at),), chance.randrange(100_00, 600_00))
    else:
        corners = _ring(chance, at, chance.uniform(40, 250), chance.randrange(4, 9))
        footprint = Footprint(Form.RING, corners, chance.randrange(50_00, 500_00))
    return (Volume(footprint, since, None),)


def _activity(chance: random.Random, at: tuple[float, float]) -> Notice:
    """A repair crew within an area for some hours, at full height."""
    start = _soon(chance)
    footprint = Footprint(
        Form.RING, _ring(chance, at, chance.uniform(150, 1_500), chance.randrange(4, 12)), 100_00
    )
    return (Volume(footprint, start, Instant(start + chance.randrange(2 * HOUR, 48 * HOUR))),)


def _drone(chance: random.Random, at: tuple[float, float]) -> Notice:
    """Minutes between two altitudes: a circle, or a corridor of a few slices."""
    start, low_cm = _soon(chance), chance.randrange(20_00, 150_00)
    high_cm = low_cm + chance.randrange(30_00, 300_00)
    if chance.random() < 0.5:
        footprint = Footprint(Form.POINT, (_position(at),), chance.randrange(80_00, 1_500_00))
        return (
            Volume(footprint, start, Instant(start + chance.randrange(5 * MINUTE, HOUR)), low_cm, high_cm),
        )
    way = _way(chance, at, chance.randrange(2, 9), 900)
    reach_cm = chance.randrange(30_00, 120_00)
    return tuple(
        Volume(
            Footprint(Form.PATH, leg, reach_cm),
            Instant(start + begun),
            Instant(start + begun + 4 * MINUTE),
            low_cm,
            high_cm,
        )
        for begun, leg in zip(range(0, 100 * MINUTE, 2 * MINUTE), way, strict=False)
    )


def _hazard(chance: random.Random, at: tuple[float, float]) -> Notice:
    """An exercise, demining, a no-go area: days to weeks, or without end; some are open in their middle."""
    radius_m = chance.uniform(600, 6_000)
    corners = chance.randrange(5, 14)
    holes = (_ring(chance, at, radius_m * 0.3, 6),) if chance.random() < 0.2 else ()
    start = Instant(NOW - chance.randrange(20 * DAY) + chance.randrange(HORIZON))
    end = None if chance.random() < 0.3 else Instant(start + chance.randrange(DAY, 40 * DAY))
    reach_cm = chance.randrange(0, 300_00)
    return (Volume(Footprint(Form.RING, _ring(chance, at, radius_m, corners), reach_cm, holes), start, end),)


def _convoy(chance: random.Random, at: tuple[float, float]) -> Notice:
    """Up to 50 slices, each some 2 km of road and its time with half an hour to spare, at full height."""
    start, reach_cm = _soon(chance), chance.randrange(100_00, 600_00)
    step_m, metres_a_minute = chance.uniform(1_000, 3_000), chance.uniform(300, 700)
    each = int(step_m / metres_a_minute * MINUTE)
    way = _way(chance, at, chance.randrange(4, 51), step_m)
    return tuple(
        Volume(
            Footprint(Form.PATH, leg, reach_cm),
            Instant(start + number * each - 30 * MINUTE),
            Instant(start + (number + 1) * each + 30 * MINUTE),
        )
        for number, leg in enumerate(way)
    )


_KINDS: dict[str, Callable[[random.Random, tuple[float, float]], Notice]] = {
    "site": _site, "activity": _activity, "drone": _drone, "hazard": _hazard, "convoy": _convoy,
}  # fmt: skip


def _soon(chance: random.Random) -> Instant:
    return Instant(NOW + chance.randrange(HORIZON))


def _along(chance: random.Random, aside_m: float) -> tuple[float, float]:
    (south, west), (north, east) = LINE
    part = chance.random()
    at = south + part * (north - south), west + part * (east - west)
    return _moved(at, chance.gauss(0, aside_m / 2), chance.gauss(0, aside_m / 2))


def _way(
    chance: random.Random, at: tuple[float, float], legs: int, step_m: float
) -> list[tuple[Position, Position]]:
    """A road that bends a little at each step."""
    heading, places = chance.uniform(0, 2 * math.pi), [at]
    for _ in range(legs):
        heading += chance.gauss(0, 0.25)
        places.append(_moved(places[-1], step_m * math.cos(heading), step_m * math.sin(heading)))
    points = [_position(one) for one in places]
    return list(pairwise(points))


def _ring(
    chance: random.Random, at: tuple[float, float], radius_m: float, corners: int
) -> tuple[Position, ...]:
    """Corners around a place, each at a distance of its own; never crossing itself."""
    turns = [(number + chance.uniform(-0.3, 0.3)) * 2 * math.pi / corners for number in range(corners)]
    far = [radius_m * chance.uniform(0.6, 1.0) for _ in turns]
    return tuple(
        _position(_moved(at, one * math.cos(turn), one * math.sin(turn)))
        for turn, one in zip(turns, far, strict=True)
    )


def _moved(at: tuple[float, float], north_m: float, east_m: float) -> tuple[float, float]:
    lat, lon = at
    return lat + north_m / _DEGREE_M, lon + east_m / (_DEGREE_M * math.cos(math.radians(lat)))


def _position(at: tuple[float, float]) -> Position:
    return Position(round(at[0] * 1e6), round(at[1] * 1e6))
