"""Key sets with root keys, changes of them, and amendments, signed by whom a test says."""

import itertools
from collections.abc import Iterable
from dataclasses import replace

from tests.record.kit import DAY_MS, LOG, NOW, ORIGIN, PEOPLE, signer
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.kernel.note import Verifier
from trucekeeper.record import admission, amendment, entry, keyset, root
from trucekeeper.record.keyset import Holder, HolderKey, KeySet, Role
from trucekeeper.record.root import Root

SINCE = Interval(Instant(NOW - 100 * DAY_MS), None)
_UIDS = itertools.count(2 * 10**9)


def rooted(threshold: int, *names: str) -> Root:
    return Root(tuple(signer(one).public for one in names), threshold)


TWO_OF_THREE = rooted(2, "root-1", "root-2", "root-3")


def holder(name: str, role: Role | None = None, party: str | None = None, *key_names: str) -> Holder:
    """One of PEOPLE as they are there, or somebody new; keys are named after their holder unless told otherwise."""
    if role is None:
        role, party, _ = PEOPLE[name]
    held = tuple(HolderKey(signer(one).public, SINCE) for one in key_names or (name,))
    return Holder(name, role, party, held)


STAFF = tuple(
    holder(one) for one in ("office", "monitor-1", "panel-1", "guarantor-1", "liaison-a", "liaison-b")
)
GUARANTORS = tuple(holder(f"guarantor-{number}", Role.GUARANTOR) for number in (1, 2, 3))


def signed(keys: KeySet, by: Iterable[str]) -> KeySet:
    """The set with the signatures of ``by``, in place of any that it had."""
    bare = replace(keys, signatures=())
    made = [root.sign(signer(one), keyset.PAYLOAD_TYPE, keyset.body(bare)) for one in by]
    return replace(bare, signatures=tuple(sorted(made, key=lambda one: one.key)))


def sealed_set(keys: KeySet, by: str = "office", at: Instant = NOW) -> bytes:
    return entry.seal(signer(by), keyset.KIND, keys.origin, f"{next(_UIDS):032x}", at, keyset.body(keys))


def first(
    holders: Iterable[Holder] = STAFF,
    root_: Root = TWO_OF_THREE,
    by: Iterable[str] = ("root-1", "root-2"),
    log: Ed25519Signer = LOG,
    origin: str = ORIGIN,
    **other: str | None,
) -> tuple[bytes, KeySet]:
    """A first key set: its envelope, and the set that admission gives."""
    made = KeySet(origin, Verifier(origin, log.public).vkey, tuple(holders), root_, **other)
    envelope = sealed_set(signed(made, by))
    return envelope, admission.admit_genesis(envelope, origin)


def next_of(
    old: KeySet,
    holders: Iterable[Holder] | None = None,
    root_: Root | None = None,
    by: Iterable[str] = ("root-1", "root-2"),
    **other: str | None,
) -> KeySet:
    """The version after ``old``, signed by ``by``."""
    made = replace(
        old,
        holders=old.holders if holders is None else tuple(holders),
        root=old.root if root_ is None else root_,
        version=old.version + 1,
        previous=old.digest,
        continues=None,
        digest=None,
        **other,
    )
    return signed(made, by)


def amended(former: str, by: Iterable[str], text: str = "second", **other: Json) -> bytes:
    """An amendment of the agreement whose entry has the digest ``former``, sealed by the office."""
    body: dict[str, Json] = {
        "id": text,
        "digest": "ab" * 32,
        amendment.AMENDS: former,
        root.FIELD: [],
        **other,
    }
    made = [root.sign(signer(one), amendment.PAYLOAD_TYPE, body) for one in by]
    body = {**body, root.FIELD: root.written(made)}
    return entry.seal(signer("office"), amendment.KIND, ORIGIN, f"{next(_UIDS):032x}", NOW, body)
