"""A small invented agreement along a line of 300 km in the ocean, with zones of both kinds."""

import math
from collections.abc import Iterable, Sequence
from random import Random
from zoneinfo import ZoneInfo

from trucekeeper.agreement.expression import Expression
from trucekeeper.agreement.model import Agreement, Modality, Procedure, Publication, Standard, Term, Within
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.parties.model import Party
from trucekeeper.places.position import Disc, Position, Region
from trucekeeper.places.zone import Area, Band, Line, Polygon, Shape, Side, Zone
from trucekeeper.record.ref import Ref

START = Instant(1_772_323_200_000)
HOUR = 3_600_000
DAY = 24 * HOUR
ALWAYS = Interval(START, None)

LINE = Line(
    "contact",
    tuple(
        Position(-22_000_000 + 27_000 * step, -19_000_000 + round(120_000 * math.sin(step / 9)))
        for step in range(101)
    ),
)


def circle(lat_u: int, lon_u: int, radius_u: int, points: int, random: Random) -> Area:
    """A ragged disc of so many vertices."""
    ring = []
    for step in range(points):
        far = radius_u * random.uniform(0.8, 1.0)
        turn = 2 * math.pi * step / points
        ring.append(Position(lat_u + round(far * math.sin(turn)), lon_u + round(far * math.cos(turn))))
    return Area((Polygon(tuple(ring)),))


def fifty_zones(random: Random) -> tuple[Zone, ...]:
    """25 bands and 25 areas of 100 to 1000 vertices, all near the line."""
    sides = (Side.LEFT, Side.RIGHT, Side.BOTH)
    bands = [Band(LINE, 5_000 * (i % 3), 5_000 * (i % 3) + 2_000 * (1 + i), sides[i % 3]) for i in range(25)]
    areas = [
        circle(
            random.randrange(-21_900_000, -19_400_000), random.randrange(-19_400_000, -18_600_000),
            random.randrange(50_000, 200_000), random.randrange(100, 1001), random,
        )
        for _ in range(25)
    ]  # fmt: skip
    shapes: list[Shape] = [*bands, *areas]
    return tuple(Zone(f"z{index}", shape, ALWAYS) for index, shape in enumerate(shapes))


def term(
    name: str, zones: Sequence[str], action: str = "explosion", when: Expression | None = None,
    within: Within | None = None, exemptions: tuple[str, ...] = (), modality: Modality = Modality.SHANT,
) -> Term:  # fmt: skip
    """A term of party-a."""
    return Term(
        name, "art-1", "party-a", modality, action, when, tuple(zones), within, exemptions,
        Standard(800_000, 950_000), "S2", (), None,
    )  # fmt: skip


def agreement(zones: Iterable[Zone], terms: Iterable[Term]) -> Agreement:
    """An agreement of two parties with these zones and terms."""
    return Agreement(
        id="lakeside", title="Lakeside", in_force=START, timezone=ZoneInfo("Etc/GMT-2"), languages=("en",),
        historical=False, parties=(Party("party-a", "A"), Party("party-b", "B")), guarantors=(), clauses=(),
        terms=tuple(terms), lines=(LINE,), sides=(("contact", "party-a", "party-b"),), zones=tuple(zones),
        sectors=(), actions=(("fire", ("explosion", "burst", "shot")),), base_rates=(),
        publication=Publication((), (), portal=False, probabilities=(), cut_off_min=0),
        procedure=Procedure(48, 2), witness_quorum="", digest="",
    )  # fmt: skip


def sighting(
    number: int,
    where: Region | None = None,
    when: Interval | None = None,
    kind: Kind = Kind.DETECTION,
    **said: object,
) -> Sighting:
    """An explosion, unless something else is said."""
    told: dict[str, object] = {"act": "explosion", **said}
    moment = Interval(Instant(START + HOUR), Instant(START + HOUR)) if when is None else when
    return Sighting(Ref(7, number), Observation(f"u{number}", kind, "s1", moment, where, **told))


def random_discs(random: Random, count: int) -> list[Disc]:
    """Detections of 200 to 400 m within some 50 km of the line."""
    return [
        Disc(
            Position(random.randrange(-22_100_000, -19_200_000), random.randrange(-19_500_000, -18_500_000)),
            random.randrange(200, 401),
        )
        for _ in range(count)
    ]
