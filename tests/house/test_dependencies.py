"""Each dependency is declared, explained, locked and hashed; the verifier's stay few."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

REACHED_THROUGH = {"lark": "cel-python", "markupsafe": "jinja2", "starlette": "fastapi"}
"""Distributions imported by the name of what their owner is built on; the owner is what is declared."""

LOCKS = ("run", "dev", "peers")


def normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(root: Path, *groups: str) -> set[str]:
    """Names of the run-time dependencies in pyproject.toml, and of the groups asked for."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    lines = list(project["project"]["dependencies"])
    for group in groups:
        lines += [line for line in project["dependency-groups"][group] if isinstance(line, str)]
    return {normal(re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]) for line in lines}


def locked(root: Path, lock: str) -> dict[str, set[str]]:
    """Name to the versions locked (more than one where they differ by Python)."""
    found: dict[str, set[str]] = {}
    for line in (root / "requirements" / f"{lock}.lock").read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([A-Za-z0-9._-]+)==([^ ;]+)", line):
            found.setdefault(normal(pin[1]), set()).add(pin[2])
    return found


def imported(folder: Path) -> set[str]:
    """Top-level names imported below the folder that are neither Python's nor ours."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"trucekeeper"}


def test_every_import_is_declared(root: Path) -> None:
    owners = packages_distributions()
    used = {normal(owners.get(name, [name])[0]) for name in imported(root / "src")}
    assert {REACHED_THROUGH.get(name, name) for name in used} <= declared(root)


def test_kernel_record_and_verifier_import_nothing_but_python_and_cryptography(root: Path) -> None:
    rooms = root / "src" / "trucekeeper"
    bottom = ("kernel", "record", "verifier")
    assert set().union(*(imported(rooms / name) for name in bottom)) <= {"cryptography"}


def test_every_dependency_has_a_line_in_its_decision(root: Path) -> None:
    decision = (root / "docs" / "adr" / "0008-dependencies.md").read_text(encoding="utf-8")
    told = {normal(name) for name in re.findall(r"^\| ([A-Za-z0-9._-]+) \|", decision, flags=re.MULTILINE)}
    assert declared(root, "build", "dev") - told == set()
    assert told - declared(root, "build", "dev") - {"dependency"} == set(), "told, and no longer declared"


def test_run_time_dependencies_are_locked_the_same_for_running_and_for_testing(root: Path) -> None:
    run, dev = locked(root, "run"), locked(root, "dev")
    assert declared(root, "build") <= run.keys()
    assert declared(root, "build", "dev") <= dev.keys()
    assert {name: dev.get(name) for name in run} == run


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_place(root: Path, lock: str) -> None:
    text = (root / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    assert (
        re.findall(
            r"^.*(?:://|--(?:extra-)?index|--find-links|\bfile:|(?<![\w./-])/\w).*$", text, re.MULTILINE
        )
        == []
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_has_a_hash(root: Path, lock: str) -> None:
    text = (root / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    pins = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert pins
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []
