"""Who may sign what, and when: the key set that is entry 0 of every record.

At present only entry 0 may be a key set: keys that are to be added or withdrawn later need the thresholds of
the old and the new set, which come with a later release. A holder's keys for coming periods can be listed
from the start.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from trucekeeper.kernel import b64, keys, note
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant, Interval, format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput, NotPermitted, NotTrusted

KIND = "keyset/v1"

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Role(Enum):
    """What a holder is to the office."""

    OFFICE = "office"
    MONITOR = "monitor"
    PANEL = "panel"
    LIAISON = "liaison"
    GUARANTOR = "guarantor"
    NOTIFIER = "notifier"
    SENSOR = "sensor"
    MANDATOR = "mandator"
    REPLAY = "replay"


MAY_SIGN: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        KIND: frozenset({Role.OFFICE}),
        "agreement/v1": frozenset({Role.OFFICE}),
        "source/v1": frozenset({Role.OFFICE}),
        "observation/v1": frozenset({Role.OFFICE, Role.MONITOR, Role.SENSOR, Role.LIAISON, Role.GUARANTOR}),
        "batch/v1": frozenset({Role.OFFICE, Role.MONITOR, Role.SENSOR, Role.LIAISON}),
        "incident/v1": frozenset({Role.OFFICE, Role.MONITOR}),
        "finding/v1": frozenset({Role.OFFICE}),
        "invitation/v1": frozenset({Role.OFFICE}),
        "reply/v1": frozenset({Role.LIAISON}),
        "vote/v1": frozenset({Role.PANEL}),
        "erratum/v1": frozenset({Role.OFFICE, Role.PANEL}),
        "report/v1": frozenset({Role.OFFICE}),
        "approval/v1": frozenset({Role.OFFICE, Role.PANEL, Role.GUARANTOR}),
        "release/v1": frozenset({Role.OFFICE}),
        "erasure/v1": frozenset({Role.OFFICE}),
        "consent/v1": frozenset({Role.OFFICE, Role.MONITOR}),
        "waiver/v1": frozenset({Role.MANDATOR}),
        "referral/v1": frozenset({Role.OFFICE, Role.MONITOR}),
        "custody/v1": frozenset({Role.OFFICE, Role.MONITOR, Role.PANEL}),
        "cosigned/v1": frozenset({Role.OFFICE}),
        "replay/v1": frozenset({Role.REPLAY}),
    }
)
"""The kinds that exist, and the roles that may sign each; what is not listed, nobody may sign."""

LIAISON_MAY_SAY = frozenset({"claim", "denial"})
"""The kinds of observation that a party's liaison may sign: a party claims and denies, it does not monitor."""


@dataclass(frozen=True, slots=True)
class HolderKey:
    """A public key, 32 bytes, and the period in which its holder may sign with it."""

    public: bytes
    valid: Interval

    def __post_init__(self) -> None:
        if not keys.sound(self.public):
            msg = "a key set holds a public key that no single holder can own; make a new Ed25519 key"
            raise BadInput(msg)

    @property
    def key_id(self) -> str:
        """The name that entries call it by."""
        return keys.key_id(self.public)


@dataclass(frozen=True, slots=True)
class Holder:
    """A person, office or device; a liaison speaks for ``party``, the others may not speak for one."""

    id: str
    role: Role
    party: str | None
    keys: tuple[HolderKey, ...]

    def __post_init__(self) -> None:
        for name in (self.id, self.party or "none"):
            if not _ID.fullmatch(name):
                msg = f"the name {name[:40]!a} in a key set is not an id; use a-z, 0-9, '.', '_' and '-'"
                raise BadInput(msg)
        if (self.party is not None) != (self.role is Role.LIAISON):
            msg = f"the holder {self.id} is a {self.role.value}; name a party for a liaison, and for nobody else"
            raise BadInput(msg)


@dataclass(frozen=True, slots=True)
class Mandate:
    """The right by which one entry was signed."""

    holder: str
    role: Role
    party: str | None
    key: HolderKey
    valid: Interval

    def may_sign(self, kind: str) -> bool:
        """Whether the role may sign entries of ``kind``."""
        return self.role in MAY_SIGN.get(kind, frozenset())


