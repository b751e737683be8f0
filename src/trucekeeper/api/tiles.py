"""The log for everybody who asks (C2SP tlog-tiles): checkpoint, tiles, bundles of leaves, and what goes with them.

These are files of the log's folder, by their names and as they are. A leaf reveals nothing about its entry. Bundles are
not compressed: hashes do not get any smaller.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from fastapi import APIRouter, Request, Response

from trucekeeper.api.described import PROBLEM, plain
from trucekeeper.record import tiles

_FRESH = "no-cache"
_LASTING = "public, max-age=31536000, immutable"
_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"
_MISSING = "the log has no such file; begin with /log/checkpoint and ask for the tiles of its size.\n"

_NAMED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"checkpoint": (_TEXT, _FRESH), "log.vkey": (_TEXT, _FRESH), "policy": (_TEXT, _FRESH)}
)
_STAMP = r"timestamps/[1-9][0-9]{0,15}/[A-Za-z0-9][A-Za-z0-9.-]{0,99}"
_FORMS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(form, re.ASCII), media, cached)
    for form, media, cached in (
        (r"open/(0|[1-9][0-9]{0,15})\.json", "application/json", _FRESH),
        (rf"{_STAMP}\.tsr", "application/timestamp-reply", _LASTING),
        (rf"{_STAMP}\.json", "application/json", _LASTING),
    )
)


_FILE: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The file.",
        "content": {
            media: {"schema": {"type": "string"}} for media in ("text/plain", _BYTES, "application/json")
        },
    },
    304: {"description": "It is as the caller has it."},
    404: {
        "description": "The log has no such file.",
        "content": {"text/plain": {"schema": {"type": "string"}}, PROBLEM: {"schema": {}}},
    },
}


def routes(log: Path) -> APIRouter:
    """The routes over a log's folder."""
    router = APIRouter(tags=["log"])

    @router.get("/open/index", response_class=Response, responses=plain("text/plain", "Names, one a line."))
    def index() -> Response:
        """The names of the open entries, one a line, in the order of their numbers."""
        named = [one.stem for one in (log / "open").glob("*.json") if not one.is_symlink()]
        numbers = sorted(int(one) for one in named if one.isdecimal())
        return Response("".join(f"{one}.json\n" for one in numbers), 200, {"Cache-Control": _FRESH}, _TEXT)

    @router.get("/{path:path}", response_class=Response, responses=_FILE)
    @router.head("/{path:path}", response_class=Response, include_in_schema=False)
    def file(path: str, request: Request) -> Response:
        """One file of the log: `checkpoint`, `tile/...`, `log.vkey`, `policy`, `open/...` or `timestamps/...`."""
        described = None if b"%" in request.scope.get("raw_path", b"") else _described(path)
        data = None if described is None else _read(log, path)
        if described is None or data is None:
            return Response(_MISSING, 404, {"Cache-Control": "no-store"}, _TEXT)
        media, cached = described
        tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        headers = {"Cache-Control": cached, "ETag": tag}
        if _has(request.headers.get("If-None-Match", ""), tag):
            return Response(None, 304, headers)
        if request.method == "HEAD":
            headers["Content-Length"] = str(len(data))
            data = b""
        return Response(data, 200, headers, media)

    return router


def _described(path: str) -> tuple[str, str] | None:
    """Media type and caching of a file that is served; None for any other."""
    if path in _NAMED:
        return _NAMED[path]
    if tiles.parse_path(path) is not None:
        return _BYTES, _LASTING
    return next(((media, cached) for form, media, cached in _FORMS if form.fullmatch(path)), None)


def _read(log: Path, path: str) -> bytes | None:
    """The bytes of a plain file below ``log``; None where there is none, or a link on the way to it."""
    folder = log.resolve()
    file = folder / path
    if file.resolve() != file or not file.is_file():
        return None
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def _has(asked: str, tag: str) -> bool:
    """Whether the caller names what it has already (RFC 9110, 13.1.2)."""
    return any(one.strip().removeprefix("W/") in {tag, "*"} for one in asked.split(","))
