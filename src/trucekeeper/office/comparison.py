"""Says in one hash what an office's projections hold, so that a rebuild can be held against it."""

from pathlib import Path

from trucekeeper.office import folder as office_folder
from trucekeeper.stores.database import connected
from trucekeeper.stores.rebuild import FILE, digest


def projected_digest(root: Path) -> str | None:
    """The digest of a closed office's projections as they lie there; None where there are none."""
    file = office_folder.opened(root).projections / FILE
    if not file.exists():
        return None
    engine = connected(file)
    try:
        return digest(engine)
    finally:
        engine.dispose()