@dataclass(frozen=True, slots=True)
class KeySet:
    """Every key that the record will take an entry from. No two holders share a key or an id."""

    origin: str
    vkey: str
    holders: tuple[Holder, ...]
    _mandates: Mapping[str, Mandate] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        log = note.Verifier.parse(self.vkey)
        if log.name != self.origin:
            msg = "a key set's log key bears another name than its origin; use the vkey of this log"
            raise BadInput(msg)
        mandates: dict[str, Mandate] = {}
        used = {keys.key_id(log.public)}
        for holder in self.holders:
            for key in holder.keys:
                if key.key_id in used:
                    msg = (
                        f"the key {key.key_id} stands twice in a key set; give each holder a key of their own"
                    )
                    raise BadInput(msg)
                used.add(key.key_id)
                mandates[key.key_id] = Mandate(holder.id, holder.role, holder.party, key, key.valid)
        if len({holder.id for holder in self.holders}) != len(self.holders):
            msg = "two holders of a key set share an id; give each an id of their own"
            raise BadInput(msg)
        object.__setattr__(self, "_mandates", MappingProxyType(mandates))

    def mandate(self, key_id: str, at: Instant) -> Mandate:
        """The mandate that ``key_id`` signs by at ``at``; NotTrusted where there is none."""
        found = self._mandates.get(key_id)
        if found is None:
            msg = f"the key {key_id} is in nobody's mandate; sign with a key of the record's key set"
            raise NotTrusted(msg)
        if at < found.valid.start:
            msg = (
                f"the mandate of {found.holder} begins at {format_utc(found.valid.start)}, after the time of "
                "signing; sign within it"
            )
            raise NotTrusted(msg)
        if not found.valid.holds(at):
            msg = f"the mandate of {found.holder} had ended at the time of signing; sign with a key still in force"
            raise NotTrusted(msg)
        return found

    def permitted(self, key_id: str, kind: str, at: Instant) -> Mandate:
        """As :meth:`mandate`, for a holder whose role may sign ``kind``; else NotPermitted."""
        found = self.mandate(key_id, at)
        if kind not in MAY_SIGN:
            msg = f"the kind {kind!r} is not known to this release; use one of {', '.join(sorted(MAY_SIGN))}"
            raise BadInput(msg)
        if not found.may_sign(kind):
            msg = f"{found.holder} is a {found.role.value} and may not sign {kind}; let one whose role may sign it"
            raise NotPermitted(msg)
        return found


def body(keyset: KeySet) -> dict[str, Json]:
    """The body of ``keyset/v1``."""
    return {
        "holders": [
            {
                "id": holder.id,
                "keys": [
                    {
                        "from": format_utc(key.valid.start),
                        "public": b64.encode(key.public),
                        "until": None if key.valid.end is None else format_utc(key.valid.end),
                    }
                    for key in holder.keys
                ],
                "party": holder.party,
                "role": holder.role.value,
            }
            for holder in keyset.holders
        ],
        "origin": keyset.origin,
        "vkey": keyset.vkey,
    }


def read(value: Mapping[str, Json]) -> KeySet:
    """The key set that a body of ``keyset/v1`` holds; BadInput names what is wrong in it."""
    fields = Fields(value, "a key set").only("holders", "origin", "vkey")
    holders = tuple(_holder(one) for one in fields.objects("holders"))
    return KeySet(fields.text("origin"), fields.text("vkey"), holders)


def _holder(fields: Fields) -> Holder:
    fields.only("id", "keys", "party", "role")
    named = fields.text("role")
    roles = {role.value: role for role in Role}
    if named not in roles:
        msg = f"a key set: the role {named[:40]!a} does not exist; use one of {', '.join(roles)}"
        raise BadInput(msg)
    held = tuple(_key(one) for one in fields.objects("keys"))
    return Holder(fields.text("id"), roles[named], fields.text_or_none("party"), held)


def _key(fields: Fields) -> HolderKey:
    fields.only("from", "public", "until")
    public = b64.decode(fields.text("public"), "a key set's public key", keys.PUBLIC_BYTES)
    until = fields.text_or_none("until")
    valid = Interval(parse_utc(fields.text("from")), None if until is None else parse_utc(until))
    return HolderKey(public, valid)
