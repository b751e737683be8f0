"""Bodies of a few kinds, read once: the record only grows, so what was read stays right."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

import sqlalchemy as sa

from trucekeeper.kernel.clock import Instant
from trucekeeper.stores.tables import BODIES, ENTRIES

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with its body, as the tables hold it."""

    entry: int
    kind: str
    about: int | None
    holder: str
    key: str
    party: str | None
    at: Instant
    digest: str
    body: bytes


def lines(
    connection: sa.Connection,
    kinds: tuple[str, ...],
    after: int = -1,
    about: int | None = None,
    upto: int | None = None,
) -> list[Line]:
    """Entries of these kinds behind entry ``after`` and up to ``upto``, in the order of the record."""
    asked = (
        sa.select(
            ENTRIES.c.entry,
            ENTRIES.c.kind,
            BODIES.c.about,
            ENTRIES.c.holder,
            ENTRIES.c.key,
            ENTRIES.c.party,
            ENTRIES.c.admitted_ms,
            ENTRIES.c.digest,
            BODIES.c.body,
        )
        .join(BODIES, BODIES.c.entry == ENTRIES.c.entry)
        .where(BODIES.c.kind.in_(kinds), BODIES.c.entry > after)
        .order_by(BODIES.c.entry)
    )
    if about is not None:
        asked = asked.where(BODIES.c.about == about)
    if upto is not None:
        asked = asked.where(BODIES.c.entry <= upto)
    return [Line(*row[:6], Instant(row[6]), row[7], row[8]) for row in connection.execute(asked)]


@dataclass(slots=True)
class Tail(Generic[T]):
    """Reads each entry of ``kinds`` once with ``read``, and gives those below any size of the record."""

    kinds: tuple[str, ...]
    read: Callable[[sa.Connection, Line], T]
    _known: list[tuple[int, T]] = field(default_factory=list[tuple[int, T]])
    _lock: Lock = field(default_factory=Lock)

    def upto(self, connection: sa.Connection, upto: int | None) -> tuple[tuple[int, T], ...]:
        """Every (entry, value) below ``upto`` (None: all), in the order of the record."""
        with self._lock:
            after = self._known[-1][0] if self._known else -1
            for line in lines(connection, self.kinds, after):
                self._known.append((line.entry, self.read(connection, line)))
            return tuple(item for item in self._known if upto is None or item[0] < upto)
