"""Pairs of reports that may be one happening, for a million at once: cells of place, windows of time.

Every report reaches so many metres and milliseconds. Reports of about the same reach form a class; two classes are
compared in cells of twice their joint reach, so that whatever meets lies in one of four cells, and within a cell in
one window of time. Rows of cells run along parallels; each has as many cells as its own length holds, and near a
pole only one, so no pair is lost at a pole or at the antimeridian.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

EARTH_M = 6_371_008.8
"""Mean radius, in metres: the linker measures on a sphere."""

_CHUNK = 200_000
_POLAR = 64
"""A row of fewer cells than this is one cell."""

_PLACE_STEP, _TIME_STEP = 4.0, 8.0
_PLACE_LEAST_M, _TIME_LEAST_MS = 800.0, 1_200_000.0


@dataclass(frozen=True, slots=True)
class Reach:
    """Where each report is (radians, metres on the chord), when (ms), and how far from there it may be linked."""

    lat: Floats
    lon: Floats
    xyz: Floats
    at_ms: Ints
    place_m: Floats
    time_ms: Floats


def pairs(reach: Reach) -> Iterator[tuple[Ints, Ints]]:
    """Each pair whose reaches may meet, once, in chunks; the first index is the lower. Too many, never too few."""
    classes = _classes(reach)
    names = np.unique(classes)
    members = [np.flatnonzero(classes == name) for name in names]
    for at, one in enumerate(members):
        for other in members[at:]:
            few, many = (one, other) if len(one) <= len(other) else (other, one)
            for a, b in _between(reach, few, many):
                low, high = np.minimum(a, b), np.maximum(a, b)
                once = a < b if few is many else slice(None)
                yield low[once], high[once]


def columns(row: Ints, cell_m: float) -> Ints:
    """How many cells each row has."""
    edge = np.maximum(np.abs(row), np.abs(row + 1))
    cosine = np.cos(np.minimum(edge * (cell_m / EARTH_M), np.pi / 2))
    count = np.floor(2 * np.pi * EARTH_M * cosine / cell_m).astype(np.int64)
    whole: Ints = np.where(count < _POLAR, 1, count)
    return whole


def _classes(reach: Reach) -> Ints:
    place = np.ceil(np.log(np.maximum(reach.place_m / _PLACE_LEAST_M, 1.0)) / np.log(_PLACE_STEP))
    time = np.ceil(np.log(np.maximum(reach.time_ms / _TIME_LEAST_MS, 1.0)) / np.log(_TIME_STEP))
    names: Ints = place.astype(np.int64) * 64 + time.astype(np.int64)
    return names


def _between(reach: Reach, few: Ints, many: Ints) -> Iterator[tuple[Ints, Ints]]:
    cell_m = 2.1 * float(reach.place_m[few].max() + reach.place_m[many].max())
    origin = int(min(reach.at_ms[few].min(), reach.at_ms[many].min()))
    seconds = np.minimum((reach.at_ms - origin) // 1000, 2**32 - 1)
    if cell_m > EARTH_M:
        cell_m = 100 * EARTH_M
    row, _ = _split(reach.lat[many] * (EARTH_M / cell_m))
    keys = (_cell(reach.lon[many], row, cell_m, np.zeros_like(row)) << 32) | seconds[many]
    order = np.argsort(keys, kind="stable")
    keys, sorted_many = keys[order], many[order]
    wide = np.ceil((reach.time_ms[few] + float(reach.time_ms[many].max())) / 1000).astype(np.int64) + 1
    early, late = np.maximum(seconds[few] - wide, 0), np.minimum(seconds[few] + wide, 2**32 - 1)
    row, side = _split(reach.lat[few] * (EARTH_M / cell_m))
    for rows in (row, row + side):
        one = columns(rows, cell_m) == 1
        for step in (0, 1):
            cell = _cell(reach.lon[few], rows, cell_m, np.full_like(rows, step))
            first = np.searchsorted(keys, (cell << 32) | early, side="left")
            last = np.searchsorted(keys, (cell << 32) | late, side="right")
            if step:
                last = np.where(one, first, last)
            yield from _spread(few, first, last, sorted_many)


def _split(scaled: Floats) -> tuple[Ints, Ints]:
    row = np.floor(scaled)
    side = np.where(scaled - row < 0.5, -1, 1)
    return row.astype(np.int64), side.astype(np.int64)


def _cell(lon: Floats, row: Ints, cell_m: float, step: Ints) -> Ints:
    count = columns(row, cell_m)
    column, side = _split((lon / (2 * np.pi) + 0.5) * count)
    column = (column + side * step) % count
    wide = int(2 * np.pi * EARTH_M / cell_m) + 2
    half = int(np.pi / 2 * EARTH_M / cell_m) + 3
    number: Ints = (row + half) * wide + column
    return number


def _spread(few: Ints, first: Ints, last: Ints, many: Ints) -> Iterator[tuple[Ints, Ints]]:
    counts = last - first
    some = np.flatnonzero(counts > 0)
    if not len(some):
        return
    ends = np.cumsum(counts[some])
    start = 0
    while start < len(some):
        done = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, done + _CHUNK, side="right")), start + 1)
        part = some[start:stop]
        count = counts[part]
        offset = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        yield np.repeat(few[part], count), many[np.repeat(first[part], count) + offset]
        start = stop
