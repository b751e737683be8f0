import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth

SPANS = st.tuples(st.integers(-9, 9), st.none() | st.integers(0, 9)).map(
    lambda pair: Span(pair[0], None if pair[1] is None else pair[0] + pair[1])
)


def members(span: Span) -> range:
    return range(span.low, 40 if span.high is None else span.high + 1)


def judged(answers: set[bool]) -> Truth:
    if len(answers) == 2:
        return Truth.UNKNOWN
    return Truth.YES if answers == {True} else Truth.NO


@given(SPANS, st.integers(-12, 20))
def test_a_range_answers_only_what_all_its_members_answer(span: Span, bound: int) -> None:
    assert span.at_least(bound) is judged({one >= bound for one in members(span)})
    assert span.equals(bound) is judged({one == bound for one in members(span)})


@given(SPANS, SPANS)
def test_a_sum_holds_every_sum_of_members(one: Span, other: Span) -> None:
    total = one + other
    assert total.low == one.low + other.low
    assert total == other + one
    assert (total.high is None) == (one.high is None or other.high is None)
    if one.high is not None and other.high is not None:
        assert total.high == one.high + other.high


def test_a_range_that_runs_down_is_refused() -> None:
    with pytest.raises(BadInput, match="smaller number first"):
        Span(3, 2)


def test_ranges_read_as_people_write_them() -> None:
    assert [str(one) for one in (Span(5, 7), Span(5, 5), Span(100, None), Span.exactly(0))] == [
        "5-7",
        "5",
        "100+",
        "0",
    ]
