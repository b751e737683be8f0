"""Reports of the simulator, whose writer has not read the linker: `python -m sim reports`, read back as arrays."""

import csv
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import happenings
import numpy as np

from trucekeeper.incidents import words
from trucekeeper.incidents.bulk import Reports

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = ROOT / "sim" / "scenarios" / "base-large.json"


def make(count: int, seed: int, place: Path) -> happenings.Made:
    """So many reports of the simulator's largest base scenario, and the happening that each is of."""
    command = [sys.executable, "-m", "sim", "reports", str(SCENARIO), "--count", str(count)]
    subprocess.run(
        [*command, "--seed", str(seed), "--out", str(place)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    with (place / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["id"]: row["happening"] for row in csv.DictReader(file)}
    with (place / "reports.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    return happenings.Made(_reports(told), _codes([truth[row["id"]] for row in told]))


def _reports(told: Sequence[dict[str, str]]) -> Reports:
    return Reports(
        np.array([round(float(row["lat"]) * 1e6) for row in told], dtype=np.int64),
        np.array([round(float(row["lon"]) * 1e6) for row in told], dtype=np.int64),
        np.array([int(row["radius_m"]) for row in told], dtype=np.int64),
        _times(told, "start"),
        _times(told, "end"),
        _codes([row["source"] for row in told]),
        _codes([row["kind"] for row in told], ""),
        _codes([row["weapon"] for row in told], ""),
        words.hashed([row["text"] for row in told]),
        np.arange(len(told)),
    )


def _times(told: Sequence[dict[str, str]], name: str) -> np.ndarray:
    return np.array(
        [round(datetime.fromisoformat(row[name]).timestamp() * 1000) for row in told], dtype=np.int64
    )


def _codes(names: Sequence[str], unknown: str | None = None) -> np.ndarray:
    """A number for each name; -1 for the one that says nothing."""
    known = {name: code for code, name in enumerate(sorted(set(names) - {unknown}))}
    return np.array([known.get(name, -1) for name in names], dtype=np.int64)
