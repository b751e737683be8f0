"""An ssh-agent that holds one Ed25519 key: litewitness signs through one alone."""

import base64
import hashlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trucekeeper.kernel.keys import Ed25519Signer

FAILURE, IDENTITIES, IDENTITIES_ANSWER, SIGN, SIGN_ANSWER = 5, 11, 12, 13, 14
KIND = b"ssh-ed25519"


def string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def blob(key: Ed25519Signer) -> bytes:
    return string(KIND) + string(key.public)


def fingerprint(key: Ed25519Signer) -> str:
    digest = base64.b64encode(hashlib.sha256(blob(key)).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"


def answered(key: Ed25519Signer, message: bytes) -> bytes:
    if message[:1] == bytes((IDENTITIES,)):
        return bytes((IDENTITIES_ANSWER,)) + struct.pack(">I", 1) + string(blob(key)) + string(b"witness")
    start = 1 + len(string(blob(key)))
    if message[:1] == bytes((SIGN,)) and message[1:start] == string(blob(key)):
        (length,) = struct.unpack_from(">I", message, start)
        signature = key.sign(message[start + 4 : start + 4 + length])
        return bytes((SIGN_ANSWER,)) + string(string(KIND) + string(signature))
    return bytes((FAILURE,))


def serve(key: Ed25519Signer, connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as stream:
        while head := stream.read(4):
            message = stream.read(struct.unpack(">I", head)[0])
            connection.sendall(string(answered(key, message)))


@contextmanager
def agent(path: Path, key: Ed25519Signer) -> Iterator[None]:
    """Serve ``key`` on the socket ``path`` until left."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(4)
        listener.settimeout(0.1)
        over = threading.Event()

        def accept() -> None:
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=serve, args=(key, connection), daemon=True).start()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
