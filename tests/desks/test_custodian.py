"""The custodian desk: what two people decided is shown or destroyed, and nothing else."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.office_kit import HOUR_MS, START, Kit, key_of, seen
from trucekeeper.desks.intake import File
from trucekeeper.findings import wire as findings_wire
from trucekeeper.incidents.act import Act, Op
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotPermitted
from trucekeeper.office.copies import OfficeCopies
from trucekeeper.office.handover import hand_over
from trucekeeper.office.wiring import rebuild_office
from trucekeeper.parties.model import Source
from trucekeeper.record import bundle, consent, erasure, foureyes
from trucekeeper.record.consent import Consent, Purpose, Referral, Referred, Waiver
from trucekeeper.record.foureyes import Approval
from trucekeeper.record.ref import Ref
from trucekeeper.record.release import Item, Release
from trucekeeper.stores.proceedings import submitters
from trucekeeper.stores.rebuild import digest

FILE = File("own", "ab" * 32, "own/1")
SECRET = "the miller's daughter saw it from the roof"
WITNESS = Source("witness-miller", None, "witness-miller", "resident", "C")


def _seen_by_the_office(kit: Kit, uid: str = "1", **other: object) -> Ref:
    (receipt,) = kit.office.intake.observe((seen(uid, **other),), kit.office.signer)
    return Ref(receipt.index)


def _release(kit: Kit, ref: Ref, audience: str, paths: tuple[str, ...] | None = None, wait_h: int = 0) -> int:
    not_before = Instant(kit.clock.now() + wait_h * HOUR_MS)
    proposed = Release((Item(ref, paths),), audience, "annex 2", not_before)
    proposal = kit.office.custodian.release(proposed, kit.office.signer).index
    kit.office.custodian.approve(proposal, "read and agreed", key_of("cleo"))
    return proposal


def _erase(kit: Kit, ref: Ref, path: str | None = None) -> None:
    proposal = kit.office.custodian.erase(
        ref, path, "request of the person", "commissioner", kit.office.signer
    )
    kit.office.custodian.approve(proposal.index, "the person is known to me", key_of("cleo"))


def _live(kit: Kit) -> str:
    return digest(kit.office.casebook.engine)


def _anew(kit: Kit) -> str:
    kit.office.close()
    made = rebuild_office(kit.root)
    kit.reopen()
    return made


def _files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_release_shows_an_audience_what_it_names_and_no_more(kit: Kit) -> None:
    ref = _seen_by_the_office(kit, note=SECRET, weapon=None)
    opened = kit.office.record.opened(ref.entry)
    assert kit.office.custodian.audience("guarantors")(opened) is None
    _release(kit, ref, "guarantors", ("note",))
    (told,) = kit.office.custodian.audience("guarantors")(opened) or ()
    assert told in opened.disclosures
    for other in ("party:party-a", "public", "court"):
        assert kit.office.custodian.audience(other)(opened) is None


def test_where_a_patrol_stood_reaches_a_party_only_by_name(kit: Kit) -> None:
    ref = _seen_by_the_office(kit)
    opened = kit.office.record.opened(ref.entry)
    place = erasure.apart(opened)["where"]
    _release(kit, ref, "parties")
    assert place not in (kit.office.custodian.audience("party:party-b")(opened) or (place,))
    _release(kit, ref, "guarantors")
    assert place in (kit.office.custodian.audience("guarantors")(opened) or ())
    _release(kit, ref, "party:party-b", ("where",))
    assert place in (kit.office.custodian.audience("party:party-b")(opened) or ())
    assert place not in (kit.office.custodian.audience("party:party-a")(opened) or (place,))


def test_a_witness_is_shown_to_nobody_without_consent(kit: Kit) -> None:
    kit.office.intake.register_source(WITNESS, kit.office.signer)
    ref = _seen_by_the_office(kit, source=WITNESS.id)
    _release(kit, ref, "parties")
    permission = kit.office.custodian.audience("party:party-a").permission(ref)
    assert not permission
    assert "consent" in permission.says
    kit.office.custodian.consent(Consent(WITNESS.id, {Purpose.PARTY: True}), key_of("ada"))
    _release(kit, ref, "parties")
    assert kit.office.custodian.audience("party:party-a").permission(ref)


def test_a_source_that_nobody_registered_counts_as_a_person(kit: Kit) -> None:
    ref = _seen_by_the_office(kit, source="somebody")
    _release(kit, ref, "parties")
    assert not kit.office.custodian.audience("parties").permission(ref)


def test_a_release_takes_effect_when_its_time_has_come(kit: Kit) -> None:
    ref = _seen_by_the_office(kit)
    _release(kit, ref, "guarantors", wait_h=72)
    custodian = kit.office.custodian
    assert not custodian.audience("guarantors").permission(ref)
    assert not custodian.audience("guarantors", Instant(kit.clock.now() + 71 * HOUR_MS)).permission(ref)
    kit.clock.at = Instant(kit.clock.at + 72 * HOUR_MS)
    assert custodian.audience("guarantors").permission(ref)


def test_a_row_is_shown_whole_with_what_proves_it(kit: Kit) -> None:
    rows = [(1, seen("a", weapon=None, source="liaison-a")), (2, seen("b"))]
    receipt = kit.office.intake.import_rows(FILE, rows, kit.office.signer).receipt
    assert receipt is not None
    batch = kit.office.record.opened(receipt.index)
    assert kit.office.custodian.audience("party:party-b")(batch) is None
    _release(kit, Ref(receipt.index, 0), "party:party-b")
    audience = kit.office.custodian.audience("party:party-b")
    assert audience.row(Ref(receipt.index, 0))
    assert not audience.row(Ref(receipt.index, 1))
    assert audience(batch) == ()
    _release(kit, Ref(receipt.index, 1), "party:party-b")
    assert "'where'" in kit.office.custodian.audience("party:party-b").permission(Ref(receipt.index, 1)).says
    _release(kit, Ref(receipt.index, 1), "party:party-b", ("where",))
    assert kit.office.custodian.audience("party:party-b").row(Ref(receipt.index, 1))


def test_a_proposal_names_what_is_there(kit: Kit) -> None:
    ref = _seen_by_the_office(kit)
    for item in (Item(Ref(999), None), Item(Ref(ref.entry, 0), None), Item(ref, ("colour",))):
        with pytest.raises(NotFound):
            kit.office.custodian.release(Release((item,), "parties", "annex 2", START), kit.office.signer)
    with pytest.raises(BadInput, match="no audience"):
        kit.office.custodian.audience("everybody")


def test_who_proposes_cannot_approve_and_nobody_approves_twice(kit: Kit) -> None:
    ref = _seen_by_the_office(kit)
    proposed = Release((Item(ref, None),), "guarantors", "annex 2", START)
    proposal = kit.office.custodian.release(proposed, kit.office.signer).index
    size = kit.office.record.size()
    with pytest.raises(NotPermitted, match="another person"):
        kit.office.custodian.approve(proposal, "my own", kit.office.signer)
    with pytest.raises(NotPermitted, match="not the proposal"):
        kit.office.custodian.approve(ref.entry, "what is this", key_of("cleo"))
    assert kit.office.record.size() == size
    kit.office.custodian.approve(proposal, "agreed", key_of("cleo"))
    with pytest.raises(Conflict, match="approved already"):
        kit.office.custodian.approve(proposal, "agreed", key_of("dag"))


def _sealed(kit: Kit, table: str, entry: int) -> list[bytes]:
    """The encrypted values of one entry, or of the rows of one, as they lie in the vault's file."""
    (file,) = (kit.root / "vault").glob("*.sqlite")
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute(f"SELECT * FROM {table} WHERE entry = ?", (entry,)).fetchall()
    return [one[-64:] for row in rows for one in row if isinstance(one, bytes) and len(one) > 64]


