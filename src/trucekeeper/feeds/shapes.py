"""What a drawn file holds, before it is made into a notice: rings, points with a radius, and stops of a route."""

from dataclasses import dataclass

from trucekeeper.kernel.clock import Instant
from trucekeeper.places.position import Position

Ring = tuple[Position, ...]

LIMIT_BYTES = 10_000_000
"""How long a drawn file may be, unpacked."""
MOST_POINTS = 50_000
"""How many positions one may hold."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on a route, and when one is there; None where the file does not say."""

    at: Position
    when: Instant | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a file holds. ``rings`` are outer rings with their holes; ``points`` have a radius in metres, or None."""

    rings: tuple[tuple[Ring, ...], ...] = ()
    points: tuple[tuple[Position, int | None], ...] = ()
    routes: tuple[tuple[Stop, ...], ...] = ()
