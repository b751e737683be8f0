"""The template reads what people write, and says row by row what it cannot read."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime

import openpyxl
import pytest

from trucekeeper.feeds.known import feed_of
from trucekeeper.feeds.rows import Accepted, Area, Refused, Row
from trucekeeper.feeds.tables import read
from trucekeeper.feeds.template import Template
from trucekeeper.feeds.template_columns import COLUMNS, FEED
from trucekeeper.feeds.template_files import explanations_csv, template_csv, template_xlsx
from trucekeeper.kernel.clock import Interval, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Access, Coverage, Harm, Holding, Kind, Observation, Weapon
from trucekeeper.places.position import Disc, Position, Sector

LEAST = {"kind": "report", "source": "patrol-3", "start": "2026-03-05 14:30 +02:00"}
PARTIES = ("party-a", "party-b")


def as_csv(*rows: Mapping[str, str]) -> io.BytesIO:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def as_xlsx(*rows: Mapping[str, object]) -> io.BytesIO:
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx()))
    sheet = book["observations"]
    names = [column.name for column in COLUMNS]
    for row in rows:
        sheet.append([row.get(name) for name in names])
    out = io.BytesIO()
    book.save(out)
    return out


def rows_of(data: io.BytesIO, area: Area | None = None) -> list[Row]:
    return list(read(data, Template(parties=PARTIES), area))


def one(**cells: str) -> Observation:
    (row,) = rows_of(as_csv(LEAST | cells))
    assert isinstance(row, Accepted), row
    return row.observation


def refusal(**cells: str) -> Refused:
    (row,) = rows_of(as_csv(LEAST | cells))
    assert isinstance(row, Refused), row
    return row


def between(start: str, end: str) -> Interval:
    return Interval(parse_utc(start), parse_utc(end))


def test_a_row_with_every_report_column_reads_as_it_means() -> None:
    assert one(
        id="P3-0017", end="2026-03-05 14:45 +02:00", lat="-20.5042", lon="-19.0125", radius_m="50",
        distance_km="5-7", bearing="SE", act="explosion", means="heard", phase="impact", weapon="artillery",
        calibre_mm="100-152", system="D-30", count="over 100", by="party-a", heading="NW", killed="0",
        injured="2-3", relays="radio-x", grounds="demining; drill", credibility="3", note="heard at dusk",
        media="0" * 64,
    ) == Observation(
        uid="P3-0017",
        kind=Kind.REPORT,
        source="patrol-3",
        when=between("2026-03-05T12:30:00.000Z", "2026-03-05T12:46:00.000Z"),
        where=Sector(Position(-20_504_200, -19_012_500), 50, 5000, 7000, 6),
        act="explosion",
        means="heard",
        phase="impact",
        weapon=Weapon("artillery", Span(100, 152), "D-30"),
        count=Span(101, None),
        by="party-a",
        heading=14,
        harm=Harm(Span(0, 0), Span(2, 3)),
        relays="radio-x",
        grounds=("demining", "drill"),
        credibility=3,
        note="heard at dusk",
        media=("0" * 64,),
    )  # fmt: skip


def test_coverage_ends_when_looking_ended() -> None:
    seen = one(
        kind="coverage", end="2026-03-05 18:30 +02:00", looked_for="explosion; burst", chance_percent="80.5"
    )
    assert seen.when == between("2026-03-05T12:30:00.000Z", "2026-03-05T16:30:00.000Z")
    assert seen.coverage == Coverage(("explosion", "burst"), 805_000)


def test_refused_access_and_holdings_read_their_own_columns() -> None:
    seen = one(
        kind="access-refused", access="Delayed", access_by="party-b", delay_min="35", patrol_size="4",
        stated_reason="road closed", prior_notice="yes",
    )  # fmt: skip
    assert seen.access == Access("party-b", False, 35, 4, "road closed", True)
    held = one(
        kind="holding", status="in-violation", posture="stationary", in_storage="no", weapon="undetermined"
    )
    assert held.holding == Holding("in-violation", "stationary", False)
    assert held.weapon == Weapon()


@pytest.mark.parametrize(
    ("start", "first", "end"),
    [
        ("2026-03-05 14:30 +02:00", "2026-03-05T12:30:00.000Z", "2026-03-05T12:31:00.000Z"),
        ("2026-03-05T14:30:15+02:00", "2026-03-05T12:30:15.000Z", "2026-03-05T12:30:16.000Z"),
        ("2026-03-05T12:30:15.25Z", "2026-03-05T12:30:15.250Z", "2026-03-05T12:30:15.251Z"),
        ("2026-03-05 14:30 \u221203:30", "2026-03-05T18:00:00.000Z", "2026-03-05T18:01:00.000Z"),
        ("2024-02-29 +02:00", "2024-02-28T22:00:00.000Z", "2024-02-29T22:00:00.000Z"),
    ],
)
def test_a_time_lasts_as_long_as_it_is_precise(start: str, first: str, end: str) -> None:
    assert one(start=start).when == between(first, end)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("12", Span(12, 12)), ("5-7", Span(5, 7)), ("5 \u2013 7", Span(5, 7)), ("over 100", Span(101, None)),
        ("At least 5", Span(5, None)), ("5+", Span(5, None)), ("up to 20", Span(0, 20)),
        ("uncountable", Span(1, None)), (">10", Span(11, None)),
    ],
)  # fmt: skip
def test_counts_are_read_as_people_write_them(text: str, span: Span) -> None:
    assert one(count=text).count == span


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("47.620833", "35.7175"),
        ("47\u00b037'15\"N", "35\u00b043'3\"E"),
        ("47\u00b037.25'N", "35\u00b043.05'E"),
        ("47\u00b0 37\u2032 15\u2033 N", "35\u00b0 43\u2032 03\u2033 E"),
        ("+47.6208330", "35.71750000"),
    ],
)
def test_degrees_may_be_decimal_or_with_minutes_and_seconds(lat: str, lon: str) -> None:
    assert one(lat=lat, lon=lon, radius_m="0").where == Disc(Position(47_620_833, 35_717_500), 0)


@pytest.mark.parametrize("text", ["SE", "se", "south-east", "South East"])
def test_a_bearing_may_be_spelt_out(text: str) -> None:
    assert one(heading=text).heading == 6


@pytest.mark.parametrize(
    ("text", "near_m", "far_m"),
    [("6", 5500, 6500), ("0.4 km", 350, 450), ("5-7 km", 5000, 7000), ("0", 0, 500)],
)
def test_a_single_distance_is_as_wide_as_its_last_digit(text: str, near_m: int, far_m: int) -> None:
    where = one(lat="1", lon="1", radius_m="0", distance_km=text, bearing="N").where
    assert where == Sector(Position(1_000_000, 1_000_000), 0, near_m, far_m, 0)


@pytest.mark.parametrize(
    ("column", "text", "what"),
    [
        ("start", "2026-02-29 14:30 +02:00", "does not exist"),
        ("start", "2026-03-05 24:30 +02:00", "does not exist"),
        ("start", "0000-01-01 14:30 +02:00", "does not exist"),
        ("start", "2026-03-05 14:30", "has no time zone"),
        ("start", "5 March", "is not a time"),
        ("start", "2026-03-05 14:30 +99:00", "no offset from UTC"),
        ("start", "", "is empty"),
        ("end", "2026-03-04 14:30 +02:00", "is before the start"),
        ("kind", "rumour", "is not a word"),
        ("source", "", "is empty"),
        ("act", "bang", "is not a word"),
        ("by", "party-z", "is no party of the agreement"),
        ("count", "many", "neither a number nor a range"),
        ("count", "7-5", "from the larger to the smaller"),
        ("count", "2026-07-05 00:00:00", "turned into a date"),
        ("credibility", "7", "is out of range"),
        ("credibility", "nan", "is not a finite number"),
        ("radius_m", "50", "has no place to start from"),
        ("note", "=HYPERLINK(1)", "begins like a formula"),
        ("note", "@SUM(1)", "begins like a formula"),
        ("id", "-1+2", "begins like a formula"),
        ("id", "a\u202eb", "holds control characters"),
        ("media", "abc", "no SHA-256 digest"),
        ("note", "x" * 2001, "longer than 2000"),
        ("delay_min", "5", "access is empty"),
        ("in_storage", "yes", "status is empty"),
        ("chance_percent", "80", "looked_for is empty"),
    ],
)
def test_an_unreadable_cell_is_refused_with_its_column(column: str, text: str, what: str) -> None:
    found = refusal(**{column: text})
    assert (found.number, found.column) == (2, column)
    assert what in found.what
    assert str(found).startswith(f"Row 2, column {column}: ")
    assert not text or text not in str(found)


@pytest.mark.parametrize(
    ("lat", "lon", "column", "what"),
    [
        ("135.7", "47.6", "lat", "beyond the poles"),
        ("47.6", "190", "lon", "beyond 180"),
        ("47,6", "35.7", "lat", "decimal comma"),
        ("inf", "35.7", "lat", "not a finite number"),
        ("47.6", "NaN", "lon", "not a finite number"),
        ("1e1", "35.7", "lat", "is not a number"),
        ("47.6", "", "lon", "is empty"),
        ("0", "0.0", "lat", "is 0 and so is the longitude"),
        ("35\u00b043'3\"E", "47\u00b037'15\"N", "lat", "ends with E"),
        ("47\u00b060'15\"N", "35", "lat", "60 or more minutes"),
        ("=A1", "35", "lat", "begins like a formula"),
    ],
)
def test_an_impossible_place_is_refused(lat: str, lon: str, column: str, what: str) -> None:
    found = refusal(lat=lat, lon=lon, radius_m="10")
    assert found.column == column
    assert what in found.what


def test_swapped_coordinates_are_noticed_where_an_area_is_given() -> None:
    area = Area(44_000_000, 22_000_000, 53_000_000, 41_000_000)
    swapped, right, far = rows_of(
        as_csv(
            LEAST | {"lat": "35.7", "lon": "47.6", "radius_m": "10"},
            LEAST | {"lat": "47.6", "lon": "35.7", "radius_m": "10"},
            LEAST | {"lat": "10", "lon": "10", "radius_m": "10"},
        ),
        area,
    )
    assert isinstance(swapped, Refused)
    assert "swapped" in swapped.what
    assert isinstance(right, Accepted)
    assert isinstance(far, Accepted)


def test_a_place_without_a_radius_is_refused_because_none_is_exact() -> None:
    assert refusal(lat="1", lon="1").column == "radius_m"


def test_a_missing_block_is_refused_by_kind() -> None:
    found = refusal(kind="coverage")
    assert (found.column, found.what) == (None, "coverage is missing")
    assert "which acts were looked for" in found.remedy


def test_a_repeated_row_names_the_first() -> None:
    first, second, third = rows_of(
        as_csv(LEAST, LEAST | {"start": "2026-03-05T12:30Z"}, LEAST | {"act": "shot"})
    )
    assert isinstance(first, Accepted)
    assert isinstance(second, Refused)
    assert second.what == "it repeats row 2"
    assert isinstance(third, Accepted)


def test_a_corrected_file_gives_the_rows_that_were_right_the_same_uids() -> None:
    wrong = LEAST | {"act": "bang"}
    before = rows_of(as_csv(LEAST, wrong))
    after = rows_of(as_csv(wrong | {"act": "shot"}, LEAST))
    assert isinstance(before[0], Accepted)
    assert isinstance(after[1], Accepted)
    assert before[0].observation == after[1].observation


def test_an_unknown_source_is_refused_where_the_register_is_given() -> None:
    (row,) = read(as_csv(LEAST), Template(sources=("patrol-1",)))
    assert isinstance(row, Refused)
    assert row.column == "source"


def test_csv_and_xlsx_of_the_same_rows_mean_the_same() -> None:
    rows = (
        LEAST | {"count": "5-7", "lat": "47.62", "lon": "35.7", "radius_m": "10"},
        LEAST | {"act": "shot", "note": "\u0414\u043e\u043d: \u00ab2\u00bb"},
    )  # fmt: skip
    assert rows_of(as_csv(*rows)) == rows_of(as_xlsx(*rows))


def test_numbers_and_dates_of_a_spreadsheet_are_read_with_the_offset_column() -> None:
    (row,) = rows_of(
        as_xlsx(
            LEAST
            | {
                "start": parse_date("2026-03-05 14:30"),
                "utc_offset": "+02:00",
                "lat": 47.62,
                "lon": 35,
                "radius_m": 10.0,
            }
        )
    )
    assert isinstance(row, Accepted), row
    assert row.observation.when.start == parse_utc("2026-03-05T12:30:00.000Z")
    assert row.observation.where == Disc(Position(47_620_000, 35_000_000), 10)


def parse_date(text: str) -> object:
    return datetime.strptime(text, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - as spreadsheets have it


@pytest.mark.parametrize("template", [template_csv, template_xlsx])
def test_the_empty_template_is_recognised_and_has_no_rows(template: object) -> None:
    assert callable(template)
    data = io.BytesIO(template())
    assert feed_of(data) is FEED
    assert rows_of(data) == []


def test_the_example_of_every_column_can_be_read() -> None:
    row = {column.name: column.example for column in COLUMNS} | {"looked_for": "shot", "media": ""}
    (read_row,) = rows_of(as_csv(row))
    assert isinstance(read_row, Accepted), read_row


def test_every_column_is_explained() -> None:
    text = explanations_csv().decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(text))][1:] == [column.name for column in COLUMNS]


def test_a_mistyped_column_is_refused_before_any_row() -> None:
    with pytest.raises(BadInput, match="the column weapn is not one of"):
        rows_of(as_csv(LEAST | {"weapn": "mortar"}))
