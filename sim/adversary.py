"""Who wants the office to err: goals, a budget, and a policy that is fixed before anything happens.

The policy says with which chance an adversary acts on a happening, given what is behind it, who is named, how
loud it was, when and where. It never depends on what others will say.
"""

from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Bools, Floats, stream
from sim.hawkes import Happenings
from sim.roster import BLIND, Source
from sim.scenario import Adversary, Scenario
from sim.words import EYES

CAPTURE_COST = {"monitor": 40, "patrol": 40, "sensor": 30, "ngo": 25, "press": 15, "group": 8, "resident": 6}
CLONE_COST, BOT_COST, FABRICATE_COST, STAGE_COST, SPOOF_COST, WORD_COST, JAM_COST = 1, 1, 2, 5, 3, 1, 5
"""Units of the budget (judgement). An operation in words costs one, each spoofed kind of sensor three more."""
MARGIN = 0.9
"""Rates are planned at this share of what is left, because how many happenings call for them is chance."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One adversary's rates at each happening; zero where it lies low."""

    master: int
    asks: Adversary
    fabricate: Floats
    stage: Floats
    smear: Floats
    amplify: Floats
    shield: Floats
    cover: Floats
    left: float
    spent: float


def owner_class(source: Source) -> str:
    """The class by which a source is captured: patrols are dearer than they look."""
    return "patrol" if source.kind == "monitor" and source.modality == EYES else source.kind


def recruit(scenario: Scenario, sources: list[Source]) -> tuple[list[Source], list[float]]:
    """The roster with captured sources, clones and bots, and what each adversary has spent on them."""
    found = list(sources)
    spent: list[float] = []
    for adversary in scenario.adversaries:
        master = scenario.sides.index(adversary.serves)
        rng = stream(scenario.seed, f"recruit {master}")
        able = [
            one for one in range(len(sources)) if found[one].kind != "party" and found[one].master is None
        ]
        wanted = round(adversary.captured * sum(one.kind != "party" for one in sources))
        money = float(adversary.budget)
        for one in rng.permutation([one for one in able if owner_class(found[one]) in adversary.classes]):
            cost = CAPTURE_COST[owner_class(found[one])]
            if wanted and cost <= money:
                found[one] = replace(found[one], master=master)
                money, wanted = money - cost, wanted - 1
        money -= _accounts(scenario, adversary, master, found, money, rng)
        spent.append(adversary.budget - money)
    return found, spent


def _accounts(
    scenario: Scenario,
    asks: Adversary,
    master: int,
    found: list[Source],
    money: float,
    rng: np.random.Generator,
) -> float:
    """Adds clones and bots; the cost. Clones repeat captured people, bots words of their own."""
    roots = [at for at, one in enumerate(found) if one.master == master and one.way != BLIND]
    clones = min(asks.clones, int(money // CLONE_COST)) if roots else 0
    for at in range(clones):
        parent = int(rng.choice(roots))
        kind = "press" if at % 3 == 0 else "resident"
        one = Source(kind, f"page-{rng.integers(0, 1000)}", BLIND, copies=parent, master=master, role="clone")
        found.append(replace(one, repeats=asks.echo, paraphrase=asks.paraphrase, tells=0.6))
    bots = min(asks.bots, int((money - clones * CLONE_COST) // BOT_COST))
    for _ in range(bots):
        town = f"residents-{scenario.sides[int(rng.integers(0, 2))]}-{rng.integers(0, 3)}"
        found.append(Source("resident", town, BLIND, master=master, role="bot", repeats=asks.bot_rate))
    return float(clones * CLONE_COST + bots * BOT_COST)


def _abroad(scenario: Scenario, asks: Adversary, what: Happenings) -> Bools:
    """Where and when the adversary does not lie low."""
    late: Bools = what.hour >= asks.drip_until * scenario.front.days * 24
    return late & ~what.centre if asks.exam else late


def policies(scenario: Scenario, what: Happenings, spent: list[float]) -> list[Policy]:
    """The adversaries' rates, scaled down to what is left of the budget after recruiting."""
    found: list[Policy] = []
    for asks, gone in zip(scenario.adversaries, spent, strict=True):
        master = scenario.sides.index(asks.serves)
        abroad = _abroad(scenario, asks, what)
        against, own = abroad & (what.named != master), abroad & (what.named == master)
        money = (asks.budget - gone) * MARGIN
        most = max(1, int(against.sum()))
        stage_cost = STAGE_COST + SPOOF_COST * asks.spoofs
        staged = min(asks.stage, 0.3 * most, money * 0.5 / stage_cost)
        fabricated = min(asks.fabricate, 0.4 * most, (money - staged * stage_cost) * 0.6 / FABRICATE_COST)
        rest = money - staged * stage_cost - fabricated * FABRICATE_COST
        needs = against.sum() * max(asks.smear, asks.amplify) * WORD_COST
        covering = asks.shield * (WORD_COST + asks.jam * JAM_COST)
        needs += own.sum() * max(covering, asks.cover * (WORD_COST + asks.jam_decoy * JAM_COST))
        scale = min(1.0, rest / needs) if needs else 0.0
        found.append(
            Policy(
                master=master,
                asks=asks,
                fabricate=against * (MARGIN * fabricated / most),
                stage=against * (MARGIN * staged / most),
                smear=against * (asks.smear * scale),
                amplify=against * (asks.amplify * scale),
                shield=own * (asks.shield * scale),
                cover=own * (asks.cover * scale),
                left=float(asks.budget - gone),
                spent=gone,
            )
        )
    return found
