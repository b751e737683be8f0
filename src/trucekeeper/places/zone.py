"""Zones a clause speaks of: an area drawn, or a band derived from a line; closed, with validity."""

from dataclasses import dataclass
from enum import Enum

from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.truth import Truth
from trucekeeper.places.position import Position

FARTHEST_BAND_M = 5_000_000
"""Beyond it "beside a line" means nothing on a globe, and the nearest point of a line may not be one."""


class Side(Enum):
    """Side of a line as one walks from its first point to its last; on the line is both."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Line:
    """A line on the ground whose segments are geodesics between its points."""

    id: str
    points: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Polygon:
    """A ring and its holes, edges straight in longitude and latitude (RFC 7946, 3.1.1); not closed by repetition."""

    outer: tuple[Position, ...]
    holes: tuple[tuple[Position, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """The union of polygons; its boundary belongs to it."""

    polygons: tuple[Polygon, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """All points whose geodesic distance to ``line`` is ``from_m`` to ``to_m`` (both included), on ``side``."""

    line: Line
    from_m: int
    to_m: int
    side: Side

    def __post_init__(self) -> None:
        if not 0 <= self.from_m <= self.to_m <= FARTHEST_BAND_M:
            msg = "a band's distances are not 0 <= from <= to <= 5,000 km; correct them"
            raise BadInput(msg)


Shape = Area | Band


@dataclass(frozen=True, slots=True)
class Zone:
    """A shape that a clause speaks of, and when it is in force."""

    id: str
    shape: Shape
    valid: Interval

    def in_force(self, at: Instant) -> bool:
        """Whether the zone stands at ``at``."""
        return self.valid.holds(at)


@dataclass(frozen=True, slots=True)
class Touch:
    """How an uncertain region meets a zone: yes is certain, unknown is possible, no is excluded.

    ``share_ppm`` is the share of the region inside, in parts per million: 1,000,000 and 0 for the two
    certain answers, and an estimate on a stated grid for the possible one.
    """

    answer: Truth
    share_ppm: int


@dataclass(frozen=True, slots=True)
class Lattice:
    """Places that stand for equal parts of the area of several shapes together.

    ``inside`` tells for each shape, in the order asked, which of the places lie in it; each lies in one at least.
    """

    places: tuple[Position, ...]
    inside: tuple[tuple[bool, ...], ...]
