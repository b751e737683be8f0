"""The record on SQLite, for whoever reads it; reading needs no lock and goes on while an office writes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Never, Self

from trucekeeper.kernel import merkle, note
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Damaged, NotFound, NotPermitted
from trucekeeper.record import admission, entry, sealing
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import KeySet
from trucekeeper.record.ports import Opened, RowOpened
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref
from trucekeeper.stores.leaves import Leaves
from trucekeeper.stores.vault import Sealed, Vault

_PAGE = 400


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files of a record lie in an office's folder."""

    office: Path

    @property
    def log(self) -> Path:
        """The log's folder."""
        return self.office / "log"

    @property
    def leaves(self) -> Path:
        """Leaves and hashes."""
        return self.log / "log.sqlite"

    @property
    def vkey(self) -> Path:
        """The log's verifier key, one line."""
        return self.log / "log.vkey"

    @property
    def checkpoint(self) -> Path:
        """The latest signed checkpoint."""
        return self.log / "checkpoint"

    @property
    def lock(self) -> Path:
        """Held by the one writer."""
        return self.log / "lock"

    @property
    def vault(self) -> Path:
        """What opens the leaves."""
        return self.office / "vault" / "vault.sqlite"


class SqlReader:
    """Fulfils ``record.ports.Record``; appending and attesting are NotPermitted."""

    _writes: ClassVar[bool] = False

    def __init__(self, office: Path) -> None:
        self._places = Places(office)
        try:
            self.vkey = self._places.vkey.read_text("utf-8").removesuffix("\n")
        except FileNotFoundError as error:
            msg = f"there is no record in {office.name}; name the folder of an office, or make one"
            raise NotFound(msg) from error
        except UnicodeDecodeError as error:
            msg = "log.vkey is not text; restore it from a backup"
            raise Damaged(msg) from error
        self.origin = note.Verifier.parse(self.vkey).name
        for path in (self._places.leaves, self._places.vault):
            if not path.exists():
                msg = f"the record has lost {path.name}; restore it from a backup"
                raise Damaged(msg)
        self._leaves = Leaves(self._places.leaves, write=self._writes)
        self._vault = Vault(self._places.vault, write=self._writes)
        self._keyset: KeySet | None = None

    def close(self) -> None:
        """Give the files back."""
        self._leaves.close()
        self._vault.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def keyset(self) -> KeySet:
        """Who may sign what, from entry 0."""
        if self._keyset is None:
            self._keyset = admission.admit_genesis(self.opened(0).envelope, self.origin)
        return self._keyset

    def size(self) -> int:
        """How many entries are recorded durably."""
        return self._leaves.size()

    def append(self, envelopes: Sequence[bytes]) -> tuple[Receipt, ...]:
        """Refused."""
        _read_only(len(envelopes))

    def append_batch(self, envelope: bytes, rows: Sequence[bytes], salts: Sequence[bytes]) -> Receipt:
        """Refused."""
        _read_only(len(envelope) + len(rows) + len(salts))

    def attest(self, payload_type: str, payload: bytes) -> bytes:
        """Refused."""
        _read_only(len(payload_type) + len(payload))

    def entry(self, index: int) -> Entry:
        """One entry; NotFound beyond the record's size."""
        return self.opened(index).entry

    def opened(self, index: int) -> Opened:
        """One entry with what opens its leaf; NotFound beyond the record's size."""
        for found in self.entries(index, index + 1):
            return found
        msg = f"the record has no entry {index}; name one below {self.size()}"
        raise NotFound(msg)

    def entries(self, start: int = 0, stop: int | None = None, kinds: Sequence[str] = ()) -> Iterator[Opened]:
        """Entries from ``start`` up to ``stop`` (None: the size now), of ``kinds`` (empty: all), in order.

        Each is held against its leaf; Damaged where the vault and the log disagree.
        """
        size = self.size()
        end = size if stop is None else min(stop, size)
        start = max(start, 0)
        while start < end:
            page = self._vault.read(start, end, kinds, _PAGE)
            leaves = self._leaves.of([one.entry for one in page])
            for one in page:
                if not kinds and one.entry != start:
                    _lost(start)
                yield _opened(one, leaves.get(one.entry))
                start = one.entry + 1
            if len(page) < _PAGE:
                break
        if not kinds and start < end:
            _lost(start)

    def find(self, uid: str) -> int | None:
        """The index of the entry with this uid, or None."""
        found = self._vault.find([uid]).get(uid)
        return None if found is None or found >= self.size() else found

    def size_at(self, at: Instant) -> int:
        """How many entries had been admitted at ``at`` or before."""
        return self._leaves.size_at(at)

    def row(self, ref: Ref) -> bytes:
        """One row of a batch; NotFound where there is none."""
        return self._row(ref)[1]

    def rows(self, index: int) -> Iterator[bytes]:
        """All rows of one batch, in order; none for an entry that is no batch."""
        return (row for _, row in self.salted_rows(index))

    def salted_rows(self, index: int) -> Iterator[tuple[bytes, bytes]]:
        """Salt and bytes of all rows of one batch, in order."""
        return self._vault.rows(index) if 0 <= index < self.size() else iter(())

    def row_proof(self, ref: Ref) -> RowOpened:
        """One row with its salt and its proof in the batch's root."""
        salt, row = self._row(ref)
        count = self.opened(ref.entry).rows
        proof = merkle.inclusion(
            ref.row, count, lambda level, number: self._vault.row_node(ref.entry, level, number)
        )
        return RowOpened(ref, salt, row, proof)

    def checkpoint(self) -> bytes:
        """The latest signed checkpoint (a C2SP note)."""
        try:
            return self._places.checkpoint.read_bytes()
        except FileNotFoundError as error:
            msg = "the record has lost its checkpoint; open it for writing once, which signs it anew"
            raise Damaged(msg) from error

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The RFC 6962 audit path of entry ``index`` in the tree of ``size`` entries."""
        self._refuse_beyond(size)
        return merkle.inclusion(index, size, self._leaves.node)

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """The RFC 6962 proof that the tree of ``new`` entries extends that of ``old``."""
        self._refuse_beyond(new)
        return merkle.consistency(old, new, self._leaves.node)

    def _refuse_beyond(self, size: int) -> None:
        if size > self.size():
            msg = f"the record has {self.size()} entries, not {size}; ask for a proof within its size"
            raise BadInput(msg)

    def _row(self, ref: Ref) -> tuple[bytes, bytes]:
        if 0 <= ref.entry < self.size() and ref.row >= 0:
            for found in self._vault.rows(ref.entry, ref.row, ref.row + 1):
                return found
        msg = f"the record has no row {ref}; name a batch entry and one of its rows"
        raise NotFound(msg)


def _opened(one: Sealed, logged: tuple[bytes, Instant] | None) -> Opened:
    if logged is None or sealing.leaf(one.salt, one.envelope) != logged[0]:
        msg = f"entry {one.entry} of the vault does not open its leaf in the log; restore the vault from a backup"
        raise Damaged(msg)
    return Opened(one.entry, one.salt, one.envelope, (), entry.opened(one.envelope), logged[1], one.rows)


def _lost(index: int) -> Never:
    msg = f"the vault has lost entry {index}; restore it from a backup"
    raise Damaged(msg)


def _read_only(_: int) -> Never:
    msg = "this record was opened for reading only; open it with the log's key to write"
    raise NotPermitted(msg)
