"""The office's HTTP API: signed entries in, verified data out. One desk call a route.

There is no sign-in yet: it answers to this machine alone, and to no page of another site.
"""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from trucekeeper.api import entries, published
from trucekeeper.kernel.errors import TruceError
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
        "damaged": 500,
        "error": 500,
    }
)
"""HTTP status by error code."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(office: Office) -> FastAPI:
    """The API over an open office; pages may be added to it."""
    app = FastAPI(
        title="Trucekeeper", version="1", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json"
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS))
    app.middleware("http")(_hardened)
    app.add_exception_handler(TruceError, _problem)
    app.include_router(entries.routes(office), prefix="/api/v1")
    app.include_router(published.routes(office), prefix="/api/v1")
    return app


async def _hardened(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await answer(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _problem(_request: Request, error: Exception) -> JSONResponse:
    """An error as problem details (RFC 9457)."""
    code = error.code if isinstance(error, TruceError) else "error"
    body = {"type": "about:blank", "title": code, "status": STATUS[code], "detail": f"{error}."}
    return JSONResponse(body, status_code=STATUS[code], media_type="application/problem+json")
