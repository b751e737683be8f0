import math

import pytest

from trucekeeper.weighing import odds


@pytest.mark.parametrize("ppm", [1, 2, 1000, 50_000, 333_333, 500_000, 900_000, 999_998, 999_999])
def test_log_odds_agree_with_the_textbook(ppm: int) -> None:
    assert odds.milli_of(ppm) == round(1000 * math.log(ppm / (1_000_000 - ppm)))


@pytest.mark.parametrize("milli", [-13_000, -2197, -1, 0, 1, 847, 2197, 9000])
def test_probabilities_agree_with_the_textbook(milli: int) -> None:
    assert abs(odds.ppm_of(milli) - 1_000_000 / (1 + math.exp(-milli / 1000))) <= 0.5 + 1e-6


def test_a_probability_is_never_0_or_1() -> None:
    assert (odds.ppm_of(-(10**9)), odds.ppm_of(10**9)) == (1, 999_999)
    assert odds.milli_of(0) == odds.milli_of(1)
    assert odds.milli_of(1_000_000) == odds.milli_of(999_999)


def test_who_would_have_seen_it_nine_times_in_ten_lowers_the_odds_by_ln_10() -> None:
    assert odds.missed_milli(900_000) == -2303
    assert odds.missed_milli(0) == 0
