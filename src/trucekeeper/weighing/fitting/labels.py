"""Plain crowds: the truth of items from the labels that workers gave them, without gold.

Three models of a worker are fitted, each with hard items on which a label is a guess more often than elsewhere:
``full`` a whole confusion table, ``shape`` an accuracy and the errors that all share, ``coin`` an accuracy alone.
Each is also taken with its evidence tempered. They are averaged with the weights that predict best a label from the
other labels of its item: agreement, not truth, chooses, so that no gold is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trucekeeper.weighing.fitting.dirichlet import (
    Floats,
    Whole,
    counted,
    expected_logs,
    pooled,
    shares,
    summed,
)

HARDNESS = (0.0, 0.3, 0.6, 0.9)
"""The share of guesses among the labels of an item, by class of item."""

TEMPERS = (1.0, 0.7, 0.5, 0.35, 0.2)
MODELS = ("full", "shape", "coin")

LEAST, PER_GUESS = 0.002, 0.1
"""What is left to chance: a floor, and a share of the guesses found. A crowd may be wrong as one."""

ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Labels:
    """``worker[n]`` gave ``label[n]`` to ``item[n]``; all numbered from 0."""

    item: Whole
    worker: Whole
    label: Whole
    items: int
    workers: int
    classes: int


@dataclass(frozen=True, slots=True)
class _Guess:
    """Probabilities of the items, and how well each label was foretold from the others."""

    items: Floats
    foretold: Floats
    guessed: float


def posterior(labels: Labels) -> Floats:
    """The probability of each class for each item: items x classes."""
    if labels.classes < 2:
        return np.ones((labels.items, labels.classes))
    guesses = [guess for kind in MODELS for guess in _Crowd(labels, kind).fitted()]
    weights = stacked([guess.foretold for guess in guesses])
    mixed = sum(weight * guess.items for weight, guess in zip(weights, guesses, strict=True))
    guessed = float(sum(weight * guess.guessed for weight, guess in zip(weights, guesses, strict=True)))
    chance = LEAST + PER_GUESS * guessed
    return np.asarray((1 - chance) * mixed + chance / labels.classes, dtype=np.float64)


def stacked(foretold: Sequence[Floats], rounds: int = 200) -> Floats:
    """The weights of a linear pool that foretells best; each keeps a little."""
    table = np.stack(foretold, axis=1)
    weights = np.full(table.shape[1], 1 / table.shape[1])
    for _ in range(rounds):
        part = table * weights
        part /= part.sum(axis=1, keepdims=True)
        weights = (part.sum(axis=0) + 1) / (len(table) + len(weights))
    return np.asarray(weights, dtype=np.float64)


class _Crowd:
    """One model of the workers, fitted by variational Bayes."""

    def __init__(self, labels: Labels, kind: str) -> None:
        self.labels, self.kind = labels, kind
        size = labels.classes
        tally = counted(labels.item, labels.label, np.ones((len(labels.item), 1)), labels.items, size)[
            :, 0, :
        ]
        self.truth = shares(np.log(tally + 0.5))
        self.guess = (tally.sum(axis=0) + 1) / (tally.sum() + size)
        self.diagonal = np.eye(size, dtype=bool)
        self.base = np.where(self.diagonal, 2.0, 1 / (size - 1))
        self.alpha = self.base * 1.5
        self.ability = np.array([[3.0, 1.0]])
        self.off = np.full((size, size), 1 / (size - 1))
        self.classes = np.full(len(HARDNESS), 1 / len(HARDNESS))
        self.informed = np.ones((len(labels.item), size))
        self.counts = np.zeros((labels.workers, size, size))

    def fitted(self) -> list[_Guess]:
        """What the model says once it has settled, with its evidence as it is and tempered."""
        for turn in range(ROUNDS):
            before = self.truth
            logs = self._tables(2 if turn else 8)[self.labels.worker, :, self.labels.label]
            parts = self._parts(logs)
            prior, joint = self._settle(logs, parts)
            if np.abs(self.truth - before).max() < 1e-4:
                break
        else:
            prior, joint, parts = self._last()
        told = self._told()
        return [self._tempered(temper, prior, joint, parts, told) for temper in TEMPERS]

    def _last(self) -> tuple[Floats, Floats, list[Floats]]:
        logs = self._tables(2)[self.labels.worker, :, self.labels.label]
        parts = self._parts(logs)
        return *self._settle(logs, parts), parts

    def _tables(self, steps: int) -> Floats:
        """The expected logarithms of each worker's table, from what the items are now taken to be."""
        one = self.labels
        weight = self.truth[one.item] * self.informed
        self.counts = counted(one.worker, one.label, weight, one.workers, one.classes)
        if self.kind == "full":
            self.alpha = pooled(self.alpha, self.counts, self.base, steps)
            return expected_logs(self.alpha, self.counts)
        right = np.stack(self._right(), axis=1)[:, None, :]
        self.ability = pooled(self.ability, right, np.array([[2.0, 1.0]]), steps)
        ability = expected_logs(self.ability, right)[:, 0, :]
        if self.kind == "shape":
            errors = (self.counts.sum(axis=0) + 2 / (one.classes - 1)) * ~self.diagonal
            self.off = errors / errors.sum(axis=1, keepdims=True)
        wrong = ability[:, 1, None, None] + np.log(np.maximum(self.off, 1e-300))[None]
        return np.where(self.diagonal[None], ability[:, 0, None, None], wrong)

    def _right(self) -> tuple[Floats, Floats]:
        """How many labels of each worker were right, and how many wrong."""
        right = np.einsum("wkk->w", self.counts)
        return right, np.maximum(self.counts.sum(axis=(1, 2)) - right, 0)

    def _parts(self, logs: Floats) -> list[Floats]:
        """The logarithm of each label's chance under each class, for each hardness."""
        guess = np.log(self.guess[self.labels.label])[:, None]
        return [
            logs if hard == 0 else np.logaddexp(np.log1p(-hard) + logs, np.log(hard) + guess)
            for hard in HARDNESS
        ]

    def _settle(self, logs: Floats, parts: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Take the items anew; the prior over hardness and class, and the joint logarithms for each item."""
        one = self.labels
        share = np.log((self.truth.sum(axis=0) + 1) / (one.items + one.classes))
        prior = np.log(self.classes)[:, None] + share[None, :]
        cells = [summed(one.item, part, one.items) for part in parts]
        joint = np.stack(cells, axis=1) + prior
        held = shares(joint.reshape(one.items, -1)).reshape(joint.shape)
        self.truth = held.sum(axis=1)
        self.classes = (held.sum(axis=(0, 2)) + 1) / (one.items + len(HARDNESS))
        informed = np.zeros_like(self.informed)
        for at, (hard, part) in enumerate(zip(HARDNESS, parts, strict=True)):
            informed += held[one.item, at, :] * np.exp(np.log1p(-hard) + logs - part)
        self.informed = informed / np.maximum(self.truth[one.item], 1e-12)
        return prior, joint

    def _told(self) -> Floats:
        """The chance of each label under each class by its worker's other labels."""
        one = self.labels
        own = self.truth[one.item] * self.informed
        if self.kind == "full":
            rows = self.counts[one.worker, :, one.label] - own + self.alpha[:, one.label].T
            whole = self.counts.sum(axis=2)[one.worker] - own + self.alpha.sum(axis=1)
            return np.asarray(np.maximum(rows, 1e-9) / whole, dtype=np.float64)
        same = np.arange(one.classes)[None, :] == one.label[:, None]
        right, wrong = self._right()
        hits = np.maximum(right[one.worker] - (own * same).sum(axis=1), 0) + self.ability[0, 0]
        fails = np.maximum(wrong[one.worker] - (own * ~same).sum(axis=1), 0) + self.ability[0, 1]
        able = (hits / (hits + fails))[:, None]
        wrong = np.asarray((1 - able) * self.off[:, one.label].T, dtype=np.float64)
        return np.where(same, able, wrong)

    def _tempered(
        self, temper: float, prior: Floats, joint: Floats, parts: Sequence[Floats], told: Floats
    ) -> _Guess:
        one = self.labels
        cavity = joint[one.item] - np.stack(parts, axis=1) - prior
        others = shares((temper * cavity + prior).reshape(len(one.item), -1)).reshape(cavity.shape)
        chance = np.zeros(len(one.item))
        for at, hard in enumerate(HARDNESS):
            mixed = (1 - hard) * told + hard * self.guess[one.label][:, None]
            chance += (mixed * others[:, at, :]).sum(axis=1)
        items = shares((temper * (joint - prior) + prior).reshape(one.items, -1)).reshape(joint.shape)
        guessed = float(np.dot(HARDNESS, self.classes))
        return _Guess(items.sum(axis=1), np.maximum(chance, 1e-12), guessed)
