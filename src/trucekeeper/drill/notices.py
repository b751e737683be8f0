"""The deconfliction desk's part of the drill: a hospital, two convoys, a repair, a drone, and what became of them.

The first convoy goes well, by signature and by radio. The repair enters a zone where nobody goes, and somebody answers
for it. The second convoy is not acknowledged, goes on to the alternate and to the hotline. The hospital, known to
both sides, is hit all the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypedDict, Unpack

from trucekeeper.agreement.model import Agreement
from trucekeeper.drill import people
from trucekeeper.drill.world import HOUR_MS, along, local, moved
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements.model import (
    Acknowledgement,
    Altitudes,
    Answer,
    Contact,
    Corridor,
    Ground,
    Kind,
    Notice,
    Op,
    ReadBack,
    Step,
    Vehicle,
    Waypoint,
)
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.office import delivering
from trucekeeper.office.settings import RecipientSettings
from trucekeeper.office.wiring import Office
from trucekeeper.places.position import Position
from trucekeeper.places.zone import Area
from trucekeeper.record.pen import Pen

RELIEF, WORKS, DRONES = "relief-1", "works-1", "skyline-1"
BOTH = ("liaison-a", "liaison-b")

RECIPIENTS = tuple(
    RecipientSettings(holder=one, alternate=f"{one}2", channels=("sheet",), hotline=f"+00 55 010 20{number}")
    for number, one in enumerate(BOTH)
)
"""How the sides' liaisons are reached: a sheet that is carried to them, an alternate, and a number."""


class _Said(TypedDict, total=False):
    """What a step may say."""

    says: str
    recipient: str
    channel: str
    meets: tuple[int, ...]
    zones: tuple[str, ...]
    by: str
    purpose: str
    read_back: ReadBack


def hospital(agreement: Agreement) -> Position:
    """Where the drill's hospital stands, on the bank of party A."""
    return moved(along(agreement.lines[0], 0.40), -3_200, 900)


def _gate(agreement: Agreement) -> Position:
    """A corner of the water works, where the crew goes in."""
    works = agreement.zone("water-works").shape
    return works.polygons[0].outer[0] if isinstance(works, Area) else along(agreement.lines[0], 0.36)


