"""Which zones do regions meet: all at once, exactly as one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from trucekeeper.kernel.truth import Truth
from trucekeeper.places.area import Flags
from trucekeeper.places.geodesy import Floats, bounding_disc
from trucekeeper.places.ground import Points, band_depths_m, measured
from trucekeeper.places.path import Indexes
from trucekeeper.places.position import Disc, Region
from trucekeeper.places.touch import INSIDE, MARGIN_M, Ground
from trucekeeper.places.zone import Area, Band, Line, Touch, Zone
from trucekeeper.screening.rules import touch_of_shape

SPARE_M = 0.5
"""By how much more than the exact rule asks a region must be clear of a boundary to be settled here."""

_DISCS_AT_ONCE = 2000
_DEGREE_M = 110_000.0
"""Less than any degree of latitude."""


Met = Mapping[str, Touch]
"""Zone id to touch, for one region; a zone that is not in it is surely not met."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """Zones made ready; areas with their boxes, bands together by their line."""

    ground: Ground
    areas: tuple[Zone, ...]
    boxes: Floats
    lines: tuple[tuple[Line, tuple[Zone, ...]], ...]

    @classmethod
    def of(cls, zones: Sequence[Zone], ground: Ground) -> "Sieve":
        """The sieve of these zones; BadInput where a shape cannot be made ready."""
        areas = tuple(zone for zone in zones if isinstance(zone.shape, Area))
        boxes = [ground.ready.area(zone.shape).box for zone in areas if isinstance(zone.shape, Area)]
        by_line: dict[Line, list[Zone]] = {}
        for zone in zones:
            if isinstance(zone.shape, Band):
                by_line.setdefault(zone.shape.line, []).append(zone)
        lines = tuple((line, tuple(bands)) for line, bands in by_line.items())
        return cls(ground, areas, np.array(boxes, dtype=np.float64).reshape(-1, 4).T / 1e6, lines)

    def met(self, wheres: Sequence[Region | None]) -> list[Met | None]:
        """For each region the zones that it certainly or possibly meets; None where no place is known."""
        found: list[dict[str, Touch] | None] = [None if where is None else {} for where in wheres]
        placed = [(index, where) for index, where in enumerate(wheres) if where is not None]
        if not placed:
            return list(found)
        sifted = _Sifted.of(placed, self.ground, found)
        near = self._near(sifted)
        for column, zone in enumerate(self.areas):
            rows = near[:, column].nonzero()[0]
            if not len(rows):
                continue
            depth = self.ground.ready.depths_m(zone.shape, sifted.points[rows], sifted.need[rows])
            sifted.settle((zone,), rows, depth[:, None])
        for line, zones in self.lines:
            traced = self.ground.ready.line(line)
            bands = [zone.shape for zone in zones if isinstance(zone.shape, Band)]
            seen = measured(traced, sifted.points)
            depths = band_depths_m(traced, bands, sifted.points, seen, sifted.need)
            sifted.settle(zones, np.arange(len(placed)), depths)
        sifted.share()
        return list(found)

    def _near(self, sifted: "_Sifted") -> Flags:
        """Whether each region (row) comes near the box of each area (column); too often yes, never wrongly no."""
        lat, lon = sifted.points.lat_u[:, None] / 1e6, sifted.points.lon_u[:, None] / 1e6
        high = sifted.need[:, None] / _DEGREE_M + 0.001
        west, south, east, north = self.boxes
        furthest = np.minimum(np.abs(lat) + high, 89.0)
        wide = np.where(np.abs(lat) + high < 89.0, high / np.cos(np.radians(furthest)), 360.0)
        middle, half = (west + east) / 2, (east - west) / 2
        aside = np.abs((lon - middle + 180.0) % 360.0 - 180.0)
        return np.asarray((lat >= south - high) & (lat <= north + high) & (aside <= half + wide))


@dataclass(frozen=True, slots=True)
class _Sifted:
    """Regions that have a place: their number in the question, the disc around each, and what is found."""

    regions: list[tuple[int, Region]]
    points: Points
    need: Floats
    ground: Ground
    found: list[dict[str, Touch] | None]
    waiting: dict[str, tuple[Zone, list[int]]] = field(default_factory=dict[str, tuple[Zone, list[int]]])

    @classmethod
    def of(
        cls, regions: list[tuple[int, Region]], ground: Ground, found: list[dict[str, Touch] | None]
    ) -> "_Sifted":
        discs = [bounding_disc(region) for _, region in regions]
        lat_u = np.array([disc.centre.lat_u for disc in discs], dtype=np.int64)
        lon_u = np.array([disc.centre.lon_u for disc in discs], dtype=np.int64)
        radius = np.array([disc.radius_m for disc in discs], dtype=np.float64)
        return cls(regions, Points.of(lat_u, lon_u), radius + (MARGIN_M + SPARE_M), ground, found)

    def settle(self, zones: Sequence[Zone], rows: Indexes, depth: Floats) -> None:
        """Notes the touch of these regions with these zones; what depth leaves open waits for :meth:`share`."""
        need = self.need[rows][:, None]
        for row, column in _pairs(rows, depth >= need):
            self._note(row, zones[column], INSIDE)
        away = np.abs(depth)
        well = away < need - 2 * SPARE_M
        for row, column in _pairs(rows, (away < need) & ~well):
            zone = zones[column]
            self._note(row, zone, touch_of_shape(self.regions[row][1], zone.shape, self.ground))
        for row, column in _pairs(rows, well):
            region, zone = self.regions[row][1], zones[column]
            if isinstance(region, Disc) and region.radius_m > 0:
                self.waiting.setdefault(zone.id, (zone, []))[1].append(row)
            else:
                self._note(row, zone, touch_of_shape(region, zone.shape, self.ground))

    def share(self) -> None:
        """Settles the discs that wait, a few thousand at a time, by the share of each zone."""
        rows = sorted({row for _, some in self.waiting.values() for row in some})
        for first in range(0, len(rows), _DISCS_AT_ONCE):
            some = rows[first : first + _DISCS_AT_ONCE]
            place = {row: index for index, row in enumerate(some)}
            discs = [region for row in some if isinstance(region := self.regions[row][1], Disc)]
            asked = [(zone, [row for row in each if row in place]) for zone, each in self.waiting.values()]
            asked = [(zone, each) for zone, each in asked if each]
            shares = self.ground.joint_shares(
                discs, [(zone.shape, np.array([place[row] for row in each])) for zone, each in asked]
            )
            for (zone, each), touches in zip(asked, shares, strict=True):
                for row, touch in zip(each, touches, strict=True):
                    self._note(row, zone, touch)

    def _note(self, row: int, zone: Zone, touch: Touch) -> None:
        met = self.found[self.regions[row][0]]
        if met is not None and touch.answer is not Truth.NO:
            met[zone.id] = touch


def _pairs(rows: Indexes, flags: Flags) -> list[tuple[int, int]]:
    """Row (as ``rows`` numbers them) and column of every flag that is set."""
    at, columns = flags.nonzero()
    numbers: list[int] = rows[at].tolist()
    return list(zip(numbers, columns.tolist(), strict=True))
