"""Who may sign what, and when: the key sets of a record, each in force for the entries after its own.

The first is entry 0. In the manner of TUF's root metadata, each later one names the one before by digest, counts one
version up, and bears as many root signatures as the thresholds of the old and of the new set ask for. A key that is
left out admits nothing any more; what it signed before stays what it was.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from trucekeeper.kernel import b64, keys, note
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant, Interval, format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput, NotPermitted, NotTrusted
from trucekeeper.record import checkpoint, root
from trucekeeper.record.entry import Entry
from trucekeeper.record.policy import Policy
from trucekeeper.record.role import LIAISON_MAY_SAY, MAY_SIGN, OF_PARTIES, Role
from trucekeeper.record.root import NOBODY, Root, Signed

__all__ = ["LIAISON_MAY_SAY", "MAY_SIGN", "Holder", "HolderKey", "KeySet", "KeySets", "Mandate", "Role"]

KIND = "keyset/v1"
PAYLOAD_TYPE = "application/vnd.trucekeeper.keyset+json"
"""The DSSE type of every root signature."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


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
            msg = f"the holder {self.id} is a {self.role.value}; name a party for a liaison or a replay alone"
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
    root: Root = NOBODY
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

    def role(self, key_id: str) -> Role:
        """What the holder of a key is to the office, in force or not; NotTrusted for a key of nobody."""
        found = self._mandates.get(key_id)
        if found is None:
            msg = f"the key {key_id} is in nobody's mandate; sign with a key of the record's key set"
            raise NotTrusted(msg)
        return found.role

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


@dataclass(frozen=True, slots=True)
class KeySets:
    """The key sets of one record: the index of each one's entry, and the set, in order. The first is at 0."""

    changes: tuple[tuple[int, KeySet], ...]

    @classmethod
    def begun(cls, first: KeySet) -> "KeySets":
        """The history of a record that has its first key set only."""
        return cls(((0, first),))

    @property
    def latest(self) -> KeySet:
        """The set in force for the next entry."""
        return self.changes[-1][1]

    @property
    def last(self) -> int:
        """The index of the entry of the latest set."""
        return self.changes[-1][0]

    def at(self, index: int) -> KeySet:
        """The set in force for the entry at ``index``; a change is itself admitted by the set before it."""
        return self.changes[max(0, bisect_left(self.changes, index, key=lambda one: one[0]) - 1)][1]

    def changed(self, index: int, new: KeySet) -> "KeySets":
        """The history with ``new`` at ``index``; NotTrusted where it may not succeed the latest."""
        if index <= self.last:
            msg = f"a change of keys at entry {index} does not come after the one at entry {self.last}; read in order"
            raise BadInput(msg)
        succeeds(new, self.latest)
        return KeySets((*self.changes, (index, new)))


def succeeds(new: KeySet, old: KeySet) -> None:
    """NotTrusted unless ``new`` is the next version after ``old``, signed by both thresholds of root keys."""
    comes_next(new, old)
    if missing := lacking(new, old):
        msg = f"a change of keys lacks {' and '.join(missing)}; let their holders sign the proposal"
        raise NotTrusted(msg)


def comes_next(new: KeySet, old: KeySet) -> None:
    """NotTrusted unless ``new`` is of the same log, names ``old`` as the one before it, and ``old`` can be changed."""
    if (new.origin, new.vkey) != (old.origin, old.vkey):
        msg = "a change of keys is for another log; propose it for this one, whose log key never changes"
        raise NotTrusted(msg)
    if new.version != old.version + 1 or new.previous is None or new.previous != old.digest:
        msg = (
            f"a change of keys to version {new.version} does not follow version {old.version}, which is in force; "
            "propose it anew on that"
        )
        raise NotTrusted(msg)
    if old.root.threshold == 0:
        msg = "this record's key set has no root keys, so nobody can change it; begin a new log that continues this one"
        raise NotTrusted(msg)


def lacking(new: KeySet, old: KeySet | None) -> tuple[str, ...]:
    """The root signatures that are missing, in words; ``old`` is None for a first set, which needs its own alone.

    NotTrusted for a signature that is of no root key of the two sets, or does not hold.
    """
    sets = [("new", new.root)] if old is None else [("old", old.root), ("new", new.root)]
    known = {keys.key_id(one): one for _, asked in sets for one in asked.keys}
    signed = root.checked(PAYLOAD_TYPE, body(new), new.signatures, known)
    return tuple(
        f"{asked.threshold - len(asked.ids & signed)} of {asked.threshold} root signatures of the {which} set"
        for which, asked in sets
        if len(asked.ids & signed) < asked.threshold
    )


