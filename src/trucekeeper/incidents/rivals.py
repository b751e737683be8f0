"""What an incident would hold if its linking were drawn another way: what weighing tries as well."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.incidents.alternatives import partitions
from trucekeeper.incidents.extent import SLACK_MIN, UNKNOWN_SLACK_MIN
from trucekeeper.incidents.linking import Proposal, propose
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.parties.model import Source
from trucekeeper.record.ref import Ref

MOST = 60
"""An incident of more members has no rivals: each is one of so many that no single join carries the answer."""

REACH_MS = 2 * max(*SLACK_MIN.values(), UNKNOWN_SLACK_MIN) * 60_000
"""Two observations that are farther apart in time are never of one happening."""


@dataclass(frozen=True, slots=True)
class Rival:
    """The incident as another linking draws it, with the weight of that linking in parts per million."""

    weight_ppm: int
    members: tuple[Ref, ...]


def around(incident: Incident) -> Interval:
    """When an observation may have been made that another linking would put into the incident."""
    end = incident.when.end
    return Interval(
        Instant(incident.when.start - REACH_MS), None if end is None else Instant(end + REACH_MS + 1)
    )


def rivals(
    incident: Incident, nearby: Iterable[Sighting], sources: Mapping[str, Source]
) -> tuple[Rival, ...]:
    """No rival, one or two, the likelier first; the weight that is left is the incident's as it stands.

    ``nearby`` are the observations of :func:`around`, in any order. Of an incident that is cut in two, the part with
    more members goes on, the earlier where both have as many.
    """
    if len(incident.members) > MOST:
        return ()
    own = frozenset(one.ref for one in incident.members)
    others = propose([one for one in nearby if one.ref not in own], sources)
    ways = partitions(Proposal(incident.members, ()), others, sources)[1:]
    found = (Rival(way.weight_ppm, _part(way.groups, own)) for way in ways if way.weight_ppm)
    return tuple(sorted(found, key=lambda one: (-one.weight_ppm, one.members)))


def _part(groups: Sequence[tuple[Ref, ...]], own: frozenset[Ref]) -> tuple[Ref, ...]:
    """The group that the incident would be."""
    return min(groups, key=lambda group: (-len(own.intersection(group)), group))
