"""What the record of adjudicated incidents tells beyond the tables: that somebody speaks at all, and what was usual.

Whoever speaks is weighed, never who is silent: a voice that its class or itself raises mostly where nothing was is
worth less, whatever it says. Many voices of one class that say the same tell no more than six.
"""

from collections.abc import Mapping, Sequence

from trucekeeper.weighing.balance import Part, limited
from trucekeeper.weighing.fit import CLAIMANT, CLASS, NAMED, NEUTRAL, SOURCE, Fit, Table
from trucekeeper.weighing.weights import ALONE, CONTRARY, NIL, Weight, added, held

MOST_TOLD = 600_000
"""The most, in micronats, that it tells of one class or source that it speaks."""

FULL = 1_500_000
"""The record of what is usual counts in full where evidence without interest weighs so much, in micronats."""

MOST_RECORD = 1_200_000
"""The most, in micronats, that it can shift the odds to a rival. Less than :data:`FULL`, so that one more sensor that
agrees never lowers a probability."""

Tell = tuple[tuple[str, str, bool], int, int]
"""Of a voice: its class, stance and whether it affirms; what the class tells, and what the source."""


def flat(table: Table) -> bool:
    """Whether a source's table tells nothing: it has no record, and its speaking tells nothing either."""
    return all(row == table[0] for row in table[1:])


def tell_of(fit: Fit, source: str, kind: str, stance: str, *, affirms: bool) -> Tell:
    """What it tells that this source speaks; nothing of the named side's denials."""
    key = (kind, stance, affirms)
    if not fit.voiced or (stance == NAMED and not affirms):
        return key, 0, 0
    at = 0 if affirms else 1
    usual = fit.voiced.get((CLASS + kind, stance), (0, 0))[at]
    return key, usual, fit.voiced.get((SOURCE + source, stance), (0, 0))[at]


def counted(tells: Sequence[Tell]) -> Mapping[tuple[str, str, bool], int]:
    """How many voices of each class, stance and word there are."""
    found: dict[tuple[str, str, bool], int] = {}
    for key, _, _ in tells:
        found[key] = found.get(key, 0) + 1
    return found


def voiced(part: Part, tells: Sequence[int], prior: int) -> Part:
    """A spoken part with what it tells that its voices speak, within the bounds of what is spoken."""
    told = sum(tells)
    if not told:
        return part
    weight = added((part.weight, (told, told, told, told)))
    affirms = part.voices[0].symbol == 0
    if part.stance == CLAIMANT:
        weight = limited(weight, prior) if affirms else held(weight, -CONTRARY, CONTRARY)
    elif part.stance == NAMED:
        weight = held(weight, -CONTRARY, CONTRARY)
    a, b, c, d = (after - before for after, before in zip(weight, part.weight, strict=True))
    return part._replace(weight=weight, told=(a, b, c, d), tells=tuple(tells))


def usual(parts: Sequence[Part]) -> Weight:
    """How much of the record counts against each rival, in micronats up to :data:`FULL`."""
    a = b = c = d = 0
    for part in parts:
        if part.stance == NEUTRAL:
            weight = part.weight
            a, b, c, d = a + abs(weight[0]), b + abs(weight[1]), c + abs(weight[2]), d + abs(weight[3])
    return (min(a, FULL), min(b, FULL), min(c, FULL), min(d, FULL))


def recorded(fit: Fit, parts: Sequence[Part], prior: int) -> Part | None:
    """What is usual among what was adjudicated, as a part; None where there is no record, or nobody to weigh.

    One modality alone is not lifted beyond nine in ten by it.
    """
    if not any(fit.record):
        return None
    counts = usual(parts)
    if not any(counts):
        return None
    a, b, c, d = (
        _lifted(-more * count // FULL, [part for part in parts if part.weight[at] > 0], at, prior)
        for at, (more, count) in enumerate(zip(fit.record, counts, strict=True))
    )
    return None if (a, b, c, d) == NIL else Part(None, (a, b, c, d), NEUTRAL, ())


def _lifted(more: int, lifting: Sequence[Part], at: int, prior: int) -> int:
    if more <= 0 or len(lifting) > 1 or not lifting or lifting[0].sensed is None:
        return more
    return min(more, max(0, ALONE - prior - lifting[0].weight[at]))
