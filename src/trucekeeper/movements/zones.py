"""The zones of an agreement where nobody goes, as volumes that every plan is held against."""

import math
from collections.abc import Iterator
from itertools import pairwise

from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position
from trucekeeper.places.zone import Area, Zone

HALF_TURN_U = 180_000_000
STRAY_M = 0.4
"""How far a shortest way may stray from the straight line in longitude and latitude that it stands for."""
_R_M = 6_400_000.0
_MARGIN_CM = 50


def volumes(zone: Zone) -> tuple[Volume, ...]:
    """The zone at every height while it is valid; BadInput for one that is no drawn area.

    Its edges are straight in longitude and latitude (RFC 7946, 3.1.1), and are followed to half a metre outward.
    """
    if not isinstance(zone.shape, Area):
        msg = f"the zone {zone.id} is derived from a line; draw the zones where nobody goes as areas"
        raise BadInput(msg)
    return tuple(
        Volume(
            Footprint(
                Form.RING, straight(one.outer), _MARGIN_CM, tuple(straight(hole) for hole in one.holes)
            ),
            zone.valid.start,
            zone.valid.end,
        )
        for one in zone.shape.polygons
    )


def straight(ring: tuple[Position, ...]) -> tuple[Position, ...]:
    """The ring with points added so that shortest ways follow its straight lines in longitude and latitude."""
    found: list[Position] = []
    for one, two in pairwise((*ring, ring[0])):
        found += _edge(one, two)
    return tuple(point for point, after in pairwise((*found, found[0])) if point != after)


def _edge(one: Position, two: Position) -> Iterator[Position]:
    """The edge's points but its last. It strays most where it runs east: by a parallel's sagitta."""
    turn = two.lon_u - one.lon_u
    if abs(turn) > HALF_TURN_U:
        turn -= int(math.copysign(2 * HALF_TURN_U, turn))
    steepest = math.radians(max(abs(one.lat_u), abs(two.lat_u)) / 1e6)
    wide = math.radians(abs(turn) / 1e6)
    high = math.radians(abs(two.lat_u - one.lat_u) / 1e6)
    # a parallel's sagitta, and the bend of a slanting line, which grows with both its sides
    stray = _R_M * (wide * wide * math.sin(steepest) * math.cos(steepest) + wide * high) / 8
    count = max(1, math.ceil(math.sqrt(stray / STRAY_M)))
    for part in range(count):
        lon = one.lon_u + turn * part // count
        lon = (lon + HALF_TURN_U) % (2 * HALF_TURN_U) - HALF_TURN_U
        yield Position(one.lat_u + (two.lat_u - one.lat_u) * part // count, lon)
