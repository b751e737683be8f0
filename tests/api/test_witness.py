"""A witness over real HTTP: what it answers, and that nothing malformed moves or stops it."""

import base64
import hashlib
import os
import random
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import psutil
import pytest

from tests.witnessing import NOW_S, ORIGIN, SmallLog, served, signer
from trucekeeper.kernel import b64, note
from trucekeeper.kernel.clock import Instant, SetClock
from trucekeeper.record import cosignature, witness
from trucekeeper.stores.witness_folder import Witness, make_witness, watch

NAME = "anna.example/w"
ID = hashlib.sha256(ORIGIN.encode()).hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "witness"
    make_witness(made, NAME)
    watch(made, SmallLog().vkey)
    return made


class Asking:
    """One kept-alive connection to a witness."""

    def __init__(self, address: str) -> None:
        self.connection = HTTPConnection(address.removeprefix("http://"), timeout=30)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer, answer.read()

    def add(self, body: bytes) -> tuple[int, bytes]:
        answer, content = self.ask("POST", "/add-checkpoint", body)
        return answer.status, content


@pytest.fixture
def witnessing(root: Path) -> Iterator[Asking]:
    with served(root, SetClock(Instant(NOW_S * 1000))) as address:
        asking = Asking(address)
        with closing(asking.connection):
            yield asking


def test_statuses_are_those_of_the_specification(witnessing: Asking, root: Path) -> None:
    log, other = SmallLog().grown_to(5), SmallLog("other.example/log", signer("other")).grown_to(1)
    thief, forked = SmallLog(key=signer("thief")).grown_to(5), SmallLog().grown_to(4).grow(b"other")
    assert witnessing.add(SmallLog().request(0))[0] == 200
    status, lines = witnessing.add(log.request(0))
    assert status == 200
    verifier = note.Verifier.parse((root / "witness.vkey").read_text(), note.COSIGNERS)
    data = log.signed() + lines
    assert [one.time_s for one in cosignature.verified(data, {"anna": verifier})] == [NOW_S]
    assert witnessing.add(log.request(5))[0] == 200
    assert witnessing.add(other.request(0))[0] == 404
    assert witnessing.add(thief.request(5))[0] == 403
    assert witnessing.add(witness.written(6, (), log.signed()))[0] == 400
    assert witnessing.add(b"old\n")[0] == 400
    assert witnessing.add(forked.request(5))[0] == 422
    log.grown_to(9)
    assert witnessing.add(witness.written(5, log.consistency(4, 9), log.signed()))[0] == 422
    answer, size = witnessing.ask("POST", "/add-checkpoint", log.request(0))
    assert (answer.status, size) == (409, b"5\n")
    assert answer.headers["Content-Type"] == "text/x.tlog.size"
    assert witnessing.add(log.request(5))[0] == 200


def test_people_see_what_it_watches_and_holds(witnessing: Asking) -> None:
    log = SmallLog().grown_to(5)
    assert b"nothing cosigned yet" in witnessing.ask("GET", "/")[1]
    assert witnessing.ask("GET", f"/checkpoint/{ID}")[0].status == 404
    _, lines = witnessing.add(log.request(0))
    answer, page = witnessing.ask("GET", "/")
    assert f"{ORIGIN}\n  5 leaves, cosigned 2026-03-01T12:00:00.000Z: checkpoint/{ID}\n".encode() in page
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert witnessing.ask("GET", f"/checkpoint/{ID}")[1] == log.signed() + lines
    assert b"FORKED" not in page
    witnessing.add(SmallLog().grown_to(4).grow(b"other").request(5))
    assert b"FORKED" in witnessing.ask("GET", "/")[1]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/add-checkpoint", 405),
        ("PUT", "/add-checkpoint", 405),
        ("POST", "/", 405),
        ("POST", f"/checkpoint/{ID}", 405),
        ("GET", "/checkpoint/../witness.pem", 404),
        ("GET", "/checkpoint/%2e%2e%2fwitness.pem", 404),
        ("GET", "/docs", 404),
        ("GET", "/openapi.json", 404),
    ],
)
def test_there_is_nothing_else_to_ask_for(witnessing: Asking, method: str, path: str, status: int) -> None:
    assert witnessing.ask(method, path)[0].status == status


