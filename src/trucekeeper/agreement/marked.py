"""YAML that remembers its lines: every complaint about an agreement names file, line and clause.

Plain scalars are read as the words they are, so that ``no`` is a language, ``19:30`` a time of day and ``0.80``
exactly 800,000 parts per million. Aliases and doubled keys are refused.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NoReturn, TypeVar

import yaml

from trucekeeper.kernel.clock import Instant, parse_rfc3339
from trucekeeper.kernel.errors import BadInput

T = TypeVar("T")

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_DECIMAL = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
_WHOLE = re.compile(r"-?\d{1,15}")
_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_TRUTHS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong and where. ``severity`` is error, warning or note; ``clause`` is "" where none is concerned."""

    file: str
    line: int
    clause: str
    severity: str
    says: str

    def __str__(self) -> str:
        clause = f", {self.clause}" if self.clause else ""
        return f"{self.file}, line {self.line}{clause}: {self.says}"


class Refused(Exception):
    """One complaint on its way to the list."""

    def __init__(self, line: int, says: str) -> None:
        super().__init__(says)
        self.line = line
        self.says = says


@dataclass(slots=True)
class Complaints:
    """Collects what is wrong, so that one reading names all of it."""

    file: str
    found: list[Complaint] = field(default_factory=list[Complaint])

    def add(self, line: int, says: str, clause: str = "", severity: str = "error") -> None:
        """Note one complaint about this file."""
        self.found.append(Complaint(self.file, line, clause, severity, says))

    def attempt(self, make: Callable[[], T], clause: str = "") -> T | None:
        """What ``make`` gives, or None and a complaint."""
        try:
            return make()
        except Refused as refusal:
            self.add(refusal.line, refusal.says, clause)
            return None


@dataclass(frozen=True, slots=True)
class Marked:
    """One YAML node with the line it stands on."""

    node: yaml.Node

    @property
    def line(self) -> int:
        """Counted from 1."""
        return self.node.start_mark.line + 1

    def refuse(self, says: str) -> NoReturn:
        """Raise the complaint that ``says`` about this place."""
        raise Refused(self.line, says)

    @property
    def is_null(self) -> bool:
        """Whether ``null``, ``~`` or nothing is written."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag == "tag:yaml.org,2002:null"

    @property
    def is_scalar(self) -> bool:
        """Whether this is a single value."""
        return isinstance(self.node, yaml.ScalarNode) and not self.is_null

    def text(self) -> str:
        """The words as written, not empty."""
        if not isinstance(self.node, yaml.ScalarNode) or self.is_null or not self.node.value.strip():
            self.refuse("a single value must stand here")
        return str(self.node.value)

    def identifier(self) -> str:
        """A name of lower-case letters, digits and hyphens."""
        text = self.text()
        if not _ID.fullmatch(text):
            self.refuse(f"{text[:40]!r} is no id; use lower-case letters, digits and hyphens")
        return text

    def one_of(self, choices: tuple[str, ...], what: str) -> str:
        """One of the words that may stand here."""
        text = self.text()
        if text not in choices:
            self.refuse(f"{text[:40]!r} is no {what}; write one of {', '.join(choices)}")
        return text

    def whole(self, least: int, most: int) -> int:
        """A whole number within bounds."""
        text = self.text()
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            self.refuse(f"{text[:20]!r} is no whole number from {least} to {most}")
        return int(text)

    def scaled(self, factor: int, unit: str) -> int:
        """A decimal times ``factor``, exactly; refused where that is no whole number of ``unit``."""
        text = self.text()
        if not _DECIMAL.fullmatch(text):
            self.refuse(f"{text[:20]!r} is no decimal number")
        value = Decimal(text) * factor
        if value != value.to_integral_value():
            self.refuse(f"{text[:20]} is finer than one of {unit}; write fewer decimals")
        return int(value)

    def probability_ppm(self) -> int:
        """A probability from 0 to 1, in parts per million."""
        ppm = self.scaled(1_000_000, "parts per million")
        if not 0 <= ppm <= 1_000_000:
            self.refuse(f"a probability of {self.text()} is not between 0 and 1")
        return ppm

    def instant(self) -> Instant:
        """A moment with its time zone (RFC 3339)."""
        try:
            return parse_rfc3339(self.text())
        except BadInput as error:
            raise Refused(self.line, str(error)) from error

    def minute_of_day(self) -> int:
        """``19:30`` as minutes after midnight."""
        found = _TIME_OF_DAY.fullmatch(self.text())
        if found is None:
            self.refuse("a time of day is written like 19:30")
        return int(found[1]) * 60 + int(found[2])

    def truth(self) -> bool:
        """``true``, ``on`` or ``yes``; ``false``, ``off`` or ``no``."""
        found = _TRUTHS.get(self.text().lower())
        if found is None:
            self.refuse("write on or off")
        return found

    def items(self) -> tuple["Marked", ...]:
        """The members of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.refuse("a list must stand here")
        return tuple(Marked(child) for child in self.node.value)

    def one_or_more(self) -> tuple["Marked", ...]:
        """A list, or a single value as a list of one."""
        return (self,) if self.is_scalar else self.items()

    def entries(self) -> Iterator[tuple["Marked", "Marked"]]:
        """Keys and values in order; a doubled key is refused."""
        if not isinstance(self.node, yaml.MappingNode):
            self.refuse("names with values (name: value) must stand here")
        seen: set[str] = set()
        for key_node, value_node in self.node.value:
            key = Marked(key_node)
            if key.text() in seen:
                key.refuse(f"{key.text()[:40]!r} is written twice; keep one")
            seen.add(key.text())
            yield key, Marked(value_node)

    def fields(self, needed: tuple[str, ...], allowed: tuple[str, ...] = ()) -> "Fields":
        """The values by key; a missing or unknown key is refused."""
        found: dict[str, Marked] = {}
        for key, value in self.entries():
            if key.text() not in (*needed, *allowed):
                known = ", ".join((*needed, *allowed))
                key.refuse(f"{key.text()[:40]!r} is not a key here; the keys are {known}")
            found[key.text()] = value
        missing = [name for name in needed if name not in found]
        if missing:
            self.refuse(f"{missing[0]!r} is missing here")
        return Fields(self, found)


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping whose keys have been checked."""

    whole: Marked
    values: dict[str, Marked]

    def __getitem__(self, name: str) -> Marked:
        return self.values[name]

    def get(self, name: str) -> Marked | None:
        """The value of an optional key; None where it is absent or null."""
        value = self.values.get(name)
        return None if value is None or value.is_null else value


def read_marked(raw: bytes) -> Marked:
    """Read one YAML document; Refused with the line where it is none."""
    try:
        node = yaml.SafeLoader(raw.decode("utf-8")).get_single_node()
    except UnicodeDecodeError as error:
        raise Refused(
            raw[: error.start].count(b"\n") + 1, "the file is not UTF-8; save it as UTF-8"
        ) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Refused(line, f"the YAML cannot be read: {error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Refused(1, "the YAML cannot be read: forbidden characters, or nested too deep") from error
    if node is None:
        raise Refused(1, "the file is empty")
    _refuse_aliases(node)
    return Marked(node)


def _refuse_aliases(root: yaml.Node) -> None:
    """An alias makes one node appear at two places: lines would lie, and a small file could mean a huge one."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            Marked(node).refuse("an alias (*name) points here; write the value out where it is used")
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in node.value for part in pair)
