from dataclasses import replace

import pytest

from trucekeeper.findings import decision
from trucekeeper.findings.decision import Corrected, Drafted, Event, Invited, Replied, Voted
from trucekeeper.findings.model import (
    Ballot,
    Draft,
    Erratum,
    Finding,
    Invitation,
    Position,
    Question,
    Reply,
)
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.truth import Truth
from trucekeeper.record.ref import Ref

HOUR = 3_600_000
DIGEST, OTHER = "a" * 64, "b" * 64
PANEL = ("ada", "ben", "cleo")
DRAFT_REF = Ref(40)


def finding(party: str | None, question: Question = Question.ATTRIBUTION) -> Finding:
    return Finding("INC-2026-000001", "t", "", question, Truth.YES, "established", party, 900_000, None, ())


DRAFT = Draft(
    "INC-2026-000001", DIGEST, 40, (Ref(1),), "m", (finding(None, Question.EVENT), finding("party-a"))
)
DRAFTED = Drafted(DRAFT_REF, DRAFT, DIGEST, "dana", Instant(0), ("sam",), 24 * HOUR, 2)


def invited(
    ref: int = 41, party: str = "party-a", at: int = 0, due_h: int = 24, digest: str = DIGEST
) -> Invited:
    return Invited(Ref(ref), Invitation(DRAFT_REF, digest, party, Instant(due_h * HOUR)), Instant(at * HOUR))


def replied(ref: int = 42, party: str = "party-a", author: str | None = None) -> Replied:
    return Replied(Ref(ref), Reply(DRAFT_REF, party, Position.DISPUTES, "no"), author or party, Instant(HOUR))


def voted(
    ref: int, voter: str = "ada", approves: bool = True, digest: str = DIGEST, at_h: int = 2, key: str = ""
) -> Voted:
    ballot = Ballot(DRAFT_REF, digest, approves, "because")
    return Voted(Ref(ref), ballot, voter, key or f"key-{voter}", PANEL, Instant(at_h * HOUR))


def state(*events: Event, drafted: Drafted = DRAFTED) -> str:
    return decision.fold(drafted, events).state


HEARD = (invited(), replied())


def test_a_draft_waits_for_its_named_side_to_be_invited() -> None:
    case = decision.fold(DRAFTED, ())
    assert (case.state, case.uninvited) == ("draft", ("party-a",))


def test_a_draft_that_names_nobody_goes_to_the_panel() -> None:
    nobody = replace(DRAFTED, draft=replace(DRAFT, findings=(finding(None),)))
    assert state(drafted=nobody) == "with-panel"


def test_a_case_waits_for_the_reply_or_the_clock() -> None:
    case = decision.fold(DRAFTED, [invited()])
    assert (case.state, case.reply_due, case.silent) == ("awaiting-reply", Instant(24 * HOUR), ("party-a",))
    assert decision.standing(case, Instant(24 * HOUR - 1)) == "awaiting-reply"
    assert decision.standing(case, Instant(24 * HOUR)) == "with-panel"
    replied_case = decision.fold(DRAFTED, HEARD)
    assert (replied_case.state, replied_case.reply_due, replied_case.replies) == (
        "with-panel",
        None,
        (Ref(42),),
    )


def test_an_invitation_never_gives_less_time_than_the_agreement() -> None:
    assert decision.fold(DRAFTED, [invited(due_h=1, at=3)]).reply_due == Instant(27 * HOUR)
    assert decision.fold(DRAFTED, [invited(due_h=72)]).reply_due == Instant(72 * HOUR)


def test_a_second_invitation_never_shortens_the_first() -> None:
    assert decision.fold(DRAFTED, [invited(due_h=72), invited(43, due_h=24)]).reply_due == Instant(72 * HOUR)


def test_an_invitation_after_the_reply_starts_no_new_clock() -> None:
    case = decision.fold(DRAFTED, [*HEARD, invited(43, due_h=99)])
    assert (case.state, case.invitations) == ("with-panel", (Ref(41),))


def test_an_invitation_to_another_draft_starts_no_clock() -> None:
    assert state(invited(digest=OTHER)) == "draft"


def test_the_case_waits_for_every_invited_side() -> None:
    both = [invited(), invited(43, party="party-b", due_h=48), replied()]
    case = decision.fold(DRAFTED, both)
    assert (case.state, case.silent, case.reply_due) == ("awaiting-reply", ("party-b",), Instant(48 * HOUR))


def test_nobody_replies_in_the_name_of_another() -> None:
    case = decision.fold(DRAFTED, [invited(), replied(author="party-b")])
    assert (case.state, case.replies) == ("awaiting-reply", ())


