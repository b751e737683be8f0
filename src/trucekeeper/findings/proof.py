"""One question of probability against one standard: what the weigher says, and whether it stands up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trucekeeper.findings.model import Reason
from trucekeeper.kernel.truth import Truth, of
from trucekeeper.record.ref import Ref
from trucekeeper.weighing.model import Hypothesis, Item, Stance
from trucekeeper.weighing.ports import Weigher

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer to one question, the tests it rests on, and whether anybody could have seen it."""

    answer: Truth
    probability_ppm: int
    seen: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Redrawn:
    """The items of the same question under another linking, its weight, and the observations that it moves."""

    weight_ppm: int
    items: Sequence[Item]
    moved: frozenset[Ref]


def proven(
    weigher: Weigher,
    hypothesis: Hypothesis,
    items: Sequence[Item],
    standard_ppm: int,
    rivals: Sequence[Redrawn] = (),
) -> Proof:
    """Yes at or above the standard, no at or below its mirror image, and else unknown.

    The probability is the mean over the linkings, and it is the mean that has to reach the standard. See
    :func:`_as_linked` for what else the linking in force has to hold.
    """
    found = _as_linked(weigher, hypothesis, items, standard_ppm)
    if not rivals:
        return found
    others = [_as_linked(weigher, hypothesis, one.items, standard_ppm) for one in rivals]
    changes = (
        (other.probability_ppm - found.probability_ppm) * one.weight_ppm
        for one, other in zip(rivals, others, strict=True)
    )
    mean = found.probability_ppm + sum(changes) // MILLION
    stands = found.answer is Truth.UNKNOWN or _reached(mean, standard_ppm) is found.answer
    moved = tuple(sorted(frozenset[Ref]().union(*(one.moved for one in rivals))))
    ways = "one other way" if len(rivals) == 1 else f"{len(rivals)} other ways"
    says = (
        f"stands, with {ways} to link these observations"
        if stands
        else f"would change, with {ways} to link these"
    )
    return replace(
        found,
        answer=found.answer if stands else Truth.UNKNOWN,
        probability_ppm=mean,
        reasons=(
            *found.reasons,
            _reason(f"{hypothesis.question}.linking", of(stands or None), moved, f"the answer {says}"),
        ),
    )


def _as_linked(weigher: Weigher, hypothesis: Hypothesis, items: Sequence[Item], standard_ppm: int) -> Proof:
    """Yes at or above the standard, no at or below its mirror image, and else unknown.

    Either answer needs somebody without an interest who says so (for a yes an admission will do), and must stand
    with the word of any one interest group left out. So neither a prior nor an accusation ever answers alone. An
    admission is not left out: no interest is served by it.
    """
    weight = weigher.weigh(hypothesis, items)
    yes = [item for item in items if item.stance is Stance.AFFIRM and (item.interest is None or item.admits)]
    no = [item for item in items if item.stance is not Stance.AFFIRM and item.interest is None]
    reached = _reached(weight.probability_ppm, standard_ppm)
    supported = _supported(reached, weight.seen, yes, no)
    others = [weigher.weigh(hypothesis, rest).probability_ppm for rest in _without_interest_groups(items)]
    stands = all(_reached(ppm, standard_ppm) is reached for ppm in others)
    spread = (weight.lowest_ppm, weight.highest_ppm)
    interested = tuple(item.ref for item in items if item.interest is not None and not item.admits)
    pivotal = tuple(item.ref for item in items if item.group == weight.pivotal_group)
    firm = all(_reached(ppm, standard_ppm) is reached for ppm in spread)
    reasons = (
        *_said(hypothesis.question, items),
        *(
            _reason(f"{hypothesis.question}.{one.test}", Truth.UNKNOWN, one.refs, one.says)
            for one in weight.limits
        ),
        _seen(hypothesis.question, items, seen=weight.seen),
        _threshold(hypothesis.question, items, reached, standard_ppm),
        _group(hypothesis.question, "group-left-out", interested, stands=stands),
        _group(hypothesis.question, "single-group", () if firm else pivotal, stands=firm),
    )
    answer = reached if supported and stands else Truth.UNKNOWN
    return Proof(answer, weight.probability_ppm, weight.seen, reasons)


_UNSEEN = {
    "event": "nobody without an interest speaks of it, or looked",
    "attribution": "nobody without an interest says who did it",
}


def _reached(ppm: int, standard_ppm: int) -> Truth:
    if ppm >= standard_ppm:
        return Truth.YES
    return Truth.NO if ppm <= MILLION - standard_ppm else Truth.UNKNOWN


def _supported(reached: Truth, seen: bool, yes: Sequence[Item], no: Sequence[Item]) -> bool:  # noqa: FBT001
    """Whether evidence of the answer's own direction is there at all."""
    return seen and bool(yes if reached is Truth.YES else no)


def _without_interest_groups(items: Sequence[Item]) -> list[list[Item]]:
    groups = sorted({item.group for item in items if item.interest is not None and not item.admits})
    return [[item for item in items if item.group != group or item.admits] for group in groups]


def _said(question: str, items: Sequence[Item]) -> tuple[Reason, ...]:
    found: list[Reason] = []
    for name, stance, one, more in _SAID[question]:
        refs = tuple(item.ref for item in items if item.stance is stance)
        found.append(_reason(f"{question}.{name}", of(bool(refs) or None), refs, _several(refs, one, more)))
    return tuple(found)


_LOOKED = "looked and saw nothing"
_SAID = {
    "event": (
        ("affirmed", Stance.AFFIRM, "affirms it", "affirm it"),
        ("denied", Stance.DENY, "denies it", "deny it"),
        ("silent", Stance.SILENT, _LOOKED, _LOOKED),
    ),
    "attribution": (
        ("named", Stance.AFFIRM, "names the bearer", "name the bearer"),
        ("denied", Stance.DENY, "denies it or names another", "deny it or name another"),
    ),
}


def _several(refs: Sequence[Ref], one: str, more: str) -> str:
    return f"1 observation {one}" if len(refs) == 1 else f"{len(refs)} observations {more}"


def _seen(question: str, items: Sequence[Item], *, seen: bool) -> Reason:
    refs = tuple(item.ref for item in items if item.interest is None or item.admits) if seen else ()
    says = "somebody without an interest, or an admission, speaks of it" if seen else _UNSEEN[question]
    return _reason(f"{question}.seen", of(seen or None), refs, says)


def _threshold(question: str, items: Sequence[Item], reached: Truth, standard_ppm: int) -> Reason:
    asked = f"{standard_ppm // 10_000}.{standard_ppm % 10_000 // 1000} per cent"
    says = {
        Truth.YES: f"the probability reaches the standard of {asked}",
        Truth.NO: f"the probability that it is not so reaches the standard of {asked}",
        Truth.UNKNOWN: f"neither it nor its contrary reaches the standard of {asked}",
    }[reached]
    return _reason(f"{question}.threshold", reached, tuple(item.ref for item in items), says)


def _group(question: str, test: str, refs: tuple[Ref, ...], *, stands: bool) -> Reason:
    which = "interest group" if test == "group-left-out" else "group"
    says = f"stands whichever {which} is left out" if stands else f"would change if one {which} were left out"
    return _reason(f"{question}.{test}", of(stands or None), refs, f"the answer {says}")


def _reason(test: str, answer: Truth, refs: tuple[Ref, ...], says: str) -> Reason:
    return Reason(test, answer, refs, says)
