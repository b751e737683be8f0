"""What a record does, whichever store keeps it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from trucekeeper.kernel.clock import Instant
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import KeySet
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref


@dataclass(frozen=True, slots=True)
class Opened:
    """One line with what opens its leaf: ``salt`` (32 bytes) and ``envelope``.

    ``admitted`` is when the office took it in; it never runs backwards along the record. ``rows`` is how
    many rows a batch entry has, 0 for other entries.
    """

    index: int
    salt: bytes
    envelope: bytes
    entry: Entry
    admitted: Instant
    rows: int


@dataclass(frozen=True, slots=True)
class RowOpened:
    """One row of a batch with what opens its leaf, and its inclusion proof in the batch's root."""

    ref: Ref
    salt: bytes
    row: bytes
    proof: tuple[bytes, ...]


class Record(Protocol):
    """The append-only, signed log. Reading needs no lock; one writer at a time may append."""

    @property
    def origin(self) -> str:
        """The log's name, which every entry bears."""
        ...

    @property
    def vkey(self) -> str:
        """The log's verifier key, as in ``log.vkey``."""
        ...

    def keyset(self) -> KeySet:
        """Who may sign what, from entry 0."""
        ...

    def size(self) -> int:
        """How many entries are recorded durably."""
        ...

    def append(self, envelopes: Sequence[bytes]) -> tuple[Receipt, ...]:
        """Admit all, durably and in this order, or refuse them all: the error says which one and why."""
        ...

    def append_batch(self, envelope: bytes, rows: Sequence[bytes], salts: Sequence[bytes]) -> Receipt:
        """Admit a batch entry with the rows and salts (see ``record.batch``) that its root commits to."""
        ...

    def entry(self, index: int) -> Entry:
        """One entry; NotFound beyond the record's size."""
        ...

    def opened(self, index: int) -> Opened:
        """One entry with what opens its leaf; NotFound beyond the record's size."""
        ...

    def entries(self, start: int = 0, stop: int | None = None, kinds: Sequence[str] = ()) -> Iterator[Opened]:
        """Entries from ``start`` up to ``stop`` (None: the size now), of ``kinds`` (empty: all), in order."""
        ...

    def find(self, uid: str) -> int | None:
        """The index of the entry with this uid, or None."""
        ...

    def size_at(self, at: Instant) -> int:
        """How many entries had been admitted at ``at`` or before."""
        ...

    def row(self, ref: Ref) -> bytes:
        """One row of a batch; NotFound where there is none."""
        ...

    def rows(self, index: int) -> Iterator[bytes]:
        """All rows of one batch, in order; none for an entry that is no batch."""
        ...

    def row_proof(self, ref: Ref) -> RowOpened:
        """One row with its salt and its proof in the batch's root."""
        ...

    def checkpoint(self) -> bytes:
        """The latest signed checkpoint (a C2SP note); it covers every entry that has a receipt."""
        ...

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The RFC 6962 audit path of entry ``index`` in the tree of ``size`` entries."""
        ...

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """The RFC 6962 proof that the tree of ``new`` entries extends that of ``old``."""
        ...

    def attest(self, payload_type: str, payload: bytes) -> bytes:
        """The log key's signature over DSSE PAE(type, payload); NotPermitted in a read-only record."""
        ...
