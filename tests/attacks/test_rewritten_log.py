"""A log that was cut short, rewritten, or shown to one party in another form than to the other."""

from pathlib import Path

import pytest

from tests.attacks.office import small_office
from tests.record.kit import LOG, NOW, VKEY, genesis, new_record, reopened, repeatable, sealed, signer
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import Damaged
from trucekeeper.record import checkpoint
from trucekeeper.record.bundle import collect
from trucekeeper.record.ref import Ref
from trucekeeper.stores.sql_record import SqlRecord
from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.verify import verify_bundle

NOTHING = (Ref(0),)


def test_a_log_that_grew_verifies_against_what_was_kept(tmp_path: Path) -> None:
    with small_office(tmp_path) as record:
        kept = record.checkpoint()
        record.append([sealed(), sealed(), sealed()])
        data = collect(record, NOTHING, "later", since=6)
        assert "extends the checkpoint of 6" in verify_bundle(data, VKEY, None, kept.decode()).steps[3]
        assert verify_bundle(data, VKEY, None, record.checkpoint().decode()).checkpoint.size == 9
        proof = record.consistency(6, 9)
        bare = collect(record, NOTHING, "later")
    assert verify_bundle(bare, VKEY, None, kept.decode(), proof).checkpoint.size == 9
    with pytest.raises(Refused, match=r"step 4: a proof from 6 leaves on"):
        verify_bundle(bare, VKEY, None, kept.decode())
    with pytest.raises(Refused, match="step 4"):
        verify_bundle(bare, VKEY, None, kept.decode(), proof[:-1])


def test_a_truncated_log_is_caught_by_an_older_checkpoint(tmp_path: Path) -> None:
    with small_office(tmp_path) as record:
        kept = record.checkpoint()
    with new_record(tmp_path / "short") as record:
        data = collect(record, NOTHING, "cut short")
    for proof in ((), (bytes(32),)):
        with pytest.raises(Refused, match=r"step 4: yours has 6 leaves, this 1: it was cut short.*evidence"):
            verify_bundle(data, VKEY, None, kept.decode(), proof)


def test_a_split_view_is_caught_by_comparing_checkpoints(tmp_path: Path) -> None:
    shown: dict[str, tuple[bytes, bytes]] = {}
    for party in ("a", "b"):
        with SqlRecord.create(tmp_path / party, LOG, genesis(), SetClock(NOW), repeatable()) as record:
            record.append([sealed(body={"kind": "report", "note": f"what {party} is told"}, number=1)])
            kept = record.checkpoint()
            record.append([sealed(number=2)])
            shown[party] = kept, collect(record, NOTHING, "two truths", since=2)
    for party, other in (("a", "b"), ("b", "a")):
        assert verify_bundle(shown[party][1], VKEY, None, shown[party][0].decode())
        with pytest.raises(Refused, match=r"step 4: it does not extend yours.*evidence"):
            verify_bundle(shown[other][1], VKEY, None, shown[party][0].decode())


def test_an_older_checkpoint_of_another_log_is_no_evidence(tmp_path: Path) -> None:
    with small_office(tmp_path) as record:
        data = collect(record, NOTHING, "x")
    foreign = checkpoint.sign(checkpoint.Checkpoint("lake.example/log", 1, bytes(32)), signer("stranger"))
    with pytest.raises(Refused, match="step 4"):
        verify_bundle(data, VKEY, None, foreign.decode())


def test_the_office_itself_refuses_a_log_behind_its_checkpoint(tmp_path: Path) -> None:
    with small_office(tmp_path) as record:
        signed = record.checkpoint()
    cut = tmp_path / "cut"
    with new_record(cut):
        pass
    (cut / "office" / "log" / "checkpoint").write_bytes(signed)
    with pytest.raises(Damaged, match="the log has 6 entries and the vault 1"):
        reopened(cut)
