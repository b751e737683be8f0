"""The index of notices in PostgreSQL with PostGIS: a GiST index over box and time proposes, ``overlap`` decides.

PostGIS keeps 32-bit boxes in its index and rounds them outward, so that a box is never found too small. Every question
is one statement, and so sees one moment of the database; writers take turns by an advisory lock.
"""

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Self, cast

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from trucekeeper.kernel.errors import BadInput, Conflict, Damaged
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.volume import Meeting, Volume
from trucekeeper.stores import index_tables
from trucekeeper.stores.box import MICRO, Box
from trucekeeper.stores.index_tables import LAYOUT
from trucekeeper.stores.postgres import DRIVER

_TURN = 7_165_889_233_651_034_217
"""The advisory lock that one writer of an index holds for one transaction."""

_TABLES = (
    "CREATE TABLE index_about (name text PRIMARY KEY, value text NOT NULL)",
    """CREATE TABLE index_volumes (key text COLLATE "C", number integer, piece integer, box geometry(Polygon, 4326),
    span int8range, band int8range, volume text NOT NULL, PRIMARY KEY (key, number, piece))""",
    "CREATE INDEX index_volumes_place ON index_volumes USING gist (box, span)",
)
_BOUNDS = "ST_MakeEnvelope(west, south, east, north, 4326), int8range(since, till, '[]'), int8range(low, high, '[]')"
_ADD = (
    f"INSERT INTO index_volumes SELECT key, number, piece, {_BOUNDS}, volume"  # noqa: S608 - texts of ours
    " FROM unnest(CAST(%s AS text[]), CAST(%s AS integer[]), CAST(%s AS integer[]), CAST(%s AS text[]),"
    " CAST(%s AS float8[]), CAST(%s AS float8[]), CAST(%s AS float8[]), CAST(%s AS float8[]),"
    " CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]))"
    " AS given(key, number, piece, volume, west, south, east, north, since, till, low, high)"
)
_FIND = (
    "SELECT kept.key, kept.number, (array_agg(kept.volume))[1], array_agg(DISTINCT asked.by)"  # noqa: S608 - texts of ours
    f" FROM (SELECT by, {_BOUNDS}"
    " FROM unnest(CAST(%s AS integer[]), CAST(%s AS float8[]), CAST(%s AS float8[]), CAST(%s AS float8[]),"
    " CAST(%s AS float8[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]))"
    " AS given(by, west, south, east, north, since, till, low, high)) AS asked(by, box, span, band)"
    " CROSS JOIN LATERAL (SELECT * FROM index_volumes AS one"
    " WHERE one.box && asked.box AND one.span && asked.span AND one.band && asked.band) AS kept"
    " GROUP BY kept.key, kept.number"
)
_HELD = "SELECT volume FROM index_volumes WHERE key = %s AND piece = 0 ORDER BY number"
# A page comes as one value, because the driver takes its time over each row.
_NEXT = (
    "SELECT json_agg(json_build_array(key, number, volume::json) ORDER BY key, number)::text"
    " FROM (SELECT key, number, volume FROM index_volumes"
    " WHERE piece = 0 AND (key, number) > (%s, %s) ORDER BY key, number LIMIT %s) AS page"
)
_MOST = 2**62
_PAGE = 5_000
_TIMEOUT_S = 60


class PostgisIndex:
    """Fulfils ``movements.ports.Index``; it may be lost, and is then filled anew from the record."""

    def __init__(self, address: str, name: str | None = None) -> None:
        """``address`` is a URL ``postgresql+pg8000://...``; tables are made, and those of another layout emptied.

        Indexes of several names lie in one database, each in a schema of its own.
        """
        self._engine = _engine(address)
        if name is not None:
            self._apart(name)
        try:
            with self._writing() as connection:
                _provided(connection, name)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def put(self, key: str, volumes: Sequence[Volume]) -> None:
        """Keep these volumes, and no others, under ``key``; visible as a whole once this returns."""
        with self._writing() as connection:
            _replaced(connection, {key: volumes})

    def fill(self, items: Mapping[str, Sequence[Volume]]) -> None:
        """As :meth:`put` for many keys, all of them in one transaction."""
        with self._writing() as connection:
            _replaced(connection, items)
            connection.exec_driver_sql("ANALYZE index_volumes")

    def remove(self, key: str) -> None:
        """Forget a key; one that is not there is no error."""
        self.put(key, ())

    def meeting(self, volumes: Sequence[Volume]) -> tuple[Meeting, ...]:
        """Every kept volume that overlaps one of ``volumes``, in order, each pair once. Misses none."""
        asked = [
            (by, *_bounds(one, box))
            for by, one in enumerate(volumes)
            for box in index_tables.boxes(one.footprint)
        ]
        if not asked:
            return ()
        with self._reading() as connection:
            rows = connection.exec_driver_sql(_FIND, _columns(asked)).all()
        found: list[Meeting] = []
        for row in rows:
            key, number, text, proposed = cast("tuple[str, int, str, list[int]]", tuple(row))
            volume = index_tables.read(text)
            found += [Meeting(key, number, by) for by in proposed if overlap(volume, volumes[by])]
        return tuple(sorted(found))

    def volumes(self, key: str) -> tuple[Volume, ...]:
        """What is kept under ``key``, as it was put; empty where nothing is."""
        with self._reading() as connection:
            texts = connection.exec_driver_sql(_HELD, (key,)).scalars().all()
        return tuple(map(index_tables.read, texts))

    def keys(self) -> Iterator[str]:
        """Every key that is kept, in no order."""
        with self._reading() as connection:
            return iter(connection.exec_driver_sql("SELECT DISTINCT key FROM index_volumes").scalars().all())

    def items(self) -> Iterator[tuple[str, tuple[Volume, ...]]]:
        """Every key with its volumes, in order of the keys and as of one moment; for filling another index."""
        yield from index_tables.grouped(self._rows())

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

    def _apart(self, name: str) -> None:
        """Have every connection see the schema of this name first, and PostGIS behind it."""

        def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
            cursor = connection.cursor()
            cursor.execute(f"SET search_path TO {name}, public")
            cursor.close()
            connection.commit()

        event.listen(self._engine, "connect", connected)

    def _rows(self) -> Iterator[tuple[str, Volume]]:
        with self._reading() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")
            after: tuple[str, int] = ("", -1)
            while text := connection.exec_driver_sql(_NEXT, (*after, _PAGE)).scalar():
                page: list[tuple[str, int, list[object]]] = json.loads(text)
                for key, number, parts in page:
                    yield key, index_tables.understood(parts)
                    after = key, number

    @contextmanager
    def _reading(self) -> Generator[sa.Connection]:
        with self._answers(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Generator[sa.Connection]:
        with self._answers(), self._engine.begin() as connection:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_TURN,))
            yield connection

    @contextmanager
    def _answers(self) -> Generator[None]:
        try:
            yield
        except (exc.DBAPIError, OSError) as error:  # the driver lets what the socket raises through as it is
            self._engine.dispose()  # so that the next question begins with a new connection
            why = type(error).__name__
            msg = f"the database of the index does not answer as it should ({why}); see to it, then try again"
            raise Damaged(msg) from error


