"""Notices to test with; everything in them is invented."""

from dataclasses import replace

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.kernel.clock import Instant, parse_utc
from trucekeeper.movements.lifecycle import Line
from trucekeeper.movements.model import (
    Acknowledgement,
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
from trucekeeper.places.position import Position
from trucekeeper.record.role import Role

NOW = parse_utc("2026-03-10T08:00:00.000Z")
HOUR = 3_600_000
RULES = Deconfliction(
    cell_m=10_000,
    notice_min=(("site", 0), ("movement", 2_880), ("activity", 2_880), ("hazard", 1_440)),
    emergency_min=1_440,
    standoff_m=(("site", 500), ("movement", 200), ("activity", 100), ("hazard", 300)),
    acknowledge_min=360,
    alternate_min=120,
    stale_days=30,
    commitments=3,
    commitment_cells=16,
)


def site(lat_u: int = 9_500_000, lon_u: int = -18_200_000, **changed: object) -> Notice:
    """A hospital without end, told to both sides' liaisons."""
    where = Ground((Footprint(Form.POINT, (Position(lat_u, lon_u),), 15_000),), NOW, None)
    made = Notice(
        kind=Kind.SITE,
        category="hospital",
        organisation="Lakes Relief",
        designation="Hospital at the mole",
        contact=Contact("Duty matron", "+00 55 010 203"),
        where=where,
        uncertainty_m=20,
        source="gps",
        recipients=("liaison-a", "liaison-b"),
        purpose="Care for the sick of both banks.",
    )
    return replace(made, **changed)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


LATER = Instant(NOW + 72 * HOUR)


def convoy(start: Instant = LATER, **changed: object) -> Notice:
    """Four lorries along a road of 20 km."""
    road = ((9_500_000, -18_300_000), (9_520_000, -18_200_000), (9_510_000, -18_120_000))
    points = tuple(
        Waypoint(
            Position(*at),
            Instant(start + number * HOUR),
            Instant(start + number * HOUR + HOUR // 2),
        )
        for number, at in enumerate(road)
    )
    made = replace(
        site(),
        kind=Kind.MOVEMENT,
        category="aid-convoy",
        designation="Convoy 7",
        where=Corridor(points, 100),
        vehicles=(Vehicle("lorry", "LR 401", "white flag"), Vehicle("lorry", "LR 402")),
        staff=9,
        cargo="food",
    )
    return replace(made, **changed)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def call(channel: str = "telephone") -> ReadBack:
    """A call that two of the staff heard read back."""
    return ReadBack(channel, "clerk-1", "clerk-2", "relief-1")


def announced(notice: Notice | None = None, entry: int = 10, holder: str = "relief-1") -> Line:
    """The line that announces a notice."""
    return Line(entry, NOW, holder, Role.NOTIFIER, notice or convoy())


def step(op: Op, entry: int, notice: int = 10, holder: str = "officer", **said: object) -> Line:
    """A step by the office, or by whom is named."""
    role = Role.OFFICE if holder == "officer" else Role.NOTIFIER
    what = replace(Step(notice, op), **said)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    return Line(entry, Instant(NOW + entry * 60_000), holder, role, what)


def word(answer: Answer, entry: int, recipient: str = "liaison-a", **said: object) -> Line:
    """A recipient's own word on the notice 10."""
    what = replace(Acknowledgement(10, 10, recipient, answer), **said)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    return Line(entry, Instant(NOW + entry * 60_000), recipient, Role.LIAISON, what)
