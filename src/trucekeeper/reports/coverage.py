"""The chance that a happening would have been noticed, had there been one: the number that stands beside a count.

A happening of one act may be at any place of a ground and at any moment of a period, each as likely as the other. The
ground is a set of places that stand for equal parts of it. At one place and moment, those on record as looking for
the act notice it each with the chance that their coverage entry states, and miss it independently of each other:
1 - (1 - c1)(1 - c2)... Two entries of one source are one pair of eyes: the larger chance holds. The result is the
mean over all places and moments, worked out exactly and rounded down at the end, so that no more is claimed than was
seen. Nobody looking is no chance at all, which is not a chance of nought.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from trucekeeper.kernel.clock import Interval
from trucekeeper.kernel.span import Span
from trucekeeper.record.ref import Ref
from trucekeeper.reports.effort import clipped
from trucekeeper.reports.model import Figure, Form

WHOLE_PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """One coverage entry: ``when`` and for which ``acts`` its source looked, and with which chance of noticing one.

    ``reach`` is a set of places as the bits of a number; ``over`` names the grounds that the entry reaches at all,
    even where it is too small to hold one of the places.
    """

    ref: Ref
    source: str
    when: Interval
    acts: tuple[str, ...]
    chance_ppm: int
    reach: int
    over: frozenset[str] = frozenset()


def chance(looks: Iterable[Look], act: str, period: Interval, ground: int) -> Figure | None:
    """The chance in ppm over the places of ``ground`` (bits, at least one) and a closed period; None: nobody looked."""
    asked = tuple(one for one in looks if act in one.acts and one.chance_ppm > 0 and _length(one, period))
    if not asked or not ground or period.end is None:
        return None
    weights = Counter[tuple[int, ...]]()
    for places, there in _alike(asked, ground):
        for chances, length in _pieces(there, period).items():
            weights[chances] += length * places
    whole = (period.end - period.start) * ground.bit_count()
    refs = tuple(sorted(one.ref for one in asked))
    return Figure(Span.exactly(_mean(weights, whole)), refs, Form.CHANCE)


def _length(one: Look, period: Interval) -> int:
    """The part of the period in which it looked, in ms; one that is not known to have ended is not counted."""
    start, end = clipped(one.when, period)
    return 0 if one.when.end is None else end - start


def _alike(looks: Iterable[Look], ground: int) -> Iterable[tuple[int, tuple[Look, ...]]]:
    """How many places are seen by the same looks, and by which; places that nobody reaches are left out."""
    by_reach: dict[int, list[Look]] = {}
    for one in looks:
        by_reach.setdefault(one.reach & ground, []).append(one)
    parts: list[tuple[int, tuple[Look, ...]]] = [(ground, ())]
    for reach, ones in by_reach.items():
        split: list[tuple[int, tuple[Look, ...]]] = []
        for places, there in parts:
            split += [(places & reach, (*there, *ones)), (places & ~reach, there)]
        parts = [(places, there) for places, there in split if places]
    return [(places.bit_count(), there) for places, there in parts if there]


def _pieces(looks: tuple[Look, ...], period: Interval) -> Mapping[tuple[int, ...], int]:
    """The period cut at every start and end: the chances of those who look, and for how long in ms."""
    spans = [(clipped(one.when, period), one) for one in looks]
    cuts = sorted({edge for span, _ in spans for edge in span})
    found = Counter[tuple[int, ...]]()
    for start, end in pairwise(cuts):
        best: dict[str, int] = {}
        for (begins, ends), one in spans:
            if begins <= start and end <= ends:
                best[one.source] = max(best.get(one.source, 0), one.chance_ppm)
        found[tuple(sorted(best.values()))] += end - start
    return found


def _mean(weights: Mapping[tuple[int, ...], int], whole: int) -> int:
    """The sum of noticed shares by their weights, over the whole, in ppm; the one place where anything is rounded."""
    most = max((len(chances) for chances in weights), default=0)
    noticed = sum(
        weight
        * (_certain(len(chances)) - math.prod(WHOLE_PPM - one for one in chances))
        * _certain(most - len(chances))
        for chances, weight in weights.items()
    )
    return noticed * WHOLE_PPM // (whole * _certain(most))


def _certain(many: int) -> int:
    """The product of so many chances of one."""
    return math.prod([WHOLE_PPM] * many)
