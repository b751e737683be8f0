"""What the record says of deliveries, read from the projections notice by notice."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.delivery import Delivery, Outcome
from trucekeeper.movements.wire import delivery
from trucekeeper.stores import tail
from trucekeeper.stores.tables import BODIES


@dataclass(frozen=True, slots=True)
class Told:
    """The deliveries of one notice, each with the time of its entry, in the order of the record."""

    each: tuple[tuple[Delivery, Instant], ...]

    def delivered(self, version: int, recipient: str) -> bool:
        """Whether any channel has delivered this."""
        return any(_is(one, version, recipient, Outcome.DELIVERED) for one, _ in self.each)

    def failed(self, version: int, recipient: str) -> dict[str, Instant]:
        """The channels on which this failed, and since when."""
        return {
            one.channel: at for one, at in reversed(self.each) if _is(one, version, recipient, Outcome.FAILED)
        }


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Reads them; any thread may ask."""

    engine: sa.Engine

    def of(self, notice: int) -> Told:
        """Those of one notice."""
        with self.engine.connect() as connection:
            return Told(tuple(_read(one) for one in tail.lines(connection, (delivery.KIND,), about=notice)))

    def changed(self, since: int) -> tuple[int, ...]:
        """The notices of which an entry from ``since`` on says how a delivery ended."""
        asked = sa.select(BODIES.c.about).where(BODIES.c.kind == delivery.KIND, BODIES.c.entry >= since)
        with self.engine.connect() as connection:
            return tuple(sorted(int(one) for one in connection.execute(asked.distinct()).scalars()))


def _read(line: tail.Line) -> tuple[Delivery, Instant]:
    body: Mapping[str, Json] = json.loads(line.body)
    return delivery.read(body), line.at


def _is(one: Delivery, version: int, recipient: str, outcome: Outcome) -> bool:
    return (one.version, one.recipient, one.outcome) == (version, recipient, outcome)
