"""Filippo Valsorda's litewitness cosigns our log: new, grown, unchanged; and refuses a fork of it."""

import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.oracles.ssh_agent import agent, fingerprint
from tests.witnessing import SmallLog, signer
from trucekeeper.kernel import b64, merkle, note
from trucekeeper.kernel.clock import SystemClock
from trucekeeper.office.witnessing import Round, witnessed
from trucekeeper.peers.witnesses import Outcome
from trucekeeper.record import checkpoint
from trucekeeper.record.policy import Policy

Oracle = Callable[[str], Path]
NAME = "oracle.example/litewitness"
KEY = signer("litewitness")
TABLES = """
    CREATE TABLE log (origin TEXT PRIMARY KEY, tree_size INTEGER NOT NULL, tree_hash TEXT NOT NULL);
    CREATE TABLE key (origin TEXT NOT NULL, key TEXT NOT NULL, FOREIGN KEY(origin) REFERENCES log(origin));
"""


def watching(file: Path, *logs: SmallLog) -> None:
    """The database of a litewitness that watches ``logs``, as its witnessctl makes it."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(TABLES)
        for log in logs:
            connection.execute("INSERT INTO log VALUES (?, 0, ?)", (log.origin, b64.encode(merkle.root(()))))
            connection.execute("INSERT INTO key VALUES (?, ?)", (log.origin, log.vkey))
        connection.commit()


@contextmanager
def running(program: Path, *logs: SmallLog) -> Iterator[str]:
    """Serve a litewitness that watches ``logs``; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:  # the path of a socket has to be short
        home = Path(folder)
        watching(home / "db", *logs)
        with agent(home / "agent", KEY):
            command = [str(program), "-name", NAME, "-db", str(home / "db"), "-listen", address]
            command += ["-ssh-agent", str(home / "agent"), "-key", fingerprint(KEY)]
            with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
                try:
                    listening(process, address)
                    yield f"http://{address}"
                finally:
                    process.terminate()


def listening(process: "subprocess.Popen[bytes]", address: str) -> None:
    host, port = address.split(":")
    until = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("litewitness does not listen")


def asked(log: SmallLog, url: str) -> Round:
    vkey = note.Verifier(NAME, KEY.public, note.COSIGNATURE).vkey
    policy = Policy.parse(f"log {log.vkey}\nwitness lite {vkey}\nquorum lite\n")
    return witnessed(log, policy, {"lite": url}, SystemClock())


@pytest.fixture
def litewitness(oracle: Oracle) -> Callable[..., AbstractContextManager[str]]:
    return partial(running, oracle("litewitness"))


def test_it_cosigns_our_log_as_it_grows_and_as_it_stands(litewitness) -> None:
    log = SmallLog()
    with litewitness(log) as url:
        for size in (1, 2, 2, 255, 256, 257, 511, 700):
            log.grown_to(size)
            made = asked(log, url)
            assert [one.told for one in made.answers] == ["cosigned"], size
            assert made.published
            assert checkpoint.verified(log.checkpoint(), log.vkey).size == size
        log.published = b""  # a log that forgot what was cosigned learns the size from the witness
        assert asked(log.grown_to(701), url).published


def test_it_refuses_a_fork_of_our_log_and_a_log_that_was_cut_short(litewitness) -> None:
    with litewitness(SmallLog()) as url:
        assert asked(SmallLog().grown_to(40), url).published
        for size in (40, 41, 300):
            forked = asked(SmallLog().grown_to(30).grown_to(size, "other"), url)
            assert not forked.published
            assert forked.answers[0].outcome is Outcome.REFUSED, forked.answers
        short = asked(SmallLog().grown_to(30), url)
        assert short.answers[0].outcome is Outcome.AHEAD
        assert asked(SmallLog().grown_to(300), url).published


def test_it_refuses_a_log_that_it_does_not_know(litewitness) -> None:
    with litewitness(SmallLog()) as url:
        stranger = asked(SmallLog("other.example/log").grown_to(3), url)
        thief = asked(SmallLog(key=signer("thief")).grown_to(3), url)
    assert {one.answers[0].outcome for one in (stranger, thief)} == {Outcome.REFUSED}
