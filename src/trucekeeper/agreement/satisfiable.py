"""Whether conditions can hold at all, or together: tried out on representative facts, not guessed."""

from collections.abc import Iterable, Mapping
from itertools import product
from math import prod

from trucekeeper.agreement.condition import (
    Compare,
    Fact,
    Known,
    Node,
    OneOf,
    SameWord,
    TruthFact,
    Value,
    walk,
)
from trucekeeper.agreement.expression import Expression
from trucekeeper.kernel.truth import Truth

MOST_TRIALS = 50_000
_ANOTHER = "another-word"


def can_hold(conditions: Iterable[Expression], given: Mapping[str, tuple[str, ...]] | None = None) -> bool:
    """Whether some facts satisfy all ``conditions``; ``given`` restricts a fact to some words.

    Facts are only ever compared with what is written, so it is enough to try, for each fact, the words written
    and another one, and each number written with its two neighbours. Where facts are compared with each other,
    or the trials would be too many, the answer is that they can: only a proof says they cannot.
    """
    wanted = tuple(conditions)
    nodes = [node for condition in wanted for node in walk(condition.root)]
    if any(_between_facts(node) for node in nodes):
        return True
    choices: dict[str, set[Value]] = {}
    for node in nodes:
        for name, values in _tried(node):
            choices.setdefault(name, set()).update(values)
    for name, words in (given or {}).items():
        if name in choices:
            choices[name] = set(words)
    if prod(len(values) for values in choices.values()) > MOST_TRIALS:
        return True
    names = tuple(choices)
    trials = (dict(zip(names, values, strict=True)) for values in product(*choices.values()))
    return any(all(condition.holds(facts) is Truth.YES for condition in wanted) for facts in trials)


def _between_facts(node: Node) -> bool:
    match node:
        case SameWord(Fact(), Fact()) | Compare(_, Fact(), Fact()):
            return True
        case _:
            return False


def _tried(node: Node) -> Iterable[tuple[str, set[Value]]]:
    match node:
        case TruthFact(name):
            yield name, {Truth.YES, Truth.NO}
        case SameWord(Fact(name), Known(value)) | SameWord(Known(value), Fact(name)):
            yield name, {value, _ANOTHER}
        case Compare(_, Fact(name), Known(int(value))) | Compare(_, Known(int(value)), Fact(name)):
            yield name, {value - 1, value, value + 1}
        case OneOf(Fact(name), listed):
            words = {choice for choice in listed if isinstance(choice, str)}
            numbers = {choice for choice in listed if isinstance(choice, int)}
            yield name, {*words, _ANOTHER} if words else {n + step for n in numbers for step in (-1, 0, 1)}
        case _:
            pass
