"""How likely each state is, before anybody has said or sensed anything: the war and the policies, no evidence."""

from dataclasses import dataclass

import numpy as np

from sim.adversary import FABRICATE_COST, JAM_COST, SPOOF_COST, STAGE_COST, WORD_COST, Policy
from sim.arrays import Floats, Ints, draw, stream
from sim.hawkes import Happenings
from sim.scenario import Scenario
from sim.states import LOOKS_HOSTILE, LOUD_SHARES, ORGANIC_SPOOFS, SPOOFS, all_states, spoof_shares
from sim.words import ACCIDENT, LAWFUL, NOTHING, SENSED_BY, STAGED, VIOLATION


@dataclass(frozen=True, slots=True)
class Roles:
    """The two policies as each happening meets them: who attacks the named side, who defends it."""

    fabricate: Floats
    stage: Floats
    smear: Floats
    amplify: Floats
    shield: Floats
    cover: Floats
    jam: Floats
    decoy: Floats
    jam_km: Floats
    spoofs: Ints
    alibi: Floats


def roles(what: Happenings, policies: list[Policy]) -> Roles:
    """Rates by happening; zero where nobody attacks or defends."""
    nil = np.zeros(len(what))
    rates = {name: nil.copy() for name in ("fabricate", "stage", "smear", "amplify", "shield", "cover")}
    jam, decoy, jam_km, alibi = nil.copy(), nil.copy(), nil.copy(), nil.copy()
    spoofs = np.ones(len(what), dtype=np.int64)
    for policy in policies:
        own = what.named == policy.master
        for name in rates:
            rates[name] += getattr(policy, name)
        jam[own], decoy[own] = policy.asks.jam, policy.asks.jam_decoy
        jam_km[own], alibi[own] = policy.asks.jam_km, float(policy.asks.alibi)
        spoofs[~own] = policy.asks.spoofs
    return Roles(**rates, jam=jam, decoy=decoy, jam_km=jam_km, spoofs=spoofs, alibi=alibi)


def _spoof_factor(what: Happenings, by: Roles) -> tuple[Floats, Floats]:
    """Shares of what is deceived, [hypotheses, spoofs]: without a plan, and in an adversary's operation."""
    able = np.array([[set(kinds) <= set(sensed) for kinds in SPOOFS] for sensed in SENSED_BY])[what.act]
    organic = np.array(ORGANIC_SPOOFS) * able
    planned = np.stack([spoof_shares(1), spoof_shares(2), spoof_shares(3)])[by.spoofs - 1] * able
    # Three kinds at once need an explosion; for quieter acts two are deceived.
    planned = np.where(planned.sum(axis=1, keepdims=True) > 0, planned, spoof_shares(2) * able)
    return organic / organic.sum(axis=1, keepdims=True), planned / planned.sum(axis=1, keepdims=True)


def weights(what: Happenings, shares: Floats, by: Roles) -> Floats:
    """Chance of each state at each happening: [hypotheses, states], rows sum to 1."""
    table = all_states()
    cause, attack, defend = table.cause, table.attack == 1, table.defend == 1
    organic = shares[what.region, what.act, what.named] * (1 - by.fabricate - by.stage)[:, None]
    taken = np.zeros((len(what), 5))
    taken[:, VIOLATION] = by.amplify
    taken[:, [LAWFUL, ACCIDENT, NOTHING]] = by.smear[:, None]
    invented = np.zeros((len(what), 5))
    invented[:, NOTHING], invented[:, STAGED] = by.fabricate, by.stage
    by_cause = np.where(attack, (organic * taken + invented)[:, cause], (organic * (1 - taken))[:, cause])
    hostile = np.array(LOOKS_HOSTILE)[cause]
    found = by_cause * np.where(table.hostile == 1, hostile, 1 - hostile)
    found *= np.array(LOUD_SHARES)[what.act][:, table.loud]
    unplanned, planned = _spoof_factor(what, by)
    found *= np.where(
        cause == STAGED, np.where(attack, planned[:, table.spoof], unplanned[:, table.spoof]), 1.0
    )
    violated = cause == VIOLATION
    small = violated & (table.loud == 0)
    covers = np.where(violated, by.shield[:, None], by.cover[:, None]) * np.where(
        small, 1 - by.alibi[:, None], 1
    )
    found *= np.where(defend, covers, 1 - covers)
    jams = np.where(violated, by.jam[:, None], by.decoy[:, None])
    jam: Floats = found * np.where(defend, np.where(table.jam == 1, jams, 1 - jams), 1.0)
    return jam


def cost(states: Ints, spoofs: Ints) -> tuple[Floats, Floats]:
    """What the attacker and the defender pay at each happening."""
    table = all_states()
    cause, attack = table.cause[states], table.attack[states]
    price = np.where(cause == NOTHING, FABRICATE_COST, WORD_COST) + np.where(
        cause == STAGED, STAGE_COST + SPOOF_COST * spoofs - WORD_COST, 0
    )
    defence = table.defend[states] * WORD_COST + table.jam[states] * JAM_COST
    return (attack * price).astype(np.float64), defence.astype(np.float64)


def happen(
    scenario: Scenario, era: str, what: Happenings, chance: Floats, policies: list[Policy]
) -> tuple[Ints, list[float]]:
    """A state for each happening, and what each adversary spent; whoever has no money left does nothing more."""
    rng = stream(scenario.seed, f"states {era}")
    states = draw(rng, chance)
    by = roles(what, policies)
    table = all_states()
    quiet = chance * ((table.attack == 0) & (table.defend == 0))
    idle = draw(rng, np.where(quiet.sum(axis=1, keepdims=True) > 0, quiet, 1.0))
    spent: list[float] = []
    for policy in policies:
        attacks, defends = cost(states, by.spoofs)
        pays = np.where(what.named == policy.master, defends, attacks)
        over = (np.cumsum(pays) > policy.left) & (pays > 0)
        states = np.where(over, idle, states)
        spent.append(policy.spent + float(pays[~over].sum()))
    return states, spent
