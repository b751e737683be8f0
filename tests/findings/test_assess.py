from dataclasses import replace

import pytest

from tests.findings.sample import AGREEMENT, REGISTER, TERM, drafted, told, touching
from tests.incidents.sample import coverage, disc, interval, sighting
from trucekeeper.agreement.expression import compile_expression
from trucekeeper.agreement.model import Escalation, Modality
from trucekeeper.findings.assess import assess
from trucekeeper.findings.model import Finding, Question
from trucekeeper.incidents.lifecycle import incident
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Harm, Kind
from trucekeeper.record.ref import Ref
from trucekeeper.weighing.graded import GradedWeigher

EVENT, VIOLATION, ATTRIBUTION = Question.EVENT, Question.VIOLATION, Question.ATTRIBUTION
YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN

SEEN_TWICE = (sighting(1, "patrol-1"), sighting(2, "resident-1"))
NAMED_TWICE = (sighting(1, "patrol-1", by="party-a"), sighting(2, "resident-1", by="party-a"))


def answer_of(finding: Finding, name: str) -> Truth:
    return next(
        reason.answer for reason in finding.reasons if reason.test == f"{finding.question.value}.{name}"
    )


def claim(entry: int, side: str = "b", by: str | None = "party-a") -> Sighting:
    return sighting(entry, f"liaison-{side}", kind=Kind.CLAIM, by=by)


def test_two_groups_without_interest_establish_an_event_a_violation_and_no_culprit() -> None:
    found = drafted(SEEN_TWICE)
    assert [(one.answer, one.words) for one in found.values()] == [
        (YES, "established"),
        (YES, "established"),
        (UNKNOWN, "unverifiable"),
    ]
    assert [one.party for one in found.values()] == [None, "party-a", "party-a"]
    assert found[VIOLATION].probability_ppm is None
    assert found[VIOLATION].severity == "S2"
    assert answer_of(found[EVENT], "single-group") is YES


def test_two_groups_that_name_the_bearer_attribute() -> None:
    found = drafted(NAMED_TWICE)
    assert (found[ATTRIBUTION].answer, found[ATTRIBUTION].words) == (YES, "established")
    assert answer_of(found[ATTRIBUTION], "named") is YES


def test_two_groups_that_name_another_refute_the_bearer() -> None:
    named = [sighting(1, "patrol-1", by="party-b"), sighting(2, "resident-1", by="party-b")]
    found = drafted(named)[ATTRIBUTION]
    assert (found.answer, found.words) == (NO, "refuted")


def test_an_accusation_alone_is_unverifiable() -> None:
    found = drafted([claim(1)])
    assert {one.words for one in found.values()} == {"unverifiable"}
    assert {one.answer for one in found.values()} == {UNKNOWN}


def test_an_accusation_that_somebody_could_have_seen_is_not_established() -> None:
    found = drafted([claim(1)], coverage=[coverage(9, "patrol-1", 200_000)])
    assert (found[EVENT].answer, found[EVENT].words) == (UNKNOWN, "not established")
    assert answer_of(found[EVENT], "silent") is YES


def test_a_lie_where_others_watched_is_refuted_and_breaches_nothing() -> None:
    found = drafted([claim(1)], coverage=[coverage(9, "patrol-1"), coverage(10, "resident-1")])
    assert [(one.answer, one.words) for one in found.values()] == [
        (NO, "refuted"),
        (NO, "refuted"),
        (UNKNOWN, "unverifiable"),
    ]
    assert found[VIOLATION].severity is None


def test_who_watched_elsewhere_or_for_something_else_says_nothing() -> None:
    far = coverage(9, "patrol-1", where=disc(90_000, 5000))
    late = coverage(10, "resident-1", when=interval(600, 60))
    assert answer_of(drafted([claim(1)], coverage=[far, late])[EVENT], "silent") is UNKNOWN


def test_an_admission_attributes_though_only_the_parties_name_the_bearer() -> None:
    found = drafted([claim(1, "a"), claim(2, "b"), sighting(3, "patrol-2")])
    assert found[ATTRIBUTION].answer is YES
    accused = drafted([claim(2, "b"), sighting(3, "patrol-1")])
    assert (accused[EVENT].answer, accused[ATTRIBUTION].answer) == (YES, UNKNOWN)


