"""The walk-through of docs/guide/four-terminals.md: office, guarantor and two parties; five cheats, each caught."""

import http.server
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.truce import command, truce
from trucekeeper.kernel import canon

ORIGIN = "office.example/record"
AGREEMENT = "src/trucekeeper/drill/lakeside"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Any web server can serve a log."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def web(folder: Path) -> Iterator[str]:
    """Serve a folder as `python3 -m http.server` does."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def witness_served(folder: Path, port: int) -> Iterator[None]:
    """`truce witness serve` in a process of its own, as in a terminal of its own."""
    words = command("witness", "serve", "--witness", folder, "--port", port)
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "add-checkpoint" in process.stdout.readline()
        yield
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def did(*words: object, code: int = 0) -> str:
    """What a command said, once it ended as the guide says it does."""
    done = truce(*words)
    assert done.code == code, (words, done.out, done.err)
    return done.out + done.err


def key(folder: Path, name: str) -> str:
    did("keys", "new", folder / name)
    return str(truce("keys", "show", "--key", folder / name, "--json").json["public"])


def claim(folder: Path, uid: str, means: str = "heard") -> Path:
    """What party-a claims, signed by its liaison."""
    body: canon.Json = {
        "kind": "claim", "act": "explosion", "source": "liaison-a", "uid": uid, "means": means, "credibility": 4,
        "by": "party-b", "when": {"start": "2026-11-20T10:00:00.000Z", "end": "2026-11-20T10:05:00.000Z"},
        "where": {"lat_u": -21_000_000, "lon_u": -19_000_000, "radius_m": 500},
    }  # fmt: skip
    plain, signed = folder / f"{uid}.json", folder / f"{uid}.signed"
    plain.write_bytes(canon.encode(body))
    did("sign", "observation/v1", plain, signed, "--key", folder / "liaison-a.pem", "--origin", ORIGIN)
    return signed


@pytest.fixture
def laptop(tmp_path: Path, root: Path) -> Iterator[Path]:
    """Two witnesses that are served, an office under their policy, one claim published and mirrored by party-b."""
    ports = {"guarantor": free_port(), "party-a": free_port()}
    lines = []
    for name, port in ports.items():
        did("witness", "init", tmp_path / name, "--name", f"{name}.example/witness")
        vkey = (tmp_path / name / "witness.vkey").read_text().strip()
        lines.append(f"witness {name} {vkey} http://127.0.0.1:{port}\n")
    (tmp_path / "policy.draft").write_text("".join(lines) + "quorum guarantor\n")
    (tmp_path / "holders.toml").write_text(
        f'[[holder]]\nid = "liaison-a"\nrole = "liaison"\nparty = "party-a"\n'
        f'public = "{key(tmp_path, "liaison-a.pem")}"\nfrom = "2026-03-01T00:00:00.000Z"\n'
    )
    office = tmp_path / "office"
    terms = ("--interval-s", 0, "--pad-to", 1, "--policy", tmp_path / "policy.draft", "--origin", ORIGIN)
    did("init", office, "--agreement", root / AGREEMENT, "--holders", tmp_path / "holders.toml", *terms)
    with ExitStack() as stack:
        for name, port in ports.items():
            did("witness", "add", office / "log" / "log.vkey", "--witness", tmp_path / name)
            stack.enter_context(witness_served(tmp_path / name, port))
        for one in ("log.vkey", "policy"):
            shutil.copy(office / "log" / one, tmp_path / one)
        about = ("--medium", "liaison", "--interest", "party-a", "--reliability", "C")
        did("source", "add", "liaison-a", *about, "--office", office)
        did("receive", claim(tmp_path, "A-1"), "--office", office, "--receipts", tmp_path / "receipts")
        assert "also attested by party-a" in did("witness", "collect", "--office", office)
        yield tmp_path


def mirrored(laptop: Path, log: Path, code: int = 0) -> str:
    """Party-b fetches the log over the web into its mirror."""
    with web(log) as url:
        trusted = ("--key", laptop / "log.vkey", "--policy", laptop / "policy", "--once")
        return did("mirror", url, "--into", laptop / "mirror-b", *trusted, code=code)


def checked(laptop: Path, log: Path, code: int = 0) -> str:
    (receipt,) = (laptop / "receipts").glob("receipt-3.json")
    return did("receipt", "check", receipt, "--key", laptop / "log.vkey", "--log", log, code=code)


def test_an_honest_office_is_seen_to_be_honest(laptop: Path) -> None:
    office = laptop / "office"
    assert "grew from 0 to 4 leaves" in mirrored(laptop, office / "log")
    assert "Kept." in checked(laptop, laptop / "mirror-b")
    assert "Nothing is wrong." in did("doctor", "--office", office)
    assert "0 DIFFERENT" in did("audit", "--office", office)


def test_cheat_1_a_byte_of_the_log_is_changed(laptop: Path) -> None:
    (file,) = (laptop / "office" / "log" / "tile" / "entries").rglob("4")
    data = bytearray(file.read_bytes())
    data[40] ^= 1
    file.write_bytes(data)
    assert "does not lead to the signed root" in mirrored(laptop, laptop / "office" / "log", code=3)
    assert "DAMAGED  log/tile/entries" in did("doctor", "--office", laptop / "office", code=7)


def test_cheat_2_yesterday_is_restored_and_a_claim_forgotten(laptop: Path) -> None:
    office, backup = laptop / "office", laptop / "backup"
    shutil.copytree(office, backup)
    did("receive", claim(laptop, "A-2"), "--office", office)
    did("witness", "collect", "--office", office)
    mirrored(laptop, office / "log")
    shutil.rmtree(office)
    backup.rename(office)
    assert "was shown with 6 leaves before and with 4 now" in mirrored(laptop, office / "log", code=3)
    did("receive", claim(laptop, "A-3"), "--office", office)
    assert "refused: our checkpoint does not extend" in did("witness", "collect", "--office", office, code=6)


def test_cheat_3_each_party_is_shown_a_record_of_its_own(laptop: Path) -> None:
    office, fork = laptop / "office", laptop / "fork"
    shutil.copytree(office, fork)
    did("receive", claim(laptop, "A-2"), "--office", office)
    did("witness", "collect", "--office", office)
    did("receive", claim(laptop, "A-9", "saw"), "--office", fork)
    assert "No quorum" in did("witness", "collect", "--office", fork, code=6)
    assert "FORKED, 1 contradicting" in did("witness", "show", "--witness", laptop / "guarantor", code=3)
    shown = office / "log" / "checkpoint", fork / "log" / "signed"
    key_of = ("--key", laptop / "log.vkey")
    assert "split view" in did("gossip", *shown, *key_of, "--into", laptop, code=3)
    (evidence,) = laptop.glob("evidence-*.json")
    assert "split view" in did("gossip", "--evidence", evidence, *key_of, code=3)


def test_cheat_4_the_rules_are_changed_after_the_fact(laptop: Path, root: Path) -> None:
    changed = laptop / "changed"
    shutil.copytree(root / AGREEMENT, changed)
    file = changed / "agreement.yaml"
    file.write_text(file.read_text().replace("event: 0.80", "event: 0.10", 1))
    did("agreement", "lock", changed)
    said = did("audit", "--office", laptop / "office", "--agreement", changed, code=3)
    assert "not the one on the record" in said


def test_cheat_5_words_are_put_into_a_partys_mouth(laptop: Path) -> None:
    office = laptop / "office"
    did("triage", "--accept", "--office", office)
    did("witness", "collect", "--office", office)
    did("bundle", "INC-2026-000001", "--office", office)
    bundle = office / "bundles" / "INC-2026-000001.bundle"
    trusted = ("--key", laptop / "log.vkey", "--policy", laptop / "policy")
    assert "beyond the quorum party-a" in did("verify", bundle, *trusted)
    forged = laptop / "forged.bundle"
    forged.write_bytes(bundle.read_bytes().replace(b"explosion", b"shelling1", 1))
    assert "did not sign it" in did("verify", forged, *trusted, code=3)
    stranger = laptop / "stranger.pem"
    did("keys", "new", stranger)
    did(
        "sign",
        "observation/v1",
        laptop / "A-1.json",
        laptop / "x.signed",
        "--key",
        stranger,
        "--origin",
        ORIGIN,
    )
    assert "nobody's mandate" in did("receive", laptop / "x.signed", "--office", office, code=3)
