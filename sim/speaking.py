"""What everybody says: the draw, and for the oracle the chance of what was said."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Bools, Floats, Ints
from sim.hawkes import Happenings
from sim.roster import BLIND, Source
from sim.scenario import Adversary, Scenario
from sim.speech import POSTED_AND_SAW_NOTHING, SAYS, SEES_N, chances, knows, relation, responses, said
from sim.states import STAGES, scene_parts
from sim.words import SILENT, VIOLATION

LIE_RATE, HUSH_RATE, ADMIT_RATE = 0.85, 0.8, 0.7
"""How often a captured person affirms in an attack, denies in a defence, admits as an alibi (judgement)."""
EXCUSE_WORDS = (0.3, 0.1, 0.2, 0.1, 0.3)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is plain to everybody: who may speak, each hypothesis, and what patrols saw of it."""

    scenario: Scenario
    sources: list[Source]
    what: Happenings
    night: Bools
    claimed: Ints
    sensed: dict[int, Floats]
    posted: dict[int, Bools]


@dataclass(frozen=True, slots=True)
class Said:
    """One source's part in all hypotheses: outcome, whether it was a repetition, in the same words, declared."""

    outcome: Ints
    repeated: Bools
    verbatim: Bools
    declared: Bools


def _lie(rate: float) -> Floats:
    row = np.zeros(SAYS)
    row[1], row[2] = rate * 0.4, rate * 0.6
    row[SILENT] = 1 - rate
    return row


def _denial(rate: float) -> Floats:
    row = np.zeros(SAYS)
    row[3:8] = rate * np.array(EXCUSE_WORDS)
    row[SILENT] = 1 - rate
    return row


def orders(source: Source, asks: Adversary) -> tuple[Floats, Floats, Floats | None]:
    """What a master's source says in an attack, in a defence, and as an alibi: chances of outcomes."""
    if source.role == "bot":
        return _lie(source.repeats), _denial(source.repeats), None
    if source.role == "clone":
        return _lie(0.05), _denial(0.05), None
    hush = 0.02 if asks.silence else HUSH_RATE
    return _lie(LIE_RATE), _denial(hush), _lie(ADMIT_RATE) if asks.alibi else None


def own_table(source: Source, index: int, setting: Setting) -> Floats:
    """What it says by itself: [hypotheses, percepts, outcomes]."""
    table = responses(source)[setting.claimed, relation(source, setting.what.named)]
    if index in setting.posted:
        row = np.zeros(SAYS)
        row[SEES_N + 2], row[SILENT] = POSTED_AND_SAW_NOTHING, 1 - POSTED_AND_SAW_NOTHING
        table[setting.posted[index], 0] = row
    return table


def _asks(scenario: Scenario, source: Source) -> Adversary | None:
    for adversary in scenario.adversaries:
        if source.master is not None and scenario.sides[source.master] == adversary.serves:
            return adversary
    return None


def _at_work(source: Source, named: Ints, attack: Ints, defend: Ints) -> tuple[Bools, Bools]:
    """Whether its master attacks or defends; shapes follow from broadcasting."""
    mine = named == source.master
    return np.logical_and(~mine, attack == 1), np.logical_and(mine, defend == 1)


def speak(setting: Setting, index: int, stage: Ints, said_by: list[Said], rng: np.random.Generator) -> Said:
    """What one source says of every hypothesis, given the true stage and what those before it said."""
    source = setting.sources[index]
    count = len(stage)
    aware = knows(source, setting.what, setting.night, setting.sensed.get(index))
    rows = chances(source, own_table(source, index, setting), aware, stage // 4)
    asks = _asks(setting.scenario, source)
    attack, defend = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
    if asks is not None:
        attack, defend = _at_work(source, setting.what.named, stage // 2 % 2, stage % 2)
        lie, denial, alibi = orders(source, asks)
        rows[attack], rows[defend] = lie, denial
        if alibi is not None:
            rows[_admits(source, setting.what.named, stage)] = alibi
    edges = np.cumsum(rows, axis=1)
    outcome = np.minimum((edges <= rng.random(count)[:, None] * edges[:, -1:]).sum(axis=1), SAYS - 1)
    never = np.zeros(count, dtype=np.bool_)
    if source.copies is None:
        return Said(outcome, never, never, never)
    heard = said_by[source.copies].outcome
    rate = repeat_rate(source, asks, attack | defend)
    repeated = (heard != SILENT) & (rng.random(count) < rate)
    same_words = repeated & (rng.random(count) >= source.paraphrase)
    return Said(
        np.where(repeated, heard, outcome), repeated, same_words, repeated & (source.parent is not None)
    )


def repeat_rate(source: Source, asks: Adversary | None, at_work: Bools) -> Floats:
    """Chance that it repeats its original, where that spoke."""
    if source.role == "clone" and asks is not None:
        return np.where(at_work, asks.echo, asks.camouflage)
    return np.full(at_work.shape, source.repeats)


def _admits(source: Source, named: Ints, stage: Ints) -> Bools:
    cause, _, loud = (part[stage // 4] for part in scene_parts())
    found: Bools = (named == source.master) & (stage % 2 == 0) & (cause == VIOLATION) & (loud == 0)
    return found


def likelihood(setting: Setting, index: int, heard: Said, original: Ints | None) -> Floats:
    """Chance of what the source was seen to say, in each stage: [hypotheses, stages].

    `original` is the outcome of the source it copies. Words tell repetition from speech: independent texts
    never come as near as repeated ones.
    """
    source = setting.sources[index]
    rows = np.arange(len(heard.outcome))
    aware = knows(source, setting.what, setting.night, setting.sensed.get(index))
    table = own_table(source, index, setting)[rows, :, heard.outcome]
    found = np.repeat(said(source, table, aware), 4, axis=1)
    asks = _asks(setting.scenario, source)
    at_work = np.zeros((len(rows), STAGES), dtype=np.bool_)
    if asks is not None:
        stages = np.arange(STAGES, dtype=np.int64)
        named = setting.what.named[:, None]
        attack, defend = _at_work(source, named, stages // 2 % 2, stages % 2)
        lie, denial, alibi = orders(source, asks)
        found = np.where(attack, lie[heard.outcome][:, None], found)
        found = np.where(defend, denial[heard.outcome][:, None], found)
        if alibi is not None:
            admits = _admits(source, named, stages)
            found = np.where(admits, alibi[heard.outcome][:, None], found)
        at_work = attack | defend
    if original is None:
        return found
    rate = np.where((original != SILENT)[:, None], repeat_rate(source, asks, at_work), 0.0)
    plain = heard.declared | heard.verbatim
    again = rate * np.where(plain, 1.0, source.paraphrase * (heard.outcome == original))[:, None]
    if source.parent is not None:
        again = again * heard.declared[:, None]
    return np.where(plain[:, None], again, again + (1 - rate) * found)


def is_leaf(source: Source, index: int, originals: set[int]) -> bool:
    """Whether it speaks for itself, is nobody's original and no adversary's: its words may be strays."""
    return source.way != BLIND and source.copies is None and index not in originals and source.master is None
