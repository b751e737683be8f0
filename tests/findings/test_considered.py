"""What the panel sees: the draft's own number, what moved it, and what would change it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.findings.sample import AGREEMENT, REGISTER, touching
from tests.incidents.sample import coverage, disc, sighting
from trucekeeper.findings.considered import Considered, considered
from trucekeeper.findings.drafting import Inputs, drafted
from trucekeeper.findings.model import Question
from trucekeeper.incidents.lifecycle import incident
from trucekeeper.incidents.model import Sighting
from trucekeeper.incidents.rivals import Rival
from trucekeeper.observations.model import Kind
from trucekeeper.record.ref import Ref
from trucekeeper.weighing.tabled import TableWeigher

WEIGHER = TableWeigher.untaught()
SEEN = sighting(1, "patrol-1", by="party-a")
CLAIM = sighting(2, "liaison-b", kind=Kind.CLAIM, by="party-a")
LOOKED = coverage(5, "camera-1", where=disc(radius_m=9_000))


def inputs(members: tuple[Sighting, ...], watched: tuple[Sighting, ...] = (), *rivals: Rival) -> Inputs:
    register = {name: (Ref(100 + at), one) for at, (name, one) in enumerate(sorted(REGISTER.items()))}
    known = (SEEN, CLAIM)
    return Inputs(
        incident("INC-2026-000001", members),
        50,
        [touching(one) for one in members],
        register,
        watched,
        rivals,
        known,
    )


def views(known: Inputs) -> dict[Question, Considered]:
    return {one.question: one for one in considered(known, AGREEMENT, WEIGHER)}


@pytest.mark.parametrize("rivals", [(), (Rival(200_000, (SEEN.ref,)),)])
def test_the_panel_sees_the_number_and_the_answer_of_the_draft(rivals: tuple[Rival, ...]) -> None:
    known = inputs((SEEN, CLAIM), (LOOKED,), *rivals)
    draft = drafted(known, AGREEMENT, WEIGHER, "m")
    stated = {one.question: (one.probability_ppm, one.answer) for one in draft.findings}
    for question, one in views(known).items():
        assert stated[question] == (one.probability_ppm, one.answer)


def test_of_what_nobody_spoke_nothing_is_shown() -> None:
    assert set(views(inputs((sighting(1, "patrol-1"),)))) == {Question.EVENT}


def test_a_group_that_is_left_out_is_weighed_as_if_it_had_not_spoken() -> None:
    pulled = {one.group: one for one in views(inputs((SEEN, CLAIM)))[Question.EVENT].pulled}
    alone = views(inputs((CLAIM,)))[Question.EVENT].probability_ppm
    assert pulled["mission"].without_ppm == alone
    assert pulled["mission"].captured_ppm < alone


def test_one_more_witness_would_raise_it_and_one_who_denies_would_lower_it() -> None:
    one = views(inputs((SEEN,)))[Question.EVENT]
    affirms, denies = one.one_more_ppm
    assert denies < one.probability_ppm < affirms


def test_every_linking_is_shown_with_its_weight() -> None:
    one = views(inputs((SEEN, CLAIM), (), Rival(200_000, (CLAIM.ref,))))[Question.EVENT]
    assert one.linked == ((200_000, views(inputs((CLAIM,)))[Question.EVENT].probability_ppm),)


@given(st.lists(st.sampled_from(sorted(REGISTER)), min_size=1, max_size=8), st.data())
def test_what_moved_it_sums_to_the_log_odds_within_rounding(names: list[str], data: st.DataObject) -> None:
    members = tuple(
        sighting(entry, name, by=data.draw(st.sampled_from([None, "party-a", "party-b"])))
        for entry, name in enumerate(names)
    )
    for one in views(inputs(members)).values():
        held = math.log(one.prior_ppm / (1_000_000 - one.prior_ppm)) + one.bayes_milli / 1000
        # each item is rounded to a millinat, and the probability to a millionth
        room = 0.0005 * (len(one.moved) + 1) + 2 / min(one.probability_ppm, 1_000_000 - one.probability_ppm)
        assert abs(held - math.log(one.probability_ppm / (1_000_000 - one.probability_ppm))) <= room
