"""A whole number that is known only between two bounds: "5-7", "over 100", "uncountable"."""

from dataclasses import dataclass

from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.truth import Truth


@dataclass(frozen=True, slots=True)
class Span:
    """At least ``low`` and at most ``high``; ``high`` None means no known upper bound."""

    low: int
    high: int | None

    def __post_init__(self) -> None:
        if self.high is not None and self.high < self.low:
            msg = f"a range runs from {self.low} down to {self.high}; write the smaller number first"
            raise BadInput(msg)

    @classmethod
    def exactly(cls, value: int) -> "Span":
        """The span that holds one number."""
        return cls(value, value)

    def at_least(self, bound: int) -> Truth:
        """Is the number >= ``bound``? Unknown where the range straddles it."""
        if self.low >= bound:
            return Truth.YES
        return Truth.NO if self.high is not None and self.high < bound else Truth.UNKNOWN

    def equals(self, value: int) -> Truth:
        """Is the number ``value``? Yes only where the range is that one number."""
        if self.low == value == self.high:
            return Truth.YES
        inside = self.low <= value and (self.high is None or value <= self.high)
        return Truth.UNKNOWN if inside else Truth.NO

    def __add__(self, other: "Span") -> "Span":
        high = None if self.high is None or other.high is None else self.high + other.high
        return Span(self.low + other.low, high)

    def __str__(self) -> str:
        if self.high is None:
            return f"{self.low}+"
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"
