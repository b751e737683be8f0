import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.witnessing import NOW_S, SmallLog, signer
from trucekeeper.kernel import b64, keys, note
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.kernel.mldsa import MlDsaSigner
from trucekeeper.record import cosignature
from trucekeeper.record.cosignature import Cosigned, cosign

LOG = SmallLog().grown_to(7)
TEXT = note.parse(LOG.signed()).text
ANNA = note.Verifier("anna.example/w", signer("anna").public, note.COSIGNATURE)
BEN = note.Verifier("ben.example/w", signer("ben").public, note.COSIGNATURE)
KNOWN = {"anna": ANNA, "ben": BEN}


def by(name: str, time_s: int = NOW_S, text: str = TEXT) -> str:
    return cosign(signer(name), f"{name}.example/w", text, time_s)


def with_lines(*lines: str) -> bytes:
    return note.with_lines(LOG.signed(), lines)


def test_a_cosignature_is_time_and_signature_over_two_lines_and_the_whole_text() -> None:
    ((_, _, payload),) = note.parse(f"{TEXT}\n{by('anna')}".encode()).signatures
    assert int.from_bytes(payload[:8], "big") == NOW_S
    message = f"cosignature/v1\ntime {NOW_S}\n{TEXT}".encode()
    assert keys.verify(signer("anna").public, payload[8:], message)
    assert len(payload) == 72


def test_who_cosigned_is_told_by_the_readers_names() -> None:
    data = with_lines(by("ben", 5), by("anna", 9))
    assert cosignature.verified(data, KNOWN) == (Cosigned("anna", 9), Cosigned("ben", 5))
    assert cosignature.verified(data, {"b": BEN}) == (Cosigned("b", 5),)
    assert cosignature.verified(data, {"b": BEN})[0].at == 5000


def test_lines_of_unknown_keys_are_ignored_even_under_a_known_name() -> None:
    spoofed = cosign(signer("stranger"), "anna.example/w", TEXT, NOW_S)
    assert cosignature.verified(with_lines(spoofed, by("ben")), KNOWN) == (Cosigned("ben", NOW_S),)
    assert cosignature.verified(LOG.signed(), KNOWN) == ()


@pytest.mark.parametrize("flip", [0, 7, 8, 40, 71])
def test_a_known_key_whose_line_does_not_hold_spoils_the_note(flip: int) -> None:
    ((_, _, payload),) = note.parse(f"{TEXT}\n{by('anna')}".encode()).signatures
    broken = bytearray(payload)
    broken[flip] ^= 1
    with pytest.raises(NotTrusted, match="anna"):
        cosignature.verified(with_lines(ANNA.line(bytes(broken)), by("ben")), KNOWN)


def test_a_cosignature_of_another_checkpoint_does_not_hold() -> None:
    other = note.parse(SmallLog().grown_to(8).signed()).text
    with pytest.raises(NotTrusted):
        cosignature.verified(with_lines(by("anna", text=other)), KNOWN)


def test_a_time_beyond_the_greatest_is_refused_and_a_time_of_nought_does_not_count() -> None:
    for time_s in (0, -1, 2**63):
        with pytest.raises(BadInput, match="clock"):
            by("anna", time_s)
    for time_s, holds in ((0, True), (2**63, False)):
        message = f"cosignature/v1\ntime {time_s}\n{TEXT}".encode()
        line = ANNA.line(time_s.to_bytes(8, "big") + signer("anna").sign(message))
        if holds:
            assert cosignature.verified(with_lines(line), KNOWN) == ()
        else:
            with pytest.raises(NotTrusted):
                cosignature.verified(with_lines(line), KNOWN)


def test_of_several_lines_by_one_key_the_earliest_counts() -> None:
    assert cosignature.verified(with_lines(by("anna", 9), by("anna", 4)), KNOWN) == (Cosigned("anna", 4),)


def test_a_logs_key_cosigns_nothing() -> None:
    log = note.Verifier(LOG.origin, LOG.key.public)
    with pytest.raises(BadInput, match="no cosigner"):
        cosignature.verified(LOG.signed(), {"log": log})


def test_ml_dsa_signs_the_cosigners_name_and_no_extension_lines() -> None:
    key = MlDsaSigner(bytes(32))
    verifier = note.Verifier("anna.example/w", key.public, note.ML_DSA_COSIGNATURE)
    assert note.Verifier.parse(verifier.vkey, note.COSIGNERS) == verifier
    line = cosign(key, "anna.example/w", TEXT, NOW_S)
    assert cosignature.verified(with_lines(line), {"anna": verifier}) == (Cosigned("anna", NOW_S),)
    renamed = note.Verifier("carl.example/w", key.public, note.ML_DSA_COSIGNATURE)
    ((_, _, payload),) = note.parse(f"{TEXT}\n{line}".encode()).signatures
    with pytest.raises(NotTrusted, match="carl"):
        cosignature.verified(with_lines(renamed.line(payload)), {"carl": renamed})
    with pytest.raises(BadInput, match="three lines"):
        cosign(key, "anna.example/w", TEXT + "extension\n", NOW_S)
    with pytest.raises(BadInput, match="255 bytes"):
        cosign(key, "anna.example/w", TEXT.replace("lake", "l" * 250), NOW_S)


def test_ed25519_signs_extension_lines_too() -> None:
    text = TEXT + "extension\n"
    data = f"{text}\n{by('anna', text=text)}".encode()
    assert cosignature.verified(data, KNOWN) == (Cosigned("anna", NOW_S),)
    with pytest.raises(NotTrusted):
        cosignature.verified(data.replace(b"extension", b"extensioN"), KNOWN)


@given(st.integers(0, len(TEXT.encode()) - 2), st.integers(0, 7))
def test_no_bit_of_a_cosigned_text_can_be_flipped(at: int, bit: int) -> None:
    data = bytearray(f"{TEXT}\n{by('anna')}".encode())
    data[at] ^= 1 << bit
    try:
        found = cosignature.verified(bytes(data), KNOWN)
    except (BadInput, NotTrusted):
        return
    assert found == ()


def test_a_line_is_base64_of_key_id_and_payload() -> None:
    line = by("anna")
    head, name, coded = line.removesuffix("\n").split(" ")
    assert (head, name) == ("\u2014", "anna.example/w")
    assert b64.decode(coded, "a line")[:4] == ANNA.hint
