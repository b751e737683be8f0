"""What the live index keeps, in arrays with room to spare, and the compiled steps that change it and search it.

Rows and stretches of corners that are given back are used again, so nothing is ever moved to make room.
"""

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from trucekeeper.movements import rows, tree
from trucekeeper.movements.rows import END, HIGH, KEY, LOW, NEXT, NUMBER, ROOM, START, Table
from trucekeeper.movements.tree import DIMS, Tree
from trucekeeper.places import sphere
from trucekeeper.places.compiled import compiled, compiled_apart, compiled_within
from trucekeeper.places.sphere import CAP, FIRST, SHARE, SIZE, Floats, Indexes


def _sizes() -> Indexes:
    sizes = list(range(1, 9))
    while sizes[-1] < 2**31:
        sizes.append(sizes[-1] + max(1, sizes[-1] // 4))
    return np.array(sizes, dtype=np.int64)


_SIZES = _sizes()
"""How long the stretches are that are used again."""

A = TypeVar("A", bound=np.generic)

_ROWS, _CORNERS, _LIVING, _FREE_ROW, _FREE = 0, 1, 2, 3, 4
"""Of ``used``: how many rows and corners were ever taken, how many rows are in use, the first row that is free again
or -1, and the first stretch of corners of each size that is."""


class Kept(NamedTuple):
    """The volumes, what of the arrays is in use, and the tree over them."""

    table: Table
    used: Indexes
    tree: Tree


def empty() -> Kept:
    """Nothing, and little room."""
    used = np.full(_FREE + len(_SIZES), -1, dtype=np.int64)
    used[: _LIVING + 1] = 0
    return Kept(rows.empty(256, 64), used, tree.empty())


def roomy(kept: Kept, corners: int, coming: int, going: int) -> Kept:
    """The same with room for so many corners and volumes more, and for so many to go.

    Arrays that are too small are copied; whoever reads the old ones may go on with them.
    """
    table = kept.table
    points, count = int(kept.used[_CORNERS]) + corners, int(kept.used[_ROWS]) + coming
    wide = Table(
        _wide(table.at, points),
        _wide(table.points, points),
        _wide(table.rows, count),
        _wide(table.balls, count),
    )
    nodes = tree.HIGHEST * (coming + 2 * going + 1)
    return Kept(wide, kept.used, tree.roomy(kept.tree, nodes))


def count(kept: Kept) -> int:
    """How many volumes are kept."""
    return int(kept.used[_LIVING])


def taken(kept: Kept) -> tuple[int, int]:
    """How many corners and rows were ever taken, those that are free again included."""
    return int(kept.used[_CORNERS]), int(kept.used[_ROWS])


def _wide(column: NDArray[A], count: int) -> NDArray[A]:
    if count <= len(column):
        return column
    wider = np.empty((count + count // 4, *column.shape[1:]), dtype=column.dtype)
    wider[: len(column)] = column
    return wider


@compiled
def grow(table: Table) -> None:
    """Fill in what follows from what was laid."""
    for v in range(len(table.rows)):
        sphere.grow(table.at, table.points, table.rows, table.balls, v)


@compiled_apart
def grow_many(table: Table, first: int, last: int) -> None:
    """As :func:`grow`, for many at once."""
    for v in range(first, last):
        sphere.grow(table.at, table.points, table.rows, table.balls, v)


@compiled_within
def _size_of(count: int) -> int:
    """The number of the smallest size that holds so many corners."""
    size = 0
    while _SIZES[size] < count:
        size += 1
    return size


@compiled_within
def _row(table: Table, used: Indexes) -> int:
    v = used[_FREE_ROW]
    used[_LIVING] += 1
    if v >= 0:
        used[_FREE_ROW] = table.rows[v, NEXT]
    else:
        v = used[_ROWS]
        used[_ROWS] = v + 1
    return int(v)


@compiled_within
def _stretch(table: Table, used: Indexes, v: int, count: int) -> None:
    """Find room for the corners of row ``v``."""
    size = _size_of(count)
    first = used[_FREE + size]
    if first >= 0:
        used[_FREE + size] = table.at[first, 0]
    else:
        first = used[_CORNERS]
        used[_CORNERS] = first + _SIZES[size]
    table.rows[v, FIRST], table.rows[v, ROOM] = first, _SIZES[size]


@compiled
def drop(kept: Kept, first: int, hanging: bool) -> None:  # noqa: FBT001 - compiled
    """Let go of a key's rows, of which ``first`` is one and the others follow."""
    table, used, v = kept.table, kept.used, first
    while v >= 0:
        if hanging:
            tree.delete(kept.tree, table.rows, v)
        size = _size_of(int(table.rows[v, ROOM]) + 1) - 1
        table.at[table.rows[v, FIRST], 0] = used[_FREE + size]
        used[_FREE + size] = table.rows[v, FIRST]
        after = table.rows[v, NEXT]
        table.rows[v, NEXT], table.rows[v, SIZE] = used[_FREE_ROW], 0
        used[_FREE_ROW] = v
        used[_LIVING] -= 1
        v = after


@compiled_within
def _copied(table: Table, v: int, more: Table, row: int) -> None:
    for column in range(rows.WIDTH):
        table.rows[v, column] = more.rows[row, column]
    for column in range(sphere.BALL):
        table.balls[v, column] = more.balls[row, column]


@compiled
def take(kept: Kept, more: Table, begin: int, end: int, key: int) -> int:
    """Keep the rows of ``more`` from ``begin`` to ``end`` under a key, hung on the tree; gives the first one's row."""
    table, before, first = kept.table, -1, -1
    box = np.empty(2 * DIMS, dtype=np.int32)
    for row in range(begin, end):
        v = _row(table, kept.used)
        _copied(table, v, more, row)
        count, source = more.rows[row, SIZE], more.rows[row, FIRST]
        _stretch(table, kept.used, v, count)
        target = table.rows[v, FIRST]
        for k in range(count):
            for axis in range(3):
                table.at[target + k, axis] = more.at[source + k, axis]
                table.points[target + k, axis] = more.points[source + k, axis]
        table.rows[v, KEY], table.rows[v, NUMBER], table.rows[v, NEXT] = key, row - begin, -1
        if before >= 0:
            table.rows[before, NEXT] = v
        else:
            first = v
        before = v
        tree.bound(table.points, table.rows, table.balls, v, box)
        tree.insert(kept.tree, table.rows, v, box)
    return first


def append(kept: Kept, more: Table, counts: Indexes, keys: Indexes) -> Indexes:
    """Keep the rows of ``more``, ``counts`` of them under each of ``keys``, hung on no tree; gives their first rows."""
    (last, base), table, firsts = taken(kept), kept.table, np.empty(len(keys), dtype=np.int64)
    table.rows[base : base + len(more.rows)] = more.rows
    table.balls[base : base + len(more.rows)] = more.balls
    table.at[last : last + len(more.at)] = more.at
    table.points[last : last + len(more.at)] = more.points
    _named(table.rows, base, last, counts, keys, firsts)
    kept.used[_ROWS], kept.used[_CORNERS] = base + len(more.rows), last + len(more.at)
    kept.used[_LIVING] += len(more.rows)
    return firsts


@compiled_apart
def _named(table: Indexes, base: int, corner: int, counts: Indexes, keys: Indexes, firsts: Indexes) -> None:
    """Write down whose the rows from ``base`` on are, and that their corners stand from ``corner`` on."""
    v = base
    for which in range(len(counts)):
        firsts[which] = v if counts[which] else -1
        for number in range(counts[which]):
            table[v, FIRST] += corner
            table[v, ROOM] = table[v, SIZE]
            table[v, KEY], table[v, NUMBER] = keys[which], number
            table[v, NEXT] = v + 1 if number + 1 < counts[which] else -1
            v += 1


def living(kept: Kept, going: Indexes) -> Indexes:
    """The rows that are in use, but for those of keys whose first rows are given."""
    alive = kept.table.rows[: kept.used[_ROWS], SIZE] > 0
    _struck(kept.table.rows, going, alive)
    return np.flatnonzero(alive)


@compiled
def _struck(table: Indexes, going: Indexes, alive: NDArray[np.bool_]) -> None:
    for first in going:
        v = first
        while v >= 0:
            alive[v] = False
            v = table[v, NEXT]


@compiled_within
def _shared(one: Indexes, v: int, other: Indexes, q: int) -> bool:
    return bool(
        one[v, START] <= other[q, END]
        and other[q, START] <= one[v, END]
        and one[v, LOW] <= other[q, HIGH]
        and other[q, LOW] <= one[v, HIGH]
    )


@compiled_within
def _caps_meet(one: Floats, v: int, other: Floats, q: int) -> bool:
    """Whether the balls around two caps meet: a chord is no longer than its angle."""
    x, y, z = one[v, 0] - other[q, 0], one[v, 1] - other[q, 1], one[v, 2] - other[q, 2]
    far = one[v, CAP] + one[v, SHARE] + other[q, CAP] + other[q, SHARE] + 1e-9
    return bool(x * x + y * y + z * z <= far * far)


@compiled
def search(kept: Kept, asked: Table, out: Indexes) -> int:
    """How many pairs of a kept volume and one that is asked about overlap; as many as fit go into ``out``.

    Each pair is the kept one's key and number, and which of the asked it meets.
    """
    table, count = kept.table, 0
    box = np.empty(2 * DIMS, dtype=np.int32)
    likely = np.empty(1_024, dtype=np.int64)
    for q in range(len(asked.rows)):
        sphere.grow(asked.at, asked.points, asked.rows, asked.balls, q)
        tree.bound(asked.points, asked.rows, asked.balls, q, box)
        many = tree.proposed(kept.tree, box, likely)
        if many > len(likely):
            likely = np.empty(2 * many, dtype=np.int64)
            many = tree.proposed(kept.tree, box, likely)
        for at in range(many):
            v = likely[at]
            if (
                _shared(table.rows, v, asked.rows, q)
                and _caps_meet(table.balls, v, asked.balls, q)
                and sphere.near(
                    table.at, table.points, table.rows, table.balls, v,
                    asked.at, asked.points, asked.rows, asked.balls, q,
                )
            ):  # fmt: skip
                if count < len(out):
                    out[count, 0], out[count, 1], out[count, 2] = table.rows[v, KEY], table.rows[v, NUMBER], q
                count += 1
    return count
