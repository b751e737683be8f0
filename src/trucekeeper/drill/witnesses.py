"""What each source makes of the truth: patrols that hear, cameras that see, parties that claim and deny."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from trucekeeper.agreement.model import Agreement
from trucekeeper.drill.world import SECTOR_SPANS, Happening, along, away, local, moved
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Coverage, Harm, Kind, Observation, Weapon
from trucekeeper.places.position import Disc, Position, Sector

SHIFT = (6, 18)
"""Local hours during which patrols are out."""

HEARING_M = 20_000
SIGHT_M = 6_000
"""Within this, a patrol may see who fires."""
CAMERA_M = 8_000
LOUD = ("explosion", "burst", "shot")


@dataclass(frozen=True, slots=True)
class Post:
    """Where a source of the mission stands, and what it would notice."""

    source: str
    sector: str
    place: Position
    reach_m: int
    acts: tuple[str, ...]
    off_days: range = range(0)


def posts(agreement: Agreement) -> tuple[Post, ...]:
    """One patrol a sector and a camera on the lake; the southern patrol is withdrawn for ten days."""
    line = agreement.lines[0]
    bases = {sector: moved(along(line, (start + end) / 2), 1500, -800) for sector, start, end in SECTOR_SPANS}
    patrols = tuple(
        Post(
            f"patrol-{sector}",
            sector,
            base,
            HEARING_M,
            LOUD,
            range(10, 20) if sector == "south" else range(0),
        )
        for sector, base in bases.items()
    )
    camera = Post("camera-lake", "lake", moved(bases["lake"], -2500, 1000), CAMERA_M, ("explosion", "flight"))
    return (*patrols, camera)


def coverage(post: Post, day: int, agreement: Agreement) -> Iterator[Observation]:
    """What the post looked at that day: the silence that counts."""
    if day in post.off_days:
        return
    camera = post.source.startswith("camera")
    begins, ends = (0, 24) if camera else SHIFT
    window = Interval(local(agreement, day, begins), local(agreement, day, ends))
    yield Observation(
        uid=f"cover-{day:02d}",
        kind=Kind.COVERAGE,
        source=post.source,
        when=window,
        where=Disc(post.place, post.reach_m * 2 // 3),
        means="camera" if camera else "heard",
        coverage=Coverage(post.acts, 900_000 if camera else 700_000),
    )


def noticed(post: Post, happening: Happening, watch: Interval | None, random: Random) -> Observation | None:
    """The post's own report of a happening, or None: too far, off shift, or simply missed."""
    distance, bearing = away(post.place, happening.where)
    if (
        watch is None
        or not watch.holds(happening.at)
        or happening.act not in post.acts
        or distance > post.reach_m
    ):
        return None
    if random.random() > 0.95 * math.exp(-((distance / post.reach_m) ** 2)):
        return None
    camera = post.source.startswith("camera")
    seen = camera or distance < SIGHT_M
    blur = 20_000 if seen else 180_000
    return Observation(
        uid=f"obs-{happening.number:04d}",
        kind=Kind.DETECTION if camera else Kind.REPORT,
        source=post.source,
        when=Interval(Instant(happening.at - blur), Instant(happening.at + blur)),
        where=Sector(post.place, 30, _round(distance * 0.85), _round(distance * 1.2) + 100, bearing),
        act=happening.act,
        means="camera" if camera else "saw" if seen else "heard",
        phase=random.choice(("impact", "outgoing", "undetermined")) if happening.act == "explosion" else None,
        weapon=_weapon(happening, known=random.random() < 0.6),
        count=_count(happening.count, random),
        by=happening.by if seen and random.random() < 0.6 else None,
        grounds=("notified-exercise",) if happening.lawful else (),
        credibility=1 if seen else 2,
    )


def claimed(party: str, happening: Happening, random: Random) -> Observation | None:
    """What a party's liaison says: eager about the other side, silent about its own, now and then honest."""
    own = happening.by == party
    if random.random() > (0.05 if own else 0.55):
        return None
    return Observation(
        uid=f"claim-{happening.number:04d}",
        kind=Kind.CLAIM,
        source=f"liaison-{party[-1]}",
        when=Interval(Instant(happening.at - 15 * 60_000), Instant(happening.at + 15 * 60_000)),
        where=Disc(moved(happening.where, random.gauss(0, 300), random.gauss(0, 300)), 1_000),
        act=happening.act,
        means="telephone",
        weapon=_weapon(happening, known=True),
        count=Span.exactly(happening.count if own else happening.count + random.randrange(3)),
        by=happening.by,
        harm=_harm(happening),
        credibility=3,
    )


def denied(claim: Observation, random: Random) -> Observation | None:
    """The accused side's denial, half of the time and the next morning."""
    if claim.by is None or claim.source == f"liaison-{claim.by[-1]}" or random.random() < 0.5:
        return None
    return replace(
        claim,
        uid=f"deny-{claim.uid}",
        kind=Kind.DENIAL,
        source=f"liaison-{claim.by[-1]}",
        count=None,
        harm=None,
        of=f"{claim.source}/{claim.uid}",
        credibility=5,
    )


def _weapon(happening: Happening, *, known: bool) -> Weapon | None:
    if happening.category is None:
        return None
    calibre = Span.exactly(happening.calibre_mm) if known and happening.calibre_mm else None
    return Weapon(happening.category if known else None, calibre)


def _harm(happening: Happening) -> Harm | None:
    if not happening.injured and not happening.killed:
        return None
    return Harm(Span.exactly(happening.killed), Span(happening.injured, happening.injured + 2))


def _count(true: int, random: Random) -> Span:
    if true > 100:
        return Span(101, None)
    if random.random() < 0.7:
        return Span.exactly(true)
    return Span(max(1, true - 1), true + 2)


def _round(metres: float) -> int:
    return int(round(metres / 100.0) * 100)
