"""Who may sign what, and when: the key sets of a record, each in force for the entries after its own.

The first is entry 0. In the manner of TUF's root metadata, each later one names the one before by digest, counts one
version up, and bears as many root signatures as the thresholds of the old and of the new set ask for. A key that is
left out admits nothing any more; what it signed before stays what it was.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from trucekeeper.kernel import b64, keys, note
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant, Interval, format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput, NotPermitted, NotTrusted
from trucekeeper.record import checkpoint, root
from trucekeeper.record.entry import Entry
from trucekeeper.record.policy import Policy
from trucekeeper.record.root import Root, Signed

KIND = "keyset/v1"
PAYLOAD_TYPE = "application/vnd.trucekeeper.keyset+json"
"""The DSSE type of every root signature."""

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


OF_PARTIES = frozenset({Role.LIAISON, Role.REPLAY})
"""The roles whose holders act for a party."""


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
    """A person, office or device; a liaison and a replayer act for ``party``, the others may act for none."""

    id: str
    role: Role
    party: str | None
    keys: tuple[HolderKey, ...]

    def __post_init__(self) -> None:
        for name in (self.id, self.party or "none"):
            if not _ID.fullmatch(name):
                msg = f"the name {name[:40]!a} in a key set is not an id; use a-z, 0-9, '.', '_' and '-'"
                raise BadInput(msg)
        if (self.party is not None) != (self.role in OF_PARTIES):
            msg = f"the holder {self.id} is a {self.role.value}; name a party for a liaison or replay, and for nobody else"
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
    """Every key that the record takes an entry from, and who may change that. No key serves two purposes.

    ``policy`` is the text of the witness policy. ``previous`` is the digest of the entry of the version before,
    ``continues`` the last checkpoint (a signed note) of the log that this one takes over from; ``digest`` is that of
    the set's own entry, once it is one.
    """

    origin: str
    vkey: str
    holders: tuple[Holder, ...]
    root: Root = Root()
    policy: str | None = None
    version: int = 1
    previous: str | None = None
    continues: str | None = None
    signatures: tuple[Signed, ...] = ()
    digest: str | None = field(default=None, compare=False)
    _mandates: Mapping[str, Mandate] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        log = note.Verifier.parse(self.vkey)
        if log.name != self.origin:
            msg = "a key set's log key bears another name than its origin; use the vkey of this log"
            raise BadInput(msg)
        if len({holder.id for holder in self.holders}) != len(self.holders):
            msg = "two holders of a key set share an id; give each an id of their own"
            raise BadInput(msg)
        if self.version < 1 or (self.version == 1) != (self.previous is None):
            msg = "a key set is version 1, or names the entry of the version before it; correct its version"
            raise BadInput(msg)
        _check_continues(self)
        _refuse_shared(self, log)
        mandates = {
            key.key_id: Mandate(holder.id, holder.role, holder.party, key, key.valid)
            for holder in self.holders
            for key in holder.keys
        }
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
