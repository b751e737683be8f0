"""Measures intake: a satellite file as one batch, single signed observations, and the rebuild of it all.

Every row runs in a process of its own, so that its peak memory is its own. See bench/README.md.
"""

import csv
import json
import math
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import rows

import trucekeeper.drill
from trucekeeper.agreement import folder as agreement_folder
from trucekeeper.kernel.clock import Instant, Interval, SetClock, parse_utc
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.observations import wire
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.office.creation import create_office
from trucekeeper.office.files import take
from trucekeeper.office.wiring import Office, open_office, rebuild_office
from trucekeeper.parties.model import Source
from trucekeeper.places.position import Disc, Position
from trucekeeper.record import entry
from trucekeeper.record.keyset import Holder, HolderKey, Role

LAKESIDE = Path(trucekeeper.drill.__file__).parent / "lakeside"
ORIGIN = "bench.example/record"
START = parse_utc("2026-03-01T00:00:00.000Z")
NOW = Instant(START + 80 * 86_400_000)
ZONES, DRAWN = 50, 30
GROUP = 1_000
SENDERS = 32
PASSES = 6
COUNTS = {"small": (10_000, 2_000, 5_000), "full": (100_000, 20_000, 100_000)}
"""Detections of a batch, single observations, entries to rebuild, by scale."""


def main() -> int:
    """Measure every part in a process of its own; print a table, then one line of JSON."""
    detections, single, entries = COUNTS[os.environ.get("SCALE", "small")]
    return rows.report(
        "intake",
        [
            *rows.measured("disk"),
            *rows.measured("signatures"),
            *rows.measured("batch", detections),
            *rows.measured("single", single),
            *rows.measured("rebuild", entries),
        ],
    )


# --- parts, each in its own process ----------------------------------------------------------------


def batch(count: int, place: Path) -> Iterator[rows.Row]:
    """A satellite file: read, recorded durably as one batch entry, screened against 50 zones, queryable."""
    file = _thermal(place / "thermal.csv", count)
    with _office(place) as office:
        begun = time.perf_counter()
        done = take(office, file)
        found = sum(1 for _ in office.casebook.sightings(_hours(30)))
        seconds = time.perf_counter() - begun
        touched = sum(1 for _ in office.casebook.touchings())
    rows.must((done.recorded, len(done.refused)) == (count, 0), f"refused: {done.refused[:3]}")
    rows.must(0 < found < count and touched > 0, f"{found} found, {touched} touchings")
    name = f"{count:,} detections as a batch, recorded, screened against {ZONES} zones, queryable"
    yield rows.at_most(name, seconds, "s", 20)
    yield rows.Row("touchings that this screening found", touched, "touchings")
    yield rows.at_most(f"peak memory of importing {count:,} detections", rows.peak_mib(), "MiB", 500)


def single(count: int, place: Path) -> Iterator[rows.Row]:
    """Observations that monitors signed one by one, through the intake desk, durable when its receipt is given."""
    key = Ed25519Signer(bytes(range(32)))
    with _office(place, key) as office:
        crowd, few = count // 10, 200
        lines = [_signed(key, number) for number in range(count)]
        groups = [lines[at : at + GROUP] for at in range(0, count, GROUP)]
        rate = _rate(office, groups, 1)
        name = f"{count:,} single signed observations, handed in as files of {GROUP:,} lines, durable"
        yield rows.at_least(name, rate, "1/s", 1_500)
        alone = [[_signed(key, count + number)] for number in range(crowd + few)]
        yield rows.Row(
            f"{crowd:,} more, one by one from {SENDERS} senders at once",
            _rate(office, alone[few:], SENDERS),
            "1/s",
        )
        yield rows.Row(f"{few} more, one by one from one sender", _rate(office, alone[:few], 1), "1/s")
        held = sum(1 for _ in office.casebook.sightings())
        total = count + crowd + few
    rows.must(held == total, f"{held} of {total} observations are there")
    yield rows.at_most(f"peak memory of receiving {count:,} observations", rows.peak_mib(), "MiB", 500)


def _rate(office: Office, groups: Sequence[Sequence[bytes]], senders: int) -> float:
    """Observations a second, from so many senders."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(senders) as threads:
        receipts = [one for group in threads.map(office.intake.receive, groups) for one in group]
    seconds = time.perf_counter() - begun
    rows.must(len(receipts) == sum(map(len, groups)), "an observation has no receipt")
    return len(receipts) / seconds


def rebuild(count: int, place: Path) -> Iterator[rows.Row]:
    """All projections anew from a record of single entries."""
    subprocess.run(
        [sys.executable, __file__, "fill", str(count), str(place)], check=True, stdout=subprocess.PIPE
    )
    begun = time.perf_counter()
    rebuild_office(place / "office")
    yield rows.at_most(f"rebuild of {count:,} entries", time.perf_counter() - begun, "s", 60)
    yield rows.at_most(f"peak memory of rebuilding {count:,} entries", rows.peak_mib(), "MiB", 500)


def fill(count: int, place: Path) -> Iterator[rows.Row]:
    """An office with that many single observations, not measured."""
    key = Ed25519Signer(bytes(range(32)))
    with _office(place, key) as office:
        for at in range(0, count, 1_000):
            office.record.append([_signed(key, number) for number in range(at, min(at + 1_000, count))])
    yield from ()


# --- material --------------------------------------------------------------------------------------


def _office(place: Path, key: Ed25519Signer | None = None) -> Office:
    """A new office under the drill's agreement with 50 zones, and one monitor."""
    agreement = place / "agreement"
    _with_zones(agreement)
    root = place / "office"
    public = (key or Ed25519Signer(bytes(32))).public
    holder = Holder("ada", Role.MONITOR, None, (HolderKey(public, Interval(START, None)),))
    create_office(root, agreement, (holder,), origin=ORIGIN, clock=SetClock(START))
    office = open_office(root, SetClock(NOW))
    for source in ("nasa-firms", "patrol-lake"):
        office.intake.register_source(Source(source, None, source, "satellite", "B"), office.signer)
    return office


