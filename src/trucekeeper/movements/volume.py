"""Where and when something will be: a footprint on the ground, an altitude band and a time, all of them closed.

What touches, meets: an edge, a corner, an altitude or a moment that two volumes share is a conflict.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.places.position import Position

FARTHEST_CM = 250_000_00
"""250 km: how far a footprint may reach beyond its core: a circle of 100 km, uncertain by as much, and a stand-off."""


class Form(Enum):
    """What the core of a footprint is."""

    POINT = "point"
    PATH = "path"
    RING = "ring"


@dataclass(frozen=True, slots=True)
class Footprint:
    """All places within ``reach_cm`` centimetres of a core.

    The core is one point, a path along two points or more, or all that a ring of three points or more encloses, less
    its holes. Edges are the shortest ways between their points, and a ring's inside is its smaller side (as ASTM
    F3548-21 has it); a ring is not closed by repetition.
    """

    form: Form
    points: tuple[Position, ...]
    reach_cm: int = 0
    holes: tuple[tuple[Position, ...], ...] = ()

    def __post_init__(self) -> None:
        least = {Form.POINT: 1, Form.PATH: 2, Form.RING: 3}[self.form]
        if len(self.points) < least or (self.form is Form.POINT and len(self.points) > 1):
            msg = f"a {self.form.value} has {len(self.points)} points; give it {least}"
            raise BadInput(msg)
        if self.holes and self.form is not Form.RING:
            msg = "only a ring has holes; leave them out"
            raise BadInput(msg)
        if not 0 <= self.reach_cm <= FARTHEST_CM:
            msg = "a footprint reaches farther than 250 km beyond its core, or not at all; correct its radius"
            raise BadInput(msg)


@dataclass(frozen=True, slots=True)
class Volume:
    """A footprint between two altitudes and two moments, its bounds included.

    Altitudes are centimetres above the WGS 84 ellipsoid; None, of an altitude or a moment, is without bound.
    """

    footprint: Footprint
    start: Instant | None
    end: Instant | None
    low_cm: int | None = None
    high_cm: int | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.end < self.start:
            msg = "a volume ends before it starts; swap the two times or correct one"
            raise BadInput(msg)
        if self.low_cm is not None and self.high_cm is not None and self.high_cm < self.low_cm:
            msg = "a volume's lower altitude is above its upper one; swap the two or correct one"
            raise BadInput(msg)


class Meeting(NamedTuple):
    """Volume ``number`` of what is kept under ``key`` meets volume ``by`` of the activity that was asked about."""

    key: str
    number: int
    by: int
