"""The record with its projections behind it: record first, project second, in this one place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trucekeeper.kernel.clock import Instant
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import KeySet, KeySets
from trucekeeper.record.ports import Opened, Record, RowOpened
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref
from trucekeeper.stores.projections import Projections
from trucekeeper.stores.story import Story


@dataclass(frozen=True, slots=True)
class FollowedRecord:
    """A record whose projections follow every append.

    What is appended is durable before the projections hear of it; a crash between the two is made good by
    the next append, or when the office opens.
    """

    record: Record
    projections: Projections

    def append(self, envelopes: Sequence[bytes]) -> tuple[Receipt, ...]:
        """Admit all, durably and in this order, or refuse them all; then project."""
        receipts = self.record.append(envelopes)
        if receipts:
            self.projections.reach(Story(self.record), receipts[-1].index + 1)
        return receipts

    def append_batch(self, envelope: bytes, rows: Sequence[bytes], salts: Sequence[bytes]) -> Receipt:
        """Admit a batch entry with its rows; then project."""
        receipt = self.record.append_batch(envelope, rows, salts)
        self.projections.follow(Story(self.record))
        return receipt

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.record.origin

    @property
    def vkey(self) -> str:
        """The log's verifier key."""
        return self.record.vkey

    def keysets(self) -> KeySets:
        """Who might sign what, through every change."""
        return self.record.keysets()

    def keyset(self) -> KeySet:
        """Who may sign what now."""
        return self.record.keyset()

    def size(self) -> int:
        """How many leaves are recorded durably."""
        return self.record.size()

    def entry(self, index: int) -> Entry:
        """One entry."""
        return self.record.entry(index)

    def opened(self, index: int) -> Opened:
        """One entry with what opens its leaf."""
        return self.record.opened(index)

    def entries(self, start: int = 0, stop: int | None = None, kinds: Sequence[str] = ()) -> Iterator[Opened]:
        """Entries in order."""
        return self.record.entries(start, stop, kinds)

    def absent(self, index: int) -> str | None:
        """Why there is no entry at ``index``."""
        return self.record.absent(index)

    def leaf(self, index: int) -> bytes:
        """The sealed leaf at ``index``."""
        return self.record.leaf(index)

    def find(self, uid: str) -> int | None:
        """The index of the entry with this uid, or None."""
        return self.record.find(uid)

    def size_at(self, at: Instant) -> int:
        """How many leaves had been admitted at ``at`` or before."""
        return self.record.size_at(at)

    def as_of(self, size: int) -> Instant:
        """When the newest of the first ``size`` leaves was admitted."""
        return self.record.as_of(size)

    def row(self, ref: Ref) -> bytes:
        """One row of a batch."""
        return self.record.row(ref)

    def rows(self, index: int) -> Iterator[bytes | None]:
        """All rows of one batch, in order; None for one that was erased."""
        return self.record.rows(index)

    def row_proof(self, ref: Ref) -> RowOpened:
        """One row with its salt and its proof in the batch's root."""
        return self.record.row_proof(ref)

    def erase(self, ref: Ref, path: str | None = None) -> None:
        """Destroy what opens an entry, a row, or a field; what projections forget, ``stores.erased`` says."""
        self.record.erase(ref, path)

    def integrate(self) -> bytes:
        """Bring what is queued into the tiles now."""
        return self.record.integrate()

    def pending(self) -> bytes:
        """The newest checkpoint that the log has signed."""
        return self.record.pending()

    def publish(self, note: bytes) -> None:
        """Make a cosigned checkpoint the published one."""
        self.record.publish(note)

    def checkpoint(self) -> bytes:
        """The published checkpoint."""
        return self.record.checkpoint()

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The audit path of an entry."""
        return self.record.inclusion(index, size)

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """The proof that a larger tree extends a smaller one."""
        return self.record.consistency(old, new)

    def attest(self, payload_type: str, payload: bytes) -> bytes:
        """The log key's signature over a payload."""
        return self.record.attest(payload_type, payload)
