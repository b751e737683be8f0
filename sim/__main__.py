"""The command: python -m sim SCENARIO.json --out DIR [--seed N], or python -m sim reports SCENARIO.json ..."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from sim.check import check_evidence, check_truth
from sim.errors import Refused
from sim.files import make, write
from sim.scenario import Scenario, load


def _scenario(path: Path, seed: int | None) -> Scenario:
    found = load(path)
    return found if seed is None else replace(found, seed=seed)


def _arguments(words: list[str]) -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="python -m sim", description="Simulates a contact line and its evidence.")
    asked.add_argument("scenario", type=Path, help="scenario file, see sim/README.md")
    asked.add_argument("--out", type=Path, required=True, help="folder for evidence.json and truth.json")
    asked.add_argument("--seed", type=int, help="instead of the seed in the file")
    return asked.parse_args(words)


def run(words: list[str]) -> int:
    """Exit status: 0 when written, 2 when the scenario is refused."""
    given = _arguments(words)
    try:
        evidence, truth = make(_scenario(given.scenario, given.seed))
        check_evidence(evidence)
        check_truth(truth, evidence)
    except Refused as why:
        sys.stderr.write(f"{why}\n")
        return 2
    given.out.mkdir(parents=True, exist_ok=True)
    write(evidence, given.out / "evidence.json")
    write(truth, given.out / "truth.json")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
