"""Sees to it that everybody is told: sends what the record says is to go out, and moves on who does not answer.

Nothing is remembered that the record does not say, but how often an attempt failed. So after a crash between sending
and writing that down, the same goes out again under the same key. Each recipient has a lane of its own: one that is
slow or dead holds up nobody else. Nothing is given up: what fails is said once, in the record, and tried on.
"""

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from types import TracebackType
from typing import Protocol, Self

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.kernel.clock import Clock, Instant
from trucekeeper.kernel.errors import BadInput, NotFound, TruceError
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements import clocks, delivery
from trucekeeper.movements.delivery import FAILED_AFTER, Attempt, Delivery, Item, Outcome
from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.movements.model import Step
from trucekeeper.movements.wire import delivery as wire
from trucekeeper.movements.wire import steps
from trucekeeper.office.addresses import AUTOMATIC, Post
from trucekeeper.office.telling import cleared, message
from trucekeeper.office.ticking import Duty
from trucekeeper.office.wiring import Office
from trucekeeper.record import entry
from trucekeeper.record.pen import Pen
from trucekeeper.record.receipt import Receipt
from trucekeeper.stores import outbox
from trucekeeper.stores.deliveries import Deliveries, Told
from trucekeeper.stores.outbox import Outbox, Tried

EVERY_MS = 1_000
AT_ONCE = 32
"""Recipients that are sent to at the same time."""
LOOKED_AT = 1_000
"""Notices looked at in one round, so that a round stays short after a start, too."""
LATER_MS = 60_000
"""When a step that could not be written is tried again."""

_LOG: FilteringBoundLogger = structlog.get_logger()


class Desk(Protocol):
    """What is asked of the deconfliction desk."""

    def step(self, step: Step, signer: Signer) -> Receipt:
        """Record one step."""
        ...

    def receive(self, envelope: bytes) -> object:
        """Record what a recipient signed."""
        ...


class Notices(Protocol):
    """What is asked of the register."""

    def dossier(self, notice: int) -> Dossier:
        """The life of one notice."""
        ...

    def changed(self, since: int) -> tuple[int, ...]:
        """The notices that an entry from ``since`` on speaks of."""
        ...

    def size(self) -> int:
        """How many leaves of the record it knows."""
        ...


@dataclass(frozen=True, slots=True)
class Means:
    """What a courier works with. ``alternates`` names who is told in whose place; ``draw`` gives random bytes."""

    pen: Pen
    desk: Desk
    notices: Notices
    deliveries: Deliveries
    rules: Deconfliction
    signer: Signer
    clock: Clock
    post: Post
    alternates: Mapping[str, str]
    draw: Callable[[int], bytes]


@dataclass(slots=True)
class _Waiting:
    """An item on one channel that is still to go out. ``said``: the record says already that it fails."""

    item: Item
    channel: str
    key: str
    tried: Tried | None
    said: bool


