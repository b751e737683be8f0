"""source/v1: a register line of a source, and the strict reading that other wire forms share."""

import re
import unicodedata
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.parties.model import Source

KIND = "source/v1"
MEDIA = ("patrol", "camera", "satellite", "siren", "uav", "liaison", "resident", "media", "dataset")
RELIABILITIES = ("A", "B", "C", "D", "E", "F")
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
"""Ids of parties and sources: no slash, because ``source/uid`` names an observation."""

UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Controls, lone surrogates, and the bidirectional overrides that make a page show what was not written."""

_PROBLEMS = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not a field of this form; leave it out",
    "int_type": "is not a whole number; write digits without quotes, a point or an exponent",
    "string_type": "is not text; write it between quotes",
    "bool_type": "is not true or false; write one of the two",
    "list_type": "is not a list; write its members between square brackets",
    "model_type": "is not an object; write its fields between braces",
}

_Form = TypeVar("_Form", bound=BaseModel)


class Strict(BaseModel):
    """A wire form: nothing extra, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SourceV1(Strict):
    """The body of a source/v1 entry."""

    id: str
    interest: str | None = None
    group: str
    medium: str
    reliability: str


def parsed(form: type[_Form], what: str, body: Mapping[str, Json]) -> _Form:
    """``body`` in its wire form; else one :class:`BadInput` sentence that begins with ``what`` and the field."""
    try:
        read = form.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(_shown(part) for part in first["loc"]) or "the body"
        msg = (
            f"{what}: {field} {_PROBLEMS.get(first['type'], 'has a form that is not known here; correct it')}"
        )
        raise BadInput(msg) from error
    # Only now, because the form has bounded how deep the body goes.
    absent = null_in(body)
    if absent is not None:
        msg = f"{what}: {absent} is null; leave out what is not known"
        raise BadInput(msg)
    return read


def null_in(body: Mapping[str, object]) -> str | None:
    """The path of the first null in ``body`` or the objects inside it, if there is one."""
    for key, value in body.items():
        if value is None:
            return _shown(key)
        if isinstance(value, dict):
            inner = null_in(value)  # pyright: ignore[reportUnknownArgumentType] - JSON objects have text keys
            if inner is not None:
                return f"{_shown(key)}.{inner}"
    return None


def unfit(text: str, most: int) -> str | None:
    """What keeps ``text`` from being signed as words of at most ``most`` characters, if anything does."""
    if not text or text != text.strip():
        return "is empty, or begins or ends with a space; trim it or leave it out"
    if len(text) > most:
        return f"is longer than {most} characters; shorten it"
    if text.isascii() and text.isprintable():
        return None
    if UNPRINTABLE.search(text):
        return "holds control characters; write plain text on one line"
    return None if unicodedata.is_normalized("NFC", text) else "is not in Unicode form NFC; normalise it"


def read(body: Mapping[str, Json]) -> Source:
    """The source that ``body`` (source/v1) describes."""
    form = parsed(SourceV1, "source", body)
    source = Source(form.id, form.interest, form.group, form.medium, form.reliability)
    _check(source)
    return source


def body(source: Source) -> dict[str, Json]:
    """The source/v1 body of ``source``; refuses what :func:`read` would refuse."""
    _check(source)
    form: dict[str, Json] = {
        "id": source.id, "group": source.group, "medium": source.medium, "reliability": source.reliability,
    }  # fmt: skip
    if source.interest is not None:
        form["interest"] = source.interest
    return form


def _check(source: Source) -> None:
    for field, value in (("id", source.id), ("interest", source.interest)):
        if value is not None and not IDENTIFIER.fullmatch(value):
            msg = f"source: {field} is not an identifier; write up to 100 letters, digits and . _ : -"
            raise BadInput(msg)
    wrong = unfit(source.group, 200)
    if wrong is not None:
        msg = f"source: group {wrong}"
        raise BadInput(msg)
    for field, value, known in (
        ("medium", source.medium, MEDIA),
        ("reliability", source.reliability, RELIABILITIES),
    ):
        if value not in known:
            msg = f"source: {field} is not known; write one of {', '.join(known)}"
            raise BadInput(msg)


def _shown(part: object) -> str:
    text = str(part)[:40]
    return text if text.isascii() and text.isprintable() else "an unreadable name"
