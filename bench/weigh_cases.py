"""A simulated case as arrays, where cases come from, and what the peers make of them."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from measures import Floats

from trucekeeper.weighing.evidence import Evidence, Says
from trucekeeper.weighing.weighed import Weighed
from trucekeeper.weighing.wire import read_evidence

FEWER = 200
"""Hypotheses of a scenario where it is only tried in small."""

Lines = list[tuple[str, str, str]]


@dataclass
class Case:
    """One scenario: its evidence, and for each hypothesis that is not adjudicated what was so and the oracle's word."""

    name: str
    evidence: Evidence
    kept: list[int]
    truth: Floats
    oracle: Floats
    found: list[Weighed] = field(default_factory=list)

    @property
    def base(self) -> bool:
        """Whether nobody attacks in it."""
        return "attack" not in self.name

    def judged(self) -> list[Weighed]:
        """The answers on what is not adjudicated."""
        return [self.found[at] for at in self.kept]

    def ours(self) -> Floats:
        """Their probabilities."""
        return np.array([one.probability_ppm for one in self.judged()]) / 1e6

    def named(self) -> np.ndarray:
        """The side that each names."""
        return np.array([self.evidence.hypotheses[at].named for at in self.kept])

    def lines(self) -> Lines:
        """Who says what of which hypothesis, for the peers."""
        return [(one.hypothesis, one.source, one.says.value) for one in self.evidence.statements]

    def spread(self, items: Mapping[str, Mapping[str, float]]) -> Floats:
        """A peer's probability of a violation; where nobody spoke, the base rate."""
        asked = [self.evidence.hypotheses[at] for at in self.kept]
        return np.array(
            [
                items[one.id].get(Says.AFFIRM.value, 0.0) if one.id in items else one.base_ppm[0] / 1e6
                for one in asked
            ]
        )


def cases(root: Path, named: str | None, place: Path, *, small: bool) -> Iterator[Case]:
    """Each case of a folder: scenario files, simulated now; or folders that hold evidence.json and truth.json.

    In small a scenario file is simulated with few hypotheses; what is ready-made is taken whole.
    """
    folder = Path(named) if named else root / "sim" / "scenarios"
    ready = sorted(
        {path.parent for path in folder.rglob("evidence.json") if (path.parent / "truth.json").exists()}
    )
    files = sorted(folder.glob("*.json")) if folder not in ready else []
    if not ready and not files:
        print(f"no scenario files and no pairs of evidence.json and truth.json in {folder}: none is measured")
    for file in files:
        yield read_case(_simulated(root, file, place, small=small), few=small)
    for pair in ready:
        yield read_case(pair)


def _simulated(root: Path, file: Path, place: Path, *, small: bool) -> Path:
    """The folder that a scenario was simulated into."""
    out = place / "sim" / file.stem
    asked = file
    if small:
        scenario = json.loads(file.read_text(encoding="utf-8"))
        front = scenario.setdefault("front", {})
        front["hypotheses"] = min(FEWER, front.get("hypotheses", FEWER))
        asked = place / file.name
        asked.write_text(json.dumps(scenario), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sim", str(asked), "--out", str(out)],
        cwd=root,
        check=False,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    if done.returncode:
        msg = f"{file.name} cannot be simulated: {done.stderr.strip().splitlines()[-1:]}"
        raise SystemExit(msg)
    return next(path.parent for path in [*out.rglob("evidence.json")])


def read_case(folder: Path, *, few: bool = False) -> Case:
    """The evidence and the truth in a folder."""
    evidence = read_evidence((folder / "evidence.json").read_bytes())
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    known = {one["id"]: one for one in truth["hypotheses"]}
    kept = [at for at, one in enumerate(evidence.hypotheses) if one.adjudicated is None]
    told = [known[evidence.hypotheses[at].id] for at in kept]
    return Case(
        truth["scenario"] + (f" (about {FEWER} hypotheses)" if few else ""),
        evidence,
        kept,
        np.array([one["cause"] == "violation" for one in told], dtype=np.float64),
        np.array([one["oracle_ppm"] for one in told]) / 1e6,
    )


Told = dict[str, dict[str, dict[str, float]]]
"""Method to item to label to probability."""


@dataclass(frozen=True)
class Peers:
    """crowd-kit in its own environment; it is started once for many sets, for it is slow to start."""

    python: Path
    script: Path
    place: Path

    def run(self, sets: Sequence[Lines], methods: Sequence[str]) -> list[Told]:
        """What each method makes of each set."""
        jobs: list[tuple[str, str]] = []
        for number, lines in enumerate(sets):
            labels, out = self.place / f"peer-{number}.csv", self.place / f"peer-{number}.json"
            with labels.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(("item", "worker", "label"))
                writer.writerows(lines)
            jobs.append((str(labels), str(out)))
        asked = self.place / "peer-jobs.json"
        asked.write_text(json.dumps({"methods": list(methods), "jobs": jobs}), encoding="utf-8")
        subprocess.run([str(self.python), str(self.script), str(asked)], check=True)
        return [json.loads(Path(out).read_text(encoding="utf-8")) for _, out in jobs]


def peers_at(root: Path, place: Path) -> Peers | None:
    """The peers, where they are installed."""
    python = root / ".venv-peers" / "bin" / "python"
    return Peers(python, root / "bench" / "crowd_peers.py", place) if python.exists() else None
