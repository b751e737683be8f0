"""Canonical JSON: one value, one sequence of bytes (RFC 8785, a strict profile).

Keys are ASCII, numbers are whole and within +-(2^53 - 1), and there are no floats. Within this profile the
standard library's encoder writes what RFC 8785 asks for; tests hold it against an independent one.
"""

import json
import re
from collections.abc import Mapping
from typing import Never, TypeAlias

from trucekeeper.kernel.errors import BadInput

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
"""What a canonical document may hold."""

LIMIT_BYTES = 65_535
"""How long a document may be, unless the reader says otherwise."""

LIMIT_DEPTH = 64
"""How deep arrays and objects may nest; a lone number has depth 0."""

_SAFE = 2**53 - 1
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_LONG_NUMBER = re.compile(rb"[0-9]{16}")
_PLAIN = frozenset((str, bool, type(None)))
_TOO_LARGE = "a number lies beyond 2^53 - 1; write it as text"


def encode(value: Json) -> bytes:
    """The canonical bytes of ``value``; BadInput where it lies outside the profile."""
    _inspect(value)
    return _written(value)


def decode(data: bytes, limit: int = LIMIT_BYTES) -> Json:
    """The value that ``data`` is the canonical form of; any other bytes are BadInput.

    The value is encoded again and compared, so duplicate keys, spaces, other escapes, a byte order mark
    and keys out of order are all refused, whatever the parser makes of them.
    """
    if len(data) > limit:
        msg = f"a document has {len(data)} bytes, more than the {limit} allowed; send it in smaller parts"
        raise BadInput(msg)
    _refuse_depth(data)
    value = _parsed(data)
    if not _plainly_inside(data):
        _inspect(value)
    if _written(value) != data:
        msg = (
            "a document is not in canonical form; sort its keys, drop spaces, duplicate keys and needless "
            "escapes, and write it again (RFC 8785)"
        )
        raise BadInput(msg)
    return value


def decode_object(data: bytes, limit: int = LIMIT_BYTES) -> dict[str, Json]:
    """As :func:`decode`, for a document that must be an object."""
    value = decode(data, limit)
    if not isinstance(value, dict):
        msg = "a document is not a JSON object; put its fields between braces"
        raise BadInput(msg)
    return value


class Fields:
    """Reads an object field by field; BadInput names the field that is missing, extra or of another type."""

    __slots__ = ("_object", "_what")

    def __init__(self, value: Mapping[str, Json], what: str) -> None:
        self._object = value
        self._what = what

    def only(self, *names: str) -> "Fields":
        """The same reader, once the object is known to have exactly these fields."""
        missing = [name for name in names if name not in self._object]
        if missing:
            self._refuse(missing[0], "is missing; add it")
        if len(self._object) != len(names):
            extra = min(name for name in self._object if name not in names)
            self._refuse(extra[:40], "is not a field of it; remove it")
        return self

    def text(self, name: str) -> str:
        """A string."""
        value = self._get(name)
        return value if isinstance(value, str) else self._refuse(name, "is not text; write it in quotes")

    def text_or_none(self, name: str) -> str | None:
        """A string or null."""
        return None if self._get(name) is None else self.text(name)

    def is_null(self, name: str) -> bool:
        """Whether the field is there and null."""
        return self._get(name) is None

    def whole(self, name: str) -> int:
        """A whole number."""
        value = self._get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return self._refuse(name, "is not a whole number; write digits without quotes")

    def truth(self, name: str) -> bool:
        """True or false."""
        value = self._get(name)
        return value if isinstance(value, bool) else self._refuse(name, "is neither true nor false")

    def array(self, name: str) -> list[Json]:
        """An array."""
        value = self._get(name)
        return value if isinstance(value, list) else self._refuse(name, "is not an array")

    def texts(self, name: str) -> tuple[str, ...]:
        """An array of strings."""
        found = tuple(one for one in self.array(name) if isinstance(one, str))
        if len(found) != len(self.array(name)):
            self._refuse(name, "holds something that is not text")
        return found

    def object(self, name: str) -> "Fields":
        """A reader for the object in this field."""
        return Fields(self.mapping(name), f"{self._what}, {name}")

    def objects(self, name: str) -> tuple["Fields", ...]:
        """A reader for each object of the array in this field."""
        values = self.array(name)
        found = tuple(
            Fields(one, f"{self._what}, {name}[{at}]")
            for at, one in enumerate(values)
            if isinstance(one, dict)
        )
        if len(found) != len(values):
            self._refuse(name, "holds something that is not an object")
        return found

    def mapping(self, name: str) -> dict[str, Json]:
        """The object in this field, as it is."""
        value = self._get(name)
        return value if isinstance(value, dict) else self._refuse(name, "is not an object")

    def _get(self, name: str) -> Json:
        if name not in self._object:
            self._refuse(name, "is missing; add it")
        return self._object[name]

    def _refuse(self, name: str, why: str) -> Never:
        msg = f"{self._what}: the field {name!a} {why}"
        raise BadInput(msg)


