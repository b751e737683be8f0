"""Volumes laid out flat, for compiled code: written here, read back here exactly as they were."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from trucekeeper.kernel.clock import Instant
from trucekeeper.movements import packed
from trucekeeper.movements.packed import FOREVER, Kept, Small
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position
from trucekeeper.places.sphere import Indexes

FORMS = (Form.POINT, Form.PATH, Form.RING)
"""By the numbers of ``places.sphere``."""
_CODES = {form: code for code, form in enumerate(FORMS)}

A = TypeVar("A", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Laid:
    """What is signed of some volumes, flat; see :class:`trucekeeper.movements.packed.Kept` for the columns."""

    at_u: Small
    rings: Indexes
    first_ring: Indexes
    form: NDArray[np.int8]
    reach_cm: Small
    spans: Indexes

    def kept(self) -> Kept:
        """With all that follows from it, and everything alive."""
        many = len(self.form)
        kept = Kept(
            self.at_u,
            np.empty((len(self.at_u), 3)),
            self.rings,
            self.first_ring,
            self.form,
            self.reach_cm,
            np.empty(many),
            np.empty((many, 3)),
            np.empty(many),
            self.spans,
            np.ones(many, dtype=np.bool_),
        )
        if many:
            packed.grown(kept, 0, many)
        return kept


def laid(volumes: Sequence[Volume]) -> Laid:
    """Volumes, flat."""
    at: list[tuple[int, int]] = []
    rings: list[int] = []
    firsts: list[int] = [0]
    forms: list[int] = []
    reaches: list[int] = []
    spans: list[tuple[int, int, int, int]] = []
    for volume in volumes:
        footprint = volume.footprint
        for ring in (footprint.points, *footprint.holes):
            rings.append(len(at))
            at += [(point.lat_u, point.lon_u) for point in ring]
        rings.append(len(at))
        firsts.append(len(rings))
        forms.append(_CODES[footprint.form])
        reaches.append(footprint.reach_cm)
        spans.append(
            (
                -FOREVER if volume.start is None else volume.start,
                FOREVER if volume.end is None else volume.end,
                -FOREVER if volume.low_cm is None else volume.low_cm,
                FOREVER if volume.high_cm is None else volume.high_cm,
            )
        )
    return Laid(
        np.array(at, dtype=np.int32).reshape(-1, 2),
        np.array(rings, dtype=np.int64),
        np.array(firsts, dtype=np.int64),
        np.array(forms, dtype=np.int8),
        np.array(reaches, dtype=np.int32),
        np.array(spans, dtype=np.int64).reshape(-1, 4),
    )


@dataclass(slots=True)
class Buffers:
    """Laid volumes that grow at the end, and whose they are. Arrays hold room to spare behind what is used.

    ``count`` volumes are there, ``living`` of them to be found. ``slots`` gives each key its first volume and how
    many; ``keys`` and ``numbers`` give each volume its key and its place among the key's.
    """

    slots: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    keys: list[str] = field(default_factory=list[str])
    slot_of: Small = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    numbers: Small = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    whole: Kept = field(default_factory=lambda: laid(()).kept())
    points: int = 0
    bounds: int = 0
    count: int = 0
    living: int = 0

    def kept(self) -> Kept:
        """All columns, room to spare included; rows behind ``count`` mean nothing."""
        return self.whole

    def take(self, more: Laid, keys: Sequence[str], counts: Sequence[int]) -> None:
        """Keep ``more``, of which the first ``counts[0]`` are those of ``keys[0]``, in the place of the keys' own."""
        self._room(len(more.at_u), len(more.rings), len(more.form))
        kept, first, last = self.whole, self.count, self.count + len(more.form)
        kept.at_u[self.points : self.points + len(more.at_u)] = more.at_u
        kept.rings[self.bounds : self.bounds + len(more.rings)] = more.rings + self.points
        kept.first_ring[first + 1 : last + 1] = more.first_ring[1:] + self.bounds
        kept.form[first:last] = more.form
        kept.reach_cm[first:last] = more.reach_cm
        kept.spans[first:last] = more.spans
        if last > first:
            packed.grown(kept, first, last)
        self.points += len(more.at_u)
        self.bounds += len(more.rings)
        self.count = last
        at = first
        for key, count in zip(keys, counts, strict=True):
            self.drop(key)
            self.slot_of[at : at + count] = len(self.keys)
            self.numbers[at : at + count] = np.arange(count)
            self.keys.append(key)
            self.slots[key] = (at, count)
            at += count
        kept.alive[first:last] = True
        self.living += last - first

    def drop(self, key: str) -> None:
        """Let a key's volumes be found no more."""
        first, count = self.slots.pop(key, (0, 0))
        self.whole.alive[first : first + count] = False
        self.living -= count

    def name(self, volume: int) -> tuple[str, int]:
        """Whose volume it is, and which of them."""
        return self.keys[int(self.slot_of[volume])], int(self.numbers[volume])

    def volumes(self, key: str) -> tuple[Volume, ...]:
        """A key's volumes, as they were laid."""
        first, count = self.slots.get(key, (0, 0))
        return tuple(self._volume(one) for one in range(first, first + count))

    def used(self) -> Laid:
        """What is there, without room to spare."""
        kept = self.whole
        return Laid(
            kept.at_u[: self.points],
            kept.rings[: self.bounds],
            kept.first_ring[: self.count + 1],
            kept.form[: self.count],
            kept.reach_cm[: self.count],
            kept.spans[: self.count],
        )

    def compacted(self) -> "Buffers":
        """The living alone, in the order in which they came."""
        fresh = Buffers()
        keys = sorted(self.slots, key=lambda key: self.slots[key])
        alive = np.flatnonzero(self.whole.alive[: self.count])
        fresh.take(_gathered(self.used(), alive), keys, [self.slots[key][1] for key in keys])
        return fresh

    def _volume(self, at: int) -> Volume:
        kept = self.whole
        bounds = kept.rings[kept.first_ring[at] : kept.first_ring[at + 1]].tolist()
        rings = [
            tuple(Position(lat, lon) for lat, lon in kept.at_u[first:last].tolist())
            for first, last in pairwise(bounds)
        ]
        footprint = Footprint(FORMS[int(kept.form[at])], rings[0], int(kept.reach_cm[at]), tuple(rings[1:]))
        start, end, low, high = (None if abs(one) >= FOREVER else one for one in kept.spans[at].tolist())
        return Volume(
            footprint,
            None if start is None else Instant(start),
            None if end is None else Instant(end),
            low,
            high,
        )

    def _room(self, points: int, bounds: int, volumes: int) -> None:
        kept = self.whole
        at_u = _wide(kept.at_u, self.points + points)
        count = self.count + volumes
        self.whole = Kept(
            at_u,
            _wide(kept.points, self.points + points),
            _wide(kept.rings, self.bounds + bounds),
            _wide(kept.first_ring, count + 1),
            _wide(kept.form, count),
            _wide(kept.reach_cm, count),
            _wide(kept.stray_m, count),
            _wide(kept.centre, count),
            _wide(kept.radius, count),
            _wide(kept.spans, count),
            _wide(kept.alive, count),
        )
        self.slot_of, self.numbers = _wide(self.slot_of, count), _wide(self.numbers, count)


def _wide(column: NDArray[A], rows: int) -> NDArray[A]:
    """The column with room for so many rows: an eighth more than asked for, so that it is seldom copied."""
    if rows <= len(column):
        return column
    wider = np.zeros((rows + rows // 8 + 16, *column.shape[1:]), dtype=column.dtype)
    wider[: len(column)] = column
    return wider


def _gathered(from_: Laid, volumes: Indexes) -> Laid:
    """These volumes alone."""
    firsts, lasts = from_.first_ring[volumes], from_.first_ring[volumes + 1]
    bounds = _stretches(firsts, lasts)
    begin, end = from_.rings[firsts], from_.rings[lasts - 1]
    moved = np.cumsum(end - begin) - (end - begin) - begin
    return Laid(
        from_.at_u[_stretches(begin, end)],
        from_.rings[bounds] + np.repeat(moved, lasts - firsts),
        np.concatenate([[0], np.cumsum(lasts - firsts)]),
        from_.form[volumes],
        from_.reach_cm[volumes],
        from_.spans[volumes],
    )


def _stretches(firsts: Indexes, lasts: Indexes) -> Indexes:
    """The numbers from each first up to its last, one stretch behind the other."""
    counts = lasts - firsts
    return np.repeat(firsts - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
