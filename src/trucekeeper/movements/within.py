"""Whether something that was seen surely lay within a volume; where it may have, ``movements.overlap`` says.

The two err to opposite sides: one never misses a place where they meet, the other never takes a place for sure.
"""

import math
from dataclasses import replace
from itertools import pairwise

from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.volume import FARTHEST_CM, Footprint, Form, Volume
from trucekeeper.places.geodesy import distance_m

_NEAR_M = 200_000
_STRAY, _GRAIN_M, _SHARE = 1e-10, 1.0, 0.012
"""What :func:`overlap` may say yes to beyond what meets, each a little more than it is there."""


def surely_within(seen: Volume, volume: Volume) -> bool:
    """Whether all places and times of ``seen``, as ``struck.happened`` gives it, lie within ``volume``.

    Says no where it cannot be sure: near a rim, across two areas of one notice, or where heights are bounded.
    """
    return (
        volume.low_cm is None
        and volume.high_cm is None
        and (volume.start is None or (seen.start is not None and volume.start <= seen.start))
        and (volume.end is None or (seen.end is not None and seen.end <= volume.end))
        and _holds(volume.footprint, seen.footprint)
    )


def _holds(footprint: Footprint, disc: Footprint) -> bool:
    if disc.form is not Form.POINT:
        return False
    (centre,) = disc.points
    rings = [footprint.points, *footprint.holes]
    if any(distance_m(centre, point) > _NEAR_M for ring in rings for point in ring):
        return False
    if footprint.form is Form.RING:
        rings = [(*ring, ring[0]) for ring in rings]
    edge_m = max((distance_m(one, two) for ring in rings for one, two in pairwise(ring)), default=0.0)
    margin_cm = round(100 * (_GRAIN_M + _STRAY * edge_m * edge_m)) + 1
    spare_cm = footprint.reach_cm - disc.reach_cm
    core = replace(footprint, reach_cm=0)
    near_cm = math.floor((spare_cm - margin_cm) / (1 + _SHARE))
    if near_cm >= 0 and _meet(Footprint(Form.POINT, (centre,), near_cm), core):
        return True
    around = Footprint(Form.POINT, (centre,), min(max(0, -spare_cm) + margin_cm, FARTHEST_CM))
    return (
        footprint.form is Form.RING
        and _meet(Footprint(Form.POINT, (centre,)), core)
        and not any(_meet(around, Footprint(Form.PATH, ring)) for ring in rings)
    )


def _meet(one: Footprint, other: Footprint) -> bool:
    return overlap(Volume(one, None, None), Volume(other, None, None))
