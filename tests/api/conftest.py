from pathlib import Path

import pytest

from tests.api.desk_kit import found_desk
from tests.demo_office import drilled, office

__all__ = ["drilled", "office"]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new office for a desk, to be copied."""
    root = tmp_path_factory.mktemp("founded") / "office"
    found_desk(root)
    return root
