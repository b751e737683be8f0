"""Three values. Unknown is the default, and no evidence is never an answer."""

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """Strong Kleene logic (Kleene 1952, section 64)."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        """Refuse to be squeezed into two values: an unknown must never pass for a no."""
        msg = "a Truth has three values: compare it with Truth.YES, Truth.NO or Truth.UNKNOWN"
        raise TypeError(msg)

    def __invert__(self) -> "Truth":
        return {Truth.YES: Truth.NO, Truth.NO: Truth.YES}.get(self, Truth.UNKNOWN)

    def __and__(self, other: "Truth") -> "Truth":
        return all_of((self, other))

    def __or__(self, other: "Truth") -> "Truth":
        return any_of((self, other))


def of(known: bool | None) -> Truth:  # noqa: FBT001 - the conversion from two values is its purpose
    """Yes or no for a known boolean, unknown for None."""
    if known is None:
        return Truth.UNKNOWN
    return Truth.YES if known else Truth.NO


def all_of(values: Iterable[Truth]) -> Truth:
    """No if any is no; else unknown if any is unknown; else yes (so an empty conjunction is yes)."""
    seen = set(values)
    if Truth.NO in seen:
        return Truth.NO
    return Truth.UNKNOWN if Truth.UNKNOWN in seen else Truth.YES


def any_of(values: Iterable[Truth]) -> Truth:
    """Yes if any is yes; else unknown if any is unknown; else no (so an empty disjunction is no)."""
    return ~all_of(~value for value in values)
