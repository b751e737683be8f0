from itertools import permutations
from math import exp

from hypothesis import given
from hypothesis import strategies as st

from tests.incidents.sample import SOURCES, disc, interval, sighting
from trucekeeper.incidents.alternatives import MILLION, ODDS_PPM, Partition, partitions
from trucekeeper.incidents.linking import propose
from trucekeeper.incidents.model import Sighting
from trucekeeper.observations.model import Kind

SURE = (sighting(1), sighting(2, "patrol-2"))
LOOSE = sighting(3, "resident-1", where=disc(radius_m=7_000), when=interval(-20, 120))
"""Linked to the others, but only just."""

NEAR = sighting(4, "camera-1", where=disc(north_m=1_400), when=interval(12, 3))
"""Not linked, but nearly."""


def ways(*sightings: Sighting) -> list[tuple[list[list[int]], int, str]]:
    proposals = propose(sightings, SOURCES)
    return [_told(each) for each in partitions(proposals[0], proposals, SOURCES)]


def _told(way: Partition) -> tuple[list[list[int]], int, str]:
    return ([[ref.entry for ref in group] for group in way.groups], way.weight_ppm, way.why)


def test_what_is_sure_has_one_way() -> None:
    assert ways(*SURE) == [([[1, 2]], MILLION, "as proposed")]


def test_a_report_alone_has_one_way() -> None:
    assert ways(SURE[0]) == [([[1]], MILLION, "as proposed")]


def test_the_weakest_join_is_undone() -> None:
    found = ways(*SURE, LOOSE)
    assert [groups for groups, _, _ in found] == [[[1, 2, 3]], [[1, 2], [3]]]
    assert found[0][1] > found[1][1] > 0


def test_the_strongest_refused_join_is_done() -> None:
    apart = sighting(4, "camera-1", where=disc(radius_m=12_000), when=interval(-60, 300))
    found = ways(SURE[0], apart)
    assert [groups for groups, _, _ in found] == [[[1], [4]], [[1, 4]]]
    assert found[1][2] == "its strongest refused join done"


def test_a_source_is_never_brought_in_twice() -> None:
    again = sighting(4, "patrol-1", where=disc(radius_m=12_000), when=interval(-60, 300))
    assert ways(*SURE, again) == [([[1, 2]], MILLION, "as proposed")]


def test_a_denial_stays_with_what_it_names() -> None:
    denial = sighting(9, "liaison-b", kind=Kind.DENIAL, of="resident-1/3", where=None)
    assert [groups for groups, _, _ in ways(*SURE, LOOSE, denial)] == [[[1, 2, 3, 9]], [[1, 2], [3, 9]]]


def test_the_order_of_arrival_changes_nothing() -> None:
    assert len({str(ways(*order)) for order in permutations((*SURE, LOOSE, NEAR))}) == 1


def test_the_table_says_the_middle_of_each_step() -> None:
    assert [odds for _, odds in ODDS_PPM] == [
        round(exp((125 - limit) / 1000) * MILLION) for limit, _ in ODDS_PPM
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(SOURCES)), st.integers(0, 4_000), st.integers(0, 60)), max_size=6
    )
)
def test_all_ways_hold_the_same_and_weigh_a_million(told: list[tuple[str, int, int]]) -> None:
    sightings = [
        sighting(entry, source, where=disc(north_m, 1_500), when=interval(minute, 20))
        for entry, (source, north_m, minute) in enumerate(told)
    ]
    proposals = propose(sightings, SOURCES)
    for proposal in proposals:
        found = partitions(proposal, proposals, SOURCES)
        assert found == partitions(proposal, reversed(proposals), SOURCES)
        assert 1 <= len(found) <= 3
        assert sum(way.weight_ppm for way in found) == MILLION
        assert len({tuple(sorted(ref for group in way.groups for ref in group)) for way in found}) == 1
        assert all(way.weight_ppm <= found[0].weight_ppm for way in found)
