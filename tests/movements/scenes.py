"""Scenes for the search: what is announced, what is asked, in places and shapes where a search may miss."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyproj import Geod

from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.volume import FARTHEST_CM, Footprint, Form, Volume
from trucekeeper.places.position import Position

GEOD = Geod(ellps="WGS84")
NOON = 1_772_366_400_000
_SECOND, _MINUTE, _HOUR, _YEAR = 1_000, 60_000, 3_600_000, 31_536_000_000

Place = tuple[float, float]
Notice = tuple[Volume, ...]


@dataclass(frozen=True)
class Scene:
    """Live notices by key, and activities that are asked about."""

    name: str
    live: dict[str, Notice]
    asked: list[Notice]

    @property
    def pairs(self) -> int:
        """How many pairs of volumes there are to be judged."""
        return sum(map(len, self.live.values())) * sum(map(len, self.asked))


PLACES: dict[str, tuple[Place, float]] = {
    "in a town": ((-20.5, -19.1), 900),
    "in a country": ((44.0, -38.0), 70_000),
    "far in the north": ((83.6, 12.0), 30_000),
    "around the north pole": ((89.98, 130.0), 5_000),
    "around the south pole": ((-89.2, 10.0), 150_000),
    "across the antimeridian": ((12.0, 179.99), 4_000),
    "where the antimeridian meets the equator": ((0.0, -180.0), 40_000),
}
"""Where the middle is, and within how many metres of it all is crowded."""


def crowd(name: str, seed: int, live: int, asked: int) -> Scene:
    """Notices of every form and size, of which many meet and many nearly do."""
    chance = random.Random(f"{name} {seed}")
    middle, spread_m = PLACES[name]

    def notice() -> Notice:
        at = moved(middle, chance.uniform(0, 360), abs(chance.gauss(0, spread_m)))
        size_m = spread_m * 10 ** chance.uniform(-2, 0)
        return chance.choices(_NOTICES, (4, 4, 4, 2, 1, 1))[0](chance, at, size_m)

    return Scene(name, {f"n{row}": notice() for row in range(live)}, [notice() for _ in range(asked)])


def rims(seed: int, count: int) -> Iterator[tuple[Volume, Volume]]:
    """Pairs whose gap on the ellipsoid is a little less, the same, or a little more than their reaches."""
    chance = random.Random(f"rims {seed}")
    for _ in range(count):
        middle, _ = PLACES[chance.choice(sorted(PLACES))]
        at = moved(middle, chance.uniform(0, 360), chance.uniform(0, 50_000))
        reach_m = 10 ** chance.uniform(1.7, 5)
        gap_m = reach_m * chance.choice((0.98, 0.999, 1, 1.001, 1.009, 1.012, 1.02)) + chance.uniform(-2, 2)
        one_m = reach_m * chance.random()
        away = moved(at, chance.uniform(0, 360), gap_m)
        yield (
            Volume(_around(chance, at, away, one_m), None, None),
            Volume(_around(chance, away, at, reach_m - one_m), None, None),
        )


def _around(chance: random.Random, at: Place, other: Place, reach_m: float) -> Footprint:
    """A footprint whose nearest place to ``other`` is ``at``: a point, an edge square to it, or a corner."""
    back, _, _ = GEOD.inv(at[1], at[0], other[1], other[0])
    reach_cm = round(reach_m * 100)
    size_m = 10 ** chance.uniform(1.5, 4)
    form = chance.choice(("point", "edge", "corner", "ring"))
    if form == "point":
        return Footprint(Form.POINT, (_position(at),), reach_cm)
    if form == "edge":
        ends = (moved(at, back + 90, size_m), moved(at, back - 90, size_m * chance.random()))
        return Footprint(Form.PATH, tuple(map(_position, ends)), reach_cm)
    far = [
        moved(at, back + 180 + turn, size_m) for turn in (chance.uniform(20, 60), chance.uniform(-60, -20))
    ]
    if form == "corner":
        return Footprint(Form.PATH, tuple(map(_position, (far[0], at, far[1]))), reach_cm)
    return Footprint(Form.RING, tuple(map(_position, (far[0], at, far[1]))), reach_cm)


def _circle(chance: random.Random, at: Place, size_m: float) -> Notice:
    reach_m = min(max(size_m * chance.random(), 50), 100_000)
    return (_volume(chance, Footprint(Form.POINT, (_position(at),), round(reach_m * 100))),)


def _area(chance: random.Random, at: Place, size_m: float) -> Notice:
    reach_cm = chance.choice((0, 0, min(FARTHEST_CM, round(size_m * 30))))
    if chance.random() < 0.4:
        hole = ring(chance, at, size_m * 0.45, chance.randrange(3, 9))
        outer = ring(chance, at, size_m * 1.4, chance.randrange(5, 12))
        return (_volume(chance, Footprint(Form.RING, outer, reach_cm, (hole,))),)
    return (
        _volume(chance, Footprint(Form.RING, ring(chance, at, size_m, chance.randrange(3, 14)), reach_cm)),
    )


def _road(chance: random.Random, at: Place, size_m: float) -> Notice:
    points = [at]
    for _ in range(chance.randrange(1, 5)):
        points.append(moved(points[-1], chance.uniform(0, 360), size_m * chance.random()))
    reach_cm = chance.choice((0, 30_00, min(FARTHEST_CM, round(size_m * 10))))
    return (_volume(chance, Footprint(Form.PATH, tuple(map(_position, points)), reach_cm)),)


def _sliver(chance: random.Random, at: Place, size_m: float) -> Notice:
    """Long and a few metres or microdegrees wide."""
    turn, width_m = chance.uniform(0, 360), chance.choice((0.2, 1, 10))
    end = moved(at, turn, size_m * 2)
    corners = (at, end, moved(end, turn + 90, width_m), moved(at, turn + 90, width_m))
    points = tuple(map(_position, corners))
    if len(set(points)) < 4:
        return _road(chance, at, size_m)
    return (_volume(chance, Footprint(Form.RING, points, chance.choice((0, 50_00)))),)


def _convoy(chance: random.Random, at: Place, size_m: float) -> Notice:
    """Up to 50 slices of a road, each with its own window."""
    turn, reach_cm, start = chance.uniform(0, 360), chance.randrange(20_00, 300_00), NOON
    found = []
    for _ in range(chance.choice((3, 12, 50))):
        turn += chance.gauss(0, 30)
        to = moved(at, turn, max(20.0, size_m / 10))
        start += chance.randrange(5 * _MINUTE)
        footprint = Footprint(Form.PATH, (_position(at), _position(to)), reach_cm)
        found.append(Volume(footprint, Instant(start), Instant(start + 10 * _MINUTE)))
        at = to
    return tuple(found)


def _neighbours(chance: random.Random, at: Place, size_m: float) -> Notice:
    """Two areas that share an edge or a corner, touching in time or in altitude too."""
    a, b, c, d = (_position(moved(at, turn, size_m)) for turn in (45, 135, 225, 315))
    e, f = (_position(moved(at, turn, size_m * 2.4)) for turn in (80, 100))
    shared = chance.choice(((a, e, f, b), (b, e, f)))
    return (
        Volume(Footprint(Form.RING, (a, b, c, d)), Instant(NOON), Instant(NOON + _MINUTE), 0, 100_00),
        Volume(Footprint(Form.RING, shared), Instant(NOON + _MINUTE), Instant(NOON + _HOUR), 100_00, 200_00),
    )


_NOTICES: tuple[Callable[[random.Random, Place, float], Notice], ...] = (
    _circle, _area, _road, _sliver, _convoy, _neighbours,
)  # fmt: skip


def _volume(chance: random.Random, footprint: Footprint) -> Volume:
    """From a second to without end; altitudes that touch, or none."""
    start = NOON + chance.randrange(6) * 10 * _MINUTE
    long = chance.choice((0, _SECOND, 10 * _MINUTE, _HOUR, 40 * _YEAR, None, None))
    low, high = sorted(chance.sample((0, 50_00, 120_00, 120_01, 300_00), 2))
    band = chance.choice(((low, high), (low, None), (None, high), (None, None), (None, None)))
    return Volume(
        footprint,
        None if chance.random() < 0.3 else Instant(start),
        None if long is None else Instant(start + long),
        *band,
    )


def ring(chance: random.Random, at: Place, radius_m: float, corners: int) -> tuple[Position, ...]:
    """Corners around a place, in order, each at a distance of its own."""
    turns = [(number + chance.uniform(-0.3, 0.3)) * 360 / corners for number in range(corners)]
    return tuple(_position(moved(at, turn, radius_m * chance.uniform(0.55, 1))) for turn in turns)


def moved(at: Place, turn: float, far_m: float) -> Place:
    """The place so far away in a direction, on the ellipsoid."""
    lon, lat, _ = GEOD.fwd(at[1], at[0], turn, far_m)
    return lat, lon


def _position(at: Place) -> Position:
    lon_u = (round(at[1] * 1e6) + 180_000_000) % 360_000_000 - 180_000_000
    return Position(round(at[0] * 1e6), lon_u)


def position(lat: float, lon: float) -> Position:
    """A position from degrees."""
    return _position((lat, math.fmod(lon, 360)))
