"""Groups of observations that look like one happening, by agglomeration that cannot chain.

The strongest pairs are joined first. Two groups join only where *every* pair across them is unbarred and scores at
least FLOOR, and the average across them reaches THRESHOLD: so no member is ever in a group only because it resembles
one other member. Ties fall by entry, so the order of arrival never matters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.incidents.candidates import pairs
from trucekeeper.incidents.model import PairScore, Part, Sighting
from trucekeeper.incidents.pairing import score
from trucekeeper.observations.model import Kind
from trucekeeper.parties.model import Source
from trucekeeper.record.ref import Ref

__all__ = ["FLOOR", "THRESHOLD", "Proposal", "propose", "roots", "score"]

THRESHOLD = 6000
"""Prior odds of about 1 to 20 that two statements of one day are of one happening (-3000), overcome to 20 to 1."""

FLOOR = 3000
"""What every single pair of a group must reach: even odds after that prior."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Observations that look like one happening, in the order of the record; a person decides.

    ``grounds`` hold for each member the pair that ties it most strongly, and for what was joined by reference the
    reference: enough to see why, and short enough to be signed.
    """

    members: tuple[Sighting, ...]
    grounds: tuple[PairScore, ...]


_Pairs = dict[tuple[Ref, Ref], PairScore]


def propose(sightings: Sequence[Sighting], sources: Mapping[str, Source]) -> tuple[Proposal, ...]:
    """Every incident that these observations suggest, single ones included, by first entry.

    Coverage never belongs to an incident. A denial or claim that names ``of`` joins what it names, whatever the
    score. A denial alone makes no incident: such observations are in no proposal.
    """
    happened = sorted((s for s in sightings if s.observation.kind is not Kind.COVERAGE), key=lambda s: s.ref)
    spoken = roots(happened)
    free = [one for one in happened if spoken[one.ref] == one.ref]
    scores = _scores(free, sources)
    groups = {one.ref: [one] for one in free}
    home = {one.ref: one.ref for one in free}
    for pair in sorted(scores.values(), key=lambda pair: (-pair.milli, pair.one, pair.other)):
        if pair.milli < THRESHOLD:
            break
        a, b = sorted((home[pair.one], home[pair.other]))
        if a != b and _may_join(groups[a], groups[b], scores):
            for moved in groups.pop(b):
                groups[a].append(moved)
                home[moved.ref] = a
    attached = _attached(happened, spoken, home)
    found = (_proposal(groups[key], attached.get(key, []), scores) for key in sorted(groups))
    return tuple(proposal for proposal in found if _happens(proposal))


def _scores(free: Sequence[Sighting], sources: Mapping[str, Source]) -> _Pairs:
    found: _Pairs = {}
    for one, other in pairs(free, sources):
        pair = score(one, other, sources)
        if pair.barred is None and pair.milli >= FLOOR:
            found[pair.one, pair.other] = pair
    return found


def _may_join(one: Iterable[Sighting], other: Sequence[Sighting], scores: _Pairs) -> bool:
    total = count = 0
    for a in one:
        for b in other:
            pair = scores.get((a.ref, b.ref) if a.ref < b.ref else (b.ref, a.ref))
            if pair is None:
                return False
            total += pair.milli
            count += 1
    return total >= THRESHOLD * count


def roots(sightings: Sequence[Sighting]) -> dict[Ref, Ref]:
    """What each observation speaks of in the end, following ``of``; itself where it names nothing known."""
    named = {f"{one.observation.source}/{one.observation.uid}": one for one in sightings}
    return {one.ref: _root(one, named) for one in sightings}


def _root(one: Sighting, named: Mapping[str, Sighting]) -> Ref:
    path = [one.ref]
    at = one
    while at.observation.of is not None and at.observation.of in named:
        at = named[at.observation.of]
        if at.ref in path:  # they name each other in a ring: its first entry stands for it
            return min(path[path.index(at.ref) :])
        path.append(at.ref)
    return at.ref


def _attached(
    sightings: Sequence[Sighting], roots: Mapping[Ref, Ref], home: Mapping[Ref, Ref]
) -> dict[Ref, list[tuple[Sighting, Ref]]]:
    found: dict[Ref, list[tuple[Sighting, Ref]]] = {}
    for one in sightings:
        root = roots[one.ref]
        if root != one.ref:
            found.setdefault(home[root], []).append((one, root))
    return found


def _proposal(
    group: Sequence[Sighting], attached: Sequence[tuple[Sighting, Ref]], scores: _Pairs
) -> Proposal:
    members = sorted((*group, *(one for one, _ in attached)), key=lambda one: one.ref)
    grounds = _strongest(group, scores)
    grounds.update(_reference(one.ref, root) for one, root in attached)
    return Proposal(tuple(members), tuple(sorted(grounds, key=lambda pair: (pair.one, pair.other))))


def _strongest(group: Sequence[Sighting], scores: _Pairs) -> set[PairScore]:
    refs = sorted(one.ref for one in group)
    found: set[PairScore] = set()
    for ref in refs if len(refs) > 1 else ():
        ties = [scores[min(ref, other), max(ref, other)] for other in refs if other != ref]
        found.add(min(ties, key=lambda pair: (-pair.milli, pair.one, pair.other)))
    return found


def _reference(ref: Ref, root: Ref) -> PairScore:
    return PairScore(min(ref, root), max(ref, root), (Part("reference", 0, f"entry {ref} names it"),))


def _happens(proposal: Proposal) -> bool:
    return any(one.observation.kind is not Kind.DENIAL for one in proposal.members)
