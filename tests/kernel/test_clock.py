from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel.clock import (
    Instant,
    Interval,
    SetClock,
    SystemClock,
    format_utc,
    from_datetime,
    parse_rfc3339,
    parse_utc,
    to_datetime,
)
from trucekeeper.kernel.errors import BadInput

FIRST, LAST = -62_135_596_800_000, 253_402_300_799_999
INSTANTS = st.integers(FIRST, LAST).map(Instant)


@given(INSTANTS)
def test_a_time_reads_back_from_its_only_form(at: Instant) -> None:
    text = format_utc(at)
    assert len(text) == 24
    assert parse_utc(text) == parse_rfc3339(text) == at
    assert from_datetime(to_datetime(at)) == at


@given(INSTANTS, INSTANTS)
def test_texts_order_as_their_times_do(one: Instant, other: Instant) -> None:
    assert (one < other) == (format_utc(one) < format_utc(other))


def test_early_years_keep_four_digits() -> None:
    assert format_utc(Instant(FIRST)) == "0001-01-01T00:00:00.000Z"
    assert format_utc(Instant(-1)) == "1969-12-31T23:59:59.999Z"
    assert format_utc(Instant(LAST)) == "9999-12-31T23:59:59.999Z"


@pytest.mark.parametrize("at", [FIRST - 1, LAST + 1, 10**18, -(10**18)])
def test_a_moment_outside_the_calendar_is_refused(at: int) -> None:
    with pytest.raises(BadInput, match="years 1 to 9999"):
        format_utc(Instant(at))


@pytest.mark.parametrize(
    "text",
    ["2026-03-01T00:00:00Z", "2026-03-01T00:00:00.000+00:00", "2026-03-01 00:00:00.000Z", "2026-02-29T00:00:00.000Z",
     "0000-01-01T00:00:00.000Z", "2026-03-01T24:00:00.000Z", "2026-03-01T00:00:60.000Z", "2026-03-01T00:00:00.000z",
     "\u0662026-03-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z\n", ""],
)  # fmt: skip
def test_a_signed_time_has_one_form(text: str) -> None:
    with pytest.raises(BadInput):
        parse_utc(text)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-03-01T02:30:00+02:30", "2026-03-01T00:00:00.000Z"),
        ("2026-03-01 00:00:00z", "2026-03-01T00:00:00.000Z"),
        (" 2026-03-01T00:00:00.1239Z ", "2026-03-01T00:00:00.123Z"),
        ("2024-02-29T23:59:59.9-01:00", "2024-03-01T00:59:59.900Z"),
    ],
)
def test_other_forms_of_rfc_3339_are_read_from_outside(text: str, same: str) -> None:
    assert format_utc(parse_rfc3339(text)) == same


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-03-01T00:00:00", "no time zone"),
        ("2025-02-29T00:00:00Z", "does not exist"),
        ("0000-01-01T00:00:00Z", "does not exist"),
        ("0001-01-01T00:00:00+05:00", "years 1 to 9999"),
        ("2026-03-01", "is not a date, a time and a zone"),
        ("2026-W09-1T00:00:00Z", "is not a date, a time and a zone"),
        ("20260301T000000Z", "is not a date, a time and a zone"),
        ("2026-03-01T00:00:00,5Z", "is not a date, a time and a zone"),
        ("", "is not a date, a time and a zone"),
    ],
)
def test_a_time_that_would_be_a_guess_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        parse_rfc3339(text)


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(BadInput, match="no time zone"):
        from_datetime(datetime(2026, 3, 1))  # noqa: DTZ001 - the naive time is the point


def interval(start: int, end: int | None) -> Interval:
    return Interval(Instant(start), None if end is None else Instant(end))


BOUNDS = st.tuples(st.integers(-20, 20), st.none() | st.integers(0, 20))
INTERVALS = BOUNDS.map(lambda pair: interval(pair[0], None if pair[1] is None else pair[0] + pair[1]))


@given(INTERVALS, INTERVALS)
def test_overlap_is_symmetric_and_means_a_shared_moment(one: Interval, other: Interval) -> None:
    assert one.overlaps(other) == other.overlaps(one)

    def moments(of: Interval) -> set[int]:
        end = 60 if of.end is None else of.end
        return set(range(of.start, max(end, of.start + 1)))

    assert one.overlaps(other) == bool(moments(one) & moments(other))


@given(INTERVALS, st.integers(-30, 60).map(Instant))
def test_an_interval_holds_its_start_and_not_its_end(one: Interval, at: Instant) -> None:
    assert one.holds(at) == (at >= one.start and (one.end is None or at < one.end))


def test_an_interval_that_runs_backwards_is_refused() -> None:
    with pytest.raises(BadInput):
        interval(2, 1)


def test_the_clocks_tell_the_time() -> None:
    clock = SetClock(Instant(5))
    assert clock.now() == 5
    clock.at = Instant(6)
    assert clock.now() == 6
    assert SystemClock().now() > parse_utc("2020-01-01T00:00:00.000Z")
