"""What is wrong, or doubtful, about a notice on the ground: one sentence each, where, what, and what to do.

What refuses keeps a notice out until it is corrected, because nobody could act on it. Everything else is taken in
and told: being late, or odd, takes no protection away.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.clocks import ahead
from trucekeeper.movements.model import Corridor, Ground, Kind, Notice
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.places import geodesy, rings

FASTEST_KMH = 130
"""What no convoy drives on the whole of a leg."""
FASTEST_ALOFT_KMH = 1_200
LARGEST_KM2 = 40_000
LONGEST_MS = 400 * 86_400_000
"""How long anything but a site, or a hazard without end, is announced for at once."""
FAR_AHEAD_MS = 800 * 86_400_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; ``refuses`` says whether the notice is kept out for it."""

    refuses: bool
    says: str


def faults(notice: Notice, rules: Deconfliction, now: Instant, holders: Collection[str]) -> tuple[Fault, ...]:
    """Everything about a notice that its notifier should know, in a fixed order. ``holders`` are ids of the key set."""
    return (
        *_told(notice, holders),
        *(
            _route(notice.where, notice)
            if isinstance(notice.where, Corridor)
            else _ground(notice.where, notice)
        ),
        *_when(notice, rules, now),
        *_carried(notice),
    )


def _told(notice: Notice, holders: Collection[str]) -> Iterator[Fault]:
    for recipient in notice.recipients:
        if recipient not in holders:
            yield _refused(f"notice: the recipient {recipient} is in no mandate here; name a holder of keys")


def _ground(where: Ground, notice: Notice) -> Iterator[Fault]:
    for number, area in enumerate(where.areas):
        fault = _area_fault(area)
        if fault is not None:
            yield _refused(f"notice: area {number + 1} {fault}")
    if where.end is not None and where.end < where.start:
        yield _refused("notice: it ends before it starts; swap the two times or correct one")
    if where.end is None and notice.kind in {Kind.MOVEMENT, Kind.ACTIVITY}:
        yield _refused("notice: only sites and hazards are without end; say until when it lasts")
    if where.end is not None and notice.kind is not Kind.SITE and where.end - where.start > LONGEST_MS:
        yield _refused("notice: it lasts longer than 400 days; announce it again in time")


def _area_fault(area: Footprint) -> str | None:
    for ring in (area.points, *area.holes) if area.form is Form.RING else ():
        fault = rings.fault(ring)
        if fault is not None:
            return fault
    try:
        if rings.area_km2(area.points, area.reach_cm) > LARGEST_KM2:
            return f"covers more than {LARGEST_KM2:,} square kilometres; announce what is really used"
    except BadInput as error:
        return str(error)
    return None


def _route(where: Corridor, notice: Notice) -> Iterator[Fault]:
    top = FASTEST_KMH if notice.altitudes is None else FASTEST_ALOFT_KMH
    for number, point in enumerate(where.waypoints):
        if point.latest < point.earliest:
            yield _refused(f"notice: waypoint {number + 1} is left before it is reached; swap its two times")
    for number, (one, two) in enumerate(pairwise(where.waypoints)):
        if two.latest < one.earliest or two.earliest < one.earliest or two.latest < one.latest:
            yield _refused(
                f"notice: waypoint {number + 2} comes before waypoint {number + 1} in time; put them in order",
            )
            continue
        metres = geodesy.distance_m(one.at, two.at)
        hours = (two.latest - one.earliest) / 3_600_000
        if metres > 1_500_000:
            yield _refused(
                f"notice: from waypoint {number + 1} it is more than 1,500 km to the next; correct one"
            )
        elif metres > 1_000 and metres / 1_000 > top * max(hours, 1e-9):
            yield _refused(
                f"notice: from waypoint {number + 1} to the next no vehicle goes so fast; correct the times or a place",
            )
    if where.waypoints[-1].latest - where.waypoints[0].earliest > LONGEST_MS:
        yield _refused("notice: the route takes longer than 400 days; announce its parts")


def _when(notice: Notice, rules: Deconfliction, now: Instant) -> Iterator[Fault]:
    where = notice.where
    ends = where.waypoints[-1].latest if isinstance(where, Corridor) else where.end
    starts = where.waypoints[0].earliest if isinstance(where, Corridor) else where.start
    if ends is not None and ends < now:
        yield _refused("notice: all of it is in the past; is a date wrong, or the clock")
    if starts > now + FAR_AHEAD_MS:
        yield _refused("notice: it begins more than two years from now; is a date wrong, or the clock")
    early = ahead(notice, now, rules)
    if notice.kind is not Kind.SITE and notice.amends is None and not early.in_time:
        hours = early.asked_min / 60
        yield _noted(
            f"it comes less than {hours:g} hours ahead, as the agreement asks; it is handled all the same",
        )


def _carried(notice: Notice) -> Iterator[Fault]:
    if notice.kind is Kind.MOVEMENT and not notice.vehicles and notice.altitudes is None:
        yield _noted("no vehicle is named; nobody at a checkpoint can tell whose convoy it is")
    if notice.kind is Kind.SITE and notice.photo_sha256 is None:
        yield _noted("no photograph is named; one that shows the site helps those who look for it")


def _refused(says: str) -> Fault:
    return Fault(refuses=True, says=says)


def _noted(says: str) -> Fault:
    return Fault(refuses=False, says=says)
