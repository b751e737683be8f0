"""A curve on the ground as short straight pieces in space, for quick and careful questions of distance.

Pieces stand in overlapping blocks of :data:`BLOCK`, each with a ball around it, so that a point is held only
against the pieces that may matter. Every ball test may let too many pieces through, never too few.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trucekeeper.places.earth import Vectors, dot, length, unit
from trucekeeper.places.geodesy import Floats

BLOCK = 5
SAGITTA_M = 0.25
"""How far a piece may stray from the curve that it stands for."""

_PAIRS_AT_ONCE = 4_000
_CELLS_AT_ONCE = 40_000

Indexes: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Path:
    """Pieces from ``start`` along ``ahead`` for ``length`` metres; blocks index into them.

    ``laid`` holds the same block by block, start, ahead and length in seven rows, so that a block is read at once.
    """

    start: Vectors
    ahead: Vectors
    length: Floats
    blocks: Indexes
    middle: Vectors
    radius: Floats
    laid: Floats

    @classmethod
    def of(cls, start: Vectors, end: Vectors) -> "Path":
        """The path of these pieces; a block also holds the first piece of the next."""
        span = end - start
        metres = length(span)
        count = len(metres)
        if not count:
            nothing = np.zeros((0, 7, BLOCK + 1))
            return cls(start, span, metres, np.zeros((0, BLOCK + 1), dtype=np.intp), start, metres, nothing)
        firsts = np.arange(0, count, BLOCK)
        blocks = np.minimum(firsts[:, None] + np.arange(BLOCK + 1)[None, :], count - 1)
        inside = ((start + end) / 2)[:, blocks]
        middle = inside.mean(axis=2)
        reach = length(inside - middle[:, :, None]) + metres[blocks] / 2
        ahead = unit(span)
        laid = by_block(np.concatenate([start, ahead, metres[None, :]]), blocks)
        return cls(start, ahead, metres, blocks, middle, reach.max(axis=1) + 0.001, laid)

    def near(
        self, points: Vectors, within: Floats | None = None, slack_m: float = 0.0
    ) -> tuple[Indexes, Indexes]:
        """Pairs of point and block: those that may hold the nearest piece or one up to ``slack_m`` farther.

        With ``within``, instead all that may hold a piece as near as that, for each point.
        """
        rows: list[Indexes] = []
        columns: list[Indexes] = []
        step = max(1, _CELLS_AT_ONCE // max(1, len(self.radius)))
        for first in range(0, points.shape[1], step):
            part = slice(first, first + step)
            apart = length(points[:, part, None] - self.middle[:, None, :])
            nearest = (apart + self.radius).min(axis=1, initial=np.inf) + slack_m
            limit = nearest if within is None else within[part]
            row, column = np.nonzero(apart - self.radius <= limit[:, None])
            rows.append(row + first)
            columns.append(column)
        if len(rows) == 1:
            return rows[0], columns[0]
        nothing = np.zeros(0, dtype=np.intp)
        return np.concatenate([nothing, *rows]), np.concatenate([nothing, *columns])

    def distance_m(self, points: Vectors, within: Floats) -> Floats:
        """Straight distance to the nearest piece, or infinity where that is surely beyond ``within``."""
        found = np.full(points.shape[1], np.inf)
        rows, blocks = self.near(points, within)
        for part in parts(rows):
            row = rows[part]
            square = self.met(points, row, blocks[part]).square
            starts = first_of_each(row)
            found[row[starts]] = np.minimum.reduceat(square.min(axis=1), starts)
        return np.asarray(np.sqrt(found))

    def met(self, points: Vectors, rows: Indexes, blocks: Indexes) -> "Met":
        """Each pair of a point and a block, piece by piece."""
        laid = self.laid[blocks]
        away = points.T[rows][:, :, None] - laid[:, 0:3]
        along = inner(away, laid[:, 3:6])
        length_m = laid[:, 6]
        foot = np.minimum(np.maximum(along, 0.0), length_m)
        from_start = inner(away, away)
        square = np.maximum(from_start - foot * (2 * along - foot), 0.0)
        return Met(along, square, from_start, away, length_m)

    def offsets(self, points: Vectors, pieces: Indexes) -> tuple[Floats, Floats, Vectors]:
        """For each point and its own piece: metres along it, squared distance, and the way from its start."""
        away = points - self.start[:, pieces]
        along = dot(away, self.ahead[:, pieces])
        foot = np.minimum(np.maximum(along, 0.0), self.length[pieces])
        square = np.maximum(dot(away, away) - foot * (2 * along - foot), 0.0)
        return along, square, away


@dataclass(frozen=True, slots=True)
class Met:
    """Pairs of a point (rows) and the pieces of a block (columns).

    Metres along each piece, squared distances to it and to its start, the way from its start (pair, then x, y, z,
    then piece), and its length.
    """

    along: Floats
    square: Floats
    from_start: Floats
    away: Floats
    length: Floats


def inner(one: Floats, other: Floats) -> Floats:
    """Scalar products where the second axis is x, y, z; the same order of additions as everywhere."""
    product = one * other
    return np.asarray(product[:, 0] + product[:, 1] + product[:, 2])


def by_block(rows: Floats, blocks: Indexes) -> Floats:
    """Rows of one value per piece, laid out block by block."""
    return np.ascontiguousarray(np.moveaxis(rows[:, blocks], 0, 1))


def parts(rows: Indexes) -> list[slice]:
    """Slices of a list of pairs, in the order of their points, that fit into the cache; no point's pairs are parted."""
    found: list[slice] = []
    first = 0
    while first < len(rows):
        last = first + _PAIRS_AT_ONCE
        if last >= len(rows):
            last = len(rows)
        else:
            last = bisect_left(rows, int(rows[last]))
            if last <= first:
                last = bisect_right(rows, int(rows[first]))
        found.append(slice(first, last))
        first = last
    return found


def first_of_each(rows: Indexes) -> Indexes:
    """Where each point's pairs begin."""
    changes = np.empty(len(rows), dtype=bool)
    changes[:1] = True
    np.not_equal(rows[1:], rows[:-1], out=changes[1:])
    return changes.nonzero()[0]
