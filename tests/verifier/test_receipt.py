"""Receipts and proofs by the verifier alone: as a program, and fed with whatever a log could sign."""

import runpy
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.record.kit import LOG, VKEY, new_record, sealed
from trucekeeper.kernel import b64, canon, note
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.pae import pae
from trucekeeper.record import proof as tlog_proof
from trucekeeper.record import receipt
from trucekeeper.record.bundle import collect
from trucekeeper.record.ref import Ref
from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.receipt import proof, verify_proof, verify_receipt


@dataclass(frozen=True)
class Files:
    receipt: bytes
    proof: bytes
    bundle: bytes
    before: bytes
    leaf: bytes
    path: tuple[bytes, ...]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    with new_record(tmp_path_factory.mktemp("receipt")) as record:
        before = record.checkpoint()
        (made,) = record.append([sealed(number=1)])
        record.append([sealed(number=2)])
        now, path = record.checkpoint(), record.inclusion(1, 3)
        data = tlog_proof.written(1, path, now)
        return Files(made.data, data, collect(record, [Ref(1)], "one"), before, made.leaf, path)


Program = Callable[..., tuple[int, str, str]]


@pytest.fixture
def program(
    tmp_path: Path, files: Files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Program:
    """``python -m trucekeeper.verifier`` in this process: exit status, what it printed, what it complained of."""
    for name in ("receipt", "proof", "bundle", "before"):
        (tmp_path / name).write_bytes(getattr(files, name))
    (tmp_path / "log.vkey").write_text(VKEY + "\n")
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["verifier", *words, "--key", "log.vkey"])
        monkeypatch.delitem(sys.modules, "trucekeeper.verifier.__main__", raising=False)
        with pytest.raises(SystemExit) as done:
            runpy.run_module("trucekeeper.verifier", run_name="__main__")
        said = capsys.readouterr()
        assert isinstance(done.value.code, int)
        return done.value.code, said.out, said.err

    return run


def test_the_program_checks_each_kind_of_file(program: Program, files: Files) -> None:
    leaf = b64.encode(files.leaf)
    for words, outcome in (
        (["bundle"], "Authentic: one."),
        (["receipt", "--shown", "proof"], "Kept."),
        (["receipt", "--shown", "before"], "Not kept yet, and not seen to be due."),
        (["proof", "--leaf", leaf], f"Proven: {files.leaf.hex()}."),
    ):
        code, out, err = program(*words)
        assert (code, out.splitlines()[-1], err) == (0, outcome, "")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["receipt"], "a receipt is held against something"),
        (["proof"], "the leaf's place is not proven"),
        (["proof", "--leaf", "AAAA"], "has 3 bytes where 33 belong"),
        (["receipt", "--shown", "log.vkey"], "the receipt fails at step 2"),
        (["before"], "the bundle fails at step 1"),
    ],
)
def test_the_program_refuses_in_one_sentence(program: Program, words: list[str], why: str) -> None:
    code, out, err = program(*words)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert why in err


def test_a_file_that_is_not_there_is_another_matter(program: Program) -> None:
    assert program("nothing")[0] == 5


def test_a_proof_is_read_as_the_record_reads_it(files: Files) -> None:
    found = tlog_proof.parse(files.proof)
    assert proof(files.proof.decode()) == (found.index, list(found.hashes), found.note.decode())
    extra = files.proof.replace(b"\nindex", b"\nextra QUJD\nindex", 1)
    assert proof(extra.decode()) == proof(files.proof.decode())
    assert len(verify_proof(extra.decode(), VKEY, None, files.leaf)) == 3


def test_a_proof_shows_its_own_leaf_at_its_own_number(files: Files) -> None:
    with pytest.raises(Refused, match="step 3"):
        verify_proof(files.proof.decode(), VKEY, None, files.leaf[:-1] + b"x")
    with pytest.raises(Refused, match="step 3"):
        verify_proof(files.proof.replace(b"index 1", b"index 0").decode(), VKEY, None, files.leaf)
    with pytest.raises(Refused, match="step 1"):
        verify_proof(files.proof.replace(b"@v1", b"@v2").decode(), VKEY, None, files.leaf)


ODD = st.sampled_from((None, 0, -1, 2**53 - 1, "", "x", [], {}, [[]], True, "9", "AAAA", "\u00e9"))


@given(st.sampled_from(("at", "index", "leaf", "merge_by", "origin", "uid", "more")), ODD, st.booleans())
def test_whatever_receipt_a_log_signs_it_is_held_to_it_or_refused(
    files: Files, name: str, odd: Json, late: bool
) -> None:
    inner = canon.decode_object(files.receipt)["receipt"]
    assert isinstance(inner, dict)
    stated: dict[str, Json] = {**inner, name: odd}
    signature = b64.encode(LOG.sign(pae(receipt.PAYLOAD_TYPE, canon.encode(stated))))
    data = canon.encode({"receipt": stated, "sig": signature})
    shown, leaf, path = (
        (files.before, None, ()) if late else (tlog_proof.parse(files.proof).note, files.leaf, files.path)
    )
    with suppress(Refused):
        assert verify_receipt(data, VKEY, shown.decode(), None, leaf, path)[0] in {"kept", "open", "broken"}


@given(st.binary(max_size=80), st.text(max_size=80))
def test_whatever_is_handed_in_it_is_refused(files: Files, data: bytes, text: str) -> None:
    for run in (
        lambda: verify_receipt(data, VKEY, note.parse(files.before).text, None, None),
        lambda: verify_receipt(files.receipt, text, text, None, None),
        lambda: verify_receipt(files.receipt, VKEY, text, None, None),
        lambda: verify_proof(text, VKEY, None, data),
        lambda: verify_proof(f"c2sp.org/tlog-proof@v1\nindex 1\n{text}", VKEY, None, data),
    ):
        with pytest.raises(Refused, match="fails at step"):
            run()


@given(st.data())
def test_no_flipped_byte_of_a_receipt_or_a_proof_passes(files: Files, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(files.receipt) - 1))
    broken = bytearray(files.receipt)
    broken[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Refused):
        verify_receipt(
            bytes(broken), VKEY, tlog_proof.parse(files.proof).note.decode(), None, files.leaf, files.path
        )
    at = data.draw(st.integers(0, len(files.proof) - 1))
    broken = bytearray(files.proof)
    broken[at] ^= data.draw(st.integers(1, 127))
    with pytest.raises(Refused):
        verify_proof(bytes(broken).decode("utf-8", "replace"), VKEY, None, files.leaf)
