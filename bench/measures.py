"""Measures of probabilities against what was true: log-loss, Brier and its split, calibration by equal-mass bins."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BINS = 10
LEAST = 1e-6


def log_loss(chance: Floats, truth: Floats) -> float:
    """The mean surprise, in nats."""
    kept = np.clip(chance, LEAST, 1 - LEAST)
    return float(-(truth * np.log(kept) + (1 - truth) * np.log1p(-kept)).mean())


def brier(chance: Floats, truth: Floats) -> float:
    """The mean squared error."""
    return float(((chance - truth) ** 2).mean())


def binned(chance: Floats, truth: Floats) -> Floats:
    """For each of ten bins of equal mass: how many, the mean chance, the share that was so."""
    order = np.argsort(chance, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return np.array([(len(part), chance[part].mean(), truth[part].mean()) for part in parts])


def ece(chance: Floats, truth: Floats) -> float:
    """The mean gap between chance and share over ten bins of equal mass."""
    bins = binned(chance, truth)
    return float((bins[:, 0] * np.abs(bins[:, 1] - bins[:, 2])).sum() / len(chance))


def split(chance: Floats, truth: Floats) -> tuple[float, float]:
    """The Brier score's reliability (0 is best) and resolution (more is better)."""
    bins = binned(chance, truth)
    weight = bins[:, 0] / len(chance)
    reliability = float((weight * (bins[:, 1] - bins[:, 2]) ** 2).sum())
    return reliability, float((weight * (bins[:, 2] - truth.mean()) ** 2).sum())


def interval(
    measure: Callable[[Floats, Floats], float], chance: Floats, truth: Floats, draws: int = 200
) -> tuple[float, float]:
    """The central 90 per cent of a measure over bootstrap draws of the hypotheses."""
    random = np.random.default_rng(7)
    found = [
        measure(chance[at], truth[at])
        for at in (random.integers(0, len(chance), len(chance)) for _ in range(draws))
    ]
    low, high = np.quantile(found, (0.05, 0.95))
    return float(low), float(high)


def false_findings(chance: Floats, truth: Floats, least: float = 0.95) -> tuple[int, int]:
    """Of how many found at this probability or above, how many were not so."""
    found = chance >= least
    return int((found & (truth < 0.5)).sum()), int(found.sum())


def crowd_loss(chance: Floats, gold: npt.NDArray[np.int64]) -> float:
    """The mean surprise at the true class."""
    kept = np.clip(chance, LEAST, 1 - LEAST)
    kept /= kept.sum(axis=1, keepdims=True)
    return float(-np.log(kept[np.arange(len(gold)), gold]).mean())


def accuracy(chance: Floats, gold: npt.NDArray[np.int64]) -> float:
    """The share of items whose likeliest class is the true one."""
    return float((chance.argmax(axis=1) == gold).mean())