def _engine(address: str) -> sa.Engine:
    try:
        url = sa.make_url(address)
        if url.drivername != DRIVER or not url.username:
            msg = f"the index's database has an address beginning {DRIVER}://USER@; correct it in office.toml"
            raise BadInput(msg)
        return sa.create_engine(
            url, pool_size=8, max_overflow=64, hide_parameters=True, connect_args={"timeout": _TIMEOUT_S}
        )
    except exc.ArgumentError as error:
        msg = "the address of the index's database is none; correct it in office.toml"
        raise BadInput(msg) from error
    except ModuleNotFoundError as error:
        msg = "the index lies on PostgreSQL and its driver is not installed; install trucekeeper[postgresql]"
        raise Conflict(msg) from error


def _provided(connection: sa.Connection, name: str | None) -> None:
    _with_postgis(connection)
    if name is not None:
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {name}")
    told = f"{name or 'public'}.index_about"
    if connection.exec_driver_sql("SELECT to_regclass(%s)", (told,)).scalar() is None:
        _made(connection)
    elif _about(connection, "layout") != LAYOUT:
        _emptied(connection)


def _with_postgis(connection: sa.Connection) -> None:
    if (
        connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").scalar()
        is not None
    ):
        return
    try:
        connection.exec_driver_sql("CREATE EXTENSION postgis SCHEMA public")
    except exc.DBAPIError as error:
        msg = "the index's database has no PostGIS; install it, and have its administrator CREATE EXTENSION postgis"
        raise Conflict(msg) from error


def _made(connection: sa.Connection) -> None:
    for statement in _TABLES:
        connection.exec_driver_sql(statement)
    _remember(connection, "layout", LAYOUT)


def _emptied(connection: sa.Connection) -> None:
    connection.exec_driver_sql("DROP TABLE IF EXISTS index_volumes, index_about")
    _made(connection)


def _replaced(connection: sa.Connection, items: Mapping[str, Sequence[Volume]]) -> None:
    connection.exec_driver_sql(
        "DELETE FROM index_volumes WHERE key = ANY(CAST(%s AS text[]))", (list(items),)
    )
    rows = (
        (one.key, one.number, one.piece, one.text, *_bounds(one.volume, one.box))
        for one in index_tables.kept(items)
    )
    while page := list(islice(rows, _PAGE)):
        connection.exec_driver_sql(_ADD, _columns(page))


def _bounds(volume: Volume, box: Box) -> tuple[float | int | None, ...]:
    """West, south, east, north in degrees, start and end, lower and upper altitude; None is without bound."""
    sides = (box.west_u / MICRO, box.south_u / MICRO, box.east_u / MICRO, box.north_u / MICRO)
    return (*sides, *map(_fitting, (volume.start, volume.end, volume.low_cm, volume.high_cm)))


def _fitting(value: int | None) -> int | None:
    """Into the 64 bits of a range, keeping the order: what lies beyond them all meets at their end."""
    return None if value is None else max(-_MOST, min(value, _MOST))


def _columns(rows: Sequence[tuple[object, ...]]) -> tuple[list[object], ...]:
    return tuple(map(list, zip(*rows, strict=True)))


def _about(connection: sa.Connection, name: str) -> str | None:
    value: str | None = connection.exec_driver_sql(
        "SELECT value FROM index_about WHERE name = %s", (name,)
    ).scalar()
    return value


def _remember(connection: sa.Connection, name: str, value: str) -> None:
    connection.exec_driver_sql(
        "INSERT INTO index_about VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
