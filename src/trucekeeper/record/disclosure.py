"""Fields of an entry's body that are told apart from the rest (RFC 9901, the part on JSON objects).

In place of the fields an object holds ``_sd``: the sorted digests of their disclosures. A disclosure is base64url,
without padding, of the canonical JSON ``[salt, name, value]``; its digest is base64url of the SHA-256 of its own
letters. The salt is 16 random bytes of its own, so that a digest says nothing of what may stand behind it. The author
signs the digests; who gets a disclosure can check that it is what the author signed, and who does not get it learns
only that there is a field. A value may hold ``_sd`` itself; elements of arrays are not told apart, and there are no
decoys.

A field is named by its path: the names on the way to it with dots between, ``where`` or ``where.lat_u``; an element of
an array is named by its number.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, NotTrusted

NAME = "_sd"
SALT_BYTES = 16
_DIGEST = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_SALT = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
_ONE_SPELLING = re.compile(
    r"(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?"
)
"""Base64url without padding, the last bits of which are zero."""

_RESERVED = frozenset({NAME, "...", ""})


@dataclass(frozen=True, slots=True)
class Opening:
    """A body with its disclosures in place.

    ``paths`` says which disclosure opens which path, the outer one before those within it. ``hidden`` counts the
    digests that nothing opened: their ``_sd`` stays in the body.
    """

    body: dict[str, Json]
    paths: Mapping[str, str]
    hidden: int


def digest(disclosure: str) -> str:
    """What an author signs in place of a field."""
    return _unpadded(hashlib.sha256(disclosure.encode("ascii")).digest())


def disclosed(disclosure: str) -> tuple[str, Json]:
    """The name and value that a disclosure tells; BadInput where it is not of the form above."""
    value = canon.decode(_letters(disclosure), len(disclosure))
    if not isinstance(value, list) or len(value) != 3:
        msg = "a disclosure is not an array of salt, name and value; ask its author for it again"
        raise BadInput(msg)
    salt, name, told = value
    if not isinstance(salt, str) or not _SALT.fullmatch(salt):
        msg = (
            f"a disclosure's salt is not {SALT_BYTES} bytes; let its author draw one and seal the entry again"
        )
        raise BadInput(msg)
    if not isinstance(name, str) or name in _RESERVED or "." in name or not name.isascii():
        msg = "a disclosure names no field; give it a plain ASCII name without a dot"
        raise BadInput(msg)
    return name, told


def set_apart(
    body: Mapping[str, Json], paths: Iterable[str], draw: Callable[[int], bytes]
) -> tuple[dict[str, Json], tuple[str, ...]]:
    """The body with digests in place of the fields at ``paths``, and their disclosures, outer ones first.

    A path that leads to no field of an object is passed over: what is not said cannot be told apart.
    """
    whole: Json = _copy(dict(body))
    made: list[str] = []
    # The inner ones first: an outer field is told with the digests of what is within it.
    for path in sorted(set(paths), key=lambda one: (-one.count("."), one)):
        *way, name = path.split(".")
        holder = _step_by_step(whole, way)
        if not isinstance(holder, dict) or name not in holder or name in _RESERVED:
            continue
        told: list[Json] = [_unpadded(draw(SALT_BYTES)), name, holder.pop(name)]
        disclosure = _unpadded(canon.encode(told))
        others = holder.get(NAME)
        digests = [one for one in others if isinstance(one, str)] if isinstance(others, list) else []
        holder[NAME] = [*sorted([*digests, digest(disclosure)])]
        made.append(disclosure)
    assert isinstance(whole, dict)  # noqa: S101 - the copy of an object is an object
    return whole, tuple(reversed(made))


def opening(body: Mapping[str, Json], disclosures: Sequence[str]) -> Opening:
    """Put every disclosure in its place.

    NotTrusted where one has no digest in the body or within another disclosure, is given twice, or names a field
    that is there already; BadInput where its form, or that of an ``_sd``, is wrong.
    """
    work = _Work({digest(one): one for one in disclosures if one.isascii()})
    if len(work.given) != len(disclosures):
        msg = "a disclosure is given twice, or is not ASCII; send each once, as its author made it"
        raise NotTrusted(msg)
    opened = work.object(body, (), 0)
    if work.given:
        msg = "a disclosure belongs to no field of its entry; leave it out, or send the entry that it was made for"
        raise NotTrusted(msg)
    return Opening(opened, work.paths, work.hidden)


def chosen(paths: Mapping[str, str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Of an opening's ``paths``, the disclosures at or within the wanted ones, and those that lead there."""
    ways = tuple(wanted)
    return tuple(
        disclosure
        for path, disclosure in paths.items()
        if any(within(path, way) or within(way, path) for way in ways)
    )


