"""What every record does, whichever database keeps its vault; a new one adds itself to the fixture ``home``."""

import pytest

from tests.record.kit import DAY_MS, NOW, ORIGIN, VKEY, genesis, prepared, report, sealed, uid
from trucekeeper.kernel import merkle
from trucekeeper.kernel.clock import Instant, SetClock
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotPermitted, NotTrusted, TruceError
from trucekeeper.record import batch, checkpoint, entry, sealing
from trucekeeper.record.ports import Record
from trucekeeper.record.receipt import verify_receipt
from trucekeeper.record.ref import Ref


def test_a_new_record_holds_its_key_set_alone(record: Record) -> None:
    assert (record.size(), record.origin, record.vkey) == (1, ORIGIN, VKEY)
    assert record.opened(0).envelope == genesis()
    assert record.keyset().vkey == VKEY


def test_what_is_appended_is_read_back_byte_for_byte_and_in_order(record: Record) -> None:
    envelopes = [sealed(body=report(number)) for number in range(40)]
    receipts = record.append(envelopes)
    assert [one.index for one in receipts] == list(range(1, 41))
    assert [one.envelope for one in record.entries(1)] == envelopes
    assert [one.index for one in record.entries(5, 8)] == [5, 6, 7]
    assert record.entry(3) == entry.opened(envelopes[2])
    assert list(record.entries(60)) == []
    assert record.append([]) == ()


def test_entries_are_found_by_kind_and_by_uid(record: Record) -> None:
    record.append([sealed(), sealed("office", "agreement/v1", {"id": "x"}), sealed(number=77)])
    assert [one.index for one in record.entries(kinds=("agreement/v1",))] == [2]
    assert [one.index for one in record.entries(kinds=("agreement/v1", "observation/v1"))] == [1, 2, 3]
    assert record.find(uid(77)) == 3
    assert record.find(uid(78)) is None


def test_what_is_not_there_is_not_found(record: Record) -> None:
    for index in (1, -1, 10**12):
        with pytest.raises(NotFound):
            record.opened(index)
    for ref in (Ref(0), Ref(0, 0), Ref(5, 0)):
        with pytest.raises(NotFound):
            record.row(ref)
    assert list(record.rows(0)) == []
    assert list(record.rows(9)) == []


def test_a_receipt_verifies_and_names_the_sealed_leaf(record: Record) -> None:
    (receipt,) = record.append([sealed(number=9)])
    opened = record.opened(receipt.index)
    assert verify_receipt(receipt.data, VKEY) == receipt
    assert receipt.leaf == sealing.leaf(opened.salt, opened.envelope)
    assert (receipt.uid, receipt.at, receipt.origin) == (uid(9), NOW, ORIGIN)
    assert receipt.merge_by > receipt.at


def test_the_checkpoint_covers_every_receipt_and_every_proof_verifies(record: Record) -> None:
    roots: dict[int, bytes] = {}
    for _ in range(9):
        record.append([sealed(), sealed()])
        signed = checkpoint.verified(record.checkpoint(), VKEY)
        assert signed.size == record.size()
        roots[signed.size] = signed.root
    size = record.size()
    for one in record.entries():
        hashed = merkle.leaf_hash(sealing.leaf(one.salt, one.envelope))
        proof = record.inclusion(one.index, size)
        assert merkle.verify_inclusion(hashed, one.index, size, proof, roots[size])
    for old, root in roots.items():
        assert merkle.verify_consistency(old, size, record.consistency(old, size), root, roots[size])
    with pytest.raises(BadInput):
        record.inclusion(0, size + 1)
    with pytest.raises(BadInput):
        record.consistency(1, size + 1)


def test_the_leaf_of_equal_bytes_differs_by_its_salt(record: Record) -> None:
    record.append([sealed(), sealed()])
    salts = {one.salt for one in record.entries()}
    assert len(salts) == 3
    assert all(len(salt) == sealing.SALT_BYTES for salt in salts)


