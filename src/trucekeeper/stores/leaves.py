"""The log on SQLite: sealed leaves, when they came, and the hashes of complete subtrees. Nothing else is in it."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from trucekeeper.kernel import merkle
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import Damaged
from trucekeeper.stores import durable

_TABLES = sa.MetaData()
_LEAVES = sa.Table(
    "leaves",
    _TABLES,
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Column("admitted_ms", sa.Integer, nullable=False, index=True),
    sqlite_strict=True,
)
_NODES = sa.Table(
    "nodes",
    _TABLES,
    sa.Column("level", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)


class Leaves:
    """One open log file."""

    def __init__(self, path: Path, *, write: bool) -> None:
        self._engine = durable.engine(path, write=write)
        durable.check_version(self._engine, path)

    @classmethod
    def make(cls, path: Path) -> "Leaves":
        """A new, empty log file."""
        made = durable.engine(path, write=True)
        durable.make_tables(made, _TABLES)
        made.dispose()
        return cls(path, write=True)

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()

    def size(self) -> int:
        """How many leaves there are."""
        with durable.reading(self._engine) as connection:
            last = connection.execute(sa.select(sa.func.max(_LEAVES.c.entry))).scalar()
        return 0 if last is None else last + 1

    def last_admitted(self) -> Instant | None:
        """When the newest leaf came."""
        with durable.reading(self._engine) as connection:
            found = connection.execute(sa.select(sa.func.max(_LEAVES.c.admitted_ms))).scalar()
        return None if found is None else Instant(found)

    def size_at(self, at: Instant) -> int:
        """How many leaves had come at ``at`` or before."""
        query = sa.select(sa.func.max(_LEAVES.c.entry)).where(_LEAVES.c.admitted_ms <= at)
        with durable.reading(self._engine) as connection:
            last = connection.execute(query).scalar()
        return 0 if last is None else last + 1

    def append(self, frontier: merkle.Frontier, leaves: Sequence[tuple[bytes, Instant]]) -> merkle.Frontier:
        """Write the leaves, durably; the frontier after them. ``frontier`` itself stays as it was."""
        grown = frontier.copy()
        rows: list[tuple[object, ...]] = []
        nodes: list[tuple[object, ...]] = []
        for leaf, admitted in leaves:
            rows.append((grown.size, leaf, admitted))
            nodes.extend(grown.append(merkle.leaf_hash(leaf))[1:])
        with self._engine.begin() as connection:
            durable.insert_many(connection, _LEAVES, rows)
            durable.insert_many(connection, _NODES, nodes)
        return grown

    def of(self, entries: Sequence[int]) -> dict[int, tuple[bytes, Instant]]:
        """Leaf and time of each of ``entries``, a few hundred at most."""
        query = sa.select(_LEAVES.c.entry, _LEAVES.c.leaf, _LEAVES.c.admitted_ms)
        with durable.reading(self._engine) as connection:
            found = connection.execute(query.where(_LEAVES.c.entry.in_(list(entries))))
            return {entry: (leaf, Instant(at)) for entry, leaf, at in found}

    def node(self, level: int, number: int) -> bytes:
        """The hash of one complete subtree; Damaged where the file has lost it."""
        query = sa.select(_NODES.c.hash).where(_NODES.c.level == level, _NODES.c.number == number)
        if level == 0:
            query = sa.select(_LEAVES.c.leaf).where(_LEAVES.c.entry == number)
        with durable.reading(self._engine) as connection:
            found = connection.execute(query).scalar()
        if not isinstance(found, bytes):
            msg = f"the log has lost a hash of its tree (level {level}, number {number}); restore it from a backup"
            raise Damaged(msg)
        return merkle.leaf_hash(found) if level == 0 else found
