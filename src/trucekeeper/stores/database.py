"""Opens the projections' database; the one place that knows which database it is.

SQLite proposes with its R*Tree, which keeps 32-bit floats and rounds lower bounds down and upper bounds up,
so that a box is never found too small.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError

from trucekeeper.kernel.errors import Conflict, Damaged
from trucekeeper.stores.box import Box
from trucekeeper.stores.tables import METADATA

BOXES = "boxes"
_BOXES = "CREATE VIRTUAL TABLE IF NOT EXISTS boxes USING rtree(id, south, north, west, east, since, till)"
_FIND = sa.text(
    "SELECT id FROM boxes WHERE north >= :south AND south <= :north AND east >= :west AND west <= :east"
    " AND till >= :since AND since <= :till"
)


def connected(file: Path | None = None) -> sa.Engine:
    """The database in that file, with its tables made; in memory, for tests, where no file is named."""
    if file is None:
        engine = sa.create_engine(
            "sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False}
        )
    else:
        engine = sa.create_engine(f"sqlite:///{file}", connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare)
    try:
        with engine.begin() as connection:
            METADATA.create_all(connection)
            connection.exec_driver_sql(_BOXES)
    except DatabaseError as error:
        engine.dispose()
        msg = "the projections cannot be read; delete the folder projections/ and rebuild them"
        raise Damaged(msg) from error
    return engine


def _prepare(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    # May be lost and is rebuilt from the record, so a commit need not wait for the disk.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "cache_size=-16000",
        "temp_store=MEMORY",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def settled(engine: sa.Engine) -> None:
    """Puts all that was written into the one file, so that it can be moved."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.commit()


def scrubbed(engine: sa.Engine) -> None:
    """Writes the file anew, without a trace of rows that were taken out; Conflict where a reader does not let go."""
    with engine.connect() as connection:
        bare = connection.execution_options(isolation_level="AUTOCOMMIT")
        bare.exec_driver_sql("VACUUM")
        busy = bare.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
    if busy:
        msg = "the projections are being read all the time and still hold what was erased; open the office again"
        raise Conflict(msg)


def add(connection: sa.Connection, table: str, rows: Sequence[tuple[str | int | bytes | None, ...]]) -> None:
    """Adds rows whose values stand in the order of the table's columns; written for many rows at once."""
    if rows:
        places = ", ".join("?" * len(rows[0]))
        connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({places})", list(rows))  # noqa: S608 - our names


def candidates(
    connection: sa.Connection, boxes: Iterable[Box], since_ms: int, till_ms: int
) -> tuple[int, ...]:
    """Numbers of all observations whose box and time meet one of ``boxes``; maybe more, never fewer."""
    found: set[int] = set()
    for box in boxes:
        bounds = {
            "south": box.south_u,
            "north": box.north_u,
            "west": box.west_u,
            "east": box.east_u,
            "since": since_ms,
            "till": till_ms,
        }
        found.update(connection.execute(_FIND, bounds).scalars())
    return tuple(sorted(found))


def indexed(connection: sa.Connection) -> Iterable[tuple[int, ...]]:
    """Every row of the index by number, for comparing two copies."""
    for row in connection.execute(sa.text("SELECT * FROM boxes ORDER BY id")):
        yield tuple(int(value) for value in row)
