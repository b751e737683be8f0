"""A body of evidence: what is alleged, who says what of it, and who could have sensed it. Whole numbers only."""

from dataclasses import dataclass
from enum import Enum


class Cause(Enum):
    """What truly happened; the order is that of every table."""

    VIOLATION = "violation"
    LAWFUL = "lawful"
    ACCIDENT = "accident"
    STAGED = "staged"
    NOTHING = "nothing"


CAUSES = tuple(Cause)


class Says(Enum):
    """Whether a statement holds that the named side did it, in breach."""

    AFFIRM = "affirm"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Trials:
    """Trials of a sensor on something that was there: how often it was heard, and how often missed."""

    hits: int
    misses: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Acceptance tests up to ``within_m`` metres."""

    within_m: int
    trials: Trials


@dataclass(frozen=True, slots=True)
class Modality:
    """A kind of sensor and its acceptance tests.

    ``reach`` by rising distance; ``alarms`` false ones among ``watched`` cells where nothing was. ``night`` and
    ``cloud`` are trials at the first distance under that condition; None where it was not tested.
    """

    id: str
    reach: tuple[Reach, ...]
    alarms: int
    watched: int
    night: Trials | None
    cloud: Trials | None


@dataclass(frozen=True, slots=True)
class Witness:
    """A source: ``kind`` its class, ``group`` who would be captured together, ``side`` whose interest it shares.

    ``parent`` is the source that it is declared to relay.
    """

    id: str
    kind: str
    group: str
    side: str | None
    modality: str | None
    parent: str | None


@dataclass(frozen=True, slots=True)
class Alleged:
    """One hypothesis: that the named side did this act in breach of the term, in this cell of place and time.

    ``base_ppm`` is the probability of each cause before any evidence, from outside the named side's conduct, in the
    order of :data:`CAUSES`; it sums to a million. ``threshold_ppm`` is the standard of the term.
    """

    id: str
    term: str
    act: str
    named: str
    claimant: str | None
    lat_u: int
    lon_u: int
    radius_m: int
    start_ms: int
    end_ms: int
    base_ppm: tuple[int, ...]
    adjudicated: Cause | None
    threshold_ppm: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source says of a hypothesis.

    ``account`` is the cause it tells of, if any; ``copies`` the source that it is declared to repeat; ``words`` the
    64-bit similarity hash of its text.
    """

    id: str
    hypothesis: str
    source: str
    says: Says
    account: Cause | None
    at_ms: int
    copies: str | None
    words: int | None


@dataclass(frozen=True, slots=True)
class Watch:
    """One line of the exposure log: whether a source could have sensed it, and whether it did.

    ``points_to`` is the side from which the sensor tells that it came.
    """

    hypothesis: str
    source: str
    distance_m: int
    on_shift: bool
    in_view: bool
    night: bool
    cloud: bool
    detected: bool
    points_to: str | None

    @property
    def exposed(self) -> bool:
        """Whether it could have sensed anything at all."""
        return self.on_shift and self.in_view


@dataclass(frozen=True, slots=True)
class Partition:
    """A rival way of linking: these statements alone belong to the hypothesis, with this weight."""

    hypothesis: str
    weight_ppm: int
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A whole file of it. Ids are unique, and every reference names something that is there."""

    sides: tuple[str, ...]
    modalities: tuple[Modality, ...]
    sources: tuple[Witness, ...]
    hypotheses: tuple[Alleged, ...]
    statements: tuple[Statement, ...]
    watches: tuple[Watch, ...]
    alternatives: tuple[Partition, ...] = ()
