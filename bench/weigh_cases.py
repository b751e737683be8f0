"""A simulated case as arrays, and what the peers make of it."""

import csv
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from measures import Floats

from trucekeeper.weighing.evidence import Evidence, Says
from trucekeeper.weighing.weighed import Weighed
from trucekeeper.weighing.wire import read_evidence


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


def read_case(folder: Path) -> Case:
    """The evidence and the truth in a folder."""
    evidence = read_evidence((folder / "evidence.json").read_bytes())
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    known = {one["id"]: one for one in truth["hypotheses"]}
    kept = [at for at, one in enumerate(evidence.hypotheses) if one.adjudicated is None]
    told = [known[evidence.hypotheses[at].id] for at in kept]
    return Case(
        truth["scenario"],
        evidence,
        kept,
        np.array([one["cause"] == "violation" for one in told], dtype=np.float64),
        np.array([one["oracle_ppm"] for one in told]) / 1e6,
    )


@dataclass(frozen=True)
class Peers:
    """crowd-kit in its own environment."""

    python: Path
    script: Path
    place: Path
    methods: tuple[str, ...]

    def run(self, lines: list[tuple[str, str, str]]) -> dict[str, dict[str, dict[str, float]]]:
        """Method to item to label to probability."""
        labels, out = self.place / "peer-labels.csv", self.place / "peer-out.json"
        with labels.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("item", "worker", "label"))
            writer.writerows(lines)
        subprocess.run([str(self.python), str(self.script), str(labels), str(out), *self.methods], check=True)
        found: dict[str, dict[str, dict[str, float]]] = json.loads(out.read_text(encoding="utf-8"))
        return found

    def scenario(self, case: Case) -> dict[str, Floats]:
        """Each peer's probability of a violation; where nobody spoke, the base rate."""
        lines = [(one.hypothesis, one.source, one.says.value) for one in case.evidence.statements]
        asked = [case.evidence.hypotheses[at] for at in case.kept]
        return {
            method: np.array(
                [
                    items[one.id].get(Says.AFFIRM.value, 0.0) if one.id in items else one.base_ppm[0] / 1e6
                    for one in asked
                ]
            )
            for method, items in self.run(lines).items()
        }


def peers_at(root: Path, place: Path, methods: tuple[str, ...]) -> Peers | None:
    """The peers, where they are installed."""
    python = root / ".venv-peers" / "bin" / "python"
    return Peers(python, root / "bench" / "crowd_peers.py", place, methods) if python.exists() else None
