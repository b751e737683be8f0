"""Who is let in, what is read of a request, and how this interface refuses: a token first, then the body."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import NoReturn

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from trucekeeper.airspace.model import Client
from trucekeeper.airspace.refusals import DownNow, TooLarge, Unaware
from trucekeeper.api.tokens import Verifier
from trucekeeper.desks.airspace import AirspaceDesk
from trucekeeper.kernel.errors import (
    BadInput,
    Busy,
    Conflict,
    NotFound,
    NotPermitted,
    NotTrusted,
    TruceError,
)

LIMIT_BYTES = 2 * 1024 * 1024
"""How long a body may be: room for 5,000 vertices and a long key. Longer ones are refused unread."""

RETRY_AFTER_S = "1"

_STATUS: tuple[tuple[type[TruceError], int], ...] = (
    (TooLarge, 413),
    (BadInput, 400),
    (NotTrusted, 401),
    (NotPermitted, 403),
    (NotFound, 404),
    (DownNow, 412),
    (Busy, 429),
    (Conflict, 409),
)
"""The first that fits; anything else is our own fault."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The desk, and who guards it."""

    desk: AirspaceDesk
    verifier: Verifier

    def client(self, request: Request, scopes: frozenset[str]) -> Client:
        """Who asks; NotTrusted without a token that holds, NotPermitted without one of ``scopes``."""
        sent = request.headers.getlist("authorization")
        if len(sent) > 1:
            msg = "the request has two Authorization headers; send one"
            raise NotTrusted(msg)
        claims = self.verifier.claims(sent[0] if sent else None)
        if claims.scopes.isdisjoint(scopes):
            msg = f"the access token has none of the scopes {', '.join(sorted(scopes))}; get one that has"
            raise NotPermitted(msg)
        return Client(claims.sub, claims.scopes)

    async def answered(
        self,
        request: Request,
        scopes: frozenset[str],
        work: Callable[[Client, bytes], object],
        *,
        status: int = 200,
    ) -> Response:
        """What ``work`` gives for this client and this body."""
        client = self.client(request, scopes)
        body = b"" if request.method in {"GET", "DELETE"} else await _body(request)
        return JSONResponse(await run_in_threadpool(work, client, body), status)


class Answering(APIRoute):
    """A route whose refusals are the standard's ErrorResponse and AirspaceConflictResponse."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
        """As any route's, and errors answered here: other routes of the same application have another form."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except TruceError as error:
                return refused(error)

        return answer


def refused(error: TruceError) -> Response:
    """The answer to a request that is refused."""
    status = next((number for kind, number in _STATUS if isinstance(error, kind)), 500)
    content: dict[str, object] = {"message": f"{error}."}
    if isinstance(error, Unaware):
        content |= {
            "missing_operational_intents": error.intents,
            "missing_constraints": error.constraints,
        }
    answer = JSONResponse(content, status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if status == 403:
        answer.headers["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
    if status == 429:
        answer.headers["Retry-After"] = RETRY_AFTER_S
    return answer


async def _body(request: Request) -> bytes:
    """The body, given up as soon as it is seen to be too long."""
    stated = request.headers.get("content-length", "0")
    if stated.isdecimal() and int(stated[:20]) > LIMIT_BYTES:
        _too_long()
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > LIMIT_BYTES:
            _too_long()
    return bytes(read)


def _too_long() -> NoReturn:
    msg = f"the body is longer than {LIMIT_BYTES} bytes; send simpler outlines or a shorter key"
    raise TooLarge(msg)
