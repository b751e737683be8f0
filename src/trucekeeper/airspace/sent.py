"""What a client sent: JSON whose numbers stay decimal, read field by field. Fields that are not known are ignored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NoReturn, TypeAlias

from trucekeeper.kernel.errors import BadInput

Sent: TypeAlias = "bool | int | Decimal | str | list[Sent] | dict[str, Sent] | None"
"""What a document holds; no float, for 0.1 is not what a float makes of it."""

LONGEST_TEXT = 2_000


def parse(data: bytes) -> Mapping[str, Sent]:
    """The object in a body; BadInput for anything else, whatever its bytes are."""
    if not data.strip():
        msg = "the request has no body; send a JSON object"
        raise BadInput(msg)
    try:
        value: Sent = _DECODER.decode(data.decode())
    except UnicodeDecodeError as error:
        msg = f"the body is not UTF-8 at byte {error.start}; send it in UTF-8"
        raise BadInput(msg) from error
    except json.JSONDecodeError as error:
        msg = f"the body is not JSON at character {error.pos} ({error.msg}); correct it there"
        raise BadInput(msg) from error
    except RecursionError as error:
        msg = "the body nests too deep; flatten it"
        raise BadInput(msg) from error
    except (ValueError, InvalidOperation) as error:  # thousands of digits, or an exponent beyond all measure
        msg = "the body holds a number that no decimal can hold; write it shorter"
        raise BadInput(msg) from error
    if not isinstance(value, dict):
        msg = "the body is not a JSON object; put its fields between braces"
        raise BadInput(msg)
    return value


@dataclass(frozen=True, slots=True)
class Given:
    """Reads an object field by field; BadInput names the field. A field that is null counts as left out."""

    fields: Mapping[str, Sent]
    at: str = ""

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        return self.fields.get(name) is not None

    def object(self, name: str) -> "Given":
        """The object in a field."""
        value = self._needed(name)
        if not isinstance(value, dict):
            self.refuse(name, "is not an object; put its fields between braces")
        return Given(value, self._path(name))

    def objects(self, name: str, most: int) -> tuple["Given", ...]:
        """The objects in a list of up to ``most``."""
        values = self._needed(name)
        if not isinstance(values, list):
            self.refuse(name, "is not a list; put its members between square brackets")
        if len(values) > most:
            self.refuse(name, f"has more than {most} members; send fewer")
        found = tuple(
            Given(one, f"{self._path(name)}[{at}]") for at, one in enumerate(values) if isinstance(one, dict)
        )
        if len(found) != len(values):
            self.refuse(name, "holds something that is not an object")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty where it is left out."""
        values = self.fields.get(name)
        if values is None:
            return ()
        if not isinstance(values, list):
            self.refuse(name, "is not a list; put its members between square brackets")
        found = tuple(one for one in values if isinstance(one, str))
        if len(found) != len(values):
            self.refuse(name, "holds something that is not text")
        return found

    def text(self, name: str, most: int = LONGEST_TEXT) -> str:
        """A text of up to ``most`` characters, which can be written as UTF-8."""
        value = self._needed(name)
        if not isinstance(value, str):
            self.refuse(name, "is not text; write it in quotes")
        if len(value) > most:
            self.refuse(name, f"is longer than {most} characters; shorten it")
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            self.refuse(name, "holds half of a surrogate pair; write whole characters")
        return value

    def truth(self, name: str) -> bool:
        """True or false; false where it is left out."""
        value = self.fields.get(name)
        if value is None:
            return False
        return value if isinstance(value, bool) else self.refuse(name, "is neither true nor false")

    def number(self, name: str, low: int, high: int) -> Decimal:
        """A number from ``low`` to ``high``, exactly as it was written."""
        value = self._needed(name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.refuse(name, "is not a number; write it without quotes")
        if not low <= value <= high:
            self.refuse(name, f"is not between {low} and {high}; correct it")
        return Decimal(value)

    def one_of(self, name: str, *allowed: str) -> str:
        """A text that is one of those."""
        value = self.text(name)
        return value if value in allowed else self.refuse(name, f"is not {' or '.join(allowed)}; write it so")

    def refuse(self, name: str, why: str) -> NoReturn:
        """Say what is wrong with a field."""
        msg = f"{self._path(name)} {why}"
        raise BadInput(msg)

    def _path(self, name: str) -> str:
        return f"{self.at}.{name}" if self.at else name

    def _needed(self, name: str) -> Sent:
        value = self.fields.get(name)
        return self.refuse(name, "is missing; add it") if value is None else value


def _no_constant(text: str) -> NoReturn:
    msg = f"the body holds {text}, which is no number in JSON; write a number"
    raise BadInput(msg)


def _once(pairs: list[tuple[str, Sent]]) -> dict[str, Sent]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "an object in the body has a field twice; leave one out"
        raise BadInput(msg)
    return found


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_once)
