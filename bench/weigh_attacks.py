"""Copies and captured sources, put into evidence that was honest; and a crowded file to time."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from measures import false_findings
from rows import Row, at_most
from weigh_cases import Case

from trucekeeper.weighing.evidence import (
    Alleged,
    Evidence,
    Modality,
    Reach,
    Says,
    Statement,
    Trials,
    Watch,
    Witness,
)
from trucekeeper.weighing.fit import Fit, prior_fit
from trucekeeper.weighing.fitting.learn import learn
from trucekeeper.weighing.weigh import weigh

COPIES = (1, 20)


def rows(cases: list[Case], *, small: bool) -> Iterator[Row]:
    """Clone shift and false findings under capture."""
    for case in cases[: 1 if small else 5]:
        yield from cloned(case, small=small)
    wrong = found = answered = mistaken = 0
    for case in cases[: 2 if small else 5]:
        one = captured(case)
        wrong, found, answered, mistaken = (
            wrong + one[0],
            found + one[1],
            answered + one[2],
            mistaken + one[3],
        )
    if cases:
        name = f"half the sources captured, 20 clones of each: at P >= .95 not so, of {found}"
        yield at_most(name, 100 * wrong / max(found, 1), "%", 5)
        yield Row(f"the same: established and not so, of {answered}", mistaken, "")


def cloned(case: Case, *, small: bool) -> Iterator[Row]:
    """The most that declared or identical copies of a source move any log-odds, with the fit kept and made anew."""
    random = np.random.default_rng(7)
    talkers = sorted({one.source for one in case.evidence.statements})
    chosen = [str(one) for one in random.choice(talkers, min(len(talkers), 2 if small else 6), replace=False)]
    fit = learn(case.evidence)
    before = odds(case.evidence, fit)
    kept = anew = 0.0
    for name in chosen:
        for count in COPIES:
            for declared in (True, False):
                more = with_copies(case.evidence, name, count, declared=declared)
                kept = max(kept, float(np.abs(odds(more, fit) - before).max()))
                if count == max(COPIES):
                    anew = max(anew, float(np.abs(odds(more, learn(more)) - before).max()))
    yield at_most(
        f"{case.name}: clone shift, declared and identical, up to {max(COPIES)}", kept, "nats", 0.05
    )
    yield Row(f"{case.name}: the same when the fit is made anew", round(anew, 3), "nats")


def odds(evidence: Evidence, fit: Fit) -> np.ndarray:
    """The log-odds of every hypothesis, in nats."""
    return np.array([one.log_odds_milli for one in weigh(evidence, fit)]) / 1000


def with_copies(evidence: Evidence, name: str, count: int, *, declared: bool) -> Evidence:
    """The evidence with copies of a source: declared to relay it, or alike in all but the name."""
    original = next(one for one in evidence.sources if one.id == name)
    mine = [one for one in evidence.statements if one.source == name]
    sources, statements = list(evidence.sources), list(evidence.statements)
    for number in range(count):
        clone = f"{name}~{number}"
        sources.append(replace(original, id=clone, parent=name if declared else original.parent))
        statements += [replace(one, id=f"{one.id}~{number}", source=clone) for one in mine]
    return replace(evidence, sources=tuple(sources), statements=tuple(statements))


def captured(case: Case) -> tuple[int, int, int, int]:
    """False and all findings at P >= .95, and established answers, all and false, with half the sources lying.

    Half of the sources without a side say what serves one of the sides, and each has 20 clones in groups of their
    own, a minute later, in words of their own.
    """
    random = np.random.default_rng(11)
    body = case.evidence
    neutral = sorted(one.id for one in body.sources if one.side is None and one.modality is None)
    master = {
        str(name): body.sides[at % len(body.sides)]
        for at, name in enumerate(random.choice(neutral, len(neutral) // 2, replace=False))
    }
    named = {one.id: one.named for one in body.hypotheses}
    told = [_bent(one, master, named) for one in body.statements]
    sources = list(body.sources)
    more: list[Statement] = []
    by_source = {name: [one for one in told if one.source == name] for name in master}
    for source in body.sources:
        for number in range(20 if source.id in master else 0):
            clone = f"{source.id}~{number}"
            sources.append(replace(source, id=clone, group=clone))
            more += [
                replace(
                    one,
                    id=f"{one.id}~{number}",
                    source=clone,
                    at_ms=one.at_ms + 60_000 * (number + 1),
                    words=None,
                    copies=None,
                )
                for one in by_source[source.id]
            ]
    bent = replace(body, sources=tuple(sources), statements=(*told, *more))
    found = list(weigh(bent, learn(bent)))
    chance = np.array([found[at].probability_ppm for at in case.kept]) / 1e6
    false, of = false_findings(chance, case.truth)
    sure = np.array([found[at].answer == "established" for at in case.kept])
    return false, of, int(sure.sum()), int((sure & (case.truth < 0.5)).sum())


def _bent(said: Statement, master: dict[str, str], named: dict[str, str]) -> Statement:
    side = master.get(said.source)
    if side is None:
        return said
    accuses = named[said.hypothesis] != side
    return replace(said, says=Says.AFFIRM if accuses else Says.DENY, account=None)


def crowded(count: int, each: int) -> tuple[Evidence, Fit]:
    """Every source on every hypothesis: sixty that speak and ten that listen."""
    random = np.random.default_rng(3)
    reach = (Reach(1000, Trials(930, 70)), Reach(5000, Trials(600, 400)), Reach(15_000, Trials(200, 800)))
    modality = Modality("seismic", reach, 4, 1000, None, None)
    kinds = ("resident", "monitor", "press", "party")
    sources = tuple(
        Witness(
            f"s{at}",
            kinds[at % 4],
            f"g{at % 24}",
            ("north", "south")[at // 4 % 2] if at % 4 == 3 else None,
            "seismic" if at >= each - 10 else None,
            None,
        )
        for at in range(each)
    )
    base = (300_000, 100_000, 100_000, 100_000, 400_000)
    alleged = tuple(
        Alleged(
            f"h{at}",
            "4.2",
            "explosion",
            ("north", "south")[at % 2],
            None,
            0,
            0,
            100,
            0,
            1,
            base,
            None,
            950_000,
        )
        for at in range(count)
    )
    statements: list[Statement] = []
    watches: list[Watch] = []
    quiet = Watch(
        hypothesis="",
        source="",
        distance_m=0,
        on_shift=True,
        in_view=True,
        night=False,
        cloud=False,
        detected=False,
        points_to=None,
    )
    for one in alleged:
        draws = random.random(each)
        metres = random.integers(0, 20_000, each)
        words = random.integers(0, 2**63, each)
        for at, source in enumerate(sources):
            if source.modality is None:
                says = Says.AFFIRM if draws[at] < 0.5 else Says.DENY
                statements.append(
                    Statement(f"{one.id}.{at}", one.id, source.id, says, None, at, None, int(words[at]))
                )
            else:
                heard = replace(quiet, hypothesis=one.id, source=source.id, distance_m=int(metres[at]))
                watches.append(replace(heard, detected=bool(draws[at] < 0.3)))
    return Evidence(
        ("north", "south"), (modality,), sources, alleged, tuple(statements), tuple(watches)
    ), prior_fit()