def _nowhere(kit: Kit, markers: list[bytes]) -> None:
    for name, data in _files(kit.root).items():
        for marker in markers:
            assert marker not in data, (name, marker)


def test_an_erased_entry_is_nowhere_in_the_office(kit: Kit) -> None:
    many = [_seen_by_the_office(kit, uid=f"before-{number}") for number in range(40)]
    ref = _seen_by_the_office(kit, uid="uid-of-the-secret", note=SECRET, source="witness-miller")
    many += [_seen_by_the_office(kit, uid=f"after-{number}", note="kept") for number in range(40)]
    incident = _opened(kit, ref, many[0])
    kit.office.publication.bundle(incident)
    opened, leaf = kit.office.record.opened(ref.entry), kit.office.record.leaf(ref.entry)
    markers = [SECRET.encode(), b"witness-miller", b"uid-of-the-secret", opened.salt, opened.envelope[:90]]
    markers += [one.encode() for one in opened.disclosures]
    sealed = _sealed(kit, "entries", ref.entry)
    assert sealed
    assert any(SECRET.encode() in data for data in _files(kit.root).values())
    assert any(one in data for one in sealed for data in _files(kit.root).values())
    _erase(kit, ref)
    _nowhere(kit, markers + sealed)
    assert kit.office.record.absent(ref.entry) == "erased"
    assert kit.office.record.leaf(ref.entry) == leaf
    with pytest.raises(NotFound):
        kit.office.casebook.sighting(ref)
    assert kit.office.casebook.sighting(many[-1]).observation.note == "kept"
    live = _live(kit)
    assert _anew(kit) == live
    _nowhere(kit, markers + sealed)


