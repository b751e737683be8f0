import sqlite3
from pathlib import Path

import pytest

from tests.office_kit import HOUR_MS, SPOT, START, Kit, key_of, looked, seen
from trucekeeper.desks.intake import File
from trucekeeper.findings import wire as findings_wire
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import Damaged
from trucekeeper.observations import wire as observations_wire
from trucekeeper.observations.model import Kind
from trucekeeper.office.wiring import open_office, rebuild_office
from trucekeeper.places.position import Disc
from trucekeeper.record.ref import Ref
from trucekeeper.screening.reference import Screener
from trucekeeper.stores import projections
from trucekeeper.stores.rebuild import FILE, digest
from trucekeeper.stores.story import Story


def lived(kit: Kit) -> str:
    """A little of everything that projections hold; gives their digest."""
    first = kit.observe("ada", seen("1"), seen("2", source="camera-lake"), looked("c"))
    rows = [(number, seen(f"b{number}", Instant(START + number * HOUR_MS))) for number in range(30)]
    kit.office.intake.import_rows(File("own", "0" * 64, "own/1"), rows, key_of("ben"))
    kit.office.triage.open(first[:2], kit.office.signer)
    finding = kit.office.inquiry.draft("INC-2026-000001", kit.office.signer)
    kit.office.inquiry.invite_all(Ref(finding.index), kit.office.signer)
    return digest(kit.office.casebook.engine)


def test_projections_made_anew_from_the_record_are_the_same(kit: Kit) -> None:
    live = lived(kit)
    kit.office.close()
    assert rebuild_office(kit.root) == live


def test_deleted_projections_come_back_when_the_office_opens(kit: Kit) -> None:
    live = lived(kit)
    kit.office.close()
    for path in (kit.root / "projections").iterdir():
        path.unlink()
    kit.reopen()
    assert digest(kit.office.casebook.engine) == live


def test_a_crash_between_record_and_projection_is_made_good(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(projections.Projections, "reach", crash)
        with pytest.raises(KeyboardInterrupt):
            kit.observe("ada", seen("1"))
    assert list(kit.office.casebook.sightings()) == []
    kit.reopen()
    assert [one.observation.uid for one in kit.office.casebook.sightings()] == ["1"]


def test_an_append_after_such_a_crash_makes_it_good_too(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(projections.Projections, "reach", lambda *_: None)
        kit.observe("ada", seen("1"))
    kit.observe("ada", seen("2"))
    assert [one.observation.uid for one in kit.office.casebook.sightings()] == ["1", "2"]


def test_a_step_that_fails_leaves_no_half_of_itself(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest(kit.office.casebook.engine)
    with monkeypatch.context() as patched:
        patched.setattr(projections, "touching", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            kit.observe("ada", seen("1"))
    assert digest(kit.office.casebook.engine) == before


def test_an_interrupted_rebuild_leaves_the_old_projections(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    live = lived(kit)
    kit.office.close()

    def stop(done: int, _: int) -> None:
        raise KeyboardInterrupt(done)

    monkeypatch.setattr(projections, "_AT_ONCE", 5)
    with pytest.raises(KeyboardInterrupt):
        rebuild_office(kit.root, stop)
    assert (kit.root / "projections" / f"{FILE}.new").exists()
    kit.reopen()
    assert digest(kit.office.casebook.engine) == live
    kit.office.close()
    assert rebuild_office(kit.root) == live


def test_the_size_of_the_steps_changes_nothing(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    live = lived(kit)
    kit.office.close()
    monkeypatch.setattr(projections, "_AT_ONCE", 3)
    assert rebuild_office(kit.root) == live


def test_projections_of_another_version_are_made_anew(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    live = lived(kit)
    monkeypatch.setattr(projections, "VERSION", "of another day")
    made: list[int] = []
    kit.office.close()
    kit.office = open_office(kit.root, kit.clock, told=lambda done, _: made.append(done))
    assert made
    assert digest(kit.office.casebook.engine) != live  # the version itself is one of the rows


def test_projections_ahead_of_their_record_are_refused(kit: Kit) -> None:
    kit.observe("ada", seen("1"))

    class Shorter:
        def size(self) -> int:
            return 2

    with pytest.raises(Damaged, match="rebuild the projections"):
        kit.office.record.projections.follow(Shorter())  # type: ignore[arg-type]


def test_a_broken_projections_file_says_what_to_do(kit: Kit) -> None:
    kit.office.close()
    file = kit.root / "projections" / FILE
    file.write_bytes(b"this is no database " * 100)
    with pytest.raises(Damaged, match="delete the folder projections"):
        open_office(kit.root, kit.clock)
    file.unlink()
    kit.office = open_office(kit.root, kit.clock)


def test_what_cannot_be_read_stays_on_the_record_and_counts_for_nothing(kit: Kit) -> None:
    body = {**observations_wire.body(seen("1")), "act": "no such act"}
    kit.office.record.append([kit.sealed("ada", observations_wire.KIND, body)])
    kit.office.record.append([kit.sealed("cleo", findings_wire.VOTE, {"finding": "1"})])
    entry = kit.office.record.size() - 2
    refused = kit.office.casebook.unreadable()
    assert [ref for ref, _ in refused] == [Ref(entry), Ref(entry + 1)]
    assert "act" in refused[0][1]
    assert list(kit.office.casebook.sightings()) == []
    assert kit.office.casebook.counts()["observation/v1"] == 1


def test_rows_of_a_batch_are_found_beside_single_entries(kit: Kit) -> None:
    kit.observe("ada", seen("1"))
    rows = [(2, seen("2")), (3, seen("3"))]
    receipt = kit.office.intake.import_rows(File("own", "0" * 64, "own/1"), rows, key_of("ben")).receipt
    assert receipt is not None
    near = kit.office.sightings.near(Disc(SPOT, 0), Interval(START, START), 1_000, 0)
    refs = [one.ref for one in near]
    assert refs == [Ref(receipt.index - 1), Ref(receipt.index, 0), Ref(receipt.index, 1)]
    assert [one.ref for one in kit.office.casebook.sightings(kinds=(Kind.REPORT,))] == refs


def test_touchings_are_kept_and_read_back(kit: Kit) -> None:
    (ref,) = kit.observe("ada", seen("1"))
    screened = list(Screener(kit.office.agreement).screen([kit.office.casebook.sighting(ref)]))
    assert screened
    kept = sorted(screened, key=lambda one: (one.term, one.reading))
    assert list(kit.office.casebook.touchings()) == kept
    assert list(kit.office.casebook.touchings_of((ref,))) == kept
    assert list(kit.office.casebook.touchings(upto=ref.entry)) == []


def test_projections_are_a_plain_database_that_others_may_read(kit: Kit, tmp_path: Path) -> None:
    kit.observe("ada", seen("1"))
    with sqlite3.connect(tmp_path / "office" / "projections" / FILE) as connection:
        assert connection.execute("SELECT uid FROM observations").fetchall() == [("1",)]
    connection.close()


def test_a_story_gives_each_entry_its_author(kit: Kit) -> None:
    (ref,) = kit.observe("liaison-a", seen("x", kind=Kind.CLAIM, source="liaison-a", by="party-b"))
    (told,) = Story(kit.office.record).entries(ref.entry, ref.entry + 1)
    assert (told.holder, told.party, told.kind) == ("liaison-a", "party-a", "observation/v1")
