"""The tables of the projections. Rows are only ever added, each with the entry that it comes from.

Everything here is derived from the record and may be deleted. ``entry`` (with ``row`` for a row of a batch)
is what a row is cited by; reading with ``entry < upto`` gives what was known at that size of the record.
Times are milliseconds UTC, places microdegrees. An open end is :data:`NEVER_MS`.
"""

import sqlalchemy as sa

from trucekeeper.record.ref import Ref

NEVER_MS = 2**53 - 1
"""Stands for an end that never comes: the largest whole number that is exact everywhere."""

METADATA = sa.MetaData()

META = sa.Table(
    "meta",
    METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)

ENTRIES = sa.Table(
    "entries",
    METADATA,
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("holder", sa.String, nullable=False),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("party", sa.String),
    sa.Column("uid", sa.String, nullable=False),
    sa.Column("admitted_ms", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.String, nullable=False),
    sa.Index("entries_by_kind", "kind", "entry"),
    sa.Index("entries_by_time", "admitted_ms"),
)

BODIES = sa.Table(
    "bodies",
    METADATA,
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("about", sa.BigInteger),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("bodies_by_kind", "kind", "entry"),
    sa.Index("bodies_about", "about"),
)
"""Bodies of all entries but observations and batches.

``about`` is the entry that one speaks of: that of a finding, or the first of a notice.
"""

OBSERVATIONS = sa.Table(
    "observations",
    METADATA,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.BigInteger, nullable=False),
    sa.Column("row", sa.BigInteger, nullable=False),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("uid", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("act", sa.String),
    sa.Column("start_ms", sa.BigInteger, nullable=False),
    sa.Column("end_ms", sa.BigInteger, nullable=False),
    sa.Column("south_u", sa.Integer, nullable=False),
    sa.Column("west_u", sa.Integer, nullable=False),
    sa.Column("north_u", sa.Integer, nullable=False),
    sa.Column("east_u", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("observations_by_uid", "source", "uid"),
    sa.Index("observations_by_time", "start_ms", "end_ms"),
)
"""``id`` is ``entry`` and ``row`` in one number (:func:`number`); ``row`` is -1 for an entry of its own."""

TOUCHINGS = sa.Table(
    "touchings",
    METADATA,
    sa.Column("observation", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("term", sa.String, primary_key=True),
    sa.Column("reading", sa.String, primary_key=True),
    sa.Column("answer", sa.String, nullable=False),
    sa.Column("share_ppm", sa.Integer, nullable=False),
    sa.Column("tests", sa.String, nullable=False),
    sa.Index("touchings_by_term", "term", "reading"),
    sqlite_with_rowid=False,
)

UNREADABLE = sa.Table(
    "unreadable",
    METADATA,
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("row", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("why", sa.String, nullable=False),
)
"""Entries and rows whose body does not say what its kind asks: they stay in the record and count for nothing."""

SOURCES = sa.Table(
    "sources",
    METADATA,
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("sources_by_id", "source", "entry"),
)

ERASED = sa.Table(
    "erased",
    METADATA,
    sa.Column("erasure", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("approval", sa.BigInteger, nullable=False),
    sa.Column("entry", sa.BigInteger, nullable=False),
    sa.Column("row", sa.BigInteger, nullable=False),
    sa.Column("path", sa.String),
    sa.Column("author", sa.String, nullable=False),
    sa.Index("erased_by_entry", "entry", "row"),
)
"""Erasures in force, each with what it took away: an entry, a row, or the field at ``path``; and who had signed it."""

_ROWS = 2**32


def number(ref: Ref) -> int:
    """Entry and row as one 63-bit number, in the order of the record: what an R*Tree can hold."""
    return ref.entry * _ROWS + ref.row + 1


def ref_of(number_of: int) -> Ref:
    """The reference that :func:`number` made it from."""
    entry, row = divmod(number_of, _ROWS)
    return Ref(entry, row - 1)


def below(upto: int) -> int:
    """All observations of entries below ``upto`` have smaller numbers than this."""
    return upto * _ROWS
