"""Tessera's example log on a file system has its checkpoints cosigned by our witness, over real HTTP."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.witnessing import served
from trucekeeper.kernel import b64, note
from trucekeeper.kernel.clock import SystemClock
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.record import checkpoint
from trucekeeper.record.policy import Policy
from trucekeeper.stores.witness_folder import Watched, Witness, make_witness, watch

Oracle = Callable[[str], Path]
ORIGIN = "tessera.example/log"
SEED = hashlib.sha256(b"tessera").digest()
KEY = Ed25519Signer(SEED)
VERIFIER = note.Verifier(ORIGIN, KEY.public)


@dataclass
class Tessera:
    """A log that Tessera keeps in a folder, and the policy that it publishes under."""

    program: Path
    folder: Path
    policy: Path

    def add(self, name: str, count: int, within_s: float = 60) -> bool:
        """Whether it published ``count`` more entries within the time."""
        entries = self.folder.parent / f"{self.folder.name}-{name}"
        entries.mkdir()
        for number in range(count):
            (entries / f"{number:04}").write_text(f"{name} {number}")
        key = self.folder.parent / "key"
        key.write_text(f"PRIVATE+KEY+{ORIGIN}+{VERIFIER.hint.hex()}+{b64.encode(bytes((1,)) + SEED)}")
        command = [str(self.program), "-storage_dir", str(self.folder), "-entries", f"{entries}/*"]
        command += [
            "-private_key",
            str(key),
            "-witness_policy_file",
            str(self.policy),
            "-witness_timeout",
            "5s",
        ]
        try:
            done = subprocess.run(command, check=False, capture_output=True, timeout=within_s)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    @property
    def checkpoint(self) -> bytes:
        return (self.folder / "checkpoint").read_bytes()


@contextmanager
def witnessed(root: Path) -> Iterator[Policy]:
    """Our witness of Tessera's log, served; its policy lies beside it, for Tessera to read."""
    make_witness(root, "ours.example/witness")
    watch(root, VERIFIER.vkey)
    with served(root, SystemClock()) as url:
        text = f"log {VERIFIER.vkey}\nwitness ours {(root / 'witness.vkey').read_text().strip()} {url}\nquorum ours\n"
        root.with_name("policy").write_text(text)
        yield Policy.parse(text)


def known(root: Path) -> Watched:
    with Witness(root) as opened:
        (watched,) = opened.watched()
    return watched


def test_our_witness_cosigns_a_log_that_tessera_keeps(oracle: Oracle, tmp_path: Path) -> None:
    log = Tessera(oracle("posix-oneshot"), tmp_path / "log", tmp_path / "policy")
    with witnessed(tmp_path / "witness") as policy:
        total = 0
        for name, count in (("first", 1), ("second", 300), ("third", 7)):
            assert log.add(name, count)
            total += count
            stated, cosigned = policy.accepted(log.checkpoint)
            assert (stated.size, [one.name for one in cosigned]) == (total, ["ours"])
    held = known(tmp_path / "witness").held
    assert held is not None
    assert held.stated == stated


def test_our_witness_refuses_a_fork_that_tessera_keeps(oracle: Oracle, tmp_path: Path) -> None:
    program, policy_file = oracle("posix-oneshot"), tmp_path / "policy"
    log, fork = (Tessera(program, tmp_path / name, policy_file) for name in ("log", "fork"))
    with witnessed(tmp_path / "witness") as policy:
        assert log.add("both", 5)
        shutil.copytree(log.folder, fork.folder)
        shared = log.checkpoint
        assert log.add("true", 5)
        assert not fork.add("false", 5, within_s=4)
        watched = known(tmp_path / "witness")
        assert watched.held is not None
        assert watched.held.stated.root == policy.accepted(log.checkpoint)[0].root
        assert fork.checkpoint == shared
    (kept,) = watched.forks
    assert checkpoint.verified(kept, VERIFIER.vkey).size == 10
