"""The live index as a file, so that an office starts quickly. A cache: what is wrong with it is never believed."""

import json
import os
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from trucekeeper.kernel.errors import Damaged
from trucekeeper.movements import packed
from trucekeeper.movements.flat import Buffers, Laid
from trucekeeper.movements.packed import Tree

_MAGIC = b"truce live volumes 1\n"
"""Changes whenever what follows it does."""

_COLUMNS = (
    ("at_u", "<i4", 2), ("rings", "<i8", 0), ("first_ring", "<i8", 0), ("form", "<i1", 0), ("reach_cm", "<i4", 0),
    ("spans", "<i8", 4), ("order", "<i4", 0), ("counts", "<i4", 0),
)  # fmt: skip


def write(path: Path, reached: int, buffers: Buffers, tree: Tree) -> None:
    """Write the file; another one of that name is replaced once all of it is on the disk.

    ``buffers`` hold the living alone, and ``tree`` all of them.
    """
    laid, keys = buffers.used(), list(buffers.slots)
    counts = np.array([buffers.slots[key][1] for key in keys], dtype=np.int32)
    columns = (
        laid.at_u,
        laid.rings,
        laid.first_ring,
        laid.form,
        laid.reach_cm,
        laid.spans,
        tree.order,
        counts,
    )
    blocks = [json.dumps(keys).encode("ascii")]
    blocks += [
        np.ascontiguousarray(one, dtype=form).tobytes()
        for one, (_, form, _) in zip(columns, _COLUMNS, strict=True)
    ]
    sums = [zlib.crc32(block) for block in blocks]
    head = json.dumps({"lengths": [len(block) for block in blocks], "reached": reached, "sums": sums})
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        for block in (_MAGIC, f"{zlib.crc32(head.encode())} {head}\n".encode("ascii"), *blocks):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def read(path: Path) -> tuple[int, Buffers, Tree]:
    """How far it came, the volumes and their tree; Damaged where the file is torn, changed, or of another version."""
    try:
        with path.open("rb") as file:
            reached, blocks = _blocks(file)
        return reached, *_built(blocks)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        msg = f"{path.name} is no snapshot that this version wrote ({error}); it is made anew from the record"
        raise Damaged(msg) from error


def _blocks(file: BinaryIO) -> tuple[int, list[bytes]]:
    if file.readline() != _MAGIC:
        msg = "another version"
        raise ValueError(msg)
    total, _, head = file.readline().partition(b" ")
    if int(total) != zlib.crc32(head.rstrip(b"\n")):
        msg = "its head is changed"
        raise ValueError(msg)
    said: dict[str, object] = json.loads(head)
    lengths, sums = cast("list[int]", said["lengths"]), cast("list[int]", said["sums"])
    blocks = [file.read(length) for length in lengths]
    if [zlib.crc32(block) for block in blocks] != sums or file.read(1):
        msg = "its content is changed"
        raise ValueError(msg)
    return cast("int", said["reached"]), blocks


def _built(blocks: list[bytes]) -> tuple[Buffers, Tree]:
    keys: list[str] = json.loads(blocks[0])
    columns: dict[str, NDArray[np.int64]] = {}
    for block, (name, form, width) in zip(blocks[1:], _COLUMNS, strict=True):
        column = np.frombuffer(block, dtype=form)
        columns[name] = column.reshape(-1, width) if width else column
    laid = Laid(
        columns["at_u"].astype(np.int32, copy=False),
        columns["rings"],
        columns["first_ring"],
        columns["form"].astype(np.int8, copy=False),
        columns["reach_cm"].astype(np.int32, copy=False),
        columns["spans"],
    )
    buffers = Buffers()
    buffers.take(laid, keys, columns["counts"].tolist())
    order = columns["order"].astype(np.int32)
    return buffers, packed.tree_over(buffers.kept(), order) if len(order) else packed.empty_tree()
