"""What every observation must hold before it is signed: values from the tables, limits, and what each kind needs."""

import re

from trucekeeper.kernel.clock import Instant, Interval, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import (
    ACTS,
    MEANS,
    PHASES,
    STATUSES,
    WEAPONS,
    Access,
    Coverage,
    Harm,
    Holding,
    Kind,
    Observation,
    Weapon,
)
from trucekeeper.parties.wire import IDENTIFIER, unfit
from trucekeeper.places.position import BEARINGS, Disc, Region

EARLIEST: Instant = parse_utc("1900-01-01T00:00:00.000Z")
LATEST: Instant = parse_utc("2200-01-01T00:00:00.000Z")
FARTHEST_M = 20_050_000
"""A little more than half the equator's way around: no place is farther from another."""
MOST = 1_000_000_000
"""No count, number of persons, minutes or weapons is larger; it keeps sums within 64 bits."""
NOTE_CHARACTERS = 2000

_ACTS, _WEAPONS, _MEANS = frozenset(ACTS), frozenset(WEAPONS), frozenset(MEANS)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def check(seen: Observation) -> None:
    """Raise one :class:`BadInput` sentence that names the first field at fault, never its value."""
    _words("uid", seen.uid, 200)
    _identifier("source", seen.source)
    _when(seen.when)
    if seen.where is not None:
        _where(seen.where)
    _table_words(seen)
    if seen.weapon is not None:
        _weapon(seen.weapon)
    if seen.count is not None:
        _span("count", seen.count, 0, MOST)
    if seen.heading is not None:
        _whole("heading", seen.heading, 0, len(BEARINGS) - 1)
    if seen.harm is not None:
        _harm(seen.harm)
    if not 1 <= seen.credibility <= 6:
        _whole("credibility", seen.credibility, 1, 6)
    if seen.note is not None:
        _words("note", seen.note, NOTE_CHARACTERS)
    _references(seen)
    _needs(seen)


def _table_words(seen: Observation) -> None:
    if seen.act is not None and seen.act not in _ACTS:
        _not_of("act", ACTS)
    if seen.means is not None and seen.means not in _MEANS:
        _not_of("means", MEANS)
    if seen.phase is not None and seen.phase not in PHASES:
        _not_of("phase", PHASES)


def _needs(seen: Observation) -> None:
    if seen.coverage is not None:
        _coverage(seen.coverage)
    if seen.access is not None:
        _access(seen.access)
    if seen.holding is not None:
        _holding(seen.holding)
    if seen.kind is Kind.COVERAGE and seen.coverage is None:
        _refuse("coverage", "is missing; say which acts were looked for, and the chance of noticing one")
    if seen.kind is Kind.ACCESS_REFUSED and seen.access is None:
        _refuse("access", "is missing; say who refused or delayed the monitors, as far as it is known")
    if seen.kind is Kind.HOLDING and seen.holding is None:
        _refuse("holding", "is missing; give the status of the weapons seen")
    if seen.kind is Kind.HOLDING and seen.weapon is None:
        _refuse("weapon", "is missing; say which weapon is held, or that it is undetermined")
    if seen.kind is Kind.DENIAL and seen.of is None:
        _refuse("of", "is missing; name the observation that is denied, as source/uid")


def _when(when: Interval) -> None:
    # Interval itself refuses an end before the start.
    last = when.start if when.end is None else when.end
    if when.start < EARLIEST or last > LATEST:
        _refuse("when", "is not between the years 1900 and 2200; correct the year")


def _where(where: Region) -> None:
    if isinstance(where, Disc):
        if where.radius_m > FARTHEST_M:
            _whole("where.radius_m", where.radius_m, 0, FARTHEST_M)
        return
    _whole("where.radius_m", where.observer_radius_m, 0, FARTHEST_M)
    _whole("where.far_m", where.far_m, 0, FARTHEST_M)


def _weapon(weapon: Weapon) -> None:
    if weapon.category is not None and weapon.category not in _WEAPONS:
        _not_of("weapon.category", WEAPONS)
    if weapon.calibre_mm is not None:
        _span("weapon.calibre_mm", weapon.calibre_mm, 1, 2000)
    if weapon.system is not None:
        _words("weapon.system", weapon.system, 100)


def _harm(harm: Harm) -> None:
    if harm.killed is None and harm.injured is None:
        _refuse("harm", "says neither killed nor injured; give one of them, or leave it out")
    for field, span in (("harm.killed", harm.killed), ("harm.injured", harm.injured)):
        if span is not None:
            _span(field, span, 0, MOST)


def _coverage(coverage: Coverage) -> None:
    if not coverage.acts or len(set(coverage.acts)) != len(coverage.acts):
        _refuse("coverage.acts", "is empty or names an act twice; name each act that was looked for once")
    if not _ACTS.issuperset(coverage.acts):
        _not_of("coverage.acts", ACTS)
    _whole("coverage.chance_ppm", coverage.chance_ppm, 0, 1_000_000)


def _access(access: Access) -> None:
    if access.by is not None:
        _identifier("access.by", access.by)
    if access.delay_min is not None:
        _whole("access.delay_min", access.delay_min, 0, MOST)
    if access.patrol_size is not None:
        _whole("access.patrol_size", access.patrol_size, 0, MOST)
    if access.stated_reason is not None:
        _words("access.stated_reason", access.stated_reason, NOTE_CHARACTERS)


def _holding(holding: Holding) -> None:
    if holding.status not in STATUSES:
        _not_of("holding.status", STATUSES)
    if holding.posture is not None:
        _words("holding.posture", holding.posture, 100)


def _references(seen: Observation) -> None:
    if seen.by is not None:
        _identifier("by", seen.by)
    if seen.of is not None:
        _statement("of", seen.of)
    if seen.relays is not None:
        _statement("relays", seen.relays)
    if seen.grounds:
        _each_once("grounds", seen.grounds)
        for ground in seen.grounds:
            _identifier("grounds", ground)
    if seen.media:
        _each_once("media", seen.media)
        if not all(map(_SHA256.fullmatch, seen.media)):
            _refuse("media", "holds what is no SHA-256 digest; write 64 digits of 0-9 and a-f")


def _statement(field: str, text: str) -> None:
    source, slash, uid = text.partition("/")
    if field == "of" and not slash:
        _refuse(field, "does not name an observation; write source/uid")
    _identifier(field, source)
    if slash:
        _words(field, uid, 200)


def _each_once(field: str, members: tuple[str, ...]) -> None:
    if len(members) > 100 or len(set(members)) != len(members):
        _refuse(field, "has over 100 members or one of them twice; give each once")


def _identifier(field: str, text: str) -> None:
    if not IDENTIFIER.fullmatch(text):
        _refuse(field, "is not an identifier; write up to 100 letters, digits and . _ : -")


def _words(field: str, text: str, most: int) -> None:
    wrong = unfit(text, most)
    if wrong is not None:
        _refuse(field, wrong)


def _span(field: str, span: Span, least: int, most: int) -> None:
    # Span itself refuses a high below its low.
    _whole(field, span.low, least, most)
    if span.high is not None:
        _whole(field, span.high, least, most)


def _whole(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        _refuse(field, f"is out of its range; write a whole number from {least} to {most}")


def _not_of(field: str, known: tuple[str, ...]) -> None:
    _refuse(field, f"is not a word of this form; write one of {', '.join(known)}")


def _refuse(field: str, wrong: str) -> None:
    msg = f"observation: {field} {wrong}"
    raise BadInput(msg)
