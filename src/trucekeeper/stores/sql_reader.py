"""The record in a folder, for whoever reads it; reading needs no lock and goes on while an office writes."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Never, Self

from trucekeeper.kernel import merkle
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, Damaged, NotFound, NotPermitted
from trucekeeper.record import admission, entry, keyset, sealing
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import KeySet, KeySets
from trucekeeper.record.ports import Opened, RowOpened
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref
from trucekeeper.stores.log_folder import LogFolder, Places
from trucekeeper.stores.opening import opened_vault
from trucekeeper.stores.vault import Held

_PAGE = 400


class SqlReader:
    """Fulfils ``record.ports.Record``; whatever writes is NotPermitted."""

    _writes: ClassVar[bool] = False

    def __init__(self, office: Path, queue: str | None = None) -> None:
        """``queue`` is the address of the database that holds the vault; None: a file in the office's folder."""
        self._log = LogFolder(Places(office))
        self.vkey, self.origin = self._log.vkey, self._log.origin
        self._vault = opened_vault(self._log.places, self.origin, queue, write=self._writes)
        self._keysets: KeySets | None = None

    def close(self) -> None:
        """Give the files back."""
        self._vault.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def keysets(self) -> KeySets:
        """Who might sign what, from entry 0 through every change."""
        known = self._keysets
        if known is None:
            known = KeySets.begun(admission.admit_genesis(self.opened(0).envelope, self.origin))
        for one in self.entries(known.last + 1, kinds=(keyset.KIND,)):
            known = known.changed(one.index, keyset.of(one.entry))
        self._keysets = known
        return known

    def keyset(self) -> KeySet:
        """Who may sign what now."""
        return self.keysets().latest

    def size(self) -> int:
        """How many leaves are recorded durably, padding counted in."""
        return self._vault.size()

    def append(self, envelopes: Sequence[bytes]) -> tuple[Receipt, ...]:
        """Refused."""
        _read_only(len(envelopes))

    def append_batch(self, envelope: bytes, rows: Sequence[bytes], salts: Sequence[bytes]) -> Receipt:
        """Refused."""
        _read_only(len(envelope) + len(rows) + len(salts))

    def attest(self, payload_type: str, payload: bytes) -> bytes:
        """Refused."""
        _read_only(len(payload_type) + len(payload))

    def erase(self, ref: Ref, path: str | None = None) -> None:
        """Refused."""
        _read_only(ref.entry + len(path or ""))

    def integrate(self) -> bytes:
        """Refused."""
        _read_only(0)

    def publish(self, note: bytes) -> None:
        """Refused."""
        _read_only(len(note))

    def entry(self, index: int) -> Entry:
        """One entry; NotFound where there is none: beyond the size, padding, erased."""
        return self.opened(index).entry

    def opened(self, index: int) -> Opened:
        """One entry with what opens its leaf; NotFound as in :meth:`entry`."""
        for found in self.entries(index, index + 1):
            return found
        why = self.absent(index)
        msg = f"the record has no entry {index}; name one below {self.size()}"
        if why is not None:
            msg = f"entry {index} cannot be shown, for it is {why}; name another"
        raise NotFound(msg)

    def entries(self, start: int = 0, stop: int | None = None, kinds: Sequence[str] = ()) -> Iterator[Opened]:
        """Entries from ``start`` up to ``stop`` (None: the size now), of ``kinds`` (empty: all), in order.

        Each is held against its leaf; Damaged where the vault and the log disagree, or where the vault has a gap.
        """
        integrated, size = self._log.size(), self.size()
        end = size if stop is None else min(stop, size)
        start = max(start, 0)
        while start < end:
            page = self._vault.read(start, end, kinds, _PAGE)
            for one in page:
                if not kinds and one.entry != start:
                    _lost(start)
                self._hold_against_log(one, integrated)
                start = one.entry + 1
                if one.sealed is not None:
                    yield _opened(one)
            if len(page) < _PAGE:
                break
        if not kinds and start < end:
            _lost(start)

    def absent(self, index: int) -> str | None:
        """Why there is no entry at ``index``: "padding" or "erased"; None where there is one, or nothing yet."""
        for one in self._vault.read(index, index + 1):
            return "padding" if one.kind is None else "erased" if one.sealed is None else None
        return None

    def leaf(self, index: int) -> bytes:
        """The sealed leaf at ``index``, whatever stands behind it; NotFound beyond the size."""
        integrated = self._log.size()
        if 0 <= index < integrated:
            return self._log.leaf(index, integrated)
        if not 0 <= index < self.size():
            msg = f"the record has no leaf {index}; name one below {self.size()}"
            raise NotFound(msg)
        return self._vault.leaves(index, index + 1)[0]

    def find(self, uid: str) -> int | None:
        """The index of the entry with this uid, or None."""
        return self._vault.find([uid]).get(uid)

    def size_at(self, at: Instant) -> int:
        """How many leaves had been admitted at ``at`` or before."""
        return self._vault.size_at(at)

    def as_of(self, size: int) -> Instant:
        """When the newest of the first ``size`` leaves was admitted."""
        for one in self._vault.read(size - 1, size):
            return one.admitted
        msg = f"the record has {self.size()} leaves and {size} cannot be dated; name a size from 1 up to that"
        raise NotFound(msg)

    def row(self, ref: Ref) -> bytes:
        """One row of a batch; NotFound where there is none, or it was erased."""
        return self._row(ref)[1]

    def rows(self, index: int) -> Iterator[bytes | None]:
        """All rows of one batch, in order, None for one that was erased; none for an entry that is no batch."""
        return (None if isinstance(one, bytes) else one[1] for one in self.salted_rows(index))

    def salted_rows(self, index: int) -> Iterator[tuple[bytes, bytes] | bytes]:
        """Salt and bytes of all rows of one batch, in order; the leaf hash of one that was erased."""
        return self._vault.rows(index) if index >= 0 else iter(())

    def row_proof(self, ref: Ref) -> RowOpened:
        """One row with its salt and its proof in the batch's root."""
        salt, row = self._row(ref)
        count = self.opened(ref.entry).rows
        proof = merkle.inclusion(
            ref.row, count, lambda level, number: self._vault.row_node(ref.entry, level, number)
        )
        return RowOpened(ref, salt, row, proof)

    def pending(self) -> bytes:
        """The newest checkpoint that the log has signed."""
        found = self._log.signed()
        if found is None:
            msg = "this log has signed no checkpoint yet; open it for writing and integrate what waits"
            raise Conflict(msg)
        return found[0]

    def checkpoint(self) -> bytes:
        """The published checkpoint (a C2SP note)."""
        found = self._log.published()
        if found is None:
            msg = "no checkpoint of this log is published yet; integrate what waits, and let its witnesses cosign"
            raise Conflict(msg)
        return found[0]

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The RFC 6962 audit path of leaf ``index`` in the tree of ``size`` leaves."""
        return merkle.inclusion(index, size, self._nodes(size))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """The RFC 6962 proof that the tree of ``new`` leaves extends that of ``old``."""
        return merkle.consistency(old, new, self._nodes(new))

    def _nodes(self, size: int) -> merkle.Nodes:
        integrated = self._log.size()
        if size > integrated:
            msg = f"the log has {integrated} leaves in its tiles, not {size}; ask for a proof within that"
            raise BadInput(msg)
        return self._log.nodes(integrated)

    def _row(self, ref: Ref) -> tuple[bytes, bytes]:
        if ref.entry >= 0 and ref.row >= 0:
            for found in self._vault.rows(ref.entry, ref.row, ref.row + 1):
                if isinstance(found, bytes):
                    msg = f"row {ref} was erased; name another"
                    raise NotFound(msg)
                return found
        msg = f"the record has no row {ref}; name a batch entry and one of its rows"
        raise NotFound(msg)

    def _hold_against_log(self, one: Held, integrated: int) -> None:
        """Of an entry that is there, the leaf is made anew of what opens it."""
        leaf = one.leaf if one.sealed is None else sealing.leaf(one.sealed.salt, one.sealed.envelope)
        if leaf != one.leaf or (one.entry < integrated and self._log.leaf(one.entry, integrated) != leaf):
            msg = f"entry {one.entry} of the vault does not open its leaf in the log; restore the vault from a backup"
            raise Damaged(msg)


def _opened(one: Held) -> Opened:
    if one.sealed is None:
        _lost(one.entry)
    salt, core, told = one.sealed.salt, one.sealed.envelope, one.sealed.told
    return Opened(one.entry, salt, core, told, entry.opened(entry.joined(core, told)), one.admitted, one.rows)


def _lost(index: int) -> Never:
    msg = f"the vault has lost entry {index}; restore it from a backup"
    raise Damaged(msg)


def _read_only(_: int) -> Never:
    msg = "this record was opened for reading only; open it with the log's key to write"
    raise NotPermitted(msg)
