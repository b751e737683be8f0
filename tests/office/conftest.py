from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo_office import drilled
from tests.office_kit import Kit, new_kit


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    """A new office; the test may close and open it again."""
    made = new_kit(tmp_path / "office")
    yield made
    made.office.close()


__all__ = ["drilled", "kit"]
