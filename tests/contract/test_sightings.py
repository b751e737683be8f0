"""What linking may rely on, whichever store proposes: never too few candidates."""

from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st
from pyproj import Geod

from trucekeeper.incidents.ports import Sightings
from trucekeeper.kernel import canon
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.observations import wire
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.places.position import Disc, Position
from trucekeeper.record.ref import Ref
from trucekeeper.stores import tables
from trucekeeper.stores.database import BOXES, add, connected
from trucekeeper.stores.rows import Rows
from trucekeeper.stores.sightings import SqlSightings

GEOD = Geod(ellps="WGS84")
START = Instant(1_772_323_200_000)
DAY_MS = 86_400_000
SPOTS = st.one_of(
    st.tuples(st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000)),
    st.tuples(st.integers(-500_000, 500_000), st.integers(-500_000, 500_000)),
    st.tuples(
        st.integers(-500_000, 500_000),
        st.one_of(st.integers(179_500_000, 180_000_000), st.integers(-180_000_000, -179_500_000)),
    ),
    st.tuples(st.integers(89_500_000, 90_000_000), st.integers(-180_000_000, 180_000_000)),
    st.tuples(st.integers(-90_000_000, -89_500_000), st.integers(-180_000_000, 180_000_000)),
)
DISCS = st.builds(
    lambda spot, radius: Disc(Position(*spot), radius), SPOTS, st.sampled_from((0, 1, 300, 20_000))
)
WHENS = st.builds(
    lambda start, length: Interval(
        Instant(START + start), None if length is None else Instant(START + start + length)
    ),
    st.integers(-DAY_MS, DAY_MS),
    st.one_of(st.none(), st.sampled_from((0, 1, 60_000, DAY_MS))),
)
SEEN = st.tuples(st.one_of(st.none(), DISCS, DISCS, DISCS), WHENS)


def observed(number: int, where: Disc | None, when: Interval) -> Observation:
    return Observation(
        uid=str(number),
        kind=Kind.REPORT,
        source="s",
        when=when,
        where=where,
        act="explosion",
    )


def filled(engine: sa.Engine, seen: Sequence[Observation]) -> SqlSightings:
    rows = Rows()
    for number, one in enumerate(seen):
        rows.add_row(Ref(7, number), canon.encode(wire.body(one)))
    assert not rows.unreadable
    with engine.begin() as connection:
        connection.execute(tables.OBSERVATIONS.delete())
        connection.exec_driver_sql("DELETE FROM boxes")
        add(connection, tables.OBSERVATIONS.name, rows.observations)
        add(connection, BOXES, rows.boxes)
    return SqlSightings(engine)


def apart_m(one: Disc, other: Disc) -> float:
    lons, lats = (one.centre.lon_u, other.centre.lon_u), (one.centre.lat_u, other.centre.lat_u)
    between = GEOD.inv(lons[0] / 1e6, lats[0] / 1e6, lons[1] / 1e6, lats[1] / 1e6)[2]
    return float(between) - one.radius_m - other.radius_m


def gap_ms(one: Interval, other: Interval) -> float:
    after = one.start - (other.end if other.end is not None else float("inf"))
    before = other.start - (one.end if one.end is not None else float("inf"))
    return max(after, before, 0)


@pytest.fixture(scope="module")
def engine() -> Iterator[sa.Engine]:
    made = connected()
    yield made
    made.dispose()


@given(
    st.lists(SEEN, max_size=12),
    DISCS,
    WHENS,
    st.sampled_from((0, 1, 1_000, 60_000)),
    st.sampled_from((0, 1, 3_600_000)),
)
@example(
    [(Disc(Position(0, 180_000_000), 0), Interval(START, START))],
    Disc(Position(0, -180_000_000), 0),
    Interval(START, START),
    0,
    0,
)
@example(
    [(Disc(Position(90_000_000, 0), 0), Interval(START, START))],
    Disc(Position(90_000_000, 170_000_000), 0),
    Interval(START, START),
    0,
    0,
)
def test_no_candidate_is_missed(
    engine: sa.Engine,
    seen: list[tuple[Disc | None, Interval]],
    where: Disc,
    when: Interval,
    reach_m: int,
    slack_ms: int,
) -> None:
    observations = [observed(number, *one) for number, one in enumerate(seen)]
    store: Sightings = filled(engine, observations)
    found = {sighting.ref.row for sighting in store.near(where, when, reach_m, slack_ms)}
    for number, one in enumerate(observations):
        near = one.where is None or apart_m(one.where, where) <= reach_m  # type: ignore[arg-type]
        if near and gap_ms(one.when, when) <= slack_ms:
            assert number in found


def test_what_is_far_in_place_or_time_is_not_proposed(engine: sa.Engine) -> None:
    here, later = Disc(Position(0, 0), 100), Instant(START + 10 * DAY_MS)
    store = filled(
        engine,
        [
            observed(0, here, Interval(START, START)),
            observed(1, Disc(Position(1_000_000, 0), 100), Interval(START, START)),
            observed(2, here, Interval(later, later)),
        ],
    )
    found = [sighting.ref.row for sighting in store.near(here, Interval(START, START), 1_000, 60_000)]
    assert found == [0]


def test_candidates_come_in_the_order_of_the_record_with_their_observations(engine: sa.Engine) -> None:
    here = Disc(Position(0, 0), 100)
    observations = [observed(number, here, Interval(START, START)) for number in range(5)]
    found = list(filled(engine, observations).near(here, Interval(START, START), 0, 0))
    assert [sighting.ref for sighting in found] == [Ref(7, number) for number in range(5)]
    assert [sighting.observation for sighting in found] == observations
