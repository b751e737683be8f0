"""Who speaks otherwise where panels look than elsewhere: a record from there says nothing of the rest.

What sensors alone make probable is known of adjudicated and of open incidents alike. Where a source's words, beside
that, are likelier as two habits than as one, its record is an exam that it sat; and what is learnt of classes is used
only where what they say is as frequent among the open incidents as among the adjudicated.
"""

import numpy as np
import numpy.typing as npt

from trucekeeper.weighing.fit import SYMBOLS
from trucekeeper.weighing.fitting.arrays import Arrays, Spoken
from trucekeeper.weighing.fitting.dirichlet import Floats, counted, evidence_of, pooled

Marks = npt.NDArray[np.bool_]

APART = 0.1
"""The share of sources that are expected to sit for exams, before anything is known; held by ten of them."""

HELD = 10.0
FAR = 3.5
"""Standard errors between two means that are not of one kind."""


def examined(arrays: Arrays, truth: Floats) -> Marks:
    """Of each row, whether its source is likelier apart than as one; ``truth`` is what sensors alone make probable."""
    said = arrays.spoken
    rows = len(said.rows)
    clamped = (arrays.clamp >= 0)[said.item_of_band[said.band]]
    if not rows or clamped.all() or not clamped.any():
        return np.zeros(rows, dtype=bool)
    there, elsewhere = (_counts(said, truth, kept) for kept in (clamped, ~clamped))
    apart: Floats = np.zeros(rows)
    even = np.full((truth.shape[1], len(SYMBOLS)), 0.5)
    for pool in range(len(said.pools)):
        mine = said.pool_of_row == pool
        one, other = there[mine], elsewhere[mine]
        alpha = pooled(2 * even, np.concatenate([one, other]), even, 30)
        apart[mine] = evidence_of(alpha, one) + evidence_of(alpha, other) - evidence_of(alpha, one + other)
    names = sorted({row[0] for row in said.rows})
    number = {name: at for at, name in enumerate(names)}
    source = np.array([number[row[0]] for row in said.rows], dtype=np.int64)
    told = np.asarray(np.bincount(source, weights=apart, minlength=len(names)), dtype=np.float64)
    share = APART
    chance: Floats = np.zeros(len(names))
    for _ in range(30):
        odds: Floats = np.clip(told + np.log(share / (1 - share)), -50, 50)
        chance = np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)
        share = float((chance.sum() + APART * HELD) / (len(names) + HELD))
    sat = {name: bool(one > 0.5) for name, one in zip(names, chance, strict=True)}
    return np.array([sat[row[0]] for row in said.rows], dtype=np.bool_)


def _counts(said: Spoken, truth: Floats, kept: Marks) -> Floats:
    item = said.item_of_band[said.band][kept]
    return counted(said.row[kept], said.symbol[kept], truth[item], len(said.rows), len(SYMBOLS))


def alike(one: Floats, other: Floats) -> Marks:
    """Of each column, whether two sets of rows have a mean in common."""
    if len(one) < 2 or len(other) < 2:
        return ~np.zeros(one.shape[1], dtype=np.bool_)
    error = np.sqrt(one.var(axis=0) / len(one) + other.var(axis=0) / len(other) + 1e-9)
    apart: Floats = np.asarray(np.abs(one.mean(axis=0) - other.mean(axis=0)) / error, dtype=np.float64)
    return np.asarray(apart <= FAR, dtype=np.bool_)
