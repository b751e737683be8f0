"""A real server on this machine, over an office of one's own."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import uvicorn

from trucekeeper.api.app import create_app
from trucekeeper.office.wiring import Office, open_office
from trucekeeper.web.pages import pages


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


@dataclass(frozen=True)
class Served:
    """An office on a port of this machine."""

    port: int
    office: Office

    def ask(self, path: str, body: bytes | None = None, method: str = "", **headers: str) -> Answer:
        """One request; nothing in ``path`` is made harmless on the way, as a browser would."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method or ("GET" if body is None else "POST"), path, skip_host=True)
            connection.putheader("Host", headers.pop("host", f"127.0.0.1:{self.port}"))
            for name, value in headers.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders()
            if body is not None:
                connection.send(body)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()


@contextmanager
def served(root: Path) -> Iterator[Served]:
    """Serve the office in ``root`` as `truce serve` does, until left."""
    with open_office(root) as office, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        app = create_app(office)
        pages(app, office)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield Served(listener.getsockname()[1], office)
        finally:
            server.should_exit = True
            thread.join()