def test_an_erased_row_is_nowhere_and_the_others_are_proven_still(kit: Kit) -> None:
    rows = [(number, seen(f"uid-{number}", note=SECRET if number == 3 else "kept")) for number in range(9)]
    receipt = kit.office.intake.import_rows(FILE, rows, kit.office.signer).receipt
    assert receipt is not None
    sealed = _sealed(kit, "batch_rows", receipt.index)
    before = kit.office.record.row_proof(Ref(receipt.index, 4))
    _erase(kit, Ref(receipt.index, 3))
    _nowhere(kit, [SECRET.encode()])
    left = [one for one in sealed if any(one in data for data in _files(kit.root).values())]
    assert len(left) == len(sealed) - 1
    assert kit.office.record.row_proof(Ref(receipt.index, 4)) == before
    assert len(tuple(kit.office.casebook.sightings())) == 8
    live = _live(kit)
    assert _anew(kit) == live


def test_a_batch_is_erased_with_all_its_rows(kit: Kit) -> None:
    receipt = kit.office.intake.import_rows(
        FILE, [(one, seen(f"uid-{one}", note=SECRET)) for one in range(9)], kit.office.signer
    ).receipt
    assert receipt is not None
    _erase(kit, Ref(receipt.index))
    _nowhere(kit, [SECRET.encode()])
    assert not tuple(kit.office.casebook.sightings())
    live = _live(kit)
    assert _anew(kit) == live


def test_an_observation_stays_without_a_field_that_no_rule_reads(kit: Kit) -> None:
    ref, other = _seen_by_the_office(kit, note=SECRET), _seen_by_the_office(kit, uid="2")
    incident = _opened(kit, ref, other)
    _erase(kit, ref, "note")
    _nowhere(kit, [SECRET.encode()])
    assert kit.office.casebook.sighting(ref).observation == seen("1")
    assert kit.office.record.entry(ref.entry).hidden == 1
    assert kit.office.casebook.lost(incident) == ()
    assert kit.office.inquiry.assessed(incident).findings
    live = _live(kit)
    assert _anew(kit) == live


def test_an_observation_that_lost_its_place_is_no_evidence_any_more(kit: Kit) -> None:
    ref = _seen_by_the_office(kit, note=SECRET)
    _erase(kit, ref, "where")
    _erase(kit, ref, "note")
    assert not tuple(kit.office.casebook.sightings())
    assert kit.office.casebook.erasures() == ((ref, "where"), (ref, "note"))
    assert set(kit.office.record.entry(ref.entry).body) >= {"source", "when", "kind"}
    live = _live(kit)
    assert _anew(kit) == live


@pytest.mark.parametrize("path", [None, "where", "source"])
def test_nothing_is_found_anew_on_what_is_left(kit: Kit, path: str | None) -> None:
    ref, other, third = (_seen_by_the_office(kit, uid=str(number)) for number in range(3))
    incident = _opened(kit, ref, other, third)
    drafted = kit.office.inquiry.draft(incident, kit.office.signer)
    _erase(kit, ref, path)
    assert kit.office.casebook.lost(incident) == (ref,)
    for upto in (None, drafted.index):
        with pytest.raises(Conflict, match="attested, not recomputable"):
            kit.office.inquiry.assessed(incident, upto)
    split = kit.office.triage.split(incident, (other, third), key_of("ben"))
    anew = kit.office.casebook.register().home(other)
    assert split.index
    assert anew is not None
    assert anew != incident
    assert kit.office.inquiry.assessed(anew).members == (other, third)
    with pytest.raises(NotFound, match="every observation"):
        kit.office.casebook.incident(incident)
    assert [one.id for one in kit.office.casebook.incidents()] == [anew]


def test_a_bundle_for_an_audience_holds_what_was_released_to_it(kit: Kit) -> None:
    (receipt,) = kit.office.intake.observe((seen("1"),), kit.office.signer)
    ref, other = Ref(receipt.index), _seen_by_the_office(kit, uid="2")
    incident = _opened(kit, ref, other)
    _release(kit, ref, "guarantors", ())
    data = kit.office.publication.bundle(incident, None, kit.office.custodian.audience("guarantors"))
    held = {one.ref.entry: one.data for one in bundle.read(data).entries}
    assert set(held) == {0, 1, ref.entry}
    assert b"patrol-lake" not in held[ref.entry]
    whole = {one.ref for one in bundle.read(kit.office.publication.bundle(incident)).entries}
    assert other in whole
    assert sorted(path.name for path in kit.office.folder.bundles.iterdir()) == [
        f"{incident}.bundle", f"{incident}.guarantors.bundle",
    ]  # fmt: skip


