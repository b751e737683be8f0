"""The ellipsoid as points in space: chords are quick to compute, and never longer than the way along the ground.

A chord c and the geodesic s between its ends satisfy s = c + c^3 / 24 R^2 + ..., with R between the smallest and
the largest radius of curvature of WGS 84; :data:`CURVE` bounds what taking one R for all of them may be off by.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trucekeeper.places.geodesy import Floats

_A_M = 6_378_137.0
_E2 = (2 - 1 / 298.257223563) / 298.257223563
_R_M = 6_367_500.0
"""Between 6,335,439 m (the meridian at the equator) and 6,399,594 m (every direction at a pole)."""

Some: TypeAlias = slice | NDArray[np.intp] | NDArray[np.bool_]
"""Which of many points: a slice, their indexes, or a flag for each."""

Vectors: TypeAlias = Floats
"""Points in metres from the Earth's centre, or directions: the first axis is x, y, z."""

CURVE = 0.015
"""Share of the correction from chord to way that may be wrong; 0.0102 was the most in 400,000 random ways."""


def dot(one: Vectors, other: Vectors) -> Floats:
    """Scalar products, in one fixed order of additions, so that every machine gets the same."""
    product = one * other
    return np.asarray(product[0] + product[1] + product[2])


def cross(one: Vectors, other: Vectors) -> Vectors:
    """Vector products."""
    return np.stack([
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    ])  # fmt: skip


def length(one: Vectors) -> Floats:
    """Lengths in metres."""
    return np.sqrt(dot(one, one))


def unit(one: Vectors) -> Vectors:
    """Directions; a zero stays zero."""
    size = length(one)
    return one / np.where(size > 0, size, 1.0)


def surface(lat: Floats, lon: Floats) -> Vectors:
    """Points on the ellipsoid, from degrees."""
    phi, lam = np.radians(lat), np.radians(lon)
    sine, cosine = np.sin(phi), np.cos(phi)
    normal = _A_M / np.sqrt(1 - _E2 * sine * sine)
    across = normal * cosine
    return np.array([across * np.cos(lam), across * np.sin(lam), normal * (1 - _E2) * sine])


def upward(lat: Floats, lon: Floats) -> Vectors:
    """Unit vectors that point straight up there."""
    phi, lam = np.radians(lat), np.radians(lon)
    cosine = np.cos(phi)
    return np.array([cosine * np.cos(lam), cosine * np.sin(lam), np.sin(phi)])


def way_m(chord_m: Floats) -> Floats:
    """About the way along the ground under a chord; see :func:`doubt_m` for how near."""
    return 2 * _R_M * np.arcsin(np.minimum(chord_m / (2 * _R_M), 1.0))


def doubt_m(chord_m: Floats, way: Floats) -> Floats:
    """How far :func:`way_m` may be off."""
    return CURVE * (way - chord_m)
