"""Logarithms and exponentials in whole numbers: micronats and parts of 2^48, the same on every machine.

The tables follow from integer arithmetic alone: one constant, multiplication, division. Errors stay below two
micronats, and both functions are monotone, so that more evidence never weighs less by rounding.
"""

from collections.abc import Sequence

MICRO = 1_000_000
"""Micronats in a nat."""

ONE = 1 << 48
"""What stands for 1 among weights."""

_FINE = 96
_MILLI = (1 << _FINE) * 999_000_499_833_374_991_668 // 10**21
"""exp(-0.001), rounded down at 96 bits beyond the point's 21 decimal digits."""

_DEEPEST = 40_000
"""Millinats after which a weight is nothing."""

_STEPS = 4096

_NOTHING = 34_000_000
"""Micronats below which a term adds nothing to a sum."""


def _exponentials() -> tuple[int, ...]:
    found: list[int] = []
    at = 1 << _FINE
    for _ in range(_DEEPEST):
        found.append(at >> (_FINE - 48))
        at = at * _MILLI >> _FINE
    return tuple(found)


def _within() -> tuple[int, ...]:
    """exp(-r) for r in micronats below a millinat, by three terms of its series."""
    unit = 10**18
    return tuple((ONE * (unit - r * 10**12 + r * r * 10**6 // 2 - r**3 // 6)) // unit for r in range(1000))


def _logarithms() -> tuple[int, ...]:
    """ln(1 + i/4096) in 2^-20 micronats, summed from ln((n+1)/n) = 2 artanh(1/(2n+1))."""
    found: list[int] = []
    total, unit = 0, MICRO << 60
    for n in range(_STEPS, 2 * _STEPS + 1):
        found.append(total >> 40)
        m = 2 * n + 1
        total += 2 * (unit // m + unit // (3 * m**3) + unit // (5 * m**5) + unit // (7 * m**7))
    return tuple(found)


_EXP = _exponentials()
_EXP_WITHIN = _within()
_LN = _logarithms()
_LN_2 = _LN[_STEPS]


def exp_of(micro: int) -> int:
    """exp(-micro / 10^6) as parts of 2^48, for ``micro`` of 0 or more."""
    high, low = divmod(micro, 1000)
    return (_EXP[high] * _EXP_WITHIN[low]) >> 48 if high < _DEEPEST else 0


def ln_of(parts: int) -> int:
    """ln(parts / 2^48) in micronats, for ``parts`` of 1 or more."""
    shift = parts.bit_length() - 49
    scaled = parts >> shift if shift > 0 else parts << -shift
    at, rest = divmod(scaled - ONE, 1 << 36)
    inside = _LN[at] + ((_LN[at + 1] - _LN[at]) * rest >> 36)
    return (inside + shift * _LN_2) >> 20


def joined(terms: Sequence[int]) -> int:
    """The logarithm of the sum of what ``terms`` are logarithms of, all in micronats."""
    top = max(terms)
    return top + ln_of(sum([exp_of(top - term) for term in terms]))


def paired(one: int, other: int) -> int:
    """As :func:`joined`, of two."""
    if one < other:
        one, other = other, one
    apart = one - other
    if apart >= _NOTHING:
        return one
    high, low = divmod(apart, 1000)
    at, rest = divmod((_EXP[high] * _EXP_WITHIN[low]) >> 48, 1 << 36)
    if at == _STEPS:
        return one + (_LN_2 >> 20)
    return one + (_LN[at] + ((_LN[at + 1] - _LN[at]) * rest >> 36) >> 20)


def ln_ratio(part: int, whole: int) -> int:
    """ln(part / whole) in micronats; both 1 or more."""
    return ln_of((part << 48) // whole or 1)


def ppm_of(micro: int) -> int:
    """The probability of log-odds in micronats, in parts per million, 1 to 999,999."""
    part = exp_of(abs(micro))
    above = ONE if micro >= 0 else part
    ppm = (2 * MICRO * above + ONE + part) // (2 * (ONE + part))
    return min(max(ppm, 1), 999_999)


def odds_of(ppm: int) -> int:
    """The log-odds, in micronats, of a probability in parts per million."""
    kept = min(max(ppm, 1), 999_999)
    return ln_ratio(kept, MICRO - kept)
