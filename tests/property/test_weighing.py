"""What holds for every body of evidence."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.weighing.sample import BY_A, EVENT, item, item_sets
from trucekeeper.record.ref import Ref
from trucekeeper.weighing.graded import MEDIUM_CAP_PPM, SENSORS, GradedWeigher
from trucekeeper.weighing.model import Hypothesis, Item, Stance
from trucekeeper.weighing.odds import milli_of, ppm_of

HYPOTHESES = st.sampled_from(
    (EVENT, BY_A, replace(EVENT, prior_ppm=20_000), replace(EVENT, prior_ppm=970_000))
)


@given(HYPOTHESES, item_sets(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_matters(
    hypothesis: Hypothesis, items: list[Item], random: Random
) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)
    assert GradedWeigher().weigh(hypothesis, shuffled) == GradedWeigher().weigh(hypothesis, items)


@given(HYPOTHESES, item_sets(), st.data())
def test_any_number_of_declared_copies_moves_nothing(
    hypothesis: Hypothesis, items: list[Item], data: st.DataObject
) -> None:
    copied = [data.draw(st.sampled_from(items)) for _ in range(data.draw(st.integers(1, 5)))] if items else []
    clones = [
        replace(one, ref=Ref(entry), source=f"echo-{entry}", group=f"echo-{entry}")
        for entry, one in enumerate(copied, start=data.draw(st.sampled_from((-50, 1000))))
    ]
    before, after = (GradedWeigher().weigh(hypothesis, one) for one in (items, [*items, *clones]))
    numbers = [
        (one.probability_ppm, one.lowest_ppm, one.highest_ppm, one.pivotal_group, one.seen)
        for one in (before, after)
    ]
    assert numbers[0] == numbers[1]


@given(HYPOTHESES, item_sets())
def test_the_contributions_add_up_to_the_probability(hypothesis: Hypothesis, items: list[Item]) -> None:
    weight = GradedWeigher().weigh(hypothesis, items)
    total = sum(one.milli for one in weight.contributions)
    assert weight.probability_ppm == ppm_of(milli_of(hypothesis.prior_ppm) + total)
    assert 1 <= weight.lowest_ppm <= weight.probability_ppm <= weight.highest_ppm <= 999_999
    assert {one.ref for one in weight.contributions} == {one.ref for one in items}


@given(item_sets(), st.sampled_from(sorted(SENSORS)))
def test_one_sensor_medium_alone_never_passes_its_cap(items: list[Item], medium: str) -> None:
    alone = [replace(one, medium=medium) for one in items]
    assert GradedWeigher().weigh(EVENT, alone).probability_ppm <= MEDIUM_CAP_PPM


@given(HYPOTHESES, item_sets())
def test_a_further_neutral_affirmation_never_lowers_the_probability(
    hypothesis: Hypothesis, items: list[Item]
) -> None:
    more = [*items, item(500, "newcomer")]
    before, after = (GradedWeigher().weigh(hypothesis, one).probability_ppm for one in (items, more))
    assert after >= before


@given(HYPOTHESES, item_sets())
def test_silence_and_denial_alone_never_raise_the_probability(
    hypothesis: Hypothesis, items: list[Item]
) -> None:
    against = [one for one in items if one.stance is not Stance.AFFIRM]
    assert GradedWeigher().weigh(hypothesis, against).probability_ppm <= ppm_of(
        milli_of(hypothesis.prior_ppm)
    )
