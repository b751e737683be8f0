"""Requests signed with a holder's own key: RFC 9421 HTTP Message Signatures, Ed25519, with RFC 9530 Content-Digest.

A signature covers the method, whose server it is for, path and query, and the digest of the body where there is one;
its ``keyid`` is the key id in the record's key set, ``created`` lies within five minutes of now, and its ``nonce`` is
used once.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures.algorithms import ED25519  # pyright: ignore[reportPrivateImportUsage] - so named there
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_message_signatures.resolvers import HTTPSignatureKeyResolver
from http_message_signatures.signatures import HTTPMessageVerifier
from http_message_signatures.structures import VerifyResult

from trucekeeper.api.refusals import Unauthenticated
from trucekeeper.kernel.clock import Clock, Instant
from trucekeeper.kernel.errors import NotTrusted
from trucekeeper.record.keyset import KeySet, Mandate

WINDOW_MS = 300_000
"""How far ``created`` may lie from the office's clock, either way."""

MOST_NONCES = 500_000
LONGEST_NONCE = 100
_LONGEST_FIELD = 4_096
_TARGETS = (frozenset({'"@target-uri"'}), frozenset({'"@authority"', '"@path"', '"@query"'}))


@dataclass(frozen=True, slots=True)
class Lines:
    """Header fields in their order, as the library asks for them."""

    lines: tuple[tuple[str, str], ...]

    def items(self) -> Iterable[tuple[str, str]]:
        """Every line; a name may come twice."""
        return self.lines


@dataclass(frozen=True, slots=True)
class Message:
    """A request as it came: ``url`` is absolute and still encoded."""

    method: str
    url: str
    headers: Lines


@dataclass(frozen=True, slots=True)
class Nonces:
    """Signatures that were seen, kept as long as they could come again.

    What was signed before ``since`` is refused, for the one who remembered it may have been another process.
    """

    since: Instant
    _seen: "OrderedDict[tuple[str, str], Instant]" = field(
        default_factory=OrderedDict[tuple[str, str], Instant]
    )
    _lock: Lock = field(default_factory=Lock)

    def use(self, key: str, nonce: str, created: Instant, now: Instant) -> None:
        """Unauthenticated for a nonce that was used before, or might have been."""
        if created + 1_000 <= self.since:
            msg = "the request was signed before this office was opened; sign it anew"
            raise Unauthenticated(msg)
        with self._lock:
            while self._seen and next(iter(self._seen.values())) < now - 2 * WINDOW_MS:
                self._seen.popitem(last=False)
            if (key, nonce) in self._seen:
                msg = "a request with this nonce came before; sign each request anew"
                raise Unauthenticated(msg)
            if len(self._seen) >= MOST_NONCES:
                msg = "too many signed requests came within ten minutes; send them more slowly"
                raise Unauthenticated(msg)
            self._seen[key, nonce] = now


@dataclass(frozen=True, slots=True)
class Signatures:
    """Tells by whose mandate a request was signed; ``keyset`` gives the set in force."""

    keyset: Callable[[], KeySet]
    clock: Clock
    nonces: Nonces

    def mandate(self, message: Message, body: bytes) -> Mandate:
        """The mandate of the signer, valid now; Unauthenticated otherwise."""
        now, keys = self.clock.now(), self.keyset()
        if any(len(value) > _LONGEST_FIELD for name, value in message.headers.items() if _signing(name)):
            _refuse("the fields of the signature are too long")
        resolver = _Resolver(keys, now)
        verifier = _Verifier(signature_algorithm=ED25519, key_resolver=resolver)
        try:
            results = verifier.verify(message, max_age=None, body=body)  # pyright: ignore[reportUnknownMemberType] - untyped there
        except HTTPMessageSignaturesException as error:
            msg = f"the request's signature does not hold ({_told(error)}); sign it as RFC 9421 says"
            raise Unauthenticated(msg) from error
        if len(results) != 1 or resolver.found is None:
            _refuse("the request bears more than one signature")
        created, nonce = _covered(results[0], body)
        if abs(now - created) > WINDOW_MS:
            _refuse("the signature was created more than five minutes from now; set the clock right")
        self.nonces.use(resolver.found.key.key_id, nonce, created, now)
        return resolver.found


class _Verifier(HTTPMessageVerifier):
    """Leaves times to us, who go by the office's clock."""

    max_clock_skew = timedelta(days=36_500)


class _Resolver(HTTPSignatureKeyResolver):
    def __init__(self, keys: KeySet, now: Instant) -> None:
        self._keys, self._now = keys, now
        self.found: Mandate | None = None

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        try:
            self.found = self._keys.mandate(key_id, self._now)
        except NotTrusted:
            return None
        return Ed25519PublicKey.from_public_bytes(self.found.key.public)


def _covered(result: VerifyResult, body: bytes) -> tuple[Instant, str]:
    """When it was created, and its nonce, once all is covered that has to be."""
    covered = frozenset(result.covered_components)
    if '"@method"' not in covered or not any(covered >= target for target in _TARGETS):
        _refuse(
            'the signature has to cover "@method", and "@target-uri" or "@authority", "@path" and "@query"'
        )
    if body and result.body is None:
        _refuse('the signature has to cover "content-digest"')
    created, nonce = result.parameters.get("created"), result.nonce
    if not isinstance(created, int) or nonce is None or not 0 < len(nonce) <= LONGEST_NONCE:
        _refuse("the signature has to bear created and a nonce of up to 100 characters")
    return Instant(created * 1000), nonce


def _signing(name: str) -> bool:
    return name.lower() in {"signature", "signature-input", "content-digest"}


def _told(error: Exception) -> str:
    said = str(error)[:200]
    return "".join(one for one in said if one.isascii() and one.isprintable()) or "it is malformed"


def _refuse(why: str) -> NoReturn:
    msg = f"{why}; sign the request anew"
    raise Unauthenticated(msg)


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> Lines:
    """The header fields of a request as they came, in Latin-1, which is what HTTP has."""
    return Lines(tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw))


def is_signed(headers: Mapping[str, str]) -> bool:
    """Whether a request claims to be signed."""
    return "signature-input" in headers or "signature" in headers
