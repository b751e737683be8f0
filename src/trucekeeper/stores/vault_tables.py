"""The tables of the queue and the vault, for SQLite and for PostgreSQL."""

import sqlalchemy as sa

TABLES = sa.MetaData()

_WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")

ENTRIES = sa.Table(
    "entries",
    TABLES,
    sa.Column("entry", _WHOLE, primary_key=True, autoincrement=False),
    sa.Column("uid", sa.Text, unique=True),
    sa.Column("kind", sa.Text),
    sa.Column("admitted_ms", _WHOLE, nullable=False),
    sa.Column("rows", _WHOLE, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("told", sa.LargeBinary),
    sa.Index("entries_by_kind", "kind", "entry"),
    sa.Index("entries_by_time", "admitted_ms", "entry"),
    sqlite_strict=True,
)
"""A leaf. Padding has no kind and no uid; of an erased entry ``sealed`` and ``told`` are gone."""

ROWS = sa.Table(
    "batch_rows",
    TABLES,
    sa.Column("entry", _WHOLE, primary_key=True),
    sa.Column("number", _WHOLE, primary_key=True),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("hash", sa.LargeBinary),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
"""A row of a batch; of an erased one only its leaf hash is left, so that the others' proofs stand."""

NODES = sa.Table(
    "batch_nodes",
    TABLES,
    sa.Column("entry", _WHOLE, primary_key=True),
    sa.Column("level", _WHOLE, primary_key=True),
    sa.Column("number", _WHOLE, primary_key=True),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
"""Hashes of complete subtrees over a batch's rows, of ``vault.CHUNK_LEVEL`` and above."""

ABOUT = sa.Table(
    "about",
    TABLES,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sqlite_strict=True,
)
"""What the vault is: its layout, and the log that it belongs to."""
