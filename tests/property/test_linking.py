"""What holds for every set of observations."""

import time
from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.incidents.sample import SOURCES, interval, sighting
from trucekeeper.incidents.candidates import pairs
from trucekeeper.incidents.linking import FLOOR, THRESHOLD, propose
from trucekeeper.incidents.model import Sighting
from trucekeeper.incidents.pairing import score
from trucekeeper.observations.model import Kind
from trucekeeper.places.position import Disc, Position

PLACES = st.one_of(
    st.none(),
    st.builds(
        Disc,
        st.builds(Position, st.integers(-21_030_000, -21_000_000), st.integers(-19_030_000, -19_000_000)),
        st.sampled_from((0, 300, 2000, 40_000)),
    ),
    st.builds(
        Disc,
        st.builds(
            Position,
            st.sampled_from((-90_000_000, 0, 89_990_000)),
            st.sampled_from((-180_000_000, 179_995_000)),
        ),
        st.sampled_from((100, 5000)),
    ),
)
TIMES = st.builds(interval, st.integers(-400, 400), st.sampled_from((0, 5, 60, 1500)))


@st.composite
def observed(draw: st.DrawFn) -> list[Sighting]:
    """Up to nine sightings near one another in space and time, some of them denials by reference."""
    found: list[Sighting] = []
    for entry in range(draw(st.integers(0, 9))):
        kind = draw(
            st.sampled_from((Kind.REPORT, Kind.CLAIM, Kind.DENIAL, Kind.COVERAGE, Kind.ACCESS_REFUSED))
        )
        named = [f"{one.observation.source}/{one.observation.uid}" for one in found]
        found.append(
            sighting(
                entry,
                draw(st.sampled_from(sorted(SOURCES))),
                kind=kind,
                where=draw(PLACES),
                when=draw(TIMES),
                act=draw(st.sampled_from((None, "explosion", "shot", "burst", "movement", "other"))),
                of=draw(st.sampled_from(named))
                if named and kind is Kind.DENIAL and draw(st.booleans())
                else None,
            )
        )
    return found


@given(observed(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_groups(sightings: list[Sighting], random: Random) -> None:
    shuffled = list(sightings)
    random.shuffle(shuffled)
    assert propose(shuffled, SOURCES) == propose(sightings, SOURCES)


@given(observed())
def test_every_happening_is_in_exactly_one_proposal(sightings: list[Sighting]) -> None:
    refs = [one.ref for proposal in propose(sightings, SOURCES) for one in proposal.members]
    assert len(refs) == len(set(refs))
    happened = {one.ref for one in sightings if one.observation.kind not in {Kind.COVERAGE, Kind.DENIAL}}
    assert happened <= set(refs)
    assert not any(one.ref in refs for one in sightings if one.observation.kind is Kind.COVERAGE)


@given(observed())
def test_no_member_is_held_by_a_chain(sightings: list[Sighting]) -> None:
    for proposal in propose(sightings, SOURCES):
        scored = [one for one in proposal.members if one.observation.of is None]
        found = [score(a, b, SOURCES) for a, b in combinations(scored, 2)]
        assert all(pair.barred is None and pair.milli >= FLOOR for pair in found)
        assert sum(pair.milli for pair in found) >= THRESHOLD * len(found)


@given(observed())
def test_the_score_is_symmetric(sightings: list[Sighting]) -> None:
    for one, other in combinations(sightings, 2):
        assert score(one, other, SOURCES) == score(other, one, SOURCES)


@given(observed())
def test_cells_lose_no_pair_that_could_be_linked(sightings: list[Sighting]) -> None:
    found = {frozenset((a.ref, b.ref)) for a, b in pairs(sightings, SOURCES)}
    for one, other in combinations(sightings, 2):
        if score(one, other, SOURCES).barred is None:
            assert frozenset((one.ref, other.ref)) in found


def test_three_thousand_sightings_of_a_month_are_linked_in_three_seconds() -> None:
    random = Random(1)
    sources = sorted(SOURCES)
    sightings = [
        sighting(
            entry,
            random.choice(sources),
            when=interval(random.randrange(30 * 1440), random.choice((5, 30, 720))),
            where=Disc(
                Position(
                    -21_000_000 + random.randrange(2_000_000), -19_000_000 + random.randrange(1_000_000)
                ),
                random.choice((200, 1500, 6000)),
            ),
        )
        for entry in range(3000)
    ]
    start = time.perf_counter()
    found = propose(sightings, SOURCES)
    assert time.perf_counter() - start < 3
    assert 0 < len(found) <= 3000
