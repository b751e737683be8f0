"""The vault on SQLite: what opens the leaves. Salt and envelope of each entry, salt and bytes of each row.

Nothing in it is encrypted at rest yet: the folder's rights (0700) are all that guards it until the next release.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from trucekeeper.kernel import merkle
from trucekeeper.kernel.errors import Damaged
from trucekeeper.record import sealing
from trucekeeper.stores import durable

_TABLES = sa.MetaData()
_ENVELOPES = sa.Table(
    "envelopes",
    _TABLES,
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("uid", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("envelope", sa.LargeBinary, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Index("by_kind", "kind", "entry"),
    sqlite_strict=True,
)
_ROWS = sa.Table(
    "rows",
    _TABLES,
    sa.Column("entry", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("row", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
_ROW_NODES = sa.Table(
    "row_nodes",
    _TABLES,
    sa.Column("entry", sa.Integer, primary_key=True),
    sa.Column("level", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

CHUNK_LEVEL = 8
"""Subtrees of 256 rows and more are stored; a proof hashes the rest anew from the rows themselves."""

_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Sealed:
    """One entry on its way into the vault, or out of it; ``rows`` is their number."""

    entry: int
    uid: str
    kind: str
    salt: bytes
    envelope: bytes
    rows: int


@dataclass(frozen=True, slots=True)
class RowsOf:
    """The rows of one batch entry on their way into the vault, with salt and leaf hash of each."""

    entry: int
    rows: Sequence[bytes]
    salts: Sequence[bytes]
    hashes: Sequence[bytes]


class Vault:
    """One open vault file."""

    def __init__(self, path: Path, *, write: bool) -> None:
        self._engine = durable.engine(path, write=write)
        durable.check_version(self._engine, path)

    @classmethod
    def make(cls, path: Path) -> "Vault":
        """A new, empty vault, for its owner alone."""
        durable.make_private(path)
        made = durable.engine(path, write=True)
        durable.make_tables(made, _TABLES)
        made.dispose()
        return cls(path, write=True)

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()

    def write(self, entries: Sequence[Sealed], batches: Sequence[RowsOf]) -> None:
        """Write all of it, durably, in one transaction."""
        with self._engine.begin() as connection:
            rows = [(one.entry, one.uid, one.kind, one.salt, one.envelope, one.rows) for one in entries]
            durable.insert_many(connection, _ENVELOPES, rows)
            for batch in batches:
                _write_rows(connection, batch)

    def drop_from(self, size: int) -> None:
        """Forget what was written for entries that never reached the log."""
        with self._engine.begin() as connection:
            for table in (_ROW_NODES, _ROWS, _ENVELOPES):
                connection.execute(sa.delete(table).where(table.c.entry >= size))

    def size(self) -> int:
        """One more than the newest entry."""
        with durable.reading(self._engine) as connection:
            last = connection.execute(sa.select(sa.func.max(_ENVELOPES.c.entry))).scalar()
        return 0 if last is None else last + 1

    def find(self, uids: Sequence[str]) -> dict[str, int]:
        """The entry that holds each of ``uids``, where one does."""
        found: dict[str, int] = {}
        with durable.reading(self._engine) as connection:
            for start in range(0, len(uids), 500):
                part = list(uids[start : start + 500])
                query = sa.select(_ENVELOPES.c.uid, _ENVELOPES.c.entry).where(_ENVELOPES.c.uid.in_(part))
                found.update((uid, entry) for uid, entry in connection.execute(query))
        return found

    def read(self, start: int, stop: int, kinds: Sequence[str] = (), limit: int = _PAGE) -> list[Sealed]:
        """At most ``limit`` entries of ``kinds`` (empty: all) from ``start`` up to ``stop``, in order."""
        query = (
            sa.select(_ENVELOPES)
            .where(_ENVELOPES.c.entry >= start, _ENVELOPES.c.entry < stop)
            .order_by(_ENVELOPES.c.entry)
            .limit(limit)
        )
        if kinds:
            query = query.where(_ENVELOPES.c.kind.in_(list(kinds)))
        with durable.reading(self._engine) as connection:
            return [Sealed(*row) for row in connection.execute(query)]

    def rows(self, entry: int, start: int = 0, stop: int | None = None) -> Iterator[tuple[bytes, bytes]]:
        """Salt and bytes of the rows of a batch from ``start`` up to ``stop``, page by page."""
        while stop is None or start < stop:
            upto = start + _PAGE if stop is None else min(stop, start + _PAGE)
            query = (
                sa.select(_ROWS.c.salt, _ROWS.c.row)
                .where(_ROWS.c.entry == entry, _ROWS.c.number >= start, _ROWS.c.number < upto)
                .order_by(_ROWS.c.number)
            )
            with durable.reading(self._engine) as connection:
                page = [(salt, row) for salt, row in connection.execute(query)]
            yield from page
            if len(page) < upto - start:
                return
            start = upto

    def row_node(self, entry: int, level: int, number: int) -> bytes:
        """The hash of one complete subtree over the rows of a batch; Damaged where rows are lost."""
        if level < CHUNK_LEVEL:
            first, last = number << level, (number + 1) << level
            hashes = [
                merkle.leaf_hash(sealing.leaf(salt, row)) for salt, row in self.rows(entry, first, last)
            ]
            if len(hashes) == last - first:
                return merkle.root(hashes)
            found: object = None
        else:
            query = sa.select(_ROW_NODES.c.hash).where(
                _ROW_NODES.c.entry == entry, _ROW_NODES.c.level == level, _ROW_NODES.c.number == number
            )
            with durable.reading(self._engine) as connection:
                found = connection.execute(query).scalar()
        if not isinstance(found, bytes):
            msg = f"the vault has lost rows or hashes of batch entry {entry}; restore it from a backup"
            raise Damaged(msg)
        return found


def _write_rows(connection: sa.Connection, batch: RowsOf) -> None:
    for start in range(0, len(batch.rows), _PAGE):
        stop = min(start + _PAGE, len(batch.rows))
        page = [
            (batch.entry, number, batch.salts[number], batch.rows[number]) for number in range(start, stop)
        ]
        durable.insert_many(connection, _ROWS, page)
    frontier = merkle.Frontier()
    nodes: list[tuple[object, ...]] = []
    for hashed in batch.hashes:
        made = frontier.append(hashed)
        nodes.extend((batch.entry, *node) for node in made[CHUNK_LEVEL:])
    durable.insert_many(connection, _ROW_NODES, nodes)
