"""Scenario files read strictly: every field has a range and a meaning, and a refusal is one sentence."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields
from types import MappingProxyType
from typing import TypeVar, cast

from sim.errors import refuse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a field may hold: a kind, the range or choices, and its meaning."""

    kind: str
    what: str
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()
    part: type | None = None


def _meta(rule: Rule) -> Mapping[str, Rule]:
    return MappingProxyType({"rule": rule})


def real(default: float, low: float, high: float, what: str) -> float:
    """A number from low to high."""
    return dataclasses.field(default=default, metadata=_meta(Rule("number", what, low, high)))


def whole(default: int, low: int, high: int, what: str) -> int:
    """A whole number from low to high."""
    return dataclasses.field(default=default, metadata=_meta(Rule("whole number", what, low, high)))


def yes(what: str) -> bool:
    """True or false; false unless told."""
    return dataclasses.field(default=False, metadata=_meta(Rule("true or false", what)))


def one_of(default: str, choices: tuple[str, ...], what: str) -> str:
    """One of a few words."""
    return dataclasses.field(default=default, metadata=_meta(Rule("word", what, choices=choices)))


def some_of(default: tuple[str, ...], choices: tuple[str, ...], what: str) -> tuple[str, ...]:
    """A list of different words out of a few."""
    return dataclasses.field(default=default, metadata=_meta(Rule("list of words", what, choices=choices)))


def text(what: str, longest: int) -> str:
    """A string that has to be given."""
    found: str = dataclasses.field(metadata=_meta(Rule("text", what, 1, longest)))
    return found


def one(kind: type, what: str) -> Mapping[str, Rule]:
    """What a field says that holds an object with fields of its own."""
    return _meta(Rule("object", what, part=kind))


def several(kind: type, most: int, what: str) -> Mapping[str, Rule]:
    """What a field says that holds a list of objects."""
    return _meta(Rule("list of objects", what, 0, most, part=kind))


def rule_of(declared: Field[object]) -> Rule:
    """The rule a field was declared with."""
    return cast("Rule", declared.metadata["rule"])


def read(kind: Callable[..., T], raw: object, where: str) -> T:
    """An object of the kind; Refused if a field is unknown, missing or out of its range."""
    if not isinstance(raw, dict):
        refuse(f"{where} must be an object with fields, not {_kind(raw)}.")
    declared = {field.name: field for field in fields(cast("type", kind))}
    for name in raw:
        if name not in declared:
            refuse(f"{where} has an unknown field '{name}'; it may have {', '.join(declared)}.")
    values: dict[str, object] = {}
    for name, field in declared.items():
        rule = rule_of(field)
        if name in raw:
            values[name] = _value(rule, cast("object", raw[name]), f"{where}.{name}")
        elif rule.kind == "text":
            refuse(f"{where} lacks the field '{name}': {rule.what}.")
    return kind(**values)


def _value(rule: Rule, raw: object, where: str) -> object:
    if rule.kind == "object":
        return read(cast("Callable[..., object]", rule.part), raw, where)
    if rule.kind.startswith("list"):
        return _several(rule, raw, where)
    if rule.kind == "true or false":
        if not isinstance(raw, bool):
            refuse(f"{where} must be true or false, not {_kind(raw)}.")
        return raw
    if rule.kind in {"number", "whole number"}:
        return _number(rule, raw, where)
    if not isinstance(raw, str):
        refuse(f"{where} must be a string, not {_kind(raw)}.")
    if rule.choices and raw not in rule.choices:
        refuse(f"{where} is '{raw}'; it must be one of {', '.join(rule.choices)}.")
    if rule.kind == "text" and not rule.low <= len(raw) <= rule.high:
        refuse(f"{where} has {len(raw)} characters; it must have {rule.low:g} to {rule.high:g}.")
    return raw


def _several(rule: Rule, raw: object, where: str) -> object:
    if not isinstance(raw, list):
        refuse(f"{where} must be a list, not {_kind(raw)}.")
    items = cast("list[object]", raw)
    if rule.part is not None:
        if len(items) > rule.high:
            refuse(f"{where} has {len(items)} entries; it may have {rule.high:g}.")
        return tuple(read(rule.part, item, f"{where}[{at}]") for at, item in enumerate(items))
    for item in items:
        if item not in rule.choices:
            refuse(f"{where} holds {item!r}; it may hold {', '.join(rule.choices)}.")
    if len(set(cast("list[str]", items))) != len(items):
        refuse(f"{where} holds a word twice; name each once.")
    return tuple(cast("list[str]", items))


def _number(rule: Rule, raw: object, where: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        refuse(f"{where} must be a {rule.kind}, not {_kind(raw)}.")
    if rule.kind == "whole number" and not isinstance(raw, int):
        refuse(f"{where} is {raw}; it must be a whole number.")
    if not rule.low <= raw <= rule.high:
        refuse(f"{where} is {raw}; it must be from {rule.low:g} to {rule.high:g}.")
    return raw


def _kind(raw: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return kinds.get(type(raw), "a number")


def lines(kind: type, where: str = "") -> list[str]:
    """Rows of a Markdown table: field, range, default, meaning; with what objects hold below them."""
    found: list[str] = []
    for field in fields(kind):
        rule = rule_of(field)
        name = f"{where}{field.name}"
        shown = "" if rule.kind in {"text", "object", "list of objects"} else f"{field.default}"
        found.append(f"| `{name}` | {_range(rule)} | {shown} | {rule.what} |")
        if rule.part is not None:
            found += lines(rule.part, f"{name}[]." if rule.kind == "list of objects" else f"{name}.")
    return found


def _range(rule: Rule) -> str:
    if rule.choices:
        return f"{rule.kind}: {', '.join(rule.choices)}"
    if rule.kind in {"number", "whole number"}:
        return f"{rule.kind}, {rule.low:g} to {rule.high:g}"
    if rule.kind == "text":
        return f"text, at most {rule.high:g} characters; required"
    return rule.kind
