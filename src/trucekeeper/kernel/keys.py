"""Ed25519 keys (RFC 8032): who can sign, and whether a signature holds."""

import contextlib
import hashlib
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotTrusted

PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64
SHORTEST_PASSPHRASE = 12
_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"

_PRIME = 2**255 - 19
_SMALL_ORDER = frozenset(
    (
        0,
        1,
        _PRIME - 1,
        int.from_bytes(
            bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
        ),
        int.from_bytes(
            bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
        ),
    )
)
"""The y coordinates of the eight points whose order divides 8: one signature would fit any message."""


class Signer(Protocol):
    """Signs with a key that nobody else holds; it may live in a file, a card or another machine."""

    @property
    def key_id(self) -> str:
        """What :func:`key_id` says of the public key."""
        ...

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature over ``message``, 64 bytes."""
        ...


class Ed25519Signer:
    """A private key held in memory."""

    __slots__ = ("_key", "key_id", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            msg = f"a signing seed has {len(seed)} bytes where 32 belong; make a new key"
            raise BadInput(msg)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = key_id(self.public)

    def __repr__(self) -> str:
        return f"Ed25519Signer({self.key_id})"

    @classmethod
    def generate(cls) -> "Ed25519Signer":
        """A new key from the machine's own randomness."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The signature over ``message``, 64 bytes."""
        return self._key.sign(message)

    def save(self, path: Path, passphrase: bytes | None = None) -> None:
        """Write the key as PEM (PKCS #8), readable by its owner alone; never over an existing file.

        With a passphrase the file is encrypted (PBES2).
        """
        if passphrase is not None and len(passphrase) < SHORTEST_PASSPHRASE:
            msg = f"a passphrase has {len(passphrase)} bytes; take {SHORTEST_PASSPHRASE} at least, such as six words"
            raise BadInput(msg)
        locked = NoEncryption() if passphrase is None else BestAvailableEncryption(passphrase)
        keep(path, self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))

    @classmethod
    def load(cls, path: Path, ask: Callable[[], bytes] | None = None) -> "Ed25519Signer":
        """Read what :meth:`save` wrote; refuse a file that others on the machine may read.

        ``ask`` gives the passphrase, and is called only where the file is encrypted.
        """
        pem = kept(path)
        encrypted = _ENCRYPTED in pem
        if encrypted and ask is None:
            msg = f"the key file {path.name} is locked by a passphrase, which nobody can type here; use one without"
            raise BadInput(msg)
        passphrase = ask() if encrypted and ask is not None else None
        key = None
        with contextlib.suppress(ValueError, TypeError, UnsupportedAlgorithm):
            key = load_pem_private_key(pem, password=passphrase)
        if encrypted and key is None:
            msg = f"the passphrase does not open the key file {path.name}; type it again"
            raise NotTrusted(msg)
        if not isinstance(key, Ed25519PrivateKey):
            msg = f"the key file {path.name} holds no Ed25519 key in PEM; name another file"
            raise BadInput(msg)
        return cls(key.private_bytes_raw())


def keep(path: Path, pem: bytes) -> None:
    """Write a secret to a new file that its owner alone may read, durably; never over an existing one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        msg = f"the key file {path.name} is already there; move it away before making another"
        raise Conflict(msg) from error
    except OSError as error:
        msg = f"the key file {path.name} cannot be written ({error.strerror}); name another place"
        raise BadInput(msg) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())


def kept(path: Path) -> bytes:
    """The secret that :func:`keep` wrote, up to 4096 bytes; a file that others on the machine may read is refused."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            pem = file.read(4096)
    except FileNotFoundError as error:
        msg = f"the key file {path.name} is not there; name the file that holds the key"
        raise NotFound(msg) from error
    except OSError as error:
        msg = f"the key file {path.name} cannot be read ({error.strerror}); name the file that holds the key"
        raise BadInput(msg) from error
    if mode & 0o077:
        msg = f"the key file {path.name} can be read by others; run chmod 600 on it, or make a new key"
        raise NotTrusted(msg)
    return pem


def key_id(public: bytes) -> str:
    """The first 16 bytes of the public key's SHA-256, in hex."""
    return hashlib.sha256(public).hexdigest()[:32]


def sound(public: bytes) -> bool:
    """Whether ``public`` is a canonical encoding of a point that can stand for one holder."""
    if len(public) != PUBLIC_BYTES:
        return False
    y = int.from_bytes(public, "little") & (2**255 - 1)
    return y < _PRIME and y not in _SMALL_ORDER


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` over ``message`` is that of ``public``; never raises on malformed keys."""
    key = _loaded(public)
    if key is None or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=1_024)
def _loaded(public: bytes) -> Ed25519PublicKey | None:
    """The key, once it is seen to be sound; remembered, for a record's entries are signed by few keys."""
    if not sound(public):
        return None
    try:
        return Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        return None
