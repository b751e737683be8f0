"""What a record does, whichever store keeps it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from trucekeeper.kernel.clock import Instant
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import KeySet, KeySets
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref


@dataclass(frozen=True, slots=True)
class Opened:
    """One line with what opens its leaf: ``salt`` (32 bytes) and ``envelope``, the core that the leaf commits to.

    ``disclosures`` are those at hand of fields that are told apart, in the order they came; ``entry`` has these
    fields in place. ``admitted`` is when the office took it in; it never runs backwards along the record. ``rows``
    is how many rows a batch entry has, 0 for other entries.
    """

    index: int
    salt: bytes
    envelope: bytes
    disclosures: tuple[str, ...]
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


class Tiles(Protocol):
    """Where the public files of a log lie: a folder, or any object store. Paths are those of C2SP tlog-tiles.

    ``checkpoint``, ``tile/0/x001/234.p/5`` and ``tile/entries/000`` are such paths.
    """

    def get(self, path: str) -> bytes | None:
        """The bytes of one file; None where there is none."""
        ...

    def put(self, files: Mapping[str, bytes]) -> None:
        """Lay the files down, each whole or not at all, and all durable once this returns.

        The same bytes may be put again; other bytes for a file that is there are Damaged, save for ``checkpoint``.
        """
        ...

    def paths(self, prefix: str) -> Iterator[str]:
        """The paths that begin with ``prefix``, in no order."""
        ...


class Record(Protocol):
    """The append-only, signed log. Reading needs no lock; one writer at a time may append.

    An entry has its index once it is queued durably, which is when its receipt is given. Integration then writes
    the queue into the log's tiles and signs a checkpoint. Padding takes indices too, so those of entries have gaps.
    """

    @property
    def origin(self) -> str:
        """The log's name, which every entry bears."""
        ...

    @property
    def vkey(self) -> str:
        """The log's verifier key, as in ``log.vkey``."""
        ...

    def keysets(self) -> KeySets:
        """Who might sign what, from entry 0 through every change."""
        ...

    def keyset(self) -> KeySet:
        """Who may sign what now: the newest of :meth:`keysets`."""
        ...

    def size(self) -> int:
        """How many leaves are recorded durably, padding counted in: the index of the next entry."""
        ...

    def append(self, envelopes: Sequence[bytes]) -> tuple[Receipt, ...]:
        """Admit all, durably and in this order, or refuse them all: the error says which one and why.

        Busy where too much waits already.
        """
        ...

    def append_batch(self, envelope: bytes, rows: Sequence[bytes], salts: Sequence[bytes]) -> Receipt:
        """Admit a batch entry with the rows and salts (see ``record.batch``) that its root commits to."""
        ...

    def entry(self, index: int) -> Entry:
        """One entry; NotFound where there is none: beyond the size, padding, erased."""
        ...

    def opened(self, index: int) -> Opened:
        """One entry with what opens its leaf; NotFound as in :meth:`entry`."""
        ...

    def entries(self, start: int = 0, stop: int | None = None, kinds: Sequence[str] = ()) -> Iterator[Opened]:
        """Entries from ``start`` up to ``stop`` (None: the size now), of ``kinds`` (empty: all), in order.

        Padding and erased entries are passed over; Damaged at an index that is lost otherwise.
        """
        ...

    def absent(self, index: int) -> str | None:
        """Why there is no entry at ``index``: "padding" or "erased"; None where there is one, or nothing yet."""
        ...

    def leaf(self, index: int) -> bytes:
        """The sealed leaf at ``index``, 33 bytes, whatever stands behind it; NotFound beyond the size."""
        ...

    def find(self, uid: str) -> int | None:
        """The index of the entry with this uid, or None."""
        ...

    def size_at(self, at: Instant) -> int:
        """How many leaves had been admitted at ``at`` or before."""
        ...

    def as_of(self, size: int) -> Instant:
        """When the newest of the first ``size`` leaves was admitted."""
        ...

    def row(self, ref: Ref) -> bytes:
        """One row of a batch; NotFound where there is none, or it was erased."""
        ...

    def rows(self, index: int) -> Iterator[bytes | None]:
        """All rows of one batch, in order, None for one that was erased; none for an entry that is no batch."""
        ...

    def row_proof(self, ref: Ref) -> RowOpened:
        """One row with its salt and its proof in the batch's root."""
        ...

    def erase(self, ref: Ref, path: str | None = None) -> None:
        """Destroy salt and value of an entry (with its rows) or of one row; a second time does nothing.

        With ``path`` only the disclosures of an entry for that field go. Leaves stay, and so does every proof.
        """
        ...

    def integrate(self) -> bytes:
        """Bring what is queued into the tiles now; gives the checkpoint that the log has signed over it."""
        ...

    def pending(self) -> bytes:
        """The newest checkpoint that the log has signed; witnesses may not have cosigned it yet."""
        ...

    def publish(self, note: bytes) -> None:
        """Make ``note``, a cosigned checkpoint of this log, the published one; never one older than the last."""
        ...

    def checkpoint(self) -> bytes:
        """The published checkpoint (a C2SP note). A lazy record without a witness policy integrates first."""
        ...

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The RFC 6962 audit path of leaf ``index`` in the tree of ``size`` leaves."""
        ...

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """The RFC 6962 proof that the tree of ``new`` leaves extends that of ``old``."""
        ...

    def attest(self, payload_type: str, payload: bytes) -> bytes:
        """The log key's signature over DSSE PAE(type, payload); NotPermitted in a read-only record."""
        ...