@dataclass(slots=True)
class Desk:
    """Plays the desk's evenings. ``known`` gives each notice of the story its number in the record."""

    office: Office
    seed: int
    random: Random
    known: dict[str, int] = field(default_factory=dict[str, int])

    def evening(self, day: int) -> None:
        """What happens on that day's evening; then the clocks do what they ask for, and strikes are looked for."""
        acts: Mapping[int, Callable[[], None]] = {
            1: self._hospital,
            4: self._first_convoy,
            7: lambda: self._went("convoy"),
            9: self._repair,
            10: self._drone,
            12: lambda: self._went("repair"),
            13: lambda: self._went("drone"),
            14: self._second_convoy,
            15: self._hotline,
            17: lambda: self._went("second"),
            20: self._clearance,
            22: self._withdrawn,
        }
        if (act := acts.get(day)) is not None:
            act()
        with delivering.courier(self.office, self.random.randbytes) as courier:
            while courier.round():
                courier.settle()
        self.office.movements.strikes.open_cases(self.office.signer)

    def _hospital(self) -> None:
        areas = (Footprint(Form.POINT, (hospital(self.office.agreement),), 150_00),)
        where = Ground(areas, self.office.clock.now(), None)
        self._announce("hospital", self._said(RELIEF, Kind.SITE, "hospital", "Hospital at the mole", where))
        self._sent("hospital", BOTH)
        for side in BOTH:
            self._word("hospital", side, Answer.ACKNOWLEDGED)
        for purpose in ("case", "report"):
            self._step("hospital", Op.RELEASE, self._key(RELIEF), purpose=purpose)

    def _first_convoy(self) -> None:
        self._announce("convoy", self._convoy("Convoy 7", 7))
        desk, known = self.office.movements.desk, self.known
        met = desk.conflicts_of(self.office.movements.register.dossier(known["convoy"]))
        meets = tuple(sorted({one.notice for one in met if one.notice is not None}))
        says = "The hospital is where it goes; its matron expects it."
        self._step("convoy", Op.WAIVE, says=says, meets=meets, by=people.OFFICER)
        self._sent("convoy", BOTH)
        self._word("convoy", "liaison-a", Answer.RECEIVED)
        self._word("convoy", "liaison-a", Answer.ACKNOWLEDGED)
        self._heard("convoy", "liaison-b", "radio")

    def _repair(self) -> None:
        start = local(self.office.agreement, 12, 6)
        areas = (Footprint(Form.POINT, (_gate(self.office.agreement),), 300_00),)
        where = Ground(areas, start, Instant(start + 12 * HOUR_MS))
        said = self._said(
            WORKS, Kind.ACTIVITY, "repair", "Pump 2", where, "Mending a pump of the water works."
        )
        self._announce("repair", said)
        says = "The crew mends what the zone protects; both sides asked for it."
        self._step("repair", Op.WAIVE, says=says, zones=("water-works",), by=people.OFFICER)
        self._sent("repair", BOTH)
        for side in BOTH:
            self._word("repair", side, Answer.ACKNOWLEDGED)

    def _drone(self) -> None:
        start = local(self.office.agreement, 13, 10)
        line = self.office.agreement.lines[0]
        points = tuple(
            Waypoint(
                moved(along(line, 0.55), -4_000 + 2_500 * number, 6_000),
                Instant(start + number * HOUR_MS // 12),
                Instant(start + (number + 3) * HOUR_MS // 12),
            )
            for number in range(4)
        )
        said = self._said(
            DRONES, Kind.ACTIVITY, "drone", "Flight 3", Corridor(points, 120), "Looking for mines."
        )
        self._announce("drone", said, altitudes=Altitudes(120, 240))
        self._sent("drone", BOTH)
        for side in BOTH:
            self._word("drone", side, Answer.ACKNOWLEDGED)

    def _second_convoy(self) -> None:
        self._announce("second", self._convoy("Convoy 8", 17))
        self._step(
            "second", Op.WAIVE, says="As the last one.", meets=(self.known["hospital"],), by=people.OFFICER
        )
        self._sent("second", BOTH)
        self._word("second", "liaison-a", Answer.QUERIED, "How many lorries come back empty?")

    def _hotline(self) -> None:
        """A day later: the clocks have run out on liaison B; the alternate is called and heard."""
        with delivering.courier(self.office, self.random.randbytes) as courier:
            courier.round()
        heard = ReadBack("telephone", "clerk-1", "clerk-2", "liaison-b2")
        self._step("second", Op.CALL, recipient="liaison-b", read_back=heard)
        self._heard("second", "liaison-b", "telephone")

    def _clearance(self) -> None:
        start = local(self.office.agreement, 23, 8)
        spot = moved(along(self.office.agreement.lines[0], 0.70), 2_000, -1_500)
        where = Ground((Footprint(Form.POINT, (spot,), 500_00),), start, Instant(start + 48 * HOUR_MS))
        said = self._said(
            WORKS, Kind.HAZARD, "demining", "Field 3", where, "Mines are lifted and blown up here."
        )
        self._announce("clearance", said)
        self._sent("clearance", BOTH)
        self._word("clearance", "liaison-a", Answer.OBJECTED, "The field is ours to clear.")

    def _withdrawn(self) -> None:
        self._step("clearance", Op.WITHDRAW, self._key(WORKS), says="The sides clear the field together.")

    def _went(self, name: str) -> None:
        if name in self.known:
            self._step(name, Op.ACTIVATE, says="Set out as announced.")
            self._step(name, Op.CLOSE, says="Over, and everybody back.")

    def _convoy(self, designation: str, day: int) -> tuple[str, Notice]:
        start = local(self.office.agreement, day, 9)
        end = hospital(self.office.agreement)
        road = (moved(end, -14_000, 2_000), moved(end, -6_000, 1_500), end)
        points = tuple(
            Waypoint(at, Instant(start + n * HOUR_MS), Instant(start + n * HOUR_MS + HOUR_MS // 2))
            for n, at in enumerate(road)
        )
        return self._said(
            RELIEF, Kind.MOVEMENT, "aid-convoy", designation, Corridor(points, 100), "Medicine."
        )

    def _said(
        self,
        notifier: str,
        kind: Kind,
        category: str,
        designation: str,
        where: Ground | Corridor,
        purpose: str = "Care for the sick of both banks.",
    ) -> tuple[str, Notice]:
        convoy = kind is Kind.MOVEMENT
        return notifier, Notice(
            kind=kind,
            category=category,
            organisation={RELIEF: "Lakes Relief", WORKS: "Water Works of Orrin", DRONES: "Skyline Survey"}[
                notifier
            ],
            designation=designation,
            contact=Contact("Duty officer", "+00 55 010 203"),
            where=where,
            uncertainty_m=20,
            source="gps",
            recipients=BOTH,
            purpose=purpose,
            vehicles=(Vehicle("lorry", "LR 401", "white flag"), Vehicle("lorry", "LR 402")) if convoy else (),
            staff=9 if convoy else None,
            cargo="medicine" if convoy else None,
        )

    def _announce(self, name: str, said: tuple[str, Notice], altitudes: Altitudes | None = None) -> None:
        notifier, notice = said
        done = self.office.movements.desk.submit(replace(notice, altitudes=altitudes), self._key(notifier))
        self.known[name] = done.notice

    def _sent(self, name: str, recipients: tuple[str, ...]) -> None:
        """Checked, transmitted, and carried to each side by one of the staff."""
        self._step(name, Op.CHECK)
        pen = Pen(self.office.record, self.office.clock, self.random.randbytes)
        for one in recipients:
            self._step(name, Op.TRANSMIT, recipient=one, channel="sheet")
            found = self.office.movements.register.dossier(self.known[name])
            delivering.handed_over(pen, self.office.signer, found, one)

    def _word(self, name: str, recipient: str, answer: Answer, says: str | None = None) -> None:
        number = self.known[name]
        word = Acknowledgement(number, number, recipient, answer, says)
        self.office.movements.desk.answer(word, self._key(recipient))

    def _heard(self, name: str, recipient: str, channel: str) -> None:
        number = self.known[name]
        heard = ReadBack(channel, "clerk-1", "clerk-2", recipient)
        word = Acknowledgement(number, number, recipient, Answer.ACKNOWLEDGED, None, heard)
        self.office.movements.desk.answer(word, self.office.signer)

    def _step(self, name: str, op: Op, signer: Signer | None = None, **said: Unpack[_Said]) -> None:
        step = Step(notice=self.known[name], op=op, **said)
        self.office.movements.desk.step(step, self.office.signer if signer is None else signer)

    def _key(self, person: str) -> Signer:
        return people.signer(self.seed, person)