@pytest.mark.parametrize("bad", [0, 1, 2, 19])
def test_one_bad_entry_keeps_all_of_them_out_and_is_named(record: Record, bad: int) -> None:
    envelopes = [sealed() for _ in range(20)]
    envelopes[bad] = sealed("stranger")
    before = record.checkpoint()
    with pytest.raises(NotTrusted, match=rf"^entry {bad + 1} of 20: .*nobody's mandate"):
        record.append(envelopes)
    assert (record.size(), record.checkpoint()) == (1, before)
    assert record.append([one for at, one in enumerate(envelopes) if at != bad])[-1].index == 19


def test_a_uid_is_taken_once(record: Record) -> None:
    record.append([sealed(), sealed(number=5)])
    with pytest.raises(Conflict, match="recorded already, as entry 2"):
        record.append([sealed(), sealed(number=5)])
    with pytest.raises(Conflict, match="entries 1 and 3 share"):
        record.append([sealed(number=6), sealed(), sealed(number=6)])
    with pytest.raises(Conflict, match="as entry 0"):
        record.append([sealed(number=0)])
    assert record.size() == 3


def test_too_many_at_once_are_refused(record: Record) -> None:
    with pytest.raises(BadInput, match="at most"):
        record.append([b""] * 5000)


def test_admission_times_never_run_backwards(record: Record, clock: SetClock) -> None:
    record.append([sealed()])
    clock.at = Instant(NOW - DAY_MS)
    record.append([sealed(at=clock.at)])
    clock.at = Instant(NOW + DAY_MS)
    record.append([sealed(), sealed()])
    assert [one.admitted for one in record.entries()] == [NOW, NOW, NOW, NOW + DAY_MS, NOW + DAY_MS]
    sizes = [record.size_at(Instant(NOW + ms)) for ms in (-1, 0, DAY_MS - 1, DAY_MS)]
    assert sizes == [0, 3, 3, 5]


@pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 511, 700])
def test_each_row_of_a_batch_is_provable_by_itself(record: Record, count: int) -> None:
    made = prepared(count)
    receipt = record.append_batch(made.envelope, made.rows, made.salts)
    assert record.opened(receipt.index).rows == count
    assert tuple(record.rows(receipt.index)) == made.rows
    for number in {0, count // 2, count - 1}:
        ref = Ref(receipt.index, number)
        opened = record.row_proof(ref)
        assert record.row(ref) == opened.row == made.rows[number]
        batch.verify_row(made.stated, number, opened.salt, opened.row, opened.proof)
        with pytest.raises(NotTrusted):
            batch.verify_row(made.stated, number, opened.salt, opened.row + b" ", opened.proof)
    with pytest.raises(NotFound):
        record.row(Ref(receipt.index, count))


def test_a_batch_enters_with_exactly_the_rows_that_its_author_signed(record: Record) -> None:
    made = prepared(10)
    spoilt = (*made.rows[:3], made.rows[3].replace(b'"', b' "', 1), *made.rows[4:])
    swapped = (made.rows[1], made.rows[0], *made.rows[2:])
    cases: list[tuple[type[TruceError], tuple[bytes, ...], tuple[bytes, ...]]] = [
        (BadInput, made.rows[:-1], made.salts[:-1]),
        (BadInput, (), ()),
        (BadInput, spoilt, made.salts),
        (BadInput, made.rows, made.salts[:-1]),
        (BadInput, made.rows, (b"short", *made.salts[1:])),
        (NotTrusted, swapped, made.salts),
        (NotTrusted, made.rows, (made.salts[1], made.salts[0], *made.salts[2:])),
    ]
    for expected, rows, salts in cases:
        with pytest.raises(expected):
            record.append_batch(made.envelope, rows, salts)
    with pytest.raises(BadInput, match="without its rows"):
        record.append([made.envelope])
    with pytest.raises(BadInput, match="only a batch has rows"):
        record.append_batch(sealed(), made.rows, made.salts)
    assert record.size() == 1
    assert record.append_batch(made.envelope, made.rows, made.salts).index == 1


def test_a_liaison_may_batch_claims_and_denials_alone(record: Record) -> None:
    claims = prepared(3, "liaison-a", "claim")
    assert record.append_batch(claims.envelope, claims.rows, claims.salts).index == 1
    reports = prepared(3, "liaison-a", "report")
    with pytest.raises(NotPermitted, match="row 0"):
        record.append_batch(reports.envelope, reports.rows, reports.salts)
