"""From a balance to an answer: probability, range, what moved it, and whether it is established."""

from collections.abc import Iterator, Mapping

from trucekeeper.weighing.balance import Balance, apportioned, causes, less, rates, turned
from trucekeeper.weighing.evidence import Alleged, Cause, Evidence
from trucekeeper.weighing.fit import MILLION, Fit
from trucekeeper.weighing.fixed import odds_of, ppm_of
from trucekeeper.weighing.scale import Scale
from trucekeeper.weighing.weighed import (
    ESTABLISHED,
    NOT_ESTABLISHED,
    UNVERIFIABLE,
    Linked,
    Pull,
    Share,
    Weighed,
)
from trucekeeper.weighing.weights import Weight

PRIORS_PPM = (100_000, 500_000, 900_000)
"""What somebody may have believed who knows nothing of the case."""


def weigh(evidence: Evidence, fit: Fit) -> Iterator[Weighed]:
    """The answer on each hypothesis, in the order of the file."""
    scale = Scale(evidence, fit)
    for alleged in evidence.hypotheses:
        yield weighed(scale, alleged)


def weighed(scale: Scale, alleged: Alleged) -> Weighed:
    """The answer on one hypothesis."""
    balance = scale.balance(alleged)
    total = balance.total
    odds, prior = balance.odds(total), balance.prior
    linked = _linked(scale, alleged, odds)
    mixed = sum(one.weight_ppm * one.probability_ppm for one in linked) // MILLION if linked else None
    final = odds if mixed is None else odds_of(mixed)
    if alleged.adjudicated is not None:
        final = odds_of(MILLION if alleged.adjudicated is Cause.VIOLATION else 0)
    shares = _shares(scale, alleged, balance, final - prior)
    prior_milli = _milli(prior)
    moved = balance.moved_by()
    low, high, pivotal = span(balance, moved, total, odds)
    captured, captor = _captured(balance, moved, total, odds)
    shift = final - odds
    ppm = ppm_of(final)
    least = min((ppm_of(low + shift), *(one.probability_ppm for one in linked)))
    most = max((ppm_of(high + shift), *(one.probability_ppm for one in linked)))
    seen = scale.seen(alleged)
    return Weighed(
        hypothesis=alleged.id,
        probability_ppm=ppm,
        log_odds_milli=prior_milli + sum(one.milli for one in shares),
        prior_ppm=ppm_of(prior),
        prior_milli=prior_milli,
        bayes_milli=sum(one.milli for one in shares),
        at_priors=tuple((one, ppm_of(odds_of(one) + final - prior)) for one in PRIORS_PPM),
        causes_ppm=_causes(balance, total, ppm),
        threshold_ppm=alleged.threshold_ppm,
        answer=_answer(scale, alleged, (least, ppm), seen=seen),
        seen=seen,
        lowest_ppm=least,
        highest_ppm=most,
        pivotal=pivotal,
        captured_ppm=ppm_of(captured + shift),
        captor=captor,
        shares=shares,
        linked=linked,
    )


def pulls(scale: Scale, alleged: Alleged) -> tuple[Pull, ...]:
    """The probability without each group, and if it were captured; the one that moves it most first."""
    balance = scale.balance(alleged)
    total = balance.total
    full = balance.odds(total)
    found: list[tuple[int, Pull]] = []
    for group, lost in balance.moved_by().items():
        rest = less(total, lost)
        left = balance.odds(rest)
        caught = balance.odds(_with(rest, turned(lost)))
        found.append((-abs(full - left), Pull(group, ppm_of(left), ppm_of(caught))))
    return tuple(pull for _, pull in sorted(found, key=lambda one: (one[0], one[1].group)))


def _answer(scale: Scale, alleged: Alleged, least: tuple[int, int], *, seen: bool) -> str:
    """Established only where it stands whichever group is left out, and somebody without an interest says so."""
    if alleged.adjudicated is not None:
        return ESTABLISHED if alleged.adjudicated is Cause.VIOLATION else NOT_ESTABLISHED
    if not seen:
        return UNVERIFIABLE
    stands = min(least) >= alleged.threshold_ppm
    return ESTABLISHED if stands and scale.supported(alleged) else NOT_ESTABLISHED


