"""A small log made of the kernel's parts, and witnesses of every kind on ports of this machine."""

import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import uvicorn

from trucekeeper.api.witness import create_app
from trucekeeper.kernel import merkle, note
from trucekeeper.kernel.clock import Clock, Instant
from trucekeeper.kernel.errors import Conflict, NotTrusted
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.record import checkpoint, witness
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.stores.witness_folder import Witness

ORIGIN = "lake.example/log"
NOW_S = 1_772_366_400
NOW = Instant(NOW_S * 1000)


def signer(name: str) -> Ed25519Signer:
    """A key that is the same in every run."""
    return Ed25519Signer(hashlib.sha256(name.encode()).digest())


def vkey(name: str, key: Ed25519Signer | None = None) -> str:
    """A witness's verifier key, type 04."""
    return note.Verifier(name, (key or signer(name)).public, note.COSIGNATURE).vkey


@dataclass
class SmallLog:
    """A log whose leaves are texts; ``published`` is its cosigned checkpoint."""

    origin: str = ORIGIN
    key: Ed25519Signer = field(default_factory=lambda: signer("log"))
    leaves: list[bytes] = field(default_factory=list)
    published: bytes = b""

    def __post_init__(self) -> None:
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._frontier = merkle.Frontier()
        self._roots = {0: merkle.root(())}
        given, self.leaves = self.leaves, []
        self.grow(*given)

    @property
    def vkey(self) -> str:
        return note.Verifier(self.origin, self.key.public).vkey

    @property
    def size(self) -> int:
        return len(self.leaves)

    def grow(self, *leaves: bytes) -> "SmallLog":
        for leaf in leaves:
            self.leaves.append(leaf)
            for level, number, found in self._frontier.append(merkle.leaf_hash(leaf)):
                self._nodes[level, number] = found
            self._roots[self.size] = self._frontier.root()
        return self

    def grown_to(self, size: int, kind: str = "leaf") -> "SmallLog":
        return self.grow(*(f"{kind} {number}".encode() for number in range(self.size, size)))

    def root(self, size: int | None = None) -> bytes:
        return self._roots[self.size if size is None else size]

    def signed(self, size: int | None = None) -> bytes:
        found = self.size if size is None else size
        return checkpoint.sign(Checkpoint(self.origin, found, self.root(found)), self.key)

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        return merkle.inclusion(index, size, lambda level, number: self._nodes[level, number])

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        return merkle.consistency(old, new, lambda level, number: self._nodes[level, number])

    def request(self, old: int, size: int | None = None) -> bytes:
        """The body of a request to cosign this log's checkpoint."""
        found = self.size if size is None else size
        proof = self.consistency(old, found) if 0 < old <= found else ()
        return witness.written(old, proof, self.signed(found))

    def integrate(self) -> bytes:
        return self.signed()

    def checkpoint(self) -> bytes:
        return self.published or self.signed(0)

    def publish(self, note: bytes) -> None:
        stated = checkpoint.verified(note, self.vkey)
        if stated.root != self.root(stated.size):
            msg = "not ours"
            raise NotTrusted(msg)
        if self.published and stated.size < checkpoint.verified(self.published, self.vkey).size:
            msg = "older"
            raise Conflict(msg)
        self.published = note


@contextmanager
def served(root: Path, clock: Clock) -> Iterator[str]:
    """Serve the witness in ``root`` as `truce witness serve` does, until left; gives its address."""
    with Witness(root, clock) as opened, socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        config = uvicorn.Config(
            create_app(opened), log_level="error", access_log=False, lifespan="off", ws="none"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


Reply = Callable[[bytes], tuple[int, str, bytes]]
"""Status, media type and body, for the body of a request."""


@contextmanager
def pretending(reply: Reply) -> Iterator[str]:
    """Serve a witness that answers as ``reply`` says; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, kind, content = reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            if status in {301, 302, 307, 308}:
                self.send_header("Location", content.decode())
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def dripping(part: bytes = b"H", every_s: float = 0.05) -> Iterator[str]:
    """Serve a witness that answers byte by byte and never ends; gives its address."""
    over = threading.Event()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        listener.settimeout(0.05)

        def drip(connection: socket.socket) -> None:
            with connection:
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Long: ")
                    while not over.wait(every_s):
                        connection.sendall(part)
                except OSError:
                    return

        def accept() -> None:
            threads: list[threading.Thread] = []
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                threads.append(threading.Thread(target=drip, args=(connection,)))
                threads[-1].start()
            for thread in threads:
                thread.join()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join()
