"""Where published files lie in an office's folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trucekeeper.office.folder import written


@dataclass(frozen=True, slots=True)
class FolderShelf:
    """One folder for each name, its files readable by whoever may read the office."""

    root: Path

    def put(self, name: str, files: Mapping[str, bytes]) -> None:
        """Lays the files under ``name``; a crash leaves each of them old or new, never a part."""
        folder = self.root / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file, content in files.items():
            written(folder / file, content)
