"""What a witness remembers, in one SQLite file: the newest checkpoint of each log, and logs that were forked.

A step is judged and written in one transaction that is on disk (synchronous=FULL) before anybody hears of it.
"""

import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from trucekeeper.kernel.errors import Damaged
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.witness import Held
from trucekeeper.stores.durable import make_private

LAYOUT = 1
LIMIT_FORKS = 16
"""Of one log: the first says all, and a log that lies must not fill the disk."""

_TABLES = (
    "CREATE TABLE held (origin TEXT PRIMARY KEY, size INTEGER, root BLOB, time_s INTEGER, note BLOB)",
    "CREATE TABLE forks (origin TEXT, size INTEGER, root BLOB, note BLOB, PRIMARY KEY (origin, size, root))",
    f"PRAGMA user_version={LAYOUT}",
)
_HELD = "SELECT origin, size, root, time_s, note FROM held"


class WitnessStore:
    """One witness's memory; threads and processes may share it."""

    __slots__ = ("_connection", "_lock", "_path")

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        with self._sound():
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=10,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    @classmethod
    def create(cls, path: Path) -> "WitnessStore":
        """A memory that knows nothing yet, in a new file that its owner alone may read."""
        make_private(path)
        connection = sqlite3.connect(path, isolation_level=None)
        for statement in _TABLES:
            connection.execute(statement)
        connection.close()
        return cls(path)

    def _prepare(self) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "trusted_schema=OFF"):
            self._connection.execute(f"PRAGMA {pragma}")
        (found,) = self._connection.execute("PRAGMA user_version").fetchone()
        if found != LAYOUT:
            name = self._path.name
            msg = f"{name} has layout {found}, and this release reads {LAYOUT}; use the release that wrote it"
            raise Damaged(msg)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._connection.close()

    def held(self, origin: str) -> Held | None:
        """The newest checkpoint that was cosigned of that log."""
        with self._lock, self._sound():
            return self._held(origin)

    def advance(self, origin: str, step: Callable[[Held | None], Held | None]) -> Held | None:
        """Put what ``step`` makes of the newest checkpoint in its place, and give it; None leaves all as it was.

        Nobody else can write between what ``step`` is shown and what it answers; what it answers is on disk when
        this returns.
        """
        with self._lock, self._sound(), self._transaction():
            made = step(self._held(origin))
            if made is not None:
                row = (origin, made.stated.size, made.stated.root, made.time_s, made.note)
                self._connection.execute("INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?)", row)
            return made

    def keep_fork(self, stated: Checkpoint, data: bytes) -> None:
        """Keep a checkpoint that its log signed beside another tree of the same size: proof against the log."""
        row = (stated.origin, stated.size, stated.root, data)
        with self._lock, self._sound(), self._transaction():
            (count,) = self._connection.execute(
                "SELECT count(*) FROM forks WHERE origin = ?", (stated.origin,)
            ).fetchone()
            if count < LIMIT_FORKS:
                self._connection.execute("INSERT OR IGNORE INTO forks VALUES (?, ?, ?, ?)", row)

    def forks(self, origin: str) -> tuple[bytes, ...]:
        """The signed notes that :meth:`keep_fork` kept, smallest first."""
        with self._lock, self._sound():
            rows = self._connection.execute(
                "SELECT note FROM forks WHERE origin = ? ORDER BY size, root", (origin,)
            ).fetchall()
        return tuple(row[0] for row in rows)

    def _held(self, origin: str) -> Held | None:
        row = self._connection.execute(f"{_HELD} WHERE origin = ?", (origin,)).fetchone()
        return None if row is None else Held(Checkpoint(row[0], row[1], row[2]), row[3], row[4])

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    @contextmanager
    def _sound(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            msg = f"{self._path.name} cannot be read or written ({error}); see to the disk, or restore it from a backup"
            raise Damaged(msg) from error
