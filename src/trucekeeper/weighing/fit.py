"""A fit: what is known of sources and sensors, as integer tables. It is data; weighing by it is arithmetic.

All probabilities are parts per million. Rows follow :data:`~trucekeeper.weighing.evidence.CAUSES`, columns
:data:`SYMBOLS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from trucekeeper.weighing.evidence import Cause, Modality, Says, Statement, Trials

METHOD = "tables/v1"
MILLION = 1_000_000

CLAIMANT, NAMED, NEUTRAL = "claimant", "named", "neutral"
STANCES = (CLAIMANT, NAMED, NEUTRAL)
"""Of a side that gains from the claim, of the named side, or of neither."""

SYMBOLS = ("affirm", "lawful", "accident", "staged", "nothing", "deny")
"""What a statement can say: that the named side did it in breach; that it was this other cause; a mere denial."""

ANY = "*"
"""The key of what holds for those of whom nothing is known."""

Table = tuple[tuple[int, ...], ...]
"""The chance of each symbol under each cause."""

CLASS, SOURCE = "class ", "source "
"""What the names of :attr:`Fit.voiced` begin with."""

_OTHER = {Cause.LAWFUL: 1, Cause.ACCIDENT: 2, Cause.STAGED: 3, Cause.NOTHING: 4}


@dataclass(frozen=True, slots=True)
class Ear:
    """A kind of sensor.

    ``bands`` are (within_m, chance to sense the act) by rising distance; ``night`` and ``cloud`` the share of it that
    is left then; ``alarm`` the chance of a false alarm; ``sounds`` the chance that a cause gives this modality, as a
    whole, what the act gives (below certainty for a violation: jamming; above 0 for nothing: staging); ``points``
    the chance, by cause, that a sensor which tells a direction tells that of the named side.
    """

    bands: tuple[tuple[int, int], ...]
    night: int
    cloud: int
    alarm: int
    sounds: tuple[int, ...]
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Copying:
    """How often ``child`` repeats ``parent`` where both speak."""

    child: str
    parent: str
    ppm: int


@dataclass(frozen=True, slots=True)
class Fit:
    """The tables.

    ``classes`` by class of source and stance; ``own`` by source and stance where something was learnt of it, or by
    ``stance/side`` for where that side is named: whom somebody has bought speaks otherwise of one than of the other.
    ``captured`` the chance, by group, that a group speaks as its interest bids and not as it saw.
    ``voiced``, by class or source and stance, what it tells in micronats that such a source affirms or denies at all,
    beyond what it says. ``record`` is by how much, in micronats, each rival cause was more usual among what was
    adjudicated than all else explains.
    """

    method: str
    classes: Mapping[tuple[str, str], Table]
    own: Mapping[tuple[str, str], Table]
    captured: Mapping[str, int]
    copies: tuple[Copying, ...]
    ears: Mapping[str, Ear]
    voiced: Mapping[tuple[str, str], tuple[int, int]] = field(
        default_factory=dict[tuple[str, str], tuple[int, int]]
    )
    record: tuple[int, int, int, int] = (0, 0, 0, 0)

    def knows(self, source: str, stance: str, named: str) -> Table | None:
        """What was learnt of the source itself in such a case."""
        return self.own.get((source, f"{stance}/{named}")) or self.own.get((source, stance))

    def table(self, source: str, kind: str, stance: str, named: str) -> Table:
        """What is known of a source: itself, else its class, else its stance."""
        own = self.knows(source, stance, named)
        if own is not None:
            return own
        pooled = self.classes.get((kind, stance))
        return pooled if pooled is not None else self.classes[ANY, stance]


def symbol_of(said: Statement) -> int:
    """The number of what a statement says."""
    if said.says is Says.AFFIRM:
        return 0
    account = said.account
    if account is None or account is Cause.VIOLATION:
        return 5
    return _OTHER[account]


PRIOR: Mapping[tuple[str, str], Table] = MappingProxyType(
    {
        (ANY, NEUTRAL): (
            (830_000, 20_000, 40_000, 10_000, 40_000, 60_000),
            (250_000, 500_000, 50_000, 10_000, 40_000, 150_000),
            (300_000, 20_000, 450_000, 20_000, 60_000, 150_000),
            (500_000, 20_000, 50_000, 230_000, 60_000, 140_000),
            (120_000, 20_000, 30_000, 20_000, 560_000, 250_000),
        ),
        (ANY, CLAIMANT): (
            (940_000, 10_000, 15_000, 5_000, 10_000, 20_000),
            (800_000, 80_000, 40_000, 10_000, 20_000, 50_000),
            (800_000, 20_000, 100_000, 10_000, 20_000, 50_000),
            (880_000, 10_000, 20_000, 30_000, 20_000, 40_000),
            (700_000, 10_000, 20_000, 10_000, 160_000, 100_000),
        ),
        (ANY, NAMED): (
            (30_000, 120_000, 150_000, 150_000, 200_000, 350_000),
            (3_000, 150_000, 147_000, 150_000, 200_000, 350_000),
            (3_000, 120_000, 177_000, 150_000, 200_000, 350_000),
            (3_000, 120_000, 150_000, 177_000, 200_000, 350_000),
            (3_000, 120_000, 150_000, 150_000, 227_000, 350_000),
        ),
    }
)
"""Judgement, for the time before anything is learnt."""

SOUNDS = (970_000, 960_000, 960_000, 800_000, 30_000)
POINTS = (900_000, 700_000, 650_000, 500_000, 500_000)
CAPTURED = {ANY: 50_000, CLAIMANT: 300_000, NAMED: 300_000}


def prior_fit() -> Fit:
    """The fit from priors alone: for a record that has none of its own."""
    return Fit(METHOD, PRIOR, MappingProxyType({}), MappingProxyType(CAPTURED), (), MappingProxyType({}))


def ear_of(modality: Modality) -> Ear:
    """What the acceptance tests alone say of a kind of sensor; its chance never rises with distance."""
    bands = falling([one.trials for one in modality.reach])
    first = modality.reach[0].trials
    return Ear(
        bands=tuple((one.within_m, ppm) for one, ppm in zip(modality.reach, bands, strict=True)),
        night=left(first, modality.night),
        cloud=left(first, modality.cloud),
        alarm=(modality.alarms * 2 + 1) * MILLION // (2 * modality.watched + 2),
        sounds=SOUNDS,
        points=POINTS,
    )


def falling(trials: list[Trials]) -> tuple[int, ...]:
    """The share of hits in each band, neighbours pooled until none rises (pool adjacent violators)."""
    blocks: list[tuple[int, int, int]] = []
    for one in trials:
        blocks.append((2 * one.hits + 1, 2 * (one.hits + one.misses) + 2, 1))
        while len(blocks) > 1 and blocks[-1][0] * blocks[-2][1] > blocks[-2][0] * blocks[-1][1]:
            last, before = blocks.pop(), blocks.pop()
            blocks.append((last[0] + before[0], last[1] + before[1], last[2] + before[2]))
    return tuple(hits * MILLION // of for hits, of, count in blocks for _ in range(count))


def left(first: Trials, under: Trials | None) -> int:
    """The share of the chance at the first distance that is left under a condition; all where it was not tested."""
    if under is None:
        return MILLION
    clear = (2 * first.hits + 1, 2 * (first.hits + first.misses) + 2)
    found = (2 * under.hits + 1, 2 * (under.hits + under.misses) + 2)
    return min(MILLION, found[0] * clear[1] * MILLION // (found[1] * clear[0]))
