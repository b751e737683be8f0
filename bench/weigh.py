"""``make bench-weigh``: is the probability what it says, and does it hold against liars, copies and stagers.

``SCENARIOS=DIR`` runs the scenario files of a folder instead of ``sim/scenarios``; ``LABELS=DIR`` label sets, each a
folder with ``labels.csv`` (item, worker, label) and ``gold.csv`` (item, label). See bench/README.md.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import weigh_attacks
import weigh_crowds
from measures import brier, ece, false_findings, interval, log_loss, split
from rows import Row, at_most, report
from weigh_cases import Case, Peers, peers_at, read_case

from trucekeeper.weighing.fitting.learn import learn
from trucekeeper.weighing.scale import Scale
from trucekeeper.weighing.weigh import weighed

ROOT = Path(__file__).resolve().parent.parent
SMALL = os.environ.get("SCALE", "small") == "small"
PEERS = ("majority vote", "Dawid-Skene") if SMALL else ("majority vote", "Dawid-Skene", "GLAD", "MACE")


def main() -> int:
    """Every row of the specification's table, then the verdict."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as made:
        place = Path(made)
        peers = peers_at(ROOT, place, PEERS)
        if peers is None:
            print(
                "the peers are not here: make bench-weigh installs requirements/peers.lock into .venv-peers"
            )
        cases = [read_case(path) for path in simulated(place)]
        rows += [row for case in cases for row in scenario(case, peers)]
        rows += together(cases)
        rows += weigh_attacks.rows([case for case in cases if case.base] or cases, small=SMALL)
        rows += weigh_crowds.rows(os.environ.get("LABELS"), peers, small=SMALL)
        rows += list(speed())
    return report("weigh", rows)


def simulated(place: Path) -> list[Path]:
    """The folder that each scenario was simulated into."""
    named = os.environ.get("SCENARIOS")
    files = sorted((Path(named) if named else ROOT / "sim" / "scenarios").glob("*.json"))
    if not files:
        print(f"no scenario files in {named or 'sim/scenarios'}: nothing is measured on scenarios")
    found: list[Path] = []
    for file in files:
        out = place / "sim" / file.stem
        done = subprocess.run(
            [sys.executable, "-m", "sim", str(file), "--out", str(out)],
            cwd=ROOT,
            check=False,
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        if done.returncode:
            msg = f"{file.name} cannot be simulated: {done.stderr.strip().splitlines()[-1:]}"
            raise SystemExit(msg)
        found.append(next(path.parent for path in [*out.rglob("evidence.json")]))
    return found


def scenario(case: Case, peers: Peers | None) -> Iterator[Row]:
    """One scenario: ours beside the oracle and the peers."""
    begun = time.perf_counter()
    fit = learn(case.evidence)
    scale = Scale(case.evidence, fit)
    case.found = [weighed(scale, one) for one in case.evidence.hypotheses]
    took = time.perf_counter() - begun
    ours, truth, best = case.ours(), case.truth, case.oracle
    yield at_most(
        f"{case.name}: excess log-loss over the oracle",
        log_loss(ours, truth) - log_loss(best, truth),
        "nats",
        0.05,
    )
    low, high = interval(ece, ours, truth)
    yield Row(f"{case.name}: ECE (90 % {low:.3f} to {high:.3f})", round(ece(ours, truth), 4), "")
    yield Row(f"{case.name}: ECE of the oracle", round(ece(best, truth), 4), "")
    reliability, resolution = split(ours, truth)
    name = f"{case.name}: Brier (reliability {reliability:.4f}, resolution {resolution:.4f})"
    yield Row(name, round(brier(ours, truth), 4), "")
    false, of = false_findings(ours, truth)
    yield Row(f"{case.name}: at P >= .95 not so, of {of}", false, "")
    established = np.array([one.answer == "established" for one in case.judged()])
    wrong = int((established & (truth < 0.5)).sum())
    yield Row(f"{case.name}: established and not so, of {int(established.sum())}", wrong, "")
    if peers is not None:
        for peer, chance in peers.scenario(case).items():
            yield Row(
                f"{case.name}: excess log-loss of {peer}",
                round(log_loss(chance, truth) - log_loss(best, truth), 3),
                "nats",
            )
    yield Row(
        f"{case.name}: {len(case.evidence.hypotheses)} hypotheses learnt and weighed", round(took, 2), "s"
    )


def together(cases: list[Case]) -> Iterator[Row]:
    """What holds over all scenarios, and for both sides alike."""
    if not cases:
        return
    ours, truth = (
        np.concatenate(parts) for parts in zip(*((case.ours(), case.truth) for case in cases), strict=True)
    )
    worst = max(log_loss(case.ours(), case.truth) - log_loss(case.oracle, case.truth) for case in cases)
    yield at_most("worst scenario: excess log-loss over the oracle", worst, "nats", 0.05)
    low, high = interval(ece, ours, truth)
    yield at_most(f"all scenarios: ECE (90 % {low:.3f} to {high:.3f})", ece(ours, truth), "", 0.03)
    worst_ece = max(ece(case.ours(), case.truth) for case in cases)
    yield Row("worst scenario: ECE", round(worst_ece, 4), "")
    yield from abstention(ours, truth)
    sides = np.concatenate([case.named() for case in cases])
    both = sorted(set(sides))[:2]
    if len(both) == 2:
        first, other = (sides == side for side in both)
        gap = abs(ece(ours[first], truth[first]) - ece(ours[other], truth[other]))
        yield at_most("side parity: |ECE of one - ECE of the other|", gap, "", 0.02)
        for side, mine in zip(both, (first, other), strict=True):
            false, of = false_findings(ours[mine], truth[mine])
            yield Row(
                f"side parity: at P >= .95 not so, per cent, against {side}",
                round(100 * false / max(of, 1), 2),
                "%",
            )


def abstention(ours: np.ndarray, truth: np.ndarray) -> Iterator[Row]:
    """The log-loss on the surest half and on all: the curve's ends and middle."""
    order = np.argsort(-np.abs(ours - 0.5), kind="stable")
    for share in (0.5, 0.8, 1.0):
        kept = order[: max(1, int(share * len(order)))]
        yield Row(
            f"abstention: log-loss on the surest {share:.0%}",
            round(log_loss(ours[kept], truth[kept]), 4),
            "nats",
        )


def speed() -> Iterator[Row]:
    """4,000 hypotheses, 70 sources, every source on every hypothesis."""
    evidence, fit = weigh_attacks.crowded(4000 if not SMALL else 1000, 70)
    times = 4000 / len(evidence.hypotheses)
    scale = Scale(evidence, fit)
    begun = time.perf_counter()
    for one in evidence.hypotheses:
        balance = scale.balance(one)
        balance.odds(balance.total)
    took = (time.perf_counter() - begun) * times
    counted = "4,000" if times == 1 else "4,000 (from 1,000)"
    yield at_most(f"{counted} hypotheses x 70 sources: probability", took, "s", 2)
    begun = time.perf_counter()
    for one in evidence.hypotheses:
        weighed(scale, one)
    yield Row(
        f"{counted} x 70: probability, range, every reason",
        round((time.perf_counter() - begun) * times, 2),
        "s",
    )


if __name__ == "__main__":
    sys.exit(main())
