"""Ten digits show which version the reader holds; a slip is noticed, and two of the staff have to hear it."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements import read_back
from trucekeeper.movements.model import Op, ReadBack
from trucekeeper.movements.read_back import Heard, Subject

OF = Subject("office.example/test", 10, 14, "ab" * 32, "liaison-a")
SAID = ReadBack("radio", "ann", "ben", "post-3")

subjects = st.builds(
    Subject, st.just("o"), st.integers(2, 999), st.integers(2, 999), st.binary(min_size=32, max_size=32).map(bytes.hex),
    st.sampled_from(("a", "b"))
)  # fmt: skip


@given(subjects)
def test_a_code_is_heard_however_it_is_grouped(of: Subject) -> None:
    digits = read_back.code(of)
    assert len(digits) == 10
    for text in (digits, read_back.spoken(digits), f" {digits[:5]}-{digits[5:]}. "):
        assert read_back.heard(text, of) is Heard.RIGHT


@given(subjects, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(of: Subject, place: int, more: int) -> None:
    digits = read_back.code(of)
    wrong = str((int(digits[place]) + more) % 10)
    assert read_back.heard(digits[:place] + wrong + digits[place + 1 :], of) is Heard.MISHEARD


@given(subjects)
def test_two_neighbours_swapped_are_noticed(of: Subject) -> None:
    digits = read_back.code(of)
    for at, (one, other) in enumerate(pairwise(digits)):
        swapped = digits[:at] + other + one + digits[at + 2 :]
        assert (read_back.heard(swapped, of) is Heard.MISHEARD) == (one != other)


@pytest.mark.parametrize("text", ["", "12", "x" * 10, "1" * 11, "\u0661" * 10])
def test_what_is_no_code_is_misheard(text: str) -> None:
    assert read_back.heard(text, OF) is Heard.MISHEARD


@pytest.mark.parametrize(
    "other",
    [
        replace(OF, version=10),
        replace(OF, digest="cd" * 32),
        replace(OF, recipient="liaison-b"),
        replace(OF, origin="else.example/log"),
        replace(OF, notice=11),
    ],
)
def test_the_code_of_anything_else_is_told_apart(other: Subject) -> None:
    assert read_back.heard(read_back.code(other), OF) is Heard.OTHER
    with pytest.raises(BadInput, match="another version or recipient"):
        read_back.call(OF, SAID, read_back.code(other))


def test_a_call_that_was_read_back_is_a_step_and_says_no_code() -> None:
    step = read_back.call(OF, SAID, read_back.spoken(read_back.code(OF)), {"ann", "ben"})
    assert (step.op, step.notice, step.recipient, step.read_back) == (Op.CALL, 10, "liaison-a", SAID)
    assert read_back.code(OF) not in (step.says or "")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (replace(SAID, heard_by="ann"), "two members of staff"),
        (replace(SAID, heard_by=" Ann "), "two members of staff"),
        (replace(SAID, caller="BEN"), "other end"),
        (replace(SAID, channel="email"), "telephone, radio, fax"),
        (replace(SAID, heard_by="zoe"), "not of the office's staff"),
    ],
)
def test_a_call_that_one_person_alone_heard_does_not_count(said: ReadBack, why: str) -> None:
    assert why in (read_back.refusal(said, {"ann", "ben"}) or "")
    with pytest.raises(BadInput, match=why):
        read_back.call(OF, said, read_back.code(OF), {"ann", "ben"})


def test_a_misheard_code_asks_for_another_reading() -> None:
    with pytest.raises(BadInput, match="two digits at a time"):
        read_back.call(OF, SAID, "12 34 56 78 90")


def test_a_receipt_request_fits_into_a_code_that_a_telephone_reads() -> None:
    assert len(read_back.receipt_request(OF)) < 300
