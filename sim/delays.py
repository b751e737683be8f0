"""How late something is said: quantiles of real sirens, stretched by class."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from sim.arrays import Floats, Ints
from sim.roster import Source

FILE = Path(__file__).resolve().parent / "data" / "delays.json"
PACE = {
    "resident": (2.0, 3.0),
    "monitor": (120.0, 20.0),
    "press": (40.0, 8.0),
    "ngo": (900.0, 60.0),
    "party": (60.0, 10.0),
    "group": (90.0, 10.0),
    "sensor": (0.0, 1.0),
}
"""Minutes until it can speak at all, and how far the sirens' lag is stretched, by class (judgement)."""
RELAY_STRETCH, CLONE_STRETCH = 10.0, 2.0


@dataclass(frozen=True, slots=True)
class Lags:
    """Fitted percentiles of the lag between two observers of one thing: signed, and of the later one."""

    percentiles: Floats
    lag_s: Floats
    late_s: Floats

    def later(self, rng: np.random.Generator, count: int) -> Floats:
        """Draws of how much later the second observer is, in seconds; by the straight line between quantiles."""
        return np.interp(rng.uniform(0, 100, count), self.percentiles, self.late_s)

    def apart(self, rng: np.random.Generator, count: int) -> Floats:
        """Draws of the signed lag, in seconds."""
        return np.interp(rng.uniform(0, 100, count), self.percentiles, self.lag_s)


@cache
def fitted() -> Lags:
    """The lags that sim/fit_delays.py has fitted."""
    raw = json.loads(FILE.read_text(encoding="utf-8"))
    return Lags(*(np.array(raw[name], dtype=np.float64) for name in ("percentiles", "lag_s", "late_s")))


def times_ms(
    source: Source, begin_ms: Ints, original_ms: Ints | None, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """When it would speak by itself, and when it would repeat its original."""
    base_min, stretch = PACE[source.kind]
    own = begin_ms + (base_min * 60 + fitted().later(rng, len(begin_ms)) * stretch) * 1000
    if original_ms is None:
        return own.astype(np.int64), own.astype(np.int64)
    pace = CLONE_STRETCH if source.role == "clone" else RELAY_STRETCH
    again = original_ms + fitted().later(rng, len(begin_ms)) * pace * 1000
    return own.astype(np.int64), again.astype(np.int64)
