"""Duties are done at the multiples of their period, once, and one that fails stops no other."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel.clock import Instant, SetClock
from trucekeeper.kernel.errors import NotFound
from trucekeeper.office.ticking import Duty, Ticker


def test_a_duty_is_done_once_at_each_multiple_of_its_period() -> None:
    done: list[str] = []
    ticker = Ticker((Duty("a", 1000, lambda: done.append("a")),), SetClock(Instant(0)))
    turns = [ticker.turn(Instant(at)) for at in (500, 900, 1000, 1001, 1999, 2000, 7500)]
    assert turns == [(), (), ("a",), (), (), ("a",), ("a",)]
    assert done == ["a"] * 3


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_no_clock_however_set_makes_a_duty_due_twice_in_a_period(moments: list[int]) -> None:
    done: list[int] = []
    now = [0]
    ticker = Ticker((Duty("a", 700, lambda: done.append(now[0] // 700)),), SetClock(Instant(0)))
    for moment in moments:
        now[0] = moment
        ticker.turn(Instant(moment))
    assert done == sorted(set(done))


def test_a_duty_that_fails_stops_no_other_and_is_tried_again() -> None:
    tried: list[str] = []

    def failing() -> None:
        tried.append("failing")
        msg = "the witness is not there; try again"
        raise NotFound(msg)

    ticker = Ticker(
        (Duty("failing", 10, failing), Duty("other", 10, lambda: tried.append("other"))), SetClock(Instant(0))
    )
    ticker.turn(Instant(0))
    assert ticker.turn(Instant(10)) == ("failing", "other")
    assert ticker.turn(Instant(20)) == ("failing", "other")
    assert tried == ["failing", "other"] * 2


def test_the_thread_does_duties_until_it_is_left() -> None:
    clock, done = SetClock(Instant(0)), threading.Event()
    with Ticker((Duty("a", 10, done.set),), clock, look_s=0.01):
        clock.at = Instant(10)
        assert done.wait(5)
    assert not [thread for thread in threading.enumerate() if thread.name == "ticker"]
