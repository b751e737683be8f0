"""Time as whole milliseconds UTC since 1970, and half-open intervals of it."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NewType, Protocol

from trucekeeper.kernel.errors import BadInput

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00:00Z; may be negative."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)  # a missing zone is let through, to be refused by name


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` up to, but not including, ``end``; an ``end`` of None never comes."""

    start: Instant
    end: Instant | None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            msg = "an interval ends before it starts; swap the two times or correct one"
            raise BadInput(msg)

    def holds(self, at: Instant) -> bool:
        """Whether ``at`` lies inside."""
        return self.start <= at and (self.end is None or at < self.end)

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share a moment; a moment (start equal to end) counts as its start."""
        return _begins_before_end(self, other) and _begins_before_end(other, self)


def _begins_before_end(one: Interval, other: Interval) -> bool:
    if other.end is None:
        return True
    return one.start < other.end or one.start == other.start


class Clock(Protocol):
    """Tells the time; injected everywhere, so that every run can be repeated."""

    def now(self) -> Instant:
        """The present moment."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock."""

    def now(self) -> Instant:
        """The present moment, to the millisecond."""
        return Instant(time.time_ns() // 1_000_000)


@dataclass(slots=True)
class SetClock:
    """A clock that stands where it was set: for drills, replay and tests."""

    at: Instant

    def now(self) -> Instant:
        """The moment it was set to."""
        return self.at


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime; a naive one is refused, because its zone would be a guess."""
    if moment.tzinfo is None:
        msg = "a time has no time zone; add Z or an offset such as +02:00"
        raise BadInput(msg)
    return Instant((moment - _EPOCH) // timedelta(milliseconds=1))


def to_datetime(at: Instant) -> datetime:
    """The same moment as an aware UTC datetime; BadInput outside the years 1 to 9999."""
    try:
        return _EPOCH + timedelta(milliseconds=at)
    except OverflowError as error:
        msg = f"the moment {at} ms lies outside the years 1 to 9999; check its unit"
        raise BadInput(msg) from error


def format_utc(at: Instant) -> str:
    """``2026-03-01T00:00:00.000Z``: the only form in what is signed."""
    return to_datetime(at).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def parse_utc(text: str) -> Instant:
    """Read exactly the form that :func:`format_utc` writes (years 0001 to 9999)."""
    if not _FORM.fullmatch(text):
        msg = "a signed time is not of the form 2026-03-01T00:00:00.000Z; write UTC with milliseconds"
        raise BadInput(msg)
    return _calendar(text)


def parse_rfc3339(text: str) -> Instant:
    """Read a date and time with a zone (RFC 3339); refuse naive times, year 0 and days that do not exist.

    What lies below the millisecond is cut off.
    """
    trimmed = text.strip()
    if not _RFC3339.fullmatch(trimmed):
        msg = (
            f"the time {trimmed[:40]!a} is not a date, a time and a zone; write it like 2026-03-01T14:30:00Z"
        )
        raise BadInput(msg)
    return _calendar(trimmed.upper())


def _calendar(text: str) -> Instant:
    try:
        at = from_datetime(datetime.fromisoformat(text))
    except ValueError as error:
        msg = f"a time does not exist ({error}); write it like 2026-03-01T14:30:00Z"
        raise BadInput(msg) from error
    to_datetime(at)
    return at
