"""One hypothesis on the scales: parts that add up, and what is left when a group is taken away.

A part is what one group says, or what one modality sensed. Log-odds are those of a violation against all else; the
weights are those against each rival cause, so that the rivals share the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from trucekeeper.weighing.copying import Voice
from trucekeeper.weighing.evidence import Watch
from trucekeeper.weighing.fit import CLAIMANT, NAMED, Ear
from trucekeeper.weighing.fixed import ONE, exp_of, joined, ln_of
from trucekeeper.weighing.weights import ALONE, NIL, Weight, added, heard, held

ADVERSE = 1_098_612
"""What a captured group is taken to weigh against what it says, at most: the odds of three to one."""

CROWD = 6
"""Voices on one hypothesis beyond so many share the weight of so many."""

CLAIMED = 300_000
"""The least chance, in ppm, that a claimant's own sensor tells what is not there."""


class Member(NamedTuple):
    """A statement or watch in a part: its own weight, before the part was bounded; ``tell`` that of speaking at all."""

    what: str
    id: str
    source: str
    group: str
    weight: Weight
    says: str
    tell: int = 0


@dataclass(frozen=True, slots=True)
class Sensed:
    """What sensors of one modality and stance told, by group: the ratio of there to not there, and directions."""

    ear: Ear
    stance: str
    ratios: Mapping[str, int]
    pointers: Mapping[str, Weight]

    def weight(self, without: str | None = None) -> Weight:
        """What they weigh together, one group left out."""
        ratio = sum(one for group, one in self.ratios.items() if group != without)
        told = added(one for group, one in self.pointers.items() if group != without)
        ear = self.ear
        if self.stance == NAMED:
            ratio = max(ratio, 0)
        if self.stance == CLAIMANT and ratio > 0:
            sounds = (ear.sounds[0], *(max(one, CLAIMED) for one in ear.sounds[1:]))
            ear = Ear(ear.bands, ear.night, ear.cloud, ear.alarm, sounds, ear.points)
        return added((heard(ear, ratio), told))


class Part(NamedTuple):
    """What is bounded together. ``group`` is theirs, or None for a modality of several (``sensed``).

    ``voices`` and ``watches`` are what it is made of; :meth:`Scale.members` tells what each weighs. ``told`` is how
    much of the weight is that they speak at all, ``tells`` each voice's part of that before it was bounded.
    """

    group: str | None
    weight: Weight
    stance: str
    voices: Sequence[Voice]
    watches: Sequence[tuple[Watch, str, int | None]] = ()
    sensed: Sensed | None = None
    told: Weight = NIL
    tells: Sequence[int] = ()

    def without(self, group: str, prior: int) -> Weight:
        """What is left of it with one group taken away."""
        if self.sensed is None:
            return NIL if self.group == group else self.weight
        return self.weight if group not in self.sensed.ratios else limited(self.sensed.weight(group), prior)


def limited(weight: Weight, prior: int) -> Weight:
    """A weight that by itself does not lift the log-odds beyond those of nine in ten."""
    return held(weight, -(1 << 60), max(0, ALONE - prior))


def crowded(parts: Sequence[Part]) -> list[Part]:
    """The spoken parts, so that a crowd weighs no more than a usual number of voices: many can be bought at once."""
    voices = sum(len(part.voices) for part in parts)
    if voices <= CROWD:
        return list(parts)
    return [part._replace(weight=scaled(part.weight, CROWD, voices)) for part in parts]


@dataclass(frozen=True, slots=True)
class Balance:
    """The parts, and the logarithms of the rivals' odds to a violation before any evidence."""

    rivals: Weight
    parts: tuple[Part, ...]

    @property
    def prior(self) -> int:
        """Log-odds before any evidence, in micronats."""
        return -joined(self.rivals)

    @property
    def total(self) -> Weight:
        """What all parts weigh."""
        return added(part.weight for part in self.parts)

    def odds(self, weight: Weight) -> int:
        """The log-odds with evidence of this weight."""
        rivals = self.rivals
        return -joined([rival - one for rival, one in zip(rivals, weight, strict=True)])

    def groups(self) -> tuple[str, ...]:
        """Everyone who could be left out, by name."""
        found = {part.group for part in self.parts if part.group is not None}
        for part in self.parts:
            if part.sensed is not None:
                found.update(part.sensed.ratios)
        return tuple(sorted(found))

    def moved_by(self) -> dict[str, Weight]:
        """What each group takes with it when it is left out."""
        prior = self.prior
        found: dict[str, Weight] = {}
        for part in self.parts:
            if part.group is not None:
                found[part.group] = added((found.get(part.group, NIL), part.weight))
            elif part.sensed is not None:
                for group in part.sensed.ratios:
                    rest = part.without(group, prior)
                    lost = (
                        part.weight[0] - rest[0],
                        part.weight[1] - rest[1],
                        part.weight[2] - rest[2],
                        part.weight[3] - rest[3],
                    )
                    found[group] = added((found.get(group, NIL), lost))
        return found


