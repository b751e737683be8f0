"""Changelog fragments have their form, and what has not is refused with a sentence."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

GOOD = "### Fixed\n\n- One thing.\n\n### Effect on findings\n\nNone.\n"


@pytest.fixture(scope="module")
def changelog(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("changelog", root / "tools" / "changelog.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_fragments_that_wait_are_well_formed(changelog: ModuleType) -> None:
    waiting = {path.name: path.read_text(encoding="utf-8") for path in changelog.fragments()}
    assert [fault for name, text in waiting.items() for fault in changelog.faults(name, text)] == []


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("Loud Name.md", GOOD, "small letters"),
        ("a.md", "### Fixed\n\n- One thing.\n", "Effect on findings"),
        ("a.md", GOOD.replace("Fixed", "Fixes"), "no heading 'Fixes'"),
        ("a.md", GOOD.replace("- One thing.", ""), "at least one line"),
        ("a.md", "Text.\n\n" + GOOD, "before the first heading"),
        ("a.md", GOOD + GOOD, "stands twice"),
    ],
)
def test_a_fragment_of_another_form_is_refused(
    changelog: ModuleType, name: str, text: str, says: str
) -> None:
    assert any(says in fault for fault in changelog.faults(name, text))


def test_a_release_joins_fragments_by_heading_and_keeps_every_effect(changelog: ModuleType) -> None:
    other = "### Fixed\n\n- Another.\n\n### Effect on findings\n\n- Fewer are unknown.\n"
    assert changelog.folded([GOOD, other]) == (
        "### Fixed\n\n- One thing.\n- Another.\n\n### Effect on findings\n\n- Fewer are unknown."
    )
