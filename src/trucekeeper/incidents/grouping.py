"""Groups of reports, joined strongest pair first, each with a centre that guards it against chaining."""

import numpy as np

from trucekeeper.incidents.cells import Floats, Ints
from trucekeeper.incidents.likeness import Reports, Weights

GUARD = 4.0
"""Two groups join only where their centres are within so many joint standard errors, in place and in time."""

def grouped(reports: Reports, weights: Weights, one: Ints, other: Ints) -> Ints:
    """The incident of each report, numbered by first member; the pairs come strongest first."""
    groups = Groups(weights.reach.xyz, weights.reach.at_ms, weights.place, weights.time, reports.source)
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        groups.join(a, b)
    home = np.arange(len(reports), dtype=np.int64)
    for at in groups.home:
        home[at] = groups.root(at)
    _, numbers = np.unique(home, return_inverse=True)
    return numbers.astype(np.int64)


_Centre = tuple[float, float, float, float, float, float]


class Groups:
    """Groups of reports with the centre of each: place and time weighed by how closely each member states them."""

    def __init__(self, xyz: Floats, at_ms: Ints, place: Floats, time: Floats, source: Ints) -> None:
        """Each report is a group of its own."""
        self.home: dict[int, int] = {}
        self._rows = (xyz, at_ms, place, time, source)
        self._start = float(at_ms.min()) if len(at_ms) else 0.0
        self._centres: dict[int, _Centre] = {}
        self._sources: dict[int, frozenset[int]] = {}

    def root(self, at: int) -> int:
        """The first member of its group."""
        home = self.home
        while (up := home.get(at)) is not None:
            at = up
        return at

    def join(self, a: int, b: int) -> bool:
        """Make one group of theirs, unless a source would be in it twice or their centres are apart."""
        a, b = self.root(a), self.root(b)
        if a == b:
            return False
        one, other = self._of(a), self._of(b)
        if not self._sources[a].isdisjoint(self._sources[b]):
            return False
        x, y, z, t, p, q = one
        u, v, w, s, m, n = other
        square = (x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2
        if square > GUARD**2 * (1 / p + 1 / m) or (t - s) ** 2 > GUARD**2 * (1 / q + 1 / n):
            return False
        low, high = (a, b) if a < b else (b, a)
        self.home[high] = low
        k, h = p + m, q + n
        self._centres[low] = (
            (x * p + u * m) / k, (y * p + v * m) / k, (z * p + w * m) / k, (t * q + s * n) / h, k, h,
        )  # fmt: skip
        self._sources[low] = self._sources[a] | self._sources[b]
        del self._centres[high], self._sources[high]
        return True

    def _of(self, at: int) -> _Centre:
        found = self._centres.get(at)
        if found is None:
            xyz, at_ms, place, time, source = self._rows
            x, y, z = xyz[at].tolist()
            found = (x, y, z, float(at_ms[at]) - self._start, 1 / float(place[at]), 1 / float(time[at]))
            self._centres[at] = found
            self._sources[at] = frozenset((int(source[at]),))
        return found
