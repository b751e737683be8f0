"""A vault on PostgreSQL: a database of its own for each office, and one writer by an advisory lock.

The writer's transactions all go through the connection that holds the lock, so a writer that has lost its lock has
lost its connection too, and cannot write.
"""

import hashlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import exc

from trucekeeper.kernel.errors import BadInput, Conflict, Damaged
from trucekeeper.stores.durable import VERSION, Row
from trucekeeper.stores.vault_tables import ABOUT

DRIVER = "postgresql+pg8000"
_PAGE = 5_000
_TIMEOUT_S = 60


class Postgres:
    """Fulfils ``durable.Database``."""

    def __init__(self, address: str, origin: str, *, write: bool, tables: sa.MetaData | None = None) -> None:
        """``address`` is a URL ``postgresql+pg8000://...``; ``tables`` makes them in an empty database."""
        self._engine = _engine(address)
        self._writer: sa.Connection | None = None
        try:
            if write:
                self._writer = self._locked(origin)
            if tables is not None:
                self._make(tables)
            self._check_layout()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Generator[sa.Connection]:
        """A connection to read from."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except exc.DBAPIError as error:
            msg = f"the database of the vault does not answer as it should ({_why(error)}); see to it, then try again"
            raise Damaged(msg) from error

    @contextmanager
    def writing(self) -> Generator[sa.Connection]:
        """The connection that holds the lock, in a transaction of its own."""
        if self._writer is None:
            msg = "this record was opened for reading only; open it with the log's key to write"
            raise Conflict(msg)
        with self._writer.begin():
            yield self._writer

    def insert(self, connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """Insert full rows, a page in one statement: the driver sends a statement of its own for each row."""
        names = ", ".join(column.name for column in table.columns)
        arrays = ", ".join(f"CAST(%s AS {_ARRAYS[type(column.type)]})" for column in table.columns)
        statement = f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608 - names of ours
        for start in range(0, len(rows), _PAGE):
            page = rows[start : start + _PAGE]
            columns = tuple([row[at] for row in page] for at in range(len(table.columns)))
            connection.exec_driver_sql(statement, columns)

    def forget(self) -> None:
        """Let the space of what was overwritten be used again."""
        with self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
                "VACUUM entries, batch_rows"
            )

    def close(self) -> None:
        """Give connections and lock back."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._engine.dispose()

    def _locked(self, origin: str) -> sa.Connection:
        number = int.from_bytes(hashlib.sha256(origin.encode()).digest()[:8], "big", signed=True)
        try:
            connection = self._engine.connect()
            with connection.begin():
                if connection.scalar(sa.text("SHOW fsync")) != "on":
                    msg = "the database of the vault does not force its writes to disk (fsync = off); set it to on"
                    raise Conflict(msg)
                got = connection.scalar(sa.text("SELECT pg_try_advisory_lock(:number)"), {"number": number})
        except exc.DBAPIError as error:
            msg = f"the database of the vault cannot be opened ({_why(error)}); check the line queue in office.toml"
            raise Conflict(msg) from error
        if not got:
            connection.close()
            msg = "another process is writing to this record; stop it, or open the record for reading only"
            raise Conflict(msg)
        return connection

    def _make(self, tables: sa.MetaData) -> None:
        with self.writing() as connection:
            if sa.inspect(connection).get_table_names():
                msg = "the database for the vault holds tables already; name an empty one for each office"
                raise Conflict(msg)
            tables.create_all(connection)
            self.insert(connection, ABOUT, [("layout", str(VERSION))])

    def _check_layout(self) -> None:
        query = sa.select(ABOUT.c.value).where(ABOUT.c.name == "layout")
        with self.reading() as connection:
            found = connection.execute(query).scalar()
        if found != str(VERSION):
            msg = f"the vault has layout {found}, and this release reads {VERSION}; use the release that wrote it"
            raise Damaged(msg)


_ARRAYS: dict[type[object], str] = {
    sa.BigInteger: "bigint[]",
    sa.Text: "text[]",
    sa.LargeBinary: "bytea[]",
}


def _engine(address: str) -> sa.Engine:
    try:
        url = sa.make_url(address)
        if url.drivername != DRIVER:
            msg = f"the vault's database has an address beginning {DRIVER}://; correct the line queue in office.toml"
            raise BadInput(msg)
        return sa.create_engine(url, pool_size=8, max_overflow=64, connect_args={"timeout": _TIMEOUT_S})
    except exc.ArgumentError as error:
        msg = "the address of the vault's database is none; correct the line queue in office.toml"
        raise BadInput(msg) from error
    except ModuleNotFoundError as error:
        msg = "the vault lies on PostgreSQL and its driver is not installed; install trucekeeper[postgresql]"
        raise Conflict(msg) from error


def _why(error: exc.DBAPIError) -> str:
    return type(error).__name__
