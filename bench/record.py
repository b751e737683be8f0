"""Measures the record alone: admission to signed checkpoint, receipts, proofs, audit. See bench/README.md.

Every part runs in a process of its own, so that its peak memory is its own.
"""

import hashlib
import os
import random
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import rows

from trucekeeper.kernel import merkle
from trucekeeper.kernel.clock import Instant, Interval, SystemClock, parse_utc
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.kernel.note import Verifier
from trucekeeper.record import checkpoint, entry, keyset, tiles
from trucekeeper.record.keyset import Holder, HolderKey, KeySet, Role
from trucekeeper.record.recheck import recheck
from trucekeeper.stores.sql_reader import SqlReader
from trucekeeper.stores.sql_record import SqlRecord
from trucekeeper.stores.tile_folder import TileFolder

ORIGIN = "bench.example/record"
START = parse_utc("2026-03-01T00:00:00.000Z")
LOG, AUTHOR, OFFICER = (Ed25519Signer(hashlib.sha256(name).digest()) for name in (b"log", b"ada", b"officer"))
GROUP, SENDERS = 256, 4
OFFERED, OFFERED_S = 500, 20
PROOFS = 2_000
COUNTS = {"small": (10_000, 100_000, 60_000), "full": (100_000, 1_000_000, 1_000_000)}
"""Entries through the pipeline, leaves under proofs, entries audited, by scale."""


def main() -> int:
    """Measure every part; print a table, then one line of JSON."""
    entries, leaves, audited = COUNTS[os.environ.get("SCALE", "small")]
    return rows.report(
        "record",
        [
            *rows.measured("disk"),
            *rows.measured("signatures"),
            *rows.measured("pipeline", entries),
            *rows.measured("pipeline", 4 * entries),
            *rows.measured("latency", OFFERED_S),
            *rows.measured("proofs", leaves),
            *rows.measured("audit", audited),
        ],
    )


def pipeline(count: int, place: Path) -> Iterator[rows.Row]:
    """Admission with signature checks, queue, bundles, tiles, root, signed checkpoint; every file made durable."""
    lines = [_signed(number) for number in range(count)]
    groups = [lines[at : at + GROUP] for at in range(0, count, GROUP)]
    before = rows.peak_mib()
    with _record(place) as record:
        begun = time.perf_counter()
        with ThreadPoolExecutor(SENDERS) as threads:
            indices = {one.index for group in threads.map(record.append, groups) for one in group}
        queued = time.perf_counter() - begun
        signed = checkpoint.verified(record.integrate(), record.vkey)
        seconds = time.perf_counter() - begun
    rows.must(len(indices) == count, "an entry has no receipt of its own")
    rows.must(signed.size == count + 1, f"the checkpoint covers {signed.size} of {count + 1}")
    name = f"{count:,} entries in groups of {GROUP} from {SENDERS} senders, to the signed checkpoint"
    yield rows.at_least(name, count / seconds, "1/s", 3_000)
    yield rows.Row(f"  of these {seconds:.1f} s, integration", seconds - queued, "s")
    yield rows.Row(f"  memory that recording {count:,} entries added", rows.peak_mib() - before, "MiB")


def latency(seconds: int, place: Path) -> Iterator[rows.Row]:
    """Single entries offered by the clock; a wait counts from when it was due, not from when a sender was free."""
    count = OFFERED * seconds
    lines = [_signed(number) for number in range(count)]
    waits: list[float] = []
    lock = threading.Lock()
    with _record(place) as record:
        begun = time.perf_counter() + 0.2

        def send(number: int) -> None:
            due = begun + number / OFFERED
            time.sleep(max(0.0, due - time.perf_counter()))
            record.append([lines[number]])
            with lock:
                waits.append(time.perf_counter() - due)

        with ThreadPoolExecutor(64) as threads:
            list(threads.map(send, range(count)))
    rows.must(len(waits) == count, "an entry has no receipt")
    cuts = statistics.quantiles(waits, n=100)
    name = f"receipt of one entry at {OFFERED}/s for {seconds} s"
    yield rows.Row(f"{name}, median", round(cuts[49] * 1000, 1), "ms")
    yield rows.at_most(f"{name}, 99th percentile", cuts[98] * 1000, "ms", 250)


