"""The record as projections read it: each entry with its author's name, batches row by row."""

from collections.abc import Iterator
from dataclasses import dataclass

from trucekeeper.record.ports import Opened, Record
from trucekeeper.stores.rows import Recorded


@dataclass(frozen=True, slots=True)
class Story:
    """Tells the record from one entry to another."""

    record: Record

    def size(self) -> int:
        """How far there is to tell: padding is counted in."""
        return self.record.size()

    def entries(self, start: int, stop: int) -> Iterator[Recorded]:
        """Entries from ``start`` up to ``stop``, in their order."""
        keysets = self.record.keysets()
        for opened in self.record.entries(start, stop):
            mandate = keysets.at(opened.index).mandate(opened.entry.key, opened.entry.at)
            yield _recorded(opened, mandate.holder, mandate.party)

    def rows(self, one: Recorded) -> Iterator[bytes | None]:
        """The rows of a batch, in order, None for one that was erased; none of any other entry."""
        return self.record.rows(one.entry) if one.rows else iter(())


def _recorded(opened: Opened, holder: str, party: str | None) -> Recorded:
    entry = opened.entry
    return Recorded(
        entry=opened.index,
        kind=entry.kind,
        holder=holder,
        key=entry.key,
        party=party,
        uid=entry.uid,
        at=opened.admitted,
        digest=entry.digest,
        body=entry.body,
        rows=opened.rows,
        hidden=entry.hidden,
    )
