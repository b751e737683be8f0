"""What must survive a power cut: SQLite files, replaced files, and the lock of the one writer."""

import fcntl
import os
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from trucekeeper.kernel.errors import Conflict, Damaged

VERSION = 2
"""The layout of the vault."""

Row = tuple[object, ...]


class Database(Protocol):
    """Where a vault lies: SQLite here, PostgreSQL in ``stores.postgres``. Every commit is on disk when it returns."""

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A connection to read from; Damaged where that cannot be done."""
        ...

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """The one connection that writes, in a transaction of its own; one at a time."""
        ...

    def insert(self, connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """Insert full rows, in the order of the table's columns."""
        ...

    def forget(self) -> None:
        """Let go of what was deleted or overwritten, as far as the database can."""
        ...

    def close(self) -> None:
        """Give files, connections and locks back."""
        ...


class SqliteFile:
    """Fulfils :class:`Database`."""

    def __init__(self, path: Path, *, write: bool, tables: sa.MetaData | None = None) -> None:
        """``tables`` makes a new file with them, for its owner alone."""
        self.name = path.name
        if tables is not None:
            make_private(path)
        self._engine = engine(path, write=write)
        if tables is not None:
            make_tables(self._engine, tables)
        check_version(self._engine, path)

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A connection to read from."""
        return reading(self._engine)

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """A connection that writes, in a transaction of its own."""
        return self._engine.begin()

    def insert(self, connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """Insert full rows.

        The statement is compiled by SQLAlchemy and the rows go to the driver as they are: binding them through
        SQLAlchemy took four times as long for a batch of 100,000.
        """
        if rows:
            statement = sa.insert(table).values({column.name: None for column in table.columns})
            connection.exec_driver_sql(str(statement.compile(dialect=connection.dialect)), list(rows))

    def forget(self) -> None:
        """``secure_delete`` has overwritten it in the file; the write-ahead log is emptied here."""
        with reading(self._engine) as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()


def engine(path: Path, *, write: bool) -> sa.Engine:
    """An engine on the SQLite file: write-ahead log, every commit on disk before it returns (synchronous=FULL)."""
    made = sa.create_engine(sa.URL.create("sqlite", database=str(path)), pool_size=8, max_overflow=64)

    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.execute("PRAGMA trusted_schema=OFF")
        if write:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA secure_delete=ON")
        else:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    event.listen(made, "connect", prepare)
    return made


def make_tables(made: sa.Engine, tables: sa.MetaData) -> None:
    """Create the tables and mark the file with the layout's version."""
    with made.begin() as connection:
        tables.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")


def check_version(made: sa.Engine, path: Path) -> None:
    """Damaged where the file is no database of this layout."""
    with reading(made) as connection:
        found = connection.exec_driver_sql("PRAGMA user_version").scalar()
    if found != VERSION:
        msg = (
            f"{path.name} has layout {found}, and this release reads {VERSION}; use the release that wrote it"
        )
        raise Damaged(msg)


@contextmanager
def reading(made: sa.Engine) -> Generator[sa.Connection]:
    """A connection to read from; Damaged where the file cannot be read."""
    try:
        with made.connect() as connection:
            yield connection
    except exc.DBAPIError as error:
        name = Path(made.url.database or "").name
        msg = f"{name} is no database that can be read; see to the disk, or restore it from a backup"
        raise Damaged(msg) from error


def make_private(path: Path) -> None:
    """An empty file that its owner alone may read; SQLite gives its side files the same rights."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def replace(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of ``path``: after a crash it holds the old bytes or the new ones, whole."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make names that were added to or changed in the folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class WriterLock:
    """Held by the one process that may write; it falls when that process ends, however it ends."""

    __slots__ = ("_descriptor",)

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._descriptor: int | None = descriptor
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            msg = "another process is writing to this record; stop it, or open the record for reading only"
            raise Conflict(msg) from error

    def release(self) -> None:
        """Let another process write; once is enough."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


DISK_ERRORS = (exc.DBAPIError, OSError)
"""What a full disk, a lost device or a damaged file raises."""
