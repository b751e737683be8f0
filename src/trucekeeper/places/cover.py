"""An uncertain region as a few points that stand for equal parts of it, and how far from them its points may lie."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from trucekeeper.places.geodesy import HALF_POINT_DEGREES, Floats, directs, flat_m, polar, twist_m
from trucekeeper.places.position import Disc, Region, Sector

RINGS = 3
"""Rings of 6, 12 and 18 points around one in the middle: 37, each for an equal part of the disc."""
REACH = 0.2084
"""No point of a disc of radius 1 is farther from the nearest of the 37 (0.20822, by search)."""
SMALL_REACH = 0.512
"""The same for one ring of 6 around the middle (0.51198)."""
_BANDS, _RAYS = 4, 6


@dataclass(frozen=True, slots=True)
class Cover:
    """Centres in degrees; every point of the region lies within ``reach_m`` of one of them."""

    lat: Floats
    lon: Floats
    reach_m: float


def cover(region: Region) -> Cover:
    """The same points for the same region, always."""
    if isinstance(region, Disc):
        lat, lon = around(
            np.array([[region.centre.lat_u, region.centre.lon_u, region.radius_m]], dtype=np.float64)
        )
        return Cover(lat, lon, REACH * region.radius_m)
    if polar(region) or region.observer_radius_m > region.far_m:
        return cover(Disc(region.observer, region.observer_radius_m + region.far_m))
    return _sector(region)


def around(discs: Floats) -> tuple[Floats, Floats]:
    """For rows of latitude and longitude (microdegrees) and radius (metres): their 37 centres, disc by disc."""
    turn, far = rings(RINGS)
    many = len(turn)
    lat, lon = np.repeat(discs[:, 0] / 1e6, many), np.repeat(discs[:, 1] / 1e6, many)
    return directs(
        lat, lon, np.tile(turn, len(discs)), np.repeat(discs[:, 2], many) * np.tile(far, len(discs))
    )


def rings(count: int) -> tuple[Floats, Floats]:
    """Bearings in degrees and distances, on a disc of radius 1, of points that stand for equal parts of it."""
    total = 1 + 3 * count * (count + 1)
    turns, fars, inside = [0.0], [0.0], 1
    for ring in range(1, count + 1):
        points = 6 * ring
        far = math.sqrt((inside + points / 2) / total)
        turns += [360 * (step + 0.5 * (ring % 2)) / points for step in range(points)]
        fars += [far] * points
        inside += points
    return np.array(turns), np.array(fars)


def _sector(region: Sector) -> Cover:
    near, far, radius = region.near_m, region.far_m, region.observer_radius_m
    edges = [math.sqrt(near**2 + step * (far**2 - near**2) / _BANDS) for step in range(_BANDS + 1)]
    middles = [math.sqrt((low**2 + high**2) / 2) for low, high in pairwise(edges)]
    half = HALF_POINT_DEGREES / _RAYS
    cell = max(
        flat_m(middle, edge, turn)
        for middle, pair in zip(middles, pairwise(edges), strict=True)
        for edge in pair
        for turn in (0.0, half)
    )
    turns = [region.bearing * 2 * HALF_POINT_DEGREES + half * (2 * ray - _RAYS + 1) for ray in range(_RAYS)]
    moves, shares = rings(1) if radius else (np.zeros(1), np.zeros(1))
    lat, lon = directs(
        region.observer.lat_u / 1e6,
        region.observer.lon_u / 1e6,
        moves,
        shares * radius,
    )
    many = _BANDS * _RAYS
    ends = directs(
        np.repeat(lat, many), np.repeat(lon, many),
        np.tile(np.repeat(turns, _BANDS), len(moves)), np.tile(np.tile(middles, _RAYS), len(moves)),
    )  # fmt: skip
    moved = SMALL_REACH * radius
    return Cover(*ends, cell + moved + twist_m(region, moved))