class Courier:
    """Does the delivering of one open office; :meth:`round` is called once a second and never waits for a recipient."""

    def __init__(self, means: Means, box: Outbox) -> None:
        """Takes ``box`` over, and closes it."""
        self._means = means
        self._box = box
        self._reached = 0
        self._touched: dict[int, None] = {}
        self._waiting: dict[int, tuple[_Waiting, ...]] = {}
        self._looks: dict[int, Instant] = {}
        self._busy: set[str] = set()
        self._over: set[str] = set()
        self._said: set[str] = set()
        self._done = threading.Condition()
        self._closed = False

    def round(self) -> int:
        """Take up what the record brought, write the steps that are due, begin to send; gives how many sends began."""
        if self._closed:
            return 0
        now = self._means.clock.now()
        self._catch_up()
        due = [notice for notice, at in self._looks.items() if at <= now]
        for notice in [*dict.fromkeys([*due, *self._touched])][:LOOKED_AT]:
            self._touched.pop(notice, None)
            self._looks.pop(notice, None)
            try:
                self._consider(notice, now)
            except TruceError as error:
                self._looks[notice] = Instant(now + LATER_MS)
                _LOG.warning("delivery.not_considered", notice=notice, code=error.code)
        return self._send(now)

    def settle(self, limit_s: float = 30) -> bool:
        """Wait until nothing is being sent; False where that takes longer than ``limit_s``."""
        with self._done:
            return self._done.wait_for(lambda: not self._busy, limit_s)

    def close(self) -> None:
        """Begin nothing more, wait a little for what is under way, and give the outbox back; twice does nothing."""
        with self._done:
            already, self._closed = self._closed, True
        if not already:
            self.settle(3)
            self._box.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _catch_up(self) -> None:
        size = self._means.notices.size()
        if size <= self._reached:
            return
        for source in (self._means.deliveries, self._means.notices):
            self._touched |= dict.fromkeys(source.changed(self._reached))
        self._reached = size

    def _consider(self, notice: int, now: Instant) -> None:
        """What this notice wants told, and the steps that its clocks ask for."""
        dossier = self._means.notices.dossier(notice)
        known = self._means.deliveries.of(notice)
        wanted = delivery.undelivered(delivery.items(dossier), (one for one, _ in known.each))
        waiting = tuple(
            one
            for item in wanted
            if cleared(dossier, item.recipient, self._means.pen.record)
            for one in self._on_channels(item, known)
        )
        gone = {one.key for one in self._waiting.pop(notice, ())} - {one.key for one in waiting}
        self._box.forget(gone)
        self._over -= gone
        self._said -= gone
        if waiting:
            self._waiting[notice] = waiting
        found = clocks.deadlines(dossier, self._means.rules, self._reach(dossier, known))
        for step in clocks.due(found, now):
            if not self._step(step):
                self._looks[notice] = Instant(now + LATER_MS)
        ahead = [one.at for one in found if one.at > now]
        if ahead:
            self._looks[notice] = min(ahead[0], self._looks.get(notice, ahead[0]))

    def _on_channels(self, item: Item, known: Told) -> list[_Waiting]:
        """The item on each channel that a machine serves: the first, and the next once those before have failed."""
        post, record = self._means.post, self._means.pen.record
        failed = known.failed(item.version, item.recipient)
        found: list[_Waiting] = []
        for channel in post.channels(item, failed):
            key = delivery.key(record.origin, replace(item, channel=channel))
            found.append(_Waiting(item, channel, key, self._box.tried(key), channel in failed))
        return found

    def _reach(self, dossier: Dossier, known: Told) -> clocks.Reach:
        """Since when nothing gets through to whom, of the versions that they were sent last."""
        lost: dict[str, Instant] = {}
        for told in dossier.told:
            for who in (told.recipient, *(to for to, _, _ in told.escalated)):
                if told.version is not None and not known.delivered(told.version, who):
                    since = known.failed(told.version, who).values()
                    lost |= {who: min(since)} if since else {}
        return clocks.Reach(self._means.alternates, lost)

    def _step(self, step: Step) -> bool:
        try:
            self._means.desk.step(step, self._means.signer)
        except TruceError as error:
            _LOG.warning("notice.step_refused", notice=step.notice, kind=step.op.value, code=error.code)
            return False
        return True

    def _send(self, now: Instant) -> int:
        """Begin a run in the lane of each recipient for whom something is due and nothing is under way."""
        lanes: dict[str, list[_Waiting]] = {}
        with self._done:
            for one in sorted(chain.from_iterable(self._waiting.values()), key=lambda one: one.item.ordered):
                due = one.tried is None or one.tried.again <= now
                if due and one.key not in self._over and one.item.recipient not in self._busy:
                    lanes.setdefault(one.item.recipient, []).append(one)
            free = [] if self._closed else sorted(lanes)[: AT_ONCE - len(self._busy)]
            self._busy.update(free)
        for recipient in free:
            run = tuple(lanes[recipient])
            threading.Thread(target=self._lane, args=(recipient, run), name="courier", daemon=True).start()
        return sum(len(lanes[recipient]) for recipient in free)

    def _lane(self, recipient: str, run: tuple[_Waiting, ...]) -> None:
        """Send one after the other; what never reached the other machine fails for all that wait for it."""
        away: dict[str, Attempt] = {}
        try:
            for one in run:
                if self._closed:
                    return
                attempt = away.get(one.channel) or self._attempt(one)
                if attempt.away:
                    away[one.channel] = attempt
                self._conclude(one, attempt)
        except Exception as error:  # noqa: BLE001 - the outermost loop of a thread: the other lanes go on
            _LOG.warning("delivery.broke_off", code=getattr(error, "code", type(error).__name__))
        finally:
            with self._done:
                self._busy.discard(recipient)
                self._done.notify_all()

    def _attempt(self, one: _Waiting) -> Attempt:
        means = self._means
        try:
            dossier = means.notices.dossier(one.item.notice)
            return means.post.send(one.channel, message(means.pen.record, dossier, one.item, one.key))
        except TruceError as error:
            _LOG.warning("delivery.not_sent", notice=one.item.notice, channel=one.channel, code=error.code)
            return Attempt(delivered=False, why="not-sent")

    def _conclude(self, one: _Waiting, attempt: Attempt) -> None:
        """Write down what came of an attempt: in the record where it ends or has failed often, else in the outbox."""
        tries = 1 + (0 if one.tried is None else one.tried.failures)
        often = tries >= FAILED_AFTER or attempt.final
        if attempt.delivered:
            self._over.add(one.key)
        # before anything is written: should that fail, the same is not sent again at once
        again = Instant(self._means.clock.now() + delivery.wait_ms(tries, self._means.draw))
        one.tried = Tried(tries, again, attempt.why)
        self._box.failed(one.key, one.tried)
        if attempt.delivered:
            self._write(one, Outcome.DELIVERED, tries, attempt.why)
            self._box.forget([one.key])
            if attempt.answer is not None:
                self._take(one.item, attempt.answer)
        elif often and not one.said and one.key not in self._said:
            self._said.add(one.key)
            self._write(one, Outcome.FAILED, tries, attempt.why)

    def _write(self, one: _Waiting, outcome: Outcome, tries: int, why: str) -> None:
        item, means = one.item, self._means
        told = Delivery(item.notice, item.version, item.recipient, one.channel, one.key, outcome, tries, why)
        try:
            receipt = means.pen.write(means.signer, wire.KIND, wire.body(told))
        except TruceError:
            self._over.discard(one.key)
            self._said.discard(one.key)
            raise
        _LOG.info(
            f"delivery.{outcome.value}",
            entry=receipt.index,
            notice=item.notice,
            recipient=item.recipient,
            channel=one.channel,
            attempts=tries,
        )

    def _take(self, item: Item, envelope: bytes) -> None:
        """A recipient's own acknowledgement that came back at once; anything else by this way is refused."""
        try:
            said = entry.opened(envelope)
            if said.kind != steps.ANSWER or said.body.get("notice") != item.notice:
                msg = "what a recipient answered is no acknowledgement of what it was sent; let it send one"
                raise BadInput(msg)
            self._means.desk.receive(envelope)
        except TruceError as error:
            _LOG.warning(
                "delivery.answer_refused", notice=item.notice, recipient=item.recipient, code=error.code
            )


