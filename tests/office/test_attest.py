"""A party's word that it recomputed every finding: made offline or at the office, recorded, held against the audit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office_kit import LAKESIDE, PEOPLE, SOURCES, START, Kit, holder, key_of, seen
from tests.truce import truce
from trucekeeper.kernel.clock import Interval, SetClock
from trucekeeper.kernel.errors import NotTrusted
from trucekeeper.kernel.truth import Truth
from trucekeeper.office.audit import Audited, attest, audit_office
from trucekeeper.office.creation import create_office
from trucekeeper.office.wiring import open_office
from trucekeeper.record import entry, replay
from trucekeeper.record.keyset import Holder, HolderKey, Role

KEY = key_of("replay-a")


@pytest.fixture
def found(tmp_path: Path) -> Iterator[Kit]:
    """An office with one finding, whose key set has a replay key of one party."""
    clock = SetClock(START)
    own = Holder("replay-a", Role.REPLAY, "party-a", (HolderKey(KEY.public, Interval(START, None)),))
    people = [*(holder(person) for person in PEOPLE), own]
    root = tmp_path / "office"
    create_office(root, LAKESIDE, people, origin="office.example/test", clock=clock)
    kit = Kit(root, clock, open_office(root, clock))
    for source in SOURCES:
        kit.office.intake.register_source(source, kit.office.signer)
    refs = kit.observe("ada", seen("1"), seen("2", source="camera-lake"))
    kit.office.triage.open(refs, key_of("ben"))
    kit.office.inquiry.draft("INC-2026-000001", kit.office.signer)
    kit.office.record.integrate()
    yield kit
    kit.office.close()


def word(kit: Kit, audited: Audited) -> bytes:
    return attest(audited, KEY, kit.office.record.origin, kit.clock.now(), "ab" * 16)


def test_a_word_is_recorded_and_told_with_every_later_audit(found: Kit) -> None:
    audited = audit_office(found.root)
    envelope = word(found, audited)
    said = replay.opened(envelope)
    assert (said.findings, said.recomputed, said.outputs) == (1, 1, audited.outputs)
    (receipt,) = found.office.record.append([envelope])
    found.office.record.integrate()
    again = audit_office(found.root)
    (one,) = again.replays
    assert (one.index, one.party, one.agrees) == (receipt.index, "party-a", Truth.YES)
    assert again.outputs == audited.outputs
    told = truce("audit", "--office", str(found.root))
    assert (
        f"party-a says that it recomputed the record to size {said.size}."
        in truce("status", "--office", found.root).out
    )
    assert f"Recomputed by party-a to size {said.size} (entry {one.index}), with the same outputs" in told.out


def test_a_word_on_other_outputs_or_another_root_is_shown_as_such(found: Kit) -> None:
    said = replay.opened(word(found, audit_office(found.root)))
    for number, other in enumerate(({"outputs": "cd" * 32}, {"root": "A" * 43 + "="})):
        body = {**replay.body(said), **other}
        uid = f"{0xF00 + number:032x}"
        sealed = entry.seal(KEY, replay.KIND, found.office.record.origin, uid, found.clock.now(), body)
        found.office.record.append([sealed])
    found.office.record.integrate()
    assert [one.agrees for one in audit_office(found.root).replays] == [Truth.NO, Truth.NO]


def test_a_word_made_elsewhere_is_handed_in_as_a_file(found: Kit, tmp_path: Path) -> None:
    found.office.close()
    pem, out = tmp_path / "replay.pem", tmp_path / "word"
    KEY.save(pem)
    made = truce("attest", "--office", str(found.root), "--key", str(pem), "--out", str(out))
    assert (made.code, made.err) == (0, "")
    assert "1 of 1 findings recomputed" in made.out
    taken = truce("attest", "--office", str(found.root), "--take", str(out), "--json")
    assert (taken.code, taken.err) == (0, "")
    assert taken.json["recomputed"] == 1
    assert truce("attest", "--office", str(found.root)).code == 2


def test_nobody_attests_what_differs(found: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    audited = audit_office(found.root)
    monkeypatch.setattr(Audited, "clean", False)
    with pytest.raises(NotTrusted, match="nothing to attest"):
        word(found, audited)
