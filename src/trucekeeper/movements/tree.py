"""A tree of boxes over live volumes, in flat arrays and compiled: built at once, or changed volume by volume.

A volume is proposed by ten whole numbers: the least and the greatest x, y and z of the unit sphere's points that it
covers, its reach included, its window and its altitudes, each rounded outwards. Sixteen of them share a node and are
looked at together. This is an R-tree (Guttman 1984); nodes are parted where fewest questions will need both parts.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trucekeeper.movements.rows import END, HIGH, LEAF, LOW, START
from trucekeeper.places.compiled import compiled_within
from trucekeeper.places.sphere import CAP, EVERYWHERE, FIRST, FORM, RING, SHARE, SIZE, Floats, Indexes

Bounds = NDArray[np.int32]

FAN = 16
"""Children of a node."""
DIMS = 5
_LEAST, _MOST = -(2**31) + 1, 2**31 - 1
_GRID = float(2**30)
_TICK = 10
"""Bits below which a moment is cut off: 1.024 seconds."""

COUNT, PARENT, LEVEL = 0, 1, 2
ROOT, NODES, FREE = 0, 1, 2
"""Of ``head``: the root or -1, how many nodes were ever taken, the first of those given back or -1."""

_NEAR = 3_000 / 6_335_439 * _GRID
_LONG = 43_200_000 / 1_024
_LONGEST = 120 * _LONG
"""What a question is about wide and long, as a node's cost counts it: 3 km and half a day; 60 days are for ever."""
_FEWEST = 5
_DEEP = 512
HIGHEST = 12
"""More levels than a tree ever has; so many nodes may be needed for one volume that comes."""


class Tree(NamedTuple):
    """Nodes: ``box[node, d, i]`` and ``box[node, DIMS + d, i]`` bound child ``i`` in dimension ``d``, low and high.

    ``child`` are rows of volumes in leaves (level 0), and nodes above. Boxes of children that are not there hold
    nothing. ``info`` is each node's count, parent (or the next free node) and level.
    """

    box: Bounds
    child: Bounds
    info: Bounds
    head: Indexes


def empty(room: int = 64) -> Tree:
    """A tree over nothing, with room for so many nodes."""
    return Tree(
        np.empty((room, 2 * DIMS, FAN), dtype=np.int32),
        np.empty((room, FAN), dtype=np.int32),
        np.empty((room, 3), dtype=np.int32),
        np.array([-1, 0, -1], dtype=np.int64),
    )


