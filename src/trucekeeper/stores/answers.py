"""Answers that were given to requests with an idempotency key, for whoever sends one again within a day.

A key is claimed before anything is done and bears its answer afterwards, in a file of its own that may be lost: what
was done is in the record, where the same entry never enters twice.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import Damaged

KEPT_MS = 86_400_000
_METADATA = sa.MetaData()
_ANSWERS = sa.Table(
    "answers",
    _METADATA,
    sa.Column("caller", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("request", sa.String, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
    sa.Column("status", sa.Integer),
    sa.Column("headers", sa.String),
    sa.Column("body", sa.LargeBinary),
)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it went out."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of a key: the digest of the request it was first used with, and the answer, if there was one."""

    request: str
    given: Given | None


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one office. Any thread may ask."""

    engine: sa.Engine

    @classmethod
    def opened(cls, file: Path | None = None) -> "Answers":
        """Over that file; in memory where none is named."""
        if file is None:
            engine = sa.create_engine(
                "sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False}
            )
        else:
            engine = sa.create_engine(f"sqlite:///{file}", connect_args={"timeout": 30})
        try:
            with engine.begin() as connection:
                if file is not None:
                    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                _METADATA.create_all(connection)
        except DatabaseError as error:
            engine.dispose()
            msg = "the answers to repeated requests cannot be read; delete answers.sqlite in projections/"
            raise Damaged(msg) from error
        return cls(engine)

    def claim(self, caller: str, key: str, request: str, now: Instant) -> Claim | None:
        """None where the key is new and now the caller's; else what it was used for within the last day."""
        with self.engine.begin() as connection:
            connection.execute(sa.delete(_ANSWERS).where(_ANSWERS.c.at < now - KEPT_MS))
            taken = connection.execute(
                sa.insert(_ANSWERS)
                .prefix_with("OR IGNORE")
                .values(caller=caller, key=key, request=request, at=now)
            )
            if taken.rowcount == 1:
                return None
            row = connection.execute(
                sa.select(_ANSWERS).where(_ANSWERS.c.caller == caller, _ANSWERS.c.key == key)
            ).one()
        if row.status is None:
            return Claim(row.request, None)
        headers: list[list[str]] = json.loads(row.headers)
        return Claim(
            row.request, Given(row.status, tuple((name, value) for name, value in headers), row.body)
        )

    def give(self, caller: str, key: str, given: Given) -> None:
        """Keep the answer with its key."""
        with self.engine.begin() as connection:
            connection.execute(
                sa.update(_ANSWERS)
                .where(_ANSWERS.c.caller == caller, _ANSWERS.c.key == key)
                .values(status=given.status, headers=json.dumps(given.headers), body=given.body)
            )

    def release(self, caller: str, key: str) -> None:
        """Give a key back that nothing was done with."""
        with self.engine.begin() as connection:
            connection.execute(
                sa.delete(_ANSWERS).where(
                    _ANSWERS.c.caller == caller, _ANSWERS.c.key == key, _ANSWERS.c.status.is_(None)
                )
            )

    def close(self) -> None:
        """Give the file back."""
        self.engine.dispose()


def headers_kept(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Of an answer's headers, those that go out again with it."""
    return tuple((name, headers[name]) for name in ("ETag", "Location") if name in headers)
