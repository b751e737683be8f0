"""The record on SQLite, for the one process that writes it.

An append is on disk in this order: vault, log, checkpoint; only then is a receipt given. A crash between leaves
rows in the vault that the log does not know (dropped when the record is next opened) or a log ahead of its
checkpoint (signed anew then). Nothing is encrypted at rest yet; the next release does that.
"""

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from trucekeeper.kernel import merkle, note
from trucekeeper.kernel.clock import Clock, Instant
from trucekeeper.kernel.errors import BadInput, Conflict, Damaged, NotTrusted, TruceError
from trucekeeper.kernel.keys import Signer
from trucekeeper.kernel.pae import pae
from trucekeeper.record import admission, batch, checkpoint, entry, receipt, sealing
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import KeySet
from trucekeeper.record.receipt import Receipt
from trucekeeper.stores import durable
from trucekeeper.stores.group import GroupCommit, Request
from trucekeeper.stores.leaves import Leaves
from trucekeeper.stores.sql_reader import Places, SqlReader
from trucekeeper.stores.vault import RowsOf, Sealed, Vault

MERGE_DELAY_MS = 3_600_000
"""The promise in each receipt. The entry is in fact merged before the receipt is given."""

GROUP_ENTRIES = 1_024
QUEUE_ENTRIES = 16_384
_THREADS = 4
_WORTH_THREADS = 16


@dataclass(frozen=True, slots=True)
class _Work:
    """Admitted entries that enter together; only a lone batch entry has rows."""

    envelopes: tuple[bytes, ...]
    entries: tuple[Entry, ...]
    rows: Sequence[bytes] = ()
    salts: Sequence[bytes] = ()
    hashes: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class _Recorded:
    """Where the entries of one work stand."""

    first: int
    admitted: Instant
    leaves: tuple[bytes, ...]


