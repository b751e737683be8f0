"""Linking by distance alone, as the peers of the benchmark do it: DBSCAN on a grid, and a tree with components.

Both scale time to metres and take what lies within one radius of the other in space and time for one happening.
"""

import numpy as np
import shapely

METRE = 1 / 111_195
Pairs = tuple[np.ndarray, np.ndarray]


def plane(lat_u: np.ndarray, lon_u: np.ndarray, at_ms: np.ndarray, ms_a_metre: float) -> np.ndarray:
    """Metres east, metres north, and time as metres, one row a report."""
    lat, lon = lat_u / 1e6, lon_u / 1e6
    east = (lon - lon.mean()) / METRE * np.cos(np.radians(lat.mean()))
    return np.column_stack((east, (lat - lat.mean()) / METRE, (at_ms - at_ms.min()) / ms_a_metre))


def brute(points: np.ndarray, radius: float) -> Pairs:
    """All pairs within the radius on the plane and in time, by looking at each."""
    one, other = np.triu_indices(len(points), 1)
    return _near(points, one, other, radius)


def tree(points: np.ndarray, radius: float) -> Pairs:
    """All such pairs by an STRtree, windows of time laid side by side."""
    step = np.floor(points[:, 2] / radius).astype(np.int64)
    found: list[Pairs] = []
    wide = 2.1 * np.ptp(points[:, 0]) + 10 * radius
    shifted = shapely.points(points[:, 0] + step * wide, points[:, 1])
    index = shapely.STRtree(shifted)
    for begin in range(0, len(points), 50_000):
        rows = np.arange(begin, min(begin + 50_000, len(points)))
        for later in (0, 1):
            asked = shapely.points(points[rows, 0] + (step[rows] + later) * wide, points[rows, 1])
            a, b = index.query(asked, predicate="dwithin", distance=radius)
            a = rows[a]
            keep = (a < b) if later == 0 else np.ones(len(a), dtype=bool)
            found.append(_near(points, a[keep], b[keep], radius))
    one, other = (np.concatenate(side) for side in zip(*found, strict=True))
    return np.minimum(one, other), np.maximum(one, other)


def grid(points: np.ndarray, radius: float) -> Pairs:
    """All such pairs by cells of the radius's side."""
    cell = np.floor(points / radius).astype(np.int64)
    cell -= cell.min(axis=0) - 1
    size = cell.max(axis=0) + 3
    key = (cell[:, 0] * size[1] + cell[:, 1]) * size[2] + cell[:, 2]
    order = np.argsort(key, kind="stable")
    keys = key[order]
    found: list[Pairs] = []
    for east in (-1, 0, 1):
        for north in (-1, 0, 1):
            base = key + (east * size[1] + north) * size[2]
            first = np.searchsorted(keys, base - 1, side="left")
            count = np.searchsorted(keys, base + 1, side="right") - first
            for begin in range(0, len(points), 200_000):
                rows = np.arange(begin, min(begin + 200_000, len(points)))
                many = count[rows]
                offset = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
                a, b = np.repeat(rows, many), order[np.repeat(first[rows], many) + offset]
                found.append(_near(points, a[a < b], b[a < b], radius))
    one, other = (np.concatenate(side) for side in zip(*found, strict=True))
    return one, other


def components(count: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The least member of what hangs together."""
    home = np.arange(count)
    while True:
        before = home.copy()
        np.minimum.at(home, one, home[other])
        np.minimum.at(home, other, home[one])
        home = home[home]
        if (home == before).all():
            return home


def dbscan(count: int, one: np.ndarray, other: np.ndarray, least: int) -> np.ndarray:
    """Cores have so many within the radius, themselves counted; a border point goes to its least core's cluster."""
    near = np.bincount(one, minlength=count) + np.bincount(other, minlength=count) + 1
    core = near >= least
    both = core[one] & core[other]
    home = components(count, one[both], other[both])
    border = np.full(count, count)
    np.minimum.at(border, one, np.where(core[other] & ~core[one], home[other], count))
    np.minimum.at(border, other, np.where(core[one] & ~core[other], home[one], count))
    return np.where(border < count, border, home)


def _near(points: np.ndarray, one: np.ndarray, other: np.ndarray, radius: float) -> Pairs:
    apart = points[one] - points[other]
    keep = (np.hypot(apart[:, 0], apart[:, 1]) <= radius) & (np.abs(apart[:, 2]) <= radius)
    return one[keep], other[keep]
