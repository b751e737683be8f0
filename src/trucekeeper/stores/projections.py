"""Projections follow the record: what is missing is read from it, in its order, and never from anywhere else.

Intake, catching up after a crash, and rebuilding are the same :meth:`Projections.follow`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import sqlalchemy as sa

from trucekeeper.kernel.errors import Damaged
from trucekeeper.record.ref import Ref
from trucekeeper.stores import erased, tables
from trucekeeper.stores.database import BOXES, add
from trucekeeper.stores.rows import Rows, Screen, touching
from trucekeeper.stores.story import Story

VERSION = "4"
"""Changes whenever the tables, or what is put into them, change: older ones are then rebuilt."""

_AT_ONCE = 5_000

Told = Callable[[int, int], None]
"""Hears how many entries are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Projections:
    """The tables and how they grow. ``screening`` names what the touchings depend on, beside the observation."""

    engine: sa.Engine
    screen: Screen
    screening: str
    _lock: Lock = field(default_factory=Lock)
    _reached: list[int] = field(default_factory=lambda: [0])
    """How far this process has seen the tables come: who waited for another's step need not ask them again."""

    def size(self) -> int:
        """How many entries of the record are in the tables."""
        with self.engine.connect() as connection:
            return int(_remembered(connection, "size") or 0)

    def fitting(self) -> bool:
        """Whether the tables were made by this version and for this agreement; else they must be rebuilt."""
        with self.engine.connect() as connection:
            return _remembered(connection, "version") in {None, self._version()}

    def follow(self, story: Story, told: Told | None = None) -> int:
        """Adds the entries that are missing; gives how many. Each step is whole or not there at all."""
        return self._followed(story, None, told)

    def reach(self, story: Story, size: int) -> None:
        """As :meth:`follow`, for a caller that needs no more than the first ``size`` entries to be there.

        Callers that wait for one another are served together: the first of them projects what all have recorded.
        """
        if self._reached[0] < size:
            self._followed(story, size, None)

    def _followed(self, story: Story, size: int | None, told: Told | None) -> int:
        with self._lock:
            if size is not None and self._reached[0] >= size:
                return 0
            first = at = self.size()
            goal = story.size()
            if at > goal:
                msg = f"the projections know {at} entries and the record has {goal}; rebuild the projections"
                raise Damaged(msg)
            while at < goal:
                with self.engine.begin() as connection:
                    at = self._step(connection, story, at, goal)
                if told is not None:
                    told(at, goal)
            self._reached[0] = at
            return at - first

    def _step(self, connection: sa.Connection, story: Story, start: int, goal: int) -> int:
        """Entries from ``start`` until enough rows have come together; gives how far the record has been read.

        What is remembered is the place behind the last entry that is there: padding and gaps behind it may be read
        again, and leave no trace.
        """
        rows, written, at, read = Rows(), 0, start, goal
        for one in story.entries(start, goal):
            rows.add_entry(one)
            for number, raw in enumerate(story.rows(one)):
                if raw is not None:
                    rows.add_row(Ref(one.entry, number), raw)
                if len(rows) >= _AT_ONCE:
                    written += self._write(connection, rows)
                    rows = Rows()
            if one.kind == erased.APPROVAL:
                # It may take away what came before, so that must have been written.
                written += self._write(connection, rows)
                rows = erased.react(connection, story, one)
            at = one.entry + 1
            if written + len(rows) >= _AT_ONCE:
                read = at
                break
        self._write(connection, rows)
        _remember(connection, "size", str(at))
        _remember(connection, "version", self._version())
        return read

    def _write(self, connection: sa.Connection, rows: Rows) -> int:
        for table, values in (
            (tables.ENTRIES, rows.entries),
            (tables.BODIES, rows.bodies),
            (tables.OBSERVATIONS, rows.observations),
            (tables.SOURCES, rows.sources),
            (tables.UNREADABLE, rows.unreadable),
        ):
            add(connection, table.name, values)
        add(connection, BOXES, rows.boxes)
        touched = [touching(one) for one in self.screen(rows.sightings)]
        add(connection, tables.TOUCHINGS.name, touched)
        return len(rows)

    def _version(self) -> str:
        return f"{VERSION} {self.screening}"


def _remembered(connection: sa.Connection, name: str) -> str | None:
    asked = sa.select(tables.META.c.value).where(tables.META.c.name == name)
    value: str | None = connection.execute(asked).scalar_one_or_none()
    return value


def _remember(connection: sa.Connection, name: str, value: str) -> None:
    connection.execute(tables.META.delete().where(tables.META.c.name == name))
    connection.execute(tables.META.insert(), [{"name": name, "value": value}])
