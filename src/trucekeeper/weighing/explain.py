"""What would change an answer, and how each item is graded in the words of the field. Read beside the numbers."""

from trucekeeper.weighing.balance import less
from trucekeeper.weighing.evidence import Alleged
from trucekeeper.weighing.fit import ANY, MILLION, NEUTRAL, Table, symbol_of
from trucekeeper.weighing.fixed import ppm_of
from trucekeeper.weighing.scale import Scale, group_of, stance_of
from trucekeeper.weighing.weighed import ESTABLISHED, UNVERIFIABLE, Weighed
from trucekeeper.weighing.weights import Weight, added, bidden, captured_logs, logs, shared, spoken

_LETTERS = (("A", 930_000), ("B", 850_000), ("C", 720_000), ("D", 580_000))
_DIGITS = ((1, 900_000), (2, 700_000), (3, 450_000), (4, 200_000))


def changes(scale: Scale, alleged: Alleged, found: Weighed) -> tuple[str, ...]:
    """Which group or which missing evidence the answer hangs on, as sentences without a full stop."""
    told: list[str] = []
    asked = found.threshold_ppm
    if found.answer != ESTABLISHED and found.probability_ppm >= asked > found.lowest_ppm and found.pivotal:
        told.append(f"without {found.pivotal} it would not reach the standard, so it is not established")
    unheard = sorted(_unheard(scale, alleged))
    if unheard:
        told.append(f"no sensor could have sensed it: {', '.join(unheard)}; a record of one would count")
    if found.answer == UNVERIFIABLE:
        told.append("nobody without an interest spoke and nothing was posted: it cannot be verified")
    told.append(
        f"one more independent source that affirms would bring it to {percent(_with_one(scale, alleged, 0))}, "
        f"one that denies to {percent(_with_one(scale, alleged, 5))} per cent"
    )
    return tuple(told)


def graded(scale: Scale, alleged: Alleged) -> dict[str, str]:
    """The Admiralty grade of each statement (by its id) and each watch (by its source).

    The letter follows from the source's table: how often it says what is so. The digit follows from all other
    evidence: how probable what it says is with its group left out.
    """
    balance = scale.balance(alleged)
    total = balance.total
    without = {group: ppm_of(balance.odds(less(total, lost))) for group, lost in balance.moved_by().items()}
    grades: dict[str, str] = {}
    for said in scale.said(alleged):
        source = scale.sources[said.source]
        stance = stance_of(source, alleged)
        own = scale.fit.knows(source.id, stance, alleged.named)
        letter = "F" if own is None else _letter(own)
        group = group_of(source)
        affirms = symbol_of(said) == 0
        grades[said.id] = letter + _digit(without.get(group), affirms=affirms, alone=len(without) < 2)
    for watch in scale.watched(alleged):
        group = group_of(scale.sources[watch.source])
        if watch.exposed:
            digit = _digit(without.get(group), affirms=watch.detected, alone=len(without) < 2)
            grades[watch.source] = "B" + digit
    return grades


def _letter(table: Table) -> str:
    right = (4 * table[0][0] + sum(MILLION - row[0] for row in table[1:])) // 8
    return next((letter for letter, least in _LETTERS if right >= least), "E")


def _digit(others_ppm: int | None, *, affirms: bool, alone: bool) -> str:
    if others_ppm is None or alone:
        return "6"
    agreed = others_ppm if affirms else MILLION - others_ppm
    return str(next((digit for digit, least in _DIGITS if agreed >= least), 5))


def _unheard(scale: Scale, alleged: Alleged) -> set[str]:
    """The modalities that were watching, none of whose sensors was exposed."""
    posted: dict[str, bool] = {}
    for watch in scale.watched(alleged):
        modality = scale.sources[watch.source].modality
        if modality is not None:
            posted[modality] = posted.get(modality, False) or watch.exposed
    return {modality for modality, exposed in posted.items() if not exposed}


def _with_one(scale: Scale, alleged: Alleged, symbol: int) -> int:
    """The probability if one more source without an interest, of whom nothing is known, said this."""
    table = scale.fit.classes[ANY, NEUTRAL]
    bid = bidden((symbol,), shared(table, symbol), NEUTRAL)
    more: Weight = spoken((logs(table, symbol),), bid, captured_logs(scale.fit.captured[ANY]))
    balance = scale.balance(alleged)
    return ppm_of(balance.odds(added((balance.total, more))))


def percent(ppm: int) -> str:
    """A probability in per cent with one decimal; never nothing and never all."""
    if ppm < 1000:
        return "below 0.1"
    return "above 99.9" if ppm > 999_000 else f"{ppm // 10_000}.{ppm % 10_000 // 1000}"
