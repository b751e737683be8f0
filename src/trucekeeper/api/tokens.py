"""Bearer tokens (RFC 6750): JSON Web Tokens signed with RS256 and nothing else, each for this audience alone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import jwt
import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate
from jwt.types import Options
from structlog.typing import FilteringBoundLogger

from trucekeeper.kernel.clock import Clock
from trucekeeper.kernel.errors import BadInput, NotTrusted

_LOG: FilteringBoundLogger = structlog.get_logger()

LONGEST_MS = 3_600_000
"""How far ahead a token may expire: one hour (F3548-21, access tokens)."""

SKEW_MS = 10_000
"""How far the issuer's clock may be ahead of ours; no token lives longer for it."""

LEAST_BITS = 1024
"""The reference implementation's published test key has no more. RFC 7518 wants 2048: see :attr:`Key.weak`."""

_SOUND_BITS = 2048
_LONGEST_TOKEN = 8_192
_LONGEST_NAME = 255
_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9_.=-]+) *")
_SIGNATURE_ALONE: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
"""The library checks the signature; the claims are checked here, by the injected clock."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who asks, and what its token lets it do."""

    sub: str
    scopes: frozenset[str]
    iss: str | None


@dataclass(frozen=True, slots=True)
class Key:
    """A public key of an authority; where ``iss`` is given, it signs for that issuer alone."""

    public: RSAPublicKey
    iss: str | None = None

    @classmethod
    def parse(cls, pem: bytes, iss: str | None = None) -> "Key":
        """The key in a PEM file: a public key, or a certificate's."""
        try:
            certified = b"-----BEGIN CERTIFICATE-----" in pem
            found: object = (
                load_pem_x509_certificate(pem).public_key() if certified else load_pem_public_key(pem)
            )
        except (ValueError, UnsupportedAlgorithm) as error:
            msg = "a file of token keys holds no public key in PEM; name another file"
            raise BadInput(msg) from error
        if not isinstance(found, RSAPublicKey) or found.key_size < LEAST_BITS:
            msg = f"a token key is no RSA key of {LEAST_BITS} bits or more; name another file"
            raise BadInput(msg)
        return cls(found, iss)

    @property
    def weak(self) -> bool:
        """Whether the key is shorter than RFC 7518 allows for RS256: fit for tests alone."""
        return self.public.key_size < _SOUND_BITS


@dataclass(frozen=True, slots=True)
class Verifier:
    """Tells who signed a request. Without a key or an audience nobody is let in."""

    keys: Sequence[Key]
    audiences: frozenset[str]
    clock: Clock

    @classmethod
    def of(
        cls, pems: Iterable[tuple[bytes, str | None]], audiences: frozenset[str], clock: Clock
    ) -> "Verifier":
        """From the contents of PEM files, each with the issuer it is bound to, or None."""
        keys = tuple(Key.parse(pem, iss) for pem, iss in pems)
        if any(key.weak for key in keys):
            _LOG.warning("token.key_weak", least_bits=_SOUND_BITS)
        return cls(keys, audiences, clock)

    def claims(self, authorization: str | None) -> Claims:
        """The claims of an ``Authorization`` header, once all of them are seen to hold; NotTrusted otherwise."""
        if authorization is None:
            _refuse("there is no access token; send it as Authorization: Bearer")
        found = _BEARER.fullmatch(authorization)
        if found is None or len(found[1]) > _LONGEST_TOKEN:
            _refuse("the Authorization header holds no bearer token; write Bearer, a space and the token")
        return self._held(found[1])

    def _held(self, token: str) -> Claims:
        for key in self.keys:
            said = _signed(token, key)
            if said is not None and (key.iss is None or key.iss == said.get("iss")):
                return self._read(said)
        msg = "the access token is signed by no key that is accepted here; get one from the right authority"
        raise NotTrusted(msg)

    def _read(self, said: Mapping[str, object]) -> Claims:
        self._check_times(said)
        if self.audiences.isdisjoint(_audiences(said.get("aud"))):
            _refuse("the access token is for another audience; get one for this service")
        sub, scope, iss = said.get("sub"), said.get("scope", ""), said.get("iss")
        if not isinstance(sub, str) or not 0 < len(sub) <= _LONGEST_NAME or not sub.isprintable():
            _refuse("the access token does not say whose it is; get one with a sub")
        if not isinstance(scope, str):
            _refuse(
                "the access token's scope is not text; write the scopes in one string with spaces between"
            )
        if iss is not None and not isinstance(iss, str):
            _refuse("the access token's issuer is not text; get another token")
        return Claims(sub, frozenset(scope.split(" ")) - {""}, iss)

    def _check_times(self, said: Mapping[str, object]) -> None:
        now = self.clock.now()
        expires, begins = _milliseconds(said.get("exp")), _milliseconds(said.get("nbf", 0))
        if expires is None or begins is None:
            _refuse("the access token does not say when it expires; get one with exp")
        if expires <= now:
            _refuse("the access token has expired; get a new one")
        if expires > now + LONGEST_MS + SKEW_MS:
            _refuse("the access token expires more than an hour from now; get one that lives shorter")
        if begins > now + SKEW_MS:
            _refuse("the access token is not valid yet; set the issuer's clock right")


def _signed(token: str, key: Key) -> Mapping[str, object] | None:
    """What the token says, if ``key`` signed it with RS256."""
    try:
        said: Mapping[str, object] = jwt.decode(
            token, key.public, algorithms=["RS256"], options=_SIGNATURE_ALONE
        )
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    return said


def _audiences(claim: object) -> set[str]:
    """The ``aud`` claim: one text, or a list of them (RFC 7519, section 4.1.3)."""
    if isinstance(claim, str):
        return {claim}
    if not isinstance(claim, list):
        return set()
    return {one for one in claim if isinstance(one, str)}  # pyright: ignore[reportUnknownVariableType] - JSON


def _milliseconds(claim: object) -> int | None:
    """A NumericDate (RFC 7519) in milliseconds; None for anything else, and for what no clock shows."""
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return None
    return int(claim * 1000) if abs(claim) < 2**40 else None


def _refuse(why: str) -> NoReturn:
    raise NotTrusted(why)
