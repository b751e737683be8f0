"""What an audit of a whole record, or of one bundle, comes to."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.office_kit import HOUR_MS, START, Kit, key_of, looked, seen
from tests.truce import truce
from trucekeeper.findings import wire
from trucekeeper.findings.drafting import rests_on
from trucekeeper.findings.recompute import Outcome
from trucekeeper.kernel.clock import Instant
from trucekeeper.office.audit import audit_office
from trucekeeper.office.released import audit_bundle
from trucekeeper.parties.model import Source
from trucekeeper.record import erasure, foureyes
from trucekeeper.record.bundle import collect
from trucekeeper.record.erasure import Erasure
from trucekeeper.record.ref import Ref

INCIDENT = "INC-2026-000001"


@pytest.fixture
def drafted(kit: Kit) -> Ref:
    """A draft on an incident of two reports, with a camera that looked."""
    one, other = kit.observe("ada", seen("1"), seen("2", source="camera-lake"))
    kit.observe("ben", looked("c", source="patrol-lake"))
    kit.office.triage.open((one, other), key_of("ben"))
    return Ref(kit.office.inquiry.draft(INCIDENT, kit.office.signer).index)


def closed(kit: Kit) -> Path:
    """The office, everything of it under its checkpoint."""
    kit.office.record.integrate()
    kit.office.close()
    return kit.root


def test_the_drill_audits_clean(drilled: Path) -> None:
    found = audit_office(drilled)
    assert found.clean
    assert {one.outcome for one in found.findings} == {Outcome.SAME}
    assert all(one.stated == one.computed and one.rests_on for one in found.findings)
    assert not any(one.unheeded for one in found.findings)
    assert {case.ref for case in found.cases} == {one.ref for one in found.findings}
    assert found.rechecked.entries + found.rechecked.padding == found.rechecked.checkpoint.size
    assert found.clock == "office"


def test_a_finding_names_all_that_it_rests_on(kit: Kit, drafted: Ref) -> None:
    draft = wire.read_finding(kit.office.record.entry(drafted.entry).body_bytes)
    named = rests_on(draft)
    assert set(draft.members) < set(named)
    lines = kit.office.casebook.lines(drafted.entry)
    assert {lines["patrol-lake"][0], lines["camera-lake"][0]} == set(draft.sources) <= set(named)
    (one,) = audit_office(closed(kit)).findings
    assert one.rests_on == named


def test_what_came_later_does_not_change_what_was_found(kit: Kit, drafted: Ref) -> None:
    (new,) = kit.observe("ada", seen("3", source="liaison-a"))
    kit.office.triage.accept(kit.office.triage.suggest(), key_of("ben"))
    kit.office.intake.register_source(_worse(kit), kit.office.signer)
    assert new in {one.ref for one in kit.office.casebook.incident(INCIDENT).members}
    (one,) = audit_office(closed(kit)).findings
    assert (one.ref, one.outcome) == (drafted, Outcome.SAME)


def _worse(kit: Kit) -> Source:
    return replace(kit.office.casebook.source("patrol-lake"), reliability="E")


def erase(kit: Kit, ref: Ref, *, decided: bool = True) -> None:
    """Erase as decided by two people, or as an office might that asks nobody."""
    if decided:
        body = erasure.body(Erasure(ref, None, "a family asked for it", "the mission", "ada"))
        first = kit.office.inquiry.pen.write(kit.office.signer, erasure.KIND, body)
        digest = kit.office.record.entry(first.index).digest
        yes = foureyes.body(foureyes.Approval(first.index, digest, "I have read it."))
        kit.office.record.append([kit.sealed("cleo", foureyes.KIND, yes)])
    kit.office.record.erase(ref)


@pytest.mark.parametrize("decided", [True, False])
def test_what_rests_on_erased_inputs_is_attested_and_never_answered_otherwise(
    kit: Kit, drafted: Ref, decided: bool
) -> None:
    draft = wire.read_finding(kit.office.record.entry(drafted.entry).body_bytes)
    erase(kit, draft.members[0], decided=decided)
    found = audit_office(closed(kit))
    (one,) = found.findings
    assert (one.outcome, one.missing, one.computed) == (Outcome.ATTESTED, draft.members[:1], None)
    assert found.rechecked.erased == draft.members[:1]
    assert found.unexplained == (() if decided else draft.members[:1])
    assert found.clean is decided


@pytest.mark.usefixtures("drafted")
def test_what_it_does_not_rest_on_may_be_erased(kit: Kit) -> None:
    (other,) = kit.observe("ada", seen("9", Instant(START + 240 * HOUR_MS)))
    erase(kit, other)
    (one,) = audit_office(closed(kit)).findings
    assert one.outcome is Outcome.SAME


def test_a_bundle_is_enough_to_recompute_its_finding(kit: Kit, drafted: Ref, tmp_path: Path) -> None:
    data = kit.office.publication.bundle(INCIDENT)
    vkey = kit.office.record.vkey
    found = audit_bundle(data, vkey, kit.office.folder.agreement)
    (one,) = found.findings
    assert (one.ref, one.outcome) == (drafted, Outcome.SAME)
    path, key = tmp_path / "one.bundle", tmp_path / "log.vkey"
    path.write_bytes(data)
    key.write_text(vkey)
    done = truce("audit", str(path), "--key", str(key), "--agreement", str(kit.office.folder.agreement))
    assert (done.code, done.err) == (0, "")
    assert "1 findings: 1 same" in done.out


def test_a_bundle_without_an_input_leaves_the_finding_attested(kit: Kit, drafted: Ref) -> None:
    draft = wire.read_finding(kit.office.record.entry(drafted.entry).body_bytes)
    for gone in rests_on(draft):
        data = collect(kit.office.record, {drafted, *rests_on(draft)} - {gone}, "with a gap")
        (one,) = audit_bundle(data, kit.office.record.vkey, kit.office.folder.agreement).findings
        assert (one.outcome, one.missing) == (Outcome.ATTESTED, (gone,))


def test_the_command_answers_the_same_for_people_and_programs(drilled: Path) -> None:
    told, read = truce("audit", "--office", str(drilled)), truce("audit", "--office", str(drilled), "--json")
    assert (told.code, read.code) == (0, 0)
    answer = json.loads(read.out)
    assert f"Outputs: {answer['outputs']}" in told.out
    assert {one["outcome"] for one in answer["findings"]} == {"same"}
    assert truce("audit").code == 2
