"""What cannot run here is reported as not run, with its reason, and is never counted as passed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

TESTS = """
import pytest

@pytest.mark.needs("a-program-that-is-nowhere", "sh")
def test_that_calls_a_missing_program():
    assert True

@pytest.mark.needs("sh")
def test_that_calls_a_present_program():
    assert True

def test_on_real_data(needs_data):
    assert needs_data.name == "data"
"""


def outcome(root: Path, tmp_path: Path, data: Path) -> str:
    """What pytest says of a folder that has our conftest."""
    shutil.copyfile(root / "tests" / "conftest.py", tmp_path / "conftest.py")
    shutil.copyfile(root / "pyproject.toml", tmp_path / "pyproject.toml")
    (tmp_path / "test_planted.py").write_text(TESTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_planted.py"]
    env = os.environ | {"TRUCE_DATA": str(data), "COLUMNS": "200"}
    return subprocess.run(command, cwd=tmp_path, env=env, check=False, capture_output=True, text=True).stdout


def test_a_missing_program_is_named(root: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    said = outcome(root, tmp_path, tmp_path / "data")
    assert "not run: needs a-program-that-is-nowhere, not installed here" in said
    assert "2 passed, 1 skipped" in said


def test_missing_data_are_named(root: Path, tmp_path: Path) -> None:
    said = outcome(root, tmp_path, tmp_path / "data")
    assert "not run: needs the real data; name its folder in TRUCE_DATA" in said
    assert "1 passed, 2 skipped" in said
