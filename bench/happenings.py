"""Happenings along a line and what several sources report of them, made for the benchmark of linking."""

from dataclasses import dataclass

import numpy as np

from trucekeeper.incidents.bulk import Reports

SOURCES, KINDS, WEAPONS, PLACES, NOISE = 70, 12, 10, 4_000, 3_000
HOUR_MS = 3_600_000
MIDDLE_LAT, MIDDLE_LON = 48.0, 37.5
LENGTH_M, WIDTH_M = 300_000, 50_000
DAYS_A_MILLION = 45
"""So many days hold a million reports; fewer reports lie in fewer days, as dense."""


@dataclass(frozen=True)
class Made:
    """Reports, and the happening that each of them is of."""

    reports: Reports
    happening: np.ndarray


def make(count: int, seed: int, days_a_million: float = DAYS_A_MILLION) -> Made:
    """So many reports: three for a happening on average, a third of the happenings in bursts."""
    chance = np.random.default_rng(seed)
    told = np.minimum(1 + chance.geometric(0.42, count) - 1 + (chance.random(count) < 0.5), 12)
    told = told[np.cumsum(told) <= count]
    told = np.append(told, np.ones(count - told.sum(), dtype=told.dtype))
    x, y, t = _places(chance, len(told), days_a_million * 24 * HOUR_MS * count / 1e6)
    owner = np.repeat(np.arange(len(told)), told)
    source = _sources(chance, told)
    return Made(_reports(chance, owner, source, (x, y, t)), owner)


def _places(
    chance: np.random.Generator, count: int, span_ms: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y = chance.random(count) * LENGTH_M, chance.normal(0, WIDTH_M / 4, count)
    t = chance.random(count) * span_ms
    burst = chance.random(count) < 1 / 3
    parent = chance.integers(0, max(count // 20, 1), count)
    x = np.where(burst, x[parent] + chance.normal(0, 3_000, count), x)
    y = np.where(burst, y[parent] + chance.normal(0, 3_000, count), y)
    t = np.where(burst, t[parent] + chance.exponential(1.5 * HOUR_MS, count), t)
    return x, y, t


def _sources(chance: np.random.Generator, told: np.ndarray) -> np.ndarray:
    """Different ones for each happening, some far busier than others."""
    owner = np.repeat(np.arange(len(told)), told)
    weight = 1 / np.arange(2, SOURCES + 2)
    source = chance.choice(SOURCES, len(owner), p=weight / weight.sum())
    for _ in range(200):
        order = np.lexsort((source, owner))
        twice = order[1:][(owner[order][1:] == owner[order][:-1]) & (source[order][1:] == source[order][:-1])]
        if not len(twice):
            return source
        source[twice] = chance.integers(0, SOURCES, len(twice))
    msg = "the sources of a happening could not be made different"
    raise SystemExit(msg)


def _reports(
    chance: np.random.Generator,
    owner: np.ndarray,
    source: np.ndarray,
    where: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Reports:
    x, y, t = (each[owner] for each in where)
    n = len(owner)
    happenings = int(owner.max()) + 1
    usual = np.exp(chance.uniform(np.log(40), np.log(3_000), SOURCES))[source]
    truth_m = np.clip(usual * np.exp(chance.normal(0, 0.4, n)), 20, 7_000)
    boast = np.where(
        chance.random(SOURCES) < 0.3, chance.uniform(1.5, 3, SOURCES), chance.uniform(0.8, 1.2, SOURCES)
    )
    stated = truth_m / boast[source]
    error = chance.normal(0, 1, (2, n)) * truth_m / 2
    lat = MIDDLE_LAT + (y + error[1]) / 111_195
    lon = MIDDLE_LON + (x + error[0]) / (111_195 * np.cos(np.radians(MIDDLE_LAT)))
    wide = np.exp(chance.uniform(np.log(1), np.log(60), n)) * 60_000
    start = 1_700_000_000_000 + t + chance.laplace(0, 120_000, n) - chance.random(n) * wide
    kind_of = chance.choice(KINDS, happenings, p=_uneven(KINDS))[owner]
    weapon_of = ((kind_of * 3 + chance.integers(0, 4, happenings)[owner]) % WEAPONS).astype(np.int64)
    return Reports(
        _whole(lat * 1e6), _whole(lon * 1e6), np.maximum(_whole(stated), 10),
        _whole(start), _whole(start + wide), source.astype(np.int64),
        _blurred(chance, kind_of, KINDS, 0.15, 0.1), _blurred(chance, weapon_of, WEAPONS, 0.5, 0.15),
        _words(chance, owner, source, where, kind_of), chance.permutation(n).astype(np.int64),
    )  # fmt: skip


def _whole(values: np.ndarray) -> np.ndarray:
    return np.rint(values).astype(np.int64)


def _uneven(count: int) -> np.ndarray:
    weight = 1 / np.arange(1, count + 1)
    return weight / weight.sum()


def _blurred(
    chance: np.random.Generator, codes: np.ndarray, count: int, missing: float, wrong: float
) -> np.ndarray:
    said = np.where(chance.random(len(codes)) < wrong, chance.integers(0, count, len(codes)), codes)
    return np.where(chance.random(len(codes)) < missing, -1, said).astype(np.int64)


def _words(
    chance: np.random.Generator,
    owner: np.ndarray,
    source: np.ndarray,
    where: tuple[np.ndarray, np.ndarray, np.ndarray],
    kind: np.ndarray,
) -> np.ndarray:
    """A settlement, a word for the kind in one of three tongues, and chatter; a fifth say nothing."""
    x, y, _ = where
    town = ((x // 4_000).astype(np.int64) * 64 + (y // 4_000).astype(np.int64) + 32)[owner] % PLACES
    n = len(owner)
    tongue = source % 3
    words = np.zeros((n, 6), dtype=np.int64)
    words[:, 0] = np.where(chance.random(n) < 0.6, 1 + town, 0)
    words[:, 1] = 10_000 + tongue * 100 + kind
    words[:, 2:] = 20_000 + tongue[:, None] * NOISE + (chance.random((n, 4)) ** 3 * NOISE).astype(np.int64)
    words[chance.random(n) < 0.2] = 0
    return (words * 40_503 % 65_521).astype(np.uint16)
