"""Admission on the way into a record: many signatures at once, and again where the key set has changed meanwhile."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, TruceError
from trucekeeper.record import admission, amendment, batch
from trucekeeper.record.admission import Admitted
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import KeySet

GROUP_ENTRIES = 1_024
_THREADS = min(4, os.cpu_count() or 1)
_WORTH_THREADS = 16

_Check = tuple[int, bytes, KeySet, Instant, int]


@dataclass(frozen=True, slots=True)
class Work:
    """Entries that enter together, admitted under ``keys``; only a lone batch entry has rows.

    ``change`` is the key set that a lone change brings into force.
    """

    envelopes: tuple[bytes, ...]
    entries: tuple[Entry, ...]
    keys: KeySet
    rows: Sequence[bytes] = ()
    salts: Sequence[bytes] = ()
    hashes: tuple[bytes, ...] = ()
    change: KeySet | None = None


class Admitting:
    """Checks what wants to enter the record of ``origin``."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="admission")

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown()

    def entries(self, envelopes: Sequence[bytes], keys: KeySet, now: Instant) -> Work:
        """Entries without rows; the error says which one is refused, and why."""
        if len(envelopes) > GROUP_ENTRIES:
            msg = f"{len(envelopes)} entries were sent at once; send at most {GROUP_ENTRIES}"
            raise BadInput(msg)
        checks = [(number, one, keys, now, len(envelopes)) for number, one in enumerate(envelopes)]
        if len(checks) < _WORTH_THREADS:
            admitted = self._part(checks)
        else:
            admitted = [one for part in self._pool.map(self._part, _parts(checks)) for one in part]
        _refuse_twins([one.entry for one in admitted])
        for number, one in enumerate(admitted, start=1):
            if one.entry.kind == batch.KIND:
                msg = f"entry {number} of {len(admitted)} is a batch without its rows; append it by itself with them"
                raise BadInput(msg)
            if one.change is not None and len(admitted) > 1:
                msg = f"entry {number} of {len(admitted)} changes the key set; append it by itself"
                raise BadInput(msg)
        found = tuple(one.entry for one in admitted)
        return Work(tuple(envelopes), found, keys, change=admitted[0].change)

    def batch(
        self, envelope: bytes, rows: Sequence[bytes], salts: Sequence[bytes], keys: KeySet, now: Instant
    ) -> Work:
        """A batch entry with its rows."""
        admitted = admission.admit(envelope, keys, self._origin, now)
        if admitted.entry.kind != batch.KIND:
            msg = f"rows came with an entry of kind {admitted.entry.kind}; only a batch has rows"
            raise BadInput(msg)
        hashes = admission.admit_rows(admitted.entry, admitted.mandate, rows, salts)
        return Work((envelope,), (admitted.entry,), keys, tuple(rows), tuple(salts), hashes)

    def again(self, work: Work, keys: KeySet, now: Instant) -> Work:
        """The same work, admitted under ``keys``."""
        if work.keys is keys:
            return work
        if work.rows:
            return self.batch(work.envelopes[0], work.rows, work.salts, keys, now)
        return self.entries(work.envelopes, keys, now)

    def _part(self, checks: Sequence[_Check]) -> list[Admitted]:
        return [self._one(*check) for check in checks]

    def _one(self, number: int, envelope: bytes, keys: KeySet, now: Instant, count: int) -> Admitted:
        try:
            return admission.admit(envelope, keys, self._origin, now)
        except TruceError as error:
            if count == 1:
                raise
            msg = f"entry {number + 1} of {count}: {error}"
            raise type(error)(msg) from error


def in_order(entries: Sequence[Entry], agreed: str | None) -> str | None:
    """The digest of the agreement in force after ``entries``, before which it was ``agreed``; else NotTrusted."""
    for one in entries:
        if one.kind == amendment.KIND:
            amendment.in_order(one, agreed)
            agreed = one.digest
    return agreed


def _parts(checks: Sequence[_Check]) -> list[Sequence[_Check]]:
    step = -(-len(checks) // _THREADS)
    return [checks[at : at + step] for at in range(0, len(checks), step)]


def _refuse_twins(entries: Sequence[Entry]) -> None:
    seen: dict[str, int] = {}
    for number, one in enumerate(entries, start=1):
        if one.uid in seen:
            msg = f"entries {seen[one.uid]} and {number} share the uid {one.uid}; give each entry its own"
            raise Conflict(msg)
        seen[one.uid] = number
