"""From what a notice says to the volumes that are searched: uncertainty and stand-off added, routes cut by their times.

A corridor is cut at its waypoints, and each leg into slices of at most :data:`SLICE_M` and :data:`SLICE_MS`. A slice
holds its piece of road from the earliest moment at which the movement may be at its beginning to the latest at which it
may be at its end, and a quarter of the leg's time more on either side. So it holds every run that is nowhere sooner
than a steady one by the earliest times, nor later than a steady one by the latest, by more than that quarter: waiting
and hurrying between two waypoints is allowed for, a long halt is a waypoint of its own.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from math import ceil

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.model import Corridor, Ground, Kind, Notice, Waypoint
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places import geodesy
from trucekeeper.places.position import Position

SLICE_M = 5_000
SLICE_MS = 600_000
MOST_SLICES = 500
"""Of one notice; slices grow longer where there would be more."""

ON_THE_GROUND = frozenset({Kind.SITE, Kind.MOVEMENT})
"""Kinds that take every height, whatever altitudes they name."""


def volumes(notice: Notice, rules: Deconfliction) -> tuple[Volume, ...]:
    """The volumes of a notice, in the order of its areas or along its route; the same for the same notice, always.

    A site, a movement, and whatever names no altitudes, takes full height. Nothing is cut off: BadInput where a reach
    and its margins come to more than a footprint may have, which no notice that can be signed does.
    """
    margin_cm = (notice.uncertainty_m + dict(rules.standoff_m).get(notice.kind.value, 0)) * 100
    found = (
        _along(notice.where, margin_cm)
        if isinstance(notice.where, Corridor)
        else _held(notice.where, margin_cm)
    )
    band = notice.altitudes
    if band is None or notice.kind in ON_THE_GROUND:
        return tuple(found)
    low, high = (band.low_m - notice.uncertainty_m) * 100, (band.high_m + notice.uncertainty_m) * 100
    return tuple(replace(one, low_cm=low, high_cm=high) for one in found)


def _held(where: Ground, margin_cm: int) -> Iterator[Volume]:
    for area in where.areas:
        yield Volume(replace(area, reach_cm=area.reach_cm + margin_cm), where.start, where.end)


def _along(where: Corridor, margin_cm: int) -> Iterator[Volume]:
    reach = where.width_m * 50 + margin_cm
    most = max(1, MOST_SLICES // (len(where.waypoints) - 1))
    for one, two in pairwise(where.waypoints):
        yield from _leg(one, two, reach, most)


def _leg(one: Waypoint, two: Waypoint, reach_cm: int, most: int) -> Iterator[Volume]:
    """One leg in slices. Rounding moves a slice's ends by less than what overlap allows for, and times outward."""
    if one.at == two.at:
        yield Volume(Footprint(Form.POINT, (one.at,), reach_cm), one.earliest, max(one.latest, two.latest))
        return
    metres = geodesy.distance_m(one.at, two.at)
    azimuth = geodesy.azimuth(one.at, two.at)
    lasts_ms = max(two.latest - one.earliest, 1)
    count = min(max(ceil(metres / SLICE_M), ceil(lasts_ms / SLICE_MS), 1), most, max(1, int(metres / 10)))
    places = [
        one.at,
        *(geodesy.direct(one.at, azimuth, metres * part / count) for part in range(1, count)),
        two.at,
    ]
    slack = lasts_ms // 4
    for part, (begin, end) in enumerate(pairwise(places)):
        start = one.earliest + (two.earliest - one.earliest) * part // count - slack
        until = one.latest - (one.latest - two.latest) * (part + 1) // count + slack
        since, till = max(start, one.earliest), min(until, max(one.latest, two.latest))
        yield Volume(_piece(begin, end, reach_cm), Instant(since), Instant(max(since, till)))


def _piece(begin: Position, end: Position, reach_cm: int) -> Footprint:
    if begin == end:
        return Footprint(Form.POINT, (begin,), reach_cm)
    return Footprint(Form.PATH, (begin, end), reach_cm)
