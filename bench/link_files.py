"""Linking two files from elsewhere: A and B are one source each, GOLD says which of their records belong together.

No uncertainty is given, so the scale of place is what lies between records that are each other's nearest: a mixture of
true pairs and chance ones, told apart without the gold. Times are as wide as the files say.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np
import rows

from trucekeeper.incidents import bulk, words
from trucekeeper.incidents.cells import EARTH_M
from trucekeeper.incidents.likeness import PLACE_SIGMA

SAMPLE, STEPS, NEAR_MS = 2_000, 60, 3 * 3_600_000
LEAST_M, MOST_M = 20.0, 50_000.0


@dataclass(frozen=True)
class File:
    """One source's records, one row each."""

    ids: list[str]
    lat: np.ndarray
    lon: np.ndarray
    start_ms: np.ndarray
    end_ms: np.ndarray
    kinds: list[str]
    texts: list[str]


def measure(names: Mapping[str, str]) -> Iterator[rows.Row]:
    """Recall, number of links and, with COMPLETE=1, precision."""
    rows.must(
        bool(names.get("B")) and bool(names.get("GOLD")), "name two files and the pairs: A=, B= and GOLD="
    )
    a, b = read(Path(names["A"])), read(Path(names["B"]))
    gold = _gold(Path(names["GOLD"]), a, b)
    begun = perf_counter()
    scale_m = scale(a, b)
    links = linked(a, b, scale_m)
    seconds = perf_counter() - begun
    right = len(links & gold)
    yield rows.Row(
        f"records of {Path(names['A']).name} and {Path(names['B']).name}", len(a.ids) + len(b.ids), ""
    )
    yield rows.Row("distance of a true pair on one axis, estimated", scale_m, "m")
    yield rows.Row("links", len(links), "pairs")
    yield rows.Row("gold", len(gold), "pairs")
    yield rows.Row("recall", right / max(len(gold), 1), "")
    if names.get("COMPLETE") == "1":
        precision, recall = right / max(len(links), 1), right / max(len(gold), 1)
        yield rows.Row("precision", precision, "")
        yield rows.Row("F1", 2 * precision * recall / max(precision + recall, 1e-9), "")
    yield rows.Row("time", seconds, "s")
    yield rows.Row("peak memory", rows.peak_mib(), "MiB")


def linked(a: File, b: File, scale_m: float) -> set[tuple[int, int]]:
    """Rows of A and of B that came into one incident."""
    count_a, count = len(a.ids), len(a.ids) + len(b.ids)
    both = set(a.kinds) & set(b.kinds) - {""}
    codes = {word: code for code, word in enumerate(sorted(both))}
    kind = np.array([codes.get(word, -1) for word in a.kinds + b.kinds], dtype=np.int64)
    radius = np.full(count, max(round(scale_m / np.sqrt(2) / PLACE_SIGMA), 1), dtype=np.int64)
    reports = bulk.Reports(
        np.rint(np.append(a.lat, b.lat) * 1e6).astype(np.int64),
        np.rint(np.append(a.lon, b.lon) * 1e6).astype(np.int64), radius,
        np.append(a.start_ms, b.start_ms), np.append(a.end_ms, b.end_ms),
        (np.arange(count) >= count_a).astype(np.int64), kind, np.full(count, -1, dtype=np.int64),
        words.hashed(a.texts + b.texts), np.arange(count),
    )  # fmt: skip
    incident = bulk.link(reports).incident.tolist()
    home = {incident[row]: row for row in range(count_a)}
    return {(home[number], row) for row, number in enumerate(incident[count_a:]) if number in home}


def scale(a: File, b: File) -> float:
    """Metres on one axis between records of one happening: the narrower part of a mixture of two."""
    square = np.maximum(_nearest(a, b), LEAST_M**2) / 2
    if not len(square):
        return 1_000.0
    close, far, share = float(np.quantile(square, 0.3)), float(square.mean() * 4 + 1), 0.5
    for _ in range(STEPS):
        one = share / close * np.exp(-square / close)
        part = one / (one + (1 - share) / far * np.exp(-square / far) + 1e-300)
        share = float(np.clip(part.mean(), 0.01, 0.99))
        close = float((part * square).sum() / max(part.sum(), 1e-9)) or LEAST_M**2
        far = max(float(((1 - part) * square).sum() / max((1 - part).sum(), 1e-9)), 4 * close)
    return float(np.clip(np.sqrt(close), LEAST_M, MOST_M))


def read(path: Path) -> File:
    """A file of id, lat, lon, start, end, kind, text; times in ISO 8601, UTC where no zone is said."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    times = [_interval(line["start"], line.get("end") or "") for line in lines]
    return File(
        [line["id"] for line in lines],
        np.array([float(line["lat"]) for line in lines]),
        np.array([float(line["lon"]) for line in lines]),
        np.array([start for start, _ in times], dtype=np.int64),
        np.array([end for _, end in times], dtype=np.int64),
        [(line.get("kind") or "").strip().casefold() for line in lines],
        [line.get("text") or "" for line in lines],
    )


def _interval(start: str, end: str) -> tuple[int, int]:
    last = end.strip() or start.strip()
    early, late = _moment(start.strip()), _moment(last)
    if len(last) == len("2026-03-05"):
        late += timedelta(days=1)
    first, second = (round(each.timestamp() * 1000) for each in (early, late))
    return first, max(first, second)


def _moment(text: str) -> datetime:
    if text.lstrip("-").isdigit() and len(text) > len("20260305"):
        return datetime.fromtimestamp(int(text) / (1000 if len(text) > 11 else 1), UTC)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _gold(path: Path, a: File, b: File) -> set[tuple[int, int]]:
    rows_a = {name: row for row, name in enumerate(a.ids)}
    rows_b = {name: row for row, name in enumerate(b.ids)}
    with path.open(encoding="utf-8-sig", newline="") as file:
        said = [(line["a_id"], line["b_id"]) for line in csv.DictReader(file)]
    unknown = [pair for pair in said if pair[0] not in rows_a or pair[1] not in rows_b]
    rows.must(not unknown, f"{path} names a pair that A and B do not hold: {unknown[:1]}")
    return {(rows_a[one], rows_b[other]) for one, other in said}


def _nearest(a: File, b: File) -> np.ndarray:
    """Squared distances of records that are each other's nearest at about the same time."""
    if not a.ids or not b.ids:
        return np.empty(0)
    chosen = np.argsort(a.start_ms, kind="stable")[:: max(len(a.ids) // SAMPLE, 1)]
    there, square = _closest(a, chosen, b)
    back, _ = _closest(b, there, a)
    return square[(back == chosen) & np.isfinite(square)]


def _closest(one: File, chosen: np.ndarray, other: File) -> tuple[np.ndarray, np.ndarray]:
    points, theirs = _xyz(one)[chosen], _xyz(other)
    nearest, square = np.zeros(len(chosen), dtype=np.int64), np.full(len(chosen), np.inf)
    for at, row in enumerate(chosen):
        meets = (other.start_ms - one.end_ms[row] <= NEAR_MS) & (one.start_ms[row] - other.end_ms <= NEAR_MS)
        rows_met = np.flatnonzero(meets)
        if len(rows_met):
            apart = ((theirs[rows_met] - points[at]) ** 2).sum(axis=1)
            nearest[at], square[at] = rows_met[apart.argmin()], apart.min()
    return nearest, square


def _xyz(file: File) -> np.ndarray:
    lat, lon = np.radians(file.lat), np.radians(file.lon)
    return EARTH_M * np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
