"""Two observers of the same sirens: delay and misses are fitted on the first months, and told of the months kept aside.

The tables are those of the model: one for each region, a draw from a Dirichlet that the regions share. A symbol is how
far the other observer's alert lies: within 1, 5 or 30 minutes, or nowhere. Real data; see its SOURCE.txt.
"""

import csv
import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from measures import ece
from rows import Row, at_most

from trucekeeper.weighing.fitting.dirichlet import pooled

ROOT = Path(__file__).resolve().parent.parent
LIMITS_S = (60, 300, 1800)
KEPT = 2 / 3
"""So much of the time that both watched is for fitting; the rest is kept aside."""

MONTH_S = 30 * 86_400
AGE = 3
"""Months that a fit made anew looks back on; set beforehand, not chosen by what comes out."""


def rows() -> Iterator[Row]:
    """Each observer told from the other; nothing, and a word on it, where the data are not there."""
    folder = Path(os.environ.get("TRUCE_DATA") or ROOT.parent / "shared" / "data") / "air_raid_alerts"
    if not folder.is_dir():
        print("the sirens are not measured: name the folder of the real data in TRUCE_DATA")
        return
    official = _starts(folder / "official_data_en.csv", "oblast", "oblast")
    volunteer = _starts(folder / "volunteer_data_en.csv", "region", None)
    yield from _told("volunteers told from officials", official, volunteer)
    yield from _told("officials told from volunteers", volunteer, official)


def _told(
    name: str, seen: Mapping[str, Sequence[float]], other: Mapping[str, Sequence[float]]
) -> Iterator[Row]:
    region, month, symbol, begins = _symbols(seen, other)
    fitted, aside = month < begins, month >= begins
    yield Row(f"{name}: alerts fitted on, alerts kept aside", int(fitted.sum()), f"and {aside.sum():,}")
    once = _tables(region[fitted], symbol[fitted], int(region.max()) + 1)[region[aside]]
    yield from _judged("one fit for all months", once, symbol[aside])
    anew = np.zeros_like(once)
    for one in np.unique(month[aside]):
        before = (month < one) & (month >= one - AGE)
        table = _tables(region[before], symbol[before], int(region.max()) + 1)
        anew[month[aside] == one] = table[region[(month == one)]]
    yield from _judged(f"a fit of the {AGE} months before each", anew, symbol[aside])


def _judged(how: str, chance: np.ndarray, symbol: np.ndarray) -> Iterator[Row]:
    loss = -np.log(chance[np.arange(len(symbol)), symbol]).mean()
    yield Row(f"  {how}: log-loss", round(float(loss), 4), "nats")
    for at, upto in enumerate(np.cumsum(chance, axis=1).T[: len(LIMITS_S)]):
        right = (symbol <= at).astype(float)
        were, told = 100 * right.mean(), 100 * upto.mean()
        text = f"    within {LIMITS_S[at] // 60} min: {were:.1f} % were, told {told:.1f} %; ECE"
        yield at_most(text, ece(upto, right), "", 0.03)


def _tables(region: np.ndarray, symbol: np.ndarray, regions: int) -> np.ndarray:
    """The chance of each symbol in each region, as far as its alerts and those of all regions say."""
    counts = np.zeros((regions, 1, len(LIMITS_S) + 1))
    np.add.at(counts[:, 0], (region, symbol), 1)
    shape = (1, counts.shape[2])
    alpha = pooled(np.ones(shape), counts, np.ones(shape), 200)
    both = counts[:, 0] + alpha
    return np.asarray(both / both.sum(axis=1, keepdims=True))


def _symbols(
    seen: Mapping[str, Sequence[float]], other: Mapping[str, Sequence[float]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Of each alert its region, its month of 30 days, and its symbol; and the first month that is kept aside."""
    both = sorted(seen.keys() & other.keys())
    begin = max(min(one[region][0] for region in both) for one in (seen, other))
    end = min(max(one[region][-1] for region in both) for one in (seen, other))
    found: list[tuple[int, int, int]] = []
    for at, region in enumerate(both):
        for start in seen[region]:
            if begin <= start <= end:
                place = bisect_left(other[region], start)
                gaps = [abs(one - start) for one in other[region][max(0, place - 1) : place + 1]]
                found.append((at, int((start - begin) // MONTH_S), bisect_left(LIMITS_S, min(gaps))))
    region_at, month, symbol = np.array(found).T
    return region_at, month, symbol, round(KEPT * (end - begin) / MONTH_S)


def _starts(path: Path, region: str, level: str | None) -> dict[str, list[float]]:
    found: dict[str, set[float]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if level is None or row["level"] == level:
                found[row[region]].add(datetime.fromisoformat(row["started_at"]).timestamp())
    return {name: sorted(times) for name, times in found.items()}
