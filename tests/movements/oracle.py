"""Who meets whom on WGS 84, by brute force: shares no code and no formula with what it judges.

Edges are cut along their geodesics (pyproj) into pieces, taken as straight rods between points in space around the
ellipsoid; distances are those between rods. Insides are those of polygons (shapely) on a map of true distances and
directions from their own middle. The error of both is known, so an answer has three values: they meet; they are apart
by more than the tolerance that is promised; or it lies between, and either answer is right.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from pyproj import Geod, Transformer

from trucekeeper.movements.volume import Form, Volume
from trucekeeper.places.position import Position

EITHER, MEET, APART = 0, 1, 2

GEOD = Geod(ellps="WGS84")
_SPACE = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
_FLATTEST_M, _ROUNDEST_M = 6_399_594.0, 6_335_439.0
"""The largest and the smallest radius of curvature of WGS 84."""
_PIECE_M, _PIECES = 2_500.0, 24
_GRAIN_M = 0.02

# What the product promises; written here anew, so that it cannot grow unnoticed.
_SHARE, _STRAY, _ALWAYS_M = 0.011, 8.5e-11, 0.5


@dataclass(frozen=True)
class Judged:
    """A volume made ready: rods from ``start`` to ``end`` in space, an error, a ball around all of the core."""

    volume: Volume
    start: np.ndarray
    end: np.ndarray
    error_m: float
    longest_m: float
    middle: tuple[float, float]
    ball: tuple[np.ndarray, float]
    rings: tuple[np.ndarray, ...]

    @property
    def reach_m(self) -> float:
        return self.volume.footprint.reach_cm / 100

    @property
    def first(self) -> tuple[float, float]:
        at = self.volume.footprint.points[0]
        return at.lon_u / 1e6, at.lat_u / 1e6

    @cached_property
    def inside(self) -> shapely.Polygon | None:
        """A ring's inside, on the map around its middle."""
        if self.volume.footprint.form is not Form.RING:
            return None
        shell, *holes = (self.mapped(ring[:, 0], ring[:, 1]) for ring in self.rings)
        polygon = shapely.Polygon(shell, holes)
        shapely.prepare(polygon)
        return polygon

    def mapped(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Places on the map around the middle, in metres."""
        here = np.full(len(lon), self.middle[0]), np.full(len(lon), self.middle[1])
        turn, _, far = GEOD.inv(*here, lon, lat)
        return np.column_stack((far * np.sin(np.radians(turn)), far * np.cos(np.radians(turn))))


def made(volume: Volume) -> Judged:
    """A volume, ready to be judged against many."""
    footprint = volume.footprint
    cut = [_cut(ring, closed=footprint.form is Form.RING) for ring in (footprint.points, *footprint.holes)]
    corners = [_space(points) for points, _, _ in cut]
    start = np.concatenate([one[:-1] if len(one) > 1 else one for one in corners])
    end = np.concatenate([one[1:] if len(one) > 1 else one for one in corners])
    piece_m = max(one for _, one, _ in cut)
    every = corners[0]
    centre = every.mean(axis=0)
    size = float(np.linalg.norm(centre))
    centre = every[0] if size < 1e6 else centre * (6_371_000 / size)
    middle = _SPACE.transform(*centre, direction="INVERSE")[:2]
    centre = _space(np.array([middle]))[0]
    # a ring bulges between its edges by less than its size squared over the Earth's diameter
    far = float(np.linalg.norm(every - centre, axis=1).max())
    error_m = piece_m * piece_m / (8 * _ROUNDEST_M) + _GRAIN_M
    return Judged(
        volume,
        start,
        end,
        error_m,
        max(one for _, _, one in cut),
        middle,
        (centre, far * (1 + far / 6e6) + piece_m),
        tuple(points for points, _, _ in cut),
    )


def judged(ones: Sequence[Judged], others: Sequence[Judged]) -> np.ndarray:
    """What is true of each of ``ones`` with each of ``others``: MEET, APART or EITHER."""
    answer = np.full((len(ones), len(others)), APART, dtype=np.int8)
    if not ones or not others:
        return answer
    shared = _bands(ones, others, lambda v: v.start, lambda v: v.end)
    shared &= _bands(ones, others, lambda v: v.low_cm, lambda v: v.high_cm)
    shared &= _balls(ones, others)
    within, without = _held(ones, others, shared), _held(others, ones, shared.T).T
    for i, j in zip(*np.nonzero(shared), strict=True):
        answer[i, j] = _decided(ones[i], others[j], inside=bool(within[i, j] or without[i, j]))
    return answer


def judge(one: Volume, other: Volume) -> int:
    """What is true of two volumes."""
    return int(judged([made(one)], [made(other)])[0, 0])


def _decided(one: Judged, other: Judged, *, inside: bool) -> int:
    chord = _rods(one, other)
    error_m = one.error_m + other.error_m
    least, most = max(0.0, chord - error_m), chord + error_m
    least = 2 * _FLATTEST_M * math.asin(min(1.0, least / (2 * _FLATTEST_M)))
    most = 2 * _ROUNDEST_M * math.asin(min(1.0, most / (2 * _ROUNDEST_M)))
    reach_m = one.reach_m + other.reach_m
    stray_m = _STRAY * (one.longest_m**2 + other.longest_m**2)
    if most <= reach_m or (inside and least > error_m):
        return MEET
    if not inside and least > reach_m * (1 + _SHARE) + stray_m + _ALWAYS_M:
        return APART
    return EITHER


def _rods(one: Judged, other: Judged) -> float:
    """The least distance between two sets of rods, every one with every other."""
    p, u = one.start[:, None, :], (one.end - one.start)[:, None, :]
    q, v = other.start[None, :, :], (other.end - other.start)[None, :, :]
    w = p - q
    a, b, c = (u * u).sum(-1), (u * v).sum(-1), (v * v).sum(-1)
    d, e = (u * w).sum(-1), (v * w).sum(-1)
    wide = a * c - b * b
    least = math.inf
    with np.errstate(divide="ignore", invalid="ignore"):
        s, t = (b * e - c * d) / wide, (a * e - b * d) / wide
        crossing = (wide > 1e-9 * a * c) & (s >= 0) & (s <= 1) & (t >= 0) & (t <= 1)
        ends = (
            (np.zeros_like(d), _part(e, c)),
            (np.ones_like(d), _part(e + b, c)),
            (_part(-d, a), np.zeros_like(d)),
            (_part(b - d, a), np.ones_like(d)),
        )
    for along, across in (*ends, (np.where(crossing, s, 0.0), np.where(crossing, t, 0.0))):
        apart = w + along[..., None] * u - across[..., None] * v
        least = min(least, float((apart * apart).sum(-1).min()))
    return math.sqrt(least)


def _part(over: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole > 0, np.clip(over / np.where(whole > 0, whole, 1.0), 0.0, 1.0), 0.0)


def _held(rings: Sequence[Judged], others: Sequence[Judged], asked: np.ndarray) -> np.ndarray:
    """Whether the first corner of each other lies within each ring; False where it is not asked."""
    held = np.zeros(asked.shape, dtype=bool)
    first = np.array([one.first for one in others])
    for row, ring in enumerate(rings):
        which = np.flatnonzero(asked[row])
        if ring.inside is not None and len(which):
            at = ring.mapped(first[which, 0], first[which, 1])
            held[row, which] = shapely.contains_xy(ring.inside, at)
    return held


def _bands(ones: Sequence[Judged], others: Sequence[Judged], low, high) -> np.ndarray:
    def wall(volumes, side, missing):
        return np.array([missing if side(one.volume) is None else float(side(one.volume)) for one in volumes])

    begin, end = wall(ones, low, -math.inf)[:, None], wall(ones, high, math.inf)[:, None]
    since, till = wall(others, low, -math.inf)[None, :], wall(others, high, math.inf)[None, :]
    return (begin <= till) & (since <= end)


def _balls(ones: Sequence[Judged], others: Sequence[Judged]) -> np.ndarray:
    """Where the balls around two volumes do not come near each other, the volumes are far apart."""
    here, there = np.array([one.ball[0] for one in ones]), np.array([one.ball[0] for one in others])
    wide = np.array([one.ball[1] + one.reach_m * 1.02 for one in ones])[:, None]
    wide = wide + np.array([one.ball[1] + one.reach_m * 1.02 for one in others])[None, :]
    stray_m = _STRAY * np.add.outer([one.longest_m**2 for one in ones], [one.longest_m**2 for one in others])
    apart = np.linalg.norm(here[:, None, :] - there[None, :, :], axis=-1)
    return apart <= wide + stray_m + 50


def _cut(ring: Sequence[Position], *, closed: bool) -> tuple[np.ndarray, float, float]:
    """A ring or path in pieces (longitude, latitude), how long a piece is at most, and how long an edge."""
    corners = [(one.lon_u / 1e6, one.lat_u / 1e6) for one in ring]
    if len(corners) == 1:
        return np.array(corners), 0.0, 0.0
    if closed:
        corners.append(corners[0])
    points, piece_m, longest_m = [corners[0]], 0.0, 0.0
    for one, other in pairwise(corners):
        length = GEOD.line_length(*zip(one, other, strict=True))
        pieces = max(1, min(_PIECES, math.ceil(length / _PIECE_M)))
        if pieces > 1:
            points += GEOD.npts(*one, *other, pieces - 1)
        points.append(other)
        piece_m, longest_m = max(piece_m, length / pieces), max(longest_m, length)
    return np.array(points), piece_m, longest_m


def _space(points: np.ndarray) -> np.ndarray:
    x, y, z = _SPACE.transform(points[:, 0], points[:, 1], np.zeros(len(points)))
    return np.column_stack((x, y, z))
