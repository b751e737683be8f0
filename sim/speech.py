"""What people perceive and what they then say: tables that both the draw and the oracle use.

The numbers are judgement unless a source is named; README.md lists them.
"""

import numpy as np

from sim.arrays import Bools, Floats, Ints
from sim.hawkes import Happenings
from sim.roster import BLIND, DISTANT, INSIDER, INVESTIGATOR, WITNESS, Source
from sim.states import scene_parts
from sim.words import OUTCOMES

NONE, SEES_V, SEES_L, SEES_A, SEES_S, SEES_N = range(6)
"""Percepts: nothing known; a violation; a lawful act; an accident; something staged; that nothing happened."""

SEEN: dict[str, tuple[tuple[tuple[float, ...], ...], ...]] = {
    # cause: ((looks innocent), (looks hostile)), each (violation, lawful, accident, staged, nothing)
    WITNESS: (
        ((0.5, 0.2, 0.3, 0, 0), (0.86, 0.04, 0.08, 0.02, 0)),
        ((0.15, 0.65, 0.2, 0, 0), (0.75, 0.15, 0.1, 0, 0)),
        ((0.15, 0.15, 0.7, 0, 0), (0.7, 0.05, 0.25, 0, 0)),
        ((0.4, 0.05, 0.15, 0.4, 0), (0.8, 0.04, 0.08, 0.08, 0)),
        ((0.02, 0.02, 0.02, 0, 0.94), (0.6, 0.05, 0.1, 0, 0.25)),
    ),
    INVESTIGATOR: (
        ((0.75, 0.08, 0.12, 0.03, 0.02), (0.9, 0.03, 0.04, 0.02, 0.01)),
        ((0.06, 0.86, 0.06, 0, 0.02), (0.3, 0.62, 0.06, 0, 0.02)),
        ((0.06, 0.06, 0.86, 0, 0.02), (0.3, 0.05, 0.62, 0.01, 0.02)),
        ((0.2, 0.03, 0.07, 0.65, 0.05), (0.5, 0.04, 0.08, 0.35, 0.03)),
        ((0.03, 0.03, 0.04, 0.02, 0.88), (0.15, 0.04, 0.06, 0.02, 0.73)),
    ),
    DISTANT: (
        ((0.6, 0.15, 0.2, 0.02, 0.03), (0.85, 0.04, 0.07, 0.02, 0.02)),
        ((0.3, 0.5, 0.15, 0, 0.05), (0.75, 0.15, 0.08, 0, 0.02)),
        ((0.3, 0.1, 0.55, 0, 0.05), (0.7, 0.05, 0.22, 0.01, 0.02)),
        ((0.5, 0.05, 0.15, 0.25, 0.05), (0.78, 0.04, 0.08, 0.08, 0.02)),
        ((0.3, 0.05, 0.05, 0.05, 0.55), (0.75, 0.04, 0.06, 0.02, 0.13)),
    ),
    INSIDER: tuple((tuple(0.9 if at == cause else 0.025 for at in range(5)),) * 2 for cause in range(5)),
    BLIND: (((1.0, 0, 0, 0, 0),) * 2,) * 5,
}
HEARS_OF_NOTHING = {
    WITNESS: (0.3, 0.7),
    INVESTIGATOR: (0.8, 0.8),
    DISTANT: (0.05, 0.8),
    INSIDER: (1, 1),
    BLIND: (0, 0),
}
"""Factor on the chance to know of it where nothing happened: quiet, and with a rumour about."""
WITNESS_KM = (1.5, 3.0, 5.0)
INVESTIGATES = (0.35, 0.6, 0.8)
NGO_FACTOR = 0.45
READS = (0.15, 0.35, 0.55)
NIGHT_WITNESS = 0.7
EXCUSES = (0.2, 0.15, 0.3, 0.15, 0.2)
"""How a denial that knows better is dressed: no account, lawful, accident, staged, nothing."""
POSTED_AND_SAW_NOTHING = 0.35
HEARSAY = (0.004, 0.003)
OWN, OTHER, NEUTRAL = 0, 1, 2
"""What the named side is to a source: the one whose interest it shares, the other one, or neither matters."""
SAYS = len(OUTCOMES)


def relation(source: Source, named: Ints) -> Ints:
    """OWN, OTHER or NEUTRAL for each hypothesis."""
    if source.side is None:
        return np.full(len(named), NEUTRAL, dtype=np.int64)
    return np.where(named == source.side, OWN, OTHER).astype(np.int64)


def _affirm(chance: float, tells: float) -> Floats:
    row = np.zeros(SAYS)
    row[1], row[2] = chance * (1 - tells), chance * tells
    return row


def _deny(chance: float, tells: float, percept: int) -> Floats:
    row = np.zeros(SAYS)
    row[3], row[percept + 2] = chance * (1 - tells), chance * tells
    return row


def _excuse(chance: float) -> Floats:
    row = np.zeros(SAYS)
    row[3:8] = chance * np.array(EXCUSES)
    return row


def _silence(rows: Floats) -> Floats:
    """The rest of each row is silence."""
    rows[..., 0] = 1 - rows[..., 1:].sum(axis=-1)
    return rows