def test_an_event_that_rests_on_the_word_of_an_interest_group_is_not_established() -> None:
    members = [sighting(1, "patrol-1", credibility=3), claim(2), sighting(3, "radio-b", by="party-a")]
    found = drafted(members, term=replace(TERM, standard=replace(TERM.standard, event_ppm=870_000)))[EVENT]
    assert (found.probability_ppm or 0) > 870_000
    assert answer_of(found, "threshold") is YES
    assert answer_of(found, "group-left-out") is UNKNOWN
    assert found.words == "not established"


def test_a_group_without_interest_may_establish_alone_and_the_panel_is_told() -> None:
    found = drafted([sighting(1, "patrol-1")])[EVENT]
    assert found.answer is YES
    assert answer_of(found, "single-group") is UNKNOWN


def test_a_high_prior_alone_answers_nothing() -> None:
    found = drafted([sighting(1, "patrol-1", kind=Kind.DENIAL)], [], weigher=told(999_000))
    assert found[EVENT].answer is UNKNOWN
    assert found[EVENT].words == "not established"


def test_a_high_prior_and_an_accusation_answer_nothing() -> None:
    accused = [claim(1), sighting(2, "patrol-1", kind=Kind.DENIAL, credibility=4)]
    assert drafted(accused, weigher=told(990_000))[EVENT].words == "not established"


def test_a_low_prior_alone_refutes_nothing() -> None:
    assert drafted([sighting(1, "patrol-1")], weigher=told(2000))[EVENT].answer is UNKNOWN


def test_what_nobody_could_see_has_no_answer_however_high_the_number() -> None:
    assert drafted(SEEN_TWICE, weigher=told(999_000, seen=False))[EVENT].words == "unverifiable"


def test_the_standard_is_reached_at_its_own_number_and_not_below() -> None:
    assert drafted(SEEN_TWICE, weigher=told(900_000))[EVENT].answer is YES
    assert drafted(SEEN_TWICE, weigher=told(899_999))[EVENT].answer is UNKNOWN


def test_refuting_takes_the_mirror_image_of_the_standard() -> None:
    watched = [coverage(9, "patrol-1")]
    assert drafted([claim(1)], coverage=watched, weigher=told(100_000))[EVENT].answer is NO
    assert drafted([claim(1)], coverage=watched, weigher=told(100_001))[EVENT].answer is UNKNOWN


def test_a_permission_cannot_be_violated() -> None:
    assert drafted(SEEN_TWICE, term=replace(TERM, modality=Modality.MAY)) == {}


def test_a_base_rate_of_the_agreement_is_the_prior() -> None:
    made = incident("INC-2026-000001", [sighting(1, "patrol-1")])
    low, high = (
        assess(made, TERM, (), REGISTER, (), replace(AGREEMENT, base_rates=rates), GradedWeigher())[0]
        for rates in ((("explosion", 50_000),), (("fire", 700_000), ("explosion", 50_000)))
    )
    assert (low.probability_ppm, high.probability_ppm) == (402_755, 967_611)


def test_touchings_of_other_terms_readings_and_observations_are_passed_over() -> None:
    strangers = [
        replace(touching(SEEN_TWICE[0]), term="another"),
        replace(touching(SEEN_TWICE[0]), reading="rival"),
        replace(touching(SEEN_TWICE[1]), ref=Ref(77)),
    ]
    found = drafted(SEEN_TWICE, strangers)[VIOLATION]
    assert found.answer is UNKNOWN
    assert answer_of(found, "independent") is UNKNOWN


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((YES, YES), YES),
        ((YES, UNKNOWN), YES),
        ((UNKNOWN, UNKNOWN), UNKNOWN),
        ((YES, None), UNKNOWN),
        ((UNKNOWN, None), UNKNOWN),
        ((None, None), UNKNOWN),
        ((NO, NO), NO),
        ((YES, NO), UNKNOWN),
    ],
)
def test_an_event_breaches_where_it_certainly_touches(
    answers: tuple[Truth | None, ...], expected: Truth
) -> None:
    pairs = zip(SEEN_TWICE, answers, strict=True)
    touchings = [touching(one, answer) for one, answer in pairs if answer is not None]
    assert drafted(SEEN_TWICE, touchings)[VIOLATION].answer is expected


