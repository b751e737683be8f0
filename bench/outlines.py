"""Volumes as the peers of the benchmark hold them: polygons in longitude and latitude, and arrays of numbers.

A footprint is drawn in the plane around its own middle, in metres that are true on WGS 84 along every ray from there;
grown by its reach with eight segments to a quarter (the default of shapely and of PostGIS), so that a circle differs
from a true one by no more than 0.25 % of its radius to either side; and brought back.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from pyproj import Geod

from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position

GEOD = Geod(ellps="WGS84")
SEGMENTS = 8
GROWN = 2 / (1 + np.cos(np.pi / SEGMENTS / 4))
"""A polygon's corners lie outside a circle as far as its edges lie inside."""
STEP_M = 3_000.0
UNBOUNDED = 2**62


def polygons(volumes: Sequence[Volume]) -> np.ndarray:
    """Polygons in degrees, longitude first."""
    parts = [_polygons(volumes[at : at + 50_000]) for at in range(0, len(volumes), 50_000)]
    return np.concatenate(parts) if parts else np.empty(0, dtype=object)


def numbers(volumes: Sequence[Volume]) -> np.ndarray:
    """Start, end, lower and upper altitude of each volume, one column each; without bound is very far."""
    bounds = [(one.start, one.end, one.low_cm, one.high_cm) for one in volumes]
    least, most = (-UNBOUNDED, UNBOUNDED)
    rows = [
        [(least, most)[side % 2] if value is None else value for side, value in enumerate(row)]
        for row in bounds
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 4).T.copy()


def gap_m(one: Footprint, other: Footprint) -> float:
    """How far the two are apart, below 0 where they meet; by the plane around the first, for what lies near it."""
    lon, lat = (one.points[0].lon_u / 1e6, one.points[0].lat_u / 1e6)
    cores = shapely.make_valid(np.array([_core(each, lon, lat) for each in (one, other)]))
    return float(shapely.distance(*cores)) - (one.reach_cm + other.reach_cm) / 100


def _polygons(volumes: Sequence[Volume]) -> np.ndarray:
    footprints = [one.footprint for one in volumes]
    middle = np.array([(one.points[0].lon_u / 1e6, one.points[0].lat_u / 1e6) for one in footprints])
    reach = np.array([one.reach_cm / 100 for one in footprints])
    flat, owner = shapely.get_coordinates(np.array([_degrees(one) for one in footprints]), return_index=True)
    cores = shapely.set_coordinates(
        np.array([_degrees(one) for one in footprints]), _plane(flat, middle[owner])
    )
    grown = shapely.segmentize(shapely.buffer(cores, reach * GROWN, quad_segs=SEGMENTS), STEP_M)
    xy, owner = shapely.get_coordinates(grown, return_index=True)
    turn, far = np.degrees(np.arctan2(xy[:, 0], xy[:, 1])), np.hypot(xy[:, 0], xy[:, 1])
    lon, lat, _ = GEOD.fwd(middle[owner, 0], middle[owner, 1], turn, far)
    return shapely.set_coordinates(grown, np.column_stack((lon, lat)))


def _core(footprint: Footprint, lon: float, lat: float) -> shapely.Geometry:
    drawn = np.array([_degrees(footprint)])
    flat = shapely.get_coordinates(drawn)
    return shapely.set_coordinates(drawn, _plane(flat, np.full_like(flat, (lon, lat))))[0]


def _plane(degrees: np.ndarray, middle: np.ndarray) -> np.ndarray:
    turn, _, far = GEOD.inv(middle[:, 0], middle[:, 1], degrees[:, 0], degrees[:, 1])
    turn = np.radians(turn)
    return np.column_stack((far * np.sin(turn), far * np.cos(turn)))


def _degrees(footprint: Footprint) -> shapely.Geometry:
    points = _listed(footprint.points)
    if footprint.form is Form.POINT:
        return shapely.Point(points[0])
    if footprint.form is Form.PATH:
        return shapely.LineString(points)
    return shapely.Polygon(points, [_listed(hole) for hole in footprint.holes])


def _listed(points: Sequence[Position]) -> list[tuple[float, float]]:
    return [(one.lon_u / 1e6, one.lat_u / 1e6) for one in points]
