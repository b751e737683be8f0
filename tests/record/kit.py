"""A small office for the record's tests: its people, its key set, and entries that they sign."""

import hashlib
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, Interval, SetClock, parse_utc
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.kernel.note import Verifier
from trucekeeper.record import batch, keyset, root
from trucekeeper.record.entry import opened, seal
from trucekeeper.record.keyset import Holder, HolderKey, KeySet, Role
from trucekeeper.record.recheck import Rechecked, recheck
from trucekeeper.record.root import Root
from trucekeeper.stores.sql_reader import SqlReader
from trucekeeper.stores.sql_record import LAZY, SqlRecord, Terms
from trucekeeper.stores.tile_folder import TileFolder

ORIGIN = "lake.example/log"
NOW = parse_utc("2026-03-01T12:00:00.000Z")
DAY_MS = 86_400_000
YEAR = Interval(Instant(NOW - 100 * DAY_MS), Instant(NOW + 265 * DAY_MS))
OVER = Interval(Instant(NOW - 100 * DAY_MS), Instant(NOW - 10 * DAY_MS))
AHEAD = Interval(Instant(NOW + 10 * DAY_MS), None)


def signer(name: str) -> Ed25519Signer:
    """A key that is the same in every run."""
    return Ed25519Signer(hashlib.sha256(name.encode()).digest())


LOG = signer("log")
PEOPLE: dict[str, tuple[Role, str | None, Interval]] = {
    "office": (Role.OFFICE, None, YEAR),
    "monitor-1": (Role.MONITOR, None, YEAR),
    "sensor-1": (Role.SENSOR, None, YEAR),
    "panel-1": (Role.PANEL, None, YEAR),
    "guarantor-1": (Role.GUARANTOR, None, YEAR),
    "notifier-1": (Role.NOTIFIER, None, YEAR),
    "liaison-a": (Role.LIAISON, "party-a", YEAR),
    "liaison-b": (Role.LIAISON, "party-b", YEAR),
    "monitor-gone": (Role.MONITOR, None, OVER),
    "monitor-next": (Role.MONITOR, None, AHEAD),
}


def keyset_of(
    origin: str = ORIGIN, log: Ed25519Signer = LOG, names: Iterable[str] = PEOPLE, **more: object
) -> KeySet:
    """The key set of ``names`` among PEOPLE; ``more`` are further fields of it."""
    holders = tuple(
        Holder(name, role, party, (HolderKey(signer(name).public, valid),))
        for name, (role, party, valid) in PEOPLE.items()
        if name in names
    )
    return KeySet(origin, Verifier(origin, log.public).vkey, holders, **more)  # type: ignore[arg-type]


VKEY = keyset_of().vkey


def uid(number: int) -> str:
    return f"{number:032x}"


def genesis(origin: str = ORIGIN, log: Ed25519Signer = LOG) -> bytes:
    return seal(signer("office"), keyset.KIND, origin, uid(0), NOW, keyset.body(keyset_of(origin, log)))


ROOT = Root((signer("root-1").public, signer("root-2").public), 2)


def changeable() -> bytes:
    """An entry 0 whose key set two root keys may change."""
    return _sealed_keys(_rooted(keyset_of(root=ROOT)), 0)


def changed(before: bytes, without: str, number: int) -> bytes:
    """A change of the key set that entry ``before`` holds: one of PEOPLE is left out."""
    old = keyset.of(opened(before))
    names = [holder.id for holder in old.holders if holder.id != without]
    new = keyset_of(names=names, root=ROOT, version=old.version + 1, previous=opened(before).digest)
    return _sealed_keys(_rooted(new), number)


def _rooted(keys: KeySet) -> KeySet:
    signed = [
        root.sign(signer(name), keyset.PAYLOAD_TYPE, keyset.body(keys)) for name in ("root-1", "root-2")
    ]
    return replace(keys, signatures=tuple(sorted(signed, key=lambda one: one.key)))


def _sealed_keys(keys: KeySet, number: int) -> bytes:
    return seal(signer("office"), keyset.KIND, keys.origin, uid(number), NOW, keyset.body(keys))


_NUMBERS = itertools.count(1_000_000)


def report(number: int = 0, kind: str = "report") -> dict[str, Json]:
    return {"kind": kind, "note": "shelling heard \u2014 north", "source": "patrol-1", "uid": f"r{number}"}


def sealed(
    who: str = "monitor-1",
    kind: str = "observation/v1",
    body: dict[str, Json] | None = None,
    at: Instant = NOW,
    origin: str = ORIGIN,
    number: int | None = None,
) -> bytes:
    """An entry by one of PEOPLE, or by a stranger of any other name."""
    named = uid(next(_NUMBERS) if number is None else number)
    return seal(signer(who), kind, origin, named, at, report() if body is None else body)


def repeatable(seed: bytes = b"salts") -> Callable[[int], bytes]:
    """Salts that are the same in every run."""
    numbers = itertools.count()

    def draw(size: int) -> bytes:
        return hashlib.shake_256(seed + next(numbers).to_bytes(8, "big")).digest(size)

    return draw


@dataclass(frozen=True)
class Prepared:
    """A batch as its author hands it in."""

    envelope: bytes
    rows: tuple[bytes, ...]
    salts: tuple[bytes, ...]
    stated: batch.Batch


def prepared(
    count: int, who: str = "sensor-1", kind: str = "detection", number: int | None = None
) -> Prepared:
    rows = tuple(canon.encode(report(row, kind)) for row in range(count))
    salts = batch.draw_salts(count, repeatable(b"rows"))
    made = batch.prepare(
        rows, salts, feed="fires", file_sha256="ab" * 32, importer="own-csv/1", source="satellite"
    )
    return Prepared(sealed(who, batch.KIND, batch.body(made), number=number), rows, salts, made)


def new_record(
    folder: Path, clock: SetClock | None = None, terms: Terms = LAZY, first: bytes | None = None
) -> SqlRecord:
    office, entry_0 = folder / "office", first or genesis()
    return SqlRecord.create(office, LOG, entry_0, clock or SetClock(NOW), repeatable(), terms)


def reopened(folder: Path, clock: SetClock | None = None, terms: Terms = LAZY) -> SqlRecord:
    return SqlRecord.open(folder / "office", LOG, clock or SetClock(NOW), repeatable(b"again"), terms)


def rechecked(folder: Path, queue: str | None = None) -> Rechecked:
    """What a check of the whole record finds, as anybody who may read it makes it."""
    office = folder / "office"
    return recheck(partial(SqlReader, office, queue), TileFolder(office / "log"))
