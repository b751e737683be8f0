"""Clocks run from the record's own times: alternate, hotline, stale; an answer by any means stops them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.movements.announced import RULES, START, Life, at, convoy, hospital
from trucekeeper.movements import clocks
from trucekeeper.movements.clocks import DAY_MS, Reach
from trucekeeper.movements.model import Acknowledgement, Answer, Op, ReadBack

WITH = Reach({"liaison-a": "liaison-a2"})


def ahead(life: Life, reach: Reach = WITH) -> list[tuple[int, Op, str | None]]:
    """Minutes since the start, step, to whom."""
    found = clocks.deadlines(life.dossier, RULES, reach)
    return [((one.at - START) // 60_000, one.step.op, one.step.to) for one in found]


def test_alternate_then_hotline() -> None:
    life = Life(convoy()).transmit("liaison-a", minutes=10)
    assert ahead(life) == [(40, Op.ESCALATE, "liaison-a2"), (55, Op.ESCALATE, "hotline")]
    found = clocks.deadlines(life.dossier, RULES, WITH)
    assert clocks.due(found, at(39)) == ()
    assert [one.to for one in clocks.due(found, at(40))] == ["liaison-a2"]
    assert [one.to for one in clocks.due(found, at(500))] == ["liaison-a2", "hotline"]


def test_without_an_alternate_the_hotline_is_called_at_once() -> None:
    assert ahead(Life(convoy()).transmit("liaison-a"), Reach()) == [(30, Op.ESCALATE, "hotline")]


def test_a_step_that_stands_in_the_record_is_not_due_again() -> None:
    life = Life(convoy()).transmit("liaison-a")
    life.step(Op.ESCALATE, 31, recipient="liaison-a", to="liaison-a2")
    assert ahead(life) == [(45, Op.ESCALATE, "hotline")]
    life.step(Op.ESCALATE, 46, recipient="liaison-a", to="hotline")
    assert ahead(life) == []


@pytest.mark.parametrize("said", [Answer.ACKNOWLEDGED, Answer.QUERIED, Answer.OBJECTED])
def test_an_answer_stops_the_clock(said: Answer) -> None:
    life = Life(convoy()).transmit("liaison-a", "liaison-b")
    life.answer("liaison-a", 5, said)
    assert ahead(life) == [(30, Op.ESCALATE, "hotline")]  # liaison-b's


def test_received_stops_no_clock() -> None:
    life = Life(convoy()).transmit("liaison-a")
    life.answer("liaison-a", 5, Answer.RECEIVED)
    assert len(ahead(life)) == 2


def test_an_answer_by_telephone_stops_the_clock_too() -> None:
    life = Life(convoy()).transmit("liaison-a")
    heard = ReadBack("radio", "ann", "ben", "liaison-a")
    life.add(Acknowledgement(life.number, life.number, "liaison-a", Answer.ACKNOWLEDGED, None, heard), 5)
    assert ahead(life) == []


def test_an_answer_to_an_older_version_does_not_stop_the_newer_ones_clock() -> None:
    life = Life(convoy()).transmit("liaison-a")
    life.answer("liaison-a", 5)
    version = life.amend(100)
    life.transmit("liaison-a", minutes=101)
    assert ahead(life) == [(131, Op.ESCALATE, "liaison-a2"), (146, Op.ESCALATE, "hotline")]
    life.answer("liaison-a", 110, version=version)
    assert ahead(life) == []


def test_a_newer_version_escalates_anew() -> None:
    life = Life(convoy()).transmit("liaison-a")
    life.step(Op.ESCALATE, 31, recipient="liaison-a", to="liaison-a2")
    life.amend(100)
    life.transmit("liaison-a", minutes=101)
    assert ahead(life)[0] == (131, Op.ESCALATE, "liaison-a2")


def test_sending_the_same_again_does_not_wind_the_clock_back() -> None:
    life = Life(convoy()).transmit("liaison-a")
    life.step(Op.TRANSMIT, 25, recipient="liaison-a", channel="email")
    assert ahead(life)[0] == (30, Op.ESCALATE, "liaison-a2")


def test_where_nothing_gets_through_nobody_waits() -> None:
    life = Life(convoy()).transmit("liaison-a")
    lost = Reach({"liaison-a": "liaison-a2"}, {"liaison-a": at(3)})
    assert ahead(life, lost) == [(3, Op.ESCALATE, "liaison-a2"), (18, Op.ESCALATE, "hotline")]
    life.step(Op.ESCALATE, 3, recipient="liaison-a", to="liaison-a2")
    both = Reach({"liaison-a": "liaison-a2"}, {"liaison-a": at(3), "liaison-a2": at(6)})
    assert ahead(life, both) == [(6, Op.ESCALATE, "hotline")]


def test_a_failure_after_the_deadline_does_not_put_it_off() -> None:
    life = Life(convoy()).transmit("liaison-a")
    assert ahead(life, Reach({}, {"liaison-a": at(300)})) == [(30, Op.ESCALATE, "hotline")]


@pytest.mark.parametrize("op", [Op.WITHDRAW, Op.CLOSE])
def test_no_clock_runs_once_it_is_over(op: Op) -> None:
    life = Life(hospital()).transmit("liaison-a")
    life.step(op, 3, says="over")
    assert ahead(life) == []


def test_a_site_that_nobody_confirms_becomes_stale_and_says_that_it_is_protected() -> None:
    life = Life(hospital())
    (one,) = clocks.deadlines(life.dossier, RULES, WITH)
    assert (one.at - START) // DAY_MS == 30
    assert "protected all the same" in (one.step.says or "")
    life.step(Op.CONFIRM, 60, says="seen today")
    assert ahead(life) == [(30 * 1440 + 60, Op.STALE, None)]
    life.step(Op.STALE, 30 * 1440 + 61)
    assert ahead(life) == []
    life.step(Op.CONFIRM, 30 * 1440 + 70, says="seen again")
    assert [one[1] for one in ahead(life)] == [Op.STALE]


def test_a_movement_does_not_become_stale() -> None:
    assert ahead(Life(convoy())) == []


@pytest.mark.parametrize(
    ("minutes", "emergency", "in_time"),
    [(120, False, True), (121, False, False), (1560, True, True), (1561, True, False)],
)
def test_the_notice_period_is_the_kinds_and_shorter_in_an_emergency(
    minutes: int, emergency: bool, in_time: bool
) -> None:
    found = clocks.ahead(convoy(emergency=emergency), at(minutes), RULES)
    assert found.in_time is in_time
    assert found.given_min == 3000 - minutes


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 400))
def test_a_silent_recipient_is_never_forgotten(sent: int, failed: int, now: int) -> None:
    """Whatever failed when: at any moment something is still to come, or the hotline stands in the record."""
    life = Life(convoy()).transmit("liaison-a", minutes=sent)
    reach = Reach({"liaison-a": "liaison-a2"}, {"liaison-a": at(sent + failed)})
    for minute in range(sent, sent + now + 60):
        for step in clocks.due(clocks.deadlines(life.dossier, RULES, reach), at(minute)):
            life.add(step, minute)
    told = {to for to, _, _ in life.dossier.told[0].escalated}
    assert told == {"liaison-a2", "hotline"} or clocks.deadlines(life.dossier, RULES, reach)
    assert now + 60 < 45 or "liaison-a2" in told
