"""Three clocks: when it happened, which text was in force then, and what was known when it was judged.

This file answers the second and counts days. What was known is the record's to say: whoever asks reads
observations and findings only up to an entry index ("as known on"). Every question names all three.

Local time follows the agreement's named time zone. A local time that does not exist (skipped in spring) is the
moment at which the clocks were put forward; one that exists twice (repeated in autumn) is the first of the two.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from trucekeeper.agreement.model import Agreement, Modality, Term, Within
from trucekeeper.kernel.clock import Instant, Interval, from_datetime, to_datetime
from trucekeeper.kernel.errors import BadInput


def in_force(agreement: Agreement, at: Instant) -> bool:
    """Whether the agreement's text stands at ``at``: from its first moment on."""
    return agreement.in_force <= at


def text_in_force(agreements: Iterable[Agreement], at: Instant) -> Agreement | None:
    """The text that stood at ``at``: of several versions the one that came into force last, else None.

    Two versions that come into force at one moment leave no answer, so they are refused.
    """
    standing = [agreement for agreement in agreements if in_force(agreement, at)]
    latest = max((agreement.in_force for agreement in standing), default=None)
    found = [agreement for agreement in standing if agreement.in_force == latest]
    if len({agreement.digest for agreement in found}) > 1:
        msg = "two texts come into force at the same moment; give the later version its own time"
        raise BadInput(msg)
    return found[0] if found else None


def local_day(at: Instant, timezone: ZoneInfo) -> date:
    """The calendar day on which ``at`` falls in ``timezone``."""
    return to_datetime(at).astimezone(timezone).date()


def local_instant(day: date, minutes: int, timezone: ZoneInfo) -> Instant:
    """The moment of ``minutes`` after midnight by the wall clock of ``day``; see the module on skipped times."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - a wall clock
    first = wall.replace(tzinfo=timezone, fold=0)
    if first.astimezone(UTC).astimezone(timezone).replace(tzinfo=None) == wall:
        return from_datetime(first)
    return _end_of_gap(first, timezone)


def _end_of_gap(skipped: datetime, timezone: ZoneInfo) -> Instant:
    """The moment of the change, found between the two readings of a local time that does not exist."""
    before = from_datetime(skipped.replace(fold=1))
    after = from_datetime(skipped.replace(fold=0))
    new = to_datetime(after).astimezone(timezone).utcoffset()
    while after - before > 1:
        middle = Instant((before + after) // 2)
        if to_datetime(middle).astimezone(timezone).utcoffset() == new:
            after = middle
        else:
            before = middle
    return after


def deadline(within: Within, start: Instant, timezone: ZoneInfo) -> Instant:
    """The moment at which the time is up: the end of the last day counted, so the first moment too late.

    ``days`` are calendar days of ``timezone``, however long they are. Counted ``after``, the first is the day
    after that of ``start``; counted ``of``, the day of ``start`` is itself the first. "The second day after
    15 February" thus ends as 18 February begins, "the second day of" as 17 February begins.
    """
    last = counted_day(within, local_day(start, timezone))
    return local_instant(last + timedelta(days=1), 0, timezone)


def last_day(agreement: Agreement, term: Term) -> date | None:
    """The last calendar day on which a term's deadline is kept; None where it has none.

    Days are counted from the agreement's first day, or from the last day of another term: of the same reading
    where that reads it otherwise, else of the main text. A term without a deadline counts as the first day.
    """
    if term.within is None:
        return None
    first = local_day(agreement.in_force, agreement.timezone)
    every = (*agreement.terms, *(each.term for each in agreement.not_evaluated))
    named = [other for other in every if other.id == term.within.of]
    for reading in dict.fromkeys((term.reading, "")):
        for other in named:
            if other.reading == reading:
                return counted_day(term.within, last_day(agreement, other) or first)
    return counted_day(term.within, first)


def deadline_of(agreement: Agreement, term: Term) -> Instant | None:
    """The first moment after :func:`last_day`, at which the time is up; None where the term has no deadline."""
    last = last_day(agreement, term)
    return None if last is None else local_instant(last + timedelta(days=1), 0, agreement.timezone)


def binds(agreement: Agreement, term: Term) -> Interval:
    """When the term binds: a SHANT with a deadline from the deadline on, a MUST until it, all else from the start.

    The zones' own validity narrows this further; that is asked zone by zone.
    """
    due = deadline_of(agreement, term)
    if due is None:
        return Interval(agreement.in_force, None)
    if term.modality is Modality.SHANT:
        return Interval(due, None)
    return Interval(agreement.in_force, max(due, agreement.in_force))


def counted_day(within: Within, first: date) -> date:
    """The day that is ``within.days`` counted from ``first``: the one place where days are counted."""
    if within.counting not in ("after", "of") or within.days < 1:
        msg = "a deadline counts at least one day, 'after' the starting day or 'of' it; correct days or counting"
        raise BadInput(msg)
    return first + timedelta(days=within.days - (1 if within.counting == "of" else 0))


def day_interval(day: date, timezone: ZoneInfo, cut_off_min: int) -> Interval:
    """The day of a report: from the cut-off of the previous day up to, but not including, that of ``day``."""
    return Interval(
        local_instant(day - timedelta(days=1), cut_off_min, timezone),
        local_instant(day, cut_off_min, timezone),
    )


def report_day(at: Instant, timezone: ZoneInfo, cut_off_min: int) -> date:
    """The report day that holds ``at``: after the cut-off it is already tomorrow's."""
    day = local_day(at, timezone)
    return day if at < local_instant(day, cut_off_min, timezone) else day + timedelta(days=1)
