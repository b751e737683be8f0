"""Plain crowds without gold."""

import numpy as np
import pytest

from trucekeeper.weighing.fitting.dirichlet import digamma, log_gamma
from trucekeeper.weighing.fitting.labels import Labels, posterior


def crowd(seed: int, classes: int, *, contrary: int = 0) -> tuple[Labels, np.ndarray]:
    """Thirty workers, seven labels an item; the first ones always say the next class."""
    random = np.random.default_rng(seed)
    items, workers = 200, 30
    truth = random.integers(0, classes, items)
    lines: list[tuple[int, int, int]] = []
    for item in range(items):
        for who in random.choice(workers, 7, replace=False):
            right = random.random() < 0.8
            label = truth[item] if right else random.integers(0, classes)
            if who < contrary:
                label = (truth[item] + 1) % classes
            lines.append((item, int(who), int(label)))
    table = np.array(lines, dtype=np.int64)
    return Labels(table[:, 0], table[:, 1], table[:, 2], items, workers, classes), truth


@pytest.mark.parametrize(("classes", "contrary"), [(2, 0), (2, 6), (4, 0), (6, 8)])
def test_a_crowd_is_read_right_and_not_too_surely(classes: int, contrary: int) -> None:
    labels, truth = crowd(5, classes, contrary=contrary)
    chance = posterior(labels)
    assert np.allclose(chance.sum(axis=1), 1)
    assert (chance.argmax(axis=1) == truth).mean() > 0.93
    assert -np.log(chance[np.arange(len(truth)), truth]).mean() < 0.25


def test_extremes_do_not_break_it() -> None:
    one = np.zeros(1, dtype=np.int64)
    assert posterior(Labels(one, one, one, 1, 1, 1)).tolist() == [[1.0]]
    lone = posterior(Labels(one, one, one, 1, 1, 2))
    assert 0.5 < lone[0, 0] < 1
    silent = posterior(Labels(one, one, one, 3, 1, 2))
    assert silent.shape == (3, 2)
    assert np.isfinite(silent).all()


def test_the_special_functions_agree_with_known_values() -> None:
    assert digamma(np.array([1.0, 0.5, 10.0])) == pytest.approx([-0.5772156649, -1.9635100260, 2.2517525890])
    assert log_gamma(np.array([1.0, 0.5, 10.0, 100.0])) == pytest.approx(
        [0.0, 0.5723649429, 12.8018274801, 359.1342053696], abs=1e-8
    )
