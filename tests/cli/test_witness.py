"""A witness as its keeper meets it: made, told of a log, served, shown."""

import socket
import stat
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.truce import command, sentence, truce
from tests.witnessing import ORIGIN, SmallLog, signer
from trucekeeper.kernel import note
from trucekeeper.kernel.clock import SystemClock
from trucekeeper.office.witnessing import witnessed
from trucekeeper.record.policy import Policy
from trucekeeper.stores.witness_folder import Witness


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness that watches the small log, made by command."""
    made = tmp_path / "witness"
    assert truce("witness", "init", made, "--name", "anna.example/w").code == 0
    (tmp_path / "log.vkey").write_text(SmallLog().vkey + "\n")
    assert truce("witness", "add", tmp_path / "log.vkey", "--witness", made).code == 0
    return made


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """`truce witness serve` in a process of its own; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = command("witness", "serve", "--witness", folder, "--port", port)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            until = time.monotonic() + 20
            while process.poll() is None and time.monotonic() < until:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                except OSError:
                    time.sleep(0.05)
                else:
                    break
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            assert "Traceback" not in process.stderr.read()


def test_a_witness_is_made_with_a_key_that_is_its_keepers_alone(folder: Path) -> None:
    assert stat.S_IMODE((folder / "witness.pem").stat().st_mode) == 0o600
    verifier = note.Verifier.parse((folder / "witness.vkey").read_text(), note.COSIGNERS)
    assert (verifier.name, verifier.kind) == ("anna.example/w", note.COSIGNATURE)
    assert "not empty" in sentence(truce("witness", "init", folder, "--name", "a"))
    assert "key name" in sentence(truce("witness", "init", folder.parent / "b", "--name", "a b"))
    assert not (folder.parent / "b").exists()


def test_a_served_witness_cosigns_and_shows_what_it_holds(folder: Path) -> None:
    log = SmallLog().grown_to(4)
    policy = Policy.parse(f"log {log.vkey}\nwitness w {(folder / 'witness.vkey').read_text()}quorum w\n")
    assert "nothing cosigned yet" in truce("witness", "show", "--witness", folder).out
    with serving(folder) as address:
        assert witnessed(log, policy, {"w": address}, SystemClock()).published
        with urllib.request.urlopen(address) as page:
            assert f"The log {ORIGIN}\n  4 leaves" in page.read().decode()
        shown = truce("witness", "show", "--witness", folder, "--json").json
        assert [(one["origin"], one["size"], one["forks"]) for one in shown["logs"]] == [(ORIGIN, 4, [])]
        assert shown["logs"][0]["checkpoint"].encode() == log.published
        fork = SmallLog().grown_to(3).grow(b"other")
        assert not witnessed(fork, policy, {"w": address}, SystemClock()).published
    done = truce("witness", "show", "--witness", folder)
    assert done.code == 3
    assert "FORKED" in done.out


def test_a_log_is_added_once_and_under_one_key(folder: Path) -> None:
    file = folder.parent / "log.vkey"
    assert truce("witness", "add", file, "--witness", folder).code == 0
    file.write_text(SmallLog(key=signer("thief")).vkey)
    assert "another key" in sentence(truce("witness", "add", file, "--witness", folder))
    file.write_bytes(b"\xff\xfe")
    assert "no verifier key" in sentence(truce("witness", "add", file, "--witness", folder))
    file.write_text("words")
    assert "name+hex+base64" in sentence(truce("witness", "add", file, "--witness", folder))
    with Witness(folder) as opened:
        assert list(opened.logs()) == [ORIGIN]


def test_a_folder_that_is_no_witness_is_one_sentence(tmp_path: Path) -> None:
    for words in (("show",), ("serve",)):
        assert "truce witness init" in sentence(truce("witness", *words, "--witness", tmp_path))
