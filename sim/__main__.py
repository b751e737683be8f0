"""The command: python -m sim SCENARIO.json --out DIR [--seed N], or python -m sim reports SCENARIO.json ..."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from sim.check import check_evidence, check_truth
from sim.errors import Refused, refuse
from sim.files import make, write
from sim.reporting import write_reports
from sim.scenario import Scenario, load

MOST_REPORTS, MOST_SEED = 2_000_000, 2**31 - 1


def _scenario(path: Path, seed: int | None) -> Scenario:
    found = load(path)
    if seed is not None and not 0 <= seed <= MOST_SEED:
        refuse(f"--seed is {seed}; it must be from 0 to {MOST_SEED}.")
    return found if seed is None else replace(found, seed=seed)


def _period(words: list[str]) -> None:
    asked = argparse.ArgumentParser(
        prog="python -m sim",
        description="Simulates a contact line and what is said and sensed of it.",
        epilog="Raw reports for linking: python -m sim reports SCENARIO.json --count N --out DIR",
    )
    asked.add_argument("scenario", type=Path, help="scenario file, see sim/README.md")
    asked.add_argument("--out", type=Path, required=True, help="folder for evidence.json and truth.json")
    asked.add_argument("--seed", type=int, help="instead of the seed in the file")
    given = asked.parse_args(words)
    evidence, truth = make(_scenario(given.scenario, given.seed))
    check_evidence(evidence)
    check_truth(truth, evidence)
    given.out.mkdir(parents=True, exist_ok=True)
    write(evidence, given.out / "evidence.json")
    write(truth, given.out / "truth.json")


def _reports(words: list[str]) -> None:
    asked = argparse.ArgumentParser(
        prog="python -m sim reports", description="Writes raw reports for linking."
    )
    asked.add_argument("scenario", type=Path, help="scenario file, see sim/README.md")
    asked.add_argument("--count", type=int, required=True, help="how many reports, 1 to 2,000,000")
    asked.add_argument("--out", type=Path, required=True, help="folder for reports.csv and truth.csv")
    asked.add_argument("--seed", type=int, help="instead of the seed in the file")
    given = asked.parse_args(words)
    if not 1 <= given.count <= MOST_REPORTS:
        refuse(f"--count is {given.count}; it must be from 1 to {MOST_REPORTS}.")
    write_reports(_scenario(given.scenario, given.seed), given.count, given.out)


def run(words: list[str]) -> int:
    """Exit status: 0 when written, 2 when something is refused."""
    try:
        if words[:1] == ["reports"]:
            _reports(words[1:])
        else:
            _period(words)
    except Refused as why:
        sys.stderr.write(f"{why}\n")
        return 2
    except OSError as why:
        sys.stderr.write(f"{why.filename} cannot be written: {why.strerror}.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
