"""The file of holders: who may sign, and who may change that, as a person writes it."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trucekeeper.kernel import b64
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant, Interval, format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record.keyset import Holder, HolderKey, KeySet, Role
from trucekeeper.record.root import Root

_FILE = "the file of holders"


@dataclass(frozen=True, slots=True)
class Listed:
    """What the file says; ``root`` is None where it has no ``[root]``."""

    holders: tuple[Holder, ...]
    root: Root | None


def read(data: bytes) -> Listed:
    """Read ``[[holder]]`` tables: id, role, party, public, from, until; and ``[root]``: threshold and keys.

    A holder with several keys has a table for each; party and until may be left out.
    """
    try:
        table: dict[str, Json] = tomllib.loads(text(data, _FILE))
    except tomllib.TOMLDecodeError as error:
        msg = f"{_FILE} cannot be read ({error}); correct it"
        raise BadInput(msg) from error
    fields = Fields({"root": None, **table}, _FILE).only("holder", "root")
    found: dict[str, Holder] = {}
    for one in fields.array("holder"):
        if not isinstance(one, dict):
            msg = f"{_FILE}: a holder is no table; write [[holder]] above its lines"
            raise BadInput(msg)
        made = _holder(Fields({"party": None, "until": None, **one}, f"{_FILE}, [[holder]]"))
        found[made.id] = _joined(found[made.id], made) if made.id in found else made
    return Listed(tuple(found.values()), None if fields.is_null("root") else _root(fields.object("root")))


def written(keys: KeySet) -> Iterator[str]:
    """The lines of a file that :func:`read` reads back, as the key set is now."""
    if keys.root.keys:
        yield from ("[root]", f"threshold = {keys.root.threshold}", "keys = [")
        yield from (f'    "{b64.encode(one)}",' for one in keys.root.keys)
        yield "]"
    for holder in keys.holders:
        for key in holder.keys:
            yield from ("", "[[holder]]", f'id = "{holder.id}"', f'role = "{holder.role.value}"')
            if holder.party is not None:
                yield f'party = "{holder.party}"'
            yield f'public = "{b64.encode(key.public)}"'
            yield f'from = "{format_utc(key.valid.start)}"'
            if key.valid.end is not None:
                yield f'until = "{format_utc(key.valid.end)}"'


def text(data: bytes, what: str) -> str:
    """The text of a file that a person wrote."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        msg = f"{what} is not UTF-8 at byte {error.start}; save it as plain text"
        raise BadInput(msg) from error


def roles(among: Iterable[Role] = Role) -> str:
    """The roles, as a sentence lists them."""
    return ", ".join(one.value for one in among)


def _root(one: Fields) -> Root:
    one.only("threshold", "keys")
    public = tuple(b64.decode(key, "a root key", 32) for key in one.texts("keys"))
    return Root(public, one.whole("threshold"))


def _holder(one: Fields) -> Holder:
    one.only("id", "role", "party", "public", "from", "until")
    until = one.text_or_none("until")
    valid = Interval(_moment(one, "from"), None if until is None else _moment(one, "until"))
    key = HolderKey(b64.decode(one.text("public"), "a holder's public key", 32), valid)
    known = {role.value: role for role in Role}
    if one.text("role") not in known:
        msg = f"{_FILE}: the role {one.text('role')[:40]!a} does not exist; use one of {roles()}"
        raise BadInput(msg)
    return Holder(one.text("id"), known[one.text("role")], one.text_or_none("party"), (key,))


def _joined(one: Holder, other: Holder) -> Holder:
    if (one.role, one.party) != (other.role, other.party):
        msg = f"{_FILE}: {one.id} has two roles or parties; give each holder one, and an id for each"
        raise BadInput(msg)
    return Holder(one.id, one.role, one.party, (*one.keys, *other.keys))


def _moment(one: Fields, name: str) -> Instant:
    try:
        return parse_utc(one.text(name))
    except BadInput as error:
        msg = f"{_FILE}, {one.text('id')[:40]}, {name}: {error}"
        raise BadInput(msg) from error
