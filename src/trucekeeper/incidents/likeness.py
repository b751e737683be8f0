"""How much speaks for two reports being of one happening, for millions of pairs at once.

A log-likelihood ratio in whole millinats. Place and time: how dense two statements of one happening would lie at this
distance, by their stated uncertainty, over how dense reports lie here and now by chance. Kind, weapon, words: how
much likelier they agree than by chance. What is absent speaks neither for nor against.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trucekeeper.incidents import cells
from trucekeeper.incidents.cells import EARTH_M, Floats, Ints, Reach

THRESHOLD = 0
"""What a pair must reach to be joined, in millinats: one happening is as likely as chance."""

PLACE_FLOOR_M, PLACE_SIGMA = 40.0, 0.6
"""Standard error on each axis, in metres: a floor, and this share of the stated radius."""

TIME_FLOOR_MS = 150_000.0
"""Standard error of a stated time beyond its interval."""

TAIL, TAIL_WIDE = 0.15, 3.0
"""So many statements are this many times as far off as they say."""

KIND_KEPT, WEAPON_KEPT = 0.8, 0.7
"""Chance that two statements of one happening take their kind (weapon) from it, not from the common run."""

AGREE_MOST = 2.5
WORD_SHARE, WORD_MOST, WORDS_MOST = 0.35, 1.2, 3.0
"""Words hang together: each shared one counts this share of its rarity, up to so much, all up to so much."""

GATE = 5.0
"""A pair further apart than so many joint standard errors is not looked at."""

_HOUR_MS = 3_600_000
NEAR_M, NEAR_MS = 12_000.0, 2 * _HOUR_MS
WIDE_M, WIDE_MS = 100_000.0, 24 * _HOUR_MS
OWN = 4
"""So many reports of one neighbourhood are no crowd."""

RARE = 1 / (15_000e6 * 24 * _HOUR_MS)
"""Chance reports lie at least this dense: one a day on 15,000 km2, per square metre and millisecond."""


@dataclass(frozen=True, slots=True)
class Reports:
    """One row a report. ``kind`` and ``weapon`` are codes, -1 unknown; ``words`` hashed words, 0 none; ``key`` unique.

    Microdegrees, metres, milliseconds. ``words`` has one column for each word kept.
    """

    lat_u: Ints
    lon_u: Ints
    radius_m: Ints
    start_ms: Ints
    end_ms: Ints
    source: Ints
    kind: Ints
    weapon: Ints
    words: NDArray[np.uint16]
    key: Ints

    def __len__(self) -> int:
        return len(self.lat_u)

    def take(self, rows: Ints) -> "Reports":
        """Those rows, in that order."""
        return Reports(
            self.lat_u[rows], self.lon_u[rows], self.radius_m[rows], self.start_ms[rows], self.end_ms[rows],
            self.source[rows], self.kind[rows], self.weapon[rows], self.words[rows], self.key[rows],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Errors:
    """What each source's stated variances, of place and of time, are to be multiplied by; one row a source code."""

    place: Floats
    time: Floats


@dataclass(frozen=True, slots=True)
class Weights:
    """All that a score reads of each report."""

    reach: Reach
    place: Floats
    time: Floats
    rarity: Floats
    kinds: Floats
    weapons: Floats
    words: Floats


def scores(reports: Reports, weights: Weights) -> tuple[Ints, Ints, Ints]:
    """The pairs of different sources that reach THRESHOLD, and what they reach."""
    if len(reports) < 2:
        none = np.empty(0, dtype=np.int64)
        return none, none, none
    found = [_scored(reports, weights, a, b) for a, b in cells.pairs(weights.reach)]
    if not found:
        none = np.empty(0, dtype=np.int64)
        return none, none, none
    one, other, milli = (np.concatenate(column) for column in zip(*found, strict=True))
    return one, other, milli


