"""The oracle is calibrated, says what it knows, and simple rules do not beat it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.arrays import Bools, Floats
from sim.oracle import adjudications, posterior
from sim.scenario import Scenario, load
from sim.world import World, base_rates, raised, simulate

FOLDER = Path(__file__).parents[2] / "sim" / "scenarios"


def asked(name: str, seed: int) -> Scenario:
    found = load(FOLDER / f"{name}.json")
    return replace(found, seed=seed, front=replace(found.front, hypotheses=1200))


def loss(chance: Floats, true: Bools) -> float:
    sure = np.clip(np.where(true, chance, 1 - chance), 1e-6, 1)
    return float(-np.log(sure).mean())


def ece(chance: Floats, true: Bools, bins: int = 10) -> float:
    parts = np.array_split(np.argsort(chance, kind="stable"), bins)
    return float(sum(len(at) * abs(chance[at].mean() - true[at].mean()) for at in parts) / len(chance))


def votes(world: World) -> Floats:
    affirm = sum(((said.outcome == 1) | (said.outcome == 2)).astype(float) for said in world.said)
    deny = sum((said.outcome >= 3).astype(float) for said in world.said)
    return np.asarray((affirm + 1) / (affirm + deny + 2))


def undecided(world: World) -> Floats:
    return posterior(world, np.full(len(world.what), -1))


@pytest.mark.parametrize("name", ["base-quiet", "base-fog", "attack-both", "attack-alibi", "attack-jam"])
def test_the_oracle_is_calibrated_and_beats_voting_and_the_base_rate(name: str) -> None:
    chances, truths, voted, base = [], [], [], []
    for seed in (11, 12):
        world = simulate(asked(name, seed), "now", 1200.0)
        kept = raised(world)
        chances.append(undecided(world)[kept, 0])
        truths.append((world.cause == 0)[kept])
        voted.append(votes(world)[kept])
        base.append(base_rates(world.scenario, world)[kept, 0] / 1e6)
    chance, true = np.concatenate(chances), np.concatenate(truths)
    best = loss(chance, true)
    assert ece(chance, true) < 0.035
    assert best < loss(np.concatenate(voted), true) - 0.15
    assert best < loss(np.concatenate(base), true) - 0.1
    # The surprise of one who is right about every chance: the sum of losses has this mean and variance.
    logs = np.log(np.clip(np.stack([chance, 1 - chance]), 1e-9, 1))
    mean = -(chance * logs[0] + (1 - chance) * logs[1]).sum()
    spread = np.sqrt((chance * (1 - chance) * (logs[0] - logs[1]) ** 2).sum())
    assert abs(best * len(chance) - mean) < 4 * spread


def test_every_cause_is_as_frequent_as_the_oracle_says() -> None:
    world = simulate(asked("attack-both", 13), "now", 1200.0)
    chance = undecided(world)
    for cause in range(5):
        spread = np.sqrt((chance[:, cause] * (1 - chance[:, cause])).sum())
        assert abs((world.cause == cause).sum() - chance[:, cause].sum()) < 4 * spread


def test_a_decision_settles_what_it_decides_and_nothing_else() -> None:
    world = simulate(asked("base-quiet", 14), "now", 1200.0)
    decided = adjudications(world)
    told, untold = posterior(world, decided), undecided(world)
    taken = decided >= 0
    assert 0.08 < taken.mean() < 0.22
    assert np.array_equal(decided[taken], world.cause[taken])
    assert (told[taken, decided[taken]] > 0.999).mean() > 0.99
    assert np.allclose(told[~taken], untold[~taken])


def test_panels_that_err_leave_doubt() -> None:
    scenario = asked("base-quiet", 15)
    scenario = replace(scenario, adjudication=replace(scenario.adjudication, share=0.5, error=0.2))
    world = simulate(scenario, "now", 1200.0)
    decided = adjudications(world)
    taken = decided >= 0
    assert 0.12 < (decided[taken] != world.cause[taken]).mean() < 0.28
    assert ece(posterior(world, decided)[:, 0], world.cause == 0) < 0.045


def test_knowing_who_is_captured_is_worth_something() -> None:
    world = simulate(asked("attack-capture", 16), "now", 1200.0)
    honest = [replace(one, master=None) for one in world.sources]
    deceived = replace(world, sources=honest, setting=replace(world.setting, sources=honest))
    true = world.cause == 0
    assert loss(undecided(world)[:, 0], true) < loss(undecided(deceived)[:, 0], true) - 0.05
