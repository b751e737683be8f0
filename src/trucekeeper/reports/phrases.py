"""Times, numbers and lists as sentences print them; English, and the same on every machine."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from trucekeeper.kernel.clock import Instant, Interval, to_datetime
from trucekeeper.kernel.span import Span
from trucekeeper.reports.model import Form

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
MINUTE_MS = 60_000
DASH = "\N{EN DASH}"
SPACE = "\N{NO-BREAK SPACE}"


def day_words(moment: datetime) -> str:
    """``14 March 2026``, whatever the locale."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def moment_words(at: Instant, zone: ZoneInfo) -> str:
    """``14 March 2026, 19:30`` by the zone's clock."""
    local = to_datetime(at).astimezone(zone)
    return f"{day_words(local)}, {local.hour:02d}:{local.minute:02d}"


def clock_words(when: Interval, zone: ZoneInfo) -> str:
    """``14 March, 09:05`` or ``14 March, 09:05 to 09:40``."""
    start = to_datetime(when.start).astimezone(zone)
    words = f"{start.day} {MONTHS[start.month - 1]}, {start.hour:02d}:{start.minute:02d}"
    if when.end is None or when.end - when.start < MINUTE_MS:
        return words
    end = to_datetime(when.end).astimezone(zone)
    later = "" if end.date() == start.date() else f"{end.day} {MONTHS[end.month - 1]}, "
    return f"{words} to {later}{end.hour:02d}:{end.minute:02d}"


def offset_words(zone: ZoneInfo, at: Instant) -> str:
    """``UTC+2``, ``UTC-03:30`` or ``UTC``: a zone's own names turn their sign round or change with its data."""
    shift = to_datetime(at).astimezone(zone).utcoffset()
    minutes = 0 if shift is None else int(shift.total_seconds()) // 60
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02d}" if rest else "")


def number_words(value: Span, form: Form) -> str:
    """A figure as printed: ``14``, ``5-7`` (with an en dash), ``1,200+``, ``6 h 30``, ``2.4``, ``35 %``."""
    if form is Form.MINUTES:
        return _either(
            value,
            lambda minutes: f"{minutes // 60:,} h {minutes % 60:02d}" if minutes >= 60 else f"{minutes} min",
        )
    if form is Form.MILLI:
        return _either(value, lambda milli: _tenths(milli, 1_000))
    if form is Form.PPM:
        return _either(value, lambda ppm: _tenths(ppm, 1_000_000))
    if form in (Form.CHANCE, Form.SHARE):
        least = "<1" if form is Form.CHANCE else "0"
        return _either(value, lambda ppm: f"{ppm // 10_000 or least}{SPACE}%")
    return _either(value, lambda whole: f"{whole:,}")


def listed(parts: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""


def _tenths(value: int, unit: int) -> str:
    tenths = (value * 10 + unit // 2) // unit
    if not tenths and value:
        return "<0.1"
    return f"{tenths // 10:,}.{tenths % 10}"


def _either(value: Span, say: Callable[[int], str]) -> str:
    low = say(value.low)
    if value.high is None:
        return f"{low}+"
    return low if value.high == value.low else f"{low}{DASH}{say(value.high)}"
