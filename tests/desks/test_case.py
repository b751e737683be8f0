"""From the draft to the decision: inquiry, liaison and panel."""

import pytest

from tests.office_kit import HOUR_MS, START, Kit, key_of, looked, seen
from trucekeeper.findings import wire
from trucekeeper.findings.model import Ballot, Case, Erratum, Position, Reply
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotPermitted
from trucekeeper.record.ref import Ref

INCIDENT = "INC-2026-000001"


@pytest.fixture
def finding(kit: Kit) -> Ref:
    """A draft on one incident, with the sides not asked yet."""
    one, other = kit.observe("ada", seen("1"), seen("2", source="camera-lake"))
    kit.observe("ben", looked("c"))
    kit.office.triage.open((one, other), key_of("ben"))
    return Ref(kit.office.inquiry.draft(INCIDENT, kit.office.signer).index)


def case_of(kit: Kit, finding: Ref) -> Case:
    return kit.office.casebook.case(finding)


def vote(kit: Kit, person: str, finding: Ref, *, approves: bool = True, digest: str = "") -> bytes:
    ballot = Ballot(finding, digest or case_of(kit, finding).digest, approves, "I have read the entries.")
    return kit.sealed(person, wire.VOTE, wire.vote_body(ballot))


def reply(kit: Kit, person: str, finding: Ref, party: str) -> bytes:
    body = wire.reply_body(Reply(finding, party, Position.DISPUTES, "It was not us."))
    return kit.sealed(person, wire.REPLY, body)


def ask_and_wait(kit: Kit, finding: Ref) -> None:
    kit.office.inquiry.invite_all(finding, kit.office.signer)
    hours = kit.office.agreement.procedure.reply_hours
    kit.clock.at = Instant(kit.clock.at + hours * HOUR_MS)


def test_a_draft_assesses_every_touched_term_in_every_reading(kit: Kit, finding: Ref) -> None:
    case = case_of(kit, finding)
    touched = {one.term for one in kit.office.casebook.touchings()}
    terms = {(term.id, term.reading) for term in kit.office.agreement.terms if term.id in touched}
    assert terms
    assert {(one.term, one.reading) for one in case.findings} == terms
    assert {one.question.value for one in case.findings} == {"event", "violation", "attribution"}


def test_a_draft_can_be_made_again_from_what_was_known(kit: Kit, finding: Ref) -> None:
    recorded = wire.read_finding(kit.office.record.entry(finding.entry).body_bytes)
    (new,) = kit.observe("ada", seen("3", source="liaison-a"))
    kit.office.triage.accept(kit.office.triage.suggest(), key_of("ben"))
    assert new in {one.ref for one in kit.office.casebook.incident(INCIDENT).members}
    assert kit.office.inquiry.assessed(INCIDENT, recorded.upto) == recorded
    assert kit.office.inquiry.assessed(INCIDENT) != recorded


def test_an_incident_has_one_open_case(kit: Kit, finding: Ref) -> None:
    with pytest.raises(Conflict, match=f"open case at entry {finding}"):
        kit.office.inquiry.draft(INCIDENT, kit.office.signer)


def test_an_incident_that_touches_no_term_has_no_finding(kit: Kit) -> None:
    (one,) = kit.observe("ada", seen("1", Instant(START - 24 * HOUR_MS)))  # before the agreement was in force
    kit.office.triage.open((one,), key_of("ben"))
    with pytest.raises(Conflict, match="touches no term"):
        kit.office.inquiry.draft(INCIDENT, kit.office.signer)


def test_every_named_side_is_asked_once(kit: Kit, finding: Ref) -> None:
    named = {one.party for one in case_of(kit, finding).findings if one.party is not None}
    kit.office.inquiry.invite_all(finding, kit.office.signer)
    case = case_of(kit, finding)
    assert case.state == "awaiting-reply"
    assert set(case.silent) == named
    assert case.reply_due == kit.clock.at + kit.office.agreement.procedure.reply_hours * HOUR_MS
    with pytest.raises(Conflict, match="asked before"):
        kit.office.inquiry.invite(finding, min(named), kit.office.signer)


