"""What is erased is gone from the vault, and every proof of what remains stands."""

import sqlite3

import pytest

from tests.contract.conftest import Home
from tests.record.kit import NOW, ORIGIN, prepared, repeatable, sealed, signer, uid
from trucekeeper.kernel import merkle
from trucekeeper.kernel.errors import Conflict, NotFound, NotPermitted
from trucekeeper.record import batch, checkpoint, disclosure, entry, sealing
from trucekeeper.record.ref import Ref
from trucekeeper.stores.sql_record import SqlRecord

BODY = {"kind": "report", "note": "two shells", "source": "patrol-1", "where": {"lat_u": 5, "lon_u": 7}}


def told_apart(number: int = 7) -> bytes:
    """An entry whose source and place are told apart."""
    draw = repeatable(b"disclosures")
    apart = ("source", "where", "where.lat_u")
    return entry.seal(
        signer("monitor-1"), "observation/v1", ORIGIN, uid(number), NOW, BODY, apart=apart, draw=draw
    )


def test_a_leaf_commits_to_the_core_and_the_disclosures_are_kept_beside(record: SqlRecord) -> None:
    envelope = told_apart()
    (receipt,) = record.append([envelope])
    opened = record.opened(1)
    assert (opened.envelope, opened.disclosures) == (entry.core(envelope), entry.disclosures(envelope))
    assert receipt.leaf == sealing.leaf(opened.salt, entry.core(envelope)) == record.leaf(1)
    assert opened.entry.body == BODY
    assert opened.entry == entry.opened(envelope)


def test_an_erased_entry_is_gone_and_its_leaf_stays(home: Home) -> None:
    with home.made() as record:
        record.append([sealed(), sealed(number=5), sealed()])
        size, leaf = record.size(), record.leaf(2)
        for _ in range(2):
            record.erase(Ref(2))
        assert (record.absent(2), record.find(uid(5)), record.leaf(2)) == ("erased", 2, leaf)
        assert [one.index for one in record.entries()] == [0, 1, 3]
        assert [one.index for one in record.entries(kinds=("observation/v1",))] == [1, 3]
        with pytest.raises(NotFound, match="is erased"):
            record.entry(2)
        with pytest.raises(Conflict, match="recorded already"):
            record.append([sealed(number=5)])
        signed = checkpoint.verified(record.checkpoint(), record.vkey)
        for index in range(size):
            hashed = merkle.leaf_hash(record.leaf(index))
            assert merkle.verify_inclusion(hashed, index, size, record.inclusion(index, size), signed.root)
    found = home.checked()
    assert (found.entries, found.erased) == (3, (Ref(2),))


def test_one_field_goes_and_the_rest_of_the_entry_stays(record: SqlRecord) -> None:
    record.append([told_apart()])
    before = record.opened(1)
    record.erase(Ref(1), "note")  # which is not told apart: there is nothing to destroy
    assert record.opened(1) == before
    record.erase(Ref(1), "where")
    after = record.opened(1)
    assert len(before.disclosures) == 3
    assert [disclosure.disclosed(one)[0] for one in after.disclosures] == ["source"]
    assert set(after.entry.body) == {"kind", "note", "source", "_sd"}
    assert (after.envelope, after.salt, record.leaf(1)) == (before.envelope, before.salt, record.leaf(1))
    assert after.entry.digest == before.entry.digest
    record.erase(Ref(1), "source")
    assert record.opened(1).disclosures == ()
    record.erase(Ref(1), "source")
    record.erase(Ref(1))
    record.erase(Ref(1), "source")
    assert record.absent(1) == "erased"


def test_an_erased_row_is_gone_and_the_others_are_proven_as_before(home: Home) -> None:
    made = prepared(600)
    with home.made() as record:
        index = record.append_batch(made.envelope, made.rows, made.salts).index
        for number in (0, 300, 300, 599):
            record.erase(Ref(index, number))
        rows = list(record.rows(index))
        assert [at for at, row in enumerate(rows) if row is None] == [0, 300, 599]
        assert [row for row in rows if row is not None] == [
            row for at, row in enumerate(made.rows) if at not in {0, 300, 599}
        ]
        for number in (1, 299, 301, 598):
            found = record.row_proof(Ref(index, number))
            batch.verify_row(made.stated, number, found.salt, found.row, found.proof)
        for number in (0, 300, 599):
            for asked in (record.row, record.row_proof):
                with pytest.raises(NotFound, match="was erased"):
                    asked(Ref(index, number))
        with pytest.raises(NotFound):
            record.erase(Ref(index, 600))
        with pytest.raises(NotFound):
            record.erase(Ref(0, 0))
    found = home.checked()
    assert (found.rows, found.erased) == (600, (Ref(1, 0), Ref(1, 300), Ref(1, 599)))


def test_an_erased_batch_loses_all_its_rows(record: SqlRecord) -> None:
    made = prepared(300)
    index = record.append_batch(made.envelope, made.rows, made.salts).index
    record.erase(Ref(index))
    assert list(record.rows(index)) == [None] * 300
    assert record.absent(index) == "erased"
    with pytest.raises(NotFound):
        record.row(Ref(index, 3))
    record.erase(Ref(index, 3))


def test_what_cannot_be_erased_is_refused(record: SqlRecord) -> None:
    with pytest.raises(NotPermitted, match="is a key set"):
        record.erase(Ref(0))
    with pytest.raises(NotFound):
        record.erase(Ref(1))


def test_an_erased_open_entry_is_not_open_any_more(home: Home) -> None:
    with home.made() as record:
        record.append([sealed("office", "report/v1", {"day": "x"})])
        record.checkpoint()
        assert (home.log / "open" / "1.json").exists()
        record.erase(Ref(1))
        assert not (home.log / "open" / "1.json").exists()


def test_no_value_lies_in_the_clear_in_the_vaults_files(home: Home) -> None:
    made = prepared(300)
    with home.made() as record:
        record.append([told_apart(), sealed()])
        record.append_batch(made.envelope, made.rows, made.salts)
        salts = [record.opened(index).salt for index in range(4)]
        if home.queue is None:
            words = (b"patrol", b"shelling", b"detection", b"two shells", made.salts[7], *salts)
            seen = b"".join(one.read_bytes() for one in (home.folder / "office" / "vault").iterdir())
            assert len(seen) > 300 * 100
            assert [word for word in words if word in seen] == []


def test_what_is_erased_is_overwritten_in_the_file(home: Home) -> None:
    with home.made() as record:
        record.append([sealed(number=5), sealed()])
        if home.queue is not None:
            record.erase(Ref(1))
            return
        file = home.folder / "office" / "vault" / "vault.sqlite"
        with sqlite3.connect(file) as reading:
            (ciphertext,) = reading.execute("SELECT sealed FROM entries WHERE entry = 1").fetchone()
        reading.close()
        record.erase(Ref(1))
        seen = b"".join(one.read_bytes() for one in file.parent.iterdir())
        assert ciphertext not in seen
