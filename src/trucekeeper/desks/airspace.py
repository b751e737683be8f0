"""The airspace desk: operators of drones tell and ask through the published standard, and no conflict is missed.

Writes are checked and take their place in the record one by one, under one lock, so that no two ever pass the same
check; they are made durable together. Nobody is answered before all that the answer rests on is durable, and the state
follows from the record alone.
"""

import threading
import uuid
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.airspace import answers, planning, rules, wire
from trucekeeper.airspace.answers import Answers
from trucekeeper.airspace.book import Book, Indexes
from trucekeeper.airspace.journal import Batch, Journal
from trucekeeper.airspace.model import Client, Intent, Resource, Subscription
from trucekeeper.airspace.planning import Planned, Scene
from trucekeeper.airspace.ports import Hidden, NoneHidden
from trucekeeper.airspace.requests import (
    AvailabilityRequest,
    ConstraintRequest,
    IntentRequest,
    SubscriptionRequest,
)
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements.volume import Volume
from trucekeeper.record.entry import LIMIT_BYTES
from trucekeeper.record.pen import Pen

_LOG: FilteringBoundLogger = structlog.get_logger()

Answer = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Itself:
    """The office as a manager of constraints: its name, and the address below which their details are to be had."""

    name: str
    base_url: str


@dataclass(slots=True)
class AirspaceDesk:
    """One method for each operation of the standard; each gives the body of the answer, or raises why not.

    ``signer`` gives the office's key. ``indexes`` gives the three indexes once they are first needed: to read the
    whole record takes a while.
    """

    pen: Pen
    signer: Callable[[], Signer]
    indexes: Callable[[], Indexes]
    itself: Itself
    hidden: Hidden = field(default_factory=NoneHidden)
    _book: Book | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self._journal = Journal(self.pen.record, self._lock, self._forget)

    def put_intent(self, client: Client, key: str, ovn: str | None, request: IntentRequest) -> Answer:
        """Create an intent (``ovn`` None) or update it."""
        with self._turn() as scene:
            planned = self._record(scene, planning.put_intent(scene, client, key, ovn, request))
            return _intent_changed(planned, scene.answers.intent(scene.answers.book.intents[key], client.sub))

    def delete_intent(self, client: Client, key: str, ovn: str) -> Answer:
        """End an intent; the answer holds what it was."""
        with self._turn() as scene:
            planned = planning.delete_intent(scene, client, key, ovn)
            was = scene.answers.intent(scene.answers.book.intents[key], client.sub)
            return _intent_changed(self._record(scene, planned), was)

    def intent(self, client: Client, key: str) -> Answer:
        """One intent."""
        with self._turn() as scene:
            found = rules.found(Resource.INTENT, scene.answers.book.intents.get(key))
            return {"operational_intent_reference": scene.answers.intent(found, client.sub)}

    def intents(self, client: Client, area: Volume) -> Answer:
        """Every intent that meets the area."""
        with self._turn() as scene:
            return {"operational_intent_references": _intents(scene, client, (area,))}

    def flights(self, volumes: Sequence[Volume]) -> tuple[Intent, ...]:
        """Every intent that meets one of the volumes, whole. For the office alone.

        A notice's desk asks after its own entry stands, and this desk asks that one before: so of a flight and a
        notice that arrive together, one always meets the other. To be called without a lock on the notices.
        """
        with self._turn() as scene:
            return scene.answers.book.intents_meeting(volumes)

    def put_constraint(self, client: Client, key: str, ovn: str | None, request: ConstraintRequest) -> Answer:
        """Create a constraint (``ovn`` None) or update it."""
        with self._turn() as scene:
            planned = self._record(scene, planning.put_constraint(scene, client, key, ovn, request))
            now = scene.answers.book.constraints[key]
            return _constraint_changed(planned, scene.answers.constraint(now, client.sub))

    def delete_constraint(self, client: Client, key: str, ovn: str) -> Answer:
        """End a constraint; the answer holds what it was."""
        with self._turn() as scene:
            planned = planning.delete_constraint(scene, client, key, ovn)
            was = scene.answers.constraint(scene.answers.book.constraints[key], client.sub)
            return _constraint_changed(self._record(scene, planned), was)

    def constraint(self, client: Client, key: str) -> Answer:
        """One constraint, of a client or of the office's own."""
        with self._turn() as scene:
            theirs = scene.answers.book.constraints.get(key)
            if theirs is not None:
                return {"constraint_reference": scene.answers.constraint(theirs, client.sub)}
            ours = rules.found(Resource.CONSTRAINT, scene.hidden.named(key, client.sub))
            return {"constraint_reference": scene.answers.constraint(ours, client.sub)}

    def constraints(self, client: Client, area: Volume) -> Answer:
        """Every constraint that meets the area, of clients and of the office's own."""
        with self._turn() as scene:
            return {"constraint_references": _constraints(scene, client, (area,))}

    def details(self, client: Client, key: str) -> dict[str, object]:
        """The details of one of the office's own constraints, as the USS that manages it."""
        with self._turn() as scene:
            found = rules.found(Resource.CONSTRAINT, scene.hidden.named(key, client.sub))
            return scene.answers.details(found)

    def put_subscription(
        self, client: Client, key: str, version: str | None, request: SubscriptionRequest
    ) -> Answer:
        """Create a subscription (``version`` None) or update it; the answer holds what is relevant to it now."""
        with self._turn() as scene:
            self._record(scene, planning.put_subscription(scene, client, key, version, request))
            now = scene.answers.book.subscriptions[key]
            return {
                "subscription": scene.answers.subscription(now),
                "operational_intent_references": _intents(scene, client, now.volumes) if now.intents else [],
                "constraint_references": _constraints(scene, client, now.volumes) if now.constraints else [],
            }

    def delete_subscription(self, client: Client, key: str, version: str) -> Answer:
        """End a subscription; the answer holds what it was."""
        with self._turn() as scene:
            planned = planning.delete_subscription(scene, client, key, version)
            was = scene.answers.subscription(scene.answers.book.subscriptions[key])
            self._record(scene, planned)
            return {"subscription": was}

    def subscription(self, client: Client, key: str) -> Answer:
        """One of the client's own subscriptions."""
        with self._turn() as scene:
            found = rules.found(Resource.SUBSCRIPTION, scene.answers.book.live(key, scene.now))
            rules.owned(client, found)
            return {"subscription": scene.answers.subscription(found)}

    def subscriptions(self, client: Client, area: Volume) -> Answer:
        """Every subscription of the client's own that meets the area and has not expired."""
        with self._turn() as scene:
            found = scene.answers.book.subscriptions_meeting((area,), scene.now)
            own = [scene.answers.subscription(one) for one in found if one.manager == client.sub]
            return {"subscriptions": list[Json](own)}

    def put_availability(self, client: Client, uss: str, request: AvailabilityRequest) -> Answer:
        """Declare what a USS counts as."""
        with self._turn() as scene:
            self._record(scene, planning.put_availability(scene, client, uss, request))
            return answers.standing(scene.answers.book.standing(uss))

    def availability(self, uss: str) -> Answer:
        """What a USS counts as."""
        with self._turn() as scene:
            return answers.standing(scene.answers.book.standing(uss))

    def report(self, client: Client, exchange: dict[str, Json]) -> Answer:
        """Keep a report of an exchange that went wrong."""
        with self._turn() as scene:
            planned = self._record(scene, planning.file_report(scene, client, exchange))
            return {"report_id": planned.write.id, "exchange": exchange}

    def native_change(self, volumes: Sequence[Volume]) -> tuple[Subscription, ...]:
        """The office's own notices have changed in these cells: whom the office is to tell, with their new indexes.

        ``volumes`` are the whole cells, of before and after. Nothing is recorded where nobody listens. To be called
        without a lock on the notices: this desk asks for them while it holds its own.
        """
        with self._turn() as scene:
            planned = planning.native_change(scene, volumes, self.itself.name)
            return self._record(scene, planned).told if planned.told else ()

    def state(self) -> Book:
        """The state itself, to be looked at while nothing is written."""
        with self._turn() as scene:
            return scene.answers.book

    @contextmanager
    def _turn(self) -> Generator[Scene]:
        """The state, to oneself; once left, all that it rested on is durable, or an error says that it is not."""
        last: Batch | None = None
        try:
            with self._standing() as book:
                try:
                    yield self._scene(book)
                finally:
                    last = self._journal.last()
        finally:
            self._journal.settle(last)

    @contextmanager
    def _standing(self) -> Generator[Book]:
        """The state, with the lock held; made from the record first where there is none."""
        while True:
            with self._lock:
                if self._book is not None:
                    yield self._book
                    return
            with self._journal.still():
                if self._book is None:
                    self._book = self._made()

    def _scene(self, book: Book) -> Scene:
        told = Answers(book, self.itself.name, self.itself.base_url)
        return Scene(told, self.hidden, self.pen.clock.now(), self._drawn)

    def _drawn(self) -> str:
        return str(uuid.UUID(bytes=self.pen.draw(16), version=4))

    def _made(self) -> Book:
        book = Book(self.indexes())
        lines = self.pen.record.entries(kinds=(wire.KIND,))
        book.replay(wire.read(dict(line.entry.body)) for line in lines)
        return book

    def _record(self, scene: Scene, planned: Planned) -> Planned:
        """Change the state, and give the write its place in the record; :meth:`_turn` waits until it is there."""
        envelope = self.pen.sealed(self.signer(), wire.KIND, wire.body(planned.write))
        if len(envelope) > LIMIT_BYTES:
            msg = f"this needs an entry of more than {LIMIT_BYTES} bytes; send simpler outlines or a shorter text"
            raise BadInput(msg)
        try:
            scene.answers.book.apply(planned.write)
        except BaseException as error:
            self._journal.drop(error)
            raise
        self._journal.add(envelope)
        _LOG.info("airspace.written", kind=planned.write.resource.value)
        return planned

    def _forget(self) -> None:
        """Make the state anew when it is next needed; the lock is held."""
        self._book = None


def _intents(scene: Scene, client: Client, volumes: Sequence[Volume]) -> list[Json]:
    met = scene.answers.book.intents_meeting(volumes)
    return [scene.answers.intent(one, client.sub) for one in met]


def _constraints(scene: Scene, client: Client, volumes: Sequence[Volume]) -> list[Json]:
    met = scene.answers.book.constraints_meeting(volumes)
    native = scene.hidden.meeting(volumes, client.sub)
    theirs: list[Json] = [scene.answers.constraint(one, client.sub) for one in met]
    return theirs + [scene.answers.constraint(one, client.sub) for one in native]


def _intent_changed(planned: Planned, reference: Json) -> Answer:
    return {"subscribers": answers.subscribers(planned.told), "operational_intent_reference": reference}


def _constraint_changed(planned: Planned, reference: Json) -> Answer:
    return {"subscribers": answers.subscribers(planned.told), "constraint_reference": reference}
