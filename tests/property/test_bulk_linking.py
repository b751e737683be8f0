"""What holds for every set of reports that the linker for a million is given."""

from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.incidents.plain_linking import Report, partition
from trucekeeper.incidents import erring, likeness
from trucekeeper.incidents.bulk import Reports, link

HOUR_MS = 3_600_000
PLACES = st.one_of(
    st.tuples(st.integers(48_000_000, 48_030_000), st.integers(37_000_000, 37_040_000)),
    st.tuples(st.just(0), st.sampled_from((179_999_000, -179_999_000, -180_000_000, 180_000_000))),
    st.tuples(st.sampled_from((89_999_000, 90_000_000, -90_000_000)), st.integers(-180_000_000, 180_000_000)),
)


@st.composite
def told(draw: st.DrawFn) -> list[Report]:
    """Up to fourteen reports, many of them near one another."""
    found: list[Report] = []
    for key in range(draw(st.integers(1, 14))):
        lat_u, lon_u = draw(PLACES)
        start = 1_700_000_000_000 + draw(st.integers(0, 3 * HOUR_MS))
        words = tuple(draw(st.lists(st.integers(0, 6), min_size=3, max_size=3, unique=True)))
        radius_m, wide = (
            draw(st.sampled_from((20, 300, 2_000, 7_000))),
            draw(st.sampled_from((0, 600_000, HOUR_MS))),
        )
        kind, weapon = draw(st.integers(-1, 2)), draw(st.integers(-1, 1))
        source = draw(st.integers(0, 5))
        found.append(Report(lat_u, lon_u, radius_m, start, start + wide, source, kind, weapon, words, key))
    return found


def columns(reports: list[Report]) -> Reports:
    names = ("lat_u", "lon_u", "radius_m", "start_ms", "end_ms", "source", "kind", "weapon")
    ints = [np.array([getattr(one, name) for one in reports], dtype=np.int64) for name in names]
    words = np.array([one.words for one in reports], dtype=np.uint16)
    return Reports(*ints, words, np.array([one.key for one in reports], dtype=np.int64))


def linked(reports: list[Report]) -> set[frozenset[Report]]:
    groups: dict[int, set[Report]] = {}
    for one, number in zip(reports, link(columns(reports)).incident.tolist(), strict=True):
        groups.setdefault(number, set()).add(one)
    return {frozenset(group) for group in groups.values()}


def keys(groups: set[frozenset[Report]]) -> set[frozenset[int]]:
    return {frozenset(one.key for one in group) for group in groups}


@given(told())
def test_the_plain_way_gives_the_same_groups(reports: list[Report]) -> None:
    ranked = sorted(reports, key=lambda one: one.says)
    assert linked(reports) == partition(reports, erring.learned(columns(ranked)))


@given(told(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_groups(reports: list[Report], random: Random) -> None:
    shuffled = random.sample(reports, len(reports))
    assert linked(shuffled) == linked(reports)


@given(told(), st.permutations(range(6)))
def test_names_of_sources_change_nothing(reports: list[Report], names: list[int]) -> None:
    renamed = [replace(one, source=names[one.source]) for one in reports]
    assert keys(linked(renamed)) == keys(linked(reports))


@given(told(), st.randoms(use_true_random=False))
def test_renumbering_changes_nothing(reports: list[Report], random: Random) -> None:
    said = {one.says[:-1]: one for one in reports}
    apart = list(said.values())
    numbers = dict(zip(apart, random.sample(range(1000), len(apart)), strict=True))
    again = linked([replace(one, key=numbers[one]) for one in apart])
    assert keys(again) == {frozenset(numbers[one] for one in group) for group in linked(apart)}


@given(told())
def test_a_source_is_never_twice_in_one_incident(reports: list[Report]) -> None:
    for group in linked(reports):
        assert len({one.source for one in group}) == len(group)


@given(told())
def test_the_numbers_of_incidents_run_from_nought(reports: list[Report]) -> None:
    incident = link(columns(reports)).incident.tolist()
    assert sorted(set(incident)) == list(range(len(set(incident))))


@given(told())
def test_what_is_scored_reaches_the_threshold_and_is_of_two_sources(reports: list[Report]) -> None:
    found = link(columns(reports))
    assert (found.milli >= likeness.THRESHOLD).all()
    source = columns(reports).source
    assert (source[found.one] != source[found.other]).all()
