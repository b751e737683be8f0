"""``truce bundle --page`` and ``truce verify --page``: a page is printed of what was verified, and of nothing else."""

from pathlib import Path

import pytest

from tests.truce import truce


@pytest.fixture
def bundle(office: Path) -> Path:
    return next((office / "bundles").glob("*.bundle"))


def test_a_bundle_is_laid_down_with_its_page(office: Path, bundle: Path) -> None:
    done = truce("bundle", bundle.stem, "--office", office, "--page")
    assert done.code == 0, done.err
    assert sorted(one.suffix for one in bundle.parent.iterdir()) == [".bundle", ".html", ".pdf"]
    assert bundle.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")
    assert bundle.stem in bundle.with_suffix(".html").read_text("utf-8")


def test_whoever_verifies_prints_the_same_page(office: Path, bundle: Path, tmp_path: Path) -> None:
    key = office / "log" / "log.vkey"
    assert truce("bundle", bundle.stem, "--office", office, "--page").code == 0
    for suffix in (".html", ".pdf"):
        mine = tmp_path / f"mine{suffix}"
        done = truce("verify", bundle, "--key", key, "--page", mine)
        assert (done.code, done.out.splitlines()[-1][:10]) == (0, "Authentic:")
        assert mine.read_bytes() == bundle.with_suffix(suffix).read_bytes()


def test_no_page_is_printed_of_what_does_not_verify(office: Path, bundle: Path, tmp_path: Path) -> None:
    key, page = office / "log" / "log.vkey", tmp_path / "page.html"
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    assert truce("verify", bundle, "--key", key, "--page", page).code == 3
    assert not page.exists()


def test_a_page_has_one_of_two_forms_and_a_name_of_its_own(
    office: Path, bundle: Path, tmp_path: Path
) -> None:
    key = office / "log" / "log.vkey"
    other = truce("verify", bundle, "--key", key, "--page", tmp_path / "page.txt")
    assert (other.code, "ends neither in .html nor in .pdf" in other.err) == (2, True)
    taken = tmp_path / "taken.html"
    taken.write_text("mine")
    assert truce("verify", bundle, "--key", key, "--page", taken).code == 2
    assert taken.read_text() == "mine"
