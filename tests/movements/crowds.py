"""Crowds of volumes around a difficult place, in which many meet, many nearly do, and many touch."""

import math
import random
from dataclasses import dataclass

from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.volume import FARTHEST_CM, Footprint, Form, Volume
from trucekeeper.places.position import Position

NOON = 1_772_366_400_000
MINUTE = 60_000
_DEGREE_M = 111_200


@dataclass(frozen=True, slots=True)
class Crowd:
    """Volumes within ``spread_m`` of a place, themselves up to ``size_m`` large."""

    name: str
    lat: float
    lon: float
    spread_m: float
    size_m: float

    def notice(self, chance: random.Random) -> tuple[Volume, ...]:
        """One to four volumes."""
        return tuple(self.volume(chance) for _ in range(chance.choice((1, 1, 2, 4))))

    def volume(self, chance: random.Random) -> Volume:
        """A footprint of any form, a window from a moment to without end, a band that may touch others."""
        low, high = sorted(chance.sample((0, 50_00, 120_00, 120_01, 300_00), 2))
        band = (
            (low, high) if chance.random() < 0.5 else chance.choice(((None, None), (low, None), (None, high)))
        )
        return Volume(self._footprint(chance), *self._window(chance), *band)

    def _footprint(self, chance: random.Random) -> Footprint:
        at = _moved((self.lat, self.lon), chance.gauss(0, self.spread_m), chance.gauss(0, self.spread_m))
        reach_cm = min(chance.choice((0, 50_00, int(self.size_m * chance.random() * 100))), FARTHEST_CM)
        form = chance.choice(tuple(Form))
        if form is Form.POINT:
            return Footprint(form, (_position(at),), reach_cm)
        if form is Form.PATH:
            legs = [at]
            for _ in range(chance.randrange(1, 4)):
                legs.append(_moved(legs[-1], *(chance.gauss(0, self.size_m) for _ in range(2))))
            return Footprint(form, tuple(map(_position, legs)), reach_cm)
        radius_m = self.size_m * chance.uniform(0.1, 1)
        holes = (_ring(chance, at, radius_m / 4),) if chance.random() < 0.4 else ()
        return Footprint(form, _ring(chance, at, radius_m), reach_cm, holes)

    @staticmethod
    def _window(chance: random.Random) -> tuple[Instant | None, Instant | None]:
        start = NOON + chance.randrange(5) * MINUTE
        long = chance.choice((0, 1, 1_000, MINUTE, 3 * MINUTE, 40 * 365 * 24 * 60 * MINUTE))
        return (
            None if chance.random() < 0.1 else Instant(start),
            None if chance.random() < 0.25 else Instant(start + long),
        )


CROWDS = (
    Crowd("a town", -20.5, -19.1, 800, 500),
    Crowd("a country", -20.5, -19.1, 60_000, 30_000),
    Crowd("the antimeridian", 12.0, 180.0, 5_000, 4_000),
    Crowd("the north pole", 89.97, 40.0, 6_000, 3_000),
    Crowd("the south pole and far around", -89.6, -100.0, 90_000, 40_000),
    Crowd("the whole Earth", 20.0, 70.0, 4_000_000, 5_000_000),
    Crowd("where the antimeridian meets the equator", 0.0, -180.0, 40_000, 30_000),
)


def _ring(chance: random.Random, at: tuple[float, float], radius_m: float) -> tuple[Position, ...]:
    corners = chance.randrange(4, 8)
    turns = [(number + chance.uniform(-0.2, 0.2)) * 2 * math.pi / corners for number in range(corners)]
    return tuple(
        _position(_moved(at, radius_m * math.cos(turn), radius_m * math.sin(turn))) for turn in turns
    )


def _moved(at: tuple[float, float], north_m: float, east_m: float) -> tuple[float, float]:
    """A place that far away, on the sphere: over the pole and across 180 degrees too."""
    far = math.radians(math.hypot(north_m, east_m) / _DEGREE_M)
    heading, lat = math.atan2(east_m, north_m), math.radians(at[0])
    up = math.sin(lat) * math.cos(far) + math.cos(lat) * math.sin(far) * math.cos(heading)
    aside = math.atan2(math.sin(heading) * math.sin(far) * math.cos(lat), math.cos(far) - math.sin(lat) * up)
    return math.degrees(math.asin(max(-1.0, min(1.0, up)))), at[1] + math.degrees(aside)


def _position(at: tuple[float, float]) -> Position:
    lon_u = (round(at[1] * 1e6) + 180_000_000) % 360_000_000 - 180_000_000
    return Position(round(at[0] * 1e6), lon_u)
