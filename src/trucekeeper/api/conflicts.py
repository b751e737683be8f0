"""What an activity would meet, before it is announced; and, for the office, who asked and who read."""

from collections.abc import Sequence
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from trucekeeper.api import answers, pages, questions
from trucekeeper.api.answers import ConflictsForm, FlightForm, SightingPage
from trucekeeper.api.callers import Asked
from trucekeeper.api.described import closed, done, problems, takes
from trucekeeper.api.entering import form
from trucekeeper.api.room import Door, Room, serve
from trucekeeper.kernel.errors import NotPermitted
from trucekeeper.movements.visibility import Sight
from trucekeeper.movements.volume import Volume
from trucekeeper.movements.wire import sight as sight_wire
from trucekeeper.record.role import Role


def routes(door: Door) -> APIRouter:
    """The routes through that door."""
    router = APIRouter(tags=["conflicts"])
    _asking(router, door)
    _sightings(router, door)
    return router


def _asking(router: APIRouter, door: Door) -> None:
    @router.post(
        "/conflicts",
        response_model=ConflictsForm,
        responses={**problems(), **done(200, ConflictsForm)},
        openapi_extra=takes("QuestionV1"),
    )
    async def conflicts(request: Request) -> Response:
        """All that volumes, or a notice not announced yet, would meet.

        A notice that the caller does not see counts as its whole agreed cell, on whole days and at every height: the
        same answer to whatever touches the cell. Questions are counted for the office to see.
        """

        def answer(room: Room, asked: Asked) -> Response:
            room.probe(asked)
            volumes, besides = questions.read(form(asked.body), room.rules)
            if besides is not None:
                room.lookout.look(besides, asked.caller)
            met = [
                one
                for one in room.desk.conflicts(volumes, asked.caller)
                if besides is None or one.notice != besides
            ]
            room.lookout.met([one.notice for one in met if one.notice is not None], asked.caller)
            room.lookout.asked(asked.caller, met=any(one.sight is Sight.CELL for one in met))
            told = ConflictsForm(
                conflicts=answers.conflicts(met), flights=_flights(room, asked, volumes), note=answers.NOTE
            )
            return answers.answered(told)

        return await serve(door, request, answer)


def _flights(room: Room, asked: Asked, volumes: Sequence[Volume]) -> list[FlightForm] | None:
    """Where drones fly helps to aim at them, and at what they carry: so the office alone is told, and sees to it."""
    if asked.caller.role is not Role.OFFICE:
        return None
    return [answers.flight(one) for one in room.office.airspace.flights(volumes)]


def _sightings(router: APIRouter, door: Door) -> None:
    @router.get(
        "/sightings",
        response_model=SightingPage,
        responses={**problems(), **done(200, SightingPage, "Link")},
        openapi_extra=closed(),
    )
    async def sightings(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=pages.MOST)] = pages.USUAL,
        cursor: Annotated[str | None, Query(max_length=100)] = None,
    ) -> Response:
        """Who read which protected site, and who asked how much. For the office's own staff."""

        def answer(room: Room, asked: Asked) -> Response:
            if asked.caller.role is not Role.OFFICE:
                msg = "who read what is for the office's own staff; ask the office"
                raise NotPermitted(msg)
            after = pages.after(cursor)
            room.lookout.report()
            lines = room.office.record.entries(after + 1, kinds=(sight_wire.KIND,))
            found = list(islice(lines, limit + 1))
            shown = [
                answers.sighting(sight_wire.read(one.entry.body), one.index, one.admitted)
                for one in found[:limit]
            ]
            going_on = [answers.sighting(one) for one in room.lookout.counts()] if after == 0 else []
            following = found[limit - 1].index if len(found) > limit else None
            return answers.answered(
                SightingPage(sightings=[*going_on, *shown]),
                200,
                pages.link("/api/v1/sightings", following, limit=limit),
            )

        return await serve(door, request, answer)
