"""What the desk's routes work with, put together when they are first asked; and what all of them do alike."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.api.callers import Asked, Callers, body_of
from trucekeeper.api.limits import Limit
from trucekeeper.api.refusals import Changed, Refusal, Reused, TooMany, Unconditional
from trucekeeper.api.signed_requests import Nonces, Signatures
from trucekeeper.api.tokens import Verifier
from trucekeeper.desks.deconfliction import DeconflictionDesk
from trucekeeper.desks.lookout import LookoutDesk
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotPermitted
from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.office.wiring import Office
from trucekeeper.record.role import Role
from trucekeeper.stores.answers import Answers, Given, headers_kept

LIMIT_BYTES = 262_144
"""How long a body is read; the record admits less, and says so."""

ANSWERS = "answers.sqlite"
_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Access:
    """Who gets in, and how often. ``tokens`` are checked by keys and audiences of the office's own choosing."""

    tokens: Verifier | None = None
    requests_a_minute: int = 12_000
    probes_an_hour: int = 600


@dataclass(frozen=True, slots=True)
class Room:
    """An open desk with its door: ``usual`` bounds all requests of a caller, ``probes`` its questions."""

    office: Office
    desk: DeconflictionDesk
    lookout: LookoutDesk
    callers: Callers
    usual: Limit
    probes: Limit
    answers: Answers
    turn: Lock = field(default_factory=Lock)

    @property
    def rules(self) -> Deconfliction:
        """The agreement's rules for this desk."""
        return self.desk.rules

    def spend(self, asked: Asked) -> Mapping[str, str]:
        """The headers of an answer to a caller that asks no more than it may; TooMany otherwise."""
        return self.usual.take(asked.caller.holder)

    def probe(self, asked: Asked) -> None:
        """Let one question about conflicts pass; TooMany, counted, where they come too fast. The office may ask on."""
        if asked.caller.role is Role.OFFICE:
            return
        try:
            self.probes.take(asked.caller.holder)
        except TooMany:
            self.lookout.refused(asked.caller)
            raise


@dataclass(frozen=True, slots=True)
class Door:
    """Opens the room when it is first asked for: an office without the desk serves everything else.

    ``since`` is when the office began to be served: requests signed before may have been used elsewhere.
    """

    office: Office
    access: Access
    since: Instant
    _opened: list[Room] = field(default_factory=list[Room])
    _lock: Lock = field(default_factory=Lock)

    def room(self) -> Room:
        """The room; NotFound where the agreement has no such desk."""
        with self._lock:
            if not self._opened:
                self._opened.append(self._open())
            return self._opened[0]

    def close(self) -> None:
        """Give files back; the office itself records the counts that are not recorded yet."""
        with self._lock:
            while self._opened:
                self._opened.pop().answers.close()

    def _open(self) -> Room:
        office, access = self.office, self.access
        desk = office.movements.desk
        clock = desk.pen.clock
        signatures = Signatures(office.record.keyset, clock, Nonces(self.since))
        return Room(
            office=office,
            desk=desk,
            lookout=office.movements.looking,
            callers=Callers(office.record.keyset, clock, access.tokens, signatures),
            usual=Limit("desk", access.requests_a_minute, 60, clock),
            probes=Limit("conflicts", access.probes_an_hour, 3_600, clock),
            answers=Answers.opened(_file(office)),
        )


async def serve(
    door: Door, request: Request, answer: Callable[[Room, Asked], Response], *, keyed: bool = False
) -> Response:
    """Let the caller in, or not; answer off the event loop. ``keyed`` routes take an Idempotency-Key."""
    body = await body_of(request, LIMIT_BYTES)
    key = request.headers.get("Idempotency-Key") if keyed else None
    return await run_in_threadpool(_served, door, request, body, answer, key)


def _served(
    door: Door, request: Request, body: bytes, answer: Callable[[Room, Asked], Response], key: str | None
) -> Response:
    room = door.room()
    asked = room.callers.asked(request, body)
    headers = room.spend(asked)
    response = answer(room, asked) if key is None else _once(room, asked, key, answer)
    response.headers.update(headers)
    return response


def _once(room: Room, asked: Asked, key: str, answer: Callable[[Room, Asked], Response]) -> Response:
    """The answer; a second time the same one, without doing it again."""
    if not 0 < len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
        msg = f"the Idempotency-Key is not 1 to {_LONGEST_KEY} printable characters; make one, such as a UUID"
        raise BadInput(msg)
    who = asked.caller.holder
    claim = room.answers.claim(who, key, asked.digest, room.desk.pen.clock.now())
    if claim is not None and claim.request != asked.digest:
        msg = "this Idempotency-Key was used for another request within the last day; make a new one"
        raise Reused(msg)
    if claim is not None and claim.given is not None:
        given = claim.given
        headers = {**dict(given.headers), "Idempotency-Replayed": "true"}
        return Response(given.body, given.status, headers, "application/json")
    try:
        response = answer(room, asked)
    except (Refusal, BadInput, NotFound, NotPermitted, Conflict):
        room.answers.release(who, key)
        raise
    given = Given(response.status_code, headers_kept(response.headers), bytes(response.body))
    room.answers.give(who, key, given)
    return response


def uid_of(asked: Asked, key: str | None, origin: str) -> str | None:
    """The uid of an entry that the office seals for a request with a key: the same for the same request."""
    if key is None:
        return None
    said = f"truce-request/v1\n{origin}\n{asked.caller.holder}\n{key}\n{asked.digest}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def etag(dossier: Dossier) -> str:
    """The strong entity tag of a notice: the newest entry that counts for it."""
    return f'"{dossier.newest}"'


def unchanged(request: Request, dossier: Dossier) -> bool:
    """Whether the caller has this already (RFC 9110, 13.1.2)."""
    return _names(request.headers.get("If-None-Match"), dossier, weak=True)


def still(request: Request, dossier: Dossier, *, required: bool) -> None:
    """Changed unless the caller has seen the notice as it is now (RFC 9110, 13.1.1).

    Unconditional where it is ``required`` to say so and does not.
    """
    given = request.headers.get("If-Match")
    if given is None:
        if required:
            msg = "the request does not say which version it changes; send its ETag in If-Match"
            raise Unconditional(msg)
        return
    if not _names(given, dossier, weak=False):
        msg = f"notice {dossier.notice} has changed since; read it again and decide anew"
        raise Changed(msg, {"ETag": etag(dossier)})


def _names(field_: str | None, dossier: Dossier, *, weak: bool) -> bool:
    if field_ is None:
        return False
    tags = [one.strip() for one in field_.split(",")]
    known = etag(dossier)
    return any(one in {"*", known} or (weak and one == f"W/{known}") for one in tags)


def _file(office: Office) -> Path:
    return office.folder.projections / ANSWERS
