from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from tests.incidents.sample import SOURCES, disc, interval, sighting
from trucekeeper.incidents import rivals as rivals_of
from trucekeeper.incidents.lifecycle import incident
from trucekeeper.incidents.model import Sighting
from trucekeeper.incidents.rivals import REACH_MS, Rival, around, rivals
from trucekeeper.observations.model import Kind

ONE, TWO = sighting(1), sighting(2, "patrol-2")
LOOSE = sighting(3, "resident-1", where=disc(radius_m=7_000), when=interval(-20, 120))
"""Linked to the others, but only just."""

APART = sighting(4, "camera-1", where=disc(radius_m=12_000), when=interval(-60, 300))
"""Refused, but only just."""


def members(found: tuple[Rival, ...]) -> list[list[int]]:
    return [[ref.entry for ref in one.members] for one in found]


def test_what_is_sure_has_no_rival() -> None:
    assert rivals(incident("INC-2026-000001", (ONE, TWO)), (), SOURCES) == ()


def test_a_rival_leaves_the_doubtful_member_out() -> None:
    assert members(rivals(incident("INC-2026-000001", (ONE, TWO, LOOSE)), (), SOURCES)) == [[1, 2]]


def test_a_rival_takes_the_doubtful_neighbour_in() -> None:
    assert members(rivals(incident("INC-2026-000001", (ONE,)), (APART,), SOURCES)) == [[1, 4]]


def test_members_and_coverage_among_what_is_nearby_change_nothing() -> None:
    whole = incident("INC-2026-000001", (ONE, TWO, LOOSE))
    looked = sighting(9, "uav-1", kind=Kind.COVERAGE)
    assert rivals(whole, (ONE, LOOSE, looked), SOURCES) == rivals(whole, (), SOURCES)


def test_the_order_in_which_neighbours_are_told_changes_nothing() -> None:
    whole = incident("INC-2026-000001", (ONE,))
    assert len({rivals(whole, order, SOURCES) for order in permutations((TWO, LOOSE, APART))}) == 1


def test_an_incident_of_very_many_has_no_rivals() -> None:
    crowd = [sighting(entry, f"resident-{entry}") for entry in range(rivals_of.MOST)]
    assert members(rivals(incident("INC-2026-000001", crowd), (APART,), SOURCES))
    more = sighting(999, "resident-999")
    assert rivals(incident("INC-2026-000001", (*crowd, more)), (APART,), SOURCES) == ()


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(SOURCES)), st.integers(0, 4_000), st.integers(0, 60)),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 5),
)
def test_rivals_weigh_less_than_the_incident_as_it_stands(told: list[tuple[str, int, int]], cut: int) -> None:
    sightings: list[Sighting] = [
        sighting(entry, source, where=disc(north_m, 1_500), when=interval(minute, 20))
        for entry, (source, north_m, minute) in enumerate(told)
    ]
    whole = incident("INC-2026-000001", sightings[:cut])
    found = rivals(whole, sightings[cut:], SOURCES)
    own = {one.ref for one in whole.members}
    assert len(found) <= 2
    assert 2 * sum(one.weight_ppm for one in found) <= 2 * 1_000_000 - 2 * max(
        (one.weight_ppm for one in found), default=0
    )
    assert all(one.weight_ppm > 0 and own.intersection(one.members) for one in found)
    assert all(set(one.members) != own for one in found)


def test_who_may_be_nearby_reaches_as_far_as_two_slacks() -> None:
    whole = incident("INC-2026-000001", (ONE,))
    assert around(whole).start == whole.when.start - REACH_MS
    assert (around(whole).end or 0) > (whole.when.end or 0) + REACH_MS
