"""Calendars of many time zones: days tile time, deadlines grow with days, counting differs by one."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.agreement.calendar import day_interval, deadline, local_day, local_instant, report_day
from trucekeeper.agreement.model import Within
from trucekeeper.kernel.clock import Instant, from_datetime, to_datetime

ZONES = st.sampled_from(
    (
        "UTC", "Etc/GMT-2", "Europe/Kyiv", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu",
        "Pacific/Apia", "America/St_Johns", "Africa/Juba", "Asia/Gaza",
    )
).map(ZoneInfo)  # fmt: skip
DAYS = st.dates(date(1995, 1, 2), date(2035, 12, 30))
MINUTES = st.integers(0, 1439)
FIRST, LAST = datetime(1995, 1, 2), datetime(2035, 12, 30)  # noqa: DTZ001 - the strategy sets the zone
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC)).map(from_datetime)


@given(ZONES, DAYS, MINUTES)
def test_report_days_tile_time_without_gap_or_overlap(timezone: ZoneInfo, day: date, cut_off: int) -> None:
    days = [day_interval(day + timedelta(days=step), timezone, cut_off) for step in range(4)]
    assert all(one.end == two.start for one, two in pairwise(days))


@given(ZONES, MOMENTS, MINUTES)
def test_every_moment_lies_in_its_report_day(timezone: ZoneInfo, at: Instant, cut_off: int) -> None:
    assert day_interval(report_day(at, timezone, cut_off), timezone, cut_off).holds(at)


@given(ZONES, DAYS, MINUTES)
def test_a_wall_clock_time_is_kept_unless_it_was_skipped(timezone: ZoneInfo, day: date, minutes: int) -> None:
    found = to_datetime(local_instant(day, minutes, timezone)).astimezone(timezone)
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - a wall clock
    moved = found.replace(tzinfo=None) - wall
    assert timedelta(0) <= moved <= timedelta(days=1)
    before = to_datetime(Instant(local_instant(day, minutes, timezone) - 1)).astimezone(timezone)
    assert moved == timedelta(0) or before.utcoffset() != found.utcoffset()


@given(ZONES, DAYS, st.tuples(MINUTES, MINUTES))
def test_later_by_the_wall_clock_is_never_earlier(
    timezone: ZoneInfo, day: date, two: tuple[int, int]
) -> None:
    early, late = sorted(two)
    assert local_instant(day, early, timezone) <= local_instant(day, late, timezone)


@given(ZONES, MOMENTS, st.integers(1, 400))
def test_counting_of_a_day_is_one_day_less_than_counting_after_it(
    timezone: ZoneInfo, start: Instant, days: int
) -> None:
    after = deadline(Within(days, "in-force", "after"), start, timezone)
    assert after == deadline(Within(days + 1, "in-force", "of"), start, timezone)
    assert after > start


@given(ZONES, MOMENTS, st.integers(1, 60))
def test_a_deadline_is_the_end_of_a_local_day(timezone: ZoneInfo, start: Instant, days: int) -> None:
    due = deadline(Within(days, "in-force", "after"), start, timezone)
    last = local_day(start, timezone) + timedelta(days=days)
    assert local_day(due, timezone) > last
    assert local_day(Instant(due - 1), timezone) <= last
