"""A notice's life, from its lines alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.movements.sample import NOW, announced, call, convoy, site, step, word
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import NotFound
from trucekeeper.movements.lifecycle import Line, dossier, refusal, then
from trucekeeper.movements.model import Answer, Grade, Op, State
from trucekeeper.record.role import Role

SENT = (
    announced(),
    step(Op.CHECK, 11),
    step(Op.TRANSMIT, 12, recipient="liaison-a", channel="webhook"),
    step(Op.TRANSMIT, 13, recipient="liaison-b", channel="email"),
)


def test_a_notice_goes_from_submitted_through_transmitted_to_closed() -> None:
    lines = (
        *SENT,
        step(Op.ACTIVATE, 14),
        step(Op.DEVIATE, 15, says="a bridge is closed"),
        step(Op.CLOSE, 16),
    )
    states = [dossier(lines[: count + 1]).state for count in range(len(lines))]
    assert states == [
        State.SUBMITTED,
        State.CHECKED,
        State.TRANSMITTED,
        State.TRANSMITTED,
        State.ACTIVE,
        State.DEVIATING,
        State.CLOSED,
    ]
    assert not dossier(lines).live


def test_each_recipient_has_an_answer_of_its_own_and_none_is_approval() -> None:
    found = dossier((*SENT, word(Answer.RECEIVED, 14), word(Answer.ACKNOWLEDGED, 15)))
    first, second = found.told
    assert (first.answer, first.grade, first.entry) == (Answer.ACKNOWLEDGED, Grade.SIGNED, 15)
    assert (second.answer, second.transmitted is not None) == (None, True)
    assert found.state is State.TRANSMITTED, "a recipient's word moves nothing else on"
    assert "approved" not in {answer.value for answer in Answer} | {state.value for state in State}


def test_an_objection_blocks_nothing() -> None:
    lines = (*SENT, word(Answer.OBJECTED, 14, says="the road is ours"), step(Op.ACTIVATE, 15))
    assert dossier(lines).state is State.ACTIVE


def test_stale_is_a_mark_that_a_confirmation_takes_away_and_never_ends_a_notice() -> None:
    lines = (announced(site()), step(Op.STALE, 11))
    assert dossier(lines).stale
    assert dossier(lines).live
    confirmed = dossier((*lines, step(Op.CONFIRM, 12, holder="relief-1")))
    assert not confirmed.stale
    assert confirmed.confirmed == Instant(NOW + 12 * 60_000)


def test_an_amendment_is_checked_and_transmitted_anew_and_old_answers_stay_with_the_old_version() -> None:
    lines = (
        *SENT,
        word(Answer.ACKNOWLEDGED, 14),
        step(Op.WAIVE, 15, says="both know", meets=(3,), by="officer"),
    )
    amended = Line(
        16,
        NOW,
        "relief-1",
        Role.NOTIFIER,
        replace(convoy(), amends=10, recipients=("liaison-a", "liaison-b", "g1")),
    )
    found = dossier((*lines, amended))
    assert found.state is State.SUBMITTED
    assert found.current.entry == 16
    assert found.amended
    assert found.waived == (), "a waiver knew another version"
    told = found.of("liaison-a")
    assert told is not None
    assert (told.answer, told.seen, told.version) == (Answer.ACKNOWLEDGED, 10, 10)
    assert [one.recipient for one in found.told] == ["liaison-a", "liaison-b", "g1"]


def test_who_was_told_is_not_left_out_of_an_amendment() -> None:
    def amended(*recipients: str) -> str | None:
        newer = replace(convoy(), amends=10, recipients=recipients)
        return refusal(dossier(SENT), Line(16, NOW, "relief-1", Role.NOTIFIER, newer))

    told = [one.recipient for one in dossier(SENT).told if one.transmitted is not None]
    assert told
    assert amended("liaison-a", "liaison-b", "g1") is None
    said = amended(*{"liaison-a", "liaison-b", "g1"} - {told[0]})
    assert said is not None
    assert f"went to {told[0]}, who would not hear" in said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (step(Op.TRANSMIT, 14, recipient="liaison-c", channel="email"), "does not name that recipient"),
        (step(Op.CHECK, 14), "checked already"),
        (step(Op.CHECK, 14, holder="relief-1"), "is the office's"),
        (step(Op.DEVIATE, 14, says="late"), "is not active"),
        (step(Op.CLOSE, 14, holder="relief-2"), "only its notifier or the office"),
        (step(Op.WITHDRAW, 14), "is the notifier's"),
        (step(Op.RELEASE, 14, purpose="case", says="they told me"), "read back by two"),
        (Line(14, NOW, "relief-2", Role.NOTIFIER, replace(convoy(), amends=10)), "its own notifier"),
        (Line(14, NOW, "relief-1", Role.NOTIFIER, replace(site(), amends=10)), "kind does not change"),
        (word(Answer.RECEIVED, 14, "liaison-c"), "not transmitted to that recipient"),
        (replace(word(Answer.RECEIVED, 14), holder="liaison-b"), "answers notice 10 for itself"),
        (word(Answer.RECEIVED, 14, version=11), "is no version"),
        (word(Answer.RECEIVED, 14, taken_down=call()), "only the office takes down"),
    ],
)
def test_a_line_that_does_not_fit_is_refused_in_words_and_counts_for_nothing(line: Line, why: str) -> None:
    found = dossier(SENT)
    said = refusal(found, line)
    assert said is not None
    assert why in said
    after = then(found, line)
    assert after.passed_over == ((14, said),)
    assert replace(after, passed_over=()) == found


def test_what_a_recipient_says_by_radio_is_of_a_lower_grade_and_counts() -> None:
    said = replace(
        word(Answer.ACKNOWLEDGED, 14, taken_down=call("radio")), holder="officer", role=Role.OFFICE
    )
    told = dossier((*SENT, said)).of("liaison-a")
    assert told is not None
    assert (told.answer, told.grade) == (Answer.ACKNOWLEDGED, Grade.READ_BACK)


def test_the_alternate_that_it_went_on_to_may_answer() -> None:
    went_on = step(Op.ESCALATE, 14, recipient="liaison-a", to="liaison-a2")
    answer = replace(word(Answer.ACKNOWLEDGED, 15), holder="liaison-a2")
    assert refusal(dossier(SENT), answer) is not None
    told = dossier((*SENT, went_on, answer)).of("liaison-a")
    assert told is not None
    assert told.answer is Answer.ACKNOWLEDGED
    assert [to for to, _, _ in told.escalated] == ["liaison-a2"]


def test_nothing_happens_to_a_closed_notice_but_its_release() -> None:
    closed = dossier((*SENT, step(Op.CLOSE, 14)))
    assert refusal(closed, step(Op.ACTIVATE, 15)) is not None
    assert then(closed, step(Op.RELEASE, 15, holder="relief-1", purpose="case")).released == {"case"}


def test_what_announces_nothing_is_no_notice() -> None:
    with pytest.raises(NotFound, match="not the first version"):
        dossier((step(Op.CHECK, 11),))
    with pytest.raises(NotFound, match="no notice of that number"):
        dossier(())


@given(st.permutations([*SENT[1:], word(Answer.RECEIVED, 14), step(Op.ACTIVATE, 15), step(Op.CLOSE, 16)]))
def test_whatever_order_lines_come_in_nothing_breaks_and_each_counts_or_is_passed_over(
    lines: list[Line],
) -> None:
    found = dossier((SENT[0], *lines))
    assert len(found.steps) + len(found.passed_over) == 1 + len(lines)
    assert found.newest == found.steps[-1].entry
