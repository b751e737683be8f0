"""What each voice and each watch weighs: log-likelihoods against the four rival causes, in micronats.

A weight is four whole numbers: how much more it speaks for a violation than for a lawful act, an accident, something
staged, and nothing at all.
"""

from collections.abc import Iterable, Sequence

from trucekeeper.weighing.evidence import Watch
from trucekeeper.weighing.fit import CLAIMANT, MILLION, NAMED, NEUTRAL, Ear, Table
from trucekeeper.weighing.fixed import ONE, exp_of, ln_of, ln_ratio, paired

Weight = tuple[int, int, int, int]
NIL: Weight = (0, 0, 0, 0)

DENIAL = 50_000
"""What all denials of the named side together can move, in micronats: a twentieth of a nat."""

CONTRARY = 3_000_000
"""What statements of one side against its own interest can move together: an admission may be forged."""

ALONE = 2_197_225
"""The log-odds of 0.9: no further than this do one modality, or the claims of one interest, lift by themselves."""

_BIDS = {NEUTRAL: 500_000, CLAIMANT: 950_000, NAMED: 20_000}
"""How often a captured group affirms, by its stance."""

_BID_LOGS = {
    stance: (ln_ratio(MILLION - ppm, MILLION), ln_ratio(ppm, MILLION)) for stance, ppm in _BIDS.items()
}

_STRAY = ln_ratio(20_000, MILLION)
"""The logarithm of how often a member of a captured group says the contrary of the rest."""

_LEAST_CHANCE = 1000


def logs(table: Table, symbol: int) -> tuple[int, ...]:
    """The logarithm of the chance of a symbol under each of the five causes."""
    return tuple(ln_ratio(max(row[symbol], 1), MILLION) for row in table)


def against(found: Sequence[int]) -> Weight:
    """A weight from five log-likelihoods."""
    first, lawful, accident, staged, nothing = found
    return (first - lawful, first - accident, first - staged, first - nothing)


def added(weights: Iterable[Weight]) -> Weight:
    """The sum."""
    a = b = c = d = 0
    for one in weights:
        a, b, c, d = a + one[0], b + one[1], c + one[2], d + one[3]
    return (a, b, c, d)


def held(weight: Weight, least: int, most: int) -> Weight:
    """The weight with each part kept within bounds."""
    a, b, c, d = weight
    return (
        min(max(a, least), most),
        min(max(b, least), most),
        min(max(c, least), most),
        min(max(d, least), most),
    )


def shared(table: Table, symbol: int) -> int:
    """The logarithm of a symbol's share among the denials of a source, whatever the cause; 0 for an affirmation."""
    if symbol == 0:
        return 0
    return ln_ratio(max(sum(row[symbol] for row in table), 1), max(sum(MILLION - row[0] for row in table), 1))


def bidden(symbols: Sequence[int], shares: int, stance: str) -> int:
    """The logarithm of the chance that a captured group says just this, as its interest bids, whatever happened.

    ``shares`` is the sum of :func:`shared` over what it says.
    """
    affirming = symbols.count(0)
    denying = len(symbols) - affirming
    free, bids = _BID_LOGS[stance]
    return shares + (bids + denying * _STRAY if affirming >= denying else free + affirming * _STRAY)


def spoken(found: Sequence[tuple[int, ...]], bid: int, captured: tuple[int, int]) -> Weight:
    """What a group weighs that spoke with these log-likelihoods, if it may be captured.

    ``captured`` are the logarithms of the chance that it is not and that it is. Bounded by that chance, however many
    its members are and however well they did before.
    """
    free, caught = captured
    caught += bid
    if len(found) == 1:
        a, b, c, d, e = found[0]
    else:
        a, b, c, d, e = map(sum, zip(*found, strict=True))
    first = paired(free + a, caught)
    return (
        first - paired(free + b, caught),
        first - paired(free + c, caught),
        first - paired(free + d, caught),
        first - paired(free + e, caught),
    )


def captured_logs(captured_ppm: int) -> tuple[int, int]:
    """The logarithms of the chance that a group is not captured, and that it is."""
    kept = min(max(captured_ppm, 1), MILLION - 1)
    return ln_ratio(MILLION - kept, MILLION), ln_ratio(kept, MILLION)


def chance_of(ear: Ear, watch: Watch) -> int:
    """The chance, in ppm, that the sensor senses the act there; it never rises with distance."""
    chance = _at(ear.bands, watch.distance_m)
    if watch.night:
        chance = chance * ear.night // MILLION
    if watch.cloud:
        chance = chance * ear.cloud // MILLION
    return min(chance, MILLION - _LEAST_CHANCE)


def _at(bands: Sequence[tuple[int, int]], metres: int) -> int:
    """The chance of a band holds at its middle; between two middles a straight line; beyond the last it fades away."""
    before_m, before = 0, bands[0][1]
    start = 0
    for within, ppm in bands:
        middle = (start + within) // 2
        if metres <= middle:
            return before + (ppm - before) * (metres - before_m) // max(middle - before_m, 1)
        before_m, before, start = middle, ppm, within
    gone = max(2 * start - before_m, 1)
    return max(0, before - before * (metres - before_m) // gone)


def sensed(ear: Ear, watch: Watch) -> int:
    """How much more likely, in micronats, what the sensor did is if there was something to sense than if not."""
    chance = chance_of(ear, watch)
    alarm = min(max(ear.alarm, 1), MILLION // 2)
    there = alarm + (MILLION - alarm) * chance // MILLION
    if watch.detected:
        return ln_ratio(there, alarm)
    return ln_ratio(MILLION - there, MILLION - alarm)


def heard(ear: Ear, ratio: int) -> Weight:
    """What a modality weighs whose sensors together favour a sound by ``ratio``, if it may be jammed or staged."""
    sure = min(max(ear.sounds[0], 1), MILLION - 1)
    a, b, c, d = (min(max(one, 1), sure) for one in ear.sounds[1:])
    return (
        _between(sure, a, ratio),
        _between(sure, b, ratio),
        _between(sure, c, ratio),
        _between(sure, d, ratio),
    )


def _between(sure: int, rival: int, ratio: int) -> int:
    """Ln of (sure * R + 1 - sure) / (rival * R + 1 - rival), R = exp(ratio); rises with R, for sure >= rival."""
    scaled = exp_of(abs(ratio))
    if ratio >= 0:
        over = sure * ONE + (MILLION - sure) * scaled
        under = rival * ONE + (MILLION - rival) * scaled
    else:
        over = sure * scaled + (MILLION - sure) * ONE
        under = rival * scaled + (MILLION - rival) * ONE
    return ln_of((over << 48) // under)


def pointed(ear: Ear, *, named: bool) -> Weight:
    """What it weighs that a sensor which sensed something tells whence it came."""
    chances = ear.points if named else tuple(MILLION - one for one in ear.points)
    return against([ln_ratio(max(one, 1), MILLION) for one in chances])
