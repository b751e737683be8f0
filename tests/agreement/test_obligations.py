"""Stories of single obligations."""

from trucekeeper.agreement.model import Modality
from trucekeeper.agreement.obligations import (
    Fact,
    Obligation,
    State,
    What,
    as_known_on,
    breaches,
    overdue,
    replay,
    standing,
    standing_for,
)
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.truth import Truth


def at(day: int) -> Instant:
    return Instant(day * 86_400_000)


def fact(name: str, what: What, day: int, **more: object) -> Fact:
    return Fact(id=name, what=what, happened=at(day), known=at(day), **more)


MUST = Obligation("t1", "", Modality.MUST, begins=at(0), due=at(14))
SHANT = Obligation("t2", "", Modality.SHANT, begins=at(14), due=at(14))
MAY = Obligation("t3", "", Modality.MAY, begins=at(0), due=None)


def test_a_passed_deadline_is_a_reason_to_look_and_not_a_violation() -> None:
    assert standing(MUST, at(20)) is State.PENDING
    assert overdue(MUST, at(20))
    assert not overdue(MUST, at(13))


def test_a_must_done_in_time_is_fulfilled() -> None:
    assert standing(replay(MUST, [fact("f", What.DONE, 13)]), at(20)) is State.FULFILLED


def test_a_must_done_late_is_violated_by_its_own_date() -> None:
    late = replay(MUST, [fact("f", What.DONE, 16)])
    assert standing(late, at(15)) is State.PENDING
    assert standing(late, at(17)) is State.VIOLATED


def test_a_must_found_undone_before_its_deadline_is_still_pending() -> None:
    assert standing(replay(MUST, [fact("f", What.NOT_DONE, 10)]), at(10)) is State.PENDING
    assert standing(replay(MUST, [fact("f", What.NOT_DONE, 15)]), at(15)) is State.VIOLATED


def test_late_news_of_a_timely_act_turns_violated_into_fulfilled() -> None:
    found_missing = fact("seen", What.NOT_DONE, 15)
    news = Fact("news", What.DONE, happened=at(13), known=at(30))
    state = replay(MUST, [found_missing, news])
    assert standing(as_known_on(state, at(20)), at(20)) is State.VIOLATED
    assert standing(as_known_on(state, at(30)), at(20)) is State.FULFILLED


def test_a_shant_does_not_bind_before_its_time() -> None:
    state = replay(SHANT, [fact("early", What.DONE, 10)])
    assert standing(state, at(10)) is State.DORMANT
    assert standing(state, at(20)) is State.PENDING


def test_each_breach_of_a_shant_is_named() -> None:
    state = replay(SHANT, [fact("one", What.DONE, 15), fact("two", What.DONE, 16)])
    assert standing(state, at(20)) is State.VIOLATED
    assert [breach.id for breach in breaches(state, at(20))] == ["one", "two"]


def test_an_exempt_act_excuses_and_the_next_one_does_not() -> None:
    exempt = [fact("one", What.DONE, 15), fact("exercise", What.EXCUSED, 16, of="one")]
    assert standing(replay(SHANT, exempt), at(20)) is State.EXCUSED
    assert standing(replay(SHANT, [*exempt, fact("two", What.DONE, 17)]), at(20)) is State.VIOLATED


def test_a_shant_that_ran_out_unbroken_has_lapsed_and_is_not_proven_kept() -> None:
    assert standing(replay(SHANT, [fact("end", What.ENDED, 30)]), at(31)) is State.LAPSED


def test_a_breach_by_the_other_side_frees_from_then_on() -> None:
    freed = fact("freed", What.FREED, 16)
    assert standing(replay(SHANT, [freed, fact("after", What.DONE, 17)]), at(20)) is State.LAPSED
    assert standing(replay(SHANT, [freed, fact("before", What.DONE, 15)]), at(20)) is State.VIOLATED


def test_a_permission_is_used_or_lapses() -> None:
    assert standing(replay(MAY, [fact("used", What.DONE, 3)]), at(5)) is State.FULFILLED
    assert standing(replay(MAY, [fact("end", What.ENDED, 3)]), at(5)) is State.LAPSED


def test_return_fire_is_permitted_only_after_mechanism_order_and_notice() -> None:
    needs = ("mechanism-failed", "leadership-order", "tcg-notified")
    may_return_fire = Obligation("return-fire", "", Modality.MAY, begins=at(0), due=None, needs=needs)
    steps = [fact(f"step-{day}", What.MET, day, of=need) for day, need in enumerate(needs, start=1)]
    shot = fact("shot", What.DONE, 2)
    assert standing(replay(may_return_fire, [*steps[:2], shot]), at(2)) is State.DORMANT
    assert standing(replay(may_return_fire, steps), at(3)) is State.PENDING


def test_a_verdict_is_its_givers_and_a_dispute_makes_it_contested_for_all() -> None:
    verdict = fact("v", What.VERDICT, 20, by="g1", answer=Truth.YES)
    dispute = fact("d", What.DISPUTED, 21, by="party-b")
    state = replay(SHANT, [verdict, dispute])
    assert standing(state, at(20)) is State.VIOLATED
    assert standing(state, at(21)) is State.CONTESTED
    assert standing_for(state, "g1", at(21)) is State.VIOLATED
    assert standing_for(state, "party-b", at(21)) is State.PENDING
    settled = replay(state, [fact("s", What.SETTLED, 22, by="party-b")])
    assert standing(settled, at(22)) is State.VIOLATED


def test_a_verdict_against_the_facts_is_contested() -> None:
    state = replay(
        SHANT, [fact("one", What.DONE, 15), fact("v", What.VERDICT, 20, by="party-b", answer=Truth.NO)]
    )
    assert standing(state, at(20)) is State.CONTESTED
    assert standing_for(state, "party-b", at(20)) is State.PENDING
