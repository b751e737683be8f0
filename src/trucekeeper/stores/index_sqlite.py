"""The index of notices in one SQLite file: its R*Tree proposes, ``movements.overlap`` decides.

The tree holds 32-bit whole numbers: microdegrees and centimetres as they are, time in units of 4,096 ms rounded down at
both ends of a window. Rounding down keeps the order, so two windows that touch still touch.
"""

import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from trucekeeper.kernel.errors import Conflict, Damaged
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.volume import Meeting, Volume
from trucekeeper.stores import index_tables
from trucekeeper.stores.box import Box
from trucekeeper.stores.durable import make_private
from trucekeeper.stores.index_tables import LAYOUT

_TABLES = (
    "CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    """CREATE TABLE IF NOT EXISTS held (id INTEGER PRIMARY KEY, key TEXT NOT NULL, number INTEGER NOT NULL,
    piece INTEGER NOT NULL, volume TEXT NOT NULL, UNIQUE (key, number, piece)) STRICT""",
    """CREATE VIRTUAL TABLE IF NOT EXISTS boxes USING
    rtree_i32(id, south, north, west, east, since, till, low, high)""",
)
# CROSS JOIN has SQLite ask the tree first, and then fetch what it proposes.
_FIND = (
    "SELECT held.key, held.number, held.volume FROM boxes CROSS JOIN held ON held.id = boxes.id"
    " WHERE north >= ? AND south <= ? AND east >= ? AND west <= ?"
    " AND till >= ? AND since <= ? AND high >= ? AND low <= ?"
)
_HELD = "SELECT volume FROM held WHERE key = ? AND piece = 0 ORDER BY number"
_LEAST, _MOST = -(2**31), 2**31 - 1
_UNIT_MS = 4_096
_PAGE = 10_000


class SqliteIndex:
    """Fulfils ``movements.ports.Index``; it may be lost, and is then filled anew from the record."""

    def __init__(self, path: Path) -> None:
        """Opens the file, or makes it for its owner alone; one of another layout is emptied."""
        self._name = path.name
        self._turn = threading.Lock()
        self._engine = _engine(path)
        try:
            if not path.exists():
                make_private(path)
            with self._writing() as connection:
                for table in _TABLES:
                    connection.exec_driver_sql(table)
                if _about(connection, "layout") != LAYOUT:
                    _emptied(connection)
        except OSError as error:
            self.close()
            msg = f"the index {path.name} cannot be made in its folder ({error.strerror}); correct the path"
            raise Conflict(msg) from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()

    def put(self, key: str, volumes: Sequence[Volume]) -> None:
        """Keep these volumes, and no others, under ``key``; on disk as a whole once this returns."""
        self.fill({key: volumes})

    def fill(self, items: Mapping[str, Sequence[Volume]]) -> None:
        """As :meth:`put` for many keys, all of them in one transaction."""
        with self._writing() as connection:
            if connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM held)").scalar():
                for key in items:
                    _removed(connection, key)
            _added(connection, items)

    def remove(self, key: str) -> None:
        """Forget a key; one that is not there is no error."""
        with self._writing() as connection:
            _removed(connection, key)

    def meeting(self, volumes: Sequence[Volume]) -> tuple[Meeting, ...]:
        """Every kept volume that overlaps one of ``volumes``, in order, each pair once. Misses none."""
        found: set[Meeting] = set()
        read: dict[tuple[str, int], Volume] = {}
        with self._reading() as connection:
            for by, volume in enumerate(volumes):
                for key, number, text in _proposed(connection, volume):
                    if (key, number) not in read:
                        read[key, number] = index_tables.read(text)
                    meeting = Meeting(key, number, by)
                    if meeting not in found and overlap(read[key, number], volume):
                        found.add(meeting)
        return tuple(sorted(found))

    def volumes(self, key: str) -> tuple[Volume, ...]:
        """What is kept under ``key``, as it was put; empty where nothing is."""
        with self._reading() as connection:
            texts = connection.exec_driver_sql(_HELD, (key,)).scalars().all()
        return tuple(map(index_tables.read, texts))

    def keys(self) -> Iterator[str]:
        """Every key that is kept, in no order."""
        with self._reading() as connection:
            return iter(connection.exec_driver_sql("SELECT DISTINCT key FROM held").scalars().all())

    def items(self) -> Iterator[tuple[str, tuple[Volume, ...]]]:
        """Every key with its volumes, in order of the keys and as of one moment; for filling another index."""
        query = "SELECT key, volume FROM held WHERE piece = 0 ORDER BY key, number"
        with self._reading() as connection:
            rows = connection.execution_options(yield_per=_PAGE).exec_driver_sql(query)
            yield from index_tables.grouped((key, index_tables.read(text)) for key, text in rows)

    def clear(self) -> None:
        """Forget everything, and how far it came."""
        with self._writing() as connection:
            _emptied(connection)

    def reached(self) -> int:
        """How many entries of the record were taken in when :meth:`reach` was last told; 0 at first."""
        with self._reading() as connection:
            return int(_about(connection, "size") or 0)

    def reach(self, size: int) -> None:
        """Remember that the first ``size`` entries of the record have been taken in."""
        with self._writing() as connection:
            _remember(connection, "size", str(size))

    @contextmanager
    def _reading(self) -> Generator[sa.Connection]:
        """One moment of the file, however many questions are asked of it."""
        with self._answers(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Generator[sa.Connection]:
        with self._turn, self._answers():
            writes = self._engine.execution_options(writes=True)
            with writes.begin() as connection:
                yield connection

    @contextmanager
    def _answers(self) -> Generator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            msg = (
                f"{self._name} does not answer as the index of notices ({type(error).__name__});"
                " see to the disk and the path, or remove the file and open the office again"
            )
            raise Damaged(msg) from error


def _engine(path: Path) -> sa.Engine:
    address = sa.URL.create("sqlite", database=str(path))
    made = sa.create_engine(address, pool_size=8, max_overflow=64, hide_parameters=True)
    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin)
    return made


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver would begin a transaction at the first write only; here a reader has one too: see _begin.
    connection.isolation_level = None
    cursor = connection.cursor()
    # May be lost and is filled anew from the record, so a commit need not wait for the disk.
    for pragma in (
        "busy_timeout=30000",
        "trusted_schema=OFF",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "secure_delete=ON",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _proposed(connection: sa.Connection, volume: Volume) -> Iterator[tuple[str, int, str]]:
    for box in index_tables.boxes(volume.footprint):
        for key, number, text in connection.exec_driver_sql(_FIND, _row(volume, box)):  # noqa: UP028 - typed
            yield key, number, text


def _row(volume: Volume, box: Box) -> tuple[int, ...]:
    return (
        box.south_u,
        box.north_u,
        box.west_u,
        box.east_u,
        _LEAST if volume.start is None else _fitting(volume.start // _UNIT_MS),
        _MOST if volume.end is None else _fitting(volume.end // _UNIT_MS),
        _LEAST if volume.low_cm is None else _fitting(volume.low_cm),
        _MOST if volume.high_cm is None else _fitting(volume.high_cm),
    )


def _fitting(value: int) -> int:
    """Into 32 bits, keeping the order: what lies beyond them all meets at their end."""
    return max(_LEAST, min(value, _MOST))


def _added(connection: sa.Connection, items: Mapping[str, Sequence[Volume]]) -> None:
    after = int(connection.exec_driver_sql("SELECT max(id) FROM held").scalar() or 0)
    rows: list[tuple[int | str, ...]] = []
    tree: list[tuple[int, ...]] = []

    def write() -> None:
        if rows:
            connection.exec_driver_sql("INSERT INTO held VALUES (?, ?, ?, ?, ?)", rows)
            connection.exec_driver_sql("INSERT INTO boxes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", tree)
            rows.clear()
            tree.clear()

    for number, one in enumerate(index_tables.kept(items), after + 1):
        rows.append((number, one.key, one.number, one.piece, one.text))
        tree.append((number, *_row(one.volume, one.box)))
        if len(rows) == _PAGE:
            write()
    write()


def _removed(connection: sa.Connection, key: str) -> None:
    rows = connection.exec_driver_sql("SELECT id FROM held WHERE key = ?", (key,)).scalars().all()
    if rows:
        connection.exec_driver_sql("DELETE FROM boxes WHERE id = ?", [(number,) for number in rows])
        connection.exec_driver_sql("DELETE FROM held WHERE key = ?", (key,))


def _emptied(connection: sa.Connection) -> None:
    for table in ("boxes", "held", "about"):
        connection.exec_driver_sql(f"DROP TABLE {table}")
    for statement in _TABLES:
        connection.exec_driver_sql(statement)
    _remember(connection, "layout", LAYOUT)


def _about(connection: sa.Connection, name: str) -> str | None:
    value: str | None = connection.exec_driver_sql("SELECT value FROM about WHERE name = ?", (name,)).scalar()
    return value


def _remember(connection: sa.Connection, name: str, value: str) -> None:
    connection.exec_driver_sql("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))
