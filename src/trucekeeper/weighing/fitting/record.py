"""What the adjudicated incidents say beyond the tables: learnt by weighing each with tables that have not seen it.

A ridge holds every number at nought: with few adjudicated incidents next to nothing is learnt.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trucekeeper.weighing.balance import CROWD
from trucekeeper.weighing.evidence import Alleged, Cause, Evidence
from trucekeeper.weighing.fit import CLASS, NAMED, SOURCE, Fit
from trucekeeper.weighing.fitting.arrays import Arrays
from trucekeeper.weighing.fitting.dirichlet import Floats
from trucekeeper.weighing.fitting.exams import Marks, alike
from trucekeeper.weighing.scale import Scale
from trucekeeper.weighing.voiced import FULL, MOST_RECORD, MOST_TOLD, usual

FOLDS = 5
FEWEST = 20
"""With fewer adjudicated incidents nothing is learnt."""

HOLD_CLASS, HOLD_SOURCE, HOLD_CAUSE = 10.0, 40.0, 15.0
"""Ridges: before anything is learnt, a voice of a class tells 0.32 nats at the usual, a source's own 0.16, a cause 0.26
(one standard deviation)."""

ROUNDS = 60
MICRO = 1e6

Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Adjudicated incidents on the scales: log-odds of rivals, how far the record counts, who spoke, what was so."""

    against: Floats
    counts: Floats
    voices: Floats
    keys: tuple[Key, ...]
    truth: Floats


def folded(evidence: Evidence) -> tuple[frozenset[str], ...]:
    """The adjudicated incidents in parts; each part spans the whole time. None where there are too few."""
    decided = [one for one in evidence.hypotheses if one.adjudicated is not None]
    if len(decided) < FEWEST:
        return ()
    order = sorted(decided, key=lambda one: (one.start_ms, one.lat_u, one.lon_u, one.id))
    return tuple(frozenset(one.id for one in order[at::FOLDS]) for at in range(FOLDS))


def recorded(
    evidence: Evidence,
    arrays: Arrays,
    mute: Marks,
    parts: Sequence[frozenset[str]],
    without: Callable[[frozenset[str]], Fit],
) -> tuple[Mapping[tuple[str, str], tuple[int, int]], tuple[int, int, int, int]]:
    """``voiced`` and ``record`` of a fit. ``without`` makes a fit that has not seen some incidents.

    ``mute`` are the rows of those who have no record.
    """
    weighed: list[tuple[Alleged, Floats, Floats]] = []
    scale: Scale | None = None
    for part in parts:
        fit = without(part)
        scale = Scale(evidence, fit) if scale is None else scale.by(fit)
        weighed += [_weighed(scale, one) for one in evidence.hypotheses if one.id in part]
    seen = _seen(
        weighed, dict(zip((one.id for one in evidence.hypotheses), _spoken(arrays, mute), strict=True))
    )
    told, record = _solved(seen)
    voiced: dict[tuple[str, str], tuple[int, int]] = {}
    for (name, stance, word), value in zip(seen.keys, told, strict=True):
        pair = list(voiced.get((name, stance), (0, 0)))
        pair[word] = _micro(value, MOST_TOLD)
        voiced[name, stance] = (pair[0], pair[1])
    a, b, c, d = (_micro(value, MOST_RECORD) for value in record)
    return {key: pair for key, pair in voiced.items() if any(pair)}, (a, b, c, d)


def _weighed(scale: Scale, alleged: Alleged) -> tuple[Alleged, Floats, Floats]:
    balance = scale.balance(alleged)
    total = balance.total
    against = [rival - one for rival, one in zip(balance.rivals, total, strict=True)]
    return alleged, np.array(against) / MICRO, np.array(usual(balance.parts)) / FULL


def _spoken(arrays: Arrays, mute: Marks) -> list[dict[Key, float]]:
    """Of each hypothesis, how often each class, up to a crowd, and each source spoke."""
    said = arrays.spoken
    found: list[dict[Key, float]] = [{} for _ in arrays.base]
    kinds = [said.pools[int(pool)][0] for pool in said.pool_of_row]
    items = said.item_of_band[said.band]
    for item, row, symbol in zip(map(int, items), map(int, said.row), map(int, said.symbol), strict=True):
        word = 0 if symbol == 0 else 1
        source, stance, _ = said.rows[row]
        if (stance == NAMED and word) or mute[row]:
            continue
        mine = found[item]
        usually = (CLASS + kinds[row], stance, word)
        mine[usually] = min(mine.get(usually, 0.0) + 1.0, float(CROWD))
        mine[SOURCE + source, stance, word] = 1.0
    return found


def _seen(
    weighed: Sequence[tuple[Alleged, Floats, Floats]], spoken: Mapping[str, Mapping[Key, float]]
) -> _Seen:
    """Arrays; only of those whom the adjudicated incidents heard as often as the rest."""
    decided = [one.id for one, _, _ in weighed]
    keys = tuple(_often(spoken[name] for name in decided))
    voices = _table([spoken[name] for name in decided], keys)
    known = frozenset(decided)
    rest = _table([found for name, found in spoken.items() if name not in known], keys)
    kept = alike(voices, rest)
    return _Seen(
        np.stack([against for _, against, _ in weighed]),
        np.stack([counts for _, _, counts in weighed]),
        voices[:, kept],
        tuple(key for key, keep in zip(keys, kept, strict=True) if keep),
        np.array([one.adjudicated is Cause.VIOLATION for one, _, _ in weighed], dtype=np.float64),
    )


def _often(spoken: Iterable[Mapping[Key, float]]) -> list[Key]:
    times: dict[Key, int] = {}
    for found in spoken:
        for key in found:
            times[key] = times.get(key, 0) + 1
    return sorted(key for key, count in times.items() if count >= 3)


def _table(spoken: Sequence[Mapping[Key, float]], keys: Sequence[Key]) -> Floats:
    column = {key: at for at, key in enumerate(keys)}
    table = np.zeros((len(spoken), len(keys)))
    for row, found in enumerate(spoken):
        for key, value in found.items():
            if key in column:
                table[row, column[key]] = value
    return table


def _solved(seen: _Seen) -> tuple[Floats, Floats]:
    """The numbers that foretell the adjudicated best, by Newton's method with a ridge."""
    size = len(seen.keys)
    hold = np.array(
        [HOLD_CLASS if name.startswith(CLASS) else HOLD_SOURCE for name, _, _ in seen.keys]
        + [HOLD_CAUSE] * seen.against.shape[1]
    )
    found: Floats = np.zeros(len(hold))
    for _ in range(ROUNDS):
        joint: Floats = seen.against + seen.counts * found[size:]
        top: Floats = joint.max(axis=1, keepdims=True)
        risen: Floats = np.exp(joint - top)
        whole: Floats = risen.sum(axis=1, keepdims=True)
        odds: Floats = seen.voices @ found[:size] - (top + np.log(whole))[:, 0]
        chance: Floats = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
        slope: Floats = np.concatenate([seen.voices, -risen / whole * seen.counts], axis=1)
        fall: Floats = slope.T @ (chance - seen.truth) + hold * found
        bend: Floats = (slope * (chance * (1 - chance))[:, None]).T @ slope + np.diag(hold)
        step: Floats = np.asarray(np.linalg.solve(bend, fall), dtype=np.float64)
        longest = float(np.abs(step).max(initial=0.0))
        found = found - step * min(1.0, 1.0 / max(longest, 1e-9))
        if longest < 1e-6:
            break
    return found[:size], found[size:]


def _micro(nats: float, most: int) -> int:
    return max(-most, min(most, round(nats * MICRO)))
