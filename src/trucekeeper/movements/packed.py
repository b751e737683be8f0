"""Volumes in flat arrays, a packed tree over them, and the compiled search that misses none.

A volume stands for the search as a ball in space around a piece of the unit sphere, and as two closed spans, of time
and of altitude; that may let too many through, never too few. What is let through is decided by the same
``places.sphere.meet`` that decides everywhere.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trucekeeper.places import sphere
from trucekeeper.places.compiled import compiled
from trucekeeper.places.sphere import Floats, Indexes

FAN = 16
"""Children of a node."""
FOREVER = 2**62
"""A bound that never comes, of an altitude or a moment."""
_R_M = 6_371_000.0
_M_PER_MS = 3_000 / 43_200_000
"""Half a day counts like three kilometres: about what an activity asks about of either."""
_DEEP = 256

Small = NDArray[np.int32]
Flags = NDArray[np.bool_]


class Kept(NamedTuple):
    """Volumes, one a row.

    ``at_u`` and ``points`` hold every volume's positions one after the other, as whole microdegrees and as unit
    vectors. ``rings[first_ring[v]]`` up to ``rings[first_ring[v + 1] - 1]`` are where its rings begin, and the last
    ends. ``centre`` and ``radius`` are its ball, its reach and the tolerance in it. ``spans`` are start, end, low and
    high. ``alive`` says which are to be found.
    """

    at_u: Small
    points: Floats
    rings: Indexes
    first_ring: Indexes
    form: NDArray[np.int8]
    reach_cm: Small
    stray_m: Floats
    centre: Floats
    radius: Floats
    spans: Indexes
    alive: Flags


class Tree(NamedTuple):
    """A tree over volumes ``order``: its leaves' balls and spans laid out in that order, and boxes of nodes above.

    Nodes of one level stand together, the lowest level first; ``levels`` is where each begins, and the last ends.
    """

    order: Small
    balls: Floats
    spans: Indexes
    levels: Indexes
    boxes: Floats
    node_spans: Indexes


def grown(kept: Kept, first: int, last: int) -> None:
    """Fill in what follows from positions, forms and reaches, for the volumes from ``first`` up to ``last``."""
    begin, end = int(kept.rings[kept.first_ring[first]]), int(kept.rings[kept.first_ring[last] - 1])
    sphere.lay(kept.at_u[begin:end].astype(np.int64), kept.points[begin:end])
    _balls(kept, first, last)


@compiled
def _balls(kept: Kept, first: int, last: int) -> None:
    for v in range(first, last):
        rings = kept.rings[kept.first_ring[v] : kept.first_ring[v + 1]]
        angle, stray_m = sphere.cap(kept.form[v], kept.points, rings, kept.centre[v])
        kept.stray_m[v] = stray_m
        metres = kept.reach_cm[v] / 100 + stray_m + sphere.GRAIN_M
        # an angle is never less than the chord under it
        kept.radius[v] = angle + metres / sphere.LEAST_RADIUS_M + 1e-12


def tree_of(kept: Kept, volumes: Indexes) -> Tree:
    """A tree over these volumes. Neighbours in space and in time stand together."""
    endless = kept.spans[volumes, 1] >= FOREVER
    parts = [_parted(kept, volumes[~endless]), _parted(kept, volumes[endless])]
    return tree_over(kept, np.concatenate(parts).astype(np.int32))


def tree_over(kept: Kept, order: Small) -> Tree:
    """The tree whose leaves stand in this order."""
    balls = np.concatenate([kept.centre[order], kept.radius[order, None]], axis=1)
    spans = np.ascontiguousarray(kept.spans[order])
    low, high = balls[:, :3] - balls[:, 3:], balls[:, :3] + balls[:, 3:]
    boxes, node_spans, levels = [np.empty((0, 6))], [np.empty((0, 4), dtype=np.int64)], [0]
    box, span = np.concatenate([low, high], axis=1), spans
    while True:
        starts = np.arange(0, len(box), FAN)
        box = np.concatenate(
            [np.minimum.reduceat(box[:, :3], starts), np.maximum.reduceat(box[:, 3:], starts)], axis=1
        )
        pairs = [np.minimum, np.maximum, np.minimum, np.maximum]
        span = np.stack([join.reduceat(span[:, at], starts) for at, join in enumerate(pairs)], axis=1)
        boxes.append(box)
        node_spans.append(span)
        levels.append(levels[-1] + len(box))
        if len(box) == 1:
            break
    return Tree(
        order,
        balls,
        spans,
        np.array(levels, dtype=np.int64),
        np.ascontiguousarray(np.concatenate(boxes)),
        np.ascontiguousarray(np.concatenate(node_spans)),
    )


def empty_tree() -> Tree:
    """A tree over nothing."""
    return Tree(
        np.empty(0, dtype=np.int32),
        np.empty((0, 4)),
        np.empty((0, 4), dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.empty((0, 6)),
        np.empty((0, 4), dtype=np.int64),
    )


def _parted(kept: Kept, volumes: Indexes) -> Indexes:
    """The volumes in an order in which each leaf's, and each node's, lie close together in space and in time."""
    order = np.array(volumes, dtype=np.int64)
    x, y, z = kept.centre[order].T
    across = np.sqrt(np.maximum(x * x + y * y, 0.0))
    start, end = kept.spans[order, 0].astype(np.float64), kept.spans[order, 1].astype(np.float64)
    middle = np.where(end >= FOREVER, 0.0, np.maximum(start, -1e15) / 2 + end / 2)
    keys = np.stack([np.arcsin(z) * _R_M, np.arctan2(y, x) * across * _R_M, middle * _M_PER_MS])
    places = np.arange(len(order))
    _split(keys, places)
    return order[places]


@compiled
def _split(keys: Floats, order: Indexes) -> None:
    """Halve again and again along the axis on which a stretch is longest, down to leaves of :data:`FAN`."""
    firsts, lasts = np.empty(128, dtype=np.int64), np.empty(128, dtype=np.int64)
    firsts[0], lasts[0], waiting = 0, len(order), 1
    while waiting:
        waiting -= 1
        first, last = firsts[waiting], lasts[waiting]
        if last - first <= FAN:
            continue
        axis, longest = 0, -1.0
        for one in range(3):
            low, high = np.inf, -np.inf
            for at in range(first, last):
                low, high = min(low, keys[one, order[at]]), max(high, keys[one, order[at]])
            if high - low > longest:
                axis, longest = one, high - low
        half = FAN
        while 2 * half < last - first:
            half *= 2
        _select(keys[axis], order, first, last - 1, first + half)
        firsts[waiting], lasts[waiting] = first, first + half
        firsts[waiting + 1], lasts[waiting + 1] = first + half, last
        waiting += 2


@compiled
def _select(key: Floats, order: Indexes, low: int, high: int, nth: int) -> None:
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


@compiled
def _spans_meet(spans: Indexes, row: int, other: Indexes, at: int) -> bool:
    return bool(
        spans[row, 0] <= other[at, 1]
        and other[at, 0] <= spans[row, 1]
        and spans[row, 2] <= other[at, 3]
        and other[at, 2] <= spans[row, 3]
    )


@compiled
def _decided(kept: Kept, v: int, asked: Kept, q: int) -> bool:
    """Whether volume ``v`` and question ``q`` overlap, their spans and balls having met."""
    metres = (
        (kept.reach_cm[v] + asked.reach_cm[q]) / 100 + kept.stray_m[v] + asked.stray_m[q] + sphere.GRAIN_M
    )
    return sphere.meet(
        kept.form[v],
        kept.points,
        kept.rings[kept.first_ring[v] : kept.first_ring[v + 1]],
        kept.centre[v],
        asked.form[q],
        asked.points,
        asked.rings[asked.first_ring[q] : asked.first_ring[q + 1]],
        asked.centre[q],
        sphere.chord2(metres / sphere.LEAST_RADIUS_M),
    )


@compiled
def _balls_meet(balls: Floats, row: int, centre: Floats, radius: float) -> bool:
    x, y, z = balls[row, 0] - centre[0], balls[row, 1] - centre[1], balls[row, 2] - centre[2]
    reach = balls[row, 3] + radius
    return bool(x * x + y * y + z * z <= reach * reach)


@compiled
def _reaches(boxes: Floats, row: int, centre: Floats, radius: float) -> bool:
    """Whether a ball reaches a box."""
    apart = 0.0
    for axis in range(3):
        gap = max(boxes[row, axis] - centre[axis], centre[axis] - boxes[row, axis + 3])
        if gap > 0:
            apart += gap * gap
    return bool(apart <= radius * radius)


@compiled
def _leaves(  # noqa: PLR0913, PLR0917 - one loop in two functions
    tree: Tree, first: int, kept: Kept, asked: Kept, q: int, out: Indexes, count: int
) -> int:
    for leaf in range(first, min(first + FAN, len(tree.order))):
        v = tree.order[leaf]
        if (
            _spans_meet(tree.spans, leaf, asked.spans, q)
            and _balls_meet(tree.balls, leaf, asked.centre[q], asked.radius[q])
            and kept.alive[v]
            and _decided(kept, v, asked, q)
        ):
            if count < len(out):
                out[count, 0], out[count, 1] = v, q
            count += 1
    return count


@compiled
def _climbed(tree: Tree, kept: Kept, asked: Kept, q: int, out: Indexes, count: int) -> int:
    """Add what ``q`` meets in the tree to ``out`` from ``count`` on; counts on where ``out`` is full."""
    top = len(tree.levels) - 2
    if top < 0:
        return count
    centre, radius = asked.centre[q], asked.radius[q]
    nodes, depths = np.empty(_DEEP, dtype=np.int64), np.empty(_DEEP, dtype=np.int64)
    nodes[0], depths[0], waiting = 0, top, 1
    while waiting:
        waiting -= 1
        first, depth = nodes[waiting] * FAN, depths[waiting]
        if depth == 0:
            count = _leaves(tree, first, kept, asked, q, out, count)
            continue
        below = tree.levels[depth - 1]
        for row in range(below + first, min(below + first + FAN, tree.levels[depth])):
            if _spans_meet(tree.node_spans, row, asked.spans, q) and _reaches(tree.boxes, row, centre, radius):
                nodes[waiting], depths[waiting] = row - below, depth - 1
                waiting += 1
    return count


@compiled
def _scanned(  # noqa: PLR0913, PLR0917 - as above
    first: int, last: int, kept: Kept, asked: Kept, q: int, out: Indexes, count: int
) -> int:
    """As :func:`_climbed`, for volumes that are in no tree yet."""
    centre, radius = asked.centre[q], asked.radius[q]
    for v in range(first, last):
        if not kept.alive[v] or not _spans_meet(kept.spans, v, asked.spans, q):
            continue
        x, y, z = kept.centre[v, 0] - centre[0], kept.centre[v, 1] - centre[1], kept.centre[v, 2] - centre[2]
        reach = kept.radius[v] + radius
        if x * x + y * y + z * z <= reach * reach and _decided(kept, v, asked, q):
            if count < len(out):
                out[count, 0], out[count, 1] = v, q
            count += 1
    return count


@compiled
def search(  # noqa: PLR0913, PLR0917 - two trees and the rest, in one compiled call
    base: Tree, recent: Tree, first: int, last: int, kept: Kept, asked: Kept, out: Indexes
) -> int:
    """How many pairs of a live volume and a question overlap; as many of them as fit are in ``out``."""
    count = 0
    for q in range(len(asked.form)):
        count = _climbed(base, kept, asked, q, out, count)
        count = _climbed(recent, kept, asked, q, out, count)
        count = _scanned(first, last, kept, asked, q, out, count)
    return count
