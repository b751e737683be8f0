"""Geodesics on WGS 84: the only file that knows PROJ (C. F. F. Karney, Algorithms for geodesics, 2013)."""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from trucekeeper.places.position import BEARINGS, Disc, Position, Region, Sector

Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = Floats | float
"""One for all, or one for each."""

_WGS84 = Geod(ellps="WGS84")
_MICRO = 1e6
HALF_POINT_DEGREES = 180 / len(BEARINGS)
"""A compass point stands for this much on either side: 11.25 degrees."""


def distance_m(one: Position, other: Position) -> float:
    """Length of the shortest way along the ellipsoid, in metres, to some nanometres."""
    return _inverse(one, other)[1]


def azimuth(one: Position, other: Position) -> float:
    """Direction in which the shortest way leaves ``one``: degrees clockwise from north, -180 to 180."""
    return _inverse(one, other)[0]


def direct(start: Position, azimuth_degrees: float, metres: float) -> Position:
    """Where one arrives, to the nearest microdegree, by going straight on from ``start``."""
    lon, lat, _ = _WGS84.fwd(start.lon_u / _MICRO, start.lat_u / _MICRO, azimuth_degrees, metres)
    return Position(round(float(lat) * _MICRO), round(float(lon) * _MICRO))


def inverses(lat: Numbers, lon: Numbers, to_lat: Numbers, to_lon: Numbers) -> tuple[Floats, Floats]:
    """Distances in metres and azimuths at the first points, all in degrees, element by element."""
    start_lon, start_lat, end_lon, end_lat = np.broadcast_arrays(lon, lat, to_lon, to_lat)
    there, _, metres = _WGS84.inv(start_lon, start_lat, end_lon, end_lat)
    return np.asarray(metres, dtype=np.float64), np.asarray(there, dtype=np.float64)


def directs(lat: Numbers, lon: Numbers, azimuths: Numbers, metres: Numbers) -> tuple[Floats, Floats]:
    """Latitudes and longitudes, in degrees, where one arrives; element by element."""
    ends_lat, ends_lon, _ = courses(lat, lon, azimuths, metres)
    return ends_lat, ends_lon


def courses(lat: Numbers, lon: Numbers, azimuths: Numbers, metres: Numbers) -> tuple[Floats, Floats, Floats]:
    """As :func:`directs`, with the azimuths in which one goes on from there."""
    start_lon, start_lat, az, far = np.broadcast_arrays(lon, lat, azimuths, metres)
    ends_lon, ends_lat, onward = _WGS84.fwd(start_lon, start_lat, az, far, return_back_azimuth=False)
    return (
        np.asarray(ends_lat, dtype=np.float64),
        np.asarray(ends_lon, dtype=np.float64),
        np.asarray(onward, dtype=np.float64),
    )


def bounding_disc(region: Region) -> Disc:
    """A disc that surely holds the region; for a sector it is centred on the middle of what it tells.

    Distances on the ellipsoid are never longer than in a flat sector of the same sides (Toponogov), so the
    flat corners bound it.
    """
    if isinstance(region, Disc):
        return region
    if polar(region):
        return Disc(region.observer, region.observer_radius_m + region.far_m)
    middle_m = (region.near_m + region.far_m) / 2
    centre = direct(region.observer, region.bearing * 2 * HALF_POINT_DEGREES, middle_m)
    reach = max(
        flat_m(middle_m, end_m, turn)
        for end_m in (region.near_m, region.far_m)
        for turn in (0.0, HALF_POINT_DEGREES)
    )
    around = region.observer_radius_m + twist_m(region, region.observer_radius_m)
    return Disc(centre, math.ceil(reach + around) + 1)


def flat_m(one_m: float, other_m: float, turn_degrees: float) -> float:
    """Distance between two points seen from one place at an angle, by the law of cosines."""
    angle = math.cos(math.radians(turn_degrees))
    return math.sqrt(max(0.0, one_m * one_m + other_m * other_m - 2 * one_m * other_m * angle))


def twist_m(region: Sector, moved_m: float) -> float:
    """How much farther than ``moved_m`` a sector's points move with its observer, because north turns with him."""
    slope = math.tan(math.radians(min(89.5, abs(region.observer.lat_u) / _MICRO + moved_m / 110_000)))
    return region.far_m * moved_m * slope / 6_300_000


def polar(region: Sector) -> bool:
    """Whether the observer may stand so near a pole that a bearing tells nothing."""
    return abs(region.observer.lat_u) + region.observer_radius_m * 10 > 89_000_000


def _inverse(one: Position, other: Position) -> tuple[float, float]:
    there, _, metres = _WGS84.inv(
        one.lon_u / _MICRO, one.lat_u / _MICRO, other.lon_u / _MICRO, other.lat_u / _MICRO
    )
    return float(there), float(metres)
