from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.findings.sample import AGREEMENT, REGISTER, TERM
from tests.incidents.sample import NOON, coverage, disc, interval, sighting
from trucekeeper.findings.evidence import items, prior_ppm, watched_time, watched_width
from trucekeeper.findings.model import Question
from trucekeeper.incidents.lifecycle import incident
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.observations.model import Coverage, Kind
from trucekeeper.weighing.model import Item, Stance

ACTS = AGREEMENT.acts_of(TERM.action)
EVENT, ATTRIBUTION = Question.EVENT, Question.ATTRIBUTION


def found(
    question: Question, members: Sequence[Sighting], looked: Sequence[Sighting] = ()
) -> dict[int, Item]:
    made = incident("INC-2026-000001", members)
    return {item.ref.entry: item for item in items(made, REGISTER, question, TERM, ACTS, looked)}


def stances(question: Question, *members: Sighting) -> dict[int, str]:
    return {entry: item.stance.value for entry, item in found(question, members).items()}


def test_reports_detections_and_claims_of_the_act_affirm_and_denials_deny() -> None:
    members = (
        sighting(1, "patrol-1"),
        sighting(2, "camera-1", kind=Kind.DETECTION),
        sighting(3, "liaison-b", kind=Kind.CLAIM),
        sighting(4, "liaison-a", kind=Kind.DENIAL),
        sighting(5, "satellite-1", act="fire-detected"),
        sighting(6, "patrol-2", act="movement"),
        sighting(7, "resident-1", act=None),
    )
    assert stances(EVENT, *members) == {1: "affirm", 2: "affirm", 3: "affirm", 4: "deny", 5: "affirm"}


def test_who_names_the_bearer_affirms_and_who_names_another_denies() -> None:
    members = (
        sighting(1, "patrol-1", by="party-a"),
        sighting(2, "patrol-2", by="party-b"),
        sighting(3, "resident-1"),
    )
    assert stances(ATTRIBUTION, *members) == {1: "affirm", 2: "deny"}


@pytest.mark.parametrize(
    ("denial", "counts"),
    [
        (sighting(9, "liaison-a", kind=Kind.DENIAL), True),
        (sighting(9, "liaison-b", kind=Kind.DENIAL), False),
        (sighting(9, "patrol-2", kind=Kind.DENIAL), False),
        (sighting(9, "patrol-2", kind=Kind.DENIAL, by="party-a"), True),
        (sighting(9, "patrol-2", kind=Kind.DENIAL, of="patrol-1/1"), True),
        (sighting(9, "liaison-a", kind=Kind.DENIAL, by="party-b"), False),
    ],
)
def test_a_denial_counts_for_the_attribution_where_it_speaks_of_the_bearer(
    denial: Sighting, counts: bool
) -> None:
    assert (9 in found(ATTRIBUTION, [sighting(1, "patrol-1", by="party-a"), denial])) is counts


def test_an_item_carries_what_the_register_says_of_its_source() -> None:
    item = found(EVENT, [sighting(1, "liaison-b", kind=Kind.CLAIM, by="party-a", credibility=3)])[1]
    assert (item.origin, item.interest, item.group, item.medium) == (
        "liaison-b/1",
        "party-b",
        "party-b",
        "liaison",
    )
    assert (item.reliability, item.credibility, item.admits) == ("C", 3, False)


def test_an_unregistered_source_has_no_interest_and_cannot_be_judged() -> None:
    item = found(EVENT, [sighting(1, "stranger")])[1]
    assert (item.interest, item.group, item.reliability) == (None, "stranger", "F")


def test_a_side_that_names_itself_admits() -> None:
    assert found(EVENT, [sighting(1, "liaison-a", kind=Kind.CLAIM, by="party-a")])[1].admits


def test_a_copy_carries_the_interest_group_and_worse_grade_of_its_root() -> None:
    members = [
        sighting(1, "radio-b", by="party-a"),
        sighting(2, "resident-1", by="party-a", relays="radio-b/1"),
        sighting(3, "patrol-1", by="party-a", relays="resident-1/2"),
    ]
    copies = found(EVENT, members)
    for entry in (2, 3):
        item = copies[entry]
        assert (item.origin, item.interest, item.group, item.medium) == (
            "radio-b/1",
            "party-b",
            "party-b",
            "media",
        )
        assert (item.reliability, item.admits) == ("D", False)