def test_a_side_that_replies_before_it_is_asked_is_still_asked() -> None:
    case = decision.fold(DRAFTED, [replied(), invited()])
    assert (case.state, case.replies) == ("awaiting-reply", (Ref(42),))


def test_two_people_with_two_keys_decide() -> None:
    case = decision.fold(DRAFTED, [*HEARD, voted(50), voted(51, "ben", at_h=5)])
    assert (case.state, case.decided_at) == ("decided", Instant(5 * HOUR))
    assert [vote.void for vote in case.votes] == [None, None]


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (voted(51, "ada"), "the same person has voted already"),
        (voted(51, "ben", key="key-ada"), "the same key has voted already"),
        (voted(51, "ben", digest=OTHER), "names the digest of another draft"),
        (voted(51, "eve"), "holds no mandate as a member of the panel"),
        (replace(voted(51, "dana"), panel=(*PANEL, "dana")), "drafted the finding"),
        (replace(voted(51, "sam"), panel=(*PANEL, "sam")), "submitted an observation of the incident"),
    ],
)
def test_a_vote_that_may_not_count_is_kept_with_the_reason(second: Voted, why: str) -> None:
    case = decision.fold(DRAFTED, [*HEARD, voted(50), second])
    assert case.state == "with-panel"
    assert [(vote.ref, vote.void) for vote in case.votes] == [(Ref(50), None), (Ref(51), why)]


def test_a_void_vote_neither_bars_its_voter_nor_its_key() -> None:
    early = voted(44, at_h=0)
    case = decision.fold(DRAFTED, [invited(), early, replied(), voted(50), voted(51, "ben")])
    assert case.state == "decided"
    assert case.votes[0].void == "came before every invited side had replied or its clock had run out"


def test_votes_count_from_the_moment_the_clock_runs_out() -> None:
    votes = [voted(50, at_h=24), voted(51, "ben", at_h=24)]
    assert state(invited(), *votes) == "decided"
    assert state(invited(), replace(votes[0], at=Instant(24 * HOUR - 1)), votes[1]) == "with-panel"


def test_no_vote_counts_before_the_named_side_is_invited() -> None:
    assert state(voted(50, at_h=99), voted(51, "ben", at_h=99)) == "draft"


def test_a_dissent_is_kept_beside_the_decision() -> None:
    case = decision.fold(DRAFTED, [*HEARD, voted(50, "cleo", approves=False), voted(51), voted(52, "ben")])
    assert case.state == "decided"
    assert next((vote.voter, vote.approves, vote.says) for vote in case.votes) == ("cleo", False, "because")


def test_so_many_dissents_that_approval_cannot_come_reject() -> None:
    case = decision.fold(DRAFTED, [*HEARD, voted(50, approves=False), voted(51, "ben", approves=False)])
    assert (case.state, case.decided_at) == ("rejected", Instant(2 * HOUR))


def test_a_small_panel_is_no_dissent() -> None:
    small = replace(DRAFTED, submitters=("ben", "cleo"))
    assert state(*HEARD, voted(50), drafted=small) == "with-panel"


def test_a_member_who_may_not_vote_is_not_counted_on() -> None:
    small = replace(DRAFTED, submitters=("ben",))
    assert state(*HEARD, voted(50, approves=False), drafted=small) == "rejected"


def test_a_vote_after_the_decision_is_kept_and_changes_nothing() -> None:
    case = decision.fold(DRAFTED, [*HEARD, voted(50), voted(51, "ben"), voted(52, "cleo", approves=False)])
    assert case.state == "decided"
    assert case.votes[-1].void == "came after the case was closed"


def test_an_erratum_stands_beside_the_decision() -> None:
    erratum = Corrected(Ref(60), Erratum(DRAFT_REF, Ref(59), "the place was wrong"), Instant(9 * HOUR))
    case = decision.fold(DRAFTED, [*HEARD, voted(50), voted(51, "ben"), erratum])
    assert (case.state, case.errata, case.decided_at) == ("corrected", (Ref(60),), Instant(2 * HOUR))
    late = decision.fold(DRAFTED, [erratum, *HEARD, voted(61)])
    assert (late.state, late.replies, late.votes[0].void) == (
        "corrected", (Ref(42),), "came after the case was closed"
    )  # fmt: skip


def test_events_of_other_findings_are_passed_over() -> None:
    elsewhere = replace(DRAFTED, ref=Ref(39))
    erratum = Corrected(Ref(60), Erratum(DRAFT_REF, None, "wrong"), Instant(0))
    assert decision.fold(elsewhere, [*HEARD, voted(50), erratum]) == decision.opened(elsewhere)