def _citizen(source: Source) -> Floats:
    """[relation, percept, outcome] of somebody with eyes, a heart and perhaps a side."""
    rows = np.zeros((3, 6, SAYS))
    speaks, objects, tells, bend = source.speaks, source.objects, source.tells, source.bend
    for percept in range(SEES_L, SEES_N + 1):
        rows[NEUTRAL, percept] = _deny(objects, tells, percept)
        rows[OTHER, percept] = _affirm(speaks * bend * 0.6, tells) + _deny(
            objects * (1 - bend), tells, percept
        )
        rows[OWN, percept] = _deny(min(0.95, objects * (1 + bend)), tells, percept)
    rows[NEUTRAL, SEES_V] = _affirm(speaks, tells)
    rows[OTHER, SEES_V] = _affirm(min(0.95, speaks * (1 + 0.5 * bend)), tells)
    rows[OWN, SEES_V] = _affirm(speaks * (1 - bend) * 0.6, tells) + _excuse(speaks * bend * 0.6)
    rows[:, NONE] = _affirm(HEARSAY[0], tells) + _excuse(HEARSAY[1])
    rows[OTHER, NONE] += _affirm(0.03 * bend, tells)
    rows[OWN, NONE] += _excuse(0.03 * bend)
    if source.contrary:
        rows[:, :, [1, 2, 3, 7]] = rows[:, :, [3, 7, 1, 2]]
    return _silence(rows)


def _spokesman(source: Source, *, claimed: bool) -> Floats:
    """[relation, percept, outcome] of who speaks for a side: claims are upheld, the own side denies."""
    rows = np.zeros((3, 6, SAYS))
    loud = 1.0 if claimed else 0.12
    rows[OTHER, :] = _affirm(0.92 if claimed else 0.02, source.tells)
    rows[OWN, NONE] = _excuse(0.6 * loud)
    rows[OWN, SEES_V] = _excuse(0.78 * loud) + _affirm(0.03 * loud, source.tells)
    for percept in range(SEES_L, SEES_N + 1):
        rows[OWN, percept] = _deny(0.55 * loud, source.tells, percept) + _excuse(0.27 * loud)
    return _silence(rows)


def responses(source: Source) -> Floats:
    """Chances of what is said: [claimed, relation, percept, outcome]."""
    if source.way == INSIDER:
        return np.stack([_spokesman(source, claimed=False), _spokesman(source, claimed=True)])
    if source.way == BLIND:
        rows = np.zeros((2, 3, 6, SAYS))
        rows[..., 1:] = (0.005, 0.005, 0.005, 0, 0, 0, 0.005) if source.role != "own" else 0.0
        return _silence(rows)
    return np.stack([_citizen(source)] * 2)


def seen(source: Source) -> Floats:
    """Chances of percepts for one who knows of it: [scene, percept 1 to 5], with honest mistakes."""
    cause, hostile, _ = scene_parts()
    table = np.array(SEEN[source.way])[cause, hostile]
    mixed: Floats = (1 - source.error) * table + source.error / 5
    return mixed


def knows(source: Source, what: Happenings, night: Bools, sensed: Floats | None) -> Floats:
    """Chance to know of what happened: [hypotheses, loudness]. A patrol knows what it sensed."""
    if sensed is not None:
        return np.repeat(sensed[:, None], 3, axis=1)
    if source.way == WITNESS:
        km = np.hypot(what.x - source.x, what.y - source.y)
        reach = np.exp(-((km[:, None] / np.array(WITNESS_KM)) ** 2)) * (
            1 - (1 - NIGHT_WITNESS) * night[:, None]
        )
        return np.where(what.hidden[:, None], 0.0, reach)
    if source.way == INVESTIGATOR:
        near = (
            np.exp(-np.abs(what.x - source.x) / 25)
            if source.kind == "monitor"
            else np.full(len(what), NGO_FACTOR)
        )
        visited: Floats = np.where(what.hidden[:, None], 0.0, near[:, None] * np.array(INVESTIGATES))
        return visited
    if source.way == DISTANT:
        read: Floats = np.where(what.hidden[:, None], 0.3, 1.0) * np.array(READS)
        return read
    return np.full((len(what), 3), 0.95 if source.way == INSIDER else 0.0)


def said(source: Source, row: Floats, aware: Floats) -> Floats:
    """Chance of one outcome a hypothesis, in every scene: [hypotheses, scenes].

    `row` is [hypotheses, percepts]: the chance of that outcome given each percept; `aware` comes from knows().
    """
    cause, hostile, loud = scene_parts()
    heard = np.where(cause == 4, np.array(HEARS_OF_NOTHING[source.way])[hostile], 1.0)
    gain = (row[:, 1:] @ seen(source).T - row[:, :1]) * heard
    found: Floats = row[:, :1] + aware[:, loud] * gain
    return found


def chances(source: Source, table: Floats, aware: Floats, scene: Ints) -> Floats:
    """Chances of all outcomes in each hypothesis's true scene: [hypotheses, outcomes].

    `table` is [hypotheses, percepts, outcomes].
    """
    cause, hostile, loud = (part[scene] for part in scene_parts())
    heard = np.where(cause == 4, np.array(HEARS_OF_NOTHING[source.way])[hostile], 1.0)
    reach = aware[np.arange(len(scene)), loud] * heard
    percepts = np.concatenate([1 - reach[:, None], reach[:, None] * seen(source)[scene]], axis=1)
    found: Floats = np.einsum("hp,hpo->ho", percepts, table)
    return found
