"""Obligations: the order in which facts become known changes nothing."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.agreement.model import Modality
from trucekeeper.agreement.obligations import (
    Fact,
    Obligation,
    State,
    What,
    as_known_on,
    breaches,
    disputes_of,
    replay,
    standing,
    standing_for,
    step,
    verdicts_of,
)
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.truth import Truth

MOMENTS = st.integers(0, 40).map(Instant)


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    """Facts of every kind, each known no earlier than it happened."""
    found: list[Fact] = []
    for number in range(draw(st.integers(0, 7))):
        happened = draw(MOMENTS)
        what = draw(st.sampled_from(What))
        of = {
            What.MET: draw(st.sampled_from(("notice", "order"))),
            What.EXCUSED: draw(st.sampled_from((None, "f0", "f1", "f2"))),
        }.get(what)
        found.append(
            Fact(
                id=f"f{number}",
                what=what,
                happened=happened,
                known=Instant(happened + draw(st.integers(0, 20))),
                by=draw(st.sampled_from(("party-a", "party-b", "g1"))),
                of=of,
                answer=draw(st.sampled_from(Truth)),
            )
        )
    return found


OBLIGATIONS = st.builds(
    Obligation,
    term=st.just("t1"),
    reading=st.just(""),
    modality=st.sampled_from(Modality),
    begins=st.integers(0, 10).map(Instant),
    due=st.one_of(st.none(), st.integers(11, 30).map(Instant)),
    needs=st.sampled_from(((), ("notice",), ("notice", "order"))),
)


@given(st.data(), OBLIGATIONS, facts(), MOMENTS)
def test_incremental_equals_replay_in_any_order(
    data: st.DataObject, dormant: Obligation, found: list[Fact], at: Instant
) -> None:
    arriving = data.draw(st.permutations(found))
    state = dormant
    for fact in arriving:
        state = step(state, fact)
    sorted_once = replay(dormant, sorted(found, key=lambda fact: fact.rank))
    assert state == sorted_once
    assert standing(state, at) is standing(sorted_once, at)


@given(OBLIGATIONS, facts())
def test_a_fact_that_is_known_already_changes_nothing(dormant: Obligation, found: list[Fact]) -> None:
    once = replay(dormant, found)
    assert replay(once, found) == once


@given(OBLIGATIONS, facts(), MOMENTS, MOMENTS)
def test_late_knowledge_gives_what_timely_knowledge_would_have(
    dormant: Obligation, found: list[Fact], at: Instant, known_on: Instant
) -> None:
    then = as_known_on(replay(dormant, found), known_on)
    timely = replay(dormant, [replace(fact, known=fact.happened) for fact in found if fact.known <= known_on])
    assert standing(then, at) is standing(timely, at)


@given(OBLIGATIONS, facts(), MOMENTS)
def test_what_happens_later_changes_no_earlier_state(
    dormant: Obligation, found: list[Fact], at: Instant
) -> None:
    earlier = [fact for fact in found if fact.happened <= at]
    assert standing(replay(dormant, found), at) is standing(replay(dormant, earlier), at)


@given(OBLIGATIONS, facts(), MOMENTS, st.sampled_from(("party-a", "party-b", "g1")))
def test_a_dispute_erases_no_verdict(
    dormant: Obligation, found: list[Fact], at: Instant, disputing: str
) -> None:
    before = replay(dormant, found)
    after = step(before, Fact("dispute", What.DISPUTED, at, at, by=disputing))
    assert verdicts_of(after, at) == verdicts_of(before, at)
    assert disputing in disputes_of(after, at) or any(
        fact.what is What.SETTLED and fact.happened == at for fact in found
    )
    for recogniser, _ in verdicts_of(before, at):
        assert standing_for(after, recogniser, at) is standing_for(before, recogniser, at)


@given(OBLIGATIONS, MOMENTS)
def test_without_evidence_nothing_is_violated_or_fulfilled(dormant: Obligation, at: Instant) -> None:
    assert standing(dormant, at) in {State.DORMANT, State.PENDING, State.LAPSED}


@given(OBLIGATIONS, facts(), MOMENTS)
def test_violated_names_the_facts_or_verdicts_that_make_it_so(
    dormant: Obligation, found: list[Fact], at: Instant
) -> None:
    state = replay(dormant, found)
    if standing(state, at) is State.VIOLATED:
        assert breaches(state, at) or any(answer is Truth.YES for _, answer in verdicts_of(state, at))
