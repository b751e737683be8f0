"""Days counted in a named time zone, on the days on which clocks change too."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from trucekeeper.agreement.calendar import (
    counted_day,
    day_interval,
    deadline,
    local_day,
    local_instant,
    report_day,
)
from trucekeeper.agreement.model import Within
from trucekeeper.kernel.clock import Instant, format_utc, parse_rfc3339
from trucekeeper.kernel.errors import BadInput

KYIV = ZoneInfo("Europe/Kyiv")
CEASEFIRE = parse_rfc3339("2015-02-15T00:00:00+02:00")
HALF_PAST_SEVEN = 19 * 60 + 30


def utc(text: str) -> Instant:
    return parse_rfc3339(text)


def test_the_second_day_after_the_ceasefire_of_15_february_is_the_17th() -> None:
    assert counted_day(Within(2, "in-force", "after"), local_day(CEASEFIRE, KYIV)) == date(2015, 2, 17)


def test_the_second_day_of_the_ceasefire_of_15_february_is_the_16th() -> None:
    assert counted_day(Within(2, "in-force", "of"), local_day(CEASEFIRE, KYIV)) == date(2015, 2, 16)


@pytest.mark.parametrize(
    ("days", "counting", "due"),
    [
        (2, "after", "2015-02-18T00:00:00+02:00"),
        (2, "of", "2015-02-17T00:00:00+02:00"),
        (14, "after", "2015-03-02T00:00:00+02:00"),
        (1, "of", "2015-02-16T00:00:00+02:00"),
    ],
)
def test_a_deadline_is_the_first_moment_after_the_last_day(days: int, counting: str, due: str) -> None:
    assert deadline(Within(days, "in-force", counting), CEASEFIRE, KYIV) == utc(due)


@pytest.mark.parametrize("start", ["2015-03-27T00:00:00+02:00", "2015-03-27T23:59:59+02:00"])
def test_the_hour_at_which_the_first_day_begins_moves_no_deadline(start: str) -> None:
    due = deadline(Within(2, "in-force", "after"), utc(start), KYIV)
    assert format_utc(due) == "2015-03-29T21:00:00.000Z"  # summer time since that morning: UTC+3


def test_a_deadline_over_the_change_of_clocks_counts_days_and_not_hours() -> None:
    spring = deadline(Within(1, "in-force", "of"), utc("2015-03-29T00:00:00+02:00"), KYIV)
    assert spring - utc("2015-03-29T00:00:00+02:00") == 23 * 3_600_000
    autumn = deadline(Within(1, "in-force", "of"), utc("2015-10-25T00:00:00+03:00"), KYIV)
    assert autumn - utc("2015-10-25T00:00:00+03:00") == 25 * 3_600_000


@pytest.mark.parametrize("minutes", [180, 210, 239])
def test_a_skipped_local_time_is_the_moment_of_the_change(minutes: int) -> None:
    assert local_instant(date(2015, 3, 29), minutes, KYIV) == utc("2015-03-29T01:00:00Z")


def test_a_repeated_local_time_is_the_first_of_the_two() -> None:
    assert local_instant(date(2015, 10, 25), 210, KYIV) == utc("2015-10-25T00:30:00Z")
    assert local_instant(date(2015, 10, 25), 240, KYIV) == utc("2015-10-25T02:00:00Z")


def test_a_day_that_a_country_left_out_ends_at_once() -> None:
    apia = ZoneInfo("Pacific/Apia")
    left_out = local_instant(date(2011, 12, 30), 600, apia)
    assert left_out == local_instant(date(2011, 12, 31), 0, apia) == utc("2011-12-30T10:00:00Z")


def test_a_report_day_runs_from_cut_off_to_cut_off() -> None:
    day = day_interval(date(2015, 3, 29), KYIV, HALF_PAST_SEVEN)
    assert day.start == utc("2015-03-28T19:30:00+02:00")
    assert day.end == utc("2015-03-29T19:30:00+03:00")


def test_what_happens_at_the_cut_off_belongs_to_the_next_day() -> None:
    cut_off = utc("2015-06-01T19:30:00+03:00")
    assert report_day(Instant(cut_off - 1), KYIV, HALF_PAST_SEVEN) == date(2015, 6, 1)
    assert report_day(cut_off, KYIV, HALF_PAST_SEVEN) == date(2015, 6, 2)


@pytest.mark.parametrize("within", [Within(0, "in-force", "after"), Within(2, "in-force", "since")])
def test_days_that_cannot_be_counted_are_refused(within: Within) -> None:
    with pytest.raises(BadInput, match="counts at least one day"):
        counted_day(within, date(2015, 2, 15))
