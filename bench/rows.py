"""What the benchmarks share: a row, a part in a process of its own, the limits of the machine beside it."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from trucekeeper.kernel.keys import Ed25519Signer, verify

Part = Callable[[int, Path], Iterator["Row"]]


@dataclass(frozen=True)
class Row:
    """One measured value beside its goal; ``met`` is None where there is none."""

    name: str
    value: float
    unit: str
    goal: str | None = None
    met: bool | None = None


def report(bench: str, rows: Sequence[Row]) -> int:
    """Print a table, then one line of JSON; 1 where a goal is missed."""
    width = max(len(row.name) for row in rows)
    print(f"bench-{bench}, SCALE={os.environ.get('SCALE', 'small')}, {os.cpu_count()} cores")
    for row in rows:
        verdict = {None: "", True: f"  goal {row.goal}: met", False: f"  goal {row.goal}: MISSED"}[row.met]
        print(f"  {row.name:{width}}  {row.value:>12,.{_places(row.value)}f} {row.unit}{verdict}")
    print(json.dumps({"bench": bench, "rows": [asdict(row) for row in rows]}))
    return int(any(row.met is False for row in rows))


def _places(value: float) -> int:
    """Ratios near 1 are told more closely."""
    return 1 if abs(value) >= 10 or value == 0 else 2


def measured(part: str, count: int = 0) -> list[Row]:
    """Run one part of the calling program in a process of its own."""
    done = subprocess.run(
        [sys.executable, sys.argv[0], part, str(count)], check=True, stdout=subprocess.PIPE, text=True
    )
    return [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]


def run(parts: Mapping[str, Part], name: str, count: int, place: Path | None) -> None:
    """Run one part, in a new folder unless one is named, and print its rows as JSON."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as made:
        print(json.dumps([asdict(row) for row in parts[name](count, place or Path(made))]))


def disk(_count: int, place: Path) -> Iterator[Row]:
    """How often a second this disk makes 4 KiB durable: the floor of every commit."""
    with (place / "file").open("wb") as file:
        begun, done = time.perf_counter(), 0
        while time.perf_counter() - begun < 1:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            done += 1
        yield Row("this disk: 4 KiB made durable", done / (time.perf_counter() - begun), "1/s")


def signatures(_count: int, _place: Path) -> Iterator[Row]:
    """How many Ed25519 signatures one core checks: the floor of every entry."""
    key = Ed25519Signer(bytes(32))
    message = bytes(600)
    signature = key.sign(message)
    begun, done = time.perf_counter(), 0
    while time.perf_counter() - begun < 1:
        verify(key.public, signature, message)
        done += 1
    yield Row("this core: signatures checked", done / (time.perf_counter() - begun), "1/s")


def at_most(name: str, value: float, unit: str, goal: float) -> Row:
    """A row whose value should not be above ``goal``."""
    return Row(name, round(value, 3), unit, f"<= {goal:,g} {unit}", value <= goal)


def at_least(name: str, value: float, unit: str, goal: float) -> Row:
    """A row whose value should not be below ``goal``."""
    return Row(name, round(value, 1), unit, f">= {goal:,g} {unit}", value >= goal)


def peak_mib() -> float:
    """The peak memory of this process, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def must(holds: bool, says: str) -> None:  # noqa: FBT001 - the condition is all there is
    """A wrong run measures nothing."""
    if not holds:
        raise SystemExit(says)
