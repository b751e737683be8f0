"""The zones of an agreement where nobody goes, as volumes that every plan is held against."""

import math
from itertools import pairwise

from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position
from trucekeeper.places.zone import Area, Zone

HALF_TURN_U = 180_000_000
STRAY_M = 0.4
"""How far a shortest way may stray from the straight line in longitude and latitude that it stands for."""
_WIDEST = math.radians(10)
"""Of a piece: halfway around the equator the shortest way leaves it."""
_R_M = 6_400_000.0
MARGIN_CM = 50
"""What is added to a ring of :func:`straight`, so that nothing of what was drawn is left out."""


def volumes(zone: Zone) -> tuple[Volume, ...]:
    """The zone at every height while it is valid; BadInput for one that is no drawn area.

    Its edges are straight in longitude and latitude (RFC 7946, 3.1.1), and are followed to half a metre outward.
    """
    if not isinstance(zone.shape, Area):
        msg = f"the zone {zone.id} is derived from a line; draw the zones where nobody goes as areas"
        raise BadInput(msg)
    return tuple(
        Volume(
            Footprint(Form.RING, straight(one.outer), MARGIN_CM, tuple(straight(hole) for hole in one.holes)),
            zone.valid.start,
            zone.valid.end,
        )
        for one in zone.shape.polygons
    )


def straight(ring: tuple[Position, ...]) -> tuple[Position, ...]:
    """The ring with points added so that shortest ways follow its straight lines in longitude and latitude."""
    return tuple(point for point, _ in numbered(ring))


def numbered(ring: tuple[Position, ...], most: int | None = None) -> tuple[tuple[Position, int], ...]:
    """As :func:`straight`, each point with the place in ``ring`` of the one that its edge begins at.

    BadInput where there would be more than ``most``.
    """
    found: list[tuple[Position, int]] = []
    for number, (one, two) in enumerate(pairwise((*ring, ring[0]))):
        count = _pieces(one, two)
        if most is not None and len(found) + count > most:
            msg = f"takes more than {most:,} points to follow its edges; simplify its outline"
            raise BadInput(msg)
        found += ((_part(one, two, part, count), number) for part in range(count))
    return tuple(point for point, after in pairwise((*found, found[0])) if point[0] != after[0])


def _turn(one: Position, two: Position) -> int:
    """How far east the edge goes, the shorter way around."""
    turn = two.lon_u - one.lon_u
    return turn - int(math.copysign(2 * HALF_TURN_U, turn)) if abs(turn) > HALF_TURN_U else turn


def _pieces(one: Position, two: Position) -> int:
    """In how many pieces a shortest way strays from the edge by no more than :data:`STRAY_M`.

    Over a piece the line strays by an eighth of what the geodesic equations of the sphere lack in it: northward
    sin(lat) cos(lat) times the square of its width, and eastward 2 sin(lat) times its width and its height.
    """
    low, high = sorted(math.radians(abs(one_end.lat_u) / 1e6) for one_end in (one, two))
    if one.lat_u * two.lat_u < 0:
        low = 0.0
    east = math.radians(abs(_turn(one, two)) / 1e6)
    north = math.radians(abs(two.lat_u - one.lat_u) / 1e6)
    bend = 0.5 if low < math.pi / 4 < high else max(math.sin(2 * low), math.sin(2 * high)) / 2
    stray = _R_M * (bend * east * east + 2 * math.sin(high) * north * east) / 8
    return max(1, math.ceil(math.sqrt(stray / STRAY_M)), math.ceil(east / _WIDEST))


def _part(one: Position, two: Position, part: int, count: int) -> Position:
    """A point of the edge, to the nearest microdegree."""
    lat = one.lat_u + round((two.lat_u - one.lat_u) * part / count)
    lon = one.lon_u + round(_turn(one, two) * part / count)
    return Position(lat, (lon + HALF_TURN_U) % (2 * HALF_TURN_U) - HALF_TURN_U)
