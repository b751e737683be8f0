from tests.incidents.sample import MINUTE, NOON, SOURCES, coverage, disc, interval, sighting
from trucekeeper.incidents.linking import Proposal, propose
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.observations.model import Kind
from trucekeeper.places.position import Disc, Position


def groups(*sightings: Sighting) -> list[list[int]]:
    return [[one.ref.entry for one in proposal.members] for proposal in propose(sightings, SOURCES)]


def proposal(*sightings: Sighting) -> Proposal:
    (found,) = propose(sightings, SOURCES)
    return found


def test_nothing_proposes_nothing() -> None:
    assert groups() == []


def test_three_sources_of_one_explosion_are_one_incident() -> None:
    assert groups(sighting(1), sighting(2, "patrol-2"), sighting(3, "resident-1")) == [[1, 2, 3]]


def test_what_nobody_else_saw_stands_alone() -> None:
    assert groups(sighting(1), sighting(2, "patrol-2", where=disc(50_000))) == [[1], [2]]


def test_two_reports_of_one_source_are_two_happenings() -> None:
    assert groups(sighting(1), sighting(2), sighting(3, "patrol-2")) == [[1, 3], [2]]


def test_a_chain_of_neighbours_does_not_become_one_incident() -> None:
    sources = ("patrol-1", "patrol-2", "camera-1", "resident-1")
    chain = [sighting(entry, source, where=disc(1300 * entry, 700)) for entry, source in enumerate(sources)]
    assert groups(*chain) == [[0, 1], [2, 3]]


def test_coverage_belongs_to_no_incident() -> None:
    assert groups(sighting(1), coverage(2, "patrol-2")) == [[1]]


def test_refused_access_is_an_incident_of_its_own() -> None:
    assert groups(sighting(1), sighting(2, "patrol-2", kind=Kind.ACCESS_REFUSED, act=None)) == [[1], [2]]


def test_a_denial_joins_what_it_denies_wherever_it_stands() -> None:
    denial = sighting(2, "liaison-b", kind=Kind.DENIAL, of="patrol-1/1", where=None, when=interval(999, 1))
    found = proposal(sighting(1), denial)
    assert [one.ref.entry for one in found.members] == [1, 2]
    assert [part.test for pair in found.grounds for part in pair.parts] == ["reference"]


def test_a_claim_about_a_claim_joins_the_first() -> None:
    first = sighting(1, "liaison-a", kind=Kind.CLAIM)
    denial = sighting(2, "liaison-b", kind=Kind.DENIAL, of="liaison-a/1")
    retort = sighting(3, "liaison-a", kind=Kind.CLAIM, of="liaison-b/2", act="shot")
    assert groups(retort, denial, first) == [[1, 2, 3]]


def test_claims_that_name_each_other_in_a_ring_stay_together() -> None:
    one = sighting(1, "liaison-a", kind=Kind.CLAIM, of="liaison-b/2")
    two = sighting(2, "liaison-b", kind=Kind.CLAIM, of="liaison-a/1")
    into = sighting(3, "patrol-1", kind=Kind.CLAIM, of="liaison-a/1", where=disc(90_000))
    assert groups(one, two, into) == [[1, 2, 3]]


def test_a_denial_alone_is_no_incident() -> None:
    assert groups(sighting(2, "liaison-b", kind=Kind.DENIAL, of="patrol-1/1")) == []


def test_a_denial_of_nothing_known_goes_where_its_place_and_time_lead() -> None:
    assert groups(sighting(1), sighting(2, "liaison-b", kind=Kind.DENIAL, of="patrol-9/9")) == [[1, 2]]


def test_grounds_name_for_each_member_its_strongest_tie() -> None:
    found = proposal(sighting(1), sighting(2, "patrol-2"), sighting(3, "resident-1"))
    assert [(pair.one.entry, pair.other.entry) for pair in found.grounds] == [(1, 2), (1, 3)]
    assert all(pair.milli >= 6000 for pair in found.grounds)


def test_a_report_without_place_is_linked_by_what_it_copies() -> None:
    copy = sighting(2, "resident-1", where=None, relays="patrol-1/1")
    assert groups(sighting(1), copy) == [[1, 2]]
    assert groups(copy, sighting(5, "patrol-2", where=None, act="shot", when=interval(900, 5))) == [[2], [5]]


def test_a_report_without_place_or_copy_is_not_linked_by_time_alone() -> None:
    assert groups(sighting(1), sighting(2, "resident-1", where=None)) == [[1], [2]]


def test_a_time_without_end_is_compared_with_everything() -> None:
    endless = Interval(Instant(NOON - 9 * MINUTE), None)
    late = sighting(2, "patrol-2", when=endless)
    assert groups(sighting(1), late) == groups(late, sighting(1)) == [[1, 2]]


def test_the_antimeridian_separates_nobody() -> None:
    east, west = Disc(Position(0, 179_999_000), 500), Disc(Position(0, -179_999_000), 500)
    assert groups(sighting(1, where=east), sighting(2, "patrol-2", where=west)) == [[1, 2]]


def test_the_pole_separates_nobody() -> None:
    one, two = Disc(Position(89_999_000, 0), 500), Disc(Position(89_999_000, 180_000_000), 500)
    assert groups(sighting(1, where=one), sighting(2, "patrol-2", where=two)) == [[1, 2]]


def test_a_place_as_wide_as_the_country_is_compared_with_everything() -> None:
    wide = sighting(2, "patrol-2", where=disc(radius_m=300_000), relays="patrol-1")
    assert groups(sighting(1), wide) == groups(wide, sighting(1)) == [[1, 2]]
