"""An office with a deconfliction desk and everybody's keys, for tests of the desk and of whole ways."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.movements import sample
from tests.office_kit import LAKESIDE, SOURCES, START, key_of
from trucekeeper.desks.deconfliction import DeconflictionDesk, Submitted
from trucekeeper.kernel.clock import Instant, Interval, SetClock
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.movements.model import Acknowledgement, Answer, Notice, Op, Step
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.observations import wire as observations
from trucekeeper.observations.model import Observation
from trucekeeper.office import settings
from trucekeeper.office.creation import create_office
from trucekeeper.office.settings import RecipientSettings
from trucekeeper.office.wiring import Office, open_office
from trucekeeper.places.position import Position
from trucekeeper.record import entry
from trucekeeper.record.keyset import Holder, HolderKey, Role

PEOPLE: Mapping[str, tuple[Role, str | None]] = {
    "relief-1": (Role.NOTIFIER, None),
    "relief-2": (Role.NOTIFIER, None),
    "liaison-a": (Role.LIAISON, "party-a"),
    "liaison-a2": (Role.LIAISON, "party-a"),
    "liaison-b": (Role.LIAISON, "party-b"),
    "liaison-b2": (Role.LIAISON, "party-b"),
    "ada": (Role.MONITOR, None),
    "cleo": (Role.PANEL, None),
    "dag": (Role.PANEL, None),
    "eve": (Role.PANEL, None),
}
RECIPIENTS = (
    *(
        RecipientSettings(holder=f"liaison-{one}", alternate=f"liaison-{one}2", channels=("sheet",))
        for one in "ab"
    ),
    *(RecipientSettings(holder=f"liaison-{one}2", channels=("sheet",)) for one in "ab"),
)
BOTH = ("liaison-a", "liaison-b")
NOW = sample.NOW
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def around(lat_u: int, lon_u: int, reach_m: int = 10) -> Volume:
    """A circle at any time and height."""
    return Volume(Footprint(Form.POINT, (Position(lat_u, lon_u),), reach_m * 100), None, None)


HERE = around(9_500_000, -18_200_000)
"""The middle of the sample's site."""


@dataclass
class Desk:
    """An open office; the clock is set by hand."""

    root: Path
    clock: SetClock
    office: Office
    uids: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def desk(self) -> DeconflictionDesk:
        return self.office.movements.desk

    @property
    def officer(self) -> Signer:
        return self.office.signer

    def life(self, notice: int) -> Dossier:
        return self.office.movements.register.dossier(notice)

    def announce(self, notice: Notice, who: str = "relief-1") -> Submitted:
        return self.desk.submit(notice, key_of(who) if notice.taken_down is None else self.officer)

    def sent(self, notice: Notice, *recipients: str, who: str = "relief-1") -> int:
        """The number of a notice that was checked, and transmitted to these."""
        number = self.announce(notice, who).notice
        self.transmit(number, *recipients)
        return number

    def transmit(self, number: int, *recipients: str) -> None:
        self.step(number, Op.CHECK)
        for one in recipients:
            self.step(number, Op.TRANSMIT, recipient=one, channel="sheet")

    def step(self, notice: int, op: Op, who: str | None = None, **said: object) -> int:
        step = Step(notice, op, **said)  # type: ignore[arg-type]
        return self.desk.step(step, self.officer if who is None else key_of(who)).index

    def says(self, notice: int, who: str, answer: Answer = Answer.ACKNOWLEDGED, **said: object) -> int:
        version = self.life(notice).current.entry
        word = Acknowledgement(notice, version, who, answer, **said)  # type: ignore[arg-type]
        return self.desk.answer(word, self.officer if word.taken_down else key_of(who)).index

    def observe(self, *seen: Observation, who: str = "ada") -> tuple[int, ...]:
        """Observations that this person signs, each received by itself."""
        found = []
        for one in seen:
            uid, now = f"{next(self.uids):032x}", self.clock.now()
            body = observations.body(one)
            sealed = entry.seal(key_of(who), observations.KIND, self.office.record.origin, uid, now, body)
            found += [receipt.index for receipt in self.office.intake.receive([sealed])]
        return tuple(found)

    def later(self, minutes: int) -> None:
        self.clock.at = Instant(self.clock.at + minutes * MINUTE_MS)

    def reopen(self, *, readonly: bool = False) -> None:
        self.office.close()
        self.office = open_office(self.root, self.clock, readonly=readonly)


def holder(person: str) -> Holder:
    role, party = PEOPLE[person]
    return Holder(person, role, party, (HolderKey(key_of(person).public, Interval(START, None)),))


def found(root: Path, origin: str = "office.example/test", now: Instant = NOW) -> None:
    """A new office, with its sources and its recipients; closed."""
    clock = SetClock(START)
    create_office(root, LAKESIDE, [holder(person) for person in PEOPLE], origin=origin, clock=clock)
    clock.at = now
    with open_office(root, clock) as office:
        for source in SOURCES:
            office.intake.register_source(source, office.signer)
    set_up(root, recipient=RECIPIENTS)


def set_up(root: Path, **changed: object) -> None:
    """Change the settings of a closed office."""
    file = root / "office.toml"
    file.write_text(settings.text(settings.read(file).model_copy(update=changed)))


def opened(root: Path, now: Instant = NOW) -> Desk:
    """The office in that folder; the caller closes ``desk.office``."""
    clock = SetClock(now)
    return Desk(root, clock, open_office(root, clock))
