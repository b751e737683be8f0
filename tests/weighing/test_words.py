import json
from pathlib import Path

import pytest

from trucekeeper.weighing import words


@pytest.mark.parametrize(
    ("ppm", "word"),
    [
        (1, "almost no chance"),
        (49_999, "almost no chance"),
        (50_000, "very unlikely"),
        (199_999, "very unlikely"),
        (200_000, "unlikely"),
        (449_999, "unlikely"),
        (450_000, "roughly even chance"),
        (550_000, "roughly even chance"),
        (550_001, "likely"),
        (800_000, "likely"),
        (800_001, "very likely"),
        (950_000, "very likely"),
        (950_001, "almost certain"),
        (999_999, "almost certain"),
    ],
)
def test_every_probability_has_one_word(ppm: int, word: str) -> None:
    assert words.likelihood(ppm) == word


def test_the_words_mirror_each_other_around_even_odds() -> None:
    order = [word for word, _, _ in words.ICD203]
    for ppm in (1, 49_999, 50_000, 199_999, 200_000, 449_999, 450_000, 499_999):
        mirrored = words.likelihood(1_000_000 - ppm)
        assert order.index(words.likelihood(ppm)) == len(order) - 1 - order.index(mirrored)


def test_the_ranges_are_those_of_the_table_at_hand(needs_data: Path) -> None:
    table = json.loads((needs_data / "golden_rules" / "icd203_likelihood.json").read_text(encoding="utf-8"))
    expected = [(word, low * 10_000, high * 10_000) for word, _, low, high in table["terms"]]
    assert list(words.ICD203) == expected


def test_a_grade_is_read_out_in_words() -> None:
    assert words.grade("B", 2) == "B2: usually reliable, probably true"


def test_a_grade_outside_the_scale_cannot_be_judged() -> None:
    assert words.grade("Z", 9) == "F6: reliability cannot be judged, truth cannot be judged"
