from pathlib import Path

import pytest

from tests.office_kit import LAKESIDE, START, Kit, holder, key_of, looked, seen
from trucekeeper.agreement import folder as agreement_folder
from trucekeeper.feeds.firms import Firms
from trucekeeper.kernel.clock import Interval, SetClock
from trucekeeper.kernel.errors import BadInput, Conflict, Damaged, NotFound, NotPermitted, NotTrusted
from trucekeeper.office import folder as office_folder
from trucekeeper.office.creation import create_office
from trucekeeper.office.importing import import_file
from trucekeeper.office.wiring import open_office, rebuild_office
from trucekeeper.record.keyset import Holder, HolderKey, Role
from trucekeeper.record.ref import Ref

FIRES = (
    "latitude,longitude,scan,track,acq_date,acq_time,satellite,confidence\n"
    "-21.0,-19.0,0.4,0.4,2026-03-01,0115,N,n\n"
    "-21.1,-19.1,0.4,0.4,2026-03-01,0115,N,h\n"
    "-21.2,-19.2,0.4,0.4,2026-02-30,0115,N,h\n"
)


def test_a_new_office_begins_with_its_key_set_and_its_agreement(kit: Kit) -> None:
    entries = [kit.office.record.entry(index) for index in range(2)]
    assert [entry.kind for entry in entries] == ["keyset/v1", "agreement/v1"]
    assert entries[1].body["digest"] == kit.office.agreement.digest
    assert (kit.root / "log" / "log.vkey").read_text().strip() == kit.office.record.vkey


def test_the_office_keeps_no_key_but_its_own_three(kit: Kit) -> None:
    assert sorted(path.name for path in (kit.root / "keys").iterdir()) == [
        "log.pem",
        "officer.pem",
        "vault.key",
    ]


def test_an_office_is_opened_by_one_writer_at_a_time(kit: Kit) -> None:
    with pytest.raises(Conflict):
        open_office(kit.root, kit.clock)


def test_a_reader_works_beside_the_writer_and_writes_nothing(kit: Kit) -> None:
    kit.observe("ada", seen("1"))
    with open_office(kit.root, kit.clock, readonly=True) as reader:
        assert [one.observation.uid for one in reader.casebook.sightings()] == ["1"]
        kit.observe("ada", seen("2"))
        assert [one.observation.uid for one in reader.casebook.sightings()] == ["1", "2"]
        with pytest.raises(NotPermitted, match="reading only"):
            _ = reader.signer
        with pytest.raises(NotPermitted, match="reading"):
            reader.triage.open((Ref(6),), key_of("ben"))


def test_a_reader_without_projections_makes_its_own_in_memory(kit: Kit) -> None:
    kit.observe("ada", seen("1"))
    kit.office.close()
    for path in (kit.root / "projections").iterdir():
        path.unlink()
    with open_office(kit.root, kit.clock, readonly=True) as reader:
        assert [one.observation.uid for one in reader.casebook.sightings()] == ["1"]
    assert list((kit.root / "projections").iterdir()) == []


def test_an_agreement_that_was_changed_is_refused(kit: Kit) -> None:
    kit.office.close()
    text = kit.root / "agreement" / "text" / "en.md"
    text.write_text(text.read_text() + "\nAnd one more thing.\n")
    with pytest.raises((BadInput, NotTrusted)):
        open_office(kit.root, kit.clock)
    with pytest.raises((BadInput, NotTrusted)):
        rebuild_office(kit.root)


def test_another_agreement_than_the_recorded_one_is_not_trusted(kit: Kit) -> None:
    kit.office.close()
    text = kit.root / "agreement" / "text" / "en.md"
    text.write_text(text.read_text() + "\n")
    agreement_folder.lock(kit.root / "agreement")
    with pytest.raises(NotTrusted, match="not the one on the record"):
        open_office(kit.root, kit.clock)


def test_an_office_that_lost_its_key_is_opened_for_reading_only(kit: Kit) -> None:
    kit.office.close()
    (kit.root / "keys" / "log.pem").unlink()
    with pytest.raises(NotFound, match=r"log\.pem"):
        open_office(kit.root, kit.clock)
    with open_office(kit.root, kit.clock, readonly=True) as reader:
        assert reader.record.entry(0).kind == "keyset/v1"


def test_an_office_whose_making_stopped_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(office_folder, "written", stop)
        with pytest.raises(KeyboardInterrupt):
            create_office(tmp_path / "o", LAKESIDE, (), origin="office.example/x", clock=SetClock(START))
    with pytest.raises(Damaged, match="never finished"):
        open_office(tmp_path / "o")


def test_a_holder_speaks_for_a_party_of_the_agreement(tmp_path: Path) -> None:
    key = HolderKey(key_of("x").public, Interval(START, None))
    stranger = Holder("x", Role.LIAISON, "party-c", (key,))
    with pytest.raises(BadInput, match="no party of"):
        create_office(tmp_path / "o", LAKESIDE, (holder("ada"), stranger), origin="office.example/x")
    assert not (tmp_path / "o").exists()


def test_a_file_is_imported_once_and_what_is_refused_can_be_corrected(kit: Kit, tmp_path: Path) -> None:
    file = tmp_path / "fires.csv"
    file.write_text(FIRES)
    dry = import_file(kit.office.intake, file, Firms(), kit.office.signer, dry_run=True)
    assert (dry.recorded, len(dry.refused), dry.receipt) == (2, 1, None)
    done = import_file(kit.office.intake, file, Firms(), kit.office.signer)
    assert (done.recorded, [row.number for row in done.refused]) == (2, [4])
    assert done.receipt is not None
    file.write_text(FIRES.replace("2026-02-30", "2026-03-01"))
    again = import_file(kit.office.intake, file, Firms(), kit.office.signer)
    batch = done.receipt.index
    assert (again.recorded, again.refused) == (1, ())
    assert again.already == ((2, Ref(batch, 0)), (3, Ref(batch, 1)))
    assert len(list(kit.office.casebook.sightings())) == 3


def test_closing_an_office_twice_is_harmless(kit: Kit) -> None:
    kit.observe("ada", looked("c"))
    kit.office.close()
    kit.office.close()
    kit.reopen()
    assert kit.office.casebook.counts()["observation/v1"] == 1
