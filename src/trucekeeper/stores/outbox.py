"""How often each delivery has failed, and when it is tried again: one small SQLite file that may be lost.

What has to go out follows from the record; this only spares recipients that are away. A lost or damaged file is
begun anew: then all that is still to go out is tried at once.
"""

import sqlite3
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import Damaged
from trucekeeper.stores.durable import make_private

FILE = "outbox.db"
LAYOUT = 1

_TABLE = "CREATE TABLE tried (key TEXT PRIMARY KEY, failures INTEGER, again INTEGER, why TEXT) WITHOUT ROWID"

_Row = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Tried:
    """How a delivery stands: failures in a row, when it is tried again, and one word on why it failed last."""

    failures: int
    again: Instant
    why: str


class Outbox:
    """Any thread may use it. Keys are idempotency keys; nothing of a notice or a recipient is kept."""

    __slots__ = ("_connection", "_lock", "_path")

    def __init__(self, path: Path) -> None:
        """In the file ``path``, which is made where there is none, or where it is none that can be read."""
        self._path = path
        self._lock = threading.Lock()
        try:
            self._connection = _opened(path)
        except sqlite3.DatabaseError:
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)
            self._connection = _opened(path)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._connection.close()

    def tried(self, key: str) -> Tried | None:
        """How that delivery stands; None where it has not failed."""
        row = self._do("SELECT failures, again, why FROM tried WHERE key = ?", (key,))
        return None if row is None else Tried(row[0], Instant(row[1]), row[2])

    def failed(self, key: str, how: Tried) -> None:
        """Remember a failure."""
        self._do("INSERT OR REPLACE INTO tried VALUES (?, ?, ?, ?)", (key, how.failures, how.again, how.why))

    def forget(self, keys: Iterable[str]) -> None:
        """These were delivered, or nobody waits for them any more."""
        for key in keys:
            self._do("DELETE FROM tried WHERE key = ?", (key,))

    def keys(self) -> frozenset[str]:
        """Every delivery that is remembered."""
        with self._lock:
            return frozenset(str(row[0]) for row in self._connection.execute("SELECT key FROM tried"))

    def _do(self, statement: str, values: tuple[str | int, ...]) -> _Row | None:
        with self._lock:
            try:
                row: _Row | None = self._connection.execute(statement, values).fetchone()
            except sqlite3.Error as error:
                msg = f"{self._path.name} cannot be read or written ({error}); delete it and serve the office again"
                raise Damaged(msg) from error
        return row


def _opened(path: Path) -> sqlite3.Connection:
    with suppress(FileExistsError):
        make_private(path)
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found != LAYOUT:
            connection.execute("DROP TABLE IF EXISTS tried")
            connection.execute(_TABLE)
            connection.execute(f"PRAGMA user_version={LAYOUT}")
        connection.execute("SELECT count(*) FROM tried").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
