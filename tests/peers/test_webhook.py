"""A notice goes to a recipient's own server: signed, bounded, once, and to no other place."""

import json
import logging
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from tests.receiving import (
    ENTRY,
    OK,
    Receiver,
    Request,
    answers_twice,
    drips,
    drips_behind_its_status,
    raw,
    receiver,
    talks_nonsense,
)
from tests.witnessing import signer
from trucekeeper.kernel.clock import Instant, SystemClock
from trucekeeper.kernel.errors import BadInput
from trucekeeper.peers import webhook
from trucekeeper.peers.webhook import Event, Sender, Target

KEY = signer("office")
EVENT = Event(
    "ab" * 32, "office.example/test", webhook.NOTICE, 12, Instant(1_772_366_400_000), {"notice": 12}
)
QUICK = Sender(KEY, SystemClock(), 0.5)


def sent(url: str, limit_s: float = 5) -> webhook.Attempt:
    return webhook.sent(EVENT, Target(url), Sender(KEY, SystemClock(), limit_s))


def test_what_arrives_is_a_cloud_event() -> None:
    with receiver() as there:
        assert sent(there.url) == webhook.Attempt(delivered=True, why="http-202")
    (got,) = there.got
    assert got.headers["content-type"] == "application/cloudevents+json"
    assert got.path == "/notices"
    assert got.event == {
        "specversion": "1.0",
        "id": "ab" * 32,
        "source": "office.example/test",
        "type": "org.trucekeeper.notice.v1",
        "subject": "12",
        "time": "2026-03-01T12:00:00.000Z",
        "datacontenttype": "application/json",
        "data": {"notice": 12},
    }
    assert got.headers["idempotency-key"] == f'"{"ab" * 32}"'


class Known(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        return Ed25519PublicKey.from_public_bytes(KEY.public) if key_id == KEY.key_id else None


def verified(got: Request, url: str, body: bytes | None = None) -> bool:
    """What an independent implementation of RFC 9421 says of a request."""
    message = SimpleNamespace(method="POST", url=url, headers=got.headers)
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=Known())
    try:
        (found,) = verifier.verify(message, body=got.body if body is None else body)
    except HTTPMessageSignaturesException:
        return False
    assert set(found.covered_components) >= {
        '"@method"',
        '"@target-uri"',
        '"content-type"',
        '"content-digest"',
    }
    return found.parameters["tag"] == webhook.TAG


def test_another_implementation_verifies_the_signature_and_refuses_any_change() -> None:
    with receiver() as there:
        sent(there.url)
    (got,) = there.got
    assert verified(got, there.url)
    assert not verified(got, there.url, got.body.replace(b"12", b"13"))
    assert not verified(got, there.url + "/else")
    for name in ("content-digest", "signature-input", "signature"):
        value = got.headers[name]
        at = value.index(":") + 5 if ":" in value else value.index("created=") + 10
        changed = value[:at] + ("1" if value[at] != "1" else "2") + value[at + 1 :]
        assert not verified(Request(got.path, got.headers | {name: changed}, got.body), there.url), name


@pytest.mark.parametrize(
    ("status", "final"),
    [(500, False), (503, False), (429, False), (408, False), (400, True), (404, True), (410, True)],
)
def test_what_is_not_2xx_is_not_delivered(status: int, final: bool) -> None:
    with receiver(lambda _: (status, {}, b"")) as there:
        assert sent(there.url) == webhook.Attempt(delivered=False, why=f"http-{status}", final=final)


def test_a_redirect_is_not_followed() -> None:
    with receiver() as elsewhere, receiver(lambda _: (307, {"Location": elsewhere.url}, b"")) as there:
        assert not sent(there.url).delivered
    assert elsewhere.got == []


def test_a_line_that_is_cut_is_no_delivery() -> None:
    with receiver(lambda _: None) as there:
        found = sent(there.url)
    assert (found.delivered, found.why, found.away) == (False, "cut-off", False)


def silent(_: object) -> None:
    time.sleep(1.5)


@pytest.mark.parametrize("talk", [drips, silent])
def test_whoever_is_slow_has_their_time_and_no_more(talk: Callable[..., None]) -> None:
    begun = time.monotonic()
    with raw(talk) as url:
        found = webhook.sent(EVENT, Target(url), QUICK)
        assert time.monotonic() - begun < 1.4
    assert (found.delivered, found.why) == (False, "slow")


