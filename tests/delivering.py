"""An office with a desk for notices and a courier, whose recipients are servers on this machine."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.movements.announced import RULES, START, convoy
from tests.office_kit import LAKESIDE, key_of
from trucekeeper.kernel.clock import Instant, Interval, SetClock
from trucekeeper.kernel.errors import Conflict
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements import lifecycle
from trucekeeper.movements.delivery import Delivery
from trucekeeper.movements.lifecycle import Line
from trucekeeper.movements.model import Acknowledgement, Answer, Notice, Op, Step
from trucekeeper.movements.wire import delivery, notices, steps
from trucekeeper.office.addresses import Post
from trucekeeper.office.creation import create_office
from trucekeeper.office.delivering import Courier, Means
from trucekeeper.office.settings import MailSettings, RecipientSettings
from trucekeeper.office.wiring import Office, open_office
from trucekeeper.peers.webhook import Sender
from trucekeeper.record import entry
from trucekeeper.record.keyset import Holder, HolderKey, Role
from trucekeeper.record.pen import Pen
from trucekeeper.record.receipt import Receipt
from trucekeeper.stores.deliveries import Deliveries
from trucekeeper.stores.outbox import FILE, Outbox
from trucekeeper.stores.register import Register

PEOPLE = {
    "lake-relief": (Role.NOTIFIER, None),
    "liaison-a": (Role.LIAISON, "party-a"),
    "liaison-a2": (Role.LIAISON, "party-a"),
    "liaison-b": (Role.LIAISON, "party-b"),
}
SECOND_MS = 1_000


@dataclass(frozen=True)
class SmallDesk:
    """The deconfliction desk without conflicts: refuses what the lifecycle refuses, and records the rest."""

    pen: Pen
    register: Register

    def step(self, step: Step, signer: Signer) -> Receipt:
        return self._take(self.pen.sealed(signer, steps.STEP, steps.step_body(step)), step)

    def receive(self, envelope: bytes) -> Receipt:
        opened = entry.opened(envelope)
        if opened.kind == steps.STEP:
            return self._take(envelope, steps.read_step(opened.body))
        return self._take(envelope, steps.read_answer(opened.body))

    def _take(self, envelope: bytes, what: Step | Acknowledgement) -> Receipt:
        opened = entry.opened(envelope)
        mandate = self.pen.record.keyset().permitted(opened.key, opened.kind, opened.at)
        line = Line(self.pen.record.size(), self.pen.clock.now(), mandate.holder, mandate.role, what)
        why = lifecycle.refusal(self.register.dossier(what.notice), line)
        if why is not None:
            raise Conflict(why)
        (receipt,) = self.pen.record.append([envelope])
        return receipt


@dataclass
class Desk:
    """One open office with its courier; times are set by hand."""

    root: Path
    clock: SetClock
    office: Office
    recipients: tuple[RecipientSettings, ...]
    mail: MailSettings | None
    limit_s: float
    courier: Courier = field(init=False)
    register: Register = field(init=False)
    pen: Pen = field(init=False)

    def __post_init__(self) -> None:
        engine = self.office.casebook.engine
        self.pen = Pen(self.office.record, self.clock, secrets.token_bytes)
        self.register = Register(engine, self.office.record.keysets)
        self.desk = SmallDesk(self.pen, self.register)
        known = {one.holder: one for one in self.recipients}
        sender = Sender(self.office.signer, self.clock, self.limit_s)
        means = Means(
            pen=self.pen,
            desk=self.desk,
            notices=self.register,
            deliveries=Deliveries(engine),
            rules=RULES,
            signer=self.office.signer,
            clock=self.clock,
            post=Post(self.root, known, self.mail, sender, self.limit_s),
            alternates={one.holder: one.alternate for one in self.recipients if one.alternate is not None},
            draw=lambda size: b"\xff" * size,
        )
        self.courier = Courier(means, Outbox(self.office.folder.projections / FILE))

    def announce(self, notice: Notice | None = None) -> int:
        said = notice or convoy()
        receipt = self.pen.write(key_of("lake-relief"), notices.KIND, notices.body(said), notices.APART)
        number = receipt.index if said.amends is None else said.amends
        self.step(number, Op.CHECK)
        return number

    def step(self, notice: int, op: Op, **said: object) -> int:
        made = Step(notice, op, **said)  # type: ignore[arg-type]
        return self.desk.step(made, self.office.signer).index

    def transmit(self, notice: int, *recipients: str, channel: str = "webhook") -> None:
        for one in recipients:
            self.step(notice, Op.TRANSMIT, recipient=one, channel=channel)

    def announced(self, *recipients: str, channel: str = "webhook") -> int:
        number = self.announce()
        self.transmit(number, *recipients, channel=channel)
        return number

    def acknowledgement(self, notice: int, who: str, signer: str | None = None) -> bytes:
        word = Acknowledgement(notice, notice, who, Answer.ACKNOWLEDGED)
        return self.pen.sealed(key_of(signer or who), steps.ANSWER, steps.answer_body(word))

    def later(self, seconds: float = 0) -> None:
        """That much later, one round, and all that it began is done."""
        self.clock.at = Instant(self.clock.at + round(seconds * SECOND_MS))
        self.courier.round()
        assert self.courier.settle()

    def deliveries(self) -> list[Delivery]:
        found = self.office.record.entries(kinds=(delivery.KIND,))
        return [delivery.read(one.entry.body) for one in found]

    def outcomes(self) -> list[tuple[str, str, str, int, str | None]]:
        return [
            (one.recipient, one.channel, one.outcome.value, one.attempts, one.why)
            for one in self.deliveries()
        ]

    def escalated(self, notice: int) -> list[tuple[str, str]]:
        told = self.register.dossier(notice).told
        return [(one.recipient, to) for one in told for to, _, _ in one.escalated]

    def close(self) -> None:
        self.courier.close()
        self.office.close()


def recipient(holder: str, **said: object) -> RecipientSettings:
    return RecipientSettings.model_validate({"holder": holder, **said})


def create(root: Path) -> None:
    """A new office whose people are those above."""
    holders = [
        Holder(name, role, party, (HolderKey(key_of(name).public, Interval(START, None)),))
        for name, (role, party) in PEOPLE.items()
    ]
    create_office(root, LAKESIDE, holders, origin="office.example/test", clock=SetClock(START))


@contextmanager
def desk(
    root: Path,
    *recipients: RecipientSettings,
    mail: MailSettings | None = None,
    limit_s: float = 5,
    at: Instant | None = None,
) -> Iterator[Desk]:
    """The office in ``root``, made where there is none, at ``at``."""
    if not root.exists():
        create(root)
    clock = SetClock(at or START)
    made = Desk(root, clock, open_office(root, clock), recipients, mail, limit_s)
    try:
        yield made
    finally:
        made.close()
