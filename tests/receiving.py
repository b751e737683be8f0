"""Recipients of every kind on ports of this machine: quick, slow, broken, and one that answers with its own word."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

ENTRY = "application/vnd.trucekeeper.entry+json"


@dataclass(frozen=True)
class Request:
    """What arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self):
        return json.loads(self.body)


Reply = tuple[int, dict[str, str], bytes]
OK: Reply = (202, {}, b"")


@dataclass
class Receiver:
    """A webhook. ``act`` says what is done with each request: a reply, or None where the line is cut."""

    port: int = 0
    act: Callable[[Request], Reply | None] = lambda _: OK
    got: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/notices"

    @property
    def ids(self) -> list[str]:
        return [one.event["id"] for one in self.got]


@contextmanager
def receiver(act: Callable[[Request], Reply | None] = lambda _: OK) -> Iterator[Receiver]:
    """Serve a webhook until left."""
    made = Receiver(act=act)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            made.got.append(seen)
            reply = made.act(seen)
            self.close_connection = True
            if reply is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, headers, content = reply
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def raw(talk: Callable[[socket.socket], None], *, first: bool = True) -> Iterator[str]:
    """Serve whatever ``talk`` does with each connection, once the other has spoken ``first``; gives the address."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def one(connection: socket.socket) -> None:
            with connection:
                connection.settimeout(5)
                try:
                    if first:
                        connection.recv(65_536)
                    talk(connection)
                except OSError:
                    return

        def accept() -> None:
            threads: list[threading.Thread] = []
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                threads.append(threading.Thread(target=one, args=(connection,)))
                threads[-1].start()
            for thread in threads:
                thread.join()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/notices"
        finally:
            over.set()
            thread.join()


def drips(connection: socket.socket) -> None:
    """An answer byte by byte for five seconds, without a status line that ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(100):
        time.sleep(0.05)
        connection.sendall(b"x")


def drips_behind_its_status(connection: socket.socket) -> None:
    """A whole head with 200, then a body that never ends in time."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {ENTRY}\r\nContent-Length: 60000\r\n\r\n"
    connection.sendall(head.encode())
    for _ in range(100):
        time.sleep(0.05)
        connection.sendall(b"x")


def answers_twice(connection: socket.socket) -> None:
    """Two answers to one request."""
    connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n" * 2)


def talks_nonsense(connection: socket.socket) -> None:
    connection.sendall(b"220 this is no web server\r\n\r\n")


@dataclass
class Mailbox:
    """What a mail server took."""

    letters: list[Envelope] = field(default_factory=list)
    reply: str = "250 OK"

    async def handle_DATA(self, server: SMTP, session: object, envelope: Envelope) -> str:  # noqa: ARG002, N802 - as aiosmtpd calls it
        if self.reply.startswith("250"):
            self.letters.append(envelope)
        return self.reply


@contextmanager
def mail_server(box: Mailbox, **options: object) -> Iterator[int]:
    """Serve SMTP until left; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)  # type: ignore[arg-type]
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
