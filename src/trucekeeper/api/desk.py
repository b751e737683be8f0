"""The deconfliction desk's routes, put into an application."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from trucekeeper.api import announcing, conflicts, notices
from trucekeeper.api.described import PROBLEM
from trucekeeper.api.refusals import CHALLENGE, Refusal, Unauthenticated
from trucekeeper.api.room import Access, Door
from trucekeeper.api.tokens import Verifier
from trucekeeper.kernel.errors import BadInput, NotFound
from trucekeeper.office.wiring import Office


def mount(app: FastAPI, office: Office, access: Access) -> None:
    """Add the routes and their refusals; what the desk still has to record is recorded when the office closes."""
    door = Door(office, access, office.clock.now())
    office.at_close(door.close)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(Unauthenticated, _unknown)
    app.include_router(notices.routes(door), prefix="/api/v1")
    app.include_router(announcing.routes(door), prefix="/api/v1")
    app.include_router(conflicts.routes(door), prefix="/api/v1")


def access(office: Office) -> Access:
    """Who gets in by the office's own settings; NotFound for a token key that is not there, BadInput for a weak one."""
    said = office.settings.api
    keys: list[tuple[bytes, str | None]] = []
    for one in said.public_keys:
        path = office.folder.root / one.file
        try:
            keys.append((path.read_bytes(), one.iss))
        except OSError as error:
            msg = f"the token key {path.name} cannot be read ({error.strerror}); correct its path in office.toml"
            raise NotFound(msg) from error
    tokens = Verifier.of(keys, frozenset(said.audiences), office.clock) if keys else None
    if tokens is not None and any(key.weak for key in tokens.keys):
        msg = (
            "a token key of [api] has fewer than 2048 bits, and whoever breaks it is let in; use a longer one"
        )
        raise BadInput(msg)
    return Access(tokens, said.requests_a_minute, said.probes_an_hour)


def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # noqa: S101 - it is called for these alone
    return _details(error.status, error, dict(error.headers))


def _unknown(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Unauthenticated)  # noqa: S101 - it is called for these alone
    return _details(401, error, {"WWW-Authenticate": CHALLENGE})


def _details(status: int, error: Refusal | Unauthenticated, headers: dict[str, str]) -> JSONResponse:
    body = {"type": "about:blank", "title": error.code, "status": status, "detail": f"{error}."}
    return JSONResponse(body, status_code=status, headers=headers, media_type=PROBLEM)
