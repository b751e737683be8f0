"""A notice goes out by e-mail, through a real server: what is in it, and what the server may do to it."""

import email
import socket
import ssl
import subprocess
import time
from email import policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.receiving import Mailbox, mail_server, raw
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.peers import mail
from trucekeeper.peers.mail import Attachment, Letter, Server

LETTER = Letter(
    to="post@recipient.example",
    key="ab" * 32,
    subject="Deconfliction notice 12, entry 14: please acknowledge",
    text="Straße 5\nRead-back code: 12 34",
    at=Instant(1_772_366_400_000),
    attached=(Attachment("notice.pdf", "application/pdf", b"%PDF-1.7 \x00\xff"),),
)


def port_of(url: str) -> int:
    return urlsplit(url).port or 0


def server(port: int, **other: object) -> Server:
    said: dict[str, object] = {"host": "127.0.0.1", "port": port, "sender": "desk@office.example"}
    return Server(**(said | other))  # type: ignore[arg-type]


def test_a_letter_arrives_whole() -> None:
    box = Mailbox()
    with mail_server(box) as port:
        assert mail.sent(LETTER, server(port)) == mail.Attempt(delivered=True, why="smtp-250")
    (got,) = box.letters
    assert (got.mail_from, got.rcpt_tos) == ("desk@office.example", ["post@recipient.example"])
    read = email.message_from_bytes(got.content, policy=policy.default)
    assert read["Message-ID"] == f"<{'ab' * 32}@office.example>"
    assert read["Subject"] == LETTER.subject
    assert read["Date"] == "Sun, 01 Mar 2026 12:00:00 +0000"
    body = read.get_body()
    assert body is not None
    assert body.get_content().split() == LETTER.text.split()
    (pdf,) = read.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content_type(), pdf.get_content()) == (
        "notice.pdf",
        "application/pdf",
        b"%PDF-1.7 \x00\xff",
    )


@pytest.mark.parametrize(
    ("reply", "why", "final"), [("451 later", "smtp-451", False), ("550 no such box", "smtp-550", True)]
)
def test_what_the_server_refuses_is_not_delivered(reply: str, why: str, final: bool) -> None:
    box = Mailbox(reply=reply)
    with mail_server(box) as port:
        assert mail.sent(LETTER, server(port)) == mail.Attempt(delivered=False, why=why, final=final)


def test_a_server_that_says_nothing_has_its_time() -> None:
    begun = time.monotonic()
    with raw(lambda _: time.sleep(1), first=False) as url:
        found = mail.sent(LETTER, server(port_of(url)), 0.4)
        assert time.monotonic() - begun < 2
    assert (found.delivered, found.why, found.away) == (False, "slow", True)


def test_a_server_that_drips_has_its_time_as_a_whole() -> None:
    def drip(connection: socket.socket) -> None:
        for _ in range(40):
            connection.sendall(b"2")
            time.sleep(0.05)

    begun = time.monotonic()
    with raw(drip, first=False) as url:
        assert mail.sent(LETTER, server(port_of(url)), 0.4).why == "slow"
        assert time.monotonic() - begun < 2.5


def test_nobody_there() -> None:
    with mail_server(Mailbox()) as port:
        pass
    assert mail.sent(LETTER, server(port)).why == "unreachable"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=mail -keyout key -out pem"
    extra = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", *words.split(), *extra], cwd=folder, check=True, capture_output=True)
    return folder


def offering(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "pem", certificate / "key")
    return context


@pytest.mark.needs("openssl")
def test_starttls_is_used_where_it_is_offered_and_verified(certificate: Path) -> None:
    box, root = Mailbox(), (certificate / "pem").read_text()
    with mail_server(box, tls_context=offering(certificate), require_starttls=True) as port:
        assert mail.sent(LETTER, server(port, certificate=root)).delivered
        assert mail.sent(LETTER, server(port)).why == "tls"
    assert len(box.letters) == 1


@pytest.mark.needs("openssl")
def test_a_password_is_given_over_an_encrypted_connection(certificate: Path) -> None:
    seen: list[object] = []

    def known(_server: object, _session: object, _envelope: object, _how: str, data: object) -> AuthResult:
        seen.append(data)
        return AuthResult(success=data == LoginPassword(b"desk", b"hush"), handled=False)

    options = {"tls_context": offering(certificate), "authenticator": known, "auth_required": True}
    root = (certificate / "pem").read_text()
    with mail_server(Mailbox(), **options) as port:
        assert mail.sent(LETTER, server(port, certificate=root, login=("desk", "hush"))).delivered
        wrong = mail.sent(LETTER, server(port, certificate=root, login=("desk", "no")))
    assert (wrong.why, wrong.final) == ("smtp-535", True)
    assert len(seen) >= 2


def test_without_starttls_nothing_leaves_the_machine_unless_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox()
    monkeypatch.setattr(mail, "loopback", lambda _: False)
    with mail_server(box) as port:
        found = mail.sent(LETTER, server(port))
        assert (found.why, found.final) == ("no-starttls", True)
        assert mail.sent(LETTER, server(port, encrypted=False, login=("desk", "hush"))).why == "no-starttls"
        assert mail.sent(LETTER, server(port, encrypted=False)).delivered
    assert len(box.letters) == 1


@pytest.mark.parametrize(
    "to", ["a@b.example\r\nBcc: c@d.example", "no address", "a@b.example, c@d.example", ""]
)
def test_an_address_that_is_none_is_refused_and_not_repeated(to: str) -> None:
    with pytest.raises(BadInput, match="none that mail can go to") as refused:
        mail.message(Letter(to, "k", "s", "t", Instant(0)), "desk@office.example")
    assert "example" not in str(refused.value)
