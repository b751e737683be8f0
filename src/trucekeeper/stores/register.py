"""The register of notices over the projections: each notice's life, read from the lines that speak of it."""

import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock

import sqlalchemy as sa

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import Conflict, NotFound
from trucekeeper.movements import lifecycle
from trucekeeper.movements.lifecycle import Dossier, Line
from trucekeeper.movements.model import Acknowledgement, Notice, Step
from trucekeeper.movements.wire import handover, notices, steps
from trucekeeper.record.keyset import KeySets
from trucekeeper.stores import tail
from trucekeeper.stores.tables import BODIES, ENTRIES

KINDS = (notices.KIND, steps.STEP, steps.ANSWER, handover.KIND)
_FIRSTS = (notices.KIND, handover.KIND)
_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Register:
    """Reads notices; any thread may ask. ``keysets`` gives the history of the keys as it stands.

    Lives asked for lately are remembered, and what the record adds to them is added to them.
    """

    engine: sa.Engine
    keysets: Callable[[], KeySets]
    _lives: "OrderedDict[int, Dossier]" = field(default_factory=OrderedDict[int, Dossier])
    _over: set[int] = field(default_factory=set[int])
    _reached: list[int] = field(default_factory=lambda: [-1])
    _lock: Lock = field(default_factory=Lock)

    def dossier(self, notice: int) -> Dossier:
        """The life of the notice whose first version is that entry; NotFound where there is none."""
        with self._lock, self.engine.connect() as connection:
            self._catch_up(connection)
            return self._life(connection, notice)

    def all(self, after: int = 0, limit: int = 100) -> tuple[Dossier, ...]:
        """The next notices behind entry ``after``, in the order in which they were announced."""
        with self._lock, self.engine.connect() as connection:
            self._catch_up(connection)
            return tuple(self._life(connection, one) for one in self._firsts(connection, after, limit))

    def open(self) -> Iterator[Dossier]:
        """Every notice that is neither closed nor withdrawn, a few hundred at a time."""
        after = 0
        while True:
            with self._lock, self.engine.connect() as connection:
                self._catch_up(connection)
                firsts = self._firsts(connection, after, 500)
                lives = [self._life(connection, one) for one in firsts if one not in self._over]
            yield from (life for life in lives if life.live)
            if not firsts:
                return
            after = firsts[-1]

    def size(self) -> int:
        """How far the projections have come: the entry behind the last one that they hold."""
        with self.engine.connect() as connection:
            last = connection.execute(sa.select(sa.func.max(ENTRIES.c.entry))).scalar_one_or_none()
        return 0 if last is None else int(last) + 1

    def changed(self, since: int) -> tuple[int, ...]:
        """The notices that an entry from ``since`` on speaks of, in order: those whose volumes may have changed."""
        about = sa.func.coalesce(BODIES.c.about, BODIES.c.entry)
        asked = sa.select(about).where(BODIES.c.kind.in_(KINDS), BODIES.c.entry >= since).distinct()
        with self.engine.connect() as connection:
            return tuple(sorted(int(one) for one in connection.execute(asked).scalars()))

    def _firsts(self, connection: sa.Connection, after: int, limit: int) -> list[int]:
        asked = (
            sa.select(BODIES.c.entry)
            .where(
                BODIES.c.kind.in_(_FIRSTS),
                BODIES.c.about.is_(None),
                BODIES.c.entry > after,
                BODIES.c.entry <= self._reached[0],
            )
            .order_by(BODIES.c.entry)
            .limit(limit)
        )
        return [int(one) for one in connection.execute(asked).scalars()]

    def _catch_up(self, connection: sa.Connection) -> None:
        """What came since the last look, added to the lives at hand."""
        if self._reached[0] < 0:
            last = connection.execute(sa.select(sa.func.max(BODIES.c.entry))).scalar_one_or_none()
            self._reached[0] = -1 if last is None else int(last)
            return
        for line in tail.lines(connection, KINDS, self._reached[0]):
            self._reached[0] = line.entry
            # out of what is remembered first: a line that cannot be read must not leave the life without it there
            known = None if line.about is None else self._lives.pop(line.about, None)
            if known is not None and line.about is not None:
                self._lives[line.about] = self._then(known, line)

    def _life(self, connection: sa.Connection, notice: int) -> Dossier:
        found = self._lives.get(notice)
        if found is None:
            first, *more = self._lines(connection, notice)
            found = self._first(first)
            for line in more:
                found = self._then(found, line)
            self._lives[notice] = found
            if len(self._lives) > _REMEMBERED:
                self._lives.popitem(last=False)
        else:
            self._lives.move_to_end(notice)
        if not found.live:
            self._over.add(notice)
        return found

    def _lines(self, connection: sa.Connection, notice: int) -> list[tail.Line]:
        first = tail.lines(connection, _FIRSTS, notice - 1, upto=notice)
        if not first or first[0].about is not None:
            msg = f"entry {notice} announced no notice; take a number from `truce notice list`"
            raise NotFound(msg)
        return first + tail.lines(connection, KINDS, notice, about=notice, upto=self._reached[0])

    def _first(self, line: tail.Line) -> Dossier:
        body: Mapping[str, Json] = json.loads(line.body)
        if line.kind == handover.KIND:
            return handover.dossier(handover.read(body), line.entry)
        return lifecycle.dossier([self._read(line, body)])

    def _then(self, found: Dossier, line: tail.Line) -> Dossier:
        """After one more line; a newer handover takes the place of all that an older one said."""
        body: Mapping[str, Json] = json.loads(line.body)
        if line.kind == handover.KIND:
            try:
                return handover.newer(found, handover.read(body))
            except Conflict as refused:
                return replace(found, passed_over=(*found.passed_over, (line.entry, str(refused))))
        return lifecycle.then(found, self._read(line, body))

    def _read(self, line: tail.Line, body: Mapping[str, Json]) -> Line:
        role = self.keysets().at(line.entry).role(line.key)
        return Line(line.entry, line.at, line.holder, role, _what(line.kind, body))


def _what(kind: str, body: Mapping[str, Json]) -> Notice | Step | Acknowledgement:
    if kind == notices.KIND:
        return notices.read(body)
    return steps.read_step(body) if kind == steps.STEP else steps.read_answer(body)