def test_a_rival_reading_that_no_screened_observation_touches_is_not_breached() -> None:
    rival = replace(TERM, reading="rival")
    touchings = [touching(one) for one in SEEN_TWICE]
    found = drafted(SEEN_TWICE, touchings, term=rival)[VIOLATION]
    assert (found.answer, found.words, found.reading) == (NO, "refuted", "rival")
    assert drafted(SEEN_TWICE, touchings[:1], term=rival)[VIOLATION].answer is UNKNOWN


def test_only_a_source_with_an_interest_places_it_so_it_is_not_certain() -> None:
    members = [*SEEN_TWICE, claim(3)]
    touchings = [*(touching(one, UNKNOWN) for one in SEEN_TWICE), touching(members[2])]
    found = drafted(members, touchings)[VIOLATION]
    assert (found.answer, answer_of(found, "independent")) == (UNKNOWN, UNKNOWN)
    admitted = [*SEEN_TWICE, claim(3, "a")]
    assert drafted(admitted, [*touchings[:2], touching(admitted[2])])[VIOLATION].answer is YES


def test_a_neutral_copy_of_an_interested_claim_places_nothing() -> None:
    members = [*SEEN_TWICE, sighting(3, "patrol-2", relays="liaison-b/7")]
    touchings = [*(touching(one, UNKNOWN) for one in SEEN_TWICE), touching(members[2])]
    assert drafted(members, touchings)[VIOLATION].answer is UNKNOWN


def test_an_open_exemption_leaves_it_open() -> None:
    touchings = [touching(SEEN_TWICE[0]), touching(SEEN_TWICE[1], UNKNOWN, place=YES, exemption=UNKNOWN)]
    found = drafted(SEEN_TWICE, touchings)[VIOLATION]
    assert (found.answer, answer_of(found, "exemption")) == (UNKNOWN, UNKNOWN)


def test_who_did_it_may_stay_unknown_in_an_established_breach() -> None:
    found = drafted(SEEN_TWICE)
    assert (found[ATTRIBUTION].answer, found[VIOLATION].answer) == (UNKNOWN, YES)
    assert answer_of(found[VIOLATION], "bearer") is YES


def test_what_another_side_did_is_no_breach_of_this_bearers_term() -> None:
    named = [sighting(1, "patrol-1", by="party-b"), sighting(2, "resident-1", by="party-b")]
    found = drafted(named)
    assert (found[EVENT].answer, found[ATTRIBUTION].answer) == (YES, NO)
    assert (found[VIOLATION].answer, answer_of(found[VIOLATION], "bearer")) == (NO, NO)


def test_a_test_of_screening_cites_the_observations_that_answer_it() -> None:
    touchings = [
        touching(SEEN_TWICE[0], place=YES),
        touching(SEEN_TWICE[1], UNKNOWN, place=UNKNOWN, odd=UNKNOWN),
    ]
    reasons = drafted(SEEN_TWICE, touchings)[VIOLATION].reasons
    (place,) = [reason for reason in reasons if reason.test == "violation.place"]
    assert (place.answer, place.refs, place.says) == (YES, (Ref(1),), "place is yes")


def test_what_only_a_sensor_gives_affirms_and_does_not_contradict() -> None:
    members = [sighting(1, "patrol-1"), sighting(2, "satellite-1", act="fire-detected")]
    found = drafted(members, [touching(members[0])])
    assert (found[EVENT].answer, found[VIOLATION].answer) == (YES, YES)


@pytest.mark.parametrize(("killed", "severity"), [(Span(1, 2), "S4"), (Span(0, 2), "S2"), (None, "S2")])
def test_severity_rises_only_where_the_condition_surely_holds(killed: Span | None, severity: str) -> None:
    escalation = Escalation(compile_expression("civilians.killed > 0"), "S4")
    term = replace(TERM, escalations=(escalation,))
    members = [sighting(1, "patrol-1", harm=Harm(killed=killed)), sighting(2, "resident-1")]
    assert drafted(members, term=term)[VIOLATION].severity == severity
    touchings = [touching(members[0], UNKNOWN), touching(members[1])]
    assert drafted(members, touchings, term=term)[VIOLATION].severity == "S2"


def test_words_never_name_a_source_or_a_group() -> None:
    members = [*NAMED_TWICE, claim(3), sighting(4, "liaison-a", kind=Kind.DENIAL, of="liaison-b/3")]
    said = {word for found in drafted(members).values() for one in found.reasons for word in one.says.split()}
    assert said.isdisjoint(name for source in REGISTER.values() for name in (source.id, source.group))
