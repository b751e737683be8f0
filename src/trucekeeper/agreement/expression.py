"""Conditions of terms: a stated subset of CEL with three values.

CEL is the Common Expression Language; its maintained parser reads the text, and nothing else of it is used.
Accepted:

- whole numbers, words in plain quotes, ``true``, ``false``, and lists of numbers or of words after ``in``;
- the facts of :data:`SCHEMA` by their dotted names;
- ``== != < <= > >= in && || !``, parentheses, and ``condition ? truth : truth``.

Refused when the agreement is loaded, with the position: arithmetic, functions, macros, ``has()``, indexing,
maps, ``null``, decimal numbers, and every comparison of a word with a number. What is unknown stays unknown:
an absent fact, the word "undetermined", and a range that leaves both answers open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trucekeeper.agreement import condition as tree
from trucekeeper.agreement.condition import Value
from trucekeeper.kernel.truth import Truth

__all__ = ["SCHEMA", "Expression", "Value", "compile_expression"]

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
    """A condition, as written; compiled once by :func:`compile_expression`. Equal where the words are equal."""

    source: str
    root: tree.Node = field(compare=False, repr=False)

    def holds(self, facts: Mapping[str, Value]) -> Truth:
        """Yes, no or unknown over these facts; an absent fact is unknown."""
        return self.root.truth(facts)

    def __str__(self) -> str:
        return self.source


def compile_expression(source: str, schema: Mapping[str, str] = SCHEMA) -> Expression:
    """Parse and type ``source``; BadInput with one sentence and the column where it is not of the subset."""
    # The parser costs a third of a second to load: only who reads an agreement pays for it.
    from trucekeeper.agreement.grammar import parsed  # noqa: PLC0415

    return Expression(source, parsed(source, schema))
