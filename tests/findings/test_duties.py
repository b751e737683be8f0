"""Obligations by decided cases: nothing else moves them, and the order of cases never matters."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.agreement.folder import load
from trucekeeper.agreement.obligations import State
from trucekeeper.drill.demo import AGREEMENT
from trucekeeper.findings.duties import Duty, duties
from trucekeeper.findings.model import Case, Finding, Position, Question, Reply
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.truth import Truth
from trucekeeper.record.ref import Ref

LAKESIDE = load(AGREEMENT)
DAY = 86_400_000
START = Instant(LAKESIDE.in_force + 2 * DAY)
END = Instant(START + 20 * DAY)


def case(entry, breach, by, *, term="t1-a", state="decided"):
    answers = {Question.VIOLATION: breach, Question.ATTRIBUTION: by}
    findings = tuple(
        Finding("INC-2026-000001", term, "", question, answer, "", "party-a", None, None, ())
        for question, answer in answers.items()
    )
    decided = Instant(START + entry)
    return Case(Ref(entry), findings, state, START, "officer", (), decided_at=decided)


def duty_of(cases, term="t1-a", replies=(), at=END) -> Duty:
    found = duties(LAKESIDE, cases, {"INC-2026-000001": START}, replies, at)
    return next(one for one in found if one.term.id == term and not one.term.reading)


def test_without_a_decided_case_an_obligation_merely_binds():
    assert duty_of(()).state is State.PENDING
    pending = case(5, Truth.YES, Truth.YES, state="with-panel")
    assert duty_of((pending,)).state is State.PENDING


def test_a_term_whose_deadline_lies_ahead_is_dormant():
    assert duty_of((), "t2-a", at=START).state is State.DORMANT


def test_a_decided_breach_by_the_bearer_violates_its_term_and_no_other():
    cases = (case(5, Truth.YES, Truth.YES),)
    assert duty_of(cases).state is State.VIOLATED
    assert duty_of(cases).breached == (Ref(5),)
    assert duty_of(cases, "t1-b").state is State.PENDING


def test_a_breach_by_nobody_known_counts_against_nobody():
    found = duty_of((case(5, Truth.YES, Truth.UNKNOWN),))
    assert (found.state, found.breached, found.unattributed) == (State.PENDING, (), (Ref(5),))


def test_what_was_corrected_or_rejected_establishes_nothing():
    for state in ("corrected", "rejected"):
        assert duty_of((case(5, Truth.YES, Truth.YES, state=state),)).state is State.PENDING


def test_a_bearer_that_disputes_makes_it_contested_and_erases_nothing():
    reply = Reply(Ref(5), "party-a", Position.DISPUTES, "No.")
    other = replace(reply, party="party-b")
    cases = (case(5, Truth.YES, Truth.YES),)
    assert duty_of(cases, replies=((reply, START),)).state is State.CONTESTED
    assert duty_of(cases, replies=((reply, START),)).breached == (Ref(5),)
    assert duty_of(cases, replies=((other, START),)).state is State.VIOLATED


def test_what_was_decided_later_was_not_known_before():
    late = replace(case(5, Truth.YES, Truth.YES), decided_at=Instant(END + 1))
    assert duty_of((late,)).state is State.PENDING


answers = st.sampled_from(list(Truth))
many = st.lists(
    st.tuples(answers, answers, st.sampled_from(["decided", "rejected", "corrected"])), max_size=6
)


@given(many, st.randoms(use_true_random=False))
def test_the_order_of_cases_never_matters_and_only_a_certain_pair_violates(told, random):
    cases = [case(entry, breach, by, state=state) for entry, (breach, by, state) in enumerate(told)]
    shuffled = random.sample(cases, len(cases))
    found = duty_of(cases)
    assert found.state is duty_of(shuffled).state
    assert set(found.breached) == set(duty_of(shuffled).breached)
    sure = any(breach is by is Truth.YES and state == "decided" for breach, by, state in told)
    assert found.state is (State.VIOLATED if sure else State.PENDING)