def less(total: Weight, lost: Weight) -> Weight:
    """What is left."""
    return (total[0] - lost[0], total[1] - lost[1], total[2] - lost[2], total[3] - lost[3])


def turned(weight: Weight) -> Weight:
    """What a captured group weighs that would have weighed this: the contrary, and no more than three to one."""
    most = max(abs(one) for one in weight)
    if most <= ADVERSE:
        return (-weight[0], -weight[1], -weight[2], -weight[3])
    a, b, c, d = scaled(weight, ADVERSE, most)
    return (-a, -b, -c, -d)


def scaled(weight: Weight, times: int, by: int) -> Weight:
    """The weight times a share, both signs alike."""
    a, b, c, d = (_toward(one * times, by) for one in weight)
    return (a, b, c, d)


def _toward(value: int, by: int) -> int:
    """Division that treats both signs alike."""
    return value // by if value >= 0 else -(-value // by)


def rates(rivals: Weight, total: Weight) -> tuple[int, int, int, int]:
    """How much each rival counts in the explanation, in parts of 2^48 that sum to about 2^48.

    The change of the log-odds is not a sum over rivals; but between the shares of the rivals before and after all
    evidence lies one mixture under which it is, for the change is convex along the way from the one to the other.
    """
    before = _shares(rivals)
    after = _shares(less(rivals, total))
    change = (joined(rivals) - joined(less(rivals, total))) << 48
    low = sum(share * weight for share, weight in zip(after, total, strict=True))
    high = sum(share * weight for share, weight in zip(before, total, strict=True))
    if low == high:
        return after
    mix = min(max(((change - low) << 48) // (high - low), 0), ONE)
    a, b, c, d = ((mix * one + (ONE - mix) * other) >> 48 for one, other in zip(before, after, strict=True))
    return (a, b, c, d)


def _shares(logs: Sequence[int]) -> tuple[int, int, int, int]:
    top = max(logs)
    a, b, c, d = (exp_of(top - one) for one in logs)
    whole = a + b + c + d
    return ((a << 48) // whole, (b << 48) // whole, (c << 48) // whole, (d << 48) // whole)


def causes(rivals: Weight, total: Weight) -> tuple[int, ...]:
    """The probability of each cause in ppm, each one at least, a million together."""
    logs = (0, *less(rivals, total))
    top = max(logs)
    parts = [exp_of(top - one) for one in logs]
    whole = sum(parts)
    found = [max(1, part * 1_000_000 // whole) for part in parts]
    found[found.index(max(found))] += 1_000_000 - sum(found)
    return tuple(found)


def rivals_of(base_ppm: Sequence[int]) -> Weight:
    """The logarithms of the rivals' odds to a violation; what has no chance is given one in a thousand million."""
    first, *rest = (ln_of(max(one * 1024, 1) << 20) for one in base_ppm)
    a, b, c, d = (one - first for one in rest)
    return (a, b, c, d)


def apportioned(part: Part, members: Sequence[Member], rate: Weight) -> list[tuple[Member, int]]:
    """What each member moved, in micronats: its share of its part, under each rival by that rival's rate."""
    if len(members) == 1:
        return [(members[0], _rated(part.weight, rate))]
    raw = added(member.weight for member in members)
    said = less(part.weight, part.told)
    loud = sum(abs(member.tell) for member in members)
    found: list[tuple[Member, int]] = []
    for member in members:
        own = tuple(
            (_toward(mine * bounded, whole) if whole else 0)
            + (_toward(told * abs(member.tell), loud) if loud else 0)
            for mine, bounded, whole, told in zip(member.weight, said, raw, part.told, strict=True)
        )
        found.append((member, _rated(own, rate)))
    return found


def _rated(weight: Sequence[int], rate: Sequence[int]) -> int:
    return sum(one * share for one, share in zip(weight, rate, strict=True)) >> 48
