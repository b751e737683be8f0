import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.witnessing import NOW_S, SmallLog, signer, vkey
from trucekeeper.kernel import b64, note
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.record import proof
from trucekeeper.record.cosignature import cosign
from trucekeeper.record.policy import Policy

LOG = SmallLog().grown_to(70)
POLICY = Policy.parse(f"log {LOG.vkey}\nwitness w {vkey('w')}\nquorum w\n")
TEXT = note.parse(LOG.signed()).text
COSIGNED = note.with_lines(LOG.signed(), [cosign(signer("w"), "w", TEXT, NOW_S)])


def proven(index: int, data: bytes = COSIGNED) -> bytes:
    return proof.written(index, LOG.inclusion(index, LOG.size), data)


def test_a_proof_is_the_text_that_the_specification_shows() -> None:
    lines = proven(3).decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 3"]
    assert lines[2] == b64.encode(LOG.inclusion(3, 70)[0])
    assert lines[lines.index("") + 1] == LOG.origin


@given(st.integers(0, 69))
def test_every_leaf_of_a_log_is_proven_by_its_file(index: int) -> None:
    stated, cosigned = proof.verify(proven(index), LOG.leaves[index], POLICY)
    assert (stated.size, [one.name for one in cosigned]) == (70, ["w"])
    assert proof.parse(proven(index)).data == proven(index)


def test_a_log_of_one_leaf_needs_no_hash() -> None:
    one = SmallLog(leaves=[b"only"])
    data = proof.written(0, (), one.signed())
    assert data.startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\nlake.example/log\n1\n")
    assert proof.verify_signed(data, b"only", one.vkey).size == 1


def test_another_leaf_index_or_log_is_not_proven() -> None:
    with pytest.raises(NotTrusted, match="not proven"):
        proof.verify(proven(3), LOG.leaves[4], POLICY)
    with pytest.raises(NotTrusted, match="not proven"):
        proof.verify(proven(3).replace(b"index 3", b"index 2"), LOG.leaves[3], POLICY)
    with pytest.raises(NotTrusted, match="no quorum"):
        proof.verify(proven(3, LOG.signed()), LOG.leaves[3], POLICY)
    assert proof.verify_signed(proven(3, LOG.signed()), LOG.leaves[3], LOG.vkey).size == 70
    with pytest.raises(NotTrusted):
        proof.verify_signed(proven(3), LOG.leaves[3], SmallLog("other.example/log").vkey)


def test_extra_data_travels_along_and_is_trusted_by_nobody() -> None:
    data = proof.Proof(3, LOG.inclusion(3, 70), COSIGNED, b"salt").data
    assert data.split(b"\n")[1] == b"extra c2FsdA=="
    assert proof.parse(data).extra == b"salt"
    assert proof.verify(data, LOG.leaves[3], POLICY)[0].size == 70


@pytest.mark.parametrize(
    "change",
    [
        (b"@v1", b"@v2"),
        (b"index 3", b"index 03"),
        (b"index 3", b"index -3"),
        (b"index 3", b"index"),
        (b"index 3", b"index 3\nindex 3"),
        (b"index 3", b"extra ?\nindex 3"),
        (b"index 3", b"index 3\n" + b"\n".join([b64.encode(bytes(32)).encode()] * 64)),
        (b"index 3", "index \u0663".encode()),
        (b"\n\nlake", b"\nlake"),
        (b"index 3", b"index 3\nAAAA"),
    ],
)
def test_what_is_no_proof_is_refused(change: tuple[bytes, bytes]) -> None:
    with pytest.raises(BadInput):
        proof.parse(proven(3).replace(*change, 1))


@given(st.integers(0, len(proven(9)) - 1), st.integers(0, 7))
def test_no_bit_of_a_proof_can_be_flipped(at: int, bit: int) -> None:
    data = bytearray(proven(9))
    data[at] ^= 1 << bit
    with pytest.raises((BadInput, NotTrusted)):
        proof.verify(bytes(data), LOG.leaves[9], POLICY)
