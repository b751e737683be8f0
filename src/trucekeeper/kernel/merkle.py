"""The Merkle tree of RFC 6962, section 2, with the iterative checks of RFC 9162, sections 2.1.3 and 2.1.4.

A complete subtree is named (level, number): it covers the leaves from ``number << level`` on, ``1 << level`` of
them. Its hash never changes once its last leaf is there, so it can be stored, and any root or proof is then
made of O(log n) stored hashes.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from trucekeeper.kernel.errors import BadInput

HASH_BYTES = 32

Nodes: TypeAlias = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree (level, number)."""


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00, leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01, left, right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """Takes leaf hashes one after the other and holds only the complete subtrees that have no parent yet."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if size < 0 or len(peaks) != size.bit_count():
            msg = f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(peaks)}; give those of its size"
            raise BadInput(msg)
        self.size = size
        self._peaks = list(peaks)

    @classmethod
    def of(cls, size: int, nodes: Nodes) -> "Frontier":
        """The frontier of a stored tree."""
        return cls(size, [nodes(level, number) for level, number in _complete(0, size)])

    def copy(self) -> "Frontier":
        """Another one that grows by itself."""
        return Frontier(self.size, self._peaks)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add one leaf hash; the (level, number, hash) of each subtree it completes, the leaf first."""
        made = [(0, self.size, leaf)]
        self._peaks.append(leaf)
        number = self.size
        level = 0
        while number & 1:
            right, left = self._peaks.pop(), self._peaks.pop()
            number >>= 1
            level += 1
            self._peaks.append(node_hash(left, right))
            made.append((level, number, self._peaks[-1]))
        self.size += 1
        return made

    def root(self) -> bytes:
        """The root of the tree so far."""
        return _folded(self._peaks)


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, in one pass and O(log n) memory."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion(index: int, size: int, nodes: Nodes) -> tuple[bytes, ...]:
    """The audit path of leaf ``index`` in the tree of ``size`` leaves, from leaf to root (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        msg = f"leaf {index} is not in a tree of {size}; ask for one below its size"
        raise BadInput(msg)
    start, stop = 0, size
    path: list[bytes] = []
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(_range_hash(middle, stop, nodes))
            stop = middle
        else:
            path.append(_range_hash(start, middle, nodes))
            start = middle
    return tuple(reversed(path))


def consistency(old: int, new: int, nodes: Nodes) -> tuple[bytes, ...]:
    """The proof that the tree of ``new`` leaves extends that of ``old`` (RFC 6962, 2.1.2); empty for old 0 or new."""
    if not 0 <= old <= new:
        msg = f"a tree of {new} leaves cannot extend one of {old}; give the smaller size first"
        raise BadInput(msg)
    if old in (0, new):
        return ()
    start, stop = 0, new
    path: list[bytes] = []
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(_range_hash(middle, stop, nodes))
            stop = middle
        else:
            path.append(_range_hash(start, middle, nodes))
            start = middle
    if start:  # the old tree is no complete subtree by itself: its last part has to be shown
        path.append(_range_hash(start, stop, nodes))
    return tuple(reversed(path))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether ``proof`` leads from leaf hash ``leaf`` at ``index`` to the root ``expected`` of ``size`` leaves."""
    if not 0 <= index < size or not _hashes(leaf, expected, *proof):
        return False
    sides = _sides(index, size - 1, len(proof))
    if sides is None:
        return False
    found = leaf
    for step, on_the_left in zip(proof, sides, strict=True):
        found = node_hash(step, found) if on_the_left else node_hash(found, step)
    return found == expected


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether ``proof`` shows that the tree of ``new`` leaves extends that of ``old``.

    Every tree extends the empty one, whose root must be that of no leaves.
    """
    if not 0 <= old <= new or not _hashes(old_root, new_root, *proof):
        return False
    if old in (0, new):
        return not proof and old_root == (new_root if old == new else _folded(()))
    shift = _trailing_ones(old - 1)
    number, last = (old - 1) >> shift, (new - 1) >> shift
    if number and not proof:
        return False
    first, *steps = proof if number else (old_root, *proof)
    sides = _sides(number, last, len(steps))
    if sides is None:
        return False
    before = after = first
    for step, on_the_left in zip(steps, sides, strict=True):
        if on_the_left:
            before, after = node_hash(step, before), node_hash(step, after)
        else:
            after = node_hash(after, step)
    return before == old_root and after == new_root


def _sides(number: int, last: int, count: int) -> list[bool] | None:
    """Whether the sibling is on the left, for each step from node ``number`` of a level that ends at ``last``.

    None where the root is not ``count`` steps away.
    """
    sides: list[bool] = []
    while last:
        on_the_left = bool(number & 1) or number == last
        sides.append(on_the_left)
        if on_the_left:  # a right edge without siblings is passed over
            while number and not number & 1:
                number >>= 1
                last >>= 1
        number >>= 1
        last >>= 1
    return sides if len(sides) == count else None


def _trailing_ones(number: int) -> int:
    return (number ^ (number + 1)).bit_length() - 1


def _hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)


def _complete(start: int, stop: int) -> Iterable[tuple[int, int]]:
    """The complete subtrees that make up [start, stop), largest first; ``start`` is aligned to the largest."""
    while start < stop:
        level = (stop - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _range_hash(start: int, stop: int, nodes: Nodes) -> bytes:
    return _folded([nodes(level, number) for level, number in _complete(start, stop)])


def _folded(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return hashlib.sha256(b"").digest()
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return found
