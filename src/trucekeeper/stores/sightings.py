"""Proposes observations near one another, from the projections' index."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Interval
from trucekeeper.places.position import Region
from trucekeeper.stores.box import around
from trucekeeper.stores.database import candidates
from trucekeeper.stores.reading import several
from trucekeeper.stores.tables import NEVER_MS


@dataclass(frozen=True, slots=True)
class SqlSightings:
    """Candidates for linking; an observation without a place or an end is a candidate everywhere and ever after."""

    engine: sa.Engine

    def near(self, where: Region, when: Interval, reach_m: int, slack_ms: int) -> Iterable[Sighting]:
        """Finds candidates within ``reach_m`` and ``slack_ms`` of both; may return too many, never too few."""
        since = when.start - slack_ms
        till = NEVER_MS if when.end is None else when.end + slack_ms
        with self.engine.connect() as connection:
            found = candidates(connection, around(where, reach_m), since, till)
            return tuple(several(connection, found))
