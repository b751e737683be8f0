"""Run the project's checks by name: one quiet line for each that passes, its output for one that does not."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WHEEL_VENV = ROOT / ".venv-wheel"
WHEELS = ROOT / ".make" / "wheel"


def tool(name: str, *arguments: str) -> list[str]:
    """Return the command line of a program installed beside this Python."""
    return [str(BIN / name), *arguments]


@dataclass(frozen=True)
class Stage:
    """One check: its command lines, run one after the other; ``loud`` ones speak for themselves."""

    name: str
    commands: tuple[list[str], ...] = ()
    prepare: Callable[[], None] | None = None
    env: dict[str, str] = field(default_factory=dict[str, str])
    loud: bool = False


def make_wheel_venv() -> None:
    """Make a virtual environment that holds the built wheel and never looks into src/.

    The dependencies are those of the environment that runs this script: a .pth file adds its folder,
    and Python does not follow the .pth files inside (the editable install) a second time.
    """
    shutil.rmtree(WHEELS, ignore_errors=True)
    WHEELS.mkdir(parents=True)
    _quietly([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(WHEELS)])
    _quietly([sys.executable, "-m", "venv", "--clear", "--without-pip", str(WHEEL_VENV)])
    python = str(WHEEL_VENV / "bin" / "python")
    place = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run(
        [sys.executable, "-c", place], check=True, capture_output=True, text=True
    ).stdout
    target = subprocess.run([python, "-c", place], check=True, capture_output=True, text=True).stdout
    (Path(target.strip()) / "dependencies.pth").write_text(packages, encoding="utf-8")
    wheel = next(WHEELS.glob("*.whl"))
    offline = [
        "--disable-pip-version-check",
        "--quiet",
        "install",
        "--no-index",
        "--no-deps",
        "--ignore-installed",
    ]
    _quietly([sys.executable, "-m", "pip", "--python", python, *offline, str(wheel)])


def _quietly(command: list[str]) -> None:
    done = subprocess.run(
        command, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        raise SystemExit(done.stdout)


def pytest(python: str, *arguments: str) -> list[str]:
    """Return a pytest command line; two workers, because the tests wait on disks and subprocesses."""
    return [python, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", *arguments]


LINT = (
    Stage("lint", (tool("ruff", "check", "--quiet", "."),)),
    Stage("format", (tool("ruff", "format", "--check", "--quiet", "."),)),
)
TYPES = (
    Stage("mypy", (tool("mypy"),)),
    # The wheel of pyright holds pyright itself; without these two it could ask npm for another version.
    Stage(
        "pyright",
        (tool("pyright", "--pythonpath", sys.executable),),
        env={"PYRIGHT_PYTHON_USE_BUNDLED_PYRIGHT": "1", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
    ),
)
LAYERS = (Stage("layers", (tool("lint-imports", "--no-logo", "--no-cache"),)),)
CHANGELOG = (Stage("changelog", ([sys.executable, "tools/changelog.py", "check"],)),)
DOCS = (
    Stage("docs", ([sys.executable, "-m", "sphinx", "-nWq", "--keep-going", "docs", "docs/_build/html"],)),
)
ON_SOURCE = (Stage("tests", (pytest(sys.executable),), env={"TRUCE_TESTED": "source"}, loud=True),)


def on_wheel(profile: str) -> tuple[Stage, ...]:
    """Return the stages that build the wheel and test it."""
    python = str(WHEEL_VENV / "bin" / "python")
    env = {"TRUCE_TESTED": "wheel"}
    patience = ("--timeout=3600",) if profile == "full" else ()
    run = pytest(python, f"--hypothesis-profile={profile}", *patience)
    return (Stage("wheel", prepare=make_wheel_venv), Stage("tests", (run,), env=env, loud=True))


STATIC = (*LINT, *TYPES, *LAYERS, *CHANGELOG)
GATES = {
    "lint": LINT,
    "docs": DOCS,
    "check": (*STATIC, *ON_SOURCE),
    "test": (*STATIC, *DOCS, *on_wheel("fast")),
    "test-full": (*STATIC, *DOCS, *on_wheel("full")),
}


def passes(stage: Stage) -> bool:
    """Run one stage, and say what came of it."""
    begun = time.monotonic()
    if stage.prepare is not None:
        stage.prepare()
    for command in stage.commands:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | stage.env,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=None if stage.loud else subprocess.PIPE,
            stderr=None if stage.loud else subprocess.STDOUT,
        )
        if done.returncode:
            sys.stdout.buffer.write(done.stdout or b"")
            print(f"{stage.name:10} FAILED  {time.monotonic() - begun:6.1f} s", flush=True)
            return False
    print(f"{stage.name:10} fine    {time.monotonic() - begun:6.1f} s", flush=True)
    return True


def main() -> int:
    """Run the stages of the gate named on the command line; every stage runs, so that all is known at once."""
    begun = time.monotonic()
    gate = sys.argv[1]
    failed = [stage.name for stage in GATES[gate] if not passes(stage)]
    verdict = f"failed: {', '.join(failed)}" if failed else "fine"
    print(f"make {gate}: {verdict}, {time.monotonic() - begun:.0f} s in all")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
