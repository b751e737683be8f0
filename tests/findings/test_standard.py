import re
from pathlib import Path

from trucekeeper.findings.standard import TESTS


def test_the_standards_have_a_heading_for_every_test_and_no_other(root: Path) -> None:
    text = (root / "docs" / "standards" / "findings.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### `([a-z.-]+)`$", text, flags=re.MULTILINE)
    assert sorted(headings) == sorted(TESTS)


def test_under_each_heading_stands_what_a_yes_means(root: Path) -> None:
    text = (root / "docs" / "standards" / "findings.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### `([a-z.-]+)`\n\n(.+)$", text, flags=re.MULTILINE))
    assert {test: sections[test] for test in TESTS} == {
        test: f"Yes means: {meaning}." for test, meaning in TESTS.items()
    }
