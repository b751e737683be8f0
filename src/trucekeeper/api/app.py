"""The office's HTTP API: signed entries in, verified data out. One desk call a route.

It answers to this machine alone, and to no page of another site. What is said of notices takes a token or a signature.
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from trucekeeper.api import desk, entries, published, tiles
from trucekeeper.api.described import Api
from trucekeeper.api.f3548 import routes as airspace
from trucekeeper.api.refusals import CHALLENGE
from trucekeeper.api.room import Access
from trucekeeper.api.tokens import Verifier
from trucekeeper.kernel.errors import TruceError
from trucekeeper.office.airspace import accepted
from trucekeeper.office.wiring import Office

HOSTS = ("127.0.0.1", "localhost", "[::1]")
"""Names by which a browser on this machine may call us; any other could be a page that was made to point here."""

STATUS: Mapping[str, int] = MappingProxyType(
    {
        "input": 400,
        "trust": 401,
        "permission": 403,
        "missing": 404,
        "conflict": 409,
        "busy": 503,
        "damaged": 500,
        "error": 500,
    }
)
"""HTTP status by error code."""

RETRY_AFTER_S = "2"
"""When to send again what a full queue has pushed back."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(office: Office, access: Access | None = None) -> FastAPI:
    """The API over an open office; pages may be added to it. ``access`` None: as the office's settings say."""
    app = Api(
        title="Trucekeeper", version="1", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json"
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS))
    app.middleware("http")(_hardened)
    app.add_exception_handler(TruceError, _problem)
    app.add_exception_handler(HTTPException, _not_here)
    app.add_exception_handler(RequestValidationError, _misread)
    app.include_router(entries.routes(office), prefix="/api/v1")
    app.include_router(published.routes(office), prefix="/api/v1")
    app.include_router(tiles.routes(office.folder.log), prefix="/log")
    app.include_router(airspace.routes(office.airspace, _tokens(office)))
    desk.mount(app, office, access or desk.access(office))
    return app


def _tokens(office: Office) -> Verifier:
    """Whose tokens are accepted, by the office's settings and the environment that it is served in."""
    found = accepted(office.folder, office.settings, os.environ)
    return Verifier.of(found.keys, found.audiences, office.clock)


async def _hardened(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await answer(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _problem(_request: Request, error: Exception) -> JSONResponse:
    """An error as problem details (RFC 9457)."""
    code = error.code if isinstance(error, TruceError) else "error"
    answer = _details(STATUS[code], code, f"{error}.")
    if code == "busy":
        answer.headers["Retry-After"] = RETRY_AFTER_S
    if code == "trust":
        answer.headers["WWW-Authenticate"] = CHALLENGE
    return answer


def _not_here(_request: Request, error: Exception) -> JSONResponse:
    """What the framework refuses: an unknown address, or another method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = error.detail if isinstance(error, HTTPException) else "not served"
    return _details(status, "missing" if status == 404 else "input", f"{said}: see /api/v1/openapi.json.")


def _misread(_request: Request, error: Exception) -> JSONResponse:
    """An address whose parts do not have the right form."""
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": ("",), "msg": ""}
    return _details(400, "input", f"{first['loc'][-1]} is not as it has to be ({first['msg']}); correct it.")


def _details(status: int, title: str, detail: str) -> JSONResponse:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