def _linked(scale: Scale, alleged: Alleged, odds: int) -> tuple[Linked, ...]:
    rivals = scale.partitions(alleged)
    if not rivals:
        return ()
    found = [Linked(None, MILLION - sum(weight for weight, _ in rivals), ppm_of(odds))]
    for number, (weight, among) in enumerate(rivals):
        balance = scale.balance(alleged, among)
        found.append(Linked(number, weight, ppm_of(balance.odds(balance.total))))
    return tuple(one for one in found if one.weight_ppm)


def span(
    balance: Balance, moved: Mapping[str, Weight], total: Weight, odds: int
) -> tuple[int, int, str | None]:
    """Lowest and highest log-odds with any one group left out, and the group that moves them most.

    A group moves the log-odds by no more than its weight against any one rival; only those that could matter are
    tried.
    """
    low = high = odds
    pivotal: str | None = None
    furthest = 0
    order = sorted(moved.items(), key=lambda item: (-max(map(abs, item[1])), item[0]))
    for group, lost in order:
        if max(map(abs, lost)) < furthest and odds - max(lost) >= low and odds - min(lost) <= high:
            continue
        left = balance.odds(less(total, lost))
        low, high = min(low, left), max(high, left)
        if abs(left - odds) > furthest:
            furthest, pivotal = abs(left - odds), group
    return low, high, pivotal


def _captured(
    balance: Balance, moved: Mapping[str, Weight], total: Weight, odds: int
) -> tuple[int, str | None]:
    """The lowest log-odds if any one group were captured."""
    low, captor = odds, None
    for group, lost in sorted(moved.items(), key=lambda item: (-max(item[1]), item[0])):
        if odds - 2 * max(0, *lost) >= low:
            break
        left = balance.odds(_with(less(total, lost), turned(lost)))
        if left < low:
            low, captor = left, group
    return low, captor


def _with(total: Weight, more: Weight) -> Weight:
    return (total[0] + more[0], total[1] + more[1], total[2] + more[2], total[3] + more[3])


def _causes(balance: Balance, total: Weight, ppm: int) -> tuple[int, ...]:
    """The five causes, the violation at the probability given and the rivals sharing the rest as they do."""
    found = causes(balance.rivals, total)
    rest = sum(found[1:])
    others = [max(1, one * (MILLION - ppm) // rest) for one in found[1:]]
    others[others.index(max(others))] += MILLION - ppm - sum(others)
    if min(others) >= 1:
        return (ppm, *others)
    return found


def _shares(scale: Scale, alleged: Alleged, balance: Balance, change: int) -> tuple[Share, ...]:
    """What each moved in millinats; they sum to the change of the log-odds.

    What rounding leaves goes to the strongest; what partitions or a decision change stands by itself.
    """
    total = balance.total
    rate = rates(balance.rivals, total)
    found = [
        one for part in balance.parts for one in apportioned(part, tuple(scale.members(part, alleged)), rate)
    ]
    shares = [
        Share(one.what, one.id, one.source, one.group, _milli(micro), one.says)
        for one, micro in sorted(found, key=lambda item: (-abs(item[1]), item[0].what, item[0].id))
    ]
    own = balance.odds(total) - balance.prior
    rest = _milli(own) - sum(one.milli for one in shares)
    if shares and rest:
        first = shares[0]
        shares[0] = Share(first.what, first.id, first.source, first.group, first.milli + rest, first.says)
    more = _milli(change) - _milli(own)
    if more:
        decided = alleged.adjudicated is not None
        what = ("decision", "it is adjudicated") if decided else ("linking", "other partitions of linking")
        shares.append(Share(what[0], "", "", "", more, what[1]))
    return tuple(shares)


def _milli(micro: int) -> int:
    """Millinats, half away from zero, so that both signs round alike."""
    return (micro + 500) // 1000 if micro >= 0 else -((-micro + 500) // 1000)