def proofs(count: int, place: Path) -> Iterator[rows.Row]:
    """Inclusion proofs of random entries, from tiles on disk, with the reader's own small cache."""
    shelf, leaves = _tiled(place, count)
    chance = random.Random(count)
    nodes = tiles.TileNodes(shelf.get, count)
    root = merkle.Frontier.of(count, nodes).root()
    took: list[float] = []
    for _ in range(PROOFS):
        index = chance.randrange(count)
        begun = time.perf_counter()
        proof = merkle.inclusion(index, count, nodes)
        took.append(time.perf_counter() - begun)
        leaf = merkle.leaf_hash(leaves[index])
        rows.must(merkle.verify_inclusion(leaf, index, count, proof, root), f"the proof of {index} is wrong")
    cuts = statistics.quantiles(took, n=100)
    name = f"inclusion proof among {count:,} leaves"
    yield rows.at_most(f"{name}, median", cuts[49] * 1000, "ms", 1)
    yield rows.Row(f"{name}, 99th percentile", round(cuts[98] * 1000, 3), "ms")


def audit(count: int, place: Path) -> Iterator[rows.Row]:
    """Every leaf under the checkpoint, every signature and mandate, of a record that another process made."""
    subprocess.run(
        [sys.executable, __file__, "fill", str(count), str(place)], check=True, stdout=subprocess.PIPE
    )
    begun = time.perf_counter()
    found = recheck(partial(SqlReader, place / "office"), TileFolder(place / "office" / "log"))
    seconds = time.perf_counter() - begun
    rows.must(found.checkpoint.size == count + 1, f"{found.checkpoint.size} entries were audited")
    name = f"audit of {count:,} entries"
    if count >= 1_000_000:
        yield rows.at_most(name, seconds, "s", 150)
    else:
        yield rows.at_most(f"{name}, a million at this rate", seconds * 1_000_000 / count, "s", 150)
    yield rows.Row("  entries audited", count / seconds, "1/s")
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield rows.at_most("  peak memory of its largest process", max(rows.peak_mib(), children), "MiB", 500)


def fill(count: int, place: Path) -> Iterator[rows.Row]:
    """A record of that many entries, not measured."""
    with _record(place) as record:
        for at in range(0, count, GROUP):
            record.append([_signed(number) for number in range(at, min(at + GROUP, count))])
        record.integrate()
    yield from ()


def _record(place: Path) -> SqlRecord:
    """A new record with one monitor; the office's folder holds its keys."""
    always = Interval(START, None)
    people = (
        Holder("officer", Role.OFFICE, None, (HolderKey(OFFICER.public, always),)),
        Holder("ada", Role.MONITOR, None, (HolderKey(AUTHOR.public, always),)),
    )
    keys = KeySet(ORIGIN, Verifier(ORIGIN, LOG.public).vkey, people)
    genesis = entry.seal(OFFICER, keyset.KIND, ORIGIN, "0" * 32, START, keyset.body(keys))
    return SqlRecord.create(place / "office", LOG, genesis, SystemClock())


def _signed(number: int) -> bytes:
    """What a monitor signs about one explosion: some 600 bytes."""
    body = {
        "act": "explosion", "credibility": 2, "kind": "report", "means": "saw", "source": "patrol-lake",
        "note": "smoke over the northern shore, two detonations within a minute", "uid": str(number),
        "when": {"end": "2026-03-05T12:31:00.000Z", "start": "2026-03-05T12:30:00.000Z"},
        "where": {"lat_u": -20_500_000 - number, "lon_u": -19_100_000, "radius_m": 500},
    }  # fmt: skip
    return entry.seal(AUTHOR, "observation/v1", ORIGIN, f"{number + 1:032x}", Instant(START + number), body)


def _tiled(place: Path, count: int) -> tuple[TileFolder, Sequence[bytes]]:
    """Tiles over that many leaves, written by our own writer in one go."""
    leaves = [b"\x01" + hashlib.sha256(number.to_bytes(8, "big")).digest() for number in range(count)]
    levels = [[merkle.leaf_hash(leaf) for leaf in leaves]]
    while len(levels[-1]) >= 256:
        below = levels[-1]
        levels.append([merkle.root(below[at : at + 256]) for at in range(0, len(below) // 256 * 256, 256)])
    shelf = TileFolder(place / "log")
    files = {
        tiles.tile_path(one.level, one.number, one.width): b"".join(
            levels[one.level][256 * one.number : 256 * one.number + one.width]
        )
        for one in tiles.grown(0, count)
    }
    shelf.put(files)
    return shelf, leaves


PARTS: dict[str, rows.Part] = {
    "disk": rows.disk, "signatures": rows.signatures, "pipeline": pipeline, "latency": latency, "proofs": proofs,
    "audit": audit, "fill": fill,
}  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    rows.run(PARTS, sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
