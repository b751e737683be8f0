"""Groups of reports, joined strongest pair first, each with a centre that guards it against chaining."""

import numpy as np

from trucekeeper.incidents.cells import Ints
from trucekeeper.incidents.likeness import Reports, Weights

GUARD = 4.0
"""Two groups join only where their centres are within so many joint standard errors, in place and in time."""


def grouped(reports: Reports, weights: Weights, one: Ints, other: Ints) -> Ints:
    """The incident of each report, numbered by first member; the pairs come strongest first.

    Each group has a centre, its members weighed by how closely they say where and when, and a set of sources. Two
    groups join unless a source would be in one twice or their centres are apart. The loop is plain Python on lists:
    what it does next depends on all that it did before.
    """
    home: list[int] = list(range(len(reports)))
    xs, ys, zs = (weights.reach.xyz[:, axis].tolist() for axis in range(3))
    ts = (weights.reach.at_ms - weights.reach.at_ms.min()).astype(np.float64).tolist()
    ps, qs = (1 / weights.place).tolist(), (1 / weights.time).tolist()
    bits: list[int] = [1 << source for source in range(int(reports.source.max()) + 1)]
    codes: list[int] = reports.source.tolist()
    sources = [bits[code] for code in codes]
    limit = GUARD**2
    firsts: list[int] = one.tolist()
    seconds: list[int] = other.tolist()
    for first, second in zip(firsts, seconds, strict=True):
        a, b = first, second
        while home[a] != a:
            home[a] = home[home[a]]
            a = home[a]
        while home[b] != b:
            home[b] = home[home[b]]
            b = home[b]
        if a == b or sources[a] & sources[b]:
            continue
        p, m, q, n = ps[a], ps[b], qs[a], qs[b]
        square = (xs[a] - xs[b]) ** 2 + (ys[a] - ys[b]) ** 2 + (zs[a] - zs[b]) ** 2
        if square > limit * (1 / p + 1 / m) or (ts[a] - ts[b]) ** 2 > limit * (1 / q + 1 / n):
            continue
        low, high = (a, b) if a < b else (b, a)
        k, h = p + m, q + n
        home[high] = low
        xs[low] = (xs[a] * p + xs[b] * m) / k
        ys[low] = (ys[a] * p + ys[b] * m) / k
        zs[low] = (zs[a] * p + zs[b] * m) / k
        ts[low] = (ts[a] * q + ts[b] * n) / h
        ps[low], qs[low], sources[low] = k, h, sources[a] | sources[b]
    return _numbered(np.array(home, dtype=np.int64))


def _numbered(home: Ints) -> Ints:
    while not np.array_equal(up := home[home], home):
        home = up
    _, numbers = np.unique(home, return_inverse=True)
    return numbers.astype(np.int64)
