"""A witness's HTTP interface (C2SP tlog-witness), and two pages for people: what it watches, and what it holds.

There is no sign-in: a request counts by the log's signature in it, whoever carries it here.
"""

import asyncio
import sys
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from trucekeeper.kernel.clock import Instant, format_utc
from trucekeeper.kernel.errors import TruceError
from trucekeeper.record.witness import LIMIT_BYTES, SIZE_TYPE, Verdict
from trucekeeper.stores.witness_folder import Watched, Witness

BODY_WITHIN_S = 10
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def create_app(witness: Witness) -> Starlette:
    """The application over an open witness."""
    pages = _Pages(witness)
    return Starlette(
        routes=[
            Route("/", pages.index),
            Route("/add-checkpoint", pages.add_checkpoint, methods=["POST"]),
            Route("/checkpoint/{id}", pages.held),
        ],
        exception_handlers={TruceError: _failed},
    )


@dataclass(frozen=True, slots=True)
class _Pages:
    witness: Witness

    async def add_checkpoint(self, request: Request) -> Response:
        try:
            body = await asyncio.wait_for(_body(request), BODY_WITHIN_S)
        except TimeoutError:
            return _refused(f"a request has to arrive within {BODY_WITHIN_S} seconds", 408, closing=True)
        except ClientDisconnect:
            return _refused("the request ended early", 400)
        if body is None:
            return _refused(f"a request has at most {LIMIT_BYTES} bytes", 413, closing=True)
        judgement, lines = await run_in_threadpool(self.witness.submit, body)
        if judgement.verdict is Verdict.COSIGN:
            return _text(lines)
        if judgement.verdict is Verdict.STALE:
            return Response(f"{judgement.size}\n", 409, {**_HEADERS, "Content-Type": SIZE_TYPE})
        return _refused(judgement.why, judgement.verdict.value)

    def index(self, _request: Request) -> Response:
        lines = [f"The witness {self.witness.name}.", "", *(one.vkey for one in self.witness.verifiers), ""]
        for one in self.witness.watched():
            lines += _described(one)
        return _text("".join(f"{line}\n" for line in lines))

    def held(self, request: Request) -> Response:
        for one in self.witness.watched():
            if one.id == request.path_params["id"] and one.held is not None:
                return _text(one.held.note)
        return _refused("this witness holds no checkpoint of such a log", 404)


async def _body(request: Request) -> bytes | None:
    """The body as it came; None as soon as it is too long."""
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > LIMIT_BYTES:
            return None
    return bytes(read)


def _described(one: Watched) -> list[str]:
    lines = [f"The log {one.log.origin}"]
    if one.held is None:
        lines.append("  nothing cosigned yet")
    else:
        at = format_utc(Instant(one.held.time_s * 1000))
        lines.append(f"  {one.held.stated.size} leaves, cosigned {at}: checkpoint/{one.id}")
    if one.forks:
        lines.append(
            f"  FORKED: the log signed {len(one.forks)} more trees of a size that this witness had cosigned"
        )
    return lines


def _failed(_request: Request, error: Exception) -> Response:
    """The disk is full, or the folder damaged: the keeper is told on standard error, the log to come again."""
    sys.stderr.write(f"truce: {error}.\n")
    return _refused("this witness cannot answer now", 503)


def _text(content: bytes | str) -> Response:
    return PlainTextResponse(content, headers=_HEADERS)


def _refused(why: str, status: int, *, closing: bool = False) -> Response:
    headers = {**_HEADERS, "Connection": "close"} if closing else _HEADERS
    return PlainTextResponse(f"{why}.\n", status, headers)
