"""Same happening or not: an explained score for every pair, and groups that cannot chain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.incidents.model import PairScore, Sighting
from trucekeeper.parties.model import Source


@dataclass(frozen=True, slots=True)
class Proposal:
    """Observations that look like one happening, in the order of the record; a person decides.

    ``grounds`` hold the score of each pair that was weighed.
    """

    members: tuple[Sighting, ...]
    grounds: tuple[PairScore, ...]


def score(one: Sighting, other: Sighting, sources: Mapping[str, Source]) -> PairScore:
    """How much speaks for one happening: a log-likelihood ratio in millinats, ground by ground."""
    raise NotImplementedError


def propose(sightings: Sequence[Sighting], sources: Mapping[str, Source]) -> tuple[Proposal, ...]:
    """Every incident that these observations suggest, singletons included, in the order of their first entries."""
    raise NotImplementedError