def test_when_every_side_has_replied_the_panel_may_decide_at_once(kit: Kit, finding: Ref) -> None:
    kit.office.inquiry.invite_all(finding, kit.office.signer)
    for party in case_of(kit, finding).silent:
        kit.office.liaison.receive(reply(kit, f"liaison-{party[-1]}", finding, party))
    assert case_of(kit, finding).state == "with-panel"
    assert len(list(kit.office.casebook.replies())) == len(case_of(kit, finding).replies) > 0


def test_a_liaison_replies_for_its_own_party_alone(kit: Kit, finding: Ref) -> None:
    with pytest.raises(NotPermitted, match="another party"):
        kit.office.liaison.receive(reply(kit, "liaison-a", finding, "party-b"))


def test_a_reply_to_what_is_no_finding_is_refused(kit: Kit) -> None:
    with pytest.raises(NotFound, match="is no finding"):
        kit.office.liaison.receive(reply(kit, "liaison-a", Ref(1), "party-a"))
    with pytest.raises(BadInput, match="liaison desk takes"):
        kit.office.liaison.receive(kit.sealed("ada", "observation/v1", {}))


def test_two_members_decide_and_a_dissent_is_kept(kit: Kit, finding: Ref) -> None:
    ask_and_wait(kit, finding)
    assert kit.office.panel.receive(vote(kit, "cleo", finding)).state == "with-panel"
    assert kit.office.panel.receive(vote(kit, "dag", finding, approves=False)).state == "with-panel"
    case = kit.office.panel.receive(vote(kit, "eve", finding))
    assert case.state == "decided"
    assert [(one.voter, one.approves, one.void) for one in case.votes] == [
        ("cleo", True, None),
        ("dag", False, None),
        ("eve", True, None),
    ]


def test_a_vote_before_the_clock_has_run_out_is_refused(kit: Kit, finding: Ref) -> None:
    with pytest.raises(NotPermitted, match="its clock had run out"):
        kit.office.panel.receive(vote(kit, "cleo", finding))
    kit.office.inquiry.invite_all(finding, kit.office.signer)
    with pytest.raises(NotPermitted, match="its clock had run out"):
        kit.office.panel.receive(vote(kit, "cleo", finding))


def test_a_vote_on_another_text_is_refused(kit: Kit, finding: Ref) -> None:
    ask_and_wait(kit, finding)
    with pytest.raises(NotPermitted, match="digest of another draft"):
        kit.office.panel.receive(vote(kit, "cleo", finding, digest="0" * 64))


def test_a_vote_on_what_is_no_finding_is_refused(kit: Kit) -> None:
    with pytest.raises(NotFound, match="is no finding"):
        kit.office.panel.receive(vote(kit, "cleo", Ref(1), digest="0" * 64))


def test_a_refused_vote_leaves_no_trace(kit: Kit, finding: Ref) -> None:
    size = kit.office.record.size()
    with pytest.raises(NotPermitted):
        kit.office.panel.receive(vote(kit, "cleo", finding))
    assert kit.office.record.size() == size


def test_an_erratum_stands_beside_what_it_corrects(kit: Kit, finding: Ref) -> None:
    ask_and_wait(kit, finding)
    for person in ("cleo", "dag"):
        kit.office.panel.receive(vote(kit, person, finding))
    kit.office.panel.correct(Erratum(finding, None, "A report was counted twice."), kit.office.signer)
    case = case_of(kit, finding)
    assert (case.state, len(case.errata), len(case.votes)) == ("corrected", 1, 2)
    (correction,) = kit.office.casebook.corrections()
    assert correction.erratum.says == "A report was counted twice."
    second = kit.office.inquiry.draft(INCIDENT, kit.office.signer)
    assert second.index > finding.entry


def test_an_erratum_names_what_is_on_the_record(kit: Kit) -> None:
    with pytest.raises(NotFound, match="not on the record"):
        kit.office.panel.correct(Erratum(Ref(9_999), None, "?"), kit.office.signer)


def test_each_case_is_as_it_was_known_then(kit: Kit, finding: Ref) -> None:
    ask_and_wait(kit, finding)
    for person in ("cleo", "dag"):
        kit.office.panel.receive(vote(kit, person, finding))
    size = kit.office.record.size()
    states = [kit.office.casebook.case(finding, upto).state for upto in range(finding.entry + 1, size + 1)]
    assert (states[0], states[-1]) == ("draft", "decided")
    assert list(kit.office.casebook.cases(finding.entry)) == []
