"""The live index as a file, so that an office starts quickly. A cache: what is wrong with it is never believed."""

import hashlib
import json
import os
from io import BufferedReader
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from trucekeeper.kernel.errors import Damaged
from trucekeeper.movements import kept, rows, tree
from trucekeeper.movements.kept import Kept
from trucekeeper.movements.names import Names
from trucekeeper.movements.rows import Table
from trucekeeper.movements.tree import Tree
from trucekeeper.places.sphere import BALL

_MAGIC = b"truce live volumes 2\n"
"""Changes whenever what follows it does, or the way in which volumes are made ready."""

_ARRAYS = (
    ("<i8", ()), ("<i4", (3,)), ("<i8", (rows.WIDTH,)), ("<i8", ()),
    ("<i4", (2 * tree.DIMS, tree.FAN)), ("<i4", (tree.FAN,)), ("<i4", (3,)), ("<i8", ()),
)  # fmt: skip
"""Each array's numbers, and how many make up one of its rows."""


def write(path: Path, reached: int, holds: Kept, names: Names) -> None:
    """Write the file for its owner alone; one of that name is replaced once all of it is on the disk."""
    corners, volumes = kept.taken(holds)
    nodes = int(holds.tree.head[tree.NODES])
    arrays: list[NDArray[np.int64] | NDArray[np.int32]] = [
        np.array(names.firsts, dtype=np.int64), holds.table.at[:corners], holds.table.rows[:volumes], holds.used,
        holds.tree.box[:nodes], holds.tree.child[:nodes], holds.tree.info[:nodes], holds.tree.head,
    ]  # fmt: skip
    named = json.dumps([names.names, names.spare]).encode("ascii")
    digest = hashlib.sha256(named)
    for array in arrays:
        digest.update(_bytes(array))
    head = {
        "counts": [len(one) for one in arrays],
        "named": len(named),
        "reached": reached,
        "sha256": digest.hexdigest(),
    }
    text = json.dumps(head, sort_keys=True).encode("ascii")
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_MAGIC + hashlib.sha256(text).hexdigest().encode("ascii") + b" " + text + b"\n" + named)
        for array in arrays:
            file.write(_bytes(array))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def read(path: Path) -> tuple[int, Kept, Names]:
    """How far it came, and what it holds; Damaged where the file is torn, changed, or of another version."""
    try:
        with path.open("rb") as file:
            head = _head(file)
            named, arrays = _body(file, head)
        return cast("int", head["reached"]), _holding(arrays[1:]), _naming(named, arrays[0])
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{path.name} is no snapshot that this version wrote ({error}); it is made anew from the record"
        raise Damaged(msg) from error


def _bytes(array: NDArray[np.int64] | NDArray[np.int32]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _head(file: BufferedReader) -> dict[str, object]:
    if file.readline(100) != _MAGIC:
        msg = "another version"
        raise ValueError(msg)
    digest, _, text = file.readline(10_000).rstrip(b"\n").partition(b" ")
    if hashlib.sha256(text).hexdigest().encode("ascii") != digest:
        msg = "its head is changed"
        raise ValueError(msg)
    return cast("dict[str, object]", json.loads(text))


def _body(file: BufferedReader, head: dict[str, object]) -> tuple[bytes, list[NDArray[np.int64]]]:
    named = file.read(cast("int", head["named"]))
    digest = hashlib.sha256(named)
    arrays: list[NDArray[np.int64]] = []
    for count, (form, shape) in zip(cast("list[int]", head["counts"]), _ARRAYS, strict=True):
        # Room to spare, so that the first change need not copy what grows.
        array = np.empty((count + (count // 8 if shape else 0), *shape), dtype=form)
        part = array[:count]
        if file.readinto(_bytes(part)) != part.nbytes:
            msg = "it is cut off"
            raise ValueError(msg)
        digest.update(_bytes(part))
        arrays.append(array)
    if digest.hexdigest() != head["sha256"] or file.read(1):
        msg = "its content is changed"
        raise ValueError(msg)
    return named, arrays


def _holding(arrays: list[NDArray[np.int64]]) -> Kept:
    at, numbers, used, box, child, info, head = arrays
    table = Table(
        cast("NDArray[np.int32]", at), np.empty((len(at), 3)), numbers, np.empty((len(numbers), BALL))
    )
    boxes, children, about = (cast("NDArray[np.int32]", one) for one in (box, child, info))
    holds = Kept(table, used, Tree(boxes, children, about, head))
    kept.grow_many(table, 0, kept.taken(holds)[1])
    return holds


def _naming(named: bytes, firsts: NDArray[np.int64]) -> Names:
    names, spare = cast("tuple[list[str], list[int]]", json.loads(named))
    free = set(spare)
    numbers = {name: number for number, name in enumerate(names) if number not in free}
    return Names(numbers, names, firsts.tolist(), spare)
