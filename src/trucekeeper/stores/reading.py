"""Reads observations back from their table."""

import json
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import NotFound
from trucekeeper.observations import wire
from trucekeeper.observations.model import Observation
from trucekeeper.parties import wire as parties_wire
from trucekeeper.parties.model import Source
from trucekeeper.record.ref import Ref
from trucekeeper.stores.tables import OBSERVATIONS, number, ref_of

_AT_ONCE = 500


def observation(body: bytes) -> Observation:
    """The observation of a stored body, which was read once before it was stored."""
    value: dict[str, Json] = json.loads(body)
    return wire.read(value)


def source(body: bytes) -> Source:
    """The source of a stored body."""
    value: dict[str, Json] = json.loads(body)
    return parties_wire.read(value)


def sighting(number_of: int, body: bytes) -> Sighting:
    """The observation with its reference."""
    return Sighting(ref_of(number_of), observation(body))


def one(connection: sa.Connection, ref: Ref) -> Sighting:
    """The observation at ``ref``; NotFound where there is none."""
    asked = sa.select(OBSERVATIONS.c.body).where(OBSERVATIONS.c.id == number(ref))
    body = connection.execute(asked).scalar_one_or_none()
    if body is None:
        msg = f"entry {ref} is no observation; take its number from the list of observations"
        raise NotFound(msg)
    return Sighting(ref, observation(body))


def several(connection: sa.Connection, numbers: Iterable[int]) -> Iterator[Sighting]:
    """The observations of these numbers, in the order given; numbers of none are passed over."""
    wanted = list(numbers)
    columns = (OBSERVATIONS.c.id, OBSERVATIONS.c.body)
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        rows = connection.execute(sa.select(*columns).where(OBSERVATIONS.c.id.in_(part)))
        bodies: dict[int, bytes] = {row.id: row.body for row in rows}
        for wanted_number in part:
            if wanted_number in bodies:
                yield sighting(wanted_number, bodies[wanted_number])


def times(connection: sa.Connection, numbers: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Start and end, in milliseconds, of the observations of these numbers."""
    wanted = list(numbers)
    columns = (OBSERVATIONS.c.id, OBSERVATIONS.c.start_ms, OBSERVATIONS.c.end_ms)
    found: dict[int, tuple[int, int]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        asked = sa.select(*columns).where(OBSERVATIONS.c.id.in_(wanted[start : start + _AT_ONCE]))
        found.update((row[0], (row[1], row[2])) for row in connection.execute(asked))
    return found


def pages(connection: sa.Connection, asked: sa.Select[int, bytes], page: int = 2000) -> Iterator[Sighting]:
    """Every observation that ``asked`` selects, in the order of the record, a page at a time."""
    after = -1
    while True:
        rows = connection.execute(
            asked.where(OBSERVATIONS.c.id > after).order_by(OBSERVATIONS.c.id).limit(page)
        ).all()
        for row in rows:
            yield sighting(row[0], row[1])
        if len(rows) < page:
            return
        after = rows[-1][0]
