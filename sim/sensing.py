"""Devices and patrols: what they can sense from where, what their acceptance tests said, what they did sense."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Bools, Floats, Ints, stream
from sim.hawkes import Happenings
from sim.roster import Source
from sim.scenario import Scenario
from sim.states import LOUD_SHARES, all_states, signals
from sim.weather import is_night, spells, within
from sim.words import EYES, MODALITIES, OPTICAL, SENSED_BY, THERMAL


@dataclass(frozen=True, slots=True)
class Device:
    """A kind of device (judgement, but for THERMAL: a hit within 1 km and a day has a likelihood ratio of 5.3)."""

    most_km: float
    reach_km: tuple[float, float, float]
    best: float
    steep: float
    night: float
    cloud: float
    false_ppt: float
    directed: bool


DEVICES = (
    Device(30.0, (6.0, 12.0, 22.0), 0.95, 1.5, 1.0, 1.0, 6.0, directed=True),
    Device(15.0, (2.5, 5.0, 9.0), 0.95, 1.5, 1.0, 0.85, 15.0, directed=True),
    Device(1.0, (3.0, 3.0, 3.0), 0.06, 1.0, 1.0, 0.15, 7.5, directed=False),
    Device(12.0, (4.0, 7.0, 10.0), 0.9, 2.0, 0.35, 0.6, 4.0, directed=True),
    Device(5.0, (1.5, 2.5, 4.0), 0.97, 2.0, 0.5, 0.9, 5.0, directed=True),
)
BINS = (0.1, 0.25, 0.5, 0.75, 1.0)
"""Edges of the distances tested, as shares of the farthest."""
POINTS_RIGHT = 0.85
ORIGIN_NAMED = (0.97, 0.9, 0.5, 0.6, 0.5)
"""Chance that the origin lies with the named side, by cause (judgement)."""
LIE, HUSH = 0.92, 0.02
"""Chance that a captured device reports something, when its master attacks and when it defends."""
PATROL_KM, PATROL_H = 10.0, 9.0
CAMERA_H = 18.0
OUTAGE_H = 12.0


def chance(modality: int, km: Floats, loud: int, field: float) -> Floats:
    """Chance to sense what is there, by day and in clear weather."""
    kind = DEVICES[modality]
    faint: Floats = kind.best * field * np.exp(-((km / kind.reach_km[loud]) ** kind.steep))
    return faint


def false_rate(scenario: Scenario, modality: int) -> float:
    """Chance of an alarm where nothing was."""
    return min(0.5, DEVICES[modality].false_ppt * scenario.sensors.false_alarms / 1000)


def acceptance(scenario: Scenario, modality: int) -> dict[str, object]:
    """What the acceptance test of a modality found, as the evidence file has it."""
    rng = stream(scenario.seed, f"acceptance {modality}")
    kind, trials = DEVICES[modality], scenario.sensors.test_trials
    acts = [act for act in range(len(SENSED_BY)) if modality in SENSED_BY[act]]
    mix = np.mean([LOUD_SHARES[act] for act in acts], axis=0)
    rows: list[dict[str, int]] = []
    each = max(1, trials // len(BINS))
    usual = np.zeros(each)
    for low, high in zip((0.0, *BINS), BINS, strict=False):
        km = rng.uniform(low, high, each) * kind.most_km
        hit = np.sum([mix[loud] * chance(modality, km, loud, 1.0) for loud in range(3)], axis=0)
        hits = int((rng.random(each) < hit).sum())
        usual = hit if low == 0 else usual
        rows.append({"within_m": round(high * kind.most_km * 1000), "hits": hits, "misses": each - hits})
    alarms = int(rng.binomial(trials, false_rate(scenario, modality)))
    found: dict[str, object] = {
        "id": MODALITIES[modality],
        "range": rows,
        "false": {"alarms": alarms, "of": trials},
    }
    for name, factor in (("night", kind.night), ("cloud", kind.cloud)):
        hits = int((rng.random(each) < usual * factor).sum())
        found[name] = None if factor == 1 else {"hits": hits, "misses": each - hits}
    return found


@dataclass(frozen=True, slots=True)
class Watch:
    """One source's watches: arrays with one entry a hypothesis that was within its reach."""

    source: int
    at: Ints
    km: Floats
    scheduled: Bools
    on_shift: Bools
    in_view: Bools
    night: Bools
    cloud: Bools
    jammable: Bools


