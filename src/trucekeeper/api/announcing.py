"""Notices by HTTP: announced, amended, moved on and answered. One desk call a route."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from trucekeeper.api import answers
from trucekeeper.api.answers import SubmittedForm, TakenForm
from trucekeeper.api.callers import Asked
from trucekeeper.api.described import done, problems, sends, takes
from trucekeeper.api.entering import Body, entered, sent
from trucekeeper.api.notices import PATH, Number
from trucekeeper.api.room import Door, Room, etag, serve, still
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements import extent
from trucekeeper.movements.wire import notices, steps
from trucekeeper.office.receipts import issued


def routes(door: Door) -> APIRouter:
    """The routes through that door."""
    router = APIRouter(tags=["notices"])
    for add in (_announcing, _amending, _moving, _answering):
        add(router, door)
    return router


def _announcing(router: APIRouter, door: Door) -> None:
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


def _amending(router: APIRouter, door: Door) -> None:
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


def _moving(router: APIRouter, door: Door) -> None:
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


def _answering(router: APIRouter, door: Door) -> None:
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


def _taking(request: Request, number: int, kind: str) -> Callable[[Room, Asked], Response]:
    """Takes a step or a word on one notice."""

    def answer(room: Room, asked: Asked) -> Response:
        room.lookout.look(number, asked.caller)
        what = sent(room, asked, kind, (), request.headers.get("Idempotency-Key"))
        _about(what.body, "notice", number)

        def record(envelope: bytes) -> int:
            with room.turn:
                still(request, room.lookout.look(number, asked.caller), required=False)
                return room.desk.receive(envelope).index

        index = entered(room, what, record)
        found = room.lookout.look(number, asked.caller)
        taken = TakenForm(
            notice=found.notice,
            entry=index,
            state=found.state.value,
            receipt=issued(room.office, index).data.decode(),
            note=answers.NOTE,
        )
        return answers.answered(taken, 201, {"ETag": etag(found)})

    return answer


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
    return answers.answered(form, status, {"ETag": etag(found), "Location": f"{PATH}/{number}"})


def _about(body: Body, field: str, number: int) -> None:
    if body.get(field) != number:
        msg = f"the field {field} does not name notice {number}; send it to the address of the notice it is about"
        raise BadInput(msg)
