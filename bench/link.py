"""Measures the linking of reports, beside linking by distance alone. See bench/README.md.

Every part runs in a process of its own. With A, B and GOLD, files from elsewhere are linked instead: see link_files.py.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import happenings
import link_files
import link_peers
import link_simulated
import numpy as np
import rows

from trucekeeper.incidents import bulk

COUNTS = {"small": (10_000, 50_000), "full": (10_000, 100_000, 1_000_000)}
SEEDS = {"linked": 11, "tuning": 7, "simulated": 5}
RADII_M, MINUTES = (500, 1_000, 1_500, 2_000), (10, 20)
TUNED_ON = 30_000
"""The peers' radii are the best of all on other reports of the same making."""


def main() -> int:
    """Every part in turn; 1 where a goal is missed."""
    if os.environ.get("A"):
        return rows.report("link", rows.measured("elsewhere"))
    counts = COUNTS[os.environ.get("SCALE", "small")]
    found = rows.measured("checked", 1_500)
    for count in counts:
        for part in ("linked", "grid_dbscan", "tree_components", "simulated", "simulated_peer"):
            found += rows.measured(part, count)
    return rows.report("link", found)


def checked(count: int, _place: Path) -> Iterator[rows.Row]:
    """The peers find the pairs that looking at each finds."""
    points = _points(happenings.make(count, SEEDS["tuning"]), 2_000, 20)
    right = _sorted(link_peers.brute(points, 2_000))
    rows.must(len(right) > 0, "no pair to check the peers by")
    rows.must(
        right == _sorted(link_peers.grid(points, 2_000)), "the grid finds other pairs than looking at each"
    )
    rows.must(
        right == _sorted(link_peers.tree(points, 2_000)), "the tree finds other pairs than looking at each"
    )
    yield rows.Row(
        f"pairs of {count:,} reports that both peers find as looking at each does", len(right), "pairs"
    )


def linked(count: int, _place: Path) -> Iterator[rows.Row]:
    """This linker."""
    made = happenings.make(count, SEEDS["linked"])
    before = rows.peak_mib()
    begun = time.perf_counter()
    incident = bulk.link(made.reports).incident
    seconds = time.perf_counter() - begun
    name = f"{count:,} reports linked"
    f1, precision, recall = agreement(incident, made.happening)
    yield rows.Row(f"{name}: F1", f1, "", ">= 0.95", f1 >= 0.95)
    yield rows.Row("  precision", precision, "")
    yield rows.Row("  recall", recall, "")
    yield rows.at_most("  time", seconds, "s", 60)
    yield rows.at_most("  peak memory", rows.peak_mib(), "MiB", 2048)
    yield rows.Row("  of which making them took", before, "MiB")


def simulated(count: int, place: Path) -> Iterator[rows.Row]:
    """This linker on reports that were made by somebody who has not read it."""
    made = link_simulated.make(count, SEEDS["simulated"], place)
    begun = time.perf_counter()
    incident = bulk.link(made.reports).incident
    seconds = time.perf_counter() - begun
    f1, precision, recall = agreement(incident, made.happening)
    yield rows.Row(f"{count:,} reports of the simulator: F1", f1, "", ">= 0.95", f1 >= 0.95)
    yield rows.Row("  precision", precision, "")
    yield rows.Row("  recall", recall, "")
    yield rows.at_most("  time", seconds, "s", 60)


def simulated_peer(count: int, place: Path) -> Iterator[rows.Row]:
    """Distance alone on the same reports; its radii are the best of all on other reports of the simulator."""
    tuning = link_simulated.make(TUNED_ON, SEEDS["tuning"], place / "tuning")
    made = link_simulated.make(count, SEEDS["simulated"], place / "linked")
    yield from _measured_peer(tuning, made, "grid DBSCAN", link_peers.grid, _dbscan)


def grid_dbscan(count: int, _place: Path) -> Iterator[rows.Row]:
    """Distance alone: DBSCAN, cells of one radius."""
    yield from _peer(count, "grid DBSCAN", link_peers.grid, _dbscan)


def tree_components(count: int, _place: Path) -> Iterator[rows.Row]:
    """Distance alone: what an STRtree finds, and what hangs together."""
    yield from _peer(count, "STRtree, components", link_peers.tree, lambda n, p: link_peers.components(n, *p))


_Near = Callable[[np.ndarray, float], link_peers.Pairs]
_Cluster = Callable[[int, link_peers.Pairs], np.ndarray]


def _dbscan(count: int, pairs: link_peers.Pairs) -> np.ndarray:
    return link_peers.dbscan(count, *pairs, 3)


def _peer(count: int, peer: str, near: _Near, cluster: _Cluster) -> Iterator[rows.Row]:
    tuning, made = happenings.make(TUNED_ON, SEEDS["tuning"]), happenings.make(count, SEEDS["linked"])
    yield from _measured_peer(tuning, made, peer, near, cluster)


def _measured_peer(
    tuning: happenings.Made, made: happenings.Made, peer: str, near: _Near, cluster: _Cluster
) -> Iterator[rows.Row]:

    def reached(choice: tuple[int, int]) -> float:
        points = _points(tuning, *choice)
        return agreement(cluster(len(points), link_peers.grid(points, choice[0])), tuning.happening)[0]

    best = max(product(RADII_M, MINUTES), key=reached)
    begun = time.perf_counter()
    points = _points(made, *best)
    incident = cluster(len(points), near(points, best[0]))
    seconds = time.perf_counter() - begun
    f1, precision, recall = agreement(incident, made.happening)
    yield rows.Row(f"  {peer}, {best[0]} m and {best[1]} min: F1", f1, "")
    yield rows.Row("    precision", precision, "")
    yield rows.Row("    recall", recall, "")
    yield rows.Row("    time", seconds, "s")
    yield rows.Row("    peak memory", rows.peak_mib(), "MiB")


def agreement(found: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """F1, precision and recall of the pairs that are together."""
    _, found = np.unique(found, return_inverse=True)
    both = np.unique(found.astype(np.int64) * (int(truth.max()) + 1) + truth, return_counts=True)[1]
    right, said, true = (_pairs(each) for each in (both, np.bincount(found), np.bincount(truth)))
    precision, recall = right / max(said, 1), right / max(true, 1)
    return 2 * precision * recall / max(precision + recall, 1e-9), precision, recall


def elsewhere(_count: int, _place: Path) -> Iterator[rows.Row]:
    """Files named by A, B and GOLD."""
    yield from link_files.measure(os.environ)


def _pairs(counts: np.ndarray) -> int:
    return int((counts.astype(np.int64) * (counts - 1) // 2).sum())


def _points(made: happenings.Made, radius_m: int, minutes: int) -> np.ndarray:
    told = made.reports
    return link_peers.plane(
        told.lat_u, told.lon_u, (told.start_ms + told.end_ms) // 2, minutes * 60_000 / radius_m
    )


def _sorted(pairs: link_peers.Pairs) -> list[tuple[int, int]]:
    return sorted(zip(pairs[0].tolist(), pairs[1].tolist(), strict=True))


PARTS: dict[str, rows.Part] = {
    "checked": checked, "linked": linked, "grid_dbscan": grid_dbscan, "tree_components": tree_components,
    "simulated": simulated, "simulated_peer": simulated_peer, "elsewhere": elsewhere,
}  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    rows.run(PARTS, sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
