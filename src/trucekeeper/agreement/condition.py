"""A condition as a tree, and its value over facts that may be unknown: strong Kleene logic with intervals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth, all_of, any_of, of

Value = Truth | str | int | Span | None
"""What a fact may be: a truth, a word, a number, a range, or None (absent, hence unknown)."""

UNDETERMINED = "undetermined"
"""The word with which missions say that they could not tell: not a value, but the lack of one."""


class Node(Protocol):
    """A condition that can be asked."""

    def truth(self, facts: Mapping[str, Value]) -> Truth:
        """Yes, no or unknown over these facts."""
        ...


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact by its dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """A word or a number as written."""

    value: str | int


@dataclass(frozen=True, slots=True)
class Constant:
    """``true`` or ``false``."""

    value: Truth

    def truth(self, facts: Mapping[str, Value]) -> Truth:
        """Itself, whatever the facts are."""
        del facts
        return self.value


@dataclass(frozen=True, slots=True)
class TruthFact:
    """A fact that is itself a truth, such as ``in_storage``."""

    name: str

    def truth(self, facts: Mapping[str, Value]) -> Truth:
        """The fact; unknown where it is absent or no truth."""
        value = facts.get(self.name)
        if isinstance(value, bool):
            return of(value)
        return value if isinstance(value, Truth) else Truth.UNKNOWN


@dataclass(frozen=True, slots=True)
class Not:
    """Negation; the negation of unknown is unknown."""

    part: Node

    def truth(self, facts: Mapping[str, Value]) -> Truth:
        """Yes for no, no for yes."""
        return ~self.part.truth(facts)


@dataclass(frozen=True, slots=True)
class All:
    """Conjunction: one no decides, whatever is unknown."""

    parts: tuple[Node, ...]

    def truth(self, facts: Mapping[str, Value]) -> Truth:
        """No if any part is no; else unknown if any is unknown."""
        return all_of(part.truth(facts) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Disjunction: one yes decides, whatever is unknown."""

    parts: tuple[Node, ...]

    def truth(self, facts: Mapping[str, Value]) -> Truth:
        """Yes if any part is yes; else unknown if any is unknown."""
        return any_of(part.truth(facts) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Choice:
    """``condition ? yes : no``; where the condition is unknown, both branches must agree."""

    condition: Node
    yes: Node
    no: Node

    def truth(self, facts: Mapping[str, Value]) -> Truth:
        """The chosen branch; unknown where the choice is unknown and the branches differ."""
        chosen = self.condition.truth(facts)
        if chosen is not Truth.UNKNOWN:
            return (self.yes if chosen is Truth.YES else self.no).truth(facts)
        first, second = self.yes.truth(facts), self.no.truth(facts)
        return first if first is second else Truth.UNKNOWN


@dataclass(frozen=True, slots=True)
class SameTruth:
    """``==`` between two truths."""

    left: Node
    right: Node

    def truth(self, facts: Mapping[str, Value]) -> Truth:
        """Unknown where either side is."""
        left, right = self.left.truth(facts), self.right.truth(facts)
        return Truth.UNKNOWN if Truth.UNKNOWN in {left, right} else of(left is right)


@dataclass(frozen=True, slots=True)
class SameWord:
    """``==`` between two words; absent and "undetermined" are unknown."""

    left: Fact | Known
    right: Fact | Known

    def truth(self, facts: Mapping[str, Value]) -> Truth:
        """Unknown where either word is."""
        left, right = _word(self.left, facts), _word(self.right, facts)
        return Truth.UNKNOWN if left is None or right is None else of(left == right)


@dataclass(frozen=True, slots=True)
class Compare:
    """One of ``== < <= > >=`` between two numbers; a range answers only where all of it agrees."""

    operator: str
    left: Fact | Known
    right: Fact | Known

    def truth(self, facts: Mapping[str, Value]) -> Truth:
        """Unknown where a number is absent or the two ranges leave both answers open."""
        left, right = _number(self.left, facts), _number(self.right, facts)
        if left is None or right is None:
            return Truth.UNKNOWN
        match self.operator:
            case "<" | "<=":
                return _below(left, right, strictly=self.operator == "<")
            case ">" | ">=":
                return _below(right, left, strictly=self.operator == ">")
            case _:
                return _equal(left, right)


@dataclass(frozen=True, slots=True)
class OneOf:
    """``in`` a list of words or of numbers."""

    fact: Fact | Known
    choices: frozenset[str | int]

    def truth(self, facts: Mapping[str, Value]) -> Truth:
        """Yes where every value that the fact may have is listed, no where none is."""
        word = _word(self.fact, facts)
        if word is not None:
            return of(word in self.choices)
        number = _number(self.fact, facts)
        if number is None:
            return Truth.UNKNOWN
        inside = sum(
            number.equals(choice) is not Truth.NO for choice in self.choices if isinstance(choice, int)
        )
        if inside == 0:
            return Truth.NO
        return of((number.high is not None and inside == number.high - number.low + 1) or None)


def _word(operand: Fact | Known, facts: Mapping[str, Value]) -> str | None:
    value = operand.value if isinstance(operand, Known) else facts.get(operand.name)
    return value if isinstance(value, str) and value != UNDETERMINED else None


def _number(operand: Fact | Known, facts: Mapping[str, Value]) -> Span | None:
    value = operand.value if isinstance(operand, Known) else facts.get(operand.name)
    if isinstance(value, Span):
        return value
    return Span.exactly(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _below(left: Span, right: Span, *, strictly: bool) -> Truth:
    margin = 1 if strictly else 0
    if left.high is not None and left.high + margin <= right.low:
        return Truth.YES
    return of(False if right.high is not None and left.low + margin > right.high else None)


def _equal(left: Span, right: Span) -> Truth:
    if left.low == left.high == right.low == right.high:
        return Truth.YES
    apart = (left.high is not None and left.high < right.low) or (
        right.high is not None and right.high < left.low
    )
    return Truth.NO if apart else Truth.UNKNOWN


def walk(node: Node) -> Iterator[Node]:
    """The node and every node below it."""
    yield node
    match node:
        case Not(part):
            below: tuple[Node, ...] = (part,)
        case All(parts) | AnyOf(parts):
            below = parts
        case Choice(condition, yes, no):
            below = (condition, yes, no)
        case SameTruth(left, right):
            below = (left, right)
        case _:
            below = ()
    for child in below:
        yield from walk(child)