def weigh(reports: Reports, errors: Errors) -> Weights:
    """What the scores read, with each source taken for as exact as it has proved to be."""
    lat, lon = np.radians(reports.lat_u / 1e6), np.radians(reports.lon_u / 1e6)
    xyz = EARTH_M * np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
    at_ms = (reports.start_ms + reports.end_ms) // 2
    place = PLACE_FLOOR_M**2 + (PLACE_SIGMA * reports.radius_m) ** 2 * errors.place[reports.source]
    time = (TIME_FLOOR_MS**2 + (reports.end_ms - reports.start_ms) ** 2 / 12.0) * errors.time[reports.source]
    reach = Reach(lat, lon, xyz, at_ms, GATE * np.sqrt(place), GATE * np.sqrt(time))
    words = np.bincount(reports.words.ravel(), minlength=65_536)
    rare = WORD_SHARE * np.log(len(reports) / np.maximum(words, 1))
    rare = np.clip(rare, 0.0, WORD_MOST)
    rare[0] = 0.0
    kinds, weapons = _agreement(reports.kind, KIND_KEPT), _agreement(reports.weapon, WEAPON_KEPT)
    return Weights(reach, place, time, np.log(_chance(reach)), kinds, weapons, rare)


def _chance(reach: Reach) -> Floats:
    near = np.maximum(_crowd(reach, NEAR_M, NEAR_MS) - OWN, 0) / (NEAR_M**2 * NEAR_MS)
    return RARE + _crowd(reach, WIDE_M, WIDE_MS) / (WIDE_M**2 * WIDE_MS) + near


def _crowd(reach: Reach, side_m: float, side_ms: int) -> Ints:
    row = np.floor(reach.lat * (EARTH_M / side_m)).astype(np.int64)
    count = cells.columns(row, side_m)
    column = np.floor((reach.lon / (2 * np.pi) + 0.5) * count).astype(np.int64) % count
    time = reach.at_ms // side_ms
    key = ((time - time.min()) * 4096 + row + 2048) * 4096 + column
    _, place, counts = np.unique(key, return_inverse=True, return_counts=True)
    return counts[place].astype(np.int64)


def _agreement(codes: Ints, kept: float) -> Floats:
    """What it is worth that both say this code."""
    known = codes[codes >= 0]
    if not len(known):
        return np.zeros(1)
    share = np.bincount(known) / len(known)
    return np.minimum(np.log(kept / np.maximum(share, 1e-9) + 1 - kept), AGREE_MOST)


def _scored(reports: Reports, weights: Weights, a: Ints, b: Ints) -> tuple[Ints, Ints, Ints]:
    reach = weights.reach
    apart_ms = (reach.at_ms[a] - reach.at_ms[b]).astype(np.float64)
    time = weights.time[a] + weights.time[b]
    keep = (reports.source[a] != reports.source[b]) & (apart_ms**2 <= GATE**2 * time)
    a, b, apart_ms, time = a[keep], b[keep], apart_ms[keep], time[keep]
    place = weights.place[a] + weights.place[b]
    apart = reach.xyz[a] - reach.xyz[b]
    square = apart[:, 0] ** 2 + apart[:, 1] ** 2 + apart[:, 2] ** 2
    keep = square <= GATE**2 * place
    a, b = a[keep], b[keep]
    apart_ms, time, place, square = apart_ms[keep], time[keep], place[keep], square[keep]
    nats = _spread(square, place, 2) + _spread(apart_ms**2, time, 1)
    nats -= (weights.rarity[a] + weights.rarity[b]) / 2
    nats += _agree(reports.kind[a], reports.kind[b], weights.kinds, KIND_KEPT)
    nats += _agree(reports.weapon[a], reports.weapon[b], weights.weapons, WEAPON_KEPT)
    nats += _shared(reports.words, weights.words, a, b)
    milli = np.rint(nats * 1000).astype(np.int64)
    keep = milli >= THRESHOLD
    return a[keep], b[keep], milli[keep]


def _spread(square: Floats, variance: Floats, axes: int) -> Floats:
    """Log density of two statements of one happening, this far apart on so many axes."""
    core = (1 - TAIL) * np.exp(-square / (2 * variance))
    tail = TAIL / TAIL_WIDE**axes * np.exp(-square / (2 * TAIL_WIDE**2 * variance))
    return np.log(core + tail) - axes / 2 * np.log(2 * np.pi * variance)


def _agree(a: Ints, b: Ints, worth: Floats, kept: float) -> Floats:
    same = np.where(a == b, worth[np.maximum(a, 0)], math.log(1 - kept))
    return np.where((a < 0) | (b < 0), 0.0, same)


def _shared(words: NDArray[np.uint16], worth: Floats, a: Ints, b: Ints) -> Floats:
    one, other = words[a], words[b]
    total = np.zeros(len(a))
    for at in range(words.shape[1]):
        word = one[:, at]
        total += np.where((other == word[:, None]).any(axis=1), worth[word], 0.0)
    return np.minimum(total, WORDS_MOST)
