import pytest
from structlog.testing import capture_logs

from tests.office_kit import START, Kit, key_of, seen
from trucekeeper.desks.intake import SEVERAL, File
from trucekeeper.findings import wire as findings_wire
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotPermitted, NotTrusted
from trucekeeper.observations import wire
from trucekeeper.observations.model import Kind
from trucekeeper.record import batch, disclosure, entry
from trucekeeper.record.ref import Ref

FILE = File("own", "ab" * 32, "own/1")


def test_an_observation_gets_a_receipt_and_can_be_read_back(kit: Kit) -> None:
    one = seen("1")
    (receipt,) = kit.office.intake.receive([kit.sealed("ada", wire.KIND, wire.body(one))])
    assert kit.office.casebook.sighting(Ref(receipt.index)).observation == one


def test_one_unsound_observation_keeps_all_of_a_call_out(kit: Kit) -> None:
    size = kit.office.record.size()
    unsound = {**wire.body(seen("2")), "credibility": 9}
    with pytest.raises(BadInput, match="credibility"):
        kit.office.intake.receive(
            [kit.sealed("ada", wire.KIND, wire.body(seen("1"))), kit.sealed("ada", wire.KIND, unsound)]
        )
    assert kit.office.record.size() == size


def test_the_same_observation_is_not_recorded_twice(kit: Kit) -> None:
    (ref,) = kit.observe("ada", seen("1"))
    with pytest.raises(Conflict, match=f"stands at entry {ref}"):
        kit.observe("ben", seen("1"))
    with pytest.raises(Conflict, match="one source and uid"):
        kit.observe("ben", seen("2"), seen("2"))


def test_one_uid_may_come_from_two_sources(kit: Kit) -> None:
    assert len(kit.observe("ada", seen("1"), seen("1", source="camera-lake"))) == 2


def test_a_liaison_signs_for_sources_of_its_own_party_alone(kit: Kit) -> None:
    claim = seen("c", kind=Kind.CLAIM, source="liaison-b", by="party-a")
    with pytest.raises(NotPermitted, match="party-a alone"):
        kit.observe("liaison-a", claim)
    assert kit.observe("liaison-b", claim)


def test_what_is_no_observation_goes_to_another_desk(kit: Kit) -> None:
    vote = kit.sealed("cleo", findings_wire.VOTE, {})
    with pytest.raises(BadInput, match="intake desk takes"):
        kit.office.intake.receive([vote])


def test_a_key_that_nobody_holds_is_refused(kit: Kit) -> None:
    with pytest.raises(NotTrusted, match="nobody's mandate"):
        kit.observe("a stranger", seen("1"))


def test_an_import_records_new_rows_and_says_where_the_others_stand(kit: Kit) -> None:
    (ref,) = kit.observe("ada", seen("1"))
    rows = [(2, seen("1")), (3, seen("2")), (4, seen("3"))]
    done = kit.office.intake.import_rows(FILE, rows, key_of("ben"))
    assert done.receipt is not None
    assert (done.rows, done.already) == (2, ((2, ref),))
    again = kit.office.intake.import_rows(FILE, rows, key_of("ben"))
    batched = done.receipt.index
    assert (again.rows, again.receipt) == (0, None)
    assert again.already == ((2, ref), (3, Ref(batched, 0)), (4, Ref(batched, 1)))


def test_a_dry_run_writes_nothing_and_counts_the_same(kit: Kit) -> None:
    size = kit.office.record.size()
    rows = [(number, seen(str(number), Instant(START + number))) for number in range(5)]
    dry = kit.office.intake.import_rows(FILE, rows, key_of("ben"), dry_run=True)
    assert (dry.rows, dry.receipt, kit.office.record.size()) == (5, None, size)
    assert kit.office.intake.import_rows(FILE, rows, key_of("ben")).rows == 5


def test_a_batch_names_its_source_or_says_that_there_are_several(kit: Kit) -> None:
    one = kit.office.intake.import_rows(FILE, [(2, seen("1"))], key_of("ben")).receipt
    rows = [(2, seen("2")), (3, seen("3", source="camera-lake"))]
    two = kit.office.intake.import_rows(FILE, rows, key_of("ben")).receipt
    assert one is not None
    assert two is not None
    bodies = [batch.read(kit.office.record.entry(receipt.index).body) for receipt in (one, two)]
    assert [body.source for body in bodies] == ["patrol-lake", SEVERAL]
    assert {body.file_sha256 for body in bodies} == {"ab" * 32}


def test_a_command_logs_one_event_of_numbers(kit: Kit) -> None:
    with capture_logs() as logs:
        kit.observe("ada", seen("1"), seen("2"))
    (event,) = logs
    last = kit.office.record.size() - 1
    assert event == {
        "event": "observation.received",
        "entries": 2,
        "first": last - 1,
        "last": last,
        "log_level": "info",
    }


def test_what_people_of_the_office_saw_is_sealed_with_place_and_source_apart(kit: Kit) -> None:
    one = seen("1", note="from the roof of the mill")
    (receipt,) = kit.office.intake.observe((one,), kit.office.signer)
    assert kit.office.casebook.sighting(Ref(receipt.index)).observation == one
    opened = kit.office.record.opened(receipt.index)
    told = {name for name, _ in map(disclosure.disclosed, opened.disclosures)}
    assert told == {"note", "source", "uid", "where"}
    for secret in (b"patrol-lake", b"mill", b"lat_u"):
        assert secret not in entry.core(opened.envelope)


def test_a_sender_may_tell_fields_apart_and_must_tell_them_to_the_office(kit: Kit) -> None:
    now, body = kit.clock.now(), wire.body(seen("1"))
    envelope = entry.seal(
        key_of("ada"), wire.KIND, kit.office.record.origin, "a" * 32, now, body,
        apart=["where", "note"], draw=lambda size: b"s" * size,
    )  # fmt: skip
    with pytest.raises(BadInput, match="without 1 of its disclosures"):
        kit.office.intake.receive([entry.core(envelope)])
    (receipt,) = kit.office.intake.receive([envelope])
    assert kit.office.casebook.sighting(Ref(receipt.index)).observation == seen("1")


@pytest.mark.parametrize("field", ["kind", "class", "content"])
@pytest.mark.parametrize("said", ["survivor-account", "medical-record"])
def test_a_survivors_account_is_refused_and_sent_elsewhere(kit: Kit, field: str, said: str) -> None:
    size = kit.office.record.size()
    with pytest.raises(BadInput, match="truce refer"):
        kit.office.intake.receive([kit.sealed("ada", wire.KIND, {**wire.body(seen("1")), field: said})])
    assert kit.office.record.size() == size
