"""Conditions of terms: a stated subset of CEL with three values. (Interface; the evaluator follows.)"""

from collections.abc import Mapping
from dataclasses import dataclass

from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth

Value = Truth | str | int | Span | None
"""What a fact may be: a truth, a word, a number, a range, or None (absent, hence unknown)."""

SCHEMA: Mapping[str, str] = {
    "act": "word",
    "phase": "word",
    "means": "word",
    "count": "number",
    "by": "word",
    "weapon.class": "word",
    "weapon.calibre_mm": "number",
    "weapon.system": "word",
    "holding.status": "word",
    "in_storage": "truth",
    "civilian_harm": "truth",
    "civilians.killed": "number",
    "civilians.injured": "number",
    "notified": "truth",
}
"""Every fact that a condition may speak of, with its type: word, number or truth."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition, as written; compiled once when the agreement is loaded."""

    source: str

    def holds(self, facts: Mapping[str, Value]) -> Truth:
        """Yes, no or unknown over these facts; an absent fact is unknown."""
        raise NotImplementedError
