"""One period, drawn: what happened, what was sensed, what was said."""

from dataclasses import dataclass

import numpy as np

from sim.adversary import Policy, policies, recruit
from sim.arrays import Bools, Floats, Ints, stream
from sim.hawkes import Happenings, happenings, shares
from sim.line import Line, line_of
from sim.prior import happen, roles, weights
from sim.roster import Source, muster
from sim.scenario import Scenario
from sim.sensing import Watch, exposures, hearing
from sim.speaking import Said, Setting, is_leaf, speak
from sim.states import all_states
from sim.weather import is_cloudy, is_night
from sim.words import EYES, SILENT

CLAIMED = (0.8, 0.4, 0.4, 0.85, 0.55)
"""Chance that the other side claims a violation, by cause, and where its adversary attacks (judgement)."""
CLAIMED_IN_ATTACK = 0.97
STRAY_AFFIRMS = 0.65
LEAST_DOUBT, MOST_DOUBT = 0.1, 0.5


@dataclass(frozen=True, slots=True)
class Sensed:
    """A watch and its outcome: `to_named` is 1 for the named side, 0 for the other, -1 for no direction."""

    watch: Watch
    on_shift: Bools
    detected: Bools
    to_named: Ints


@dataclass(frozen=True, slots=True)
class Doubt:
    """A statement that may belong elsewhere: whose it is, with which weight, out of how many; -1 for none."""

    source: Ints
    weight: Floats
    spoken: Ints
    silent: Ints


@dataclass(frozen=True, slots=True)
class World:
    """Everything about a period; `states` and `spent` are the truth, the rest has traces in the evidence."""

    scenario: Scenario
    line: Line
    sources: list[Source]
    what: Happenings
    policies: list[Policy]
    prior: Floats
    states: Ints
    spent: list[float]
    setting: Setting
    sensed: list[Sensed]
    said: list[Said]
    doubt: Doubt

    @property
    def cause(self) -> Ints:
        """What was behind each happening."""
        found: Ints = all_states().cause[self.states]
        return found


def _sense(scenario: Scenario, era: str, source: Source, watch: Watch, named: Ints, states: Ints) -> Sensed:
    rng = stream(scenario.seed, f"sense {era} {watch.source}")
    jammed = watch.jammable & (all_states().jam[states[watch.at]] == 1)
    on_shift = watch.on_shift & ~jammed
    open_eyes = on_shift & watch.in_view
    heard = hearing(scenario, source, watch, named[watch.at], np.arange(len(all_states())))
    rows = np.arange(len(watch.at))
    mine = states[watch.at]
    at = rng.random(len(rows))
    detected = open_eyes & (at < heard.detected[rows, mine])
    to_named = np.where(at < heard.to_named[rows, mine], 1, -1)
    to_other = (to_named < 0) & (at < (heard.to_named + heard.to_other)[rows, mine])
    return Sensed(watch, on_shift, detected, np.where(detected, np.where(to_other, 0, to_named), -1))


def _watched(
    sources: list[Source], count: int, sensed: list[Sensed]
) -> tuple[dict[int, Floats], dict[int, Bools]]:
    """For each patrol: what it saw of each happening, and where it stood by and saw nothing."""
    saw: dict[int, Floats] = {}
    posted: dict[int, Bools] = {}
    for one in sensed:
        if sources[one.watch.source].modality == EYES:
            at = one.watch.at
            saw[one.watch.source], posted[one.watch.source] = np.zeros(count), np.zeros(count, np.bool_)
            saw[one.watch.source][at] = one.detected
            posted[one.watch.source][at] = one.on_shift & one.watch.in_view & ~one.detected
    return saw, posted


