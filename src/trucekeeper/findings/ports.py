"""The casebook: everything known up to one entry of the record, whichever store keeps it."""

from collections.abc import Iterator
from typing import Protocol

from trucekeeper.findings.model import Case
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.observations.model import Kind
from trucekeeper.parties.model import Source
from trucekeeper.record.ref import Ref


class Casebook(Protocol):
    """Reads projections; every method takes ``upto``: only entries below it are known (None: all).

    ``upto`` is what makes "as known on" answerable: it is the record's size at a past moment.
    """

    def size_at(self, at: Instant) -> int:
        """The first entry index not yet recorded at ``at`` (admission time)."""
        ...

    def sightings(
        self, when: Interval | None = None, kinds: tuple[Kind, ...] = (), upto: int | None = None
    ) -> Iterator[Sighting]:
        """Observations whose time overlaps ``when``, in the order of the record; empty ``kinds`` means all."""
        ...

    def sighting(self, ref: Ref) -> Sighting:
        """One observation; NotFound where the ref names none."""
        ...

    def source(self, source_id: str, upto: int | None = None) -> Source:
        """The register's latest line on a source; an unregistered one is of no interest group and grade F."""
        ...

    def incidents(self, when: Interval | None = None, upto: int | None = None) -> Iterator[Incident]:
        """Incidents after all merges and splits by people, by id."""
        ...

    def incident(self, incident_id: str, upto: int | None = None) -> Incident:
        """One incident; NotFound where there is none."""
        ...

    def cases(self, upto: int | None = None) -> Iterator[Case]:
        """Every case with its state, in the order of the record."""
        ...
