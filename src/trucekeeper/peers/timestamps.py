"""Timestamps over checkpoints by outside authorities (RFC 3161): asked for by HTTP, checked without network."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from trucekeeper.kernel import b64, canon
from trucekeeper.kernel.clock import Instant, format_utc, from_datetime
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.peers.fetching import LIMIT_S, posted

KIND = "truce-timestamp/v1"
LIMIT_BYTES = 65_536
APART_MS = 60_000
"""How far apart the clocks of two authorities may be before an order between their tokens says anything."""

_SHA256 = "2.16.840.1.101.3.4.2.1"


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: a token over SHA-256 of ``checkpoint`` (a signed note) that repeats ``nonce``."""

    checkpoint: bytes
    nonce: int
    request: bytes

    def data(self) -> bytes:
        """The file kept beside the token; :func:`query` reads it."""
        text = self.checkpoint.decode()
        request = b64.encode(self.request)
        return canon.encode({"checkpoint": text, "kind": KIND, "nonce": str(self.nonce), "request": request})


@dataclass(frozen=True, slots=True)
class Stamped:
    """When the authority saw the checkpoint; ``accuracy_ms`` as it says itself, 0 where it says nothing."""

    at: Instant
    accuracy_ms: int
    serial: int


@dataclass(frozen=True, slots=True)
class Dated:
    """A token that holds: ``name`` is the authority's, ``size`` the checkpoint's."""

    name: str
    size: int
    stamped: Stamped


def asked(checkpoint: bytes) -> Query:
    """A request with a fresh nonce, for the authority's certificate too, so that the token stands by itself."""
    made = TimestampRequestBuilder().data(checkpoint).hash_algorithm(HashAlgorithm.SHA256).build()
    if made.nonce is None:
        msg = "the timestamp request has no nonce; use the library's release that this one was tested with"
        raise BadInput(msg)
    return Query(checkpoint, made.nonce, made.as_bytes())


def taken(query: Query, url: str, roots: bytes, limit_s: float = LIMIT_S) -> tuple[bytes, Stamped]:
    """The authority's answer (a .tsr file), once it is seen to hold."""
    answer = posted(url, query.request, LIMIT_BYTES, limit_s)
    return answer, verified(answer, query, roots)


def query(data: bytes) -> Query:
    """Read what :meth:`Query.data` writes."""
    held = canon.Fields(canon.decode_object(data), "a timestamp's request")
    held.only("checkpoint", "kind", "nonce", "request")
    nonce = held.text("nonce")
    if held.text("kind") != KIND or not (nonce.isascii() and nonce.isdigit() and len(nonce) <= 60):
        msg = "a timestamp's request is not of the form that `truce timestamp take` writes; restore it"
        raise BadInput(msg)
    request = b64.decode(held.text("request"), "a timestamp's request")
    return Query(held.text("checkpoint").encode(), int(nonce), request)


_ODD = (x509.DuplicateExtension, x509.UnsupportedGeneralNameType, x509.InvalidVersion, UnsupportedAlgorithm)
"""What a certificate of another form raises besides: none of these is a ValueError."""


def verified(answer: bytes, of: Query, roots: bytes) -> Stamped:
    """The time in a token, or NotTrusted: its status, signature, chain to ``roots`` (PEM), nonce and imprint.

    The chain has to have held when the token was made: an authority's certificate may have run out since.
    """
    trusted = _roots(roots)
    try:
        response = decode_timestamp_response(answer)
        imprint = response.tst_info.message_imprint
        if imprint.hash_algorithm.dotted_string != _SHA256:
            msg = "a timestamp is over another digest than SHA-256, which was asked for; ask for another"
            raise NotTrusted(msg)
        verifier = VerifierBuilder(roots=trusted, nonce=of.nonce).build()
        verifier.verify(response, hashlib.sha256(of.checkpoint).digest())
        token = response.tst_info
        at = from_datetime(token.gen_time.replace(tzinfo=UTC))
        return Stamped(at, _accuracy_ms(token.accuracy), token.serial_number)
    except (VerificationError, ValueError, AttributeError, TypeError, LookupError, *_ODD) as error:
        why = str(error).partition("\n")[0].rstrip(".")[:160] or type(error).__name__
        msg = f"a timestamp does not hold ({why}); do not rely on it, and ask its authority for another"
        raise NotTrusted(msg) from error


def backdated(dated: Iterable[Dated]) -> tuple[tuple[Dated, Dated], ...]:
    """Pairs of the first token over a smaller checkpoint and an *earlier* one over a larger: one of the two is false.

    The log had the smaller checkpoint dated before it had grown to the larger, so no token over the larger is earlier
    than all over the smaller. Tokens of one authority are held to its clock alone; those of two are allowed to
    differ by their accuracy and APART_MS.
    """
    sizes: dict[int, list[Dated]] = {}
    for one in dated:
        sizes.setdefault(one.size, []).append(one)
    found: list[tuple[Dated, Dated]] = []
    before: list[list[Dated]] = []
    for _, tokens in sorted(sizes.items()):
        found += [
            (min(smaller, key=lambda one: one.stamped.at), later)
            for later in tokens
            for smaller in before
            if all(later.stamped.at + _slack_ms(one, later) < one.stamped.at for one in smaller)
        ]
        before.append(tokens)
    return tuple(found)


def told(pair: tuple[Dated, Dated]) -> str:
    """A pair of :func:`backdated` in words."""
    earlier, later = pair
    return (
        f"{later.name} dates the checkpoint of {later.size} leaves to {format_utc(later.stamped.at)}, before "
        f"{earlier.name} saw that of {earlier.size} at {format_utc(earlier.stamped.at)}"
    )


def _slack_ms(one: Dated, other: Dated) -> int:
    if one.name == other.name:
        return 0
    return APART_MS + one.stamped.accuracy_ms + other.stamped.accuracy_ms


def _accuracy_ms(told: object) -> int:
    parts = [getattr(told, name, None) for name in ("seconds", "millis", "micros")]
    seconds, millis, micros = (part if isinstance(part, int) else 0 for part in parts)
    return seconds * 1000 + millis + -(-micros // 1000)


def _roots(pem: bytes) -> list[x509.Certificate]:
    try:
        found: Sequence[x509.Certificate] = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        msg = "the file of an authority's root holds no PEM certificate; put its root certificate there"
        raise BadInput(msg) from error
    return list(found)
