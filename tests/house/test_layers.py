"""Every contract of .importlinter is seen to break on a planted violation, and to hold without one."""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import trucekeeper

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

PLANTS = (
    ("layers", "a room looks up", {"kernel/planted.py": "import trucekeeper.record"}),
    ("layers", "strangers meet", {"api/planted.py": "import trucekeeper.web"}),
    (
        "layers",
        "a command is run from below",
        {"office/planted.py": "from trucekeeper.cli import planted_by_test"},
    ),
    ("layers", "a folder is not declared", {"planted/__init__.py": ""}),
    ("layers", "a module is not declared", {"planted.py": ""}),
    (
        "acyclic",
        "two siblings in a room know each other",
        {
            "places/planted_a.py": "import trucekeeper.places.planted_b",
            "places/planted_b.py": "import trucekeeper.places.planted_a",
        },
    ),
    (
        "acyclic",
        "a cycle lies one floor deeper",
        {
            "places/planted/__init__.py": "",
            "places/planted/a.py": "import trucekeeper.places.planted.b",
            "places/planted/b.py": "import trucekeeper.places.planted.a",
        },
    ),
    (
        "desks",
        "a desk calls another",
        {"desks/planted_a.py": "import trucekeeper.desks.planted_b", "desks/planted_b.py": ""},
    ),
    ("verifier", "the kernel logs", {"kernel/planted.py": "import logging"}),
    ("verifier", "the record validates with a framework", {"record/planted.py": "import pydantic"}),
    ("verifier", "the record knows a database", {"record/planted.py": "from sqlalchemy import select"}),
    ("rules", "a model is a form", {"incidents/planted.py": "from pydantic import BaseModel"}),
    ("rules", "a rule logs", {"weighing/planted.py": "import logging"}),
    ("verifier", "the verifier knows a framework", {"verifier/planted.py": "import pydantic"}),
    ("layers", "the verifier leans on us", {"verifier/planted.py": "import trucekeeper.kernel"}),
    ("peers", "the office calls another machine", {"office/planted.py": "import httpx"}),
    ("sqlalchemy", "a desk speaks SQL", {"desks/planted.py": "import sqlalchemy"}),
    ("pydantic", "a feed reads with Pydantic outside wire", {"feeds/planted.py": "import pydantic"}),
    ("fastapi", "the office knows the web", {"office/planted.py": "import fastapi"}),
    ("fastapi", "a command knows the web", {"cli/planted.py": "import starlette"}),
    ("terminal", "a desk draws", {"desks/planted.py": "import rich"}),
    ("terminal", "a report asks on the terminal", {"reports/planted.py": "import typer"}),
    ("typesetting", "an office sets type", {"office/planted.py": "import jinja2"}),
    ("typesetting", "a drill prints a page", {"drill/planted.py": "import typst"}),
    ("celpy", "a finding parses expressions", {"findings/planted.py": "import celpy"}),
    ("geometry", "a feed computes geometry", {"feeds/planted.py": "import shapely"}),
    ("geometry", "a rule of weighing computes with arrays", {"weighing/planted.py": "import numpy"}),
    (
        "whole",
        "a finding learns",
        {"findings/planted.py": "from trucekeeper.weighing.fitting import labels"},
    ),
    ("geometry", "an incident projects", {"incidents/planted.py": "import pyproj"}),
    ("geometry", "a signed score computes with arrays", {"incidents/planted.py": "import numpy"}),
)


def contracts(root: Path) -> dict[str, str]:
    """Id to name, as .importlinter gives them."""
    settings = configparser.ConfigParser()
    settings.read(root / ".importlinter", encoding="utf-8")
    prefix = "importlinter:contract:"
    return {key.removeprefix(prefix): settings[key]["name"] for key in settings if key.startswith(prefix)}


def lint(root: Path, tmp_path: Path, plant: dict[str, str]) -> tuple[int, set[str], str]:
    """Exit status, ids of the broken contracts and output for a copy of the package with files added."""
    installed = Path(trucekeeper.__file__).parent
    copy = tmp_path / "trucekeeper"
    for source in installed.rglob("*.py"):
        target = copy / source.relative_to(installed)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    for name, text in plant.items():
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--config", str(root / ".importlinter"), "--no-cache", "--no-logo"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "COLUMNS": "200"},
        check=False,
        capture_output=True,
        text=True,
    )
    broken = {key for key, name in contracts(root).items() if f"{name} BROKEN" in done.stdout}
    return done.returncode, broken, done.stdout + done.stderr


def test_without_a_plant_every_contract_holds(root: Path, tmp_path: Path) -> None:
    status, broken, output = lint(root, tmp_path, {})
    assert (status, broken) == (0, set()), output
    assert f"Contracts: {len(contracts(root))} kept, 0 broken." in output


@pytest.mark.parametrize(
    ("contract", "plant"), [pytest.param(key, plant, id=f"{key}: {why}") for key, why, plant in PLANTS]
)
def test_a_planted_violation_breaks_the_contract_it_was_planted_for(
    root: Path, tmp_path: Path, contract: str, plant: dict[str, str]
) -> None:
    status, broken, output = lint(root, tmp_path, plant)
    assert status != 0, output
    assert contract in broken, output


def test_every_contract_has_a_planted_violation(root: Path) -> None:
    assert {key for key, _, _ in PLANTS} == set(contracts(root))
