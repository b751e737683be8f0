"""``make bench-weigh``: is the probability what it says, and does it hold against liars, copies and stagers.

``SCENARIOS=DIR`` runs the scenario files of a folder instead of ``sim/scenarios``, or pairs of evidence and truth that
are ready-made; ``LABELS=DIR`` label sets, each a folder with ``labels.csv`` (item, worker, label) and ``gold.csv``
(item, label). See bench/README.md.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import weigh_attacks
import weigh_crowds
import weigh_sirens
from measures import brier, ece, false_findings, interval, log_loss, split
from rows import Row, at_most, report
from weigh_cases import Case, Peers, cases, peers_at

from trucekeeper.weighing.fitting.learn import learn
from trucekeeper.weighing.scale import Scale
from trucekeeper.weighing.weigh import weighed

ROOT = Path(__file__).resolve().parent.parent
SMALL = os.environ.get("SCALE", "small") == "small"
PEERS = ("majority vote", "Dawid-Skene", "GLAD", "MACE")
QUICK = PEERS[:2]
"""Which of them try the scenarios in small."""

SHORT = (*QUICK, "GLAD, 5 rounds", "MACE, 10 rounds once")
"""The peers of a drawn crowd in small."""


def main() -> int:
    """Every row of the specification's table, then the verdict."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as made:
        place = Path(made)
        peers = peers_at(ROOT, place)
        if peers is None:
            print(
                "the peers are not here: make bench-weigh installs requirements/peers.lock into .venv-peers"
            )
        found = list(cases(ROOT, os.environ.get("SCENARIOS"), place, small=SMALL))
        for case in found:
            rows += scenario(case)
        rows += beside(found, peers)
        rows += together(found)
        rows += weigh_attacks.rows([case for case in found if case.base] or found, small=SMALL)
        labels = os.environ.get("LABELS")
        rows += weigh_crowds.rows(labels, peers, SHORT if SMALL and not labels else PEERS, small=SMALL)
        rows += list(weigh_sirens.rows())
        rows += list(speed())
    return report("weigh", rows)


def scenario(case: Case) -> Iterator[Row]:
    """One scenario: ours beside the oracle."""
    begun = time.perf_counter()
    fit = learn(case.evidence)
    scale = Scale(case.evidence, fit)
    case.found = [weighed(scale, one) for one in case.evidence.hypotheses]
    took = time.perf_counter() - begun
    ours, truth, best = case.ours(), case.truth, case.oracle
    yield Row(f"{case.name}: log-loss", round(log_loss(ours, truth), 4), "nats")
    yield at_most(
        f"{case.name}: excess log-loss over the oracle",
        log_loss(ours, truth) - log_loss(best, truth),
        "nats",
        0.05,
    )
    low, high = interval(ece, ours, truth)
    yield at_most(f"{case.name}: ECE (90 % {low:.3f} to {high:.3f})", ece(ours, truth), "", 0.03)
    yield Row(f"{case.name}: ECE of the oracle", round(ece(best, truth), 4), "")
    reliability, resolution = split(ours, truth)
    name = f"{case.name}: Brier (reliability {reliability:.4f}, resolution {resolution:.4f})"
    yield Row(name, round(brier(ours, truth), 4), "")
    false, of = false_findings(ours, truth)
    yield Row(f"{case.name}: at P >= .95 not so, of {of}", false, "")
    established = np.array([one.answer == "established" for one in case.judged()])
    wrong = int((established & (truth < 0.5)).sum())
    yield Row(f"{case.name}: established and not so, of {int(established.sum())}", wrong, "")
    yield Row(
        f"{case.name}: {len(case.evidence.hypotheses)} hypotheses learnt and weighed", round(took, 2), "s"
    )