def roomy(tree: Tree, nodes: int) -> Tree:
    """The same tree with room for so many nodes more."""
    wanted, here = int(tree.head[NODES]) + nodes, len(tree.box)
    if wanted <= here:
        return tree
    wider = empty(wanted + wanted // 4)
    wider.box[:here], wider.child[:here], wider.info[:here] = tree.box, tree.child, tree.info
    return Tree(wider.box, wider.child, wider.info, tree.head)


@compiled_within
def _clamped(value: float) -> int:
    return int(min(max(value, float(_LEAST)), float(_MOST)))


@compiled_within
def bound(points: Floats, rows: Indexes, balls: Floats, v: int, out: Bounds) -> None:
    """The ten numbers of a volume.

    All of a core lies between its corners in each coordinate, but for what arcs, and the inside of a ring, rise
    above the flat hull of the corners: less than one minus the cosine of the cap.
    """
    first, last = rows[v, FIRST], rows[v, FIRST] + rows[v, SIZE]
    everywhere = balls[v, SHARE] >= EVERYWHERE
    rise = 0.0
    if rows[v, FORM] == RING:
        rise = 1 - math.cos(balls[v, CAP])
    else:
        for k in range(first, last - 1):
            square = 0.0
            for axis in range(3):
                gap = points[k, axis] - points[k + 1, axis]
                square += gap * gap
            rise = max(rise, square / 4)
    spare = rise + balls[v, SHARE] + 1e-8
    for axis in range(3):
        low, high = points[first, axis], points[first, axis]
        for k in range(first + 1, last):
            low, high = min(low, points[k, axis]), max(high, points[k, axis])
        if everywhere:
            low, high = -2.0, 2.0
        out[axis] = _clamped(math.floor((low - spare) * _GRID))
        out[DIMS + axis] = _clamped(math.ceil((high + spare) * _GRID))
    out[3], out[DIMS + 3] = _clamped(float(rows[v, START] >> _TICK)), _clamped(float(rows[v, END] >> _TICK))
    out[4], out[DIMS + 4] = _clamped(float(rows[v, LOW])), _clamped(float(rows[v, HIGH]))


@compiled_within
def cost(low: Floats, high: Floats) -> float:
    """About how many questions come to a box: the area and the time that they may have in common with it."""
    wide = high[0] - low[0] + high[1] - low[1] + high[2] - low[2] + _NEAR
    return float(wide * wide * (min(high[3] - low[3], _LONGEST) + _LONG))


def costs(low: Floats, high: Floats) -> Floats:
    """As :func:`cost`, of many boxes, one a row."""
    wide = (high - low)[:, :3].sum(axis=1) + _NEAR
    found: Floats = wide * wide * (np.minimum(high[:, 3] - low[:, 3], _LONGEST) + _LONG)
    return found


@compiled_within
def whole(tree: Tree, node: int, out: Bounds) -> None:
    """The box around a node's children."""
    for d in range(DIMS):
        low, high = _MOST, _LEAST
        for i in range(FAN):
            low, high = min(low, tree.box[node, d, i]), max(high, tree.box[node, DIMS + d, i])
        out[d], out[DIMS + d] = low, high


@compiled_within
def _cleared(tree: Tree, node: int, i: int) -> None:
    for d in range(DIMS):
        tree.box[node, d, i], tree.box[node, DIMS + d, i] = _MOST, _LEAST
    tree.child[node, i] = -1


@compiled_within
def taken(tree: Tree, level: int) -> int:
    """A node with no children and no parent."""
    node = tree.head[FREE]
    if node >= 0:
        tree.head[FREE] = tree.info[node, PARENT]
    else:
        node = tree.head[NODES]
        tree.head[NODES] = node + 1
    tree.info[node, COUNT], tree.info[node, PARENT], tree.info[node, LEVEL] = 0, -1, level
    for i in range(FAN):
        _cleared(tree, node, i)
    return int(node)


@compiled_within
def _given_back(tree: Tree, node: int) -> None:
    tree.info[node, PARENT] = tree.head[FREE]
    tree.head[FREE] = node


@compiled_within
def added(tree: Tree, rows: Indexes, node: int, child: int, box: Bounds) -> None:
    """One child more, in a node that has room."""
    i = tree.info[node, COUNT]
    for d in range(2 * DIMS):
        tree.box[node, d, i] = box[d]
    tree.child[node, i] = child
    tree.info[node, COUNT] = i + 1
    if tree.info[node, LEVEL] == 0:
        rows[child, LEAF] = node
    else:
        tree.info[child, PARENT] = node


@compiled_within
def _slot(tree: Tree, node: int, child: int) -> int:
    for i in range(FAN):
        if tree.child[node, i] == child:
            return i
    return -1


@compiled_within
def _widened(tree: Tree, node: int, box: Bounds) -> None:
    """Have every node above ``node`` hold ``box`` too."""
    parent = tree.info[node, PARENT]
    while parent >= 0:
        i = _slot(tree, parent, node)
        for d in range(DIMS):
            tree.box[parent, d, i] = min(tree.box[parent, d, i], box[d])
            tree.box[parent, DIMS + d, i] = max(tree.box[parent, DIMS + d, i], box[DIMS + d])
        node, parent = parent, tree.info[parent, PARENT]


@compiled_within
def _narrowed(tree: Tree, node: int) -> None:
    """Have every node above ``node`` hold no more than it must."""
    box = np.empty(2 * DIMS, dtype=np.int32)
    parent = tree.info[node, PARENT]
    while parent >= 0:
        i = _slot(tree, parent, node)
        whole(tree, node, box)
        for d in range(2 * DIMS):
            tree.box[parent, d, i] = box[d]
        node, parent = parent, tree.info[parent, PARENT]


@compiled_within
def _best_leaf(tree: Tree, box: Bounds) -> int:
    """The leaf whose nodes above grow least in cost by taking a box in."""
    node = tree.head[ROOT]
    low, high = np.empty(DIMS), np.empty(DIMS)
    while tree.info[node, LEVEL] > 0:
        best, least, smallest = 0, np.inf, np.inf
        for i in range(tree.info[node, COUNT]):
            for d in range(DIMS):
                low[d], high[d] = tree.box[node, d, i], tree.box[node, DIMS + d, i]
            before = cost(low, high)
            for d in range(DIMS):
                low[d], high[d] = min(low[d], float(box[d])), max(high[d], float(box[DIMS + d]))
            grown = cost(low, high) - before
            if grown < least or (grown == least and before < smallest):
                best, least, smallest = i, grown, before
        node = tree.child[node, best]
    return int(node)


@compiled_within
def _sorted(keys: Floats, order: Indexes) -> None:
    """The numbers of a few keys, the least key's first."""
    for i in range(len(keys)):
        at = i
        while at > 0 and keys[order[at - 1]] > keys[i]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = i


@compiled_within
def _swept(boxes: Bounds, order: Indexes, costs_left: Floats, costs_right: Floats) -> None:
    """What the boxes up to each one cost together, and those from each one on, in their order."""
    count = len(order)
    low, high = np.empty(DIMS), np.empty(DIMS)
    for way in range(2):
        for d in range(DIMS):
            low[d], high[d] = np.inf, -np.inf
        for step in range(count):
            at = step if way == 0 else count - 1 - step
            for d in range(DIMS):
                low[d] = min(low[d], float(boxes[order[at], d]))
                high[d] = max(high[d], float(boxes[order[at], DIMS + d]))
            if way == 0:
                costs_left[at] = cost(low, high) * (step + 1)
            else:
                costs_right[at] = cost(low, high) * (step + 1)


@compiled_within
def _parted(boxes: Bounds, order: Indexes) -> int:
    """Order the boxes of a node that is too full, and say how many stay: where both parts together cost least."""
    count = len(order)
    best, cut, least = np.arange(count), count // 2, np.inf
    middles, left, right = np.empty(count), np.empty(count), np.empty(count)
    for axis in range(4):
        for i in range(count):
            middles[i] = float(boxes[i, axis]) + float(boxes[i, DIMS + axis])
        _sorted(middles, order)
        _swept(boxes, order, left, right)
        for at in range(_FEWEST, count - _FEWEST + 1):
            if left[at - 1] + right[at] < least:
                least, cut = left[at - 1] + right[at], at
                for i in range(count):
                    best[i] = order[i]
    for i in range(count):
        order[i] = best[i]
    return cut


@compiled_within
def insert(tree: Tree, rows: Indexes, v: int, box: Bounds) -> None:
    """Take a volume in, where there is room for as many nodes more as the tree is high, and one."""
    if tree.head[ROOT] < 0:
        tree.head[ROOT] = taken(tree, 0)
    node, child = _best_leaf(tree, box), v
    carried = np.empty(2 * DIMS, dtype=np.int32)
    for d in range(2 * DIMS):
        carried[d] = box[d]
    boxes, children = np.empty((FAN + 1, 2 * DIMS), dtype=np.int32), np.empty(FAN + 1, dtype=np.int32)
    order = np.empty(FAN + 1, dtype=np.int64)
    while tree.info[node, COUNT] == FAN:
        for i in range(FAN):
            children[i] = tree.child[node, i]
            for d in range(2 * DIMS):
                boxes[i, d] = tree.box[node, d, i]
            _cleared(tree, node, i)
        children[FAN] = child
        for d in range(2 * DIMS):
            boxes[FAN, d] = carried[d]
        cut = _parted(boxes, order)
        fresh = taken(tree, tree.info[node, LEVEL])
        tree.info[node, COUNT] = 0
        for at in range(FAN + 1):
            added(tree, rows, node if at < cut else fresh, int(children[order[at]]), boxes[order[at]])
        parent = tree.info[node, PARENT]
        if parent < 0:
            parent = taken(tree, tree.info[node, LEVEL] + 1)
            tree.head[ROOT] = parent
            whole(tree, node, carried)
            added(tree, rows, parent, node, carried)
        else:
            _narrowed(tree, node)
        whole(tree, fresh, carried)
        node, child = parent, fresh
    added(tree, rows, node, child, carried)
    _widened(tree, node, carried)


@compiled_within
def _cut_off(tree: Tree, node: int, child: int) -> None:
    """Take a child out of a node; a node that is left empty is taken out in turn."""
    while True:
        i, last = _slot(tree, node, child), tree.info[node, COUNT] - 1
        for d in range(2 * DIMS):
            tree.box[node, d, i] = tree.box[node, d, last]
        tree.child[node, i] = tree.child[node, last]
        _cleared(tree, node, last)
        tree.info[node, COUNT] = last
        if last > 0:
            _narrowed(tree, node)
            return
        parent = tree.info[node, PARENT]
        _given_back(tree, node)
        if parent < 0:
            tree.head[ROOT] = -1
            return
        node, child = parent, node


@compiled_within
def delete(tree: Tree, rows: Indexes, v: int) -> None:
    """Let go of a volume. What is left in a leaf that is nearly empty is taken in anew elsewhere."""
    node = rows[v, LEAF]
    _cut_off(tree, node, v)
    left = tree.info[node, COUNT]
    if tree.head[ROOT] < 0 or left == 0 or left > 2 or tree.info[node, PARENT] < 0:
        return
    children = np.empty(left, dtype=np.int64)
    boxes = np.empty((left, 2 * DIMS), dtype=np.int32)
    for i in range(left):
        children[i] = tree.child[node, i]
        for d in range(2 * DIMS):
            boxes[i, d] = tree.box[node, d, i]
    for i in range(left):
        _cut_off(tree, node, int(children[i]))
    for i in range(left):
        insert(tree, rows, int(children[i]), boxes[i])


@compiled_within
def proposed(tree: Tree, box: Bounds, out: Indexes) -> int:
    """The volumes whose boxes meet a box, into ``out`` as far as there is room; how many there are."""
    count = 0
    if tree.head[ROOT] < 0:
        return count
    nodes, meets = np.empty(_DEEP, dtype=np.int64), np.empty(FAN, dtype=np.bool_)
    nodes[0], waiting = tree.head[ROOT], 1
    while waiting:
        waiting -= 1
        node = nodes[waiting]
        bounds = tree.box[node]
        for i in range(FAN):
            meets[i] = (
                (bounds[0, i] <= box[5]) & (bounds[5, i] >= box[0])
                & (bounds[1, i] <= box[6]) & (bounds[6, i] >= box[1])
                & (bounds[2, i] <= box[7]) & (bounds[7, i] >= box[2])
                & (bounds[3, i] <= box[8]) & (bounds[8, i] >= box[3])
                & (bounds[4, i] <= box[9]) & (bounds[9, i] >= box[4])
            )  # fmt: skip
        leaf = tree.info[node, LEVEL] == 0
        for i in range(FAN):
            if meets[i]:
                if not leaf:
                    nodes[waiting] = tree.child[node, i]
                    waiting += 1
                else:
                    if count < len(out):
                        out[count] = tree.child[node, i]
                    count += 1
    return count