def test_a_copy_of_an_admission_is_no_admission() -> None:
    for question in (EVENT, ATTRIBUTION):
        item = found(question, [sighting(1, "patrol-2", by="party-a", relays="liaison-a")])[1]
        assert (item.interest, item.admits, item.origin) == (None, False, "liaison-a")


def test_copies_in_a_ring_have_one_root() -> None:
    ring = [sighting(1, "patrol-1", relays="patrol-2/2"), sighting(2, "patrol-2", relays="patrol-1/1")]
    assert {item.origin for item in found(EVENT, ring).values()} == {"patrol-1/1"}


def test_coverage_is_silent_to_the_share_of_time_and_place_that_it_watched() -> None:
    looked = [
        coverage(11, "patrol-1"),
        coverage(12, "patrol-2", when=interval(5, 60)),
        coverage(13, "resident-1", where=disc(10_000, 10_000)),
    ]
    silent = found(EVENT, [sighting(1, "liaison-b", kind=Kind.CLAIM)], looked)
    assert [(entry, silent[entry].chance_ppm) for entry in (11, 12, 13)] == [
        (11, 900_000),
        (12, 450_000),
        (13, pytest.approx(450_000, abs=40_000)),
    ]
    assert silent[11].stance is Stance.SILENT


@pytest.mark.parametrize(
    "looked",
    [
        coverage(11, "patrol-2", coverage=Coverage(("shot",), 900_000)),
        coverage(11, "patrol-2", coverage=None),
        coverage(11, "patrol-2", where=None),
        coverage(11, "patrol-2", where=disc(90_000)),
        coverage(11, "patrol-2", when=interval(10, 60)),
        coverage(11, "patrol-2", 0),
        coverage(11, "patrol-1"),
        sighting(11, "patrol-2"),
    ],
)
def test_what_was_not_watched_is_not_silent(looked: Sighting) -> None:
    assert 11 not in found(EVENT, [sighting(1, "patrol-1")], [looked])


def test_nobody_is_silent_about_what_has_no_place() -> None:
    assert 11 not in found(EVENT, [sighting(1, "liaison-b", where=None)], [coverage(11, "patrol-1")])


def test_silence_is_measured_at_the_sharpest_affirmation_without_an_interest() -> None:
    members = [
        sighting(1, "liaison-b", where=disc(90_000, 1)),
        sighting(2, "resident-1", where=disc(radius_m=2000)),
    ]
    assert 11 in found(EVENT, members, [coverage(11, "patrol-1")])


def test_a_moment_is_watched_or_not() -> None:
    moment = Interval(Instant(NOON), Instant(NOON))
    assert watched_time(moment, interval(0, 1)) == 1_000_000
    assert watched_time(moment, interval(1, 1)) == 0


def test_a_time_without_end_is_not_known_to_be_watched() -> None:
    assert watched_time(Interval(Instant(NOON), None), interval(0, 1)) == 0
    assert watched_time(interval(0, 1), Interval(Instant(NOON), None)) == 0


def test_a_narrow_watch_reaches_over_its_own_width_alone() -> None:
    assert watched_width(disc(radius_m=1000), disc(radius_m=100)) == 100_000
    assert watched_width(disc(radius_m=0), disc(radius_m=100)) == 1_000_000
    assert watched_width(disc(radius_m=0), disc(500, 100)) == 0


def test_priors_come_from_outside_the_conduct_of_the_sides() -> None:
    rated = replace(AGREEMENT, base_rates=(("explosion", 200_000), ("shot", 100_000)))
    assert prior_ppm(AGREEMENT, TERM, ("explosion",), EVENT) == 500_000
    assert prior_ppm(rated, TERM, ("explosion",), EVENT) == 200_000
    assert prior_ppm(rated, TERM, ("explosion", "shot"), EVENT) == 100_000
    assert prior_ppm(rated, TERM, (), EVENT) == 500_000
    assert prior_ppm(AGREEMENT, TERM, ("explosion",), ATTRIBUTION) == 333_333
