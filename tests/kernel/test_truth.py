import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel.truth import Truth, all_of, any_of, of

VALUES = st.sampled_from(Truth)
RANK = {Truth.NO: 0, Truth.UNKNOWN: 1, Truth.YES: 2}


@given(VALUES, VALUES)
def test_and_is_the_lesser_and_or_the_greater(one: Truth, other: Truth) -> None:
    assert RANK[one & other] == min(RANK[one], RANK[other])
    assert RANK[one | other] == max(RANK[one], RANK[other])
    assert RANK[~one] == 2 - RANK[one]


@given(VALUES, VALUES)
def test_de_morgan_holds(one: Truth, other: Truth) -> None:
    assert ~(one & other) == ~one | ~other
    assert ~(one | other) == ~one & ~other
    assert ~~one == one


@given(st.lists(VALUES))
def test_many_are_folded_as_two_are(values: list[Truth]) -> None:
    both, either = Truth.YES, Truth.NO
    for value in values:
        both, either = both & value, either | value
    assert all_of(values) == both
    assert any_of(values) == either


@given(st.lists(VALUES), st.data())
def test_learning_more_never_turns_a_known_answer(values: list[Truth], data: st.DataObject) -> None:
    learnt = [
        data.draw(VALUES) if value is Truth.UNKNOWN else value
        for value in values
    ]  # fmt: skip
    for fold in (all_of, any_of):
        before = fold(values)
        assert before is Truth.UNKNOWN or fold(learnt) is before


def test_a_truth_is_never_squeezed_into_two_values() -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(Truth.UNKNOWN)


def test_two_values_and_none_become_three() -> None:
    assert (of(True), of(False), of(None)) == (Truth.YES, Truth.NO, Truth.UNKNOWN)
