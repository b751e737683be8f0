"""Media through the desk: kept before recorded, moved only by who holds them, and never rewritten."""

import hashlib
from io import BytesIO

import pytest

from tests.office_kit import Kit
from trucekeeper.custody.model import Act
from trucekeeper.desks.evidence import Arrival
from trucekeeper.kernel.errors import Conflict, Damaged, NotFound, NotPermitted
from trucekeeper.record import consent
from trucekeeper.record.consent import Consent, Purpose

PICTURE = b"a picture of the shore"
DIGEST = hashlib.sha256(PICTURE).hexdigest()
FROM_PATROL = Arrival("patrol-lake", "image/jpeg", "from the morning round")


def received(kit: Kit, arrival: Arrival = FROM_PATROL, data: bytes = PICTURE) -> str:
    return kit.office.evidence.receive(BytesIO(data), arrival, kit.office.signer).sha256


def test_a_file_is_kept_and_its_arrival_is_on_the_record(kit: Kit) -> None:
    assert received(kit) == DIGEST
    chain = kit.office.evidence.chain(DIGEST)
    assert chain.holder == "officer"
    assert [(step.custody.act, step.custody.giver, step.signer) for step in chain.steps] == [
        (Act.RECEIVED, "patrol-lake", "officer")
    ]
    assert kit.office.evidence.check() == ()


def test_the_same_arrival_twice_is_one_and_another_hand_is_another(kit: Kit) -> None:
    received(kit)
    kit.clock.at = type(kit.clock.at)(kit.clock.at + 60_000)
    again = kit.office.evidence.receive(BytesIO(PICTURE), FROM_PATROL, kit.office.signer)
    assert again.receipt is None
    other = kit.office.evidence.receive(
        BytesIO(PICTURE), Arrival("camera-lake", "image/jpeg"), kit.office.signer
    )
    assert other.receipt is not None
    assert len(kit.office.evidence.chain(DIGEST).steps) == 2


def test_only_who_holds_a_file_hands_it_on(kit: Kit) -> None:
    received(kit)
    desk, signer = kit.office.evidence, kit.office.signer
    desk.hand_over(DIGEST, "court.example", signer, Purpose.MISSION, "under seal")
    with pytest.raises(Conflict, match=r"held by court\.example"):
        desk.hand_over(DIGEST, "somebody", signer, Purpose.MISSION)
    with pytest.raises(Conflict, match="not by thief"):
        desk.take_back(DIGEST, "thief", signer)
    desk.take_back(DIGEST, "court.example", signer)
    assert desk.chain(DIGEST).holder == "officer"
    assert desk.chain(DIGEST).breaks == ()


def test_nothing_goes_to_a_court_without_consent_and_a_waiver(kit: Kit) -> None:
    received(kit)
    desk, signer = kit.office.evidence, kit.office.signer
    with pytest.raises(NotPermitted, match="nobody agreed"):
        desk.hand_over(DIGEST, "court.example", signer, Purpose.COURT)
    agreed = Consent("patrol-lake", {Purpose.COURT: True})
    desk.pen.write(signer, consent.CONSENT, consent.consent_body(agreed))
    with pytest.raises(NotPermitted, match="no waiver"):
        desk.hand_over(DIGEST, "court.example", signer, Purpose.COURT)
    assert desk.chain(DIGEST).holder == "officer"


def test_a_working_copy_is_recorded_before_its_first_byte(kit: Kit) -> None:
    received(kit)
    copy = kit.office.evidence.working_copy(DIGEST, "cleo", kit.office.signer)
    assert kit.office.evidence.chain(DIGEST).steps[-1].custody.act is Act.COPIED
    assert b"".join(copy) == PICTURE
    assert kit.office.evidence.chain(DIGEST).holder == "officer"


def test_a_destroyed_file_is_gone_and_its_chain_stays(kit: Kit) -> None:
    received(kit)
    kit.office.evidence.destroy(DIGEST, kit.office.signer, "by order of the source")
    assert kit.office.evidence.chain(DIGEST).holder is None
    assert not kit.office.evidence.media.holds(DIGEST)
    assert kit.office.evidence.check() == ()
    with pytest.raises(Conflict, match="destroyed"):
        kit.office.evidence.hand_over(DIGEST, "court.example", kit.office.signer, Purpose.MISSION)


def test_a_manifest_is_kept_beside_the_file_it_came_in(kit: Kit) -> None:
    manifest = b'{"active_manifest": "one"}'
    received(kit, Arrival("patrol-lake", "image/jpeg", state="valid", manifest=manifest))
    said = kit.office.evidence.chain(DIGEST).steps[0].custody.provenance
    assert said is not None
    assert b"".join(kit.office.evidence.media.read(said.manifest or "")) == manifest
    kit.office.evidence.media.remove(said.manifest or "")
    assert len(kit.office.evidence.check()) == 1


def test_a_lost_file_and_an_unknown_one_are_named(kit: Kit) -> None:
    received(kit)
    kit.office.evidence.media.remove(DIGEST)
    assert kit.office.evidence.check() == (f"the file {DIGEST[:16]} is in the record and not in the vault",)
    with pytest.raises(NotFound):
        kit.office.evidence.chain("0" * 64)


def test_a_changed_file_is_found_by_reading_it(kit: Kit) -> None:
    received(kit)
    path = kit.office.folder.media / DIGEST[:2] / DIGEST
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Damaged):
        kit.office.evidence.check()
