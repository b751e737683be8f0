"""Measures deconfliction: what an activity meets among 10,000 to a million live volumes, beside PostGIS and an STRtree.

All three answer the same activities in turns, in one run; their answers are compared before any clock is read.
See docs/reference/deconflict-speed.md.
"""

import gc
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import outlines
import rows
from peers import TUNED, Drawn, Gist, Pairs, Tree
from scenes import Country, Notice

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import postgres
from trucekeeper.movements.live import LiveIndex
from trucekeeper.movements.volume import Volume
from trucekeeper.places.sphere import GRAIN_M, STRAY
from trucekeeper.stores.index_postgis import PostgisIndex
from trucekeeper.stores.index_sqlite import SqliteIndex

SIZES = {"small": (10_000,), "full": (10_000, 100_000, 1_000_000)}
"""Live volumes, by scale."""
STARTED = {"small": 50_000, "full": 1_000_000}
"""Live volumes of a start, by scale."""
COLD = {"small": 5_000, "full": 100_000}
"""Live volumes of a stored index, by scale."""
ASKED = {"small": 500, "full": 1_000}
ROUNDS = {"small": 5, "full": 7}
BLOCK = 50
"""Activities that one of the three answers in a row, before the next one has its turn."""
GOALS = {
    (10_000, "gist", 99): 3.0,
    (100_000, "gist", 99): 4.0,
    (1_000_000, "gist", 99): 5.0,
    (100_000, "tree", 50): 0.8,
}
"""How many times ours a percentile of a peer should be, by live volumes, peer and percentile."""
LIVE_SEED, TUNING_SEED = 11, 12
Clock = Callable[[Iterable[int]], Iterable[float]]


def main() -> int:
    """Measure every part in a process of its own; print a table, then one line of JSON."""
    os.environ.setdefault("SEED", str(random.SystemRandom().randrange(1_000, 10**9)))
    print(f"activities from SEED={os.environ['SEED']}; live volumes from {LIVE_SEED}")
    why = postgres.missing_postgis()
    rows.must(why is None, str(why))
    scale = os.environ.get("SCALE", "small")
    found = [row for size in SIZES[scale] for row in rows.measured("beside", size)]
    found += rows.measured("cold", COLD[scale])
    found += rows.measured("start", STARTED[scale])
    return rows.report("deconflict", found)


@dataclass(frozen=True)
class Ours:
    """The live index, from the volumes of an activity to the meetings as told."""

    index: LiveIndex
    asked: Sequence[Notice]
    first: Mapping[str, int]

    def answer(self, activity: int) -> Pairs:
        """What the activity meets."""
        return {
            (self.first[one.key] + one.number, one.by) for one in self.index.meeting(self.asked[activity])
        }

    def times(self, activities: Iterable[int]) -> Iterator[float]:
        """Seconds that each activity took."""
        for one in activities:
            volumes = self.asked[one]
            begun = time.perf_counter()
            self.index.meeting(volumes)
            yield time.perf_counter() - begun


def beside(count: int, _place: Path) -> Iterator[rows.Row]:
    """Ours, PostGIS and the STRtree on the same live volumes and activities, in turns."""
    scale = os.environ.get("SCALE", "small")
    country = Country()
    kept = country.live(LIVE_SEED, count)
    live = [volume for notice in kept.values() for volume in notice]
    first, at = {}, 0
    for key, notice in kept.items():
        first[key], at = at, at + len(notice)
    asked = country.asked(int(os.environ["SEED"]), ASKED[scale])
    warming = country.asked(TUNING_SEED, 200)
    drawn, drawn_asked = Drawn.of(live), [Drawn.of(one) for one in (*asked, *warming)]
    index = LiveIndex()
    index.fill(kept)
    ours = Ours(index, (*asked, *warming), first)
    tree = Tree(drawn, drawn_asked)
    with postgres.served(**TUNED) as address:
        gist = Gist(address, drawn, drawn_asked)
        name = f"{count:,} live volumes"
        yield from _compared(name, ours, (tree, gist), live, len(asked))
        clocks: dict[str, Clock] = {"ours": ours.times, "tree": tree.times, "gist": gist.times}
        for clock in clocks.values():
            list(clock(range(len(asked), len(asked) + len(warming))))
        yield rows.Row(f"{name}: drawing an activity, which the peers are spared, p50", _drawing(asked), "us")
        # the scene's millions of Python objects are the benchmark's own: an office holds none of them
        gc.collect()
        gc.freeze()
        took = _medians(clocks, len(asked), ROUNDS[scale])
        gist.close()
    yield from _told(name, took, count)


