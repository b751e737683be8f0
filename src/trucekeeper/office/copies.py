"""Where entries lie in an office beside the record: the projections' file, and bundles that were laid out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from trucekeeper.record.ref import Ref
from trucekeeper.stores.database import scrubbed


@dataclass(frozen=True, slots=True)
class OfficeCopies:
    """Bundles can be collected again, so those that hold what is erased are taken away."""

    engine: sa.Engine
    bundles: Path

    def scrub(self, gone: Sequence[Ref]) -> None:
        """Leave no trace of these entries and rows; the record itself is not touched."""
        named = [
            f'"ref":"{ref}{end}'.encode() for ref in gone for end in ('"', ".") if end == '"' or ref.row < 0
        ]
        for path in self.bundles.rglob("*"):
            if path.is_file() and any(one in path.read_bytes() for one in named):
                path.unlink()
        scrubbed(self.engine)