def _with_zones(folder: Path) -> None:
    """The drill's agreement with 50 zones and one term for each: 30 drawn outlines, 20 bands along the line."""
    shutil.copytree(LAKESIDE, folder)
    text = (folder / "agreement.yaml").read_text(encoding="utf-8")
    head, _, rest = text.partition("\nterms:\n")
    tail = rest[rest.index("\npublication:") :]
    zones = [
        f"  w{number}: {{file: zones/w{number}.geojson, valid: [2026-03-01T00:00:00Z, null]}}"
        if number < DRAWN
        else f"  w{number}: {{derive: {{band: {{line: contact, from_km: {number % 5}, to_km: {number - DRAWN + 6}, "
        "side: both}}, valid: [2026-03-01T00:00:00Z, null]}"
        for number in range(ZONES)
    ]
    terms = [
        f"  - {{id: w{number}, clause: art-1, party: party-a, modality: SHANT, action: watched, where: w{number}, "
        "evidence: {event: 0.80, attribution: 0.95}, severity: S1}"
        for number in range(ZONES)
    ]
    head = head.replace("sectors:", "\n".join([*zones, "sectors:"]), 1)
    head = head.replace("actions:\n", "actions:\n  watched: [fire-detected, explosion]\n", 1)
    (folder / "agreement.yaml").write_text("\n".join([head, "terms:", *terms, tail]), encoding="utf-8")
    for number in range(DRAWN):
        ring = _outline(random.Random(number), 60 + 10 * number)
        shape = {"type": "Polygon", "coordinates": [ring]}
        (folder / "zones" / f"w{number}.geojson").write_text(json.dumps(shape), encoding="utf-8")
    agreement_folder.lock(folder)


def _outline(chance: random.Random, corners: int) -> list[list[float]]:
    """A ragged ring around a point near the line, 5 to 30 km wide, as an oblast's outline is ragged."""
    lat, lon, size = chance.uniform(-22.2, -19.9), chance.uniform(-19.8, -18.2), chance.uniform(0.05, 0.3)
    ring = []
    for corner in range(corners):
        turn, far = math.tau * corner / corners, size * chance.uniform(0.8, 1.0)
        ring.append([round(lon + far * math.cos(turn), 5), round(lat + far * math.sin(turn), 5)])
    return [*ring, ring[0]]


def _thermal(path: Path, count: int) -> Path:
    """A FIRMS file of that many fires on thirty days of six passes: every fourth within 300 km, the rest within 900."""
    chance = random.Random(count)
    first = datetime(2026, 3, 1, tzinfo=UTC)
    with path.open("w", newline="", encoding="ascii") as file:
        writer = csv.writer(file)
        writer.writerow(
            ("latitude", "longitude", "scan", "track", "acq_date", "acq_time", "satellite", "confidence")
        )
        for number in range(count):
            at = first + timedelta(minutes=number * PASSES * 30 // count * (1_440 // PASSES) + number % 3)
            reach = 1.5 if number % 4 == 0 else 4.0
            lat, lon = chance.uniform(-21 - reach, -21 + reach), chance.uniform(-19 - reach, -19 + reach)
            writer.writerow(
                (f"{lat:.5f}", f"{lon:.5f}", "0.42", "0.38", f"{at:%Y-%m-%d}", f"{at:%H%M}", "N", "n")
            )
    return path


def _signed(key: Ed25519Signer, number: int) -> bytes:
    """An explosion that a monitor reports, somewhere around the contact line."""
    chance = random.Random(number)
    at = Instant(START + 60_000 * number)
    where = Position(chance.randrange(-22_500_000, -19_500_000), chance.randrange(-20_000_000, -18_000_000))
    seen = Observation(
        uid=f"{number}",
        kind=Kind.REPORT,
        source="patrol-lake",
        when=Interval(at, Instant(at + 60_000)),
        where=Disc(where, 500),
        act="explosion",
        means="saw",
        credibility=2,
    )
    return entry.seal(key, wire.KIND, ORIGIN, f"{number:032x}", NOW, wire.body(seen))


def _hours(count: int) -> Interval:
    return Interval(START, Instant(START + count * 3_600_000))


PARTS: dict[str, rows.Part] = {
    "disk": rows.disk, "signatures": rows.signatures, "batch": batch, "single": single, "rebuild": rebuild,
    "fill": fill,
}  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    rows.run(PARTS, sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
