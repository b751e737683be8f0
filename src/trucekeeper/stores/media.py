"""The vault's media: one encrypted file for each SHA-256, never rewritten.

A file is written under a name of its own while it is hashed, and gets its digest's name when it is whole and on
disk. Its key is drawn from the vault's key and a salt of its own (HKDF-SHA256, RFC 5869); each mebibyte is sealed
with AES-256-GCM under its number, and the last one says that it is the last, so that a cut file is noticed.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from trucekeeper.custody.arrival import Held
from trucekeeper.kernel.errors import BadInput, Damaged, NotFound
from trucekeeper.stores import durable

_MAGIC = b"TKMEDIA1"
_SALT_BYTES = 32
_CHUNK = 1 << 20
_TAG_BYTES = 16
_HEX = frozenset("0123456789abcdef")


class MediaVault:
    """Fulfils ``custody.ports.MediaStore`` in one folder."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._key = key

    def put(self, stream: BinaryIO) -> Held:
        """Keep what ``stream`` gives, durably; the same bytes a second time change nothing."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self._folder / f"{secrets.token_hex(16)}.new"
        try:
            held = self._written(stream, beside)
            target = self._path(held.sha256)
            if target.exists():
                for _ in self.read(held.sha256):
                    pass
            else:
                target.parent.mkdir(mode=0o700, exist_ok=True)
                durable.sync_folder(self._folder)
                beside.replace(target)
                durable.sync_folder(target.parent)
        finally:
            beside.unlink(missing_ok=True)
        return held

    def read(self, sha256: str) -> Iterator[bytes]:
        """The bytes of one file; Damaged where they are not those of the digest, NotFound without it."""
        path = self._path(sha256)
        if not path.is_file():
            msg = f"the vault has no file {sha256[:16]}; name one that `truce media list` shows"
            raise NotFound(msg)
        digest = hashlib.sha256()
        with path.open("rb") as file:
            for chunk in self._opened(file, sha256):
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != sha256:
            raise _damaged(sha256)

    def holds(self, sha256: str) -> bool:
        """Whether there is such a file."""
        return self._path(sha256).is_file()

    def remove(self, sha256: str) -> None:
        """Destroy one file; once is enough."""
        path = self._path(sha256)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            durable.sync_folder(path.parent)

    def all(self) -> Iterator[str]:
        """The digest of every file, in order."""
        return iter(sorted(path.name for path in self._folder.glob("??/*") if len(path.name) == 64))

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not _HEX.issuperset(sha256):
            msg = "a media file is named by its SHA-256; write 64 digits of 0-9 and a-f"
            raise BadInput(msg)
        return self._folder / sha256[:2] / sha256

    def _written(self, stream: BinaryIO, path: Path) -> Held:
        salt = secrets.token_bytes(_SALT_BYTES)
        cipher, digest, size = self._cipher(salt), hashlib.sha256(), 0
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_MAGIC + salt)
            number, chunk = 0, stream.read(_CHUNK)
            while True:
                following = stream.read(_CHUNK) if chunk else b""
                digest.update(chunk)
                size += len(chunk)
                file.write(cipher.encrypt(_nonce(number), chunk, _last(not following)))
                if not following:
                    break
                number, chunk = number + 1, following
            file.flush()
            os.fsync(file.fileno())
        return Held(digest.hexdigest(), size)

    def _opened(self, file: BinaryIO, sha256: str) -> Iterator[bytes]:
        head = file.read(len(_MAGIC) + _SALT_BYTES)
        if len(head) != len(_MAGIC) + _SALT_BYTES or not head.startswith(_MAGIC):
            raise _damaged(sha256)
        cipher, number = self._cipher(head[len(_MAGIC) :]), 0
        sealed = file.read(_CHUNK + _TAG_BYTES)
        while True:
            following = file.read(_CHUNK + _TAG_BYTES)
            try:
                yield cipher.decrypt(_nonce(number), sealed, _last(not following))
            except InvalidTag as error:
                raise _damaged(sha256) from error
            if not following:
                return
            number, sealed = number + 1, following

    def _cipher(self, salt: bytes) -> AESGCM:
        return AESGCM(HKDF(SHA256(), 32, salt, b"trucekeeper media v1").derive(self._key))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _last(is_last: bool) -> bytes:  # noqa: FBT001 - one of two bytes of associated data
    return b"\x01" if is_last else b"\x00"


def _damaged(sha256: str) -> Damaged:
    return Damaged(f"the vault's file {sha256[:16]} is not what it was; restore it from a backup")
