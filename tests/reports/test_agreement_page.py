"""The agreement's page as HTML."""

import re
from pathlib import Path

import pytest

from tests.agreement.sample import small
from trucekeeper.agreement.folder import load
from trucekeeper.reports.agreement_page import agreement_html


@pytest.mark.parametrize("historical", [False, True])
def test_a_historical_profile_is_labelled_as_such_and_nothing_else_is(
    tmp_path: Path, historical: bool
) -> None:
    changes = [("  id: small\n", "  id: small\n  historical: true\n")] if historical else []
    html = agreement_html(load(small(tmp_path, *changes))).decode()
    assert ("Historical profile." in html) is historical


def test_the_page_fetches_nothing_and_runs_nothing(root: Path) -> None:
    html = agreement_html(load(root / "src/trucekeeper/drill/lakeside")).decode()
    assert not re.search(r"<script|<link|<img|https?://|url\(|@import", html)
    assert "Retrait de l&#39;artillerie" not in html  # titles are of the first language
    assert "artillerie de calibre supérieur à 100 mm" in html


def test_words_of_the_agreement_are_escaped(tmp_path: Path) -> None:
    html = agreement_html(load(small(tmp_path, ("title: Small truce", "title: <script>1</script>"))))
    assert b"<script>" not in html
    assert b"&lt;script&gt;" in html


def test_the_page_is_the_same_bytes_each_time(root: Path) -> None:
    folder = root / "src/trucekeeper/drill/lakeside"
    assert agreement_html(load(folder)) == agreement_html(load(folder))
