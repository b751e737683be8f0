"""The record in a folder, for the one process that writes it.

An entry is taken, and its receipt given, once it is in the vault, encrypted and on disk; many share one fsync. The
log follows: see ``stores.integration``. A lazy record integrates when a checkpoint or a proof is asked for and when
it closes. One with an interval leaves that to whoever keeps the time, and pads each interval, busy or not.
"""

import secrets
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import ClassVar

from trucekeeper.kernel import merkle, note
from trucekeeper.kernel.clock import Clock, Instant
from trucekeeper.kernel.errors import BadInput, Conflict, Damaged, NotTrusted, TruceError
from trucekeeper.kernel.keys import Signer
from trucekeeper.kernel.pae import pae
from trucekeeper.record import admission, amendment, batch, entry, receipt, sealing
from trucekeeper.record.keyset import KeySets
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref
from trucekeeper.stores import durable, erasing, points
from trucekeeper.stores.admitting import GROUP_ENTRIES, Admitting, Work, in_order
from trucekeeper.stores.group import GroupCommit, Request
from trucekeeper.stores.integration import Integration
from trucekeeper.stores.log_folder import LogFolder, Places
from trucekeeper.stores.opening import make_vault
from trucekeeper.stores.sql_reader import SqlReader
from trucekeeper.stores.vault import Held, RowsOf, Sealed

MERGE_DELAY_MS = 3_600_000
"""The least that a receipt allows until its entry is merged; with an interval it is at least two of them."""

QUEUE_ENTRIES = 16_384


@dataclass(frozen=True, slots=True)
class Terms:
    """How a record is kept. ``interval_ms`` 0: lazy; ``pad_to`` 1: no padding; ``queue`` None: a file."""

    interval_ms: int = 0
    pad_to: int = 1
    queue: str | None = None

    @property
    def merge_delay_ms(self) -> int:
        """By how long after it was taken in each receipt promises an entry in the log: two intervals at least."""
        return max(MERGE_DELAY_MS, 2 * self.interval_ms)


