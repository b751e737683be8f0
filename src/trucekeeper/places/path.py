"""A curve on the ground as short straight pieces in space, for quick and careful questions of distance.

Pieces stand in overlapping blocks of :data:`BLOCK`, each with a ball around it, so that a point is held only
against the pieces that may matter. Every ball test may let too many pieces through, never too few.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trucekeeper.places.earth import Vectors
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
        length = span.length()
        count = len(length)
        if not count:
            nothing = np.zeros((0, BLOCK + 1), dtype=np.intp)
            return cls(start, span, length, nothing, start, length)
        firsts = np.arange(0, count, BLOCK)
        blocks = np.minimum(firsts[:, None] + np.arange(BLOCK + 1)[None, :], count - 1)
        half = Vectors((start.x + end.x) / 2, (start.y + end.y) / 2, (start.z + end.z) / 2)
        inside = half[blocks]
        middle = Vectors(inside.x.mean(axis=1), inside.y.mean(axis=1), inside.z.mean(axis=1))
        reach = (inside - middle.columns()).length() + length[blocks] / 2
        return cls(start, span.unit(), length, blocks, middle, reach.max(axis=1) + 0.001)

    def near(
        self, points: Vectors, within: Floats | None = None, slack_m: float = 0.0
    ) -> tuple[Indexes, Indexes]:
        """Pairs of point and block: those that may hold the nearest piece or one up to ``slack_m`` farther.

        With ``within``, instead all that may hold a piece as near as that, for each point.
        """
        rows: list[Indexes] = [np.zeros(0, dtype=np.intp)]
        columns: list[Indexes] = [np.zeros(0, dtype=np.intp)]
        step = max(1, _CELLS_AT_ONCE // max(1, len(self.radius)))
        for first in range(0, len(points), step):
            part = slice(first, first + step)
            apart = (points[part].columns() - self.middle).length()
            nearest = (apart + self.radius).min(axis=1, initial=np.inf) + slack_m
            limit = nearest if within is None else within[part]
            row, column = np.nonzero(apart - self.radius <= limit[:, None])
            rows.append(row + first)
            columns.append(column)
        return np.concatenate(rows), np.concatenate(columns)

    def distance_m(self, points: Vectors, within: Floats) -> Floats:
        """Straight distance to the nearest piece, or infinity where that is surely beyond ``within``."""
        found = np.full(len(points), np.inf)
        rows, blocks = self.near(points, within)
        for part in parts(rows):
            square = self.offsets(points, rows[part], self.blocks[blocks[part]])[1]
            np.minimum.at(found, rows[part], square.min(axis=1))
        return np.asarray(np.sqrt(found))

    def offsets(self, points: Vectors, rows: Indexes, pieces: Indexes) -> tuple[Floats, Floats, Vectors]:
        """For each pair of point and piece: metres along the piece, squared distance, and the way from its start."""
        start = self.start[pieces]
        away = points[rows].columns() - start
        along = away.dot(self.ahead[pieces])
        foot = np.minimum(np.maximum(along, 0.0), self.length[pieces])
        square = np.maximum(away.dot(away) - foot * (2 * along - foot), 0.0)
        return along, square, away


def parts(rows: Indexes) -> list[slice]:
    """Slices of a list of pairs that fit into the processor's cache; one point's pairs may fall into two of them."""
    return [slice(first, first + _PAIRS_AT_ONCE) for first in range(0, len(rows), _PAIRS_AT_ONCE)]