def _doubt(
    scenario: Scenario, era: str, count: int, sources: list[Source], said: list[Said]
) -> tuple[list[Said], Doubt]:
    """In some happenings a stray statement is added, in others a true one is called into question."""
    rng = stream(scenario.seed, f"doubt {era}")
    originals = {one.copies for one in sources if one.copies is not None}
    leaves = [at for at, one in enumerate(sources) if is_leaf(one, at, originals) and one.modality is None]
    found = Doubt(np.full(count, -1), np.zeros(count), np.zeros(count, np.int64), np.zeros(count, np.int64))
    outcomes = [one.outcome.copy() for one in said]
    for at in np.flatnonzero(rng.random(count) < scenario.doubtful_links):
        weight = float(np.round(rng.uniform(LEAST_DOUBT, MOST_DOUBT), 6))
        stray = rng.random() < weight
        able = [one for one in leaves if (outcomes[one][at] == SILENT) == stray]
        if not able:
            continue
        one = int(rng.choice(able))
        if stray:
            outcomes[one][at] = 1 if rng.random() < STRAY_AFFIRMS else 3
        spoken = sum(int(outcomes[leaf][at] != SILENT) for leaf in leaves)
        found.source[at], found.weight[at] = one, weight
        found.spoken[at], found.silent[at] = spoken, len(leaves) - spoken
    return [
        Said(outcome, one.repeated, one.verbatim, one.declared)
        for outcome, one in zip(outcomes, said, strict=True)
    ], found


def simulate(scenario: Scenario, era: str, expected: float) -> World:
    """A period with the adversaries ("now") or without them ("earlier")."""
    line = line_of(scenario)
    what = happenings(scenario, line, era, expected)
    sources = muster(scenario, line)
    acting: list[Policy] = []
    if era == "now":
        sources, gone = recruit(scenario, sources)
        acting = policies(scenario, what, gone)
    by = roles(what, acting)
    prior = weights(what, shares(scenario, era), by)
    states, spent = happen(scenario, era, what, prior, acting)
    table = all_states()
    rng = stream(scenario.seed, f"claims {era}")
    chance = np.where(table.attack[states] == 1, CLAIMED_IN_ATTACK, np.array(CLAIMED)[table.cause[states]])
    claimed = (rng.random(len(what)) < chance).astype(np.int64)
    cloud = is_cloudy(scenario, era, what.region, what.hour)
    watches = exposures(scenario, era, sources, what, cloud, by.jam_km)
    sensed = [_sense(scenario, era, sources[one.source], one, what.named, states) for one in watches]
    saw, posted = _watched(sources, len(what), sensed)
    setting = Setting(scenario, sources, what, is_night(scenario, what.hour), claimed, saw, posted)
    said: list[Said] = []
    for index in range(len(sources)):
        voice = stream(scenario.seed, f"voice {era} {index}")
        said.append(speak(setting, index, table.stage[states], said, voice))
    said, doubt = _doubt(scenario, era, len(what), sources, said)
    return World(scenario, line, sources, what, acting, prior, states, spent, setting, sensed, said, doubt)


def raised(world: World) -> Bools:
    """What somebody affirmed or claimed or something sensed: nobody would have asked about the rest."""
    found: Bools = world.setting.claimed == 1
    for one in world.said:
        found |= (one.outcome == 1) | (one.outcome == 2)
    for sensed in world.sensed:
        found[sensed.watch.at[sensed.detected]] = True
    return found


def base_rates(scenario: Scenario, of: World) -> Ints:
    """Base rates in parts per million for each happening, from the earlier period, both sides together.

    Counted by stretch and act, and drawn towards the counts of the act along the whole line, which stand for
    twenty cases.
    """
    earlier = simulate(scenario, "earlier", float(scenario.base_rate.earlier_cases))
    kept = raised(earlier)
    cause, act, region = earlier.cause[kept], earlier.what.act[kept], earlier.what.region[kept]
    counts = np.zeros((scenario.front.regions, 4, 5))
    np.add.at(counts, (region, act, cause), 1)
    everywhere = counts.sum(axis=(0, 1)) + 1.0
    by_act = counts.sum(axis=0) + 10 * everywhere / everywhere.sum()
    here = counts + 20 * (by_act / by_act.sum(axis=1, keepdims=True))[None]
    share = here / here.sum(axis=2, keepdims=True)
    ppm = np.maximum(np.floor(share * 1e6).astype(np.int64), 1)
    ppm[..., 0] += 1_000_000 - ppm.sum(axis=2)
    found: Ints = ppm[of.what.region, of.what.act]
    return found
