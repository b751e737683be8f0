"""A small office that the drill played, made once for a whole run of the tests."""

import fcntl
import shutil
from pathlib import Path

import pytest

from trucekeeper.drill.demo import play_demo

DAYS = 3


def played(base: Path, *, seed: int = 2026, days: int = DAYS) -> Path:
    """The drill's office below ``base``; whoever comes first makes it, other processes wait. Only for reading."""
    root = base / f"drill-{seed}-{days}"
    with (base / f"{root.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (base / f"{root.name}.done").exists():
            shutil.rmtree(root, ignore_errors=True)
            play_demo(root, seed=seed, days=days, tell=lambda _day, _said: None)
            (base / f"{root.name}.done").touch()
    return root


@pytest.fixture(scope="session")
def drilled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drill's office after three days; nobody may write to it."""
    base = tmp_path_factory.getbasetemp()
    return played(base.parent if base.name.startswith("popen-") else base)


@pytest.fixture
def office(drilled: Path, tmp_path: Path) -> Path:
    """A copy of the drill's office of one's own."""
    return Path(shutil.copytree(drilled, tmp_path / "office"))
