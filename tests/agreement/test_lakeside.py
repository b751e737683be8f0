"""The fictional agreement of the drill: sound, symmetric, and along a line of about 300 km."""

from pathlib import Path

import pytest
from pyproj import Geod

from trucekeeper.agreement.calendar import binds
from trucekeeper.agreement.folder import lint, load
from trucekeeper.agreement.model import Agreement
from trucekeeper.kernel.clock import format_utc
from trucekeeper.kernel.truth import Truth
from trucekeeper.places.position import Disc
from trucekeeper.places.touch import touch


@pytest.fixture(scope="module")
def lakeside(root: Path) -> Agreement:
    return load(root / "src/trucekeeper/drill/lakeside")


def test_nothing_is_wrong_or_doubtful_in_it(root: Path) -> None:
    assert lint(root / "src/trucekeeper/drill/lakeside") == ()


def test_both_parties_owe_the_same(lakeside: Agreement) -> None:
    owed = {party.id: [] for party in lakeside.parties}
    for term in lakeside.terms:
        zones = tuple(zone.replace("a-", "").replace("b-", "") for zone in term.zones)
        owed[term.party].append((term.clause, term.reading, term.action, term.when, zones, term.within))
    assert owed["party-a"] == owed["party-b"]
    assert len(owed["party-a"]) == 11


def test_the_contact_line_is_about_300_km_of_60_to_100_points(lakeside: Agreement) -> None:
    (line,) = lakeside.lines
    lons, lats = zip(*((p.lon_u / 1e6, p.lat_u / 1e6) for p in line.points), strict=True)
    assert 290_000 < Geod(ellps="WGS84").line_length(lons, lats) < 310_000
    assert 60 <= len(line.points) <= 100


def test_every_point_of_the_line_lies_in_a_sector_and_sectors_follow_from_north_to_south(
    lakeside: Agreement,
) -> None:
    along = [
        [
            name
            for name in lakeside.sectors
            if touch(Disc(p, 0), lakeside.zone(name).shape).answer is Truth.YES
        ]
        for p in lakeside.lines[0].points
    ]
    assert all(along)
    assert list(dict.fromkeys(name for names in along for name in names)) == list(lakeside.sectors)


def test_withdrawal_is_due_after_14_days_and_flights_end_as_the_second_day_is_read(
    lakeside: Agreement,
) -> None:
    starts = {(term.id, term.reading): format_utc(binds(lakeside, term).start) for term in lakeside.terms}
    assert starts["t2-a", ""] == "2026-03-15T22:00:00.000Z"
    assert starts["t5-b", ""] == "2026-03-03T22:00:00.000Z"
    assert starts["t5-b", "second-day-of"] == "2026-03-02T22:00:00.000Z"