def begins(first: KeySet) -> None:
    """NotTrusted unless ``first`` is a version 1 that meets its own threshold, where it has root keys."""
    if first.version != 1:
        msg = f"a record begins with version {first.version} of its key set; begin it with version 1"
        raise NotTrusted(msg)
    if missing := lacking(first, None):
        msg = f"the first key set lacks {' and '.join(missing)}; let their holders sign it"
        raise NotTrusted(msg)


def follows(first: KeySet, note_: bytes, vkey: str) -> checkpoint.Checkpoint:
    """The last checkpoint of the former log, which ``first`` continues; NotTrusted where it does not continue that.

    ``note_`` is that checkpoint as a signed note, ``vkey`` the former log's verifier key.
    """
    former = checkpoint.verified(note_, vkey)
    if first.continues is None or first.continues.encode() != note_:
        msg = f"the log {first.origin} does not continue this checkpoint of {former.origin}; ask for the right one"
        raise NotTrusted(msg)
    if note.Verifier.parse(first.vkey).public == note.Verifier.parse(vkey).public:
        msg = f"the log {first.origin} continues {former.origin} with the same key; make a new log key"
        raise NotTrusted(msg)
    return former


def body(keyset: KeySet) -> dict[str, Json]:
    """The body of ``keyset/v1``."""
    return {
        "continues": keyset.continues,
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
        "policy": keyset.policy,
        "previous": keyset.previous,
        "root": {
            "keys": [b64.encode(one) for one in keyset.root.keys],
            "threshold": keyset.root.threshold,
        },
        root.FIELD: root.written(keyset.signatures),
        "version": keyset.version,
        "vkey": keyset.vkey,
    }


def of(entry: Entry) -> KeySet:
    """The key set that an entry brings; whether it may come into force, :func:`succeeds` says."""
    return read(entry.body, entry.digest)


def read(value: Mapping[str, Json], digest: str | None = None) -> KeySet:
    """The key set that a body of ``keyset/v1`` holds; BadInput names what is wrong in it."""
    names = ("continues", "holders", "origin", "policy", "previous", "root", root.FIELD, "version", "vkey")
    fields = Fields(value, "a key set").only(*names)
    rooted = fields.object("root").only("keys", "threshold")
    return KeySet(
        origin=fields.text("origin"),
        vkey=fields.text("vkey"),
        holders=tuple(_holder(one) for one in fields.objects("holders")),
        root=Root(
            tuple(_public(one, "a root key") for one in rooted.texts("keys")), rooted.whole("threshold")
        ),
        policy=fields.text_or_none("policy"),
        version=fields.whole("version"),
        previous=fields.text_or_none("previous"),
        continues=fields.text_or_none("continues"),
        signatures=root.read(fields),
        digest=digest,
    )


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
    public = _public(fields.text("public"), "a key set's public key")
    until = fields.text_or_none("until")
    valid = Interval(parse_utc(fields.text("from")), None if until is None else parse_utc(until))
    return HolderKey(public, valid)


def _public(text: str, what: str) -> bytes:
    return b64.decode(text, what, keys.PUBLIC_BYTES)


def _check_continues(keys_: KeySet) -> None:
    if keys_.continues is None:
        return
    if keys_.version != 1:
        msg = "a key set says anew which log it continues; only the first version does"
        raise BadInput(msg)
    former = checkpoint.parse(note.parse(keys_.continues.encode()).text)
    if former.origin == keys_.origin:
        msg = "a key set continues a log of its own name; give the new log another origin"
        raise BadInput(msg)


def _refuse_shared(keys_: KeySet, log: note.Verifier) -> None:
    """One key, one purpose: whoever holds two could act as two."""
    used = [(log.public, "the log"), *((one, "a root key") for one in keys_.root.keys)]
    used += [(key.public, holder.id) for holder in keys_.holders for key in holder.keys]
    if keys_.policy is not None:
        policy = Policy.parse(keys_.policy)
        if policy.log != log:
            msg = "the witness policy of a key set is of another log; write this log's vkey in it"
            raise BadInput(msg)
        used += [(one.public, f"the witness {name}") for name, one in policy.keys.items()]
    seen: dict[bytes, str] = {}
    for public, what in used:
        if public in seen:
            msg = (
                f"the key {keys.key_id(public)} stands twice in a key set, for {seen[public]} and for {what}; "
                "give each purpose a key of its own"
            )
            raise BadInput(msg)
        seen[public] = what
