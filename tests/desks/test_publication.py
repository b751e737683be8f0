import json
from datetime import date

import pytest

from tests.office_kit import HOUR_MS, START, Kit, key_of, looked, seen
from trucekeeper.findings.model import Erratum
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import Conflict, NotFound, NotPermitted
from trucekeeper.office.verifying import authentic as verify_bundle
from trucekeeper.record import bundle, checkpoint
from trucekeeper.record.ref import Ref
from trucekeeper.reports import wire

DAY = date(2026, 3, 1)
NAMES = ("daily.html", "daily.json", "daily.pdf")


@pytest.fixture
def busy(kit: Kit) -> Kit:
    """A first day with one incident that is drafted."""
    one, other = kit.observe("ada", seen("1", Instant(START + HOUR_MS)), seen("2", source="camera-lake"))
    kit.observe("ben", looked("c"))
    kit.office.triage.open((one, other), key_of("ben"))
    kit.office.inquiry.draft("INC-2026-000001", kit.office.signer)
    kit.clock.at = Instant(START + 18 * HOUR_MS)  # half an hour after the first cut-off
    return kit


def test_a_published_report_is_the_one_that_the_record_names(busy: Kit) -> None:
    size = busy.office.record.size()
    receipt = busy.office.publication.publish(DAY, busy.office.signer)
    ((ref, published),) = busy.office.casebook.published()
    folder = busy.root / "reports" / "2026-03-01"
    assert sorted(path.name for path in folder.iterdir()) == list(NAMES)
    assert (ref.entry, published.upto) == (receipt.index, size)
    for name in NAMES:
        wire.check(published, name.removeprefix("daily."), (folder / name).read_bytes())


def test_a_report_cites_the_checkpoint_that_it_rests_on(busy: Kit) -> None:
    signed = checkpoint.verified(busy.office.record.checkpoint(), busy.office.record.vkey)
    report = busy.office.publication.report(DAY)
    assert (report.checkpoint.size, report.checkpoint.root) == (signed.size, signed.root.hex())
    assert report.upto == signed.size == busy.office.record.size()


def test_a_day_is_published_once_unless_an_erratum_corrects_it(busy: Kit) -> None:
    first = busy.office.publication.publish(DAY, busy.office.signer)
    with pytest.raises(Conflict, match=f"as entry {first.index}"):
        busy.office.publication.publish(DAY, busy.office.signer)
    erratum = Erratum(Ref(first.index), None, "One patrol was counted twice.")
    busy.office.panel.correct(erratum, busy.office.signer)
    busy.office.publication.publish(DAY, busy.office.signer)
    assert len(busy.office.casebook.published()) == 2


def test_lost_files_are_made_again_from_the_record_byte_for_byte(busy: Kit) -> None:
    busy.office.publication.publish(DAY, busy.office.signer)
    folder = busy.root / "reports" / "2026-03-01"
    before = {name: (folder / name).read_bytes() for name in NAMES}
    for name in NAMES:
        (folder / name).unlink()
    busy.observe("ada", seen("late"))
    busy.office.publication.restore(DAY)
    assert {name: (folder / name).read_bytes() for name in NAMES} == before


def test_what_was_never_published_cannot_be_restored(busy: Kit) -> None:
    with pytest.raises(NotFound, match="publish it first"):
        busy.office.publication.restore(DAY)


def test_only_the_office_publishes(busy: Kit) -> None:
    with pytest.raises(NotPermitted, match="may not sign"):
        busy.office.publication.publish(DAY, key_of("liaison-a"))
    assert not (busy.root / "reports" / "2026-03-01").exists()


def test_a_bundle_holds_all_that_an_incident_rests_on_and_verifies_offline(busy: Kit) -> None:
    data = busy.office.publication.bundle("INC-2026-000001")
    assert (busy.root / "bundles" / "INC-2026-000001.bundle").read_bytes() == data
    verify_bundle(data, busy.office.record.vkey)
    kinds = {json.loads(one.data)["s"]["kind"]: one.ref for one in bundle.read(data).entries}
    assert set(kinds) == {
        "keyset/v1",
        "agreement/v1",
        "source/v1",
        "observation/v1",
        "incident/v1",
        "finding/v1",
    }


def test_there_is_no_bundle_of_what_is_no_incident(busy: Kit) -> None:
    with pytest.raises(NotFound, match="no incident"):
        busy.office.publication.bundle("INC-2026-000009")
