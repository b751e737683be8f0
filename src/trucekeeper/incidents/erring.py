"""How far each source is really off, against what it states, learned from what the reports agree on.

A first linking with stated errors taken for wide; then, for each source, how much of the distance between linked
reports is its own, by expectation and maximisation over both ends of each pair; then once more. A source with few
pairs is taken for as exact as all together.
"""

import math

import numpy as np

from trucekeeper.incidents import likeness
from trucekeeper.incidents.cells import Floats, Ints
from trucekeeper.incidents.grouping import grouped
from trucekeeper.incidents.likeness import Errors, Reports

SAMPLE = 60_000
"""So many reports are enough to learn from: those in the middle of the time."""

FIRST = 4.0
"""What stated variances are multiplied by at first."""

ROUNDS, STEPS = 2, 12
POOL = 20.0
"""The common run counts like so many pairs of a source, and what is stated like so many of all."""

LEAST, MOST = 0.1, 100.0


def learned(reports: Reports) -> Errors:
    """From reports in canonical order; the same whatever the sources are called."""
    sources = int(reports.source.max()) + 1
    errors = Errors(np.full(sources, FIRST), np.full(sources, 1.0))
    middle = max((len(reports) - SAMPLE) // 2, 0)
    sample = reports.take(np.arange(middle, min(middle + SAMPLE, len(reports)), dtype=np.int64))
    for _ in range(ROUNDS):
        weights = likeness.weigh(sample, errors)
        one, other, milli = likeness.scores(sample, weights)
        strongest = np.lexsort((other, one, -milli))
        one, other = one[strongest], other[strongest]
        home = grouped(sample, weights, one, other)
        linked = home[one] == home[other]
        one, other = one[linked], other[linked]
        reach = weights.reach
        apart = ((reach.xyz[one] - reach.xyz[other]) ** 2).sum(axis=1) / 2
        apart_ms = (reach.at_ms[one] - reach.at_ms[other]).astype(np.float64) ** 2
        a, b = sample.source[one], sample.source[other]
        place = _shares(apart, (weights.place[one], weights.place[other]), a, b, errors.place)
        time = _shares(apart_ms, (weights.time[one], weights.time[other]), a, b, errors.time)
        errors = Errors(_kept(place), _kept(time))
    return errors


def _shares(square: Floats, variances: tuple[Floats, Floats], a: Ints, b: Ints, before: Floats) -> Floats:
    """By what each source's stated variances are to be multiplied, given squared distances of pairs on one axis."""
    va, vb = variances
    sources = len(before)
    factor = np.ones(sources)
    square = np.minimum(square, 16 * (va + vb))
    count = np.bincount(a, minlength=sources) + np.bincount(b, minlength=sources)
    for _ in range(STEPS):
        one, other = factor[a] * va, factor[b] * vb
        total = one + other
        over = square / total - 1
        of_a = factor[a] * (1 + one / total * over)
        of_b = factor[b] * (1 + other / total * over)
        found = np.bincount(a, of_a, sources) + np.bincount(b, of_b, sources)
        usual = (math.fsum((found * before).tolist()) + POOL) / (int(count.sum()) + POOL)
        factor = (found + POOL * usual / before) / (count + POOL)
    return factor * before


def _kept(factor: Floats) -> Floats:
    return np.clip(factor, LEAST, MOST)
