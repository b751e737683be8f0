"""What every test may lean on: Hypothesis profiles, missing programs, the folder of real data."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile(
    "fast", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "full", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fast")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Report the tests whose programs are missing as not run, with the reason."""
    for item in items:
        wanted = {str(name) for mark in item.iter_markers("needs") for name in mark.args}
        missing = sorted(name for name in wanted if shutil.which(name) is None)
        if missing:
            item.add_marker(
                pytest.mark.skip(reason=f"not run: needs {', '.join(missing)}, not installed here")
            )


@pytest.fixture(scope="module", autouse=True)
def settled() -> Iterator[None]:
    """Keep the collector from walking all that a long run has loaded: it took most of the time of the later tests."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def root() -> Path:
    """The clone."""
    return ROOT


@pytest.fixture(scope="session")
def needs_data() -> Path:
    """The folder of real data: TRUCE_DATA, or shared/data beside the clone."""
    folder = Path(os.environ.get("TRUCE_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("not run: needs the real data; name its folder in TRUCE_DATA")
    return folder


@pytest.fixture(scope="session")
def oracle(root: Path) -> Callable[[str], Path]:
    """Where a Go program lies that tools/oracles/build.sh has built; a test that asks for a missing one is not run."""
    made = root / ".make" / "oracles"

    def built(name: str) -> Path:
        if not (made / name).is_file():
            why = made / "missing"
            said = why.read_text().strip() if why.is_file() else "not built yet, call tools/oracles/build.sh"
            pytest.skip(f"not run: needs {name} ({said})")
        return made / name

    return built