def _positions(source: Source, hour: Floats) -> tuple[Floats, Floats]:
    if source.modality == EYES:
        turn = np.sin(2 * np.pi * (hour / (24 * (1 + source.phase)) + source.phase))
        return source.x + PATROL_KM * turn, np.full(len(hour), source.y)
    return np.full(len(hour), source.x), np.full(len(hour), source.y)


def _on_duty(source: Source, hour: Floats) -> Bools:
    """The roster of shifts: patrols and cameras have hours, all else runs on."""
    hours = {EYES: PATROL_H, OPTICAL: CAMERA_H}.get(source.modality or 0, 24.0)
    found: Bools = np.mod(hour - 24 * source.phase, 24) < hours
    return found


def exposures(
    scenario: Scenario, era: str, sources: list[Source], what: Happenings, cloud: Bools, jam_km: Floats
) -> list[Watch]:
    """Who could have sensed what, before jamming; `jam_km` is how far jamming would reach at each happening."""
    night = is_night(scenario, what.hour)
    sensed = np.array([[modality in SENSED_BY[act] for act in range(4)] for modality in range(5)])
    found: list[Watch] = []
    for index, source in enumerate(sources):
        if source.modality is None:
            continue
        rng = stream(scenario.seed, f"exposure {era} {index}")
        if source.modality == THERMAL:
            km = rng.uniform(0, 1, len(what))
            x, y = what.x, what.y
            clear = rng.random(len(what)) < 0.8
        else:
            x, y = _positions(source, what.hour)
            km = np.hypot(what.x - x, what.y - y)
            clear = ~what.hidden
        at = np.flatnonzero((km <= DEVICES[source.modality].most_km) & sensed[source.modality][what.act])
        down = spells(rng, float(scenario.front.days * 24), scenario.sensors.outage, OUTAGE_H)
        duty = _on_duty(source, what.hour[at])
        near = np.hypot(what.x - x, what.y - y)[at] <= jam_km[at]
        can_jam = near & (source.modality not in {THERMAL, EYES})
        up = ~within(down, what.hour[at])
        if source.modality in {THERMAL, EYES}:
            up = np.ones(len(at), dtype=np.bool_)
        found.append(Watch(index, at, km[at], duty, duty & up, clear[at], night[at], cloud[at], can_jam))
    return found


@dataclass(frozen=True, slots=True)
class Hearing:
    """Chances, for each of a source's watches and each state: sensed at all, and with what direction."""

    detected: Floats
    to_named: Floats
    to_other: Floats


def hearing(scenario: Scenario, source: Source, watch: Watch, named: Ints, states: Ints) -> Hearing:
    """What the source senses in the states, if on shift and in view: arrays [watches, states]."""
    modality = source.modality or 0
    kind, table = DEVICES[modality], all_states()
    dim = np.where(watch.night, kind.night, 1.0) * np.where(watch.cloud, kind.cloud, 1.0)
    by_loud = np.stack(
        [chance(modality, watch.km, loud, scenario.sensors.field_loss) * dim for loud in range(3)], axis=1
    )
    real = by_loud[:, table.loud[states]] * signals()[modality][states]
    alarm = (1 - real) * false_rate(scenario, modality)
    origin = np.array(ORIGIN_NAMED)[table.cause[states]]
    right = origin * POINTS_RIGHT + (1 - origin) * (1 - POINTS_RIGHT)
    aim = np.broadcast_to(right, real.shape)
    if source.master is not None:
        attack = (named != source.master)[:, None] & (table.attack[states] == 1)
        defend = (named == source.master)[:, None] & (table.defend[states] == 1)
        real = np.where(attack, LIE, np.where(defend, HUSH, real))
        alarm = np.where(attack | defend, 0.0, alarm)
        aim = np.where(attack, 0.95, aim)
    turn = scenario.sensors.direction if kind.directed else 0.0
    detected = real + alarm
    return Hearing(detected, turn * (real * aim + alarm * 0.5), turn * (real * (1 - aim) + alarm * 0.5))
