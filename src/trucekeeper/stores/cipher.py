"""Keeps the vault's values secret on the disk: AES-256-GCM, each value bound to its place.

A sealed value is the number of the key (1 byte), a random nonce (12 bytes), and the ciphertext with its tag. What is
associated with it names table, entry and row, so that no value can be moved to another place. The key is drawn from
keys/vault.key by HKDF-SHA256, apart from that of the media. Random nonces of 96 bits are safe for 2^32 values under
one key, which is more than an office will ever hold.
"""

import secrets
import struct
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from trucekeeper.kernel import keys
from trucekeeper.kernel.errors import BadInput, Damaged, NotFound

KEY_BYTES = 32
NONCE_BYTES = 12
_NUMBER = b"\x01"
_HEAD = len(_NUMBER) + NONCE_BYTES
_PLACE = struct.Struct(">cQQ")


def make_key(path: Path) -> None:
    """A new key of the vault, for its owner alone; never over an existing one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys.keep(path, secrets.token_bytes(KEY_BYTES))


def load_key(path: Path) -> bytes:
    """The key that :func:`make_key` wrote; one sentence where it is lost, or is no key."""
    try:
        key = keys.kept(path)
    except NotFound as error:
        msg = f"the vault's key {path.name} is not in the folder keys; put it back from its backup to open the office"
        raise NotFound(msg) from error
    if len(key) != KEY_BYTES:
        msg = f"the vault's key {path.name} has {len(key)} bytes where {KEY_BYTES} belong; restore it from its backup"
        raise BadInput(msg)
    return key


def place(table: bytes, entry: int, row: int = 0) -> bytes:
    """The place of a value: one letter for its table and column, entry and row."""
    return _PLACE.pack(table, entry, row)


class Cipher:
    """Seals and opens values with the vault's key."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(HKDF(SHA256(), KEY_BYTES, None, b"trucekeeper vault v1").derive(key))

    def seal(self, at: bytes, value: bytes) -> bytes:
        """The value as it is stored at ``at``."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return _NUMBER + nonce + self._aead.encrypt(nonce, value, at)

    def open(self, at: bytes, sealed: bytes) -> bytes:
        """The value that was sealed for ``at``; Damaged for any other bytes, place or key."""
        if sealed[:1] == _NUMBER:
            try:
                return self._aead.decrypt(sealed[1:_HEAD], sealed[_HEAD:], at)
            except InvalidTag:
                pass
            except ValueError:  # too short to hold a nonce
                pass
        table, entry, row = _PLACE.unpack(at)
        msg = f"the vault's value {table.decode()} of entry {entry}, row {row}, is not what was put there; restore it"
        raise Damaged(msg)
