"""Media files on arrival: their digest is taken before anything else touches them."""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Held:
    """A file as it arrived: its SHA-256 in hex, and its size."""

    sha256: str
    size_bytes: int


def taken_in(stream: BinaryIO) -> Held:
    """Digest ``stream`` from where it stands to its end, a mebibyte at a time; the caller rewinds it."""
    digest = hashlib.sha256()
    size = 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return Held(digest.hexdigest(), size)
