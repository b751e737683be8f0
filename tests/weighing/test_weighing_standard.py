"""The page that states the method says the numbers that the method uses."""

import re
from pathlib import Path

import pytest

from trucekeeper.weighing import graded, words
from trucekeeper.weighing.model import Stance


@pytest.fixture
def rows(root: Path) -> dict[str, str]:
    text = (root / "docs" / "standards" / "weighing.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text, flags=re.MULTILINE))


def test_the_page_states_the_weight_of_every_letter(rows: dict[str, str]) -> None:
    stated = {letter: rows[f"{letter}: {meaning}"] for letter, meaning in words.RELIABILITY.items()}
    assert stated == {letter: str(milli) for letter, milli in graded.RELIABILITY.items()}


def test_the_page_states_the_share_of_every_digit(rows: dict[str, str]) -> None:
    stated = {digit: rows[f"{digit}: {meaning}"] for digit, meaning in words.CREDIBILITY.items()}
    assert stated == {digit: str(permille) for digit, permille in graded.CREDIBILITY.items()}


def test_the_page_states_what_an_interest_leaves(rows: dict[str, str]) -> None:
    assert rows["affirms, in its own interest"] == str(graded.INTEREST[Stance.AFFIRM])
    assert rows["denies, in its own interest"] == str(graded.INTEREST[Stance.DENY])
    assert rows["looked and saw nothing, in its own interest"] == str(graded.INTEREST[Stance.SILENT])
    assert rows["affirms against its own interest (an admission)"] == str(graded.ADMITS)


def test_the_page_states_the_range_of_every_word(rows: dict[str, str]) -> None:
    for word, low, high in words.ICD203:
        assert rows[word] == f"{low // 10_000} to {high // 10_000}"
