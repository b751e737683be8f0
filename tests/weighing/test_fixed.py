"""Logarithms in whole numbers."""

import math

from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.weighing import odds
from trucekeeper.weighing.fixed import ONE, exp_of, joined, ln_of, odds_of, paired, ppm_of

MICRO = st.integers(-30_000_000, 30_000_000)


@given(st.integers(1, 1 << 80))
def test_a_logarithm_is_right_to_two_micronats(parts: int) -> None:
    assert abs(ln_of(parts) - 1e6 * (math.log(parts) - math.log(ONE))) < 2


@given(st.integers(0, 25_000_000))
def test_an_exponential_is_right_and_never_rises(micro: int) -> None:
    assert abs(exp_of(micro) - ONE * math.exp(-micro / 1e6)) < ONE * 1e-11
    assert exp_of(micro) >= exp_of(micro + 1)


@given(MICRO, MICRO)
def test_two_terms_are_joined_as_any_number_is(one: int, other: int) -> None:
    assert paired(one, other) == paired(other, one)
    assert abs(paired(one, other) - joined((one, other))) <= 1


@given(st.integers(1, 999_999))
def test_a_probability_comes_back_from_its_log_odds(ppm: int) -> None:
    assert ppm_of(odds_of(ppm)) == ppm
    assert abs(odds_of(ppm) - 1000 * odds.milli_of(ppm)) <= 501


@given(MICRO)
def test_probabilities_are_never_nothing_or_all(micro: int) -> None:
    assert 1 <= ppm_of(micro) <= 999_999
    assert ppm_of(micro) <= ppm_of(micro + 1)
    assert abs(ppm_of(micro) + ppm_of(-micro) - 1_000_000) <= 1
