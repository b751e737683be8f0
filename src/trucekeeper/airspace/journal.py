"""Brings entries into the record in order, as many at a time as have come while the last ones were made durable."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from trucekeeper.kernel.errors import Conflict
from trucekeeper.record.ports import Record


@dataclass(slots=True, eq=False)
class Batch:
    """Entries that become durable together, or not at all."""

    envelopes: list[bytes] = field(default_factory=list[bytes])
    settled: bool = False
    error: BaseException | None = None


@dataclass(slots=True)
class Journal:
    """``lock`` is that of the state which the entries change; ``lost`` forgets this state, with the lock held.

    An entry is added with the lock held, once the state has changed by it; whoever was answered from that state waits
    until it is durable, with the lock given back.
    """

    record: Record
    lock: Lock
    lost: Callable[[], None]
    _open: Batch = field(default_factory=Batch)
    _last: Batch | None = None
    _appending: Lock = field(default_factory=Lock)

    def add(self, envelope: bytes) -> None:
        """One more entry, behind all that were added before; the lock is held."""
        self._open.envelopes.append(envelope)
        self._last = self._open

    def last(self) -> Batch | None:
        """What the newest state rests on; the lock is held."""
        return self._last

    def drop(self, error: BaseException) -> None:
        """Fail what is added and not under way yet, for the state that it was decided on is gone; the lock is held."""
        later, self._open, self._last = self._open, Batch(), None
        again = Conflict("a write before this one could not be recorded; send this again")
        again.__cause__ = error
        later.error, later.settled = again, True
        self.lost()

    @contextmanager
    def still(self) -> Generator[None]:
        """Nothing is under way and nothing is added: the record is all that there is. The lock is held meanwhile."""
        with self._appending, self.lock:
            yield

    def settle(self, batch: Batch | None) -> None:
        """Return once the batch is durable, with all before it; else raise why it is not. The lock is not held."""
        if batch is None:
            return
        if not batch.settled:
            with self._appending:
                if not batch.settled:
                    self._append()
        if batch.error is not None:
            raise batch.error

    def _append(self) -> None:
        """Append what is open. Batches are taken in order, for one thread alone does this at a time."""
        with self.lock:
            batch, self._open = self._open, Batch()
        try:
            self.record.append(batch.envelopes)
        except BaseException as error:
            batch.error = error
            with self.lock:
                self.drop(error)
            raise
        finally:
            batch.settled = True
