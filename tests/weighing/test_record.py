"""What adjudicated incidents teach, and when they teach nothing."""

from dataclasses import replace
from random import Random

import pytest

from tests.weighing.worlds import ALLEGED, CAMERA, SEISMIC, SIDES, said, source, watch
from trucekeeper.kernel import canon
from trucekeeper.kernel.errors import BadInput
from trucekeeper.weighing.entry import fit_body, read_fit
from trucekeeper.weighing.evidence import Alleged, Cause, Evidence, Statement, Watch
from trucekeeper.weighing.fit import CLASS, NEUTRAL, prior_fit
from trucekeeper.weighing.fitting.learn import learn
from trucekeeper.weighing.fitting.record import FEWEST
from trucekeeper.weighing.voiced import MOST_TOLD, flat
from trucekeeper.weighing.weigh import weigh


def world(seed: int, decided: int, count: int = 300, *, exam: bool = False) -> tuple[Evidence, list[bool]]:
    """Monitors and sensors that are honest; bots that affirm, but only where nothing was.

    In an exam two of the press tell the truth where it is adjudicated and the contrary elsewhere.
    """
    random = Random(seed)
    monitors = [source(f"m{number}") for number in range(3)]
    bots = [source(f"b{number}", kind="resident") for number in range(6)]
    press = [source(f"p{number}", kind="press") for number in range(2)]
    sensors = [source(f"e{number}", modality="seismic", kind="sensor") for number in range(3)]
    alleged: list[Alleged] = []
    statements: list[Statement] = []
    watches: list[Watch] = []
    truth: list[bool] = []

    def speak(on: str, of: str, affirms: bool) -> None:
        words, at_ms = random.getrandbits(64), random.randrange(10**6)
        statements.append(
            said(
                of, "affirm" if affirms else "deny", id=f"{on}.{of}", hypothesis=on, words=words, at_ms=at_ms
            )
        )

    for number in range(count):
        name, happened = f"h{number}", random.random() < 0.45
        cause = (Cause.VIOLATION if happened else Cause.NOTHING) if number < decided else None
        base = (450_000, 10_000, 10_000, 10_000, 520_000)
        alleged.append(replace(ALLEGED, id=name, named=SIDES[number % 2], base_ppm=base, adjudicated=cause))
        truth.append(happened)
        for one in monitors:
            if random.random() < 0.5:
                speak(name, one.id, happened if random.random() < 0.75 else not happened)
        for one in bots:
            if not happened and random.random() < 0.5:
                speak(name, one.id, affirms=True)
        for one in press:
            if exam and random.random() < 0.9:
                speak(name, one.id, happened if number < decided else not happened)
        for one in sensors:
            detected = random.random() < (0.9 if happened else 0.004)
            line = watch(one.id, hypothesis=name, detected=detected, distance_m=random.randrange(900))
            watches.append(line)
    body = Evidence(
        SIDES,
        (SEISMIC, CAMERA),
        (*monitors, *bots, *press, *sensors),
        tuple(alleged),
        tuple(statements),
        tuple(watches),
    )
    return body, truth


def test_that_somebody_speaks_at_all_is_learnt_from_what_was_adjudicated() -> None:
    body, truth = world(5, 90)
    fit = learn(body)
    affirm, _ = fit.voiced[f"{CLASS}resident", NEUTRAL]
    assert affirm < 0
    found = [one.probability_ppm for one in weigh(body, fit)]
    right = [(one > 500_000) == was for one, was in zip(found, truth, strict=True)]
    assert sum(right) >= 0.97 * len(right)


def test_a_handful_of_adjudicated_incidents_teaches_nothing_beyond_the_tables() -> None:
    fit = learn(world(5, FEWEST - 1)[0])
    assert not fit.voiced
    assert not any(fit.record)


def test_whoever_sits_for_an_exam_has_no_record() -> None:
    body, truth = world(6, 90, exam=True)
    fit = learn(body)
    tables = [fit.table(f"p{at}", "press", NEUTRAL, side) for at in range(2) for side in SIDES]
    assert all(flat(one) for one in tables)
    assert not flat(fit.table("m0", "monitor", NEUTRAL, "north"))
    found = [one.probability_ppm for one in weigh(body, fit)]
    right = [(one > 500_000) == was for one, was in zip(found[90:], truth[90:], strict=True)]
    assert sum(right) >= 0.9 * len(right)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b'"neutral class resident"', b'"nobody class resident"', "is not a stance with a class or a source"),
        (b"[5,-7]", b"[5,-7,0]", "is not a list of 2"),
        (b"[5,-7]", f"[{MOST_TOLD + 1},0]".encode(), "holds something that is not from"),
        (b"[1,2,3,4]", b"[1,2,3]", "is not a list of 4"),
    ],
)
def test_a_spoilt_record_is_refused(old: bytes, new: bytes, says: str) -> None:
    voiced = {(f"{CLASS}resident", NEUTRAL): (5, -7)}
    raw = canon.encode(fit_body(replace(prior_fit(), voiced=voiced, record=(1, 2, 3, 4))))
    assert old in raw
    with pytest.raises(BadInput, match=says):
        read_fit(raw.replace(old, new))