def test_a_bundle_and_a_report_go_on_without_what_was_erased(kit: Kit) -> None:
    ref, other = (_seen_by_the_office(kit, uid=str(number)) for number in range(2))
    incident = _opened(kit, ref, other)
    kit.office.inquiry.draft(incident, kit.office.signer)
    kit.clock.at = Instant(kit.clock.at + 48 * HOUR_MS)
    day = date(2026, 3, 1)
    kit.office.publication.publish(day, kit.office.signer)
    kit.office.publication.restore(day)
    _erase(kit, ref)
    assert ref not in kit.office.casebook.cited_on(incident)
    assert kit.office.publication.bundle(incident)
    with pytest.raises(Conflict, match="attested, not recomputable"):
        kit.office.publication.restore(day)


def test_who_submitted_what_was_erased_still_does_not_decide_on_it(kit: Kit) -> None:
    (ref,) = kit.observe("ada", seen("1"))
    other = _seen_by_the_office(kit, uid="2")
    incident = _opened(kit, ref, other)
    drafted = kit.office.inquiry.draft(incident, kit.office.signer)
    _erase(kit, ref)
    kit.reopen()
    with kit.office.casebook.engine.connect() as connection:
        assert submitters(connection, (ref, other)) == ("ada", "officer")
    assert kit.office.casebook.case(Ref(drafted.index)).findings


def test_a_crash_between_yes_and_destruction_is_made_good_on_opening(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = _seen_by_the_office(kit, note=SECRET)
    with monkeypatch.context() as patch:
        patch.setattr(type(kit.office.record), "erase", _crash)
        with pytest.raises(KeyboardInterrupt):
            _erase(kit, ref)
    assert kit.office.record.absent(ref.entry) is None
    with monkeypatch.context() as patch:
        patch.setattr(OfficeCopies, "scrub", _crash)
        with pytest.raises(KeyboardInterrupt):
            kit.reopen()
    kit.reopen()
    assert kit.office.record.absent(ref.entry) == "erased"
    _nowhere(kit, [SECRET.encode()])
    assert kit.office.custodian.settle() == ()


def _crash(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("index", [0, 1])
def test_what_the_record_is_checked_by_is_never_erased(kit: Kit, index: int) -> None:
    with pytest.raises(NotPermitted, match="never erased"):
        kit.office.custodian.erase(Ref(index), None, "basis", "authority", kit.office.signer)


def test_only_what_is_told_apart_is_erased_by_itself(kit: Kit) -> None:
    ref = _seen_by_the_office(kit)
    with pytest.raises(NotPermitted, match="erase the whole"):
        kit.office.custodian.erase(ref, "act", "basis", "authority", kit.office.signer)
    with pytest.raises(NotPermitted, match="no batch"):
        kit.office.custodian.erase(Ref(ref.entry, 0), None, "basis", "authority", kit.office.signer)
    proposal = kit.office.custodian.erase(ref, None, "basis", "authority", kit.office.signer)
    for kind in (erasure.KIND, foureyes.KIND):
        assert kind not in erasure.ERASABLE
    with pytest.raises(NotPermitted, match="never erased"):
        kit.office.custodian.erase(Ref(proposal.index), None, "basis", "authority", kit.office.signer)


def test_what_people_sign_for_the_custodian_is_handed_over(kit: Kit) -> None:
    ref = _seen_by_the_office(kit)
    proposed = Release((Item(ref, None),), "guarantors", "annex 2", START)
    proposal = kit.office.custodian.release(proposed, kit.office.signer).index
    yes = foureyes.body(Approval(proposal, kit.office.record.entry(proposal).digest, "agreed"))
    said = consent.consent_body(Consent("witness", {Purpose.COURT: True}))
    sent = consent.referral_body(Referral("clinic of the lake", START, Referred.ACCOUNT))
    done = hand_over(
        kit.office,
        [
            kit.sealed("cleo", foureyes.KIND, yes),
            kit.sealed("ada", consent.CONSENT, said),
            kit.sealed("ada", consent.REFERRAL, sent),
        ],
    )
    assert [kind for _, kind in done] == ["approval/v1", "consent/v1", "referral/v1"]
    assert kit.office.custodian.audience("guarantors").permission(ref)
    with pytest.raises(BadInput, match="is not a field"):
        hand_over(kit.office, [kit.sealed("ada", consent.REFERRAL, {**sent, "account": "she said"})])
    with pytest.raises(BadInput, match="custodian desk takes"):
        kit.office.custodian.receive(kit.sealed("cleo", findings_wire.VOTE, {}))


def test_only_the_mandating_organisation_waives(kit: Kit) -> None:
    with pytest.raises(NotPermitted, match="may not sign waiver"):
        kit.office.custodian.waive(Waiver(None, "request 4"), kit.office.signer)


def _opened(kit: Kit, *refs: Ref) -> str:
    kit.office.triage.act((Act(Op.OPEN, members=tuple(sorted(refs)), year=2026),), key_of("ben"))
    home = kit.office.casebook.register().home(refs[0])
    assert home is not None
    return home
