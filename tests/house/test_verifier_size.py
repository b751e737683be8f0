"""The verifier can be read in one sitting, and nothing else of ours runs with it."""

import ast
import subprocess
import sys
from pathlib import Path

LINES = 600


def closure(room: Path, name: str) -> set[str]:
    """The modules of the room that ``name`` imports, itself among them."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            tree = ast.parse((room / f"{one}.py").read_text("utf-8"))
            names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
            waiting += [found.rpartition(".")[2] for found in names if found.startswith("trucekeeper.")]
    return seen


def test_all_that_verifies_a_bundle_fits_one_sitting(root: Path) -> None:
    room = root / "src" / "trucekeeper" / "verifier"
    read = {"__init__", *closure(room, "verify")}
    assert read == {"__init__", "verify", "entries", "notes"}
    lines = sum(len((room / f"{one}.py").read_text("utf-8").splitlines()) for one in read)
    assert 300 < lines <= LINES


def test_the_verifier_loads_cryptography_and_the_standard_library_alone(root: Path) -> None:
    program = (
        "import sys; before = set(sys.modules); import trucekeeper.verifier.verify, trucekeeper.verifier.receipt;"
        "print(*sorted(set(sys.modules) - before))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=root
    ).stdout.split()
    ours = {name for name in loaded if name.partition(".")[0] == "trucekeeper"}
    assert all(name == "trucekeeper" or name.startswith("trucekeeper.verifier") for name in ours)
    outside = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"trucekeeper"}
    assert outside <= {"cryptography", "_cffi_backend", "_openssl"}, "the last two are parts of cryptography"
