"""Fits: learnt, written, read, and weighed by to the same bytes everywhere."""

import os
import subprocess
import sys
from dataclasses import replace
from random import Random

import pytest

from tests.weighing.worlds import ALLEGED, CAMERA, SEISMIC, SIDES, said, source, watch
from trucekeeper.kernel import canon
from trucekeeper.kernel.errors import BadInput
from trucekeeper.weighing.entry import LARGEST, fit_body, read_fit, weighed_body
from trucekeeper.weighing.evidence import CAUSES, Alleged, Cause, Evidence, Statement, Trials, Watch
from trucekeeper.weighing.fit import MILLION, falling, prior_fit
from trucekeeper.weighing.fitting.learn import learn
from trucekeeper.weighing.weigh import weigh


def world(seed: int = 3, count: int = 120) -> tuple[Evidence, list[bool]]:
    """Honest monitors, a source that always says the contrary, a relay nobody declared, and sensors."""
    random = Random(seed)
    people = [source(f"m{number}") for number in range(5)]
    crooked = [source("contrary", kind="press"), source("echo", kind="press")]
    sensors = [source(f"e{number}", modality="seismic", kind="sensor") for number in range(3)]
    alleged: list[Alleged] = []
    statements: list[Statement] = []
    watches: list[Watch] = []
    truth: list[bool] = []
    for number in range(count):
        name = f"h{number}"
        happened = random.random() < 0.4
        decided = (Cause.VIOLATION if happened else Cause.NOTHING) if number < 15 else None
        base = (400_000, 10_000, 10_000, 10_000, 570_000)
        alleged.append(replace(ALLEGED, id=name, named=SIDES[number % 2], base_ppm=base, adjudicated=decided))
        truth.append(happened)
        for one in people:
            if random.random() < 0.7:
                says = happened if random.random() < 0.85 else not happened
                statements.append(_said(name, one.id, says=says, at_ms=random.randrange(10**6)))
        wrong = not happened if random.random() < 0.97 else happened
        statements.append(_said(name, "contrary", says=wrong, at_ms=5))
        statements.append(_said(name, "echo", says=wrong, at_ms=90_000))
        for one in sensors:
            detected = random.random() < (0.9 if happened else 0.004)
            watches.append(
                watch(one.id, hypothesis=name, detected=detected, distance_m=random.randrange(900))
            )
    body = Evidence(
        SIDES,
        (SEISMIC, CAMERA),
        (*people, *crooked, *sensors),
        tuple(alleged),
        tuple(statements),
        tuple(watches),
    )
    return body, truth


def _said(on: str, of: str, *, says: bool, at_ms: int) -> Statement:
    word = "affirm" if says else "deny"
    return said(of, word, id=f"{on}.{of}", hypothesis=on, at_ms=at_ms)


def test_a_fit_tells_true_from_false_and_learns_who_is_contrary() -> None:
    body, truth = world()
    fit = learn(body)
    found = list(weigh(body, fit))
    right = [(one.probability_ppm > 500_000) == was for one, was in zip(found, truth, strict=True)]
    assert sum(right) >= 0.97 * len(right)
    contrary = fit.table("contrary", "press", "neutral", "north")
    assert contrary[4][0] > contrary[0][0]
    assert [(one.child, one.parent) for one in fit.copies] == [("echo", "contrary")]


def test_what_was_adjudicated_is_clamped() -> None:
    body, truth = world()
    found = list(weigh(body, learn(body)))[:15]
    assert [one.probability_ppm for one in found] == [999_999 if was else 1 for was in truth[:15]]
    assert all(one.shares[-1].what == "decision" for one in found)


def test_a_fit_is_read_back_as_it_was_written() -> None:
    fit = learn(world()[0])
    raw = canon.encode(fit_body(fit))
    again = read_fit(raw)
    assert canon.encode(fit_body(again)) == raw
    body, _ = world()
    assert [weighed_body(one) for one in weigh(body, again)] == [
        weighed_body(one) for one in weigh(body, fit)
    ]
    assert len(raw) < LARGEST


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b'"tables/v1"', b'"tables/v9"', "is not fit/v1 by the method"),
        (b'"claimant":300000', b'"claimant":1300000', "not from 0 to 1000000"),
        (b"830000,", b"830001,", "does not sum to 1000000"),
        (b'"neutral *"', b'"nobody *"', "does not begin with a stance"),
    ],
)
def test_a_spoilt_fit_is_refused(old: bytes, new: bytes, says: str) -> None:
    raw = canon.encode(fit_body(prior_fit()))
    assert old in raw
    spoilt = canon.encode(canon.decode(raw)) if old == new else raw.replace(old, new)
    with pytest.raises(BadInput) as refused:
        read_fit(spoilt)
    assert says in str(refused.value) or "canonical" in str(refused.value)


def test_every_table_of_a_fit_sums_to_a_million() -> None:
    fit = learn(world()[0])
    rows = [row for table in (*fit.classes.values(), *fit.own.values()) for row in table]
    assert {sum(row) for row in rows} == {MILLION}
    assert min(min(row) for row in rows) >= 1
    assert len(fit.ears["seismic"].sounds) == len(CAUSES)


def test_a_sensors_chance_never_rises_with_distance() -> None:
    trials = [Trials(50, 50), Trials(90, 10), Trials(60, 40), Trials(61, 39), Trials(1, 99)]
    found = falling(trials)
    assert list(found) == sorted(found, reverse=True)
    assert found[0] == found[1] == (101 + 181) * MILLION // 404


SCRIPT = """
import hashlib
from tests.weighing.test_fit import world
from trucekeeper.kernel import canon
from trucekeeper.weighing.entry import weighed_body
from trucekeeper.weighing.fit import prior_fit
from trucekeeper.weighing.weigh import weigh
found = [weighed_body(one) for one in weigh(world()[0], prior_fit())]
print(hashlib.sha256(canon.encode(found)).hexdigest())
"""


def test_weighing_gives_the_same_bytes_whatever_the_seed_of_hashes() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(found) == 1
    assert len(found.pop().strip()) == 64
