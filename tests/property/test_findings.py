"""What holds for every incident, whoever speaks of it."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.findings.sample import AGREEMENT, REGISTER, TERM, told, touching
from tests.incidents.sample import coverage, interval, sighting
from trucekeeper.findings import decision, wire
from trucekeeper.findings.assess import assess
from trucekeeper.findings.model import Ballot, Draft, Finding, Invitation, Position, Question, Reply
from trucekeeper.findings.standard import TESTS
from trucekeeper.incidents.lifecycle import incident
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel import canon
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind
from trucekeeper.record.ref import Ref
from trucekeeper.screening.model import Touching
from trucekeeper.weighing.graded import GradedWeigher
from trucekeeper.weighing.model import Weight

NEUTRAL = {source.id for source in REGISTER.values() if source.interest is None}
SIDES = st.sampled_from((None, "party-a", "party-b"))
KINDS = st.sampled_from((Kind.REPORT, Kind.CLAIM, Kind.DENIAL, Kind.DETECTION))
Given = tuple[list[Sighting], list[Touching], list[Sighting]]


@st.composite
def given_facts(draw: st.DrawFn, sources: tuple[str, ...] = tuple(sorted(REGISTER))) -> Given:
    """Members, what screening found of them, and who watched."""
    members = [
        sighting(
            entry,
            draw(st.sampled_from(sources)),
            kind=draw(KINDS),
            by=draw(SIDES),
            act=draw(st.sampled_from(("explosion", "shot", "fire-detected", "movement", None))),
            when=draw(st.sampled_from((interval(0, 10), interval(3, 90)))),
            relays=draw(st.sampled_from((None, "liaison-b/0", "radio-b", "patrol-1/1"))),
            credibility=draw(st.integers(1, 6)),
        )
        for entry in range(draw(st.integers(1, 6)))
    ]
    touchings = [
        touching(one, answer, place=answer, exemption=draw(st.sampled_from((Truth.YES, Truth.UNKNOWN))))
        for one in members
        if (answer := draw(st.sampled_from((Truth.YES, Truth.UNKNOWN, None)))) is not None
    ]
    watching = st.builds(
        coverage, st.integers(100, 110), st.sampled_from(sources), st.sampled_from((0, 400_000, 950_000))
    )
    return members, touchings, draw(st.lists(watching, max_size=3, unique_by=lambda one: one.ref))


def findings(facts: Given, weight: Weight | None = None) -> tuple[Finding, ...]:
    members, touchings, watched = facts
    weigher = GradedWeigher() if weight is None else told(weight.probability_ppm, seen=weight.seen)
    made = incident("INC-2026-000001", members)
    return assess(made, TERM, touchings, REGISTER, watched, AGREEMENT, weigher)


@given(given_facts(), st.randoms(use_true_random=False))
def test_findings_do_not_depend_on_the_order_of_arrival(facts: Given, random: Random) -> None:
    members, touchings, watched = facts
    made = incident("INC-2026-000001", members)
    shuffled = replace(made, members=tuple(random.sample(made.members, len(members))))
    other = [random.sample(one, len(one)) for one in (touchings, watched)]
    again = assess(shuffled, TERM, other[0], REGISTER, other[1], AGREEMENT, GradedWeigher())
    assert again == findings(facts)


@given(given_facts(), st.integers(1, 999_999))
def test_no_evidence_is_never_an_answer(facts: Given, prior: int) -> None:
    members, _, watched = facts
    empty = Incident("INC-2026-000001", (), incident("x", members).when)
    rated = replace(AGREEMENT, base_rates=(("fire", prior),))
    for one in assess(empty, TERM, (), REGISTER, watched, rated, GradedWeigher()):
        assert (one.answer, one.words) == (Truth.UNKNOWN, "unverifiable")


@given(given_facts(("liaison-b", "radio-b")), st.integers(1, 999_999))
def test_one_side_alone_never_answers_anything_about_the_other(facts: Given, prior: int) -> None:
    members, touchings, watched = facts
    accusing = [
        replace(one, observation=replace(one.observation, by="party-a", relays=None)) for one in members
    ]
    rated = replace(AGREEMENT, base_rates=(("fire", prior),))
    made = incident("INC-2026-000001", accusing)
    found = assess(made, TERM, touchings, REGISTER, watched, rated, GradedWeigher())
    assert {one.answer for one in found} == {Truth.UNKNOWN}


@given(given_facts())
def test_the_three_findings_keep_their_order_of_dependence(facts: Given) -> None:
    event, violation, attribution = findings(facts)
    if event.answer is not Truth.YES:
        assert violation.answer is not Truth.YES
        assert attribution.answer is Truth.UNKNOWN
    assert violation.answer is not Truth.YES or facts[1]


@given(given_facts())
def test_every_reason_names_a_test_of_the_standards_and_entries_that_were_given(facts: Given) -> None:
    known = {one.ref for part in (facts[0], facts[2]) for one in part}
    for finding in findings(facts):
        tests = [reason.test for reason in finding.reasons]
        assert len(tests) == len(set(tests))
        assert set(tests) <= set(TESTS)
        assert all(test.startswith(f"{finding.question.value}.") for test in tests)
        assert {ref for reason in finding.reasons for ref in reason.refs} <= known


@given(given_facts())
def test_a_draft_is_the_same_bytes_every_time(facts: Given) -> None:
    refs = tuple(one.ref for one in facts[0])
    drafts = [
        Draft("INC-2026-000001", "d" * 64, 200, refs, "graded/v1", findings((facts[0][::step], *facts[1:])))
        for step in (1, -1)
    ]
    one, other = (canon.encode(wire.finding_body(draft)) for draft in drafts)
    assert one == other
    assert wire.read_finding(one) == drafts[0]


@given(given_facts(tuple(sorted(NEUTRAL))), st.integers(1, 999_999))
def test_answers_follow_the_number_where_neutral_people_saw_it(facts: Given, ppm: int) -> None:
    weight = told(ppm).weight
    event = next(one for one in findings(facts, weight) if one.question is Question.EVENT)
    if event.answer is Truth.YES:
        assert ppm >= TERM.standard.event_ppm
    if event.answer is Truth.NO:
        assert ppm <= 1_000_000 - TERM.standard.event_ppm


# --- decisions ------------------------------------------------------------------------------------

DIGEST = "a" * 64
PEOPLE = ("ada", "ben", "cleo", "dana", "sam")
NAMED = Finding(
    "INC-2026-000001", "t", "", Question.VIOLATION, Truth.YES, "established", "party-a", None, None, ()
)
DRAFTED = decision.Drafted(
    Ref(40),
    Draft("INC-2026-000001", DIGEST, 40, (Ref(1),), "m", (NAMED,)),
    DIGEST,
    "dana",
    Instant(0),
    ("sam",),
    100,
    2,
)
TIMES = st.integers(0, 300).map(Instant)


def _vote(voter: str, key: str, digest: str, at: Instant, *, approves: bool) -> decision.Voted:
    return decision.Voted(Ref(50), Ballot(Ref(40), digest, approves, ""), voter, key, PEOPLE, at)


VOTES = st.builds(
    _vote,
    st.sampled_from(PEOPLE),
    st.sampled_from(("k1", "k2", "k3")),
    st.sampled_from((DIGEST, "b" * 64)),
    TIMES,
    approves=st.booleans(),
)
INVITED = st.builds(
    lambda at, due: decision.Invited(Ref(41), Invitation(Ref(40), DIGEST, "party-a", due), at), TIMES, TIMES
)
REPLIED = st.builds(
    lambda at: decision.Replied(Ref(42), Reply(Ref(40), "party-a", Position.DISPUTES, ""), "party-a", at),
    TIMES,
)
EVENTS = st.lists(VOTES | INVITED | REPLIED, max_size=12)


@given(EVENTS)
def test_a_decision_takes_two_people_two_keys_and_the_right_of_reply(events: list[decision.Event]) -> None:
    case = decision.fold(DRAFTED, events)
    votes = [one for one in events if isinstance(one, decision.Voted)]
    assert [vote.voter for vote in case.votes] == [vote.voter for vote in votes]
    counted = [vote for vote in case.votes if vote.void is None]
    approving = [vote for vote in counted if vote.approves]
    assert len({vote.voter for vote in counted}) == len({vote.key for vote in counted}) == len(counted)
    assert {vote.voter for vote in counted} <= {"ada", "ben", "cleo"}
    assert (case.state == "decided") == (len(approving) == 2)
    if counted:
        assert any(isinstance(one, decision.Invited) for one in events)
        answered = any(isinstance(one, decision.Replied) for one in events)
        assert answered or min(vote.at for vote in counted) >= 100
