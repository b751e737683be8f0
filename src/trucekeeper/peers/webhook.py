"""Brings a notice to a recipient's server: one CloudEvent by HTTPS POST, signed by the office's key.

The body is a CloudEvent 1.0 in structured JSON. RFC 9530 gives its digest, RFC 9421 the signature (Ed25519) over
method, target, media type and digest. Redirects are not followed, TLS is always verified, and however the answer drips,
it has its time. An address comes from the office's settings and from nowhere else.
"""

import asyncio
import hashlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import httpx

from trucekeeper.kernel import b64, canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Clock, Instant, format_utc
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements.delivery import Attempt
from trucekeeper.peers import address
from trucekeeper.peers.bounded import bounded
from trucekeeper.record.entry import PAYLOAD_TYPE

LIMIT_S = 10.0
LIMIT_BYTES = 65_536
"""How much of an answer is read: an acknowledgement is far shorter."""

NOTICE = "org.trucekeeper.notice.v1"
STEP = "org.trucekeeper.notice-step.v1"
MEDIA_TYPE = "application/cloudevents+json"
TAG = "trucekeeper-notice"
LABEL = "office"
COVERED = ("@method", "@target-uri", "content-type", "content-digest")

_LATER = frozenset({408, 421, 425, 429})
"""Answers below 500 after which the same may well be taken later."""


@dataclass(frozen=True, slots=True)
class Event:
    """What is told. ``key`` is the idempotency key, ``origin`` the record's name, ``at`` when the entry came in."""

    key: str
    origin: str
    type: str
    notice: int
    at: Instant
    data: Mapping[str, Json]

    def encoded(self) -> bytes:
        """The CloudEvent: the same bytes at every attempt."""
        return canon.encode(
            {
                "data": dict(self.data),
                "datacontenttype": "application/json",
                "id": self.key,
                "source": self.origin,
                "specversion": "1.0",
                "subject": str(self.notice),
                "time": format_utc(self.at),
                "type": self.type,
            }
        )


@dataclass(frozen=True, slots=True)
class Target:
    """A recipient's address. ``certificate`` (PEM) is the root to trust for it, None those of the machine."""

    url: str
    certificate: str | None = None

    def __post_init__(self) -> None:
        address.check(self.url)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the office's key, its clock, and how long one recipient may take."""

    signer: Signer
    clock: Clock
    limit_s: float = LIMIT_S


def sent(event: Event, target: Target, sender: Sender) -> Attempt:
    """Send it once. Never raises for what the other side does, and tells in one word what came of it."""
    seen = _Seen()
    whole = bounded(lambda: asyncio.run(_posted(event, target, sender, seen)), sender.limit_s + 1)
    return whole or seen.attempt() or Attempt(delivered=False, why="slow", away=True)


@dataclass(slots=True)
class _Seen:
    """What is known of the answer so far, should the time be over before its end."""

    status: int | None = None
    body: bytes | None = None
    kind: str = ""

    def attempt(self) -> Attempt | None:
        """None before there was a status."""
        if self.status is None:
            return None
        if not 200 <= self.status < 300:
            final = 400 <= self.status < 500 and self.status not in _LATER
            return Attempt(delivered=False, why=f"http-{self.status}", final=final)
        return Attempt(
            delivered=True, why=f"http-{self.status}", answer=self.body if self.kind == PAYLOAD_TYPE else None
        )


async def _posted(event: Event, target: Target, sender: Sender, seen: _Seen) -> Attempt:
    try:
        await asyncio.wait_for(_exchange(event, target, sender, seen), sender.limit_s)
    except (TimeoutError, httpx.TimeoutException):
        return seen.attempt() or Attempt(delivered=False, why="slow", away=True)
    except httpx.ConnectError as error:
        return Attempt(delivered=False, why="tls" if "SSL" in str(error) else "unreachable", away=True)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
        return seen.attempt() or Attempt(delivered=False, why="cut-off")
    return seen.attempt() or Attempt(delivered=False, why="cut-off")


async def _exchange(event: Event, target: Target, sender: Sender, seen: _Seen) -> None:
    content = event.encoded()
    url = httpx.URL(target.url)
    given = headers(event) | signed(str(url), content, sender)
    request = httpx.Request("POST", url, content=content, headers=given)
    async with httpx.AsyncClient(
        verify=_trusting(target.certificate), trust_env=False, timeout=sender.limit_s, follow_redirects=False
    ) as client:
        response = await client.send(request, stream=True)
        try:
            seen.status = response.status_code
            seen.kind = response.headers.get("content-type", "").partition(";")[0].strip()
            if seen.kind == PAYLOAD_TYPE and "content-encoding" not in response.headers:
                seen.body = await _read(response)
        finally:
            await response.aclose()


@lru_cache(maxsize=64)
def _trusting(certificate: str | None) -> ssl.SSLContext:
    """Verifies chain and name, always; remembered, for reading the machine's roots takes longer than sending."""
    return ssl.create_default_context(cadata=certificate)


async def _read(response: httpx.Response) -> bytes | None:
    """The body; None where it is longer than an answer may be."""
    read = bytearray()
    async for part in response.aiter_raw():
        read += part
        if len(read) > LIMIT_BYTES:
            return None
    return bytes(read)


def headers(event: Event) -> dict[str, str]:
    """What is sent beside the body; nothing of the notice stands in it."""
    return {
        "Accept": PAYLOAD_TYPE,
        "Accept-Encoding": "identity",
        "Content-Type": MEDIA_TYPE,
        "Idempotency-Key": f'"{event.key}"',
        "User-Agent": "trucekeeper",
    }


def signed(url: str, content: bytes, sender: Sender) -> dict[str, str]:
    """Content-Digest, Signature-Input and Signature of a request with this body (RFC 9530; RFC 9421, section 2.5)."""
    digest = f"sha-256=:{b64.encode(hashlib.sha256(content).digest())}:"
    covered = " ".join(f'"{one}"' for one in COVERED)
    stated = (
        f"({covered});created={sender.clock.now() // 1000};"
        f'keyid="{sender.signer.key_id}";alg="ed25519";tag="{TAG}"'
    )
    values = ("POST", url, MEDIA_TYPE, digest)
    lines = [f'"{name}": {value}' for name, value in zip(COVERED, values, strict=True)]
    base = "\n".join((*lines, f'"@signature-params": {stated}')).encode("ascii")
    return {
        "Content-Digest": digest,
        "Signature-Input": f"{LABEL}={stated}",
        "Signature": f"{LABEL}=:{b64.encode(sender.signer.sign(base))}:",
    }
