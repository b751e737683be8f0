"""Volumes as rows of numbers, for compiled code: laid out here, and read back here exactly as they were."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places import sphere
from trucekeeper.places.position import Position
from trucekeeper.places.sphere import BALL, Corners, Floats, Indexes

START, END, LOW, HIGH = 4, 5, 6, 7
"""Columns of a volume, behind those of its shape: its window and its altitudes."""
KEY, NUMBER, NEXT, ROOM, LEAF = 8, 9, 10, 11, 12
"""Of a kept one: the number of its key, which of the key's volumes it is, the row of the key's next one or -1, how
many corners there is room for, and the node of the tree that it hangs on."""
WIDTH = 13

FOREVER = 2**62
"""A bound that never comes, of an altitude or a moment."""

_FORMS = (Form.POINT, Form.PATH, Form.RING)
"""By the numbers of ``places.sphere``."""


class Table(NamedTuple):
    """Volumes, one a row of ``rows``, with all their corners as they were put and as unit vectors, caps and shares."""

    at: Corners
    points: Floats
    rows: Indexes
    balls: Floats


def empty(corners: int, rows: int) -> Table:
    """Room for volumes."""
    return Table(
        np.empty((corners, 3), dtype=np.int32),
        np.empty((corners, 3)),
        np.empty((rows, WIDTH), dtype=np.int64),
        np.empty((rows, BALL)),
    )


def laid(volumes: Sequence[Volume]) -> Table:
    """Volumes as rows; ``points`` and ``balls`` are still to be filled in by ``sphere.grow``."""
    at: list[int] = []  # flat lists become arrays several times quicker than nested ones
    numbers: list[int] = []
    first = 0
    for volume in volumes:
        footprint = volume.footprint
        form, size = footprint.form, sphere.add_corners(at, footprint.form is Form.RING, footprint.points)
        for hole in footprint.holes:
            size += sphere.add_corners(at, True, hole)  # noqa: FBT003 - a hole is closed
        start, end, low, high = volume.start, volume.end, volume.low_cm, volume.high_cm
        numbers += (
            first, size, 0 if form is Form.POINT else 1 if form is Form.PATH else 2, footprint.reach_cm,
            -FOREVER if start is None else start, FOREVER if end is None else end,
            -FOREVER if low is None else low, FOREVER if high is None else high,
        )  # fmt: skip
        first += size
    rows = np.full((len(volumes), WIDTH), -1, dtype=np.int64)
    try:
        rows[:, :KEY] = np.array(numbers, dtype=np.int64).reshape(-1, KEY)
    except OverflowError as error:
        msg = "a volume's time or altitude is too large a number; check its unit"
        raise BadInput(msg) from error
    corners = np.array(at, dtype=np.int32).reshape(-1, 3)
    return Table(corners, np.empty((first, 3)), rows, np.empty((len(volumes), BALL)))


def read(table: Table, row: int) -> Volume:
    """The volume that was laid in a row."""
    numbers: list[int] = table.rows[row, :KEY].tolist()
    first, size, form, reach_cm, *bounds = numbers
    rings = tuple(_rings(table.at[first : first + size].tolist()))
    footprint = Footprint(_FORMS[form], rings[0], reach_cm, rings[1:])
    start, end, low_cm, high_cm = (None if abs(one) >= FOREVER else one for one in bounds)
    return Volume(
        footprint,
        None if start is None else Instant(start),
        None if end is None else Instant(end),
        low_cm,
        high_cm,
    )


def _rings(corners: Sequence[Sequence[int]]) -> Iterator[tuple[Position, ...]]:
    ring: list[Position] = []
    for lat_u, lon_u, onward in corners:
        ring.append(Position(lat_u, lon_u))
        if onward < 1:
            yield tuple(ring)
            ring = []
