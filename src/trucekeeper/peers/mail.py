"""Brings a notice to a recipient by e-mail: plain text, the sheet as PDF, and the signed entry itself.

The subject names neither place nor person. The Message-ID comes from the idempotency key, so that a message sent again
after a crash is seen to be the same. A password goes over an encrypted connection only.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from trucekeeper.kernel.clock import Instant, to_datetime
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.delivery import Attempt
from trucekeeper.peers.address import loopback
from trucekeeper.peers.bounded import bounded

LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Server:
    """The office's mail server. ``encrypted`` asks for STARTTLS and sends nothing without it.

    Without it STARTTLS is used where it is offered. ``certificate`` (PEM) is the root to trust, None those of the
    machine. ``login`` is a name and a password.
    """

    host: str
    port: int
    sender: str
    login: tuple[str, str] | None = None
    encrypted: bool = True
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file: its name, media type and bytes."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent. ``key`` is the idempotency key; ``subject`` may be read by anybody on the way."""

    to: str
    key: str
    subject: str
    text: str
    at: Instant
    attached: tuple[Attachment, ...] = ()


def message(letter: Letter, sender: str) -> EmailMessage:
    """The message as it goes out: the same at every attempt, but for its date."""
    try:
        domain = Address(addr_spec=sender).domain
        made = EmailMessage(policy=SMTP)
        made["From"] = Address(addr_spec=sender)
        made["To"] = Address(addr_spec=letter.to)
        made["Subject"] = letter.subject
        made["Message-ID"] = f"<{letter.key}@{domain}>"
    except (ValueError, IndexError) as error:
        msg = "an e-mail address in office.toml is none that mail can go to; correct it"
        raise BadInput(msg) from error
    made["Date"] = format_datetime(to_datetime(letter.at))
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text, cte="base64")
    for one in letter.attached:
        main, _, sub = one.kind.partition("/")
        made.add_attachment(one.data, maintype=main, subtype=sub, filename=one.name)
    return made


def sent(letter: Letter, server: Server, limit_s: float = LIMIT_S) -> Attempt:
    """Send it once. Never raises for what the mail server does, and tells in one word what came of it."""
    made = message(letter, server.sender)
    found = bounded(lambda: _sent(made, server, limit_s), limit_s + 1)
    return found or Attempt(delivered=False, why="slow", away=True)


def _sent(made: EmailMessage, server: Server, limit_s: float) -> Attempt:
    why, final = "smtp-250", False
    try:
        with smtplib.SMTP(server.host, server.port, timeout=limit_s) as connection:
            if not _safe(connection, server):
                return Attempt(delivered=False, why="no-starttls", final=True, away=True)
            if server.login is not None:
                connection.login(*server.login)
            connection.send_message(made)
            return Attempt(delivered=True, why=why)
    except smtplib.SMTPRecipientsRefused as error:
        why, final = _refused(max(code for code, _ in error.recipients.values()))
    except smtplib.SMTPResponseException as error:
        why, final = _refused(error.smtp_code)
    except smtplib.SMTPServerDisconnected as error:  # smtplib says so of a time that is over, too
        why = "slow" if isinstance(error.__context__, TimeoutError) else "cut-off"
    except smtplib.SMTPException:
        why, final = "smtp", True
    except ssl.SSLError:
        why = "tls"
    except (OSError, ValueError) as error:
        why = "slow" if isinstance(error, TimeoutError) else "unreachable"
    away = why in {"slow", "tls", "unreachable"}
    return Attempt(delivered=False, why=why, final=final, away=away)


def _safe(connection: smtplib.SMTP, server: Server) -> bool:
    """Encrypt where that is offered; whether the notice, and a password, may go over the connection as it is."""
    connection.ehlo_or_helo_if_needed()
    if connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context(cadata=server.certificate))
        connection.ehlo()
        return True
    if loopback(server.host):
        return True
    return not server.encrypted and server.login is None


def _refused(code: int) -> tuple[str, bool]:
    """One word for the server's answer, and whether it means never: 5xx."""
    return f"smtp-{code}", 500 <= code < 600
