"""Files stay short, functions stay short, and nothing is named for having no name."""

import ast
from pathlib import Path

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 50
FOLDERS = ("src", "sim", "tests", "tools", "bench", "docs")
NAMELESS = {
    "util",
    "utils",
    "helper",
    "helpers",
    "service",
    "services",
    "manager",
    "managers",
    "common",
    "misc",
}


def modules(root: Path, *folders: str) -> list[Path]:
    """Every Python file below the folders of the clone."""
    found = [
        path for folder in folders for path in (root / folder).rglob("*.py") if "_build" not in path.parts
    ]
    assert found, "no Python file found: the test looks in the wrong place"
    return found


def test_no_file_is_longer_than_400_lines(root: Path) -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(root, *FOLDERS)}
    assert [f"{path.relative_to(root)}: {n}" for path, n in lengths.items() if n > MOST_LINES] == []


def test_no_function_is_longer_than_50_lines(root: Path) -> None:
    long = [
        f"{path.relative_to(root)}:{node.lineno} {node.name}"
        for path in modules(root, "src", "sim")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_no_module_is_named_for_having_no_name(root: Path) -> None:
    assert [
        str(path.relative_to(root))
        for path in modules(root, "src", "sim")
        if NAMELESS & {part.removesuffix(".py").strip("_") for part in path.relative_to(root).parts}
    ] == []
