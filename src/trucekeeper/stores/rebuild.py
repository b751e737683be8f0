"""Makes projections from the record alone, and tells whether two copies are the same.

The new copy is built beside the old one and takes its place when it is whole; an interrupted rebuild
leaves the old one as it was.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from trucekeeper.stores.database import connected, indexed, settled
from trucekeeper.stores.projections import Projections, Told
from trucekeeper.stores.rows import Screen
from trucekeeper.stores.story import Story
from trucekeeper.stores.tables import METADATA

FILE = "casebook.sqlite"


def rebuild(story: Story, folder: Path, screen: Screen, screening: str, told: Told | None = None) -> str:
    """Builds the projections in ``folder`` anew; gives their digest. Nothing else may have them open."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = folder / f"{FILE}.new"
    _remove(beside)
    engine = connected(beside)
    try:
        Projections(engine, screen, screening).follow(story, told)
        made = digest(engine)
        settled(engine)
    finally:
        engine.dispose()
    target = folder / FILE
    _remove(target, journal_only=True)
    beside.replace(target)
    return made


def digest(engine: sa.Engine) -> str:
    """SHA-256 in hex over every row of every table, in the order of their keys, and of the index."""
    running = hashlib.sha256()
    with engine.connect() as connection:
        for table in METADATA.sorted_tables:
            _feed(running.update, table.name)
            asked = sa.select(table).order_by(*table.primary_key.columns)
            for row in connection.execution_options(yield_per=5000).execute(asked):
                _feed(running.update, repr(tuple(row)))
        _feed(running.update, "boxes")
        for box in indexed(connection):
            _feed(running.update, repr(box))
    return running.hexdigest()


def _feed(update: Callable[[bytes], None], text: str) -> None:
    raw = text.encode()
    update(len(raw).to_bytes(8, "big") + raw)


def _remove(file: Path, *, journal_only: bool = False) -> None:
    for suffix in ("-wal", "-shm", *(() if journal_only else ("",))):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
