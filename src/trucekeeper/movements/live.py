"""The live index: every live volume in memory, found by compiled code; made again from the record, or a snapshot.

Changes go behind the end of the arrays, where a question looks at each of them. From time to time they are packed into
a small tree, and when that has grown too large, into the large one. What was removed is passed over until then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock

import numpy as np

from trucekeeper.movements import flat, packed, snapshot
from trucekeeper.movements.flat import Buffers
from trucekeeper.movements.packed import Tree
from trucekeeper.movements.volume import Meeting, Volume
from trucekeeper.places.sphere import Indexes

LOOSE = 1_024
"""So many changes are looked at one by one before they are packed."""
SMALL = 32_768
"""So many are packed into the small tree before all goes into the large one; or a quarter of all, if that is more."""
_FIRST_OUT = 256


@dataclass(slots=True)
class LiveIndex:
    """Implements :class:`trucekeeper.movements.ports.Index`. Questions and changes take turns, each a short one."""

    _buffers: Buffers = field(default_factory=Buffers)
    _base: Tree = field(default_factory=packed.empty_tree)
    _recent: Tree = field(default_factory=packed.empty_tree)
    _in_base: int = 0
    _in_recent: int = 0
    _reached: int = 0
    _lock: RLock = field(default_factory=RLock)
    _out: Indexes = field(default_factory=lambda: np.empty((_FIRST_OUT, 2), dtype=np.int64))

    def put(self, key: str, volumes: Sequence[Volume]) -> None:
        """Keep these volumes, and no others, under ``key``."""
        self.fill({key: volumes})

    def fill(self, items: Mapping[str, Sequence[Volume]]) -> None:
        """Keep many at once; all of them become visible together."""
        laid = flat.laid([volume for volumes in items.values() for volume in volumes])
        counts = [len(volumes) for volumes in items.values()]
        with self._lock:
            self._buffers.take(laid, list(items), counts)
            self._pack()

    def remove(self, key: str) -> None:
        """Forget a key; one that is not there is no error."""
        with self._lock:
            self._buffers.drop(key)

    def meeting(self, volumes: Sequence[Volume]) -> tuple[Meeting, ...]:
        """Every kept volume that overlaps one of ``volumes``, in order, each pair once."""
        if not volumes:
            return ()
        asked = flat.laid(volumes).kept()
        with self._lock:
            kept = self._buffers.kept()
            first, last = self._in_recent, self._buffers.count
            count = packed.search(self._base, self._recent, first, last, kept, asked, self._out)
            while count > len(self._out):
                self._out = np.empty((2 * count, 2), dtype=np.int64)
                count = packed.search(self._base, self._recent, first, last, kept, asked, self._out)
            found = self._out[:count].tolist()
            names = self._buffers
            return tuple(sorted(Meeting(*names.name(v), by) for v, by in found))

    def volumes(self, key: str) -> tuple[Volume, ...]:
        """What is kept under ``key``, as it was put."""
        with self._lock:
            return self._buffers.volumes(key)

    def keys(self) -> Iterator[str]:
        """Every key that is kept."""
        with self._lock:
            return iter(list(self._buffers.slots))

    def __len__(self) -> int:
        """How many volumes are kept."""
        return self._buffers.living

    def clear(self) -> None:
        """Forget everything, and how far it came."""
        with self._lock:
            self._buffers = Buffers()
            self._base = self._recent = packed.empty_tree()
            self._in_base = self._in_recent = self._reached = 0

    def reached(self) -> int:
        """How many entries of the record have been taken in."""
        return self._reached

    def reach(self, size: int) -> None:
        """Remember that the first ``size`` entries of the record have been taken in."""
        self._reached = size

    def save(self, path: Path) -> None:
        """Write a snapshot: whole, or not at all."""
        with self._lock:
            self._compact()
            self._pack_all()
            snapshot.write(path, self._reached, self._buffers, self._base)

    @classmethod
    def load(cls, path: Path) -> "LiveIndex":
        """The index of a snapshot; Damaged where it is torn, or of another version."""
        reached, buffers, base = snapshot.read(path)
        count = buffers.count
        return cls(buffers, base, packed.empty_tree(), count, count, reached)

    def _pack(self) -> None:
        """Bring loose changes into a tree, once there are many."""
        count = self._buffers.count
        if count - self._in_recent <= LOOSE:
            return
        if count - self._in_base > max(SMALL, self._in_base // 4):
            if count > 2 * self._buffers.living:
                self._compact()
            self._pack_all()
            return
        self._recent = self._tree(self._in_base, count)
        self._in_recent = count

    def _compact(self) -> None:
        """Let go of what was removed."""
        if self._buffers.count > self._buffers.living:
            self._buffers = self._buffers.compacted()
            self._in_base = self._in_recent = 0
            self._base = self._recent = packed.empty_tree()

    def _pack_all(self) -> None:
        count = self._buffers.count
        if count > self._in_base:
            self._base, self._recent = self._tree(0, count), packed.empty_tree()
            self._in_base = self._in_recent = count

    def _tree(self, first: int, last: int) -> Tree:
        alive = np.flatnonzero(self._buffers.kept().alive[first:last]) + first
        return packed.tree_of(self._buffers.kept(), alive) if len(alive) else packed.empty_tree()
