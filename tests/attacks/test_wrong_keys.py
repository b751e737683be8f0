"""Keys that are unknown, of another log, or that borrow a name."""

from pathlib import Path

import pytest

from tests.attacks.office import REFS, small_office
from tests.record.kit import LOG, NOW, ORIGIN, VKEY, genesis, new_record, sealed, signer
from trucekeeper.kernel import b64
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.kernel.note import Verifier
from trucekeeper.record.bundle import collect
from trucekeeper.record.receipt import verify_receipt
from trucekeeper.stores.sql_record import SqlRecord
from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.verify import verify_bundle

FOREIGN = signer("foreign log")


@pytest.mark.parametrize(
    "vkey",
    [Verifier(ORIGIN, FOREIGN.public).vkey, Verifier("hill.example/log", LOG.public).vkey],
    ids=("spoofed name", "borrowed key"),
)
def test_a_bundle_verifies_under_its_own_log_key_alone(tmp_path: Path, vkey: str) -> None:
    with small_office(tmp_path) as record:
        data = collect(record, REFS, "x")
    with pytest.raises(Refused, match=r"step 1: .* did not sign it"):
        verify_bundle(data, vkey)


def test_a_log_that_spoofs_the_name_is_caught(tmp_path: Path) -> None:
    spoofed = SqlRecord.create(tmp_path / "o", FOREIGN, genesis(log=FOREIGN), SetClock(NOW))
    with spoofed as record:
        (receipt,) = record.append([sealed()])
        data = collect(record, (), "spoofed")
    with pytest.raises(Refused, match=r"step 1: .* did not sign it"):
        verify_bundle(data, VKEY)
    with pytest.raises(NotTrusted, match="does not hold"):
        verify_receipt(receipt.data, VKEY)


def test_a_receipt_from_another_log_is_refused(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        (receipt,) = record.append([sealed()])
    with pytest.raises(NotTrusted, match="of another log than hill"):
        verify_receipt(receipt.data, Verifier("hill.example/log", LOG.public).vkey)


def test_a_receipt_cannot_be_made_of_another_signature_of_the_log(tmp_path: Path) -> None:
    with new_record(tmp_path) as record:
        (receipt,) = record.append([sealed()])
        stated = receipt.data[len(b'{"receipt":') : -len(b',"sig":""}') - 88]
        forged = record.attest("application/vnd.trucekeeper.bundle+json", stated)
    data = b'{"receipt":%b,"sig":"%b"}' % (stated, b64.encode(forged).encode())
    with pytest.raises(NotTrusted):
        verify_receipt(data, VKEY)


def test_a_record_opens_with_its_own_key_alone(tmp_path: Path) -> None:
    with new_record(tmp_path):
        pass
    with pytest.raises(NotTrusted, match="not that of the log"):
        SqlRecord.open(tmp_path / "office", FOREIGN, SetClock(NOW))
    with pytest.raises(BadInput, match="names another log key"):
        SqlRecord.create(tmp_path / "p", FOREIGN, genesis(), SetClock(NOW))
