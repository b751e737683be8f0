"""What the agencies' importers refuse, and the codes they read."""

import io

import pytest

from trucekeeper.feeds.firms import Firms
from trucekeeper.feeds.known import FEEDS, feed_of
from trucekeeper.feeds.rows import Accepted, FeedMapping, Refused
from trucekeeper.feeds.sirens import official
from trucekeeper.feeds.tables import read
from trucekeeper.feeds.ucdp import Ucdp
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Observation
from trucekeeper.places.position import Disc, Position

FIRE = {
    "latitude": "47.62", "longitude": "35.7", "scan": "0.5", "track": "0.5", "acq_date": "2023-02-24",
    "acq_time": "1106", "satellite": "N", "confidence": "n",
}  # fmt: skip
EVENT = {
    "id": "1", "type_of_violence": "3", "side_a": "Side A", "side_b": "Civilians", "where_prec": "1",
    "latitude": "48.5", "longitude": "38.5", "event_clarity": "1", "date_prec": "1", "date_start": "2015-02-15",
    "date_end": "2015-02-15", "deaths_civilians": "2", "deaths_unknown": "1", "best": "3", "high": "4", "low": "2",
}  # fmt: skip
ALARM = {
    "oblast": "A oblast", "raion": "B raion", "hromada": "", "level": "raion",
    "started_at": "2022-03-15 16:10:34+00:00", "finished_at": "2022-03-15 16:50:07+00:00",
}  # fmt: skip


def row_of(mapping: FeedMapping, cells: dict[str, str]) -> Accepted | Refused:
    data = f"{','.join(cells)}\n{','.join(cells.values())}\n".encode()
    (row,) = read(io.BytesIO(data), mapping)
    return row


def one(mapping: FeedMapping, cells: dict[str, str]) -> Observation:
    row = row_of(mapping, cells)
    assert isinstance(row, Accepted), row
    return row.observation


@pytest.mark.parametrize(
    ("confidence", "credibility"),
    [
        ("l", 4),
        ("n", 3),
        ("h", 2),
        ("nominal", 3),
        ("0", 4),
        ("29", 4),
        ("30", 3),
        ("79", 3),
        ("80", 2),
        ("100", 2),
    ],
)
def test_a_fires_confidence_becomes_a_credibility(confidence: str, credibility: int) -> None:
    assert one(Firms(), FIRE | {"confidence": confidence}).credibility == credibility


@pytest.mark.parametrize(("hhmm", "minute"), [("5", 5), ("0005", 5), ("1106", 666), ("2359", 1439)])
def test_a_pass_keeps_its_minute_where_leading_zeros_were_lost(hhmm: str, minute: int) -> None:
    assert one(Firms(), FIRE | {"acq_time": hhmm}).when.start // 60_000 % 1440 == minute


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("latitude", ""), ("latitude", "91"), ("longitude", "nan"), ("scan", "0"), ("scan", ""), ("track", "inf"),
        ("acq_date", "2023-02-29"), ("acq_date", ""), ("acq_time", "2460"), ("acq_time", "1160"), ("acq_time", ""),
        ("confidence", "101"), ("confidence", "x"), ("confidence", ""), ("satellite", ""),
    ],
)  # fmt: skip
def test_a_fire_with_an_impossible_cell_is_refused_with_its_column(column: str, text: str) -> None:
    row = row_of(Firms(), FIRE | {column: text})
    assert isinstance(row, Refused)
    assert row.column == column


def test_one_sided_violence_is_by_side_a_where_the_profile_maps_it() -> None:
    event = one(Ucdp(sides={"Side A": "party-a"}), EVENT)
    assert (event.act, event.by) == ("other", "party-a")
    assert event.harm is not None
    assert event.harm.killed == Span(2, 3)
    assert one(Ucdp(), EVENT).by is None
    assert one(Ucdp(sides={"Side A": "party-a"}), EVENT | {"type_of_violence": "1"}).by is None


def test_an_imprecise_date_given_as_one_day_is_widened() -> None:
    event = one(Ucdp(), EVENT | {"date_prec": "3"})
    assert event.when.end is not None
    assert event.when.end - event.when.start == 15 * 86_400_000


def test_days_are_local_to_the_zone() -> None:
    kyiv = one(Ucdp(zone="Europe/Kyiv"), EVENT)
    assert one(Ucdp(), EVENT).when.start - kyiv.when.start == 2 * 3_600_000
    with pytest.raises(BadInput, match="time zone 'Mars/Base' is not known"):
        Ucdp(zone="Mars/Base")


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("id", ""), ("type_of_violence", "4"), ("where_prec", "8"), ("date_prec", "0"), ("date_prec", ""),
        ("date_start", "2015-02-29"), ("date_end", "2015-02-14"), ("deaths_civilians", "-1"),
        ("deaths_unknown", ""), ("best", "many"), ("latitude", "48,5"[:2] + "x"), ("side_a", ""),
    ],
)  # fmt: skip
def test_an_event_with_an_impossible_cell_is_refused_with_its_column(column: str, text: str) -> None:
    row = row_of(Ucdp(), EVENT | {column: text})
    assert isinstance(row, Refused)
    assert row.column == column


def test_an_alarm_is_placed_by_the_narrowest_known_region() -> None:
    wide, narrow = Disc(Position(1, 1), 100_000), Disc(Position(2, 2), 10_000)
    assert one(official({"A oblast": wide, "A oblast, B raion": narrow}), ALARM).where == narrow
    assert one(official({"A oblast": wide}), ALARM).where == wide
    assert one(official(), ALARM).where is None
    assert one(official(), ALARM).note == "A oblast, B raion"


@pytest.mark.parametrize(
    ("column", "text"),
    [("started_at", "2022-03-15 16:10:34"), ("finished_at", "2022-03-15 16:10:33+00:00"), ("oblast", "")],
)
def test_an_alarm_with_an_impossible_cell_is_refused_with_its_column(column: str, text: str) -> None:
    row = row_of(official(), ALARM | {column: text})
    assert isinstance(row, Refused)
    assert row.column == column


def test_a_file_of_no_known_feed_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(BadInput) as refusal:
        feed_of(io.BytesIO(b"a,b\n1,2\n"))
    assert all(feed.title in str(refusal.value) for feed in FEEDS)
