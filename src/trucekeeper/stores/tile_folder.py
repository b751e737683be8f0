"""The public files of a log in a folder of the machine."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path

from trucekeeper.kernel.errors import BadInput, Damaged
from trucekeeper.record import tiles
from trucekeeper.stores import durable

CHECKPOINT = "checkpoint"

_AT_ONCE = 128
_SETTLED = 1000
_THREADS = 8
"""Disks write many files together in little more time than one: 300 took 90 ms so, and 550 ms one by one."""


class TileFolder:
    """Fulfils ``record.ports.Tiles``. A file is written beside its place, and moved there once it is on the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._settled: set[Path] = set()

    def get(self, path: str) -> bytes | None:
        """The bytes of one file; None where there is none."""
        try:
            return self._file(path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def put(self, files: Mapping[str, bytes]) -> None:
        """Lay the files down, each whole or not at all, and all durable once this returns."""
        folders: set[Path] = set()
        todo = iter(files.items())
        while part := list(islice(todo, _AT_ONCE)):
            fresh = [(self._file(path), data) for path, data in part if not self._there(path, data, folders)]
            for target, _ in fresh:
                self._make(target.parent, folders)
            _written(fresh)
        for folder in folders:
            durable.sync_folder(folder)
        if len(self._settled) > _SETTLED:
            self._settled.clear()
        self._settled |= folders

    def paths(self, prefix: str) -> Iterator[str]:
        """The paths that begin with ``prefix``."""
        for folder, _, names in os.walk(self._path / prefix.rpartition("/")[0]):
            below = Path(folder).relative_to(self._path)
            for name in names:
                path = (below / name).as_posix()
                if path.startswith(prefix) and (path == CHECKPOINT or tiles.parse_path(path) is not None):
                    yield path

    def _there(self, path: str, data: bytes, folders: set[Path]) -> bool:
        """Whether the file is there; then it is synced once more, for whoever wrote it may have been killed."""
        found = None if path == CHECKPOINT else self.get(path)
        if found is None:
            return False
        if found != data:
            msg = f"the log's file {path} is there with other bytes; restore the log, and never overwrite it"
            raise Damaged(msg)
        target = self._file(path)
        self._make(target.parent, folders)
        descriptor = os.open(target, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return True

    def _make(self, folder: Path, folders: set[Path]) -> None:
        """Make the folder, and collect what has to be synced, up to what this object has synced before."""
        if folder in folders:
            return
        folders.add(folder)
        if folder in self._settled:
            return
        if folder != self._path:
            self._make(folder.parent, folders)
        folder.mkdir(parents=True, exist_ok=True)

    def _file(self, path: str) -> Path:
        if path != CHECKPOINT and tiles.parse_path(path) is None:
            msg = f"{path[:80]!a} is no file of a log; name a tile, a bundle of leaves, or the checkpoint"
            raise BadInput(msg)
        return self._path / path


def _written(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write all beside their places, sync them together, then move each to its place."""
    opened: list[tuple[int, Path, Path]] = []
    try:
        for target, data in files:
            beside = target.with_name(f".{target.name}.new")
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
            opened.append((descriptor, beside, target))
            _write(descriptor, data)
        descriptors = [descriptor for descriptor, _, _ in opened]
        if len(descriptors) > 2:
            with ThreadPoolExecutor(_THREADS) as pool:
                list(pool.map(os.fsync, descriptors))
        else:
            for descriptor in descriptors:
                os.fsync(descriptor)
        for _, beside, target in opened:
            beside.replace(target)
    except BaseException:
        for _, beside, _ in opened:
            with suppress(OSError):
                beside.unlink()
        raise
    finally:
        for descriptor, _, _ in opened:
            os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