def without(paths: Mapping[str, str], path: str) -> tuple[str, ...]:
    """Of an opening's ``paths``, the disclosures that remain once ``path``, and what is within it, is gone."""
    return tuple(disclosure for one, disclosure in paths.items() if not within(one, path))


def visible(body: Mapping[str, Json]) -> dict[str, Json]:
    """The body without the digests of what is not told."""
    return {
        name: visible(one) if isinstance(one, dict) else one for name, one in body.items() if name != NAME
    }


def within(path: str, other: str) -> bool:
    """Whether ``path`` is ``other`` or lies in it."""
    return path == other or path.startswith(other + ".")


@dataclass(slots=True)
class _Work:
    """One opening as it proceeds; ``given`` loses each disclosure that found its place."""

    given: dict[str, str]
    paths: dict[str, str] = field(default_factory=dict[str, str])
    hidden: int = 0
    _met: set[str] = field(default_factory=set[str])

    def object(self, value: Mapping[str, Json], way: tuple[str, ...], depth: int) -> dict[str, Json]:
        stay: list[Json] = []
        opened: dict[str, Json] = {}
        found: list[tuple[str, Json]] = []
        for one in _digests(value):
            if one in self._met:
                msg = "a digest stands twice in an entry; let its author seal it again"
                raise NotTrusted(msg)
            self._met.add(one)
            disclosure = self.given.pop(one, None)
            if disclosure is None:
                stay.append(one)
                continue
            name, told = disclosed(disclosure)
            self.paths[".".join((*way, name))] = disclosure
            found.append((name, told))
        for name, told in (*value.items(), *found):
            if name in opened:
                msg = "a disclosure names a field that is there already; refuse the entry"
                raise NotTrusted(msg)
            if name != NAME:
                opened[name] = self._value(told, (*way, name), depth + 1)
        self.hidden += len(stay)
        return {**opened, NAME: stay} if stay else opened

    def _value(self, value: Json, way: tuple[str, ...], depth: int) -> Json:
        if not isinstance(value, dict | list):
            return value
        if depth > canon.LIMIT_DEPTH:
            msg = f"an entry with its disclosures nests deeper than {canon.LIMIT_DEPTH} levels; flatten it"
            raise BadInput(msg)
        if isinstance(value, dict):
            return self.object(value, way, depth)
        return [self._value(one, (*way, str(at)), depth + 1) for at, one in enumerate(value)]


def _digests(value: Mapping[str, Json]) -> tuple[str, ...]:
    if NAME not in value:
        return ()
    listed = value[NAME]
    texts = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    if not texts or texts != listed or sorted(texts) != texts or not all(map(_DIGEST.fullmatch, texts)):
        msg = "the field '_sd' of an entry is not a sorted list of digests; keep that name for fields told apart"
        raise BadInput(msg)
    return tuple(texts)


def _step_by_step(value: Json, way: Sequence[str]) -> Json:
    for name in way:
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _copy(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _copy(one) for name, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _letters(text: str) -> bytes:
    """The bytes that base64url text spells."""
    if not _ONE_SPELLING.fullmatch(text):
        msg = "a disclosure is not base64url in its one form; copy it whole, as it was given"
        raise BadInput(msg)
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
