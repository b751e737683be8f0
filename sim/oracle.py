"""The posterior of one who knows how this world works, but not how it turned out.

It knows true rates, curves and tables, who is captured, whom everybody copies and the adversaries' policies. It
does not know states. Given all that, hypotheses are independent but for an adversary's running out of money, so
the posterior is a sum over the states of each: exact, up to what README.md lists.
"""

import numpy as np

from sim.arrays import Floats, Ints, stream
from sim.sensing import hearing
from sim.speaking import likelihood
from sim.states import STAGES, all_states
from sim.words import SILENT
from sim.world import CLAIMED, CLAIMED_IN_ATTACK, STRAY_AFFIRMS, Sensed, World

FLOOR = 1e-12


def _statements(world: World) -> Floats:
    """Log-likelihood of all that was said: [hypotheses, stages]."""
    total = np.zeros((len(world.what), STAGES))
    for index, source in enumerate(world.sources):
        heard = world.said[index]
        original = None if source.copies is None else world.said[source.copies].outcome
        chance = likelihood(world.setting, index, heard, original)
        at = np.flatnonzero(world.doubt.source == index)
        if len(at):
            chance[at] = _in_doubt(world, index, at, chance[at])
        total += np.log(np.maximum(chance, FLOOR))
    return total


def _in_doubt(world: World, index: int, at: Ints, spoke: Floats) -> Floats:
    """The statement is the source's own, or a stray and the source was silent."""
    said = world.said[index]
    hush = type(said)(np.full_like(said.outcome, SILENT), said.repeated, said.verbatim, said.declared)
    silent = likelihood(world.setting, index, hush, None)[at]
    outcome, doubt = said.outcome[at], world.doubt
    stray = np.where(outcome == 1, STRAY_AFFIRMS, np.where(outcome == 3, 1 - STRAY_AFFIRMS, 0.0))
    weight = doubt.weight[at]
    as_stray = weight * stray / (doubt.silent[at] + 1)
    as_own = (1 - weight) / np.maximum(doubt.spoken[at], 1)
    found: Floats = as_stray[:, None] * silent + as_own[:, None] * spoke
    return found


def _watch(world: World, sensed: Sensed, states: Ints) -> Floats:
    """Log-likelihood of one source's watches: [watches, states]."""
    watch, table = sensed.watch, all_states()
    source = world.sources[watch.source]
    heard = hearing(world.scenario, source, watch, world.what.named[watch.at], states)
    detected, to_named = sensed.detected[:, None], sensed.to_named[:, None]
    silent_way = heard.detected - heard.to_named - heard.to_other
    way = np.where(to_named == 1, heard.to_named, np.where(to_named == 0, heard.to_other, silent_way))
    chance = np.where(detected, way, 1 - heard.detected)
    looked = (sensed.on_shift & watch.in_view)[:, None]
    chance = np.where(looked, chance, 1.0)
    jam = table.jam[states] == 1
    outage = world.scenario.sensors.outage
    up_or_down = np.where(sensed.on_shift, 1 - outage, outage)[:, None]
    shut = np.where(sensed.on_shift, 0.0, 1.0)[:, None]
    shift = np.where(jam, shut, up_or_down)
    chance = chance * np.where((watch.jammable & watch.scheduled)[:, None], shift, 1.0)
    found: Floats = np.log(np.maximum(chance, FLOOR))
    return found


def posterior(world: World, adjudicated: Ints) -> Floats:
    """Chance of each cause: [hypotheses, 5]; `adjudicated` is a cause or -1."""
    table = all_states()
    states = np.flatnonzero(world.prior.max(axis=0) > 0)
    logs = np.log(np.maximum(world.prior[:, states], 1e-300))
    logs += _statements(world)[:, table.stage[states]]
    for sensed in world.sensed:
        logs[sensed.watch.at] += _watch(world, sensed, states)
    cause = table.cause[states]
    claims = np.where(table.attack[states] == 1, CLAIMED_IN_ATTACK, np.array(CLAIMED)[cause])
    logs += np.log(np.where(world.setting.claimed[:, None] == 1, claims, 1 - claims))
    wrong = world.scenario.adjudication.error
    decided = np.where(adjudicated[:, None] == cause, 1 - wrong, wrong / 4)
    logs += np.log(np.maximum(np.where(adjudicated[:, None] < 0, 1.0, decided), FLOOR))
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    found = np.stack([odds[:, cause == one].sum(axis=1) for one in range(5)], axis=1)
    normal: Floats = found / found.sum(axis=1, keepdims=True)
    return normal


def adjudications(world: World) -> Ints:
    """What a panel has decided: a cause, or -1; which happenings it takes up does not depend on the cause."""
    rng = stream(world.scenario.seed, "adjudications")
    asked = world.scenario.adjudication
    share = np.full(len(world.what), asked.share)
    if asked.where == "centre":
        inside = world.what.centre
        share = np.where(inside, min(1.0, asked.share / max(float(inside.mean()), 1e-9)), 0.0)
    taken = rng.random(len(world.what)) < share
    other = (world.cause + rng.integers(1, 5, len(world.what))) % 5
    decided = np.where(rng.random(len(world.what)) < asked.error, other, world.cause)
    return np.where(taken, decided, -1)