def test_a_long_body_is_refused_before_it_is_read_whole(witnessing: Asking) -> None:
    answer, said = witnessing.ask("POST", "/add-checkpoint", b"old 0\n" + b"A" * 65_536)
    assert (answer.status, answer.headers["Connection"]) == (413, "close")
    assert b"65536" in said


def test_a_body_that_drips_is_ended(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trucekeeper.api.witness.BODY_WITHIN_S", 0.3)
    with served(root, SetClock(Instant(NOW_S * 1000))) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 100\r\n\r\nold")
            began = time.monotonic()
            assert connection.recv(4096).startswith(b"HTTP/1.1 408 ")
            assert time.monotonic() - began < 3


def test_a_witness_that_cannot_write_says_so_and_moves_nothing(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = SmallLog().grown_to(3)
    with served(root, SetClock(Instant(NOW_S * 1000))) as address:
        asking = Asking(address)
        with closing(asking.connection):
            with closing(sqlite3.connect(root / "witness.sqlite")) as other:
                other.execute("ALTER TABLE held RENAME TO lost")
                assert asking.add(log.request(0)) == (503, b"this witness cannot answer now.\n")
                other.execute("ALTER TABLE lost RENAME TO held")
            assert asking.add(log.request(0))[0] == 200
    said = capsys.readouterr().err
    assert said.startswith("truce: witness.sqlite cannot be read or written")
    assert "Traceback" not in said


@contextmanager
def running(root: Path) -> Iterator[tuple[psutil.Process, int]]:
    """`truce witness serve` as a process of its own, and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = "from trucekeeper.main import run; run()"
    arguments = ("witness", "serve", "--witness", str(root), "--port", str(port))
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            assert b"until you press Ctrl-C" in process.stdout.readline()
            yield psutil.Process(process.pid), port
        finally:
            process.terminate()
            said = process.stderr.read()
        assert b"Traceback" not in said


def malformed(draw: random.Random, log: SmallLog) -> tuple[bytes, bytes]:
    """Headers and body of a request that is none: something in it is broken on purpose."""
    good = log.request(5)
    lines = good.split(b"\n")
    hashed = base64.b64encode(draw.randbytes(32))
    bodies = {
        "empty": lambda: b"",
        "truncated": lambda: good[: draw.randrange(len(good) - 1)],
        "noise": lambda: draw.randbytes(draw.randrange(2000)),
        "flipped": lambda: flipped(good, draw),
        "huge old": lambda: good.replace(b"old 5", b"old %d" % draw.getrandbits(200)),
        "odd old": lambda: good.replace(
            b"old 5", draw.choice((b"old 05", b"old +5", b"old -5", b"OLD 5", "old \u0665".encode()))
        ),
        "huge size": lambda: good.replace(b"\n40\n", b"\n%d\n" % draw.getrandbits(300)),
        "many hashes": lambda: b"\n".join((lines[0], *[hashed] * draw.randrange(64, 1300), *lines[1:])),
        "bad base64": lambda: good.replace(lines[1], lines[1][:-2] + draw.choice((b"!=", b"A=", b"==", b""))),
        "short hash": lambda: good.replace(lines[1], b64.encode(draw.randbytes(draw.randrange(32))).encode()),
        "unicode": lambda: "".join(chr(draw.randrange(1, 0xD7FF)) for _ in range(300)).encode(),
        "lines": lambda: b"\n" * draw.randrange(60_000),
        "no end": lambda: good[:-1],
        "carriage": lambda: good.replace(b"\n", b"\r\n"),
        "many signatures": lambda: good + b"\xe2\x80\x94 w AAAAAAAA\n" * draw.randrange(64, 400),
        "wrong proof": lambda: good.replace(lines[1], hashed),
        "stale": lambda: log.request(draw.randrange(1, 5)),
        "long": lambda: good + b"A" * 70_000,
    }  # fmt: skip
    body = bodies[draw.choice(sorted(bodies))]()
    odd = (
        b"Content-Length: %d" % len(body),
        b"Content-Length: %d\r\nContent-Type: application/json" % len(body),
        b"Content-Length: %d\r\nContent-Encoding: gzip" % len(body),
        b"Content-Length: %d\r\nX-Long: %s" % (len(body), b"x" * draw.randrange(4000)),
        b"Content-Length: %d\r\nHost: \xff\xfe" % len(body),
        b"Content-Length: %d\r\nUpgrade: websocket\r\nConnection: upgrade" % len(body),
        b"Content-Length: %d\r\nForwarded: for=127.0.0.1\r\nX-HTTP-Method-Override: DELETE" % len(body),
        b"Content-Length: -1",
        b"Content-Length: 99999999999999999999",
        b"Content-Length: %d\r\nContent-Length: %d" % (len(body), len(body) + 1),
        b"Transfer-Encoding: chunked\r\nContent-Length: 3",
        b"Transfer-Encoding: chunked\r\nX: \x00",
        b" folded: yes\r\nContent-Length: %d" % len(body),
        b"Content-Length: %d\r\n%s" % (len(body), b"A: b\r\n" * 200 + b"C: d"),
    )
    return odd[0] if draw.random() < 0.8 else draw.choice(odd), body


def flipped(good: bytes, draw: random.Random) -> bytes:
    changed = bytearray(good)
    changed[draw.randrange(len(changed) - 1)] ^= 1 << draw.randrange(8)
    return bytes(changed)


HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) .*?\r\n\r\n", re.DOTALL)
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Hostile:
    """Sends raw requests, keeping the connection as long as the witness does."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection: socket.socket | None = None

    def send(self, headers: bytes, body: bytes) -> int:
        """The status, or 0 where the witness closed without a word."""
        request = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n" + headers + b"\r\n\r\n" + body
        if b"chunked" in headers:
            request += b"\r\n\r\n"  # or both sides would wait for the end of a line
        for _ in range(2):
            fresh = self.connection is None
            if self.connection is None:
                self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
            status = self._exchange(request)
            if status or fresh:
                return status
        return 0

    def _exchange(self, request: bytes) -> int:
        assert self.connection is not None
        read = b""
        status = 0
        try:
            self.connection.sendall(request)
            if b"9999999999" in request[:200]:
                self.connection.shutdown(socket.SHUT_WR)
            while (match := HEAD.search(read)) is None:
                part = self.connection.recv(65_536)
                if not part:
                    break
                read += part
        except OSError:
            match = HEAD.search(read)
        if match is not None:
            status = int(match[1])
            found = LENGTH.search(match[0])
            rest = int(found[1]) - (len(read) - match.end()) if found else 1
            kept = found is not None and b"connection: close" not in match[0].lower() and status != 413
            if kept and rest >= 0 and self._rest(rest):
                return status
        self.close()
        return status

    def _rest(self, count: int) -> bool:
        assert self.connection is not None
        while count > 0:
            part = self.connection.recv(count)
            if not part:
                return False
            count -= len(part)
        return True

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def test_ten_thousand_malformed_requests_neither_move_nor_stop_a_witness(root: Path) -> None:
    log = SmallLog().grown_to(40)
    with Witness(root) as opened:
        opened.submit(log.request(0, 5))
        before = opened.watched()[0].held
    counted: dict[int, int] = {}
    lock = threading.Lock()
    began = time.monotonic()

    with running(root) as (process, port):
        sizes = [process.memory_info().rss]

        def attack(seed: int, count: int) -> None:
            draw, hostile = random.Random(seed), Hostile(port)
            statuses = [hostile.send(*malformed(draw, log)) for _ in range(count)]
            hostile.close()
            with lock:
                for status in statuses:
                    counted[status] = counted.get(status, 0) + 1

        for wave in range(4):
            threads = [threading.Thread(target=attack, args=(10 * wave + one, 500)) for one in range(5)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            sizes.append(process.memory_info().rss)
        took_s = time.monotonic() - began
        descriptors = process.num_fds()
        asking = Asking(f"http://127.0.0.1:{port}")
        with closing(asking.connection):
            assert asking.add(log.request(0))[1] == b"5\n"
            with Witness(root) as opened:
                (after,) = opened.watched()
                assert (after.held, after.forks) == (before, ())
            assert asking.add(log.request(5))[0] == 200
    assert sum(counted.values()) == 10_000
    assert {status for status in counted if status} <= {400, 403, 404, 409, 411, 413, 422, 431}, counted
    assert counted.get(0, 0) < 500, counted
    assert counted[400] > 5_000, counted
    assert sizes[-1] - sizes[1] < 16 << 20, sizes
    assert descriptors < 64
    assert took_s < 60