class SqlRecord(SqlReader):
    """Fulfils ``record.ports.Record``. Made with :meth:`create` or :meth:`open`, and closed by its owner."""

    _writes: ClassVar[bool] = True

    def __init__(
        self,
        office: Path,
        signer: Signer,
        clock: Clock,
        lock: durable.WriterLock,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._lock = lock
        self._signer = signer
        self._clock = clock
        self._random = random
        super().__init__(office)
        if note.Verifier(self.origin, signer.public).vkey != self.vkey:
            msg = f"the signing key is not that of the log {self.origin}; open the record with its own key"
            raise NotTrusted(msg)
        self._frontier = merkle.Frontier()
        self._admitted = Instant(0)
        self._note = b""
        self._stopped: TruceError | None = None
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="admission")
        self._group: GroupCommit[_Work, _Recorded] = GroupCommit(self._commit, GROUP_ENTRIES, QUEUE_ENTRIES)

    @classmethod
    def create(
        cls,
        office: Path,
        signer: Signer,
        genesis: bytes,
        clock: Clock,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> "SqlRecord":
        """A new record in the folder, with the sealed key set ``genesis`` as entry 0; ``signer`` is the log's key."""
        found = entry.opened(genesis)
        keyset = admission.admit_genesis(genesis, found.origin)
        if note.Verifier(found.origin, signer.public).vkey != keyset.vkey:
            msg = "the key set of entry 0 names another log key; list the vkey of this log in it"
            raise BadInput(msg)
        places = Places(office)
        places.log.mkdir(parents=True, exist_ok=True)
        places.vault.parent.mkdir(parents=True, exist_ok=True)
        places.vault.parent.chmod(0o700)
        lock = durable.WriterLock(places.lock)
        try:
            _refuse_present(places)
            Leaves.make(places.leaves).close()
            Vault.make(places.vault).close()
            durable.replace(places.vkey, (keyset.vkey + "\n").encode())
            record = cls(office, signer, clock, lock, random)
            record._keyset = keyset
            record._group.submit(_Work((genesis,), (found,)), 1)
        except BaseException:
            lock.release()
            raise
        for folder in (places.vault.parent, places.log, office):
            durable.sync_folder(folder)
        return record

    @classmethod
    def open(
        cls,
        office: Path,
        signer: Signer,
        clock: Clock,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> "SqlRecord":
        """The record in the folder, repaired after a crash; Conflict where another process writes to it."""
        if not Places(office).vkey.exists():
            SqlReader(office)  # refuses, and says why
        lock = durable.WriterLock(Places(office).lock)
        try:
            record = cls(office, signer, clock, lock, random)
            record._repair()
            record.keyset()
        except BaseException:
            lock.release()
            raise
        return record

    def close(self) -> None:
        """Give files and lock back; nothing can be appended after it."""
        self._stopped = Conflict("the record is closed; open it again to append")
        self._pool.shutdown()
        super().close()
        self._lock.release()

    def size(self) -> int:
        """How many entries are recorded durably."""
        return self._frontier.size

    def checkpoint(self) -> bytes:
        """The latest signed checkpoint (a C2SP note); it covers every entry that has a receipt."""
        return self._note

    def attest(self, payload_type: str, payload: bytes) -> bytes:
        """The log key's signature over DSSE PAE(type, payload)."""
        return self._signer.sign(pae(payload_type, payload))

    def append(self, envelopes: Sequence[bytes]) -> tuple[Receipt, ...]:
        """Admit all, durably and in this order, or refuse them all: the error says which one and why."""
        self._refuse_stopped()
        if not envelopes:
            return ()
        if len(envelopes) > GROUP_ENTRIES:
            msg = f"{len(envelopes)} entries were sent at once; send at most {GROUP_ENTRIES}"
            raise BadInput(msg)
        keyset, now = self.keyset(), self._clock.now()
        checks = [(number, one, keyset, now, len(envelopes)) for number, one in enumerate(envelopes)]
        if len(checks) < _WORTH_THREADS:
            entries = [self._admitted_one(*check) for check in checks]
        else:
            entries = [one for part in self._pool.map(self._admitted_part, _parts(checks)) for one in part]
        _refuse_twins(entries)
        for number, one in enumerate(entries):
            if one.kind == batch.KIND:
                msg = f"entry {number + 1} of {len(entries)} is a batch without its rows; append it by itself with them"
                raise BadInput(msg)
        return self._record(_Work(tuple(envelopes), tuple(entries)))

    def append_batch(self, envelope: bytes, rows: Sequence[bytes], salts: Sequence[bytes]) -> Receipt:
        """Admit a batch entry with the rows and salts that its root commits to."""
        self._refuse_stopped()
        admitted = admission.admit(envelope, self.keyset(), self.origin, self._clock.now())
        if admitted.entry.kind != batch.KIND:
            msg = f"rows came with an entry of kind {admitted.entry.kind}; only a batch has rows"
            raise BadInput(msg)
        hashes = admission.admit_rows(admitted.entry, admitted.mandate, rows, salts)
        return self._record(_Work((envelope,), (admitted.entry,), tuple(rows), tuple(salts), hashes))[0]

    def _refuse_stopped(self) -> None:
        if self._stopped is not None:
            raise type(self._stopped)(str(self._stopped))

    def _admitted_part(self, checks: "Sequence[_Check]") -> list[Entry]:
        return [self._admitted_one(*check) for check in checks]

    def _admitted_one(self, number: int, envelope: bytes, keyset: KeySet, now: Instant, count: int) -> Entry:
        try:
            return admission.admit(envelope, keyset, self.origin, now).entry
        except TruceError as error:
            if count == 1:
                raise
            msg = f"entry {number + 1} of {count}: {error}"
            raise type(error)(msg) from error

    def _record(self, work: _Work) -> tuple[Receipt, ...]:
        done = self._group.submit(work, len(work.envelopes) + len(work.rows) // 256)
        promised = (done.admitted, Instant(done.admitted + MERGE_DELAY_MS))
        return tuple(
            receipt.issue(self.attest, (self.origin, one.uid), leaf, done.first + number, promised)
            for number, (one, leaf) in enumerate(zip(work.entries, done.leaves, strict=True))
        )

    def _commit(self, group: Sequence[Request[_Work, _Recorded]]) -> None:
        """Write one group durably, or give every request its error."""
        taken = list(group)
        try:
            taken = self._without_known_uids(group)
            self._refuse_stopped()
            results = self._write([request.work for request in taken]) if taken else []
        except durable.DISK_ERRORS as error:
            msg = "an earlier write to the disk failed; close the record, see to the disk, and open it again"
            self._stopped = Damaged(msg)
            for request in taken:
                msg = f"the disk refused a write ({type(error).__name__}); see to its space and health, then reopen"
                request.error = Damaged(msg)
        except TruceError as error:
            for request in taken:
                request.error = error
        else:
            for request, result in zip(taken, results, strict=True):
                request.result = result

    def _without_known_uids(
        self, group: Sequence[Request[_Work, _Recorded]]
    ) -> list[Request[_Work, _Recorded]]:
        known = self._vault.find([one.uid for request in group for one in request.work.entries])
        at = self._frontier.size
        taken: list[Request[_Work, _Recorded]] = []
        for request in group:
            uids = [one.uid for one in request.work.entries]
            twin = next((uid for uid in uids if uid in known), None)
            if twin is None:
                known.update((uid, at + number) for number, uid in enumerate(uids))
                at += len(uids)
                taken.append(request)
            else:
                msg = f"an entry with the uid {twin} is recorded already, as entry {known[twin]}; do not send it again"
                request.error = Conflict(msg)
        return taken

    def _write(self, works: Sequence[_Work]) -> list[_Recorded]:
        admitted = Instant(max(self._clock.now(), self._admitted))
        entries: list[Sealed] = []
        leaves: list[tuple[bytes, Instant]] = []
        batches: list[RowsOf] = []
        results: list[_Recorded] = []
        for work in works:
            first = self._frontier.size + len(entries)
            if work.rows:
                batches.append(RowsOf(first, work.rows, work.salts, work.hashes))
            salts = batch.draw_salts(len(work.envelopes), self._random)
            made = tuple(map(sealing.leaf, salts, work.envelopes))
            for one, salt, envelope in zip(work.entries, salts, work.envelopes, strict=True):
                number = self._frontier.size + len(entries)
                entries.append(Sealed(number, one.uid, one.kind, salt, envelope, len(work.rows)))
            leaves.extend((leaf, admitted) for leaf in made)
            results.append(_Recorded(first, admitted, made))
        self._vault.write(entries, batches)
        self._frontier = self._leaves.append(self._frontier, leaves)
        self._admitted = admitted
        self._sign_checkpoint()
        return results

    def _sign_checkpoint(self) -> None:
        stated = Checkpoint(self.origin, self._frontier.size, self._frontier.root())
        signed = checkpoint.sign(stated, self._signer)
        durable.replace(self._places.checkpoint, signed)
        self._note = signed

    def _repair(self) -> None:
        """Bring vault, log and checkpoint together; Damaged where they contradict each other."""
        size = self._leaves.size()
        held = self._vault.size()
        if held < size or size == 0:
            msg = f"the log has {size} entries and the vault {held}; restore the folder from a backup"
            raise Damaged(msg)
        if held > size:
            self._vault.drop_from(size)
        self._frontier = merkle.Frontier.of(size, self._leaves.node)
        self._admitted = self._leaves.last_admitted() or Instant(0)
        signed = self._places.checkpoint.read_bytes() if self._places.checkpoint.exists() else b""
        if signed:
            self._hold_against(checkpoint.verified(signed, self.vkey))
            self._note = signed
        if not signed or checkpoint.verified(signed, self.vkey).size < size:
            self._sign_checkpoint()

    def _hold_against(self, signed: Checkpoint) -> None:
        """A signed checkpoint is never taken back: the log must still have its root at its size."""
        if signed.size <= self._frontier.size:
            root = merkle.Frontier.of(signed.size, self._leaves.node).root()
            if root == signed.root:
                return
        msg = (
            f"the log no longer agrees with its checkpoint of {signed.size} entries; restore it from a backup"
        )
        raise Damaged(msg)


def _refuse_present(places: Places) -> None:
    if any(path.exists() for path in (places.leaves, places.vault, places.vkey, places.checkpoint)):
        msg = (
            f"{places.office.name} holds a record already, or part of one; open it, or choose an empty folder"
        )
        raise Conflict(msg)


_Check = tuple[int, bytes, KeySet, Instant, int]


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
