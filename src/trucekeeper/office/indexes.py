"""Where indexes of volumes are kept, as office.toml says under ``[desk] index``."""

from contextlib import ExitStack
from pathlib import Path

from trucekeeper.kernel.errors import Damaged
from trucekeeper.movements.live import LiveIndex
from trucekeeper.movements.ports import Index
from trucekeeper.stores.index_postgis import PostgisIndex
from trucekeeper.stores.index_sqlite import SqliteIndex

MEMORY, SQLITE = "memory", "sqlite"
"""What ``[desk] index`` may say beside the address of a PostgreSQL database with PostGIS."""


def opened(choice: str, folder: Path | None, name: str, held: ExitStack) -> Index:
    """One of the indexes that an office keeps beside that of its notices; ``held`` closes it.

    Without a folder of its own to write to, it is in memory, whatever the choice.
    """
    if folder is None or choice == MEMORY:
        return LiveIndex()
    if choice == SQLITE:
        return held.enter_context(on_disk(folder / f"{name}.sqlite"))
    return held.enter_context(PostgisIndex(choice, name))


def on_disk(file: Path) -> SqliteIndex:
    """The index in that file; one that cannot be read is made anew, for the record has all that was in it."""
    try:
        return SqliteIndex(file)
    except Damaged:
        for suffix in ("", "-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        return SqliteIndex(file)
