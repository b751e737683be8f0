"""Dual ledgers: what each party says of the same happenings, side by side.

===============  ===========================================================================================
agreed           two parties affirm it, and do not contradict each other on who did it
disputed         one affirms and another denies, or they name different sides
self-reported    a party alone affirms it, and names itself
one-sided        a party alone affirms it; the other is silent
===============  ===========================================================================================

A party speaks through every source that shares its interest. Neutral observations neither make nor change a line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from trucekeeper.incidents.model import Incident
from trucekeeper.observations.model import Kind
from trucekeeper.parties.model import Party, Source
from trucekeeper.record.ref import Ref

_AFFIRMS = frozenset({Kind.REPORT, Kind.DETECTION, Kind.CLAIM, Kind.HOLDING, Kind.ACCESS_REFUSED})


class Standing(Enum):
    """How the parties' two ledgers stand to each other on one happening."""

    AGREED = "agreed"
    DISPUTED = "disputed"
    ONE_SIDED = "one-sided"
    SELF_REPORTED = "self-reported"


@dataclass(frozen=True, slots=True)
class Column:
    """What one party says: the entries that affirm and deny, and the sides that its affirmations name."""

    party: str
    affirms: tuple[Ref, ...]
    denies: tuple[Ref, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One happening in both ledgers; ``columns`` are in the order of the parties, silent ones included."""

    incident: str
    standing: Standing
    columns: tuple[Column, ...]

    @property
    def refs(self) -> tuple[Ref, ...]:
        """Every entry that the line rests on."""
        return tuple(sorted({ref for column in self.columns for ref in (*column.affirms, *column.denies)}))


def ledgers(
    incidents: Iterable[Incident], sources: Mapping[str, Source], parties: Sequence[Party]
) -> tuple[LedgerLine, ...]:
    """A line for every incident that at least one party affirms, by incident."""
    found = (_line(incident, sources, parties) for incident in incidents)
    return tuple(sorted((line for line in found if line is not None), key=lambda line: line.incident))


def _line(incident: Incident, sources: Mapping[str, Source], parties: Sequence[Party]) -> LedgerLine | None:
    columns = tuple(_column(party.id, incident, sources) for party in parties)
    standing = _standing(columns)
    return None if standing is None else LedgerLine(incident.id, standing, columns)


def _column(party: str, incident: Incident, sources: Mapping[str, Source]) -> Column:
    said = [
        (one.ref, one.observation)
        for one in incident.members
        if (source := sources.get(one.observation.source)) is not None and source.interest == party
    ]
    return Column(
        party=party,
        affirms=tuple(ref for ref, observation in said if observation.kind in _AFFIRMS),
        denies=tuple(ref for ref, observation in said if observation.kind is Kind.DENIAL),
        names=tuple(sorted({o.by for _, o in said if o.kind in _AFFIRMS and o.by is not None})),
    )


def _standing(columns: Sequence[Column]) -> Standing | None:
    affirming = [column for column in columns if column.affirms]
    if not affirming:
        return None
    denied = any(column.denies and column is not affirming[0] for column in columns)
    named = {name for column in affirming for name in column.names}
    if len(affirming) > 1:
        return Standing.DISPUTED if denied or affirming[0].denies or len(named) > 1 else Standing.AGREED
    if denied:
        return Standing.DISPUTED
    return Standing.SELF_REPORTED if affirming[0].party in named else Standing.ONE_SIDED
