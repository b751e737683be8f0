"""Notices and their lives, for tests of delivery: a convoy, a hospital, and the steps that follow."""

from dataclasses import replace
from itertools import count

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.kernel.clock import Instant, parse_utc
from trucekeeper.movements.lifecycle import Dossier, Line, dossier
from trucekeeper.movements.model import (
    Acknowledgement,
    Answer,
    Contact,
    Corridor,
    Ground,
    Kind,
    Notice,
    Op,
    Step,
    Vehicle,
    Waypoint,
)
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.places.position import Position
from trucekeeper.record.role import Role

START = parse_utc("2026-03-01T00:00:00.000Z")
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
RULES = Deconfliction(
    cell_m=10_000,
    notice_min=(("movement", 48 * 60), ("activity", 48 * 60), ("hazard", 24 * 60)),
    emergency_min=24 * 60,
    standoff_m=(("site", 500),),
    acknowledge_min=30,
    alternate_min=15,
    stale_days=30,
    commitments=10,
    commitment_cells=4,
)


def at(minutes: int) -> Instant:
    return Instant(START + minutes * MINUTE_MS)


def convoy(**other: object) -> Notice:
    """Three lorries and a car, from the harbour to the lake."""
    route = tuple(
        Waypoint(
            Position(-21_000_000 + n * 41_000, -19_000_000 + n * 67_000), at(3000 + 40 * n), at(3030 + 40 * n)
        )
        for n in range(4)
    )
    made = Notice(
        kind=Kind.MOVEMENT,
        category="aid-convoy",
        organisation="Lake Relief",
        designation="Convoy Heron",
        contact=Contact("Duty officer, Lake Relief", "+00 12 345 678"),
        where=Corridor(route, 400),
        uncertainty_m=150,
        source="gps",
        recipients=("liaison-a", "liaison-b"),
        purpose="Flour and tents for the lake villages; return empty on the same road",
        vehicles=(
            Vehicle("lorry", "LR 10-01", "white, red emblem"),
            Vehicle("lorry", "LR 10-02", "white, red emblem"),
            Vehicle("lorry", "LR 10-03", "white, red emblem"),
            Vehicle("car", "LR 20-07"),
        ),
        staff=9,
        cargo="food and shelter",
    )
    return replace(made, **other)  # type: ignore[arg-type]


def hospital(**other: object) -> Notice:
    """A site without end: a ring with a court in it."""
    ring = tuple(
        Position(-21_050_000 + lat, -19_060_000 + lon)
        for lat, lon in ((0, 0), (0, 3_000), (2_000, 3_000), (2_000, 0))
    )
    court = tuple(
        Position(-21_050_000 + lat, -19_060_000 + lon)
        for lat, lon in ((700, 1_000), (700, 2_000), (1_300, 2_000), (1_300, 1_000))
    )
    where = Ground(
        (Footprint(Form.RING, ring, 0, (court,)), Footprint(Form.POINT, (ring[2],), 6_000)), START, None
    )
    made = convoy(
        kind=Kind.SITE, category="hospital", designation="Lake Hospital", where=where, uncertainty_m=30
    )
    return replace(made, **{"vehicles": (), "staff": 120, "cargo": None, **other})  # type: ignore[arg-type]


class Life:
    """A notice's lines, one after the other; entries are numbered from 10 on."""

    def __init__(self, notice: Notice) -> None:
        self.numbers = count(10)
        self.lines: list[Line] = []
        self.number = self.add(notice, 0, "lake-relief", Role.NOTIFIER)

    def add(
        self,
        what: Notice | Step | Acknowledgement,
        minutes: int,
        holder: str = "officer",
        role: Role = Role.OFFICE,
    ) -> int:
        entry = next(self.numbers)
        self.lines.append(Line(entry, at(minutes), holder, role, what))
        return entry

    def step(self, op: Op, minutes: int = 0, **said: object) -> int:
        return self.add(Step(self.number, op, **said), minutes)  # type: ignore[arg-type]

    def transmit(self, *recipients: str, minutes: int = 0, channel: str = "webhook") -> "Life":
        self.step(Op.CHECK, minutes)
        for one in recipients:
            self.step(Op.TRANSMIT, minutes, recipient=one, channel=channel)
        return self

    def amend(self, minutes: int, **other: object) -> int:
        said = [line.what for line in self.lines if isinstance(line.what, Notice)][-1]
        newer = replace(said, amends=self.number, **other)  # type: ignore[arg-type]
        return self.add(newer, minutes, "lake-relief", Role.NOTIFIER)

    def answer(self, who: str, minutes: int, said: Answer = Answer.ACKNOWLEDGED, version: int = 0) -> int:
        says = None if said in (Answer.ACKNOWLEDGED, Answer.RECEIVED) else "which road?"
        word = Acknowledgement(self.number, version or self.number, who, said, says)
        return self.add(word, minutes, who, Role.LIAISON)

    @property
    def dossier(self) -> Dossier:
        found = dossier(self.lines)
        assert found.passed_over == (), found.passed_over
        return found
