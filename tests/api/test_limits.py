"""A caller's rate: never more than the limit in any window, whoever else asks, and never locked out for good."""

from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.api.limits import Limit
from trucekeeper.api.refusals import TooMany
from trucekeeper.kernel.clock import Instant, SetClock


def passes(limit: Limit, who: str = "a") -> bool:
    try:
        limit.take(who)
    except TooMany:
        return False
    return True


@given(waits=st.lists(st.integers(0, 5_000), min_size=1, max_size=200), most=st.integers(1, 20))
def test_never_more_than_twice_the_limit_passes_within_a_window(waits: list[int], most: int) -> None:
    """A burst, and what fills up meanwhile."""
    clock = SetClock(Instant(0))
    limit = Limit("test", most, 10, clock)
    passed: list[int] = []
    for wait in waits:
        clock.at = Instant(clock.at + wait)
        if passes(limit):
            passed.append(clock.at)
    for first in passed:
        assert sum(first <= at < first + 10_000 for at in passed) <= 2 * most


@given(most=st.integers(1, 50), asked=st.integers(1, 200))
def test_a_caller_that_waits_as_it_is_told_is_let_in(most: int, asked: int) -> None:
    clock = SetClock(Instant(0))
    limit = Limit("test", most, 60, clock)
    for _ in range(asked):
        try:
            limit.take("a")
        except TooMany as error:
            clock.at = Instant(clock.at + int(error.headers["Retry-After"]) * 1000)
            assert passes(limit)


def test_each_caller_has_a_rate_of_its_own() -> None:
    limit = Limit("test", 1, 60, SetClock(Instant(0)))
    assert [passes(limit, one) for one in ("a", "b", "a", "b")] == [True, True, False, False]


def test_a_clock_that_is_set_back_gives_nothing_away() -> None:
    clock = SetClock(Instant(100_000))
    limit = Limit("test", 2, 60, clock)
    assert passes(limit)
    clock.at = Instant(0)
    assert [passes(limit), passes(limit)] == [True, False]
