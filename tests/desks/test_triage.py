import pytest

from tests.office_kit import HOUR_MS, START, Kit, key_of, looked, seen
from trucekeeper.incidents.act import Act, Op
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import Conflict, NotFound, NotPermitted
from trucekeeper.record.ref import Ref

LATER = Instant(START + 20 * HOUR_MS)


def test_two_reports_of_one_happening_are_suggested_as_one_incident(kit: Kit) -> None:
    one, other = kit.observe("ada", seen("1"), seen("2", source="camera-lake"))
    kit.observe("ada", looked("c"))
    (suggestion,) = kit.office.triage.suggest()
    assert suggestion.act.op is Op.OPEN
    assert suggestion.act.members == (one, other)
    assert suggestion.act.grounds
    assert list(kit.office.casebook.incidents()) == []


def test_nothing_is_linked_before_a_person_signs(kit: Kit) -> None:
    kit.observe("ada", seen("1"), seen("2", source="camera-lake"), seen("3", LATER))
    receipts = kit.office.triage.accept(kit.office.triage.suggest(), key_of("ben"))
    entries = [kit.office.record.entry(receipt.index) for receipt in receipts]
    assert [entry.key for entry in entries] == [key_of("ben").key_id] * 2
    incidents = list(kit.office.casebook.incidents())
    assert [len(incident.members) for incident in incidents] == [2, 1]
    assert kit.office.triage.suggest() == ()


def test_a_later_report_is_suggested_for_the_incident_that_stands(kit: Kit) -> None:
    kit.observe("ada", seen("1"))
    kit.office.triage.accept(kit.office.triage.suggest(), key_of("ben"))
    (new,) = kit.observe("ada", seen("2", source="camera-lake"))
    (suggestion,) = kit.office.triage.suggest()
    assert suggestion.act.op is Op.ADD
    assert (suggestion.act.incident, suggestion.act.members) == ("INC-2026-000001", (new,))
    assert all(new in (pair.one, pair.other) for pair in suggestion.act.grounds)


def test_what_looks_like_two_incidents_at_once_is_suggested_for_merging(kit: Kit) -> None:
    one, other = kit.observe("ada", seen("1"), seen("2", source="camera-lake"))
    kit.office.triage.open((one,), key_of("ben"))
    kit.office.triage.open((other,), key_of("ben"))
    (suggestion,) = kit.office.triage.suggest()
    assert (suggestion.act.op, suggestion.act.incident) == (Op.MERGE, "INC-2026-000001")
    kit.office.triage.accept((suggestion,), key_of("ben"))
    assert [incident.id for incident in kit.office.casebook.incidents()] == ["INC-2026-000001"]
    assert kit.office.casebook.incident("INC-2026-000002").id == "INC-2026-000001"


def test_a_person_may_split_what_linking_joined(kit: Kit) -> None:
    one, other = kit.observe("ada", seen("1"), seen("2", source="camera-lake"))
    kit.office.triage.accept(kit.office.triage.suggest(), key_of("ben"))
    kit.office.triage.split("INC-2026-000001", (other,), key_of("ben"), "two salvoes")
    incidents = {
        incident.id: tuple(member.ref for member in incident.members)
        for incident in kit.office.casebook.incidents()
    }
    assert incidents == {"INC-2026-000001": (one,), "INC-2026-000002": (other,)}


def test_an_act_that_cannot_be_done_leaves_no_trace(kit: Kit) -> None:
    (one,) = kit.observe("ada", seen("1"))
    kit.office.triage.open((one,), key_of("ben"))
    size = kit.office.record.size()
    with pytest.raises(Conflict, match="already belongs"):
        kit.office.triage.open((one,), key_of("ben"))
    with pytest.raises(NotFound, match="is no observation"):
        kit.office.triage.open((Ref(1),), key_of("ben"))
    with pytest.raises(Conflict, match="no standing incident"):
        kit.office.triage.merge("INC-2026-000001", "INC-2026-000009", key_of("ben"))
    assert kit.office.record.size() == size


def test_of_acts_done_together_all_are_done_or_none(kit: Kit) -> None:
    one, other = kit.observe("ada", seen("1"), seen("2", LATER))
    size = kit.office.record.size()
    acts = (Act(Op.OPEN, (one,), year=2026), Act(Op.OPEN, (other, one), year=2026))
    with pytest.raises(Conflict):
        kit.office.triage.act(acts, key_of("ben"))
    assert kit.office.record.size() == size


def test_a_party_may_not_link(kit: Kit) -> None:
    (one,) = kit.observe("ada", seen("1"))
    with pytest.raises(NotPermitted, match="may not sign"):
        kit.office.triage.open((one,), key_of("liaison-a"))


def test_only_the_window_is_looked_at(kit: Kit) -> None:
    kit.observe("ada", seen("1"), seen("2", LATER))
    window = Interval(START, Instant(START + HOUR_MS))
    (suggestion,) = kit.office.triage.suggest(window)
    assert [member.observation.uid for member in suggestion.members] == ["1"]
