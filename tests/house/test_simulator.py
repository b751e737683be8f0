"""The simulator and the software it tries know nothing of each other."""

import ast
import sys
from pathlib import Path

MAY_IMPORT = {"numpy", "sim"} | set(sys.stdlib_module_names)


def imported(folder: Path) -> dict[str, set[str]]:
    """File to the top-level names it imports, also inside functions and by import_module."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        names: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add("." if node.level else (node.module or "").partition(".")[0])
        found[str(path.relative_to(folder))] = names
    assert found, "no Python file found: the test looks in the wrong place"
    return found


def strangers(folder: Path, allowed: set[str]) -> list[str]:
    return [f"{path}: {name}" for path, names in imported(folder).items() for name in sorted(names - allowed)]


def test_the_simulator_imports_python_numpy_and_itself(root: Path) -> None:
    assert strangers(root / "sim", MAY_IMPORT - {"importlib", "runpy", "subprocess"}) == []


def test_the_software_does_not_import_the_simulator(root: Path) -> None:
    found = imported(root / "src" / "trucekeeper")
    assert [path for path, names in found.items() if "sim" in names] == []


def test_a_planted_import_is_found(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text("def late() -> None:\n    from trucekeeper.weighing import fit\n")
    assert strangers(tmp_path, MAY_IMPORT) == ["planted.py: trucekeeper"]


def test_tests_of_the_simulator_import_no_software_of_the_office(root: Path) -> None:
    found = imported(root / "tests" / "sim")
    assert [path for path, names in found.items() if "trucekeeper" in names] == []
