"""Builds the tree over many volumes at once: by halves, each time along what keeps most questions from one half."""

import numpy as np
from numpy.typing import NDArray

from trucekeeper.movements import tree as trees
from trucekeeper.movements.rows import Table
from trucekeeper.movements.tree import DIMS, FAN, NODES, ROOT, Bounds, Tree, bound
from trucekeeper.places.compiled import compiled_apart, compiled_within
from trucekeeper.places.sphere import Indexes

_AXES = 5
_MOST_TRIED = 40_000
"""Of more volumes than these a sample tells along what to halve them."""


def packed(table: Table, live: Indexes) -> Tree:
    """A tree over these rows; what hangs where is written into them."""
    if not len(live):
        return trees.empty()
    leaves = -(-len(live) // FAN)
    tree = trees.empty(leaves + leaves // (FAN - 1) + 64 + leaves // 8)
    boxes = np.empty((len(live), 2 * DIMS), dtype=np.int32)
    _bounds(table, live, boxes)
    order = np.arange(len(live))
    _halved(boxes, _keys(boxes), order)
    _hung(tree, table.rows, live, boxes, order)
    return tree


@compiled_apart
def _bounds(table: Table, live: Indexes, boxes: Bounds) -> None:
    for at in range(len(live)):
        bound(table.points, table.rows, table.balls, live[at], boxes[at])


def _keys(boxes: Bounds) -> NDArray[np.float32]:
    """What volumes are ordered by along each axis: the middles in space and time, and how large they are."""
    keys = np.empty((_AXES, len(boxes)), dtype=np.float32)
    low, high = boxes[:, :DIMS].astype(np.float64), boxes[:, DIMS:].astype(np.float64)
    keys[:4] = ((low + high) / 2).T[:4]
    keys[4] = np.log(trees.costs(low, high))
    return keys


@compiled_within
def _select(key: NDArray[np.float32], order: Indexes, low: int, high: int, nth: int) -> None:
    """Arrange ``order[low..high]`` so that what stands before ``nth`` has no larger key than what stands behind."""
    while low < high:
        pivot = key[order[(low + high) // 2]]
        left, right = low, high
        while left <= right:
            while key[order[left]] < pivot:
                left += 1
            while key[order[right]] > pivot:
                right -= 1
            if left <= right:
                order[left], order[right] = order[right], order[left]
                left += 1
                right -= 1
        if nth <= right:
            high = right
        elif nth >= left:
            low = left
        else:
            return


@compiled_within
def _cost_of(boxes: Bounds, order: Indexes, first: int, last: int) -> float:
    low, high = np.full(DIMS, np.inf), np.full(DIMS, -np.inf)
    for at in range(first, last):
        for d in range(DIMS):
            low[d] = min(low[d], float(boxes[order[at], d]))
            high[d] = max(high[d], float(boxes[order[at], DIMS + d]))
    return trees.cost(low, high) * (last - first)


@compiled_within
def _best_axis(boxes: Bounds, keys: NDArray[np.float32], tried: Indexes, nth: int) -> int:
    best, least = 0, np.inf
    for axis in range(_AXES):
        _select(keys[axis], tried, 0, len(tried) - 1, nth)
        both = _cost_of(boxes, tried, 0, nth) + _cost_of(boxes, tried, nth, len(tried))
        if both < least:
            best, least = axis, both
    return best


@compiled_apart
def _halved(boxes: Bounds, keys: NDArray[np.float32], order: Indexes) -> None:
    """Order volumes so that each leaf's, and each node's, stand together."""
    firsts, lasts = np.empty(128, dtype=np.int64), np.empty(128, dtype=np.int64)
    firsts[0], lasts[0], waiting = 0, len(order), 1
    while waiting:
        waiting -= 1
        first, last = firsts[waiting], lasts[waiting]
        if last - first <= FAN:
            continue
        half = FAN
        while 2 * half < last - first:
            half *= 2
        step = (last - first) // _MOST_TRIED + 1
        tried = order[first:last:step].copy()
        axis = _best_axis(boxes, keys, tried, min(half // step, len(tried) - 1))
        _select(keys[axis], order, first, last - 1, first + half)
        firsts[waiting], lasts[waiting] = first, first + half
        firsts[waiting + 1], lasts[waiting + 1] = first + half, last
        waiting += 2


@compiled_apart
def _hung(tree: Tree, rows: Indexes, live: Indexes, boxes: Bounds, order: Indexes) -> None:
    """Make the nodes, level by level; the last one is the root."""
    begin, end, level = 0, 0, 0
    for first in range(0, len(order), FAN):
        node = trees.taken(tree, 0)
        for at in range(first, min(first + FAN, len(order))):
            trees.added(tree, rows, node, int(live[order[at]]), boxes[order[at]])
    end = tree.head[NODES]
    box = np.empty(2 * DIMS, dtype=np.int32)
    while end - begin > 1:
        level += 1
        for first in range(begin, end, FAN):
            node = trees.taken(tree, level)
            for child in range(first, min(first + FAN, end)):
                trees.whole(tree, child, box)
                trees.added(tree, rows, node, child, box)
        begin, end = end, tree.head[NODES]
    tree.head[ROOT] = begin
