"""Happenings along the line: a marked Hawkes process in space and time, built from its clusters."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Bools, Floats, Ints, draw, stream
from sim.line import Line
from sim.scenario import Scenario
from sim.words import ACT_SHARES, ACTS

SAME_ACT = 0.6
"""Chance that what is set off is of the same kind (judgement)."""
DEPTH_KM = 2.0
"""Usual distance from the line (judgement)."""
ACROSS = 0.75
"""Chance that it lies on the far side of the line, seen from the side that is named (judgement)."""
MOST_GENERATIONS = 200


@dataclass(frozen=True, slots=True)
class Happenings:
    """Points of the process in order of time; `parent` is -1 for those that nothing set off."""

    hour: Floats
    x: Floats
    y: Floats
    act: Ints
    named: Ints
    parent: Ints
    region: Ints
    hidden: Bools
    centre: Bools

    def __len__(self) -> int:
        return len(self.hour)


@dataclass(slots=True)
class _Points:
    hour: Floats
    x: Floats
    act: Ints
    named: Ints
    parent: Ints


def _first(scenario: Scenario, expected: float, rng: np.random.Generator) -> _Points:
    front = scenario.front
    count = int(rng.poisson(expected * (1 - front.branching)))
    spots = rng.uniform(0.05, 0.95, front.hotspots) * front.length_km
    x = spots[rng.integers(0, front.hotspots, count)] + rng.normal(0, front.length_km * 0.04, count)
    x = np.where(rng.random(count) < 0.3, rng.uniform(0, front.length_km, count), x)
    act = draw(rng, np.tile(np.array(ACT_SHARES), (count, 1)))
    named = rng.integers(0, 2, count)
    hour = rng.uniform(0, front.days * 24, count)
    return _Points(hour, _inside(x, front.length_km), act, named, np.full(count, -1, dtype=np.int64))


def _inside(x: Floats, length_km: float) -> Floats:
    """Reflected at the ends, so that clusters there lose nothing."""
    folded = np.mod(x, 2 * length_km)
    return np.where(folded > length_km, 2 * length_km - folded, folded)


def _set_off(scenario: Scenario, of: _Points, first_id: int, rng: np.random.Generator) -> _Points:
    front = scenario.front
    who = np.repeat(np.arange(len(of.hour)), rng.poisson(front.branching, len(of.hour)))
    count = len(who)
    hour = of.hour[who] + rng.exponential(front.decay_hours, count)
    x = _inside(of.x[who] + rng.normal(0, front.spread_km, count), front.length_km)
    other = draw(rng, np.tile(np.array(ACT_SHARES), (count, 1)))
    act = np.where(rng.random(count) < SAME_ACT, of.act[who], other)
    named = np.where(rng.random(count) < front.retaliation, 1 - of.named[who], of.named[who])
    inside = hour < front.days * 24
    return _Points(hour[inside], x[inside], act[inside], named[inside], who[inside] + first_id)


def happenings(scenario: Scenario, line: Line, era: str, expected: float) -> Happenings:
    """A draw of the process. What set it off and where does not depend on what is behind it."""
    rng = stream(scenario.seed, f"hawkes {era}")
    found = [_first(scenario, expected, rng)]
    first_id = 0
    while len(found[-1].hour) and len(found) < MOST_GENERATIONS:
        last = found[-1]
        found.append(_set_off(scenario, last, first_id, rng))
        first_id += len(last.hour)
    hour = np.concatenate([one.hour for one in found])
    order = np.argsort(hour, kind="stable")
    place = np.empty(len(order) + 1, dtype=np.int64)
    place[order] = np.arange(len(order))
    place[-1] = -1
    x = np.concatenate([one.x for one in found])[order]
    named = np.concatenate([one.named for one in found])[order]
    depth = np.abs(rng.normal(0, DEPTH_KM, len(x)))
    north = np.where(rng.random(len(x)) < ACROSS, named == 1, named == 0)
    return Happenings(
        hour=hour[order],
        x=x,
        y=line.y_of(x) + np.where(north, depth, -depth),
        act=np.concatenate([one.act for one in found])[order],
        named=named,
        parent=place[np.concatenate([one.parent for one in found])[order]],
        region=line.region(x),
        hidden=line.hidden(x),
        centre=line.centre(x),
    )


def shares(scenario: Scenario, era: str) -> Floats:
    """True shares of the causes, by stretch, act, named side: an array [regions, acts, 2, 5].

    The earlier era lacks the drift, and in both the sides differ only by the scenario's two weights.
    """
    conduct = scenario.conduct
    usual = np.array(
        [conduct.violation, conduct.lawful, conduct.accident, conduct.staged, conduct.nothing],
        dtype=np.float64,
    )
    rng = stream(scenario.seed, "shares")
    size = (scenario.front.regions, len(ACTS), 1, 5)
    tilt = rng.normal(0, conduct.tilt, size) if conduct.tilt else np.zeros(size)
    drift = stream(scenario.seed, "drift").normal(0, 1, size) * scenario.base_rate.drift
    logs = tilt + (drift if era == "now" else 0)
    found = np.repeat(usual * np.exp(logs), 2, axis=2)
    found[:, :, 0, 0] *= conduct.first_side_weight
    found[:, :, 1, 0] *= conduct.second_side_weight
    normal: Floats = found / found.sum(axis=-1, keepdims=True)
    return normal
