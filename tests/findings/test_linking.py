"""An answer has to hold however its observations are linked; the number is the mean over the linkings."""

from dataclasses import replace

from tests.findings.sample import AGREEMENT, REGISTER, TERM, told, touching
from tests.incidents.sample import sighting
from trucekeeper.findings import wire
from trucekeeper.findings.assess import assess
from trucekeeper.findings.drafting import Inputs, drafted, redrawn, rests_on
from trucekeeper.findings.model import Finding, Question
from trucekeeper.incidents.lifecycle import incident
from trucekeeper.incidents.model import Sighting
from trucekeeper.incidents.rivals import Rival
from trucekeeper.kernel import canon
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind
from trucekeeper.weighing.graded import GradedWeigher

ONE, TWO, THREE = sighting(1, "liaison-b", kind=Kind.CLAIM), sighting(2, "patrol-1"), sighting(3, "patrol-2")


def event(members: tuple[Sighting, ...], *rivals: tuple[int, tuple[Sighting, ...]]) -> Finding:
    found = assess(
        incident("INC-2026-000001", members),
        TERM,
        [touching(one) for one in members],
        REGISTER,
        (),
        AGREEMENT,
        GradedWeigher(),
        tuple((weight, incident("INC-2026-000001", other)) for weight, other in rivals),
    )
    return found[0]


def test_an_answer_that_hangs_on_a_doubtful_link_is_not_established() -> None:
    sure, doubtful = event((ONE, TWO)), event((ONE, TWO), (300_000, (ONE,)))
    assert sure.answer is Truth.YES
    assert (doubtful.answer, doubtful.words) == (Truth.UNKNOWN, "not established")
    reason = next(one for one in doubtful.reasons if one.test == "event.linking")
    assert (reason.answer, reason.refs) == (Truth.UNKNOWN, (TWO.ref,))


def test_an_answer_that_stands_either_way_says_so() -> None:
    found = event((ONE, TWO), (300_000, (ONE, TWO, THREE)))
    reason = next(one for one in found.reasons if one.test == "event.linking")
    assert (found.answer, reason.answer, reason.refs) == (Truth.YES, Truth.YES, (THREE.ref,))


def test_the_number_is_the_mean_over_the_linkings() -> None:
    whole, part = event((ONE, TWO)).probability_ppm, event((ONE,)).probability_ppm
    mixed = event((ONE, TWO), (250_000, (ONE,))).probability_ppm
    assert whole is not None
    assert part is not None
    assert mixed == (whole * 3 + part) // 4


def test_where_no_link_is_in_doubt_nothing_is_said_of_it() -> None:
    assert not any(one.test == "event.linking" for one in event((ONE, TWO)).reasons)


def test_a_draft_names_its_rivals_and_rests_on_what_they_hold() -> None:
    inputs = Inputs(
        incident=incident("INC-2026-000001", (ONE, TWO)),
        upto=9,
        touchings=[touching(ONE)],
        register={},
        coverage=(),
        rivals=(Rival(200_000, (ONE.ref, TWO.ref, THREE.ref)),),
        others=(THREE,),
    )
    draft = drafted(inputs, AGREEMENT, told(950_000), "m")
    assert THREE.ref in rests_on(draft)
    assert redrawn(draft) == (ONE.ref, TWO.ref, THREE.ref)
    raw = canon.encode(wire.finding_body(draft))
    assert wire.read_finding(raw) == draft


def test_a_draft_without_rivals_is_written_as_before_there_were_any() -> None:
    inputs = Inputs(incident("INC-2026-000001", (ONE, TWO)), 9, [touching(ONE)], {}, ())
    draft = drafted(inputs, AGREEMENT, told(950_000), "m")
    assert "rivals" not in wire.finding_body(draft)
    assert wire.read_finding(canon.encode(wire.finding_body(draft))) == replace(draft, rivals=())
    assert {one.question for one in draft.findings} == set(Question)
