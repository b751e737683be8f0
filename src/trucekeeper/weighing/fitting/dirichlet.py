"""Confusion tables pooled hierarchically: each source's row is a draw from a Dirichlet that its class shares.

Variational Bayes, with the Dirichlets themselves fitted to the sources (empirical Bayes): a class whose sources
differ pools little, a class whose sources are alike pools much.

T. Minka, Estimating a Dirichlet distribution (2000), for the fixed point; H.-C. Kim and Z. Ghahramani, Bayesian
classifier combination (2012), for the model.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

WEAKEST, STRONGEST = 0.01, 300.0
"""Bounds of a pseudo-count."""


def digamma(values: Floats) -> Floats:
    """The derivative of ln gamma, for values above 0: six steps of its recurrence, then its asymptotic series."""
    low = np.asarray(values, dtype=np.float64)
    found = 1 / low
    for step in range(1, 6):
        found += 1 / (low + step)
    at = low + 6
    square = 1 / (at * at)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return np.asarray(np.log(at) - 0.5 / at - series - found, dtype=np.float64)


def log_gamma(values: Floats) -> Floats:
    """The logarithm of gamma, for values above 0: six steps of its recurrence, then Stirling's series."""
    low = np.asarray(values, dtype=np.float64)
    found = np.log(low)
    for step in range(1, 6):
        found += np.log(low + step)
    at = low + 6
    inverse = 1 / at
    series = inverse * (1 / 12 - inverse * inverse * (1 / 360 - inverse * inverse / 1260))
    return np.asarray((at - 0.5) * np.log(at) - at + 0.918938533204673 + series - found, dtype=np.float64)


def evidence_of(alpha: Floats, counts: Floats) -> Floats:
    """The log-likelihood of each row's counts under its Dirichlets, summed over causes."""
    both = counts + alpha
    terms = (log_gamma(both) - log_gamma(alpha)).sum(axis=-1)
    whole = log_gamma(both.sum(axis=-1)) - log_gamma(alpha.sum(axis=-1))
    return np.asarray((terms - whole).sum(axis=-1), dtype=np.float64)


def shares(logs: Floats) -> Floats:
    """Probabilities from logarithms, along the last axis."""
    risen = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(risen / risen.sum(axis=-1, keepdims=True), dtype=np.float64)


def summed(where: Whole, values: Floats, size: int) -> Floats:
    """The sums of the rows of ``values`` (n x columns) that belong together: size x columns."""
    found = np.zeros((size, values.shape[1]))
    for column in range(values.shape[1]):
        found[:, column] = np.bincount(where, weights=values[:, column], minlength=size)
    return found


def counted(row: Whole, symbol: Whole, weight: Floats, rows: int, symbols: int) -> Floats:
    """How often each row gave each symbol under each cause: rows x causes x symbols; ``weight`` is n x causes."""
    cells = summed(row * symbols + symbol, weight, rows * symbols)
    return np.asarray(cells.reshape(rows, symbols, weight.shape[1]).transpose(0, 2, 1), dtype=np.float64)


def pooled(alpha: Floats, counts: Floats, base: Floats, steps: int) -> Floats:
    """The Dirichlets (causes x symbols) that the rows' counts speak for, held by ``base`` pseudo-counts."""
    held = base.sum(axis=1)[:, None] / 4
    for _ in range(steps):
        total = alpha.sum(axis=1)
        rise = (digamma(counts + alpha) - digamma(alpha)[None]).sum(axis=0) * alpha
        fall = (digamma(counts.sum(axis=2) + total) - digamma(total)).sum(axis=0)
        alpha = np.clip((rise + base) / (fall[:, None] + held), WEAKEST, STRONGEST)
    return alpha


def expected_logs(alpha: Floats, counts: Floats) -> Floats:
    """The expected logarithm of each row's table; ``alpha`` may be one for all rows or one a row."""
    total = counts + alpha
    return np.asarray(digamma(total) - digamma(total.sum(axis=-1))[..., None], dtype=np.float64)
