"""Same happening or not: an explained score for every pair of observations.

A score is a log-likelihood ratio: how much likelier the two statements are if they tell of one happening than if
they tell of two that fell near each other by chance. All of it is whole numbers from the tables below.

Time and place are worth the rarity of such a coincidence: ln(24 h / joint width) and ln(15,000 km2 / joint area),
both capped, because precision can be false. The joint width is what both statements leave open together, with the
slack of their media. A gap beyond that bars the pair for good. What is absent speaks neither for nor against.
"""

from collections.abc import Mapping

from trucekeeper.incidents.compatible import compatible
from trucekeeper.incidents.extent import apart_m, disc_of, reach_m, slack_ms
from trucekeeper.incidents.model import PairScore, Part, Sighting
from trucekeeper.kernel.clock import Interval
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.parties.model import Source
from trucekeeper.places.position import Disc

_MINUTE_MS = 60_000

TIME_TABLE = ((15, 4000), (30, 3870), (60, 3180), (180, 2080), (360, 1390), (720, 690))
"""Joint width up to so many minutes: millinats; beyond the last line 0."""

PLACE_TABLE = ((3, 6000), (5, 5250), (7, 4570), (10, 3870), (15, 3060), (20, 2480), (30, 1670), (50, 650))
"""Joint radius up to so many kilometres: millinats; beyond the last line 0."""

OUTSIDE_FINE = 1000
"""Taken off, after halving, where two statements meet only within their slack."""

RELAYED = 3000
"""One says that it is copied from the other's source; from that very statement, twice as much."""

WEAPON_SAME, WEAPON_OTHER = 800, -1500
CALIBRE_MEETS, CALIBRE_APART = 400, -1000
PHASE_SAME, PHASE_OTHER = 300, -500

_Barred = str


def score(one: Sighting, other: Sighting, sources: Mapping[str, Source]) -> PairScore:
    """How much speaks for one happening, in millinats, ground by ground; the order of the two never matters."""
    first, second = (one, other) if one.ref <= other.ref else (other, one)
    a, b = first.observation, second.observation
    parts: list[Part] = []
    for test in (_source, _act, _time, _place, _weapon, _phase, _relays):
        found = test(a, b, sources)
        if isinstance(found, _Barred):
            return PairScore(first.ref, second.ref, (), found)
        parts.extend(found)
    return PairScore(first.ref, second.ref, tuple(parts))


def act_of(observation: Observation) -> str | None:
    """The act that it speaks of: refused access is an obstruction, a holding is a held weapon."""
    if observation.kind is Kind.ACCESS_REFUSED:
        return "obstruction"
    return "hold-weapon" if observation.kind is Kind.HOLDING else observation.act


_Found = tuple[Part, ...] | _Barred


def _source(a: Observation, b: Observation, _: Mapping[str, Source]) -> _Found:
    if Kind.COVERAGE in {a.kind, b.kind}:
        return "coverage is no part of a happening"
    if a.source == b.source:
        return "both are of one source, which reports a happening once"
    return ()


def _act(a: Observation, b: Observation, _: Mapping[str, Source]) -> _Found:
    milli = compatible(act_of(a), act_of(b))
    if milli is None:
        return f"{act_of(a)} and {act_of(b)} cannot be one happening"
    return (Part("act", milli, f"{act_of(a)} and {act_of(b)}"),) if milli else ()


def _time(a: Observation, b: Observation, sources: Mapping[str, Source]) -> _Found:
    slack = slack_ms(sources.get(a.source)) + slack_ms(sources.get(b.source))
    gap = _gap_ms(a.when, b.when)
    if gap > slack:
        return f"{gap // _MINUTE_MS} minutes apart, beyond all uncertainty of time"
    if a.when.end is None or b.when.end is None:
        return ()
    width = (a.when.end - a.when.start) + (b.when.end - b.when.start) + slack
    milli = _worth(TIME_TABLE, width, _MINUTE_MS)
    if gap:
        milli = milli // 2 - OUTSIDE_FINE
        return (Part("time", milli, f"{gap // _MINUTE_MS} minutes apart, within their slack"),)
    return (Part("time", milli, f"times meet within {-(-width // _MINUTE_MS)} minutes"),)


def _gap_ms(a: Interval, b: Interval) -> int:
    early, late = (a, b) if a.start <= b.start else (b, a)
    return 0 if early.end is None else max(0, late.start - early.end)


def _place(a: Observation, b: Observation, _: Mapping[str, Source]) -> _Found:
    if a.where is None or b.where is None:
        return ()
    one, other = disc_of(a.where), disc_of(b.where)
    apart, reach = apart_m(one, other), reach_m(one) + reach_m(other)
    if apart > reach:
        return f"{apart} m apart, beyond all uncertainty of place"
    return _near(one, other, apart, reach)


def _near(one: Disc, other: Disc, apart: int, reach: int) -> tuple[Part, ...]:
    milli = _worth(PLACE_TABLE, reach, 1000)
    if apart > one.radius_m + other.radius_m:
        return (Part("place", milli // 2 - OUTSIDE_FINE, f"{apart} m apart, within the slack of {reach} m"),)
    return (Part("place", milli, f"{apart} m apart, places meet within {reach} m"),)


def _weapon(a: Observation, b: Observation, _: Mapping[str, Source]) -> _Found:
    if a.weapon is None or b.weapon is None:
        return ()
    parts: list[Part] = []
    one, other = a.weapon.category, b.weapon.category
    if one is not None and other is not None:
        parts.append(Part("weapon", WEAPON_SAME if one == other else WEAPON_OTHER, f"{one} and {other}"))
    if a.weapon.calibre_mm is not None and b.weapon.calibre_mm is not None:
        meets = _meets(a.weapon.calibre_mm, b.weapon.calibre_mm)
        says = f"{a.weapon.calibre_mm} mm and {b.weapon.calibre_mm} mm"
        parts.append(Part("calibre", CALIBRE_MEETS if meets else CALIBRE_APART, says))
    return tuple(parts)


def _meets(one: Span, other: Span) -> bool:
    below = one.high is not None and one.high < other.low
    above = other.high is not None and other.high < one.low
    return not below and not above


def _phase(a: Observation, b: Observation, _: Mapping[str, Source]) -> _Found:
    if a.phase is None or b.phase is None or "undetermined" in {a.phase, b.phase}:
        return ()
    milli = PHASE_SAME if a.phase == b.phase else PHASE_OTHER
    return (Part("phase", milli, f"{a.phase} and {b.phase}"),)


def _relays(a: Observation, b: Observation, _: Mapping[str, Source]) -> _Found:
    exact = a.relays == f"{b.source}/{b.uid}" or b.relays == f"{a.source}/{a.uid}"
    if exact:
        return (Part("relays", 2 * RELAYED, "one is copied from the other"),)
    if b.source == a.relays or a.source == b.relays:
        return (Part("relays", RELAYED, "one is copied from the other's source"),)
    if a.relays is not None and a.relays == b.relays:
        return (Part("relays", RELAYED, "both are copied from one source"),)
    return ()


def _worth(table: tuple[tuple[int, int], ...], width: int, unit: int) -> int:
    return next((milli for limit, milli in table if width <= limit * unit), 0)
