"""Notices by HTTP: announced, amended, read, moved on and answered. One desk call a route.

What a caller may see is decided in ``movements.visibility``; here it is only asked.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from trucekeeper.api import answers, pages
from trucekeeper.api.answers import BoardForm, NoticeForm, NoticePage, SubmittedForm, TakenForm
from trucekeeper.api.callers import Asked
from trucekeeper.api.described import closed, done, problems, sends, takes
from trucekeeper.api.entering import Body, entered, sent
from trucekeeper.api.room import Door, Room, etag, serve, still, unchanged
from trucekeeper.api.sheets import sheet
from trucekeeper.kernel.errors import BadInput, NotFound
from trucekeeper.movements import extent
from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.movements.model import Kind, State
from trucekeeper.movements.wire import notices, steps
from trucekeeper.office.receipts import issued

_PATH = "/api/v1/notices"
Number = Annotated[int, Path(ge=0, le=2**53 - 1, description="The entry of the notice's first version.")]


def routes(door: Door) -> APIRouter:
    """The routes through that door."""
    router = APIRouter(tags=["notices"])
    _reading(router, door)
    _writing(router, door)
    return router


def _reading(router: APIRouter, door: Door) -> None:
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
            return answers.answered(page, 200, pages.link(_PATH, following, limit=limit, **told))

        return await serve(door, request, answer)

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


def _writing(router: APIRouter, door: Door) -> None:
    @router.post(
        "/notices",
        status_code=201,
        response_model=SubmittedForm,
        responses={
            **problems(409, 422),
            **done(201, SubmittedForm, "ETag", "Location", "Idempotency-Replayed"),
        },
        openapi_extra=takes("EnvelopeV1", "NoticeV1", headers=[sends("Idempotency-Key")]),
    )
    async def announced(request: Request) -> Response:
        """Announce: the envelope that the notifier signed, or a form in which the office took down a call.

        The answer says what the notice meets, as far as the caller may know, and bears the signed receipt.
        """

        def answer(room: Room, asked: Asked) -> Response:
            what = sent(room, asked, notices.KIND, notices.APART, request.headers.get("Idempotency-Key"))
            if "amends" in what.body:
                msg = "this amends a notice; send it with PUT to the notice's own address"
                raise BadInput(msg)
            number = entered(room, what, lambda envelope: room.desk.receive(envelope).index)
            return _submitted(room, asked, number, number, 201)

        return await serve(door, request, answer, keyed=True)

    @router.put(
        "/notices/{number}",
        response_model=SubmittedForm,
        responses={
            **problems(409, 412, 422, 428),
            **done(200, SubmittedForm, "ETag", "Location", "Idempotency-Replayed"),
        },
        openapi_extra=takes(
            "EnvelopeV1", "NoticeV1", headers=[sends("Idempotency-Key"), sends("If-Match", required=True)]
        ),
    )
    async def amended(request: Request, number: Number) -> Response:
        """Amend: a whole new version that names the notice in `amends`, and in If-Match the ETag of what it changes."""

        def answer(room: Room, asked: Asked) -> Response:
            room.lookout.look(number, asked.caller)
            what = sent(room, asked, notices.KIND, notices.APART, request.headers.get("Idempotency-Key"))
            _about(what.body, "amends", number)

            def record(envelope: bytes) -> int:
                with room.turn:
                    still(request, room.lookout.look(number, asked.caller), required=True)
                    return room.desk.receive(envelope).index

            index = entered(room, what, record)
            return _submitted(room, asked, number, index, 200)

        return await serve(door, request, answer, keyed=True)

    @router.post(
        "/notices/{number}/steps",
        status_code=201,
        response_model=TakenForm,
        responses={**problems(409, 412, 422), **done(201, TakenForm, "ETag", "Idempotency-Replayed")},
        openapi_extra=takes("EnvelopeV1", "StepV1", headers=[sends("Idempotency-Key"), sends("If-Match")]),
    )
    async def moved(request: Request, number: Number) -> Response:
        """One step in the life of a notice, signed by its notifier, or taken by the office."""
        return await serve(door, request, _taking(request, number, steps.STEP), keyed=True)

    @router.post(
        "/notices/{number}/acknowledgements",
        status_code=201,
        response_model=TakenForm,
        responses={**problems(409, 412, 422), **done(201, TakenForm, "ETag", "Idempotency-Replayed")},
        openapi_extra=takes(
            "EnvelopeV1", "AcknowledgementV1", headers=[sends("Idempotency-Key"), sends("If-Match")]
        ),
    )
    async def acknowledged(request: Request, number: Number) -> Response:
        """A recipient's word, signed by the recipient, or read back to two of the office's staff. Never an approval."""
        return await serve(door, request, _taking(request, number, steps.ANSWER), keyed=True)


class _Taking:
    """Takes a step or a word on one notice."""

    def __init__(self, request: Request, number: int, kind: str) -> None:
        self._request, self._number, self._kind = request, number, kind

    def __call__(self, room: Room, asked: Asked) -> Response:
        room.lookout.look(self._number, asked.caller)
        what = sent(room, asked, self._kind, (), self._request.headers.get("Idempotency-Key"))
        _about(what.body, "notice", self._number)

        def record(envelope: bytes) -> int:
            with room.turn:
                still(self._request, room.lookout.look(self._number, asked.caller), required=False)
                return room.desk.receive(envelope).index

        index = entered(room, what, record)
        found = room.lookout.look(self._number, asked.caller)
        taken = TakenForm(
            notice=found.notice,
            entry=index,
            state=found.state.value,
            receipt=issued(room.office, index).data.decode(),
            note=answers.NOTE,
        )
        return answers.answered(taken, 201, {"ETag": etag(found)})


def _taking(request: Request, number: int, kind: str) -> _Taking:
    return _Taking(request, number, kind)


def _submitted(room: Room, asked: Asked, number: int, index: int, status: int) -> Response:
    """What was recorded, and what it meets as far as the caller may know."""
    found = room.desk.notices.dossier(number)
    volumes = extent.volumes(found.current.notice, room.rules)
    met = [one for one in room.desk.conflicts(volumes, asked.caller) if one.notice != number]
    room.lookout.met([one.notice for one in met if one.notice is not None], asked.caller)
    form = SubmittedForm(
        notice=number,
        entry=index,
        state=found.state.value,
        receipt=issued(room.office, index).data.decode(),
        note=answers.NOTE,
        conflicts=answers.conflicts(met),
    )
    return answers.answered(form, status, {"ETag": etag(found), "Location": f"{_PATH}/{number}"})


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


def _about(body: Body, field: str, number: int) -> None:
    if body.get(field) != number:
        msg = f"the field {field} does not name notice {number}; send it to the address of the notice it is about"
        raise BadInput(msg)