def _drawing(asked: Sequence[Notice]) -> float:
    """Microseconds that the polygons of an activity take to be made."""
    took: list[float] = []
    for one in asked[:200]:
        begun = time.perf_counter()
        Drawn.of(one)
        took.append(time.perf_counter() - begun)
    return round(statistics.median(took) * 1e6, 1)


def _compared(
    name: str, ours: Ours, peers: Sequence[Tree | Gist], live: Sequence[Volume], count: int
) -> Iterator[rows.Row]:
    """All answers are the same but where two footprints lie within the tolerance; else nothing is measured."""
    hits, doubtful = 0, 0
    for activity in range(count):
        told = ours.answer(activity)
        hits += len(told)
        for peer in peers:
            other = peer.answer(activity)
            for number, by in told ^ other:
                _must_be_near(live[number], ours.asked[activity][by], (number, by) in told)
            doubtful += len(told ^ other)
    yield rows.Row(f"{name}: meetings an activity", hits / count, "")
    yield rows.Row(f"{name}: of {2 * hits:,} compared, within the tolerance apart", doubtful, "")


def _must_be_near(one: Volume, other: Volume, told: bool) -> None:  # noqa: FBT001 - which of the two said so
    """What we told must be within the tolerance; what we did not must truly be apart."""
    gap_m = outlines.gap_m(one.footprint, other.footprint)
    reach_m = (one.footprint.reach_cm + other.footprint.reach_cm) / 100
    tolerance_m = 0.011 * reach_m + 2 * STRAY * 10_000**2 + GRAIN_M
    fits = gap_m <= tolerance_m if told else gap_m > 0
    rows.must(
        fits, f"answers differ beyond the tolerance: {gap_m:.3f} m apart, we said {told}: {one} {other}"
    )
    bounds = outlines.numbers([one, other])
    shared = np.maximum(bounds[0::2, 0], bounds[0::2, 1]) <= np.minimum(bounds[1::2, 0], bounds[1::2, 1])
    rows.must(bool(shared.all()), f"answers differ in time or altitude: {one} {other}")


def _medians(clocks: Mapping[str, Clock], count: int, rounds: int) -> dict[str, list[float]]:
    """Each activity's time with each, the median of all rounds: what else the machine did falls out."""
    took = [_round(clocks, count, turn) for turn in range(rounds)]
    return {
        name: [statistics.median(each) for each in zip(*(one[name] for one in took), strict=True)]
        for name in clocks
    }


def _round(clocks: Mapping[str, Clock], count: int, turn: int) -> dict[str, list[float]]:
    """Every activity once by each, block by block in an order of the round's own; who begins a block changes."""
    took: dict[str, list[float]] = {name: [0.0] * count for name in clocks}
    order, activities = list(clocks), list(range(count))
    random.Random(turn).shuffle(activities)
    for number, begin in enumerate(range(0, count, BLOCK)):
        block = activities[begin : begin + BLOCK]
        for place in range(len(order)):
            name = order[(number + place) % len(order)]
            for activity, seconds in zip(block, clocks[name](block), strict=True):
                took[name][activity] = seconds
    return took


def _told(name: str, took: Mapping[str, Sequence[float]], count: int) -> Iterator[rows.Row]:
    words = {"ours": "ours", "tree": "static STRtree", "gist": "PostGIS"}
    cuts = {who: statistics.quantiles(took[who], n=100, method="inclusive") for who in words}
    for who, word in words.items():
        for part in (50, 99):
            yield rows.Row(f"{name}: {word}, p{part}", round(cuts[who][part - 1] * 1e6, 1), "us")
    for who, part in (("gist", 99), ("gist", 50), ("tree", 99), ("tree", 50)):
        value, goal = cuts[who][part - 1] / cuts["ours"][part - 1], GOALS.get((count, who, part))
        met = None if goal is None else value >= goal
        row = f"{name}: p{part} {words[who]} / ours"
        yield rows.Row(row, round(value, 2), "x", None if goal is None else f">= {goal:g}", met)


