import pytest

from tests.weighing.sample import BY_A, EVENT, item
from trucekeeper.record.ref import Ref
from trucekeeper.weighing.graded import METHOD, GradedWeigher
from trucekeeper.weighing.model import Item, Stance, Weight
from trucekeeper.weighing.odds import milli_of

SILENT, DENY = Stance.SILENT, Stance.DENY


def weighed(*items: Item) -> Weight:
    return GradedWeigher().weigh(EVENT, items)


def moved(weight: Weight) -> dict[int, int]:
    return {one.ref.entry: one.milli for one in weight.contributions}


def test_nothing_leaves_the_prior_and_answers_nothing() -> None:
    assert weighed() == Weight(500_000, 500_000, (), 500_000, 500_000, None, seen=False, method=METHOD)


def test_the_best_grade_moves_the_log_odds_by_three_nats() -> None:
    weight = weighed(item(1))
    assert moved(weight) == {1: 3000}
    assert weight.probability_ppm == 952_574
    assert (weight.lowest_ppm, weight.highest_ppm, weight.pivotal_group) == (500_000, 952_574, "patrol-1")


@pytest.mark.parametrize(
    ("changes", "milli"),
    [
        ({"reliability": "B", "credibility": 2}, 1870),
        ({"reliability": "F", "credibility": 6}, 360),
        ({"reliability": "?", "credibility": 0}, 360),
        ({"stance": DENY}, -3000),
        ({"stance": SILENT, "chance_ppm": 900_000}, -2303),
        ({"stance": SILENT, "chance_ppm": 1_000_000}, -2996),
        ({"stance": SILENT, "chance_ppm": 900_000, "reliability": "F"}, -198),
        ({"interest": "party-b"}, 750),
        ({"interest": "party-b", "stance": DENY}, -150),
        ({"interest": "party-b", "stance": SILENT, "chance_ppm": 900_000}, -46),
        ({"interest": "party-b", "admits": True}, 6000),
    ],
)
def test_a_grade_an_interest_and_a_stance_give_a_weight(changes: dict[str, object], milli: int) -> None:
    assert moved(weighed(item(1, **changes))) == {1: milli}


@pytest.mark.parametrize(
    ("changes", "milli"),
    [
        ({"interest": "party-a"}, 6000),
        ({"interest": "party-b"}, 750),
        ({"interest": "party-a", "stance": DENY}, -150),
        ({"interest": "party-b", "stance": DENY}, -3000),
    ],
)
def test_for_an_attribution_the_named_side_gains_from_denying_alone(
    changes: dict[str, object], milli: int
) -> None:
    assert moved(GradedWeigher().weigh(BY_A, (item(1, **changes),))) == {1: milli}


def test_one_source_counts_once_the_strongest() -> None:
    weight = weighed(item(1, credibility=3), item(2, credibility=1))
    assert moved(weight) == {1: 0, 2: 3000}


def test_a_copy_moves_nothing_and_says_so() -> None:
    weight = weighed(item(2, "radio", origin="patrol-1/1"), item(1))
    assert moved(weight) == {1: 3000, 2: 0}
    assert "already" in weight.contributions[1].says


def test_copies_of_a_root_that_is_not_at_hand_count_once() -> None:
    copies = [item(entry, f"radio-{entry}", origin="courier/7", reliability="C") for entry in (1, 2, 3)]
    assert moved(weighed(*copies)) == {1: 1400, 2: 0, 3: 0}


def test_who_reports_it_is_not_also_silent() -> None:
    weight = weighed(item(1), item(2, stance=SILENT, chance_ppm=900_000))
    assert moved(weight) == {1: 3000, 2: 0}


def test_a_source_that_contradicts_itself_counts_on_both_sides() -> None:
    assert moved(weighed(item(1), item(2, stance=DENY, credibility=2))) == {1: 3000, 2: -2550}


def test_one_sensor_medium_alone_stays_below_nine_in_ten() -> None:
    cameras = [item(entry, f"camera-{entry}", medium="camera") for entry in range(1, 6)]
    weight = weighed(*cameras)
    assert weight.probability_ppm == 899_980
    assert sum(moved(weight).values()) == milli_of(900_000)
    assert "staged" in weight.contributions[0].says


def test_two_media_together_pass_the_cap_of_one() -> None:
    weight = weighed(item(1, "camera-1", medium="camera"), item(2, "satellite-1", medium="satellite"))
    assert weight.probability_ppm > 980_000


def test_the_cap_leaves_nothing_to_add_to_a_high_prior_and_hides_no_denial() -> None:
    hypothesis = type(EVENT)("event", "explosion", None, 950_000)
    items = (item(1, "camera-1", medium="camera"), item(2, "camera-2", medium="camera", stance=DENY))
    assert moved(GradedWeigher().weigh(hypothesis, items)) == {1: 0, 2: -3000}


def test_the_range_leaves_out_a_group_with_its_copies() -> None:
    items = (
        item(1, group="mission"),
        item(2, "patrol-2", group="mission"),
        item(3, "radio", origin="patrol-1/1"),
    )
    weight = weighed(*items)
    assert weight.lowest_ppm == 500_000
    assert weight.pivotal_group == "mission"


@pytest.mark.parametrize(
    ("one", "seen"),
    [
        (item(1), True),
        (item(1, stance=DENY), True),
        (item(1, stance=SILENT, chance_ppm=1), True),
        (item(1, stance=SILENT, chance_ppm=0), False),
        (item(1, interest="party-b"), False),
        (item(1, interest="party-b", stance=SILENT, chance_ppm=900_000), False),
        (item(1, interest="party-b", admits=True), True),
    ],
)
def test_it_was_seen_where_somebody_without_an_interest_looked(one: Item, seen: bool) -> None:
    assert weighed(one).seen is seen


def test_contributions_come_in_the_order_of_the_record() -> None:
    assert [one.ref for one in weighed(item(3), item(1, "x"), item(2, "y")).contributions] == [
        Ref(1),
        Ref(2),
        Ref(3),
    ]