def test_a_body_that_never_ends_takes_nothing_back_from_its_200() -> None:
    with raw(drips_behind_its_status) as url:
        assert webhook.sent(EVENT, Target(url), QUICK) == webhook.Attempt(delivered=True, why="http-200")


def test_two_answers_to_one_request_are_one_delivery() -> None:
    with raw(answers_twice) as url:
        assert sent(url).delivered


def test_what_is_no_web_server_is_no_delivery() -> None:
    with raw(talks_nonsense) as url:
        assert sent(url).why == "cut-off"


def test_nobody_there() -> None:
    with receiver() as there:
        pass
    found = sent(there.url)
    assert (found.delivered, found.why, found.away) == (False, "unreachable", True)


def test_an_acknowledgement_comes_back_and_nothing_else_does() -> None:
    for reply, expected in (
        ((200, {"Content-Type": ENTRY}, b"signed"), b"signed"),
        ((200, {"Content-Type": f"{ENTRY}; charset=utf-8"}, b"signed"), b"signed"),
        ((200, {"Content-Type": "text/html"}, b"<html>"), None),
        ((200, {"Content-Type": ENTRY}, b"x" * (webhook.LIMIT_BYTES + 1)), None),
        ((200, {"Content-Type": ENTRY, "Content-Encoding": "gzip"}, b"x"), None),
        ((500, {"Content-Type": ENTRY}, b"signed"), None),
        (OK, None),
    ):
        with receiver(lambda _, reply=reply: reply) as there:
            assert sent(there.url).answer == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "http://10.0.0.1/",
        "http://127.0.0.1.example.org/",
        "ftp://127.0.0.1/",
        "https://user:secret@example.org/",
        "https://example.org/#part",
        "https:///x",
        "https://[::1/",
        "https://example.org:port/",
        "https://exa mple.org/",
        "http://localhost.example/",
        "",
    ],
)
def test_an_address_that_is_not_https_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(BadInput, match="no https address") as refused:
        Target(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["https://example.org/x?y=z", "http://127.0.0.1:80/", "http://[::1]/", "http://localhost/"]
)
def test_an_address_that_is_https_or_this_machine_is_taken(url: str) -> None:
    assert Target(url).url == url


@dataclass(frozen=True)
class Authority:
    folder: Path

    @property
    def root(self) -> str:
        return (self.folder / "root.pem").read_text()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A root of one's own, which has certified 127.0.0.1, and another name."""
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(*new, "-x509", "-days", "2", "-subj", "/CN=root", "-keyout", "root.key", "-out", "root.pem")
    for name, san in (("here", "IP:127.0.0.1"), ("else", "DNS:else.example")):
        openssl(*new, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        (folder / "ext").write_text(f"subjectAltName={san}\n")
        openssl(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", "root.pem", "-CAkey", "root.key", "-days", "1"),
            *("-CAcreateserial", "-extfile", "ext", "-out", f"{name}.pem"),
        )
    return Authority(folder)


@contextmanager
def encrypted(authority: Authority, name: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.folder / f"{name}.pem", authority.folder / f"{name}.key")
    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.needs("openssl")
def test_tls_is_verified_by_chain_and_by_name(authority: Authority) -> None:
    with encrypted(authority, "here") as url:
        assert webhook.sent(EVENT, Target(url, authority.root), QUICK).why == "http-204"
        assert webhook.sent(EVENT, Target(url), QUICK).why == "tls"
    with encrypted(authority, "else") as url:
        assert webhook.sent(EVENT, Target(url, authority.root), QUICK).why == "tls"


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with receiver() as there:
        assert sent(there.url).delivered


def test_nothing_is_logged_of_an_address(caplog: pytest.LogCaptureFixture) -> None:
    # httpx logs each address at INFO: the office must never turn that on for its own log
    with caplog.at_level(logging.WARNING), receiver() as there:
        sent(there.url)
    assert caplog.records == []


def test_the_same_event_is_the_same_bytes() -> None:
    there: Receiver
    with receiver() as there:
        sent(there.url)
        sent(there.url)
    assert there.got[0].body == there.got[1].body
    assert json.loads(there.got[0].body)["id"] == EVENT.key