def beside(found: list[Case], peers: Peers | None) -> Iterator[Row]:
    """The peers on the same statements."""
    if peers is None or not found:
        return
    told = peers.run([case.lines() for case in found], QUICK if SMALL else PEERS)
    for case, methods in zip(found, told, strict=True):
        best = log_loss(case.oracle, case.truth)
        for peer, items in methods.items():
            excess = log_loss(case.spread(items), case.truth) - best
            yield Row(f"{case.name}: excess log-loss of {peer}", round(excess, 3), "nats")


def together(found: list[Case]) -> Iterator[Row]:
    """What holds over all scenarios, and for both sides alike."""
    if not found:
        return
    ours, truth = (
        np.concatenate(parts) for parts in zip(*((case.ours(), case.truth) for case in found), strict=True)
    )
    worst = max(log_loss(case.ours(), case.truth) - log_loss(case.oracle, case.truth) for case in found)
    yield at_most("worst scenario: excess log-loss over the oracle", worst, "nats", 0.05)
    low, high = interval(ece, ours, truth)
    yield at_most(f"all scenarios: ECE (90 % {low:.3f} to {high:.3f})", ece(ours, truth), "", 0.03)
    worst_ece = max(ece(case.ours(), case.truth) for case in found)
    yield at_most("worst scenario: ECE", worst_ece, "", 0.03)
    bought = [case for case in found if "capture" in case.name]
    if bought:
        false, of = (
            sum(one) for one in zip(*(false_findings(c.ours(), c.truth) for c in bought), strict=True)
        )
        yield at_most(f"simulated capture: at P >= .95 not so, of {of}", 100 * false / max(of, 1), "%", 5)
    yield from abstention(ours, truth)
    yield from parity(found)


def parity(found: list[Case]) -> Iterator[Row]:
    """Whether both sides are served alike: over all scenarios, and the mean and worst gap of one."""
    ours, truth, sides = (
        np.concatenate(parts)
        for parts in zip(*((case.ours(), case.truth, case.named()) for case in found), strict=True)
    )
    both = sorted(set(sides))[:2]
    if len(both) < 2:
        return
    gaps = [gap(case.ours(), case.truth, case.named()) for case in found]
    yield at_most(
        "side parity: |ECE of one - ECE of the other|, all scenarios", gap(ours, truth, sides), "", 0.02
    )
    yield Row("side parity: the same, mean of scenarios", round(float(np.mean(gaps)), 4), "")
    yield Row("side parity: the same, worst scenario", round(max(gaps), 4), "")
    for side in both:
        mine = sides == side
        false, of = false_findings(ours[mine], truth[mine])
        yield Row(
            f"side parity: at P >= .95 not so, per cent of {of} against {side}",
            round(100 * false / max(of, 1), 2),
            "%",
        )


def gap(ours: np.ndarray, truth: np.ndarray, sides: np.ndarray) -> float:
    """The gap between the ECE against one side and that against the other."""
    parts = [ece(ours[sides == side], truth[sides == side]) for side in sorted(set(sides))[:2]]
    return abs(parts[0] - parts[-1])


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
    """4,000 hypotheses, 70 sources, every source on every hypothesis; time of one core, not of the clock."""
    evidence, fit = weigh_attacks.crowded(4000 if not SMALL else 1000, 70)
    times = 4000 / len(evidence.hypotheses)
    scale = Scale(evidence, fit)
    begun = time.process_time()
    for one in evidence.hypotheses:
        balance = scale.balance(one)
        balance.odds(balance.total)
    took = (time.process_time() - begun) * times
    counted = "4,000" if times == 1 else "4,000 (from 1,000)"
    yield at_most(f"{counted} hypotheses x 70 sources: probability, one core", took, "s", 2)
    begun = time.process_time()
    for one in evidence.hypotheses:
        weighed(scale, one)
    yield Row(
        f"{counted} x 70: probability, range, every reason",
        round((time.process_time() - begun) * times, 2),
        "s",
    )


if __name__ == "__main__":
    sys.exit(main())
