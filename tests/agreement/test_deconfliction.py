"""The desk's rules in the agreement: read exactly, and refused with their line."""

import shutil
from pathlib import Path

import pytest

from trucekeeper.agreement import deconfliction, folder
from trucekeeper.movements.model import Kind

LAKESIDE = Path(folder.__file__).parent.parent / "drill" / "lakeside"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LAKESIDE, tmp_path / "agreement"))


def test_the_kinds_are_those_of_notices() -> None:
    assert set(deconfliction.KINDS) == {kind.value for kind in Kind}


def test_the_section_is_read_in_whole_metres_and_minutes() -> None:
    rules = folder.load(LAKESIDE).deconfliction
    assert rules is not None
    assert (rules.cell_m, rules.emergency_min, rules.acknowledge_min) == (10_000, 1_440, 360)
    assert dict(rules.notice_min)["movement"] == 2_880
    assert dict(rules.standoff_m)["site"] == 300
    assert rules.no_go == ("water-works",)


def test_an_agreement_without_the_section_has_no_desk(copy: Path) -> None:
    head = copy / "agreement.yaml"
    text, _, _ = head.read_text("utf-8").partition("# The deconfliction desk.")
    head.write_text(text, "utf-8")
    folder.lock(copy)
    assert folder.load(copy).deconfliction is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("cell_km: 10 ", "cell_km: 0 ", "0.1 to 500 km"),
        ("cell_km: 10 ", "cell_km: 0.0005 ", "finer than one of metres"),
        ("activity: 48, hazard", "flight: 48, hazard", "'flight' is not a key here"),
        (", hazard: 24}", "}", "'hazard' is missing"),
        ("emergency_hours: 24", "emergency_hours: soon", "no whole number"),
        ("stale_days: 30", "stale_days: 0", "from 1 to 3650"),
        ("per_notifier: 5", "per_notifier: -1", "from 0 to 10000"),
        ("no_go: [water-works]", "no_go: [a-25km]", "no zone with an outline of its own"),
        ("no_go: [water-works]", "no_go: [water-works, water-works]", "named twice"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(copy: Path, old: str, new: str, says: str) -> None:
    head = copy / "agreement.yaml"
    text = head.read_text("utf-8")
    assert old in text
    head.write_text(text.replace(old, new), "utf-8")
    folder.lock(copy)
    found = [str(one) for one in folder.lint(copy) if one.severity == "error"]
    assert len(found) == 1
    assert says in found[0]
    assert found[0].startswith("agreement.yaml, line ")
