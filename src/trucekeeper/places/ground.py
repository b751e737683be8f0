"""Shapes made ready, and the two careful questions: is this point inside, and how deep."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from trucekeeper.places import earth
from trucekeeper.places.area import Bounded, Flags, Whole, bounded
from trucekeeper.places.earth import Some, Vectors
from trucekeeper.places.geodesy import Floats
from trucekeeper.places.line import EQUAL_M, Sides, Traced, traced
from trucekeeper.places.path import SAGITTA_M
from trucekeeper.places.position import Position
from trucekeeper.places.zone import Area, Band, Line, Shape, Side


@dataclass(frozen=True, slots=True)
class Points:
    """Many points at once: in whole microdegrees, and in space."""

    lat_u: Whole
    lon_u: Whole
    space: Vectors

    def __len__(self) -> int:
        return len(self.lat_u)

    def __getitem__(self, which: Some) -> "Points":
        return Points(self.lat_u[which], self.lon_u[which], self.space[:, which])

    @classmethod
    def of(cls, lat_u: Whole, lon_u: Whole) -> "Points":
        """From microdegrees."""
        return cls(lat_u, lon_u, earth.surface(lat_u / 1e6, lon_u / 1e6))

    @classmethod
    def rounded(cls, lat: Floats, lon: Floats) -> "Points":
        """From degrees, to the nearest microdegree."""
        return cls.of(np.rint(lat * 1e6).astype(np.int64), np.rint(lon * 1e6).astype(np.int64))


@dataclass(frozen=True, slots=True)
class Measured:
    """Points as a line sees them: about how far along the ground, by how much that may be off, which side."""

    chord_m: Floats
    way_m: Floats
    doubt_m: Floats
    side: Sides

    def __getitem__(self, which: Some) -> "Measured":
        return Measured(self.chord_m[which], self.way_m[which], self.doubt_m[which], self.side[which])


def measured(line: Traced, points: Points) -> Measured:
    """What all bands along one line need to know of these points."""
    chord, side, _ = line.measured(points.space)
    way = earth.way_m(chord)
    return Measured(chord, way, SAGITTA_M + earth.doubt_m(chord, way), side)


@dataclass(frozen=True, slots=True)
class BandReady:
    """A band with its line made ready."""

    band: Band
    line: Traced

    def holds(self, position: Position) -> bool:
        """Exact and closed; distances are equal to half a millimetre."""
        seen = self.line.seen(position)
        beside = {Side.LEFT: seen.left, Side.RIGHT: seen.right, Side.BOTH: True}[self.band.side]
        low, high = self.band.from_m - EQUAL_M, self.band.to_m + EQUAL_M
        return beside and low <= seen.distance_m <= high

    def hold(self, seen: Measured) -> Flags:
        """About the same, for many points at once."""
        inside = (self.band.from_m <= seen.way_m) & (seen.way_m <= self.band.to_m)
        if self.band.side is Side.BOTH:
            return inside
        return np.asarray(inside & (seen.side != -self._sign))

    @property
    def _sign(self) -> int:
        return _SIGN[self.band.side]


_SIGN = {Side.LEFT: 1, Side.RIGHT: -1, Side.BOTH: 0}


def band_depths_m(
    line: Traced, bands: Sequence[Band], points: Points, seen: Measured, reach_m: Floats
) -> Floats:
    """For points (rows) and bands along one line (columns): metres to the boundary, positive inside.

    Never more than the truth, and no more than ``reach_m``, which is one for each point.
    """
    low = np.array([band.from_m for band in bands], dtype=np.float64)
    high = np.array([band.to_m for band in bands], dtype=np.float64)
    sign = np.array([_SIGN[band.side] for band in bands], dtype=np.float64)
    way, doubt, reach = seen.way_m[:, None], seen.doubt_m[:, None], reach_m[:, None]
    room = np.minimum(high - way, np.where(low > 0, way - low, np.inf))
    depth = np.copysign(np.minimum(np.maximum(np.abs(room) - doubt, 0.0), reach), room)
    asked = np.nonzero((depth[:, sign != 0] > -reach).any(axis=1))[0]
    if not len(asked):
        return depth
    side = np.where(seen.side[asked] == 0, 1, seen.side[asked]).astype(np.int8)
    clear = line.clear_m(points.space[:, asked], seen.chord_m[asked], side, reach_m[asked])
    beside = np.where(sign == 0, np.inf, (clear * side)[:, None] * sign)
    depth[asked] = np.minimum(depth[asked], beside)
    return depth


@dataclass(frozen=True, slots=True)
class Ready:
    """Shapes made ready once, by identity: an area or band is traced when it is first asked about.

    Asking for the same object again is quick; an equal one that is another object is made ready again.
    """

    _areas: dict[int, tuple[Area, Bounded]] = field(default_factory=dict[int, tuple[Area, Bounded]])
    _bands: dict[int, tuple[Band, BandReady]] = field(default_factory=dict[int, tuple[Band, BandReady]])
    _lines: dict[int, tuple[Line, Traced]] = field(default_factory=dict[int, tuple[Line, Traced]])

    def area(self, area: Area) -> Bounded:
        """The area, ready; BadInput where it cannot be."""
        if id(area) not in self._areas:
            self._areas[id(area)] = (area, bounded(area))
        return self._areas[id(area)][1]

    def band(self, band: Band) -> BandReady:
        """The band, ready; bands along one line share it."""
        if id(band) not in self._bands:
            self._bands[id(band)] = (band, BandReady(band, self.line(band.line)))
        return self._bands[id(band)][1]

    def line(self, line: Line) -> Traced:
        """The line, ready; equal lines share it."""
        if id(line) not in self._lines:
            known = next((ready for other, ready in self._lines.values() if other == line), None)
            self._lines[id(line)] = (line, traced(line) if known is None else known)
        return self._lines[id(line)][1]

    def holds(self, shape: Shape, position: Position) -> bool:
        """Whether the exact point lies in the closed shape."""
        ready = self.area(shape) if isinstance(shape, Area) else self.band(shape)
        return ready.holds(position)

    def hold(self, shape: Shape, points: Points) -> Flags:
        """For many points: exact for an area, within centimetres for a band."""
        if isinstance(shape, Area):
            return self.area(shape).hold(points.lat_u, points.lon_u)
        band = self.band(shape)
        return band.hold(measured(band.line, points))

    def depths_m(self, shape: Shape, points: Points, reach_m: Floats) -> Floats:
        """For many points: metres to the boundary, positive inside, never more than the truth or ``reach_m``."""
        if isinstance(shape, Area):
            return self.area(shape).depth_m(points.space, points.lat_u, points.lon_u, reach_m)
        line = self.line(shape.line)
        return band_depths_m(line, (shape,), points, measured(line, points), reach_m)[:, 0]


FARTHEST_M = 13_000_000.0
"""More than the Earth's diameter, the longest chord."""


def holds(shape: Shape, position: Position) -> bool:
    """Whether the exact point lies in the closed shape: the one exact "inside?"."""
    return Ready().holds(shape, position)


def depth_m(shape: Shape, position: Position) -> float:
    """Metres from the point to the shape's boundary, positive inside and negative outside.

    The size is never more than the true distance plus one metre; where it is uncertain, it is less.
    """
    points = Points.of(np.array([position.lat_u]), np.array([position.lon_u]))
    return float(Ready().depths_m(shape, points, np.array([FARTHEST_M]))[0])
