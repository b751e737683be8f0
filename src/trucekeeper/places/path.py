"""A curve on the ground as short straight pieces in space, for quick and careful questions of distance.

Pieces stand in overlapping blocks of :data:`BLOCK`, each with a ball around it, so that a point is held only
against the pieces that may matter. Every ball test may let too many pieces through, never too few.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trucekeeper.places.earth import Vectors, dot, length, unit
from trucekeeper.places.geodesy import Floats

BLOCK = 8
SAGITTA_M = 0.25
"""How far a piece may stray from the curve that it stands for."""

_PAIRS_AT_ONCE = 20_000
_CELLS_AT_ONCE = 1_000_000

Indexes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Path:
    """Pieces from ``start`` along ``ahead`` for ``length`` metres; blocks index into them."""

    start: Vectors
    ahead: Vectors
    length: Floats
    blocks: Indexes
    middle: Vectors
    radius: Floats

    @classmethod
    def of(cls, start: Vectors, end: Vectors) -> "Path":
        """The path of these pieces; a block also holds the first piece of the next."""
        span = end - start
        metres = length(span)
        count = len(metres)
        if not count:
            return cls(start, span, metres, np.zeros((0, BLOCK + 1), dtype=np.intp), start, metres)
        firsts = np.arange(0, count, BLOCK)
        blocks = np.minimum(firsts[:, None] + np.arange(BLOCK + 1)[None, :], count - 1)
        inside = ((start + end) / 2)[:, blocks]
        middle = inside.mean(axis=2)
        reach = length(inside - middle[:, :, None]) + metres[blocks] / 2
        return cls(start, unit(span), metres, blocks, middle, reach.max(axis=1) + 0.001)

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
            square = self.offsets(points, row, self.blocks[blocks[part]])[1]
            starts = first_of_each(row)
            found[row[starts]] = np.minimum.reduceat(square.min(axis=1), starts)
        return np.asarray(np.sqrt(found))

    def offsets(self, points: Vectors, rows: Indexes, pieces: Indexes) -> tuple[Floats, Floats, Vectors]:
        """For each pair of point and piece: metres along the piece, squared distance, and the way from its start."""
        away = points[:, rows, None] - self.start[:, pieces]
        along = dot(away, self.ahead[:, pieces])
        foot = np.minimum(np.maximum(along, 0.0), self.length[pieces])
        square = np.maximum(dot(away, away) - foot * (2 * along - foot), 0.0)
        return along, square, away


def parts(rows: Indexes) -> list[slice]:
    """Slices of a list of pairs, in the order of their points, that fit into the cache; no point's pairs are parted."""
    found: list[slice] = []
    first = 0
    while first < len(rows):
        last = first + _PAIRS_AT_ONCE
        if last >= len(rows):
            last = len(rows)
        else:
            last = int(np.searchsorted(rows, rows[last], "left"))
            if last <= first:
                last = int(np.searchsorted(rows, rows[first], "right"))
        found.append(slice(first, last))
        first = last
    return found


def first_of_each(rows: Indexes) -> Indexes:
    """Where each point's pairs begin."""
    changes = np.empty(len(rows), dtype=bool)
    changes[:1] = True
    np.not_equal(rows[1:], rows[:-1], out=changes[1:])
    return changes.nonzero()[0]
