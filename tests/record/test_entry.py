import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.record.kit import LOG, NOW, ORIGIN, VKEY, report, sealed, signer, uid
from trucekeeper.kernel import b64, canon, keys
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.kernel.pae import pae
from trucekeeper.record import checkpoint, entry, receipt
from trucekeeper.record.checkpoint import Checkpoint
from trucekeeper.record.entry import opened, seal, signed_by
from trucekeeper.record.ref import Ref


def test_an_envelope_opens_to_what_was_sealed() -> None:
    envelope = sealed(number=7)
    found = opened(envelope)
    author = signer("monitor-1")
    assert (found.kind, found.origin, found.uid, found.key, found.at) == (
        "observation/v1", ORIGIN, uid(7), author.key_id, NOW,
    )  # fmt: skip
    assert found.body == report()
    assert found.body_bytes == canon.encode(report())
    assert found.body_bytes in envelope
    assert signed_by(envelope, author.public)
    assert not signed_by(envelope, signer("office").public)


def test_the_signature_is_over_the_encoded_type_and_statement() -> None:
    envelope = canon.decode_object(sealed())
    statement = canon.encode(envelope["s"])
    assert opened(canon.encode(envelope)).digest == hashlib.sha256(statement).hexdigest()
    signature = b64.decode(str(envelope["sig"]), "sig")
    assert keys.verify(signer("monitor-1").public, signature, pae(entry.PAYLOAD_TYPE, statement))
    assert not keys.verify(signer("monitor-1").public, signature, statement)


@given(st.data())
def test_no_flipped_bit_leaves_an_entry_signed(data: st.DataObject) -> None:
    envelope = bytearray(sealed(number=7))
    at = data.draw(st.integers(0, len(envelope) - 1))
    envelope[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        holds = signed_by(bytes(envelope), signer("monitor-1").public)
    except BadInput:
        return
    assert not holds


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("uid", "0" * 31),
        ("uid", "0" * 31 + "G"),
        ("uid", "A" * 32),
        ("key", ""),
        ("kind", ""),
        ("kind", "Observation/v1"),
        ("kind", "k" * 65),
        ("origin", ""),
        ("origin", "\u00e9"),
        ("origin", "o" * 256),
        ("at", "2026-03-01T00:00:00Z"),
        ("at", 5),
        ("body", []),
        ("more", 1),
    ],
)
def test_a_statement_of_another_shape_is_refused(field: str, value: Json) -> None:
    envelope = canon.decode_object(sealed())
    statement = envelope["s"]
    assert isinstance(statement, dict)
    with pytest.raises(BadInput):
        opened(canon.encode({"s": {**statement, field: value}, "sig": envelope["sig"]}))


def test_an_envelope_of_another_shape_is_refused() -> None:
    envelope = canon.decode_object(sealed())
    for other in (
        {**envelope, "t": 1},
        {"s": envelope["s"]},
        {"s": envelope["s"], "sig": "AAAA"},
        {"s": 1, "sig": ""},
    ):
        with pytest.raises(BadInput):
            opened(canon.encode(other))
    with pytest.raises(BadInput):
        seal(signer("office"), "Bad Kind", ORIGIN, uid(1), NOW, {})


def test_a_huge_envelope_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadInput, match="1048576"):
        opened(b"{" * 2_000_000)


def test_a_receipt_is_bound_to_its_log_and_whole() -> None:
    issued = receipt.issue(
        lambda kind, data: LOG.sign(pae(kind, data)), (ORIGIN, uid(1)), b"\x01" + bytes(32), 4, (NOW, NOW)
    )
    assert receipt.verify_receipt(issued.data, VKEY) == issued
    assert len(issued.digest) == 64
    for spoilt in (issued.data.replace(b'"index":4', b'"index":5'), issued.data.replace(b"lake", b"hill")):
        with pytest.raises(NotTrusted):
            receipt.verify_receipt(spoilt, VKEY)
    with pytest.raises(BadInput, match="below 0"):
        receipt.read(issued.data.replace(b'"index":4', b'"index":-4'))


def test_a_checkpoint_reads_back_and_its_form_is_strict() -> None:
    made = Checkpoint(ORIGIN, 12, bytes(32))
    signed = checkpoint.sign(made, LOG)
    assert checkpoint.verified(signed, VKEY) == made
    for text in (
        "",
        "a\n1\n",
        "a\n01\n" + b64.encode(bytes(32)) + "\n",
        made.text + "extension\n",
        "a\n1\nAAAA\n",
    ):
        with pytest.raises(BadInput):
            checkpoint.parse(text)
    other = checkpoint.note.sign(Checkpoint("other", 1, bytes(32)).text, ((ORIGIN, LOG),))
    with pytest.raises(NotTrusted, match="another log"):
        checkpoint.verified(other, VKEY)


@pytest.mark.parametrize(
    "text", ["", "-1", "01", "1.", ".1", "1.01", "1.2.3", " 1", "1\n", "\u0661", "1" * 5000]
)
def test_a_ref_has_one_spelling(text: str) -> None:
    with pytest.raises(BadInput, match="names no entry"):
        Ref.parse(text)
    for one in (Ref(0), Ref(12), Ref(12, 0), Ref(12, 345)):
        assert Ref.parse(str(one)) == one
