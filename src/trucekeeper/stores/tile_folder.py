"""The public files of a log in a folder of the machine."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from trucekeeper.kernel.errors import BadInput, Damaged
from trucekeeper.record import tiles
from trucekeeper.stores import durable

CHECKPOINT = "checkpoint"


class TileFolder:
    """Fulfils ``record.ports.Tiles``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, path: str) -> bytes | None:
        """The bytes of one file; None where there is none."""
        try:
            return self._file(path).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, files: Mapping[str, bytes]) -> None:
        """Lay the files down, each whole or not at all, and all durable once this returns."""
        folders: dict[Path, None] = {}
        for path, data in files.items():
            target = self._file(path)
            if path != CHECKPOINT:
                there = self.get(path)
                if there == data:
                    continue
                if there is not None:
                    msg = f"the log's file {path} is there with other bytes; restore the log, and never overwrite it"
                    raise Damaged(msg)
            self._made(target.parent, folders)
            beside = target.with_name(f".{target.name}.new")
            with beside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
            folders[target.parent] = None
        for folder in folders:
            durable.sync_folder(folder)

    def paths(self, prefix: str) -> Iterator[str]:
        """The paths that begin with ``prefix``."""
        for file in self._path.rglob("*"):
            path = file.relative_to(self._path).as_posix()
            known = path == CHECKPOINT or tiles.parse_path(path) is not None
            if known and path.startswith(prefix) and file.is_file():
                yield path

    def _made(self, folder: Path, folders: dict[Path, None]) -> None:
        if not folder.is_dir():
            self._made(folder.parent, folders)
            folder.mkdir(exist_ok=True)
            folders[folder.parent] = None

    def _file(self, path: str) -> Path:
        if path != CHECKPOINT and tiles.parse_path(path) is None:
            msg = f"{path[:80]!a} is no file of a log; name a tile, a bundle of leaves, or the checkpoint"
            raise BadInput(msg)
        return self._path / path
