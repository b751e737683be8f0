"""What linking needs from a store."""

from collections.abc import Iterable
from typing import Protocol

from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Interval
from trucekeeper.places.position import Region


class Sightings(Protocol):
    """Proposes observations near one another; the exact score decides."""

    def near(self, where: Region, when: Interval, reach_m: int, slack_ms: int) -> Iterable[Sighting]:
        """Finds candidates within ``reach_m`` and ``slack_ms`` of both; may return too many, never too few."""
        ...
