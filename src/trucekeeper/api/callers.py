"""Who asks: by a bearer token or by a signed request, or nobody. Denied by default.

A token's ``sub`` is the id of a holder in the record's key set, whose mandate has to hold now; the token's authority
cannot make anybody more than the key set says.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from trucekeeper.api.refusals import TooLong, Unauthenticated
from trucekeeper.api.signed_requests import Message, Signatures, headers_of, is_signed
from trucekeeper.api.tokens import Verifier
from trucekeeper.kernel.clock import Clock
from trucekeeper.kernel.errors import NotPermitted, NotTrusted
from trucekeeper.movements.visibility import Caller
from trucekeeper.record.keyset import KeySet

SCOPE = "truce.desk"
"""What a token's scope has to name, for the office to talk about notices to its bearer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: who asks, the body as it came, and the digest that names the request in full."""

    caller: Caller
    body: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class Callers:
    """``tokens`` None: no authority issues tokens for this office."""

    keyset: Callable[[], KeySet]
    clock: Clock
    tokens: Verifier | None
    signatures: Signatures

    def asked(self, request: Request, body: bytes) -> Asked:
        """The request with its caller; Unauthenticated for one that shows no token and bears no signature."""
        authorization = request.headers.get("Authorization")
        if authorization is not None:
            caller = self._borne(authorization)
        elif is_signed(request.headers):
            caller = self._signed(request, body)
        else:
            msg = "nobody is known to ask; send a bearer token, or sign the request with a key of the key set"
            raise Unauthenticated(msg)
        named = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
        return Asked(caller, body, hashlib.sha256(named + body).hexdigest())

    def _borne(self, authorization: str) -> Caller:
        if self.tokens is None:
            msg = "no authority issues tokens for this office; sign the request with a key of the key set"
            raise Unauthenticated(msg)
        try:
            claims = self.tokens.claims(authorization)
        except NotTrusted as error:
            raise Unauthenticated(str(error)) from error
        if SCOPE not in claims.scopes:
            msg = f"the access token does not reach this desk; get one with the scope {SCOPE}"
            raise NotPermitted(msg)
        now = self.clock.now()
        for holder in self.keyset().holders:
            if holder.id == claims.sub and any(key.valid.holds(now) for key in holder.keys):
                return Caller(holder.id, holder.role, holder.party)
        msg = (
            "the access token is of nobody who has a mandate now; ask the office to be entered in its key set"
        )
        raise Unauthenticated(msg)

    def _signed(self, request: Request, body: bytes) -> Caller:
        scope = request.scope
        path = scope.get("raw_path") or request.url.path.encode()
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        host = request.headers.get("Host", "")
        url = f"{request.url.scheme}://{host}{(path + query).decode('latin-1')}"
        message = Message(request.method, url, headers_of(request.headers.raw))
        mandate = self.signatures.mandate(message, body)
        return Caller(mandate.holder, mandate.role, mandate.party)


async def body_of(request: Request, most: int) -> bytes:
    """The body as it came; TooLong as soon as it is longer than ``most`` bytes."""
    said = request.headers.get("Content-Length", "")
    read = bytearray()
    if not said.isdigit() or int(said) <= most:
        async for part in request.stream():
            read += part
            if len(read) > most:
                break
        else:
            return bytes(read)
    msg = f"the body is longer than {most} bytes; send a smaller one"
    raise TooLong(msg)
