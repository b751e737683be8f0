"""Notices by HTTP: read, one by one or in pages, by whoever may. One desk call a route.

What a caller may see is decided in ``movements.visibility``; here it is only asked.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from trucekeeper.api import answers, pages
from trucekeeper.api.answers import BoardForm, NoticeForm, NoticePage
from trucekeeper.api.callers import Asked
from trucekeeper.api.described import closed, done, problems, sends
from trucekeeper.api.room import Door, Room, etag, serve, unchanged
from trucekeeper.api.sheets import sheet
from trucekeeper.kernel.errors import NotFound
from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.movements.model import Kind, State

PATH = "/api/v1/notices"
Number = Annotated[int, Path(ge=0, le=2**53 - 1, description="The entry of the notice's first version.")]


def routes(door: Door) -> APIRouter:
    """The routes through that door."""
    router = APIRouter(tags=["notices"])
    for add in (_listing, _one, _board, _sheet):
        add(router, door)
    return router


def _listing(router: APIRouter, door: Door) -> None:
    @router.get(
        "/notices",
        response_model=NoticePage,
        responses={**problems(), **done(200, NoticePage, "Link")},
        openapi_extra=closed(),
    )
    async def listed(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=pages.MOST)] = pages.USUAL,
        cursor: Annotated[str | None, Query(max_length=100)] = None,
        kind: Kind | None = None,
        state: State | None = None,
    ) -> Response:
        """The notices that the caller sees whole, in the order in which they were announced."""

        def answer(room: Room, asked: Asked) -> Response:
            found, following = room.lookout.listed(asked.caller, pages.after(cursor), limit)
            shown = [one for one in found if _fits(one, kind, state)]
            room.lookout.record(shown, asked.caller, "list")
            told = {
                "kind": None if kind is None else kind.value,
                "state": None if state is None else state.value,
            }
            page = NoticePage(notices=[answers.line(one) for one in shown], note=answers.NOTE)
            return answers.answered(page, 200, pages.link(PATH, following, limit=limit, **told))

        return await serve(door, request, answer)


def _one(router: APIRouter, door: Door) -> None:
    @router.get(
        "/notices/{number}",
        response_model=NoticeForm,
        responses={
            **problems(),
            **done(200, NoticeForm, "ETag"),
            304: {"description": "It is as the caller has it."},
        },
        openapi_extra=closed(sends("If-None-Match")),
    )
    async def one(request: Request, number: Number) -> Response:
        """A notice whole, for whoever was told of it. Nobody else learns by its number that there is one."""

        def answer(room: Room, asked: Asked) -> Response:
            found = room.lookout.look(number, asked.caller)
            if unchanged(request, found):
                return Response(None, 304, {"ETag": etag(found), "Cache-Control": "private, no-cache"})
            room.lookout.record([found], asked.caller, "notice")
            return answers.answered(
                answers.whole(found, _visible(room, asked, found)), 200, {"ETag": etag(found)}
            )

        return await serve(door, request, answer)


def _board(router: APIRouter, door: Door) -> None:
    @router.get(
        "/notices/{number}/recipients",
        response_model=BoardForm,
        responses={**problems(), **done(200, BoardForm, "ETag")},
        openapi_extra=closed(),
    )
    async def recipients(request: Request, number: Number) -> Response:
        """The board: what each recipient was sent and said. No answer means the one before it."""

        def answer(room: Room, asked: Asked) -> Response:
            found = room.lookout.look(number, asked.caller)
            room.lookout.record([found], asked.caller, "recipients")
            return answers.answered(answers.board(found), 200, {"ETag": etag(found)})

        return await serve(door, request, answer)


def _sheet(router: APIRouter, door: Door) -> None:
    @router.get(
        "/notices/{number}/sheet.pdf",
        response_class=Response,
        responses={
            **problems(),
            200: {
                "description": "One page of A4.",
                "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
            },
        },
        openapi_extra=closed(),
    )
    async def printed(
        request: Request, number: Number, recipient: Annotated[str | None, Query(max_length=100)] = None
    ) -> Response:
        """The notice on paper, with a code to scan and digits to read back, for a recipient who is offline."""

        def answer(room: Room, asked: Asked) -> Response:
            found = room.lookout.look(number, asked.caller)
            page = sheet(room, asked.caller, found, recipient)
            room.lookout.record([found], asked.caller, "sheet")
            return Response(
                page(), 200, {"ETag": etag(found), "Cache-Control": "private, no-cache"}, "application/pdf"
            )

        return await serve(door, request, answer)


def _visible(room: Room, asked: Asked, found: Dossier) -> frozenset[int]:
    """Of the notices that this one knowingly overlaps, those that the caller sees too."""
    seen: set[int] = set()
    for number in found.waived:
        try:
            room.lookout.look(number, asked.caller)
        except NotFound:
            continue
        seen.add(number)
    return frozenset(seen)


def _fits(dossier: Dossier, kind: Kind | None, state: State | None) -> bool:
    right_kind = kind is None or dossier.current.notice.kind is kind
    return right_kind and (state is None or dossier.state is state)
