"""Who may say or sense something: people at places, devices at places, those who repeat others."""

from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import stream
from sim.line import Line
from sim.scenario import Scenario
from sim.words import ACOUSTIC, EYES, MODALITIES, OPTICAL, SEISMIC, THERMAL

WITNESS, INVESTIGATOR, DISTANT, INSIDER, BLIND = "witness", "investigator", "distant", "insider", "blind"


@dataclass(frozen=True, slots=True)
class Source:
    """One source; indices point into the roster, sides are 0, 1 or None.

    `parent` is what it declares to relay, `copies` whom it truly repeats; `master` is the side whose adversary
    owns it. `speaks` and `objects` are chances to speak up for and against a violation, `bend` how far its
    interest bends it, `error` its honest mistakes.
    """

    kind: str
    group: str
    way: str
    x: float = 0.0
    y: float = 0.0
    side: int | None = None
    modality: int | None = None
    parent: int | None = None
    copies: int | None = None
    repeats: float = 0.0
    paraphrase: float = 0.0
    speaks: float = 0.0
    objects: float = 0.0
    tells: float = 0.6
    bend: float = 0.0
    error: float = 0.0
    contrary: bool = False
    master: int | None = None
    role: str = "own"
    phase: float = 0.0


def _share(rng: np.random.Generator, mean: float, weight: float = 12.0) -> float:
    """A share near the mean, different from source to source."""
    if mean <= 0 or mean >= 1:
        return float(min(max(mean, 0.0), 1.0))
    return float(rng.beta(mean * weight, (1 - mean) * weight))


def _beside(rng: np.random.Generator, line: Line, x: float, side: int | None, depth_km: float) -> float:
    """How far north it lies: on the side's land, or on either's."""
    owner = int(rng.integers(0, 2)) if side is None else side
    depth = abs(float(rng.normal(0, depth_km))) + 0.3
    return float(line.y_of(np.array([x]))[0]) + (depth if owner == 0 else -depth)


def _place(rng: np.random.Generator, line: Line, side: int | None, depth_km: float) -> tuple[float, float]:
    x = float(rng.uniform(0, line.length_km))
    return x, _beside(rng, line, x, side, depth_km)


def _person(rng: np.random.Generator, scenario: Scenario, source: Source) -> Source:
    people = scenario.people
    bend = 0.0 if source.side is None else _share(rng, people.partisanship)
    return replace(
        source,
        speaks=_share(rng, people.candour),
        objects=_share(rng, people.candour * 0.6),
        tells=_share(rng, 0.6),
        bend=bend,
        error=_share(rng, people.error),
    )


def _mission(scenario: Scenario, line: Line) -> list[Source]:
    rng = stream(scenario.seed, "mission")
    found: list[Source] = []
    for _ in range(scenario.people.monitors):
        x, y = _place(rng, line, None, 4.0)
        found.append(_person(rng, scenario, Source("monitor", "mission", INVESTIGATOR, x, y)))
    for _ in range(scenario.people.patrols):
        x, y = _place(rng, line, None, 1.5)
        patrol = Source("monitor", "mission", WITNESS, x, y, modality=EYES, phase=float(rng.uniform(0, 1)))
        found.append(_person(rng, scenario, patrol))
    return found


def _locals(scenario: Scenario, line: Line) -> list[Source]:
    rng = stream(scenario.seed, "locals")
    found: list[Source] = []
    for at in range(scenario.people.residents):
        side = at % 2
        x, y = _place(rng, line, side, 2.5)
        town = f"residents-{scenario.sides[side]}-{int(x / line.length_km * 3)}"
        sided = None if rng.random() < 0.2 else side
        one = Source("resident", town, WITNESS, x, y, side=sided, contrary=at < scenario.people.contrarians)
        found.append(_person(rng, scenario, one))
    return found


def _distant(scenario: Scenario) -> list[Source]:
    rng = stream(scenario.seed, "distant")
    people, sides = scenario.people, scenario.sides
    found: list[Source] = []
    for at in range(people.press):
        side = (None, 0, 1, None)[at % 4]
        owner = f"press-{sides[side]}" if side is not None else f"press-{at}"
        found.append(_person(rng, scenario, Source("press", owner, DISTANT, side=side)))
    found += [_person(rng, scenario, Source("ngo", f"ngo-{at}", INVESTIGATOR)) for at in range(people.ngos)]
    for at in range(people.groups):
        side = at % 2
        found.append(_person(rng, scenario, Source("group", f"groups-{sides[side]}", DISTANT, side=side)))
    for at in range(people.spokesmen * 2):
        side = at % 2
        found.append(_person(rng, scenario, Source("party", f"party-{sides[side]}", INSIDER, side=side)))
    return found


def _relays(scenario: Scenario, originals: list[int], sources: list[Source]) -> list[Source]:
    rng = stream(scenario.seed, "relays")
    people = scenario.people
    found: list[Source] = []
    for at in range(people.declared_relays + people.undeclared_relays):
        if not originals:
            break
        # A third of the relays repeat a relay: chains of two.
        chain = found and rng.random() < 1 / 3
        base = len(sources)
        parent = base + int(rng.integers(0, len(found))) if chain else int(rng.choice(originals))
        side = (found[parent - base] if chain else sources[parent]).side
        declared = at < people.declared_relays
        one = Source(
            "press", f"relay-{at}", DISTANT, side=side, copies=parent, parent=parent if declared else None
        )
        one = _person(rng, scenario, one)
        found.append(
            replace(one, repeats=_share(rng, people.repeats), paraphrase=0.15, speaks=one.speaks / 2)
        )
    return found


def _devices(scenario: Scenario, line: Line) -> list[Source]:
    rng = stream(scenario.seed, "devices")
    plan = scenario.sensors
    found: list[Source] = []
    for modality, count in ((SEISMIC, plan.seismic), (ACOUSTIC, plan.acoustic), (OPTICAL, plan.optical)):
        for at in range(count):
            x = line.length_km * (at + float(rng.uniform(0.2, 0.8))) / count
            owner = int(rng.integers(0, 2)) if rng.random() < plan.side_owned else None
            y = _beside(rng, line, x, owner, 1.5)
            group = "network" if owner is None else f"network-{scenario.sides[owner]}"
            one = Source("sensor", group, BLIND, x, y, side=owner, modality=modality)
            found.append(replace(one, phase=float(rng.uniform(0, 1))))
    return found + [
        Source("sensor", f"satellite-{at}", BLIND, modality=THERMAL) for at in range(plan.thermal)
    ]


def muster(scenario: Scenario, line: Line) -> list[Source]:
    """Everybody but an adversary's own accounts; an original comes before those who repeat it."""
    found = _mission(scenario, line) + _locals(scenario, line) + _distant(scenario)
    originals = [
        at for at, one in enumerate(found) if one.kind in {"press", "monitor", "ngo", "party", "group"}
    ]
    found += _relays(scenario, originals, found)
    return found + _devices(scenario, line)


def names(scenario: Scenario, count: int) -> list[str]:
    """Identifiers in an order that tells nothing of the kind."""
    numbers = stream(scenario.seed, "names").permutation(count) + 1
    return [f"s{number}" for number in numbers]


def modality_name(source: Source) -> str | None:
    """The word of the file for what the source senses with."""
    return None if source.modality is None else MODALITIES[source.modality]
