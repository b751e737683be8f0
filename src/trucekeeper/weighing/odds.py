"""Probabilities in parts per million and log-odds in thousandths of a nat, exactly convertible.

Decimal logarithms are correctly rounded (General Decimal Arithmetic 1.70), so that every machine gets the same bytes.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal

_EXACT = Context(prec=40, rounding=ROUND_HALF_EVEN)
_MILLION = Decimal(1_000_000)
_THOUSAND = Decimal(1000)

LEAST_PPM, MOST_PPM = 1, 999_999
"""A probability is never 0 or 1."""


def milli_of(ppm: int) -> int:
    """The log-odds of a probability, in millinats."""
    kept = Decimal(min(max(ppm, LEAST_PPM), MOST_PPM))
    odds = _EXACT.divide(kept, _EXACT.subtract(_MILLION, kept))
    return _whole(_EXACT.multiply(_EXACT.ln(odds), _THOUSAND))


def ppm_of(milli: int) -> int:
    """The probability of log-odds, in ppm, 1 to 999,999."""
    against = _EXACT.exp(_EXACT.divide(Decimal(-min(max(milli, -20_000), 20_000)), _THOUSAND))
    ppm = _whole(_EXACT.divide(_MILLION, _EXACT.add(Decimal(1), against)))
    return min(max(ppm, LEAST_PPM), MOST_PPM)


def missed_milli(chance_ppm: int) -> int:
    """What it is worth that somebody who had this chance saw nothing: ln(1 - chance), in millinats, 0 or less."""
    left = _EXACT.divide(Decimal(1_000_000 - min(max(chance_ppm, 0), MOST_PPM)), _MILLION)
    return _whole(_EXACT.multiply(_EXACT.ln(left), _THOUSAND))


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_EVEN))