def cold(count: int, place: Path) -> Iterator[rows.Row]:
    """The stored indexes, asked without the live one; their answers are the same."""
    country = Country()
    kept, asked = country.live(LIVE_SEED, count), country.asked(TUNING_SEED, 200)
    live = LiveIndex()
    live.fill(kept)
    with (
        postgres.served() as address,
        SqliteIndex(place / "index.sqlite") as file,
        PostgisIndex(address) as server,
    ):
        for word, index in (("SQLite", file), ("PostGIS", server)):
            index.fill(kept)
            took: list[float] = []
            for activity in asked:
                begun = time.perf_counter()
                found = index.meeting(activity)
                took.append(time.perf_counter() - begun)
                rows.must(found == live.meeting(activity), f"{word} answers otherwise than the live index")
            cuts = statistics.quantiles(took, n=100, method="inclusive")
            name = f"index in {word}, {count:,} live volumes"
            yield rows.Row(f"{name}, p50", round(cuts[49] * 1e6, 1), "us")
            yield rows.Row(f"{name}, p99", round(cuts[98] * 1e6, 1), "us")


def start(count: int, place: Path) -> Iterator[rows.Row]:
    """A snapshot and a PostGIS index of so many volumes are made; each is then started from in a new process."""
    kept = Country().live(LIVE_SEED, count)
    index = LiveIndex()
    begun = time.perf_counter()
    index.fill(kept)
    yield rows.Row(f"{count:,} volumes put into an empty index", time.perf_counter() - begun, "s")
    begun = time.perf_counter()
    index.save(place / "live")
    yield rows.Row("  its snapshot written", time.perf_counter() - begun, "s")
    yield rows.Row("  its snapshot, a volume", _size(place / "live") / count, "B")
    yield from _child("snapshot", count, place)
    yield from _child("memory", count, place)
    with postgres.served() as address:
        with PostgisIndex(address) as stored:
            begun = time.perf_counter()
            stored.fill(kept)
            yield rows.Row("  put into PostGIS", time.perf_counter() - begun, "s")
        (place / "address").write_text(address, encoding="utf-8")
        yield from _child("stored", count, place)


def snapshot(count: int, place: Path) -> Iterator[rows.Row]:
    """A start from a snapshot, until the first answer."""
    asked = Country().asked(TUNING_SEED, 1)[0]
    begun = time.perf_counter()
    index = LiveIndex.load(place / "live")
    index.meeting(asked)
    name = f"start with {count:,} volumes from a snapshot, to the first answer"
    yield rows.at_most(name, time.perf_counter() - begun, "s", 6)


def memory(count: int, place: Path) -> Iterator[rows.Row]:
    """What the volumes add to a process that has the libraries and the compiled code already."""
    warm, asked = LiveIndex(), Country().asked(TUNING_SEED, 1)[0]
    warm.put("k", asked)
    warm.meeting(asked)
    before = _resident()
    index = LiveIndex.load(place / "live")
    index.meeting(asked)
    yield rows.at_most("  memory it added, a volume", (_resident() - before) / count, "B", 1_000)
    yield rows.Row("  peak memory of that process", rows.peak_mib(), "MiB")


def stored(count: int, place: Path) -> Iterator[rows.Row]:
    """A start from PostgreSQL, until the first answer."""
    asked = Country().asked(TUNING_SEED, 1)[0]
    begun = time.perf_counter()
    index = LiveIndex()
    with PostgisIndex((place / "address").read_text(encoding="utf-8")) as source:
        index.fill(dict(source.items()))
    index.meeting(asked)
    yield rows.Row(f"start with {count:,} volumes from PostgreSQL", time.perf_counter() - begun, "s")


def _child(part: str, count: int, place: Path) -> list[rows.Row]:
    command = [sys.executable, __file__, part, str(count), str(place)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [rows.Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]


def _resident() -> int:
    """Bytes of this process in memory, now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(one.stat().st_size for one in path.rglob("*"))


PARTS: dict[str, rows.Part] = {
    "beside": beside,
    "cold": cold,
    "start": start,
    "snapshot": snapshot,
    "memory": memory,
    "stored": stored,
}


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    rows.run(PARTS, sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
