"""A fit's tables behind the port of the findings."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.weighing.sample import BY_A, EVENT, item, item_sets
from trucekeeper.weighing.model import Hypothesis, Item, Stance
from trucekeeper.weighing.tabled import TableWeigher

WEIGHER = TableWeigher.untaught()
HYPOTHESES = st.sampled_from((EVENT, BY_A))


@given(HYPOTHESES, item_sets(), st.randoms(use_true_random=False))
def test_the_order_of_items_never_matters(hypothesis: Hypothesis, items: list[Item], random: Random) -> None:
    shuffled = random.sample(items, len(items))
    assert WEIGHER.weigh(hypothesis, shuffled) == WEIGHER.weigh(hypothesis, items)


@given(HYPOTHESES, item_sets())
def test_every_item_is_told_and_the_range_holds_the_probability(
    hypothesis: Hypothesis, items: list[Item]
) -> None:
    weight = WEIGHER.weigh(hypothesis, items)
    assert {one.ref for one in weight.contributions} == {one.ref for one in items}
    assert 1 <= weight.lowest_ppm <= weight.probability_ppm <= weight.highest_ppm <= 999_999


def test_a_second_good_witness_adds_to_the_first() -> None:
    one = WEIGHER.weigh(EVENT, (item(1),)).probability_ppm
    two = WEIGHER.weigh(EVENT, (item(1), item(2, "patrol-2"))).probability_ppm
    assert 500_000 < one < 930_000
    assert two > 940_000


def test_a_copy_moves_nothing() -> None:
    alone = WEIGHER.weigh(EVENT, (item(1),))
    copied = WEIGHER.weigh(EVENT, (item(1), item(2, "radio", origin="patrol-1/1")))
    assert copied.probability_ppm == alone.probability_ppm
    assert [one.milli for one in copied.contributions][1] == 0


def test_a_denial_in_ones_own_interest_moves_next_to_nothing() -> None:
    weight = WEIGHER.weigh(BY_A, (item(1, interest="party-a", stance=Stance.DENY),))
    assert abs(weight.probability_ppm - BY_A.prior_ppm) < 15_000
    assert not weight.seen


def test_sensors_of_one_medium_stay_below_nine_in_ten() -> None:
    cameras = [item(entry, f"camera-{entry}", medium="camera") for entry in range(1, 8)]
    assert WEIGHER.weigh(EVENT, cameras).probability_ppm <= 900_000
