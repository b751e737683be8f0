"""The files that agencies publish, whole: how many rows are read, and what they mean."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from trucekeeper.feeds import sirens, ucdp
from trucekeeper.feeds.known import FEEDS, Parameters, feed_of, mapping_of
from trucekeeper.feeds.rows import Accepted, Refused, Row
from trucekeeper.feeds.tables import read
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Kind
from trucekeeper.places.position import Disc, Position

UCDP = "ucdp_ged_ukraine_2014_2022/UCDP-Ukraine.csv"
FIRMS = "firms_viirs_ukraine/fire_nrt_SV-C2_400448.csv"
OFFICIAL = "air_raid_alerts/official_data_en.csv"
VOLUNTEER = "air_raid_alerts/volunteer_data_en.csv"


def rows_of(path: Path) -> tuple[str, list[Row]]:
    feed = feed_of(path)
    return feed.name, list(read(path, mapping_of(feed, Parameters(zone="Europe/Kyiv"))))


@pytest.mark.parametrize(
    ("name", "feed", "rows"),
    [
        (UCDP, "ucdp-ged", 3077),
        (FIRMS, "firms", 42_415),
        (OFFICIAL, "sirens-official", 43_031),
        (VOLUNTEER, "sirens-volunteer", 54_514),
    ],
)
def test_every_row_of_a_published_file_is_read(needs_data: Path, name: str, feed: str, rows: int) -> None:
    found, read_rows = rows_of(needs_data / name)
    assert found == feed
    assert [row for row in read_rows if isinstance(row, Refused)] == []
    assert len(read_rows) == rows
    assert feed in {known.name for known in FEEDS}


def test_ucdp_civilian_deaths_add_up_to_those_of_the_file(needs_data: Path) -> None:
    _, rows = rows_of(needs_data / UCDP)
    with (needs_data / UCDP).open(encoding="utf-8", newline="") as stream:
        raw = list(csv.DictReader(stream))
    killed = Span(0, 0)
    for row in rows:
        assert isinstance(row, Accepted)
        assert row.observation.harm is not None
        assert row.observation.harm.killed is not None
        killed += row.observation.harm.killed
    civilians = sum(int(row["deaths_civilians"]) for row in raw)
    assert killed == Span(civilians, civilians + sum(int(row["deaths_unknown"]) for row in raw))


def test_ucdp_events_carry_the_uncertainty_of_their_codes(needs_data: Path) -> None:
    _, rows = rows_of(needs_data / UCDP)
    seen = [row.observation for row in rows if isinstance(row, Accepted)]
    radii = Counter(one.where.radius_m if isinstance(one.where, Disc) else None for one in seen)
    assert radii == {5_000: 751, 25_000: 1606, 50_000: 17, 150_000: 469, 200_000: 231, 700_000: 2, None: 1}
    assert sum(one.when.end is not None and one.when.end - one.when.start > 90_000_000 for one in seen) == 671
    assert {one.by for one in seen} == {None}
    assert {one.kind for one in seen} == {Kind.REPORT}
    assert Counter(one.act for one in seen) == {"fighting": 3077}


def test_a_profile_may_give_its_own_radii_and_zone(needs_data: Path) -> None:
    mapping = ucdp.Ucdp(zone="UTC", radii_m={1: 1000})
    first = next(read(needs_data / UCDP, mapping))
    assert isinstance(first, Accepted)
    assert isinstance(first.observation.where, Disc)
    assert first.observation.where.radius_m == 1000
    assert first.observation.when.start % 86_400_000 == 0


def test_a_fire_lies_within_half_the_diagonal_of_its_pixel_in_the_minute_of_the_pass(
    needs_data: Path,
) -> None:
    first = next(read(needs_data / FIRMS, mapping_of(feed_of(needs_data / FIRMS), Parameters())))
    assert isinstance(first, Accepted)
    # 520 m by 500 m: the half diagonal is 360.7 m
    assert first.observation.where == Disc(Position(47_620_750, 35_717_870), 361)
    assert first.observation.when.end == first.observation.when.start + 60_000
    assert first.observation.credibility == 3


def test_alarms_are_placed_where_the_region_is_known_and_nowhere_else(needs_data: Path) -> None:
    disc = Disc(Position(48_000_000, 37_500_000), 150_000)
    rows = list(read(needs_data / VOLUNTEER, sirens.volunteer({"Donetska oblast": disc})))
    placed = [row for row in rows if isinstance(row, Accepted) and row.observation.where == disc]
    assert len(placed) == 5419
    assumed = [row for row in rows if isinstance(row, Accepted) and row.observation.credibility == 4]
    assert len(assumed) == 2395
