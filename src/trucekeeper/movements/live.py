"""The live index: every live volume in memory, found by compiled code; made again from the record, or a snapshot.

Those who change it take turns, and prepare outside of the short lock under which those who ask take theirs; so whoever
asks waits for the change of one key at most, and sees a notice whole or not at all.

The first process ever compiles it all, for some 15 seconds; later ones load the code within half a second.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter
from pathlib import Path
from threading import Lock, RLock
from typing import cast

import numpy as np

from trucekeeper.movements import kept, packing, rows, snapshot
from trucekeeper.movements.kept import Kept
from trucekeeper.movements.names import Names
from trucekeeper.movements.rows import Table
from trucekeeper.movements.volume import Meeting, Volume
from trucekeeper.places.sphere import SIZE, Indexes

_MANY = 1_024
"""From so many volumes on, if they are a quarter of all, the tree is made anew rather than changed."""

_CROWD = 256
"""From so many meetings on, numbers are sorted by the machine."""

_MADE = cast("Callable[[type[Meeting], tuple[str, int, int]], Meeting]", vars(tuple)["__new__"])
"""A meeting made of what fits it, without a second look: an answer may hold thousands."""


@dataclass(slots=True)
class LiveIndex:
    """Implements :class:`trucekeeper.movements.ports.Index`. Any thread may use it."""

    _kept: Kept = field(default_factory=kept.empty)
    _names: Names = field(default_factory=Names)
    _reached: int = 0
    _turn: RLock = field(default_factory=RLock)
    _lock: Lock = field(default_factory=Lock)
    _out: Indexes = field(default_factory=lambda: np.empty((1_024, 3), dtype=np.int64))

    def put(self, key: str, volumes: Sequence[Volume]) -> None:
        """Keep these volumes, and no others, under ``key``."""
        table = rows.laid(volumes)
        kept.grow(table)
        with self._turn:
            self._put(key, table, 0, len(volumes))

    def fill(self, items: Mapping[str, Sequence[Volume]]) -> None:
        """Keep many at once: all of them become visible together if they are many, key by key if they are few."""
        counts = [len(volumes) for volumes in items.values()]
        table = rows.laid([volume for volumes in items.values() for volume in volumes])
        kept.grow_many(table, 0, len(table.rows))
        with self._turn:
            if sum(counts) >= max(_MANY, len(self) // 4):
                self._put_all(list(items), table, counts)
                return
            end = 0
            for key, count in zip(items, counts, strict=True):
                self._put(key, table, end, end + count)
                end += count

    def remove(self, key: str) -> None:
        """Forget a key; one that is not there is no error."""
        with self._turn:
            if key in self._names.numbers:
                ready = kept.roomy(self._kept, 0, 0, self._count(key))
                with self._lock:
                    self._kept = ready
                    kept.drop(ready, self._names.first(key), True)  # noqa: FBT003 - compiled
                    self._names.forget(key)

    def meeting(self, volumes: Sequence[Volume]) -> tuple[Meeting, ...]:
        """Every kept volume that overlaps one of ``volumes``, in order, each pair once."""
        asked = rows.laid(volumes)
        with self._lock:
            count = kept.search(self._kept, asked, self._out)
            while count > len(self._out):
                self._out = np.empty((2 * count, 3), dtype=np.int64)
                count = kept.search(self._kept, asked, self._out)
            found = self._out[:count]
            if (
                crowd := count > _CROWD
            ):  # then the numbers are put in order beforehand, and names alone are compared
                found = found[np.lexsort((found[:, 2], found[:, 1]))]
            columns: list[list[int]] = found.T.tolist()
            keys = map(self._names.names.__getitem__, columns[0])
            met = list(map(_MADE, repeat(Meeting), zip(keys, *columns[1:], strict=True)))
        met.sort(key=itemgetter(0) if crowd else None)
        return tuple(met)

    def volumes(self, key: str) -> tuple[Volume, ...]:
        """What is kept under ``key``, as it was put."""
        with self._lock:
            table = self._kept.table
            return tuple(rows.read(table, row) for row in self._names.rows(table, key))

    def keys(self) -> Iterator[str]:
        """Every key that is kept."""
        with self._lock:
            return iter(list(self._names.numbers))

    def __len__(self) -> int:
        """How many volumes are kept."""
        return kept.count(self._kept)

    def clear(self) -> None:
        """Forget everything, and how far it came."""
        with self._turn, self._lock:
            self._kept, self._names, self._reached = kept.empty(), Names(), 0

    def reached(self) -> int:
        """How many entries of the record have been taken in."""
        return self._reached

    def reach(self, size: int) -> None:
        """Remember that the first ``size`` entries of the record have been taken in."""
        self._reached = size

    def save(self, path: Path) -> None:
        """Write a snapshot: whole, or not at all."""
        with self._turn:
            snapshot.write(path, self._reached, self._kept, self._names)

    @classmethod
    def load(cls, path: Path) -> "LiveIndex":
        """The index of a snapshot; Damaged where it is torn, or of another version."""
        reached, holds, names = snapshot.read(path)
        return cls(holds, names, reached)

    def _count(self, key: str) -> int:
        return sum(1 for _ in self._names.rows(self._kept.table, key))

    def _put(self, key: str, table: Table, begin: int, end: int) -> None:
        corners = sum(table.rows[begin:end, SIZE].tolist())
        ready = kept.roomy(self._kept, 2 * corners, end - begin, self._count(key))
        number = self._names.number(key)
        with self._lock:
            self._kept = ready
            kept.drop(ready, self._names.first(key), True)  # noqa: FBT003 - compiled
            self._names.keep(key, number, kept.take(ready, table, begin, end, number))

    def _put_all(self, keys: Sequence[str], table: Table, counts: Sequence[int]) -> None:
        """Puts all behind what is there, and makes a new tree while the old one still answers."""
        old = [first for key in keys if (first := self._names.first(key)) >= 0]
        ready = kept.roomy(self._kept, len(table.at), len(table.rows), 0)
        numbers = [self._names.number(key) for key in keys]
        firsts = kept.append(ready, table, np.array(counts), np.array(numbers)).tolist()
        live = kept.living(ready, np.array(old, dtype=np.int64))
        ready = ready._replace(tree=packing.packed(ready.table, live))
        with self._lock:
            self._kept = ready
            for first in old:
                kept.drop(ready, first, False)  # noqa: FBT003 - compiled
            for key, number, first in zip(keys, numbers, firsts, strict=True):
                self._names.keep(key, number, first)
