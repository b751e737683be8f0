"""Whether two volumes overlap. This is the one function that decides it, for every store and every caller alike.

Volumes are closed: what touches overlaps. :func:`overlap` says yes wherever the volumes meet on WGS 84, with edges as
its shortest ways. It may also say yes where footprints are apart by no more than the tolerance, 1.1 per cent of the
two reaches together, what their longest edges may stray (0.85 m for 100 km), and half a metre; never beyond.

What spans more than four fifths of a half of the Earth from its middle, or has an edge of more than a quarter of its
circumference, has no inside or way that is certain: it overlaps whatever shares a moment and an altitude with it.
"""

from functools import lru_cache

from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places import sphere
from trucekeeper.places.sphere import Core

_FORMS = {Form.POINT: sphere.POINT, Form.PATH: sphere.PATH, Form.RING: sphere.RING}


def overlap(one: Volume, other: Volume) -> bool:
    """Whether the two share a moment, an altitude and a place; symmetric."""
    return (
        _bands(one.start, one.end, other.start, other.end)
        and _bands(one.low_cm, one.high_cm, other.low_cm, other.high_cm)
        and ready(one.footprint).meets(ready(other.footprint))
    )


@lru_cache(maxsize=20_000)
def ready(footprint: Footprint) -> Core:
    """The footprint as the geometry wants it."""
    return sphere.core(_FORMS[footprint.form], (footprint.points, *footprint.holes), footprint.reach_cm)


def _bands(low: int | None, high: int | None, other_low: int | None, other_high: int | None) -> bool:
    """Whether two closed spans meet; None is without bound."""
    return not (
        (high is not None and other_low is not None and high < other_low)
        or (other_high is not None and low is not None and other_high < low)
    )