def courier(office: Office, draw: Callable[[int], bytes] = secrets.token_bytes) -> Courier:
    """The courier of an open office; NotFound where its agreement has no deconfliction desk."""
    movements, rules = office.movements, office.agreement.deconfliction
    if rules is None:
        msg = "this agreement has no section deconfliction, so its office has nothing to deliver"
        raise NotFound(msg)
    settings = office.settings
    post = Post.of(office.folder.root, settings, office.signer, office.clock)
    alternates = {one.holder: one.alternate for one in settings.recipient if one.alternate is not None}
    pen = Pen(office.record, office.clock, draw)
    means = Means(
        pen=pen,
        desk=movements.desk,
        notices=movements.register,
        deliveries=Deliveries(movements.register.engine),
        rules=rules,
        signer=office.signer,
        clock=office.clock,
        post=post,
        alternates=alternates,
        draw=draw,
    )
    return Courier(means, Outbox(office.folder.projections / outbox.FILE))


def duty(office: Office) -> Duty:
    """Delivering, once a second while the office is served; it is closed with the office."""
    begun: list[Courier] = []

    def act() -> int:
        if not begun:
            begun.append(courier(office))
            office.at_close(begun[0].close)
        return begun[0].round()

    return Duty("delivery", EVERY_MS, act)


def handed_over(
    pen: Pen, signer: Signer, dossier: Dossier, recipient: str, channel: str = "sheet"
) -> Receipt:
    """Record that a person brought the newest version to a recipient, by a channel that no machine serves."""
    told = dossier.of(recipient)
    if told is None or told.version is None:
        msg = f"notice {dossier.notice} was not transmitted to {recipient}; transmit it first"
        raise NotFound(msg)
    if channel in AUTOMATIC:
        msg = f"what goes out by {channel} is delivered by the office's machine; name sheet, telephone, radio or fax"
        raise BadInput(msg)
    item = Item(dossier.notice, told.version, recipient, channel, dossier.newest, dossier.confirmed)
    key = delivery.key(pen.record.origin, item)
    made = Delivery(dossier.notice, told.version, recipient, channel, key, Outcome.DELIVERED, 1)
    return pen.write(signer, wire.KIND, wire.body(made))
