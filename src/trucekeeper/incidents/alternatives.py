"""Other ways to draw the line around an incident: what weighing should try as well where its linking is in doubt.

An incident stands as proposed; with its weakest join undone; and with its strongest refused join done. What another
way weighs against the proposal are the odds of how far its one join lies from where it would have turned: whole
numbers from a table, so that every machine gives the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.incidents.linking import FLOOR, THRESHOLD, Proposal, roots
from trucekeeper.incidents.model import Sighting
from trucekeeper.incidents.pairing import score
from trucekeeper.parties.model import Source
from trucekeeper.record.ref import Ref

MILLION = 1_000_000

ODDS_PPM = (
    (250, 882_497), (500, 687_289), (750, 535_261), (1_000, 416_862), (1_250, 324_652), (1_500, 252_840),
    (1_750, 196_912), (2_000, 153_355), (2_250, 119_433), (2_500, 93_014), (2_750, 72_440), (3_000, 56_416),
)  # fmt: skip
"""A join up to so many millinats from turning: the odds of the other way, exp(-middle of the step), per million.
Beyond the last line nothing is in doubt."""

_Group = tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Partition:
    """One way to group the same observations, each group and all groups in the order of the record.

    ``far_milli`` is how far, in millinats, the one join that makes it another way lies from turning.
    """

    groups: tuple[tuple[Ref, ...], ...]
    weight_ppm: int
    why: str
    far_milli: int = 0


def partitions(
    proposal: Proposal, proposals: Iterable[Proposal], sources: Mapping[str, Source]
) -> tuple[Partition, ...]:
    """One to three ways, the proposal first; it alone where nothing is in doubt. The weights come to a million.

    ``proposals`` are all that were made of the same observations, in any order; each is kept whole. All ways hold
    the same observations, so one that adds a neighbour shows that neighbour apart in the others.
    """
    undone, done = _undone(proposal, sources), _done(proposal, proposals, sources)
    other = () if done is None else done[1].members
    apart = (_refs(other),) if other else ()
    mine = _refs(proposal.members)
    found: list[tuple[tuple[tuple[Ref, ...], ...], str, int]] = []
    if undone is not None:
        found.append(((*(_refs(part) for part in undone[1]), *apart), "its weakest join undone", undone[0]))
    if done is not None:
        found.append((((_refs((*proposal.members, *other))),), "its strongest refused join done", done[0]))
    odds = [_odds_ppm(far) for _, _, far in found]
    total = MILLION + sum(odds)
    weights = [MILLION * each // total for each in odds]
    best = Partition(tuple(sorted((mine, *apart))), MILLION - sum(weights), "as proposed")
    ways = (
        Partition(tuple(sorted(groups)), weight, why, far)
        for (groups, why, far), weight in zip(found, weights, strict=True)
    )
    return (best, *ways)


def _undone(proposal: Proposal, sources: Mapping[str, Source]) -> tuple[int, tuple[_Group, _Group]] | None:
    """The last join of the agglomeration, which alone can be undone, and how far it is from having failed."""
    spoken = roots(proposal.members)
    free = [one for one in proposal.members if spoken[one.ref] == one.ref]
    groups: dict[Ref, _Group] = {one.ref: (one,) for one in free}
    pairs = [score(one, other, sources) for at, one in enumerate(free) for other in free[at + 1 :]]
    strong = [pair for pair in pairs if pair.barred is None and pair.milli >= THRESHOLD]
    last: tuple[int, tuple[_Group, _Group]] | None = None
    for pair in sorted(strong, key=lambda pair: (-pair.milli, pair.one, pair.other)):
        one, other = groups[pair.one], groups[pair.other]
        slack = None if one == other else _slack(one, other, sources)
        if slack is not None and slack >= 0:
            last = (slack, (one, other))
            groups.update(dict.fromkeys((each.ref for each in (*one, *other)), (*one, *other)))
    if last is None or last[0] >= ODDS_PPM[-1][0]:
        return None
    slack, (one, other) = last
    homes = {each.ref for each in one}
    attached = [each for each in proposal.members if spoken[each.ref] != each.ref]
    with_one = tuple(each for each in attached if spoken[each.ref] in homes)
    with_other = tuple(each for each in attached if spoken[each.ref] not in homes)
    return slack, ((*one, *with_one), (*other, *with_other))


def _done(
    proposal: Proposal, proposals: Iterable[Proposal], sources: Mapping[str, Source]
) -> tuple[int, Proposal] | None:
    """The neighbour that was nearest to being joined, and how far from it."""
    mine = _free(proposal)
    refused: list[tuple[int, Ref, Proposal]] = []
    for other in proposals:
        if other.members != proposal.members:
            slack = _slack(mine, _free(other), sources)
            if slack is not None and -slack < ODDS_PPM[-1][0]:
                refused.append((abs(slack), other.members[0].ref, other))
    if not refused:
        return None
    far, _, neighbour = min(refused, key=lambda each: each[:2])
    return far, neighbour


def _slack(one: Iterable[Sighting], other: Sequence[Sighting], sources: Mapping[str, Source]) -> int | None:
    """By how much two groups may join, below 0 where they may not; None where a pair across is barred."""
    found: list[int] = []
    for a in one:
        for b in other:
            pair = score(a, b, sources)
            if pair.barred is not None:
                return None
            found.append(pair.milli)
    return min(sum(found) // len(found) - THRESHOLD, min(found) - FLOOR) if found else None


def _free(proposal: Proposal) -> _Group:
    spoken = roots(proposal.members)
    return tuple(one for one in proposal.members if spoken[one.ref] == one.ref)


def _refs(group: Iterable[Sighting]) -> tuple[Ref, ...]:
    return tuple(sorted(one.ref for one in group))


def _odds_ppm(far: int) -> int:
    return next((odds for limit, odds in ODDS_PPM if far <= limit), 0)
