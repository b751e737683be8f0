"""A leaf reveals nothing: it is a version byte and a salted digest, and the rest stays in the vault."""

import hashlib
from collections.abc import Iterator, Sequence

from trucekeeper.kernel import merkle
from trucekeeper.kernel.errors import BadInput

VERSION = b"\x01"
SALT_BYTES = 32
LEAF_BYTES = 33


def leaf(salt: bytes, sealed: bytes) -> bytes:
    """0x01, SHA-256(salt, sealed). ``salt`` is 32 random bytes of its own, derived from nothing.

    The salt's length is fixed, so no other pair of salt and content gives the same input to the hash.
    """
    if len(salt) != SALT_BYTES:
        msg = f"a salt has {len(salt)} bytes where {SALT_BYTES} belong; draw a new one"
        raise BadInput(msg)
    return VERSION + hashlib.sha256(salt + sealed).digest()


def row_hashes(rows: Sequence[bytes], salts: Sequence[bytes]) -> Iterator[bytes]:
    """The leaf hash of each row of a batch, in order; one salt for each row."""
    if len(rows) != len(salts):
        msg = f"a batch has {len(rows)} rows and {len(salts)} salts; draw one salt for each row"
        raise BadInput(msg)
    for row, salt in zip(rows, salts, strict=True):
        yield merkle.leaf_hash(leaf(salt, row))


def batch_root(rows: Sequence[bytes], salts: Sequence[bytes]) -> bytes:
    """The RFC 6962 root over the salted rows: what a batch entry commits to."""
    return merkle.root(row_hashes(rows, salts))
