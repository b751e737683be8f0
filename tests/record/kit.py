"""A small office for the record's tests: its people, its key set, and entries that they sign."""

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, Interval, SetClock, parse_utc
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.kernel.note import Verifier
from trucekeeper.record import batch, keyset
from trucekeeper.record.entry import seal
from trucekeeper.record.keyset import Holder, HolderKey, KeySet, Role
from trucekeeper.record.recheck import Rechecked, recheck
from trucekeeper.stores.sql_reader import SqlReader
from trucekeeper.stores.sql_record import SqlRecord, Terms
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


def keyset_of(origin: str = ORIGIN, log: Ed25519Signer = LOG) -> KeySet:
    holders = tuple(
        Holder(name, role, party, (HolderKey(signer(name).public, valid),))
        for name, (role, party, valid) in PEOPLE.items()
    )
    return KeySet(origin, Verifier(origin, log.public).vkey, holders)


VKEY = keyset_of().vkey


def uid(number: int) -> str:
    return f"{number:032x}"


def genesis(origin: str = ORIGIN, log: Ed25519Signer = LOG) -> bytes:
    return seal(signer("office"), keyset.KIND, origin, uid(0), NOW, keyset.body(keyset_of(origin, log)))


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


def new_record(folder: Path, clock: SetClock | None = None, terms: Terms = Terms()) -> SqlRecord:
    return SqlRecord.create(folder / "office", LOG, genesis(), clock or SetClock(NOW), repeatable(), terms)


def reopened(folder: Path, clock: SetClock | None = None, terms: Terms = Terms()) -> SqlRecord:
    return SqlRecord.open(folder / "office", LOG, clock or SetClock(NOW), repeatable(b"again"), terms)


def rechecked(folder: Path, queue: str | None = None) -> Rechecked:
    """What a check of the whole record finds, as anybody who may read it makes it."""
    office = folder / "office"
    return recheck(partial(SqlReader, office, queue), TileFolder(office / "log"))
