import pytest

from trucekeeper.kernel import b64, note
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.kernel.note import Verifier

# From the documentation of golang.org/x/mod/sumdb/note, by Go's own implementation.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
ONE = Ed25519Signer(b"\x01" * 32)
TWO = Ed25519Signer(b"\x02" * 32)
TEXT = "a text\n\nwith a blank line\n"


def verifier(name: str, signer: Ed25519Signer) -> Verifier:
    return Verifier(name, signer.public)


def test_a_note_and_a_key_of_the_go_implementation_verify() -> None:
    peter = Verifier.parse(GO_VKEY)
    assert peter.vkey == GO_VKEY
    text, signers = note.verified(GO_NOTE, (peter,))
    assert text.startswith("If you think")
    assert text.endswith("problem is.\n")
    assert signers == (peter,)


def test_a_note_splits_at_the_last_blank_line() -> None:
    signed = note.sign(TEXT, (("log.example/a", ONE),))
    assert note.verified(signed, (verifier("log.example/a", ONE),))[0] == TEXT


def test_unknown_lines_are_ignored_and_known_ones_must_hold() -> None:
    signed = note.sign(TEXT, (("a", ONE), ("b", TWO)))
    text, who = note.verified(signed, (verifier("a", ONE),))
    assert (text, who) == (TEXT, (verifier("a", ONE),))
    damaged = signed.replace(b64.encode(verifier("b", TWO).hint + TWO.sign(TEXT.encode())).encode(),
                             b64.encode(verifier("b", TWO).hint + bytes(64)).encode())  # fmt: skip
    assert note.verified(damaged, (verifier("a", ONE),))[0] == TEXT
    with pytest.raises(NotTrusted, match="signature of b"):
        note.verified(damaged, (verifier("a", ONE), verifier("b", TWO)))


def test_a_line_under_a_known_name_with_another_key_is_an_unknown_line() -> None:
    signed = note.sign(TEXT, (("a", TWO),))
    with pytest.raises(NotTrusted, match="no signature of a"):
        note.verified(signed, (verifier("a", ONE),))


def test_sixteen_signatures_and_more_are_accepted() -> None:
    many = [(f"witness-{number}", Ed25519Signer(bytes((number,)) * 32)) for number in range(1, 25)]
    signed = note.sign(TEXT, many)
    assert len(note.verified(signed, [verifier(*one) for one in many])[1]) == 24
    with pytest.raises(BadInput, match="65 signature lines"):
        note.parse(note.sign(TEXT, [("a", ONE)] * 65))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\n\xe2\x80\x94 a AAAA\n",
        b"text\n\n- a AAAAAAAAAA==\n",
        b"text\n\n\xe2\x80\x94 a b AAAAAAAA\n",
        b"text\n\n\xe2\x80\x94 a+b AAAAAAAA\n",
        b"text\n\n\xe2\x80\x94 a AAAAAAAA",
        b"te\x07xt\n\n\xe2\x80\x94 a AAAAAAAA\n",
        b"\xff\n\n\xe2\x80\x94 a AAAAAAAA\n",
        b"text\n\n\xe2\x80\x94 a AAAAAAAA\r\n",
    ],
    ids=repr,
)
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        note.parse(data)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a",
        GO_VKEY.replace("c74f20a3", "c74f20a4"),
        GO_VKEY.replace("c74f20a3", "C74F20A3"),
        GO_VKEY.replace("Peter", "Pater"),
        GO_VKEY[:-1],
        GO_VKEY + "\n\n",
        "a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "a+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "a+c74f20a3+AQ==",
    ],
)
def test_a_spoiled_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(BadInput):
        Verifier.parse(vkey)


def test_a_text_without_an_end_of_line_is_not_signed() -> None:
    with pytest.raises(BadInput):
        note.sign("text", (("a", ONE),))


def test_a_key_says_what_it_is_for() -> None:
    log, cosigner = (Verifier("a", ONE.public, kind) for kind in (note.ED25519, note.COSIGNATURE))
    assert log.hint != cosigner.hint
    assert Verifier.parse(cosigner.vkey, note.COSIGNERS) == cosigner
    with pytest.raises(BadInput, match="not of type Ed25519;"):
        Verifier.parse(cosigner.vkey)
    with pytest.raises(BadInput, match="not of type Ed25519 cosignature or ML-DSA-44 cosignature"):
        Verifier.parse(log.vkey, note.COSIGNERS)
    with pytest.raises(BadInput, match="type 5"):
        Verifier("a", ONE.public, 5)
    with pytest.raises(BadInput, match="no public key"):
        Verifier("a", ONE.public, note.ML_DSA_COSIGNATURE)


def test_lines_are_added_once_and_picked_by_key() -> None:
    a, b = verifier("a", ONE), verifier("b", TWO)
    signed = note.sign(TEXT, (("a", ONE),))
    more = b.line(TWO.sign(TEXT.encode()))
    both = note.with_lines(signed, (more, more))
    assert both == note.sign(TEXT, (("a", ONE), ("b", TWO)))
    assert note.with_lines(both, note.lines(both)) == both
    assert note.lines(both) == (*note.lines(signed), more)
    assert note.only(both, (a,)) == signed
    assert note.only(both, (b, verifier("a", TWO))) == f"{TEXT}\n{more}".encode()
    with pytest.raises(BadInput):
        note.only(signed, (b,))
    with pytest.raises(BadInput):
        note.with_lines(signed, ("no line\n",))
    with pytest.raises(BadInput):
        note.with_lines(b"no note", (more,))
    with pytest.raises(BadInput):
        note.with_lines(signed, (more + more,) * 40 + tuple(f"{b.line(bytes((one,)))}" for one in range(70)))


def test_a_line_cannot_bring_another_text_along() -> None:
    signed = note.sign(TEXT, (("a", ONE),))
    line = note.lines(note.sign("other\n", (("a", ONE),)))[0]
    with pytest.raises(BadInput):
        note.with_lines(signed, (f"other\n\n{line}",))


def test_names_are_printable_without_space_and_plus() -> None:
    for name in ("a b", "a+b", "a\u00a0b", "a\tb", "", "a" * 256, "\u0430"):
        with pytest.raises(BadInput, match="key name"):
            Verifier(name, ONE.public)
    assert Verifier("oid/1.3.6~(x)", ONE.public).name == "oid/1.3.6~(x)"