LAZY = Terms()


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
        terms: Terms = LAZY,
    ) -> None:
        self._lock = lock
        self._signer = signer
        self._clock = clock
        self._random = random
        self._terms = terms
        self._stopped: TruceError | None = None
        self._agreed: str | None = None
        super().__init__(office, terms.queue)
        if note.Verifier(self.origin, signer.public).vkey != self.vkey:
            super().close()
            msg = f"the signing key is not that of the log {self.origin}; open the record with its own key"
            raise NotTrusted(msg)
        self._size, self._admitted = self._vault.size(), self._vault.last_admitted()
        self._integration = Integration(self._log, self._vault, signer)
        self._writing, self._integrating = Lock(), Lock()
        self._admitting = Admitting(self.origin)
        self._group: GroupCommit[Work, _Recorded] = GroupCommit(self._commit, GROUP_ENTRIES, QUEUE_ENTRIES)

    @classmethod
    def create(
        cls,
        office: Path,
        signer: Signer,
        genesis: bytes,
        clock: Clock,
        random: Callable[[int], bytes] = secrets.token_bytes,
        terms: Terms = LAZY,
    ) -> "SqlRecord":
        """A new record in the folder, with the sealed key set ``genesis`` as entry 0; ``signer`` is the log's key."""
        found = entry.opened(genesis)
        first = admission.admit_genesis(genesis, found.origin)
        if note.Verifier(found.origin, signer.public).vkey != first.vkey:
            msg = "the key set of entry 0 names another log key; list the vkey of this log in it"
            raise BadInput(msg)
        places = Places(office)
        places.log.mkdir(parents=True, exist_ok=True)
        lock = durable.WriterLock(places.lock)
        try:
            _refuse_present(places)
            make_vault(places, found.origin, terms.queue)
            durable.replace(places.vkey, (first.vkey + "\n").encode())
            record = cls(office, signer, clock, lock, random, terms)
            try:
                record._keysets = KeySets.begun(first)
                record._group.submit(Work((genesis,), (found,), first), 1)
                record._log.keep_policy(first.policy)
                record.integrate()
            except BaseException:
                record._give_back()
                raise
        except BaseException:
            lock.release()
            raise
        for folder in (places.vault.parent, places.key.parent, places.log, office):
            durable.sync_folder(folder)
        return record

    @classmethod
    def open(
        cls,
        office: Path,
        signer: Signer,
        clock: Clock,
        random: Callable[[int], bytes] = secrets.token_bytes,
        terms: Terms = LAZY,
    ) -> "SqlRecord":
        """The record in the folder, repaired after a crash; Conflict where another process writes to it."""
        places = Places(office)
        LogFolder(places).refuse_frozen()
        lock = durable.WriterLock(places.lock)
        try:
            record = cls(office, signer, clock, lock, random, terms)
            try:
                record._repair()
            except BaseException:
                record._give_back()
                raise
        except BaseException:
            lock.release()
            raise
        return record

    def close(self) -> None:
        """Give files and lock back; nothing can be appended after it. A lazy record integrates what waits first."""
        try:
            if self._stopped is None and self._lazy and not self._log.places.frozen.exists():
                self.integrate()
        finally:
            self._stopped = self._stopped or Conflict("the record is closed; open it again to append")
            self._give_back()
            self._lock.release()

    def size(self) -> int:
        """How many leaves are recorded durably, padding counted in."""
        return self._size

    def attest(self, payload_type: str, payload: bytes) -> bytes:
        """The log key's signature over DSSE PAE(type, payload)."""
        return self._signer.sign(pae(payload_type, payload))

    def append(self, envelopes: Sequence[bytes]) -> tuple[Receipt, ...]:
        """Admit all, durably and in this order, or refuse them all: the error says which one and why."""
        self._refuse_stopped()
        if not envelopes:
            return ()
        return self._record(self._admitting.entries(envelopes, self.keyset(), self._clock.now()))

    def append_batch(self, envelope: bytes, rows: Sequence[bytes], salts: Sequence[bytes]) -> Receipt:
        """Admit a batch entry with the rows and salts that its root commits to."""
        self._refuse_stopped()
        keys, now = self.keyset(), self._clock.now()
        return self._record(self._admitting.batch(envelope, rows, salts, keys, now))[0]

    def keysets(self) -> KeySets:
        """Who might sign what, from entry 0 through every change."""
        return super().keysets() if self._keysets is None else self._keysets

    def erase(self, ref: Ref, path: str | None = None) -> None:
        """Destroy salt and value of an entry (with its rows), of a row, or the disclosures for ``path``."""
        with self._writing:
            self._refuse_stopped()
            with self._stopping():
                erasing.erase(self, self._vault, self._log.places, ref, path)

    def integrate(self) -> bytes:
        """Bring what is queued into the tiles now; gives the checkpoint that the log has signed over it."""
        with self._integrating:
            self._refuse_stopped()
            with self._stopping():
                return self._integration.integrate(self._padded())

    def publish(self, note: bytes) -> None:
        """Make ``note``, a cosigned checkpoint of this log, the published one; never one older than the last."""
        with self._integrating:
            self._refuse_stopped()
            with self._stopping():
                self._integration.publish(note)

    def checkpoint(self) -> bytes:
        """The published checkpoint (a C2SP note); a lazy record integrates first."""
        self._caught_up()
        return super().checkpoint()

    def _nodes(self, size: int) -> merkle.Nodes:
        if size <= self._size:
            self._caught_up()
        return super()._nodes(size)

    @property
    def _lazy(self) -> bool:
        return self._terms.interval_ms == 0

    def _caught_up(self) -> None:
        if self._lazy and self._integration.edge.size < self._size:
            self.integrate()

    def _refuse_stopped(self) -> None:
        if self._stopped is not None:
            raise type(self._stopped)(str(self._stopped))
        self._log.refuse_frozen()

    @contextmanager
    def _stopping(self) -> Generator[None]:
        try:
            yield
        except durable.DISK_ERRORS as error:
            raise self._stop(error) from error

    def _stop(self, error: Exception) -> Damaged:
        msg = "an earlier write to the disk failed; close the record, see to the disk, and open it again"
        self._stopped = Damaged(msg)
        which = "the disk" if self._terms.queue is None else "the disk, or the vault's database,"
        msg = f"{which} refused a write ({type(error).__name__}); see to its space and health, then reopen"
        return Damaged(msg)

    def _give_back(self) -> None:
        self._admitting.close()
        super().close()

    def _record(self, work: Work) -> tuple[Receipt, ...]:
        done = self._group.submit(work, len(work.envelopes) + len(work.rows) // 256)
        promised = (done.admitted, Instant(done.admitted + self._terms.merge_delay_ms))
        return tuple(
            receipt.issue(self.attest, (self.origin, one.uid), leaf, done.first + number, promised)
            for number, (one, leaf) in enumerate(zip(work.entries, done.leaves, strict=True))
        )

    def _commit(self, group: Sequence[Request[Work, _Recorded]]) -> None:
        """Write one group durably, or give every request its error."""
        taken = list(group)
        with self._writing:
            try:
                self._refuse_stopped()
                taken = self._taken(group)
                results = self._write([request.work for request in taken]) if taken else []
            except durable.DISK_ERRORS as error:
                found = self._stop(error)
                for request in taken:
                    request.error = Damaged(str(found))
            except TruceError as error:
                for request in taken:
                    request.error = error
            else:
                for request, result in zip(taken, results, strict=True):
                    request.result = result

    def _taken(self, group: Sequence[Request[Work, _Recorded]]) -> list[Request[Work, _Recorded]]:
        """The requests that may enter: uids that are new, and admitted under the key set in force at their turn."""
        known = self._vault.find([one.uid for request in group for one in request.work.entries])
        latest, agreed, at = self.keyset(), self._agreed, self._size
        taken: list[Request[Work, _Recorded]] = []
        for request in group:
            uids = [one.uid for one in request.work.entries]
            twin = next((uid for uid in uids if uid in known), None)
            if twin is not None:
                msg = f"an entry with the uid {twin} is recorded already, as entry {known[twin]}; do not send it again"
                request.error = Conflict(msg)
                continue
            try:
                request.work = self._admitting.again(request.work, latest, self._clock.now())
                agreed = in_order(request.work.entries, agreed)
            except TruceError as error:
                request.error = error
                continue
            latest = request.work.change or latest
            known.update((uid, at + number) for number, uid in enumerate(uids))
            at += len(uids)
            taken.append(request)
        return taken

    def _write(self, works: Sequence[Work]) -> list[_Recorded]:
        admitted = Instant(max(self._clock.now(), self._admitted))
        entries: list[Held] = []
        batches: list[RowsOf] = []
        results: list[_Recorded] = []
        known = self._keysets
        for work in works:
            first = self._size + len(entries)
            if work.rows:
                batches.append(RowsOf(first, work.rows, work.salts, work.hashes))
            if work.change is not None and known is not None:
                known = known.changed(first, work.change)
            salts = batch.draw_salts(len(work.envelopes), self._random)
            for one, salt, envelope in zip(work.entries, salts, work.envelopes, strict=True):
                opens = Sealed(salt, entry.core(envelope), entry.disclosures(envelope))
                leaf = sealing.leaf(salt, opens.envelope)
                number = self._size + len(entries)
                entries.append(Held(number, one.uid, one.kind, admitted, len(work.rows), leaf, opens))
            leaves = tuple(one.leaf for one in entries[first - self._size :])
            results.append(_Recorded(first, admitted, leaves))
        self._vault.write(entries, batches)
        points.reached("queued")
        if known is not None and known is not self._keysets:
            self._log.keep_policy(known.latest.policy)
        self._size, self._admitted, self._keysets = self._size + len(entries), admitted, known
        self._agreed = in_order([one for work in works for one in work.entries], self._agreed)
        return results

    def _padded(self) -> int:
        """How far to integrate. Padding is queued first: so a crash cannot draw it twice."""
        with self._writing:
            done, multiple = self._integration.edge.size, self._terms.pad_to
            goal = -(-self._size // multiple) * multiple
            if not self._lazy and goal == done:
                goal += multiple
            if goal > self._size:
                admitted = Instant(max(self._clock.now(), self._admitted))
                leaves = [sealing.VERSION + self._random(merkle.HASH_BYTES) for _ in range(goal - self._size)]
                padding = [
                    Held(number, None, None, admitted, 0, leaf, None)
                    for number, leaf in enumerate(leaves, start=self._size)
                ]
                self._vault.write(padding, ())
                self._size, self._admitted = goal, admitted
            points.reached("sequenced")
            return goal

    def _repair(self) -> None:
        """Take up the log where it stands, and integrate what a crash left half done or an interval has passed over."""
        if self._size == 0:
            msg = "the vault is empty; restore the folder from a backup"
            raise Damaged(msg)
        self._keysets = super().keysets()
        self._log.keep_policy(self._keysets.latest.policy)
        self._integration.repair()
        for one in self.entries(kinds=(amendment.KIND,)):
            self._agreed = one.entry.digest
        done = self._integration.edge.size
        if self._lazy:
            self._caught_up()
        elif done == 0 or self._overdue(done):
            self.integrate()

    def _overdue(self, done: int) -> bool:
        """Whether an interval has ended since the log last grew, or padding is queued that it has not reached."""
        if self._size > done and self.absent(self._size - 1) == "padding":
            return True
        interval = self._terms.interval_ms
        return self._clock.now() // interval > self.as_of(done) // interval


def _refuse_present(places: Places) -> None:
    if any(path.exists() for path in (places.vault, places.vkey, places.checkpoint, places.signed)):
        msg = (
            f"{places.office.name} holds a record already, or part of one; open it, or choose an empty folder"
        )
        raise Conflict(msg)