def _written(value: Json) -> bytes:
    try:
        return _ENCODER.encode(value).encode()
    except UnicodeEncodeError as error:
        msg = "a text holds half of a surrogate pair; write whole characters"
        raise BadInput(msg) from error


def _inspect(value: Json) -> None:
    """Refuse what lies outside the profile; exact types only, for a subclass may write itself otherwise."""
    level: list[Json] = [value]
    for _ in range(LIMIT_DEPTH + 1):
        below: list[Json] = []
        for one in level:
            kind = type(one)
            if kind in _PLAIN:
                continue
            if isinstance(one, dict) and kind is dict:
                _inspect_keys(one)
                below.extend(one.values())
            elif isinstance(one, list) and kind is list:
                below.extend(one)
            elif isinstance(one, int) and kind is int:
                if not -_SAFE <= one <= _SAFE:
                    raise BadInput(_TOO_LARGE)
            else:
                msg = f"a value of type {kind.__name__} cannot be signed; use whole numbers, text, lists, objects"
                raise BadInput(msg)
        if not below:
            return
        level = below
    _too_deep()


def _inspect_keys(value: dict[str, Json]) -> None:
    try:
        if "".join(value).isascii():
            return
    except TypeError as error:
        msg = "a key is not text; write every key as ASCII text"
        raise BadInput(msg) from error
    msg = "a key is not ASCII text; rename it"
    raise BadInput(msg)


def _plainly_inside(data: bytes) -> bool:
    """Whether the bytes alone show that their value lies in the profile, once they are seen to be canonical.

    Canonical form writes other characters than ASCII as they are, so ASCII bytes hold ASCII keys; a number
    beyond 2^53 - 1 has 16 digits at least; and no more brackets than levels cannot nest too deep.
    """
    return data.isascii() and not _LONG_NUMBER.search(data) and _brackets(data) <= LIMIT_DEPTH


def _brackets(data: bytes) -> int:
    return data.count(b"[") + data.count(b"{")


def _refuse_depth(data: bytes) -> None:
    """Refuse deep nesting before the parser, which recurses, meets it."""
    if _brackets(data) <= LIMIT_DEPTH:
        return
    depth = 0
    for byte in _STRING.sub(b"", data):
        if byte in b"[{":
            depth += 1
            if depth > LIMIT_DEPTH:
                _too_deep()
        elif byte in b"]}":
            depth -= 1


def _too_deep() -> Never:
    msg = f"a document nests deeper than {LIMIT_DEPTH} levels; flatten it"
    raise BadInput(msg)


def _parsed(data: bytes) -> Json:
    try:
        value: Json = _DECODER.decode(data.decode())
    except UnicodeDecodeError as error:
        msg = f"a document is not UTF-8 at byte {error.start}; save it as UTF-8"
        raise BadInput(msg) from error
    except json.JSONDecodeError as error:
        msg = f"a document is not JSON at character {error.pos} ({error.msg}); correct it there"
        raise BadInput(msg) from error
    except ValueError as error:  # Python refuses to read a number of thousands of digits
        raise BadInput(_TOO_LARGE) from error
    return value


def _no_float(text: str) -> Never:
    msg = f"the number {text[:20]!a} is not whole; use a smaller unit, such as millionths"
    raise BadInput(msg)


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
_DECODER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
