"""Writers under load are killed, at every named point and at any time: what was acknowledged stands, once, for ever.

A few dozen times by default. More of it: ``pytest --hypothesis-profile=full tests/stores/test_kill.py``. A kill leaves
to the machine what the writer had handed to it, which a power cut does not: that syncs come before what rests on them
is for ``test_tile_folder.py`` and for the order of the named points.
"""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings

from tests.record.kit import LOG, NOW, VKEY, new_record, rechecked, reopened
from tests.stores.dying import UIDS
from trucekeeper.kernel import merkle
from trucekeeper.kernel.clock import SetClock
from trucekeeper.record import checkpoint, sealing
from trucekeeper.record.tiles import TileNodes
from trucekeeper.stores import log_doctor
from trucekeeper.stores.complaint import Complaint
from trucekeeper.stores.sql_record import SqlRecord, Terms
from trucekeeper.stores.tile_folder import TileFolder
from trucekeeper.stores.vault_doctor import VaultExam, integrity

POINTS = ("queued", "sequenced", "bundles", "tiles", "signed", "published")
TERMS = (Terms(), Terms(pad_to=16), Terms(900_000, 256))


@dataclass
class Campaign:
    """What the killer was told in all the lives of one record."""

    folder: Path
    starter: "subprocess.Popen[str]"
    lives: int = 0
    known: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    roots: dict[int, bytes] = field(default_factory=dict)
    opened: int = 0

    @property
    def log(self) -> Path:
        return self.folder / "office" / "log"

    def life(self, terms: Terms, point: str = "-", since: str = "pid", after_s: float = 60) -> None:
        """One writer from its start to its death: at a point, or so long ``since`` it was started ("pid") or opened."""
        first = 10_000_000 + self.lives * 10 * UIDS
        self.lives += 1
        assert self.starter.stdin is not None
        assert self.starter.stdout is not None
        asked = (self.folder / "office", point, first, terms.interval_ms, terms.pad_to)
        self.starter.stdin.write(" ".join(map(str, asked)) + "\n")
        self.starter.stdin.flush()
        killing, writer = threading.Timer(after_s, lambda: os.kill(writer, signal.SIGKILL)), 0
        for line in self.starter.stdout:
            match line.split():
                case ["pid", pid]:
                    writer = int(pid)
                case ["open"]:
                    self.opened += 1
                case ["+", index, uid, leaf]:
                    assert uid not in self.known, "acknowledged twice"
                    self.known[uid] = (int(index), bytes.fromhex(leaf))
                case ["=", size, root]:
                    self.saw(int(size), bytes.fromhex(root))
                case ["ended", how]:
                    assert how == "-9"
                    break
                case other:
                    pytest.fail(f"the writer said {other}")
            if line.startswith(since):
                killing.start()
        assert point == "-" or killing.is_alive(), f"never came to {point}"
        killing.cancel()
        killing.join()

    def saw(self, size: int, root: bytes) -> None:
        """A checkpoint is told, or found: one root for one size, for ever."""
        assert self.roots.setdefault(size, root) == root, f"two roots for size {size}"

    def check(self, terms: Terms) -> None:
        """The dead writer's folder, before and after the record is opened again."""
        nodes = TileFolder(self.log).get
        for name in ("signed", "checkpoint"):
            stated = checkpoint.verified((self.log / name).read_bytes(), VKEY)
            self.saw(stated.size, stated.root)
            tree = TileNodes(nodes, stated.size)
            assert merkle.Frontier.of(stated.size, tree).root() == stated.root, "ahead of its tiles"
        with reopened(self.folder, terms=terms) as record:
            self.hold(record)

    def hold(self, record: SqlRecord) -> None:
        """Every receipt's entry is where it was promised, and every checkpoint ever seen is a prefix of this log."""
        places = record._vault.find(list(self.known))
        assert places == {uid: index for uid, (index, _) in self.known.items()}
        record.integrate()
        now = checkpoint.verified(record.pending(), VKEY)
        self.saw(now.size, now.root)
        nodes = TileNodes(TileFolder(self.log).get, now.size)
        for size, root in self.roots.items():
            assert size <= now.size, "a checkpoint that was seen is gone"
            assert merkle.Frontier.of(size, TileNodes(TileFolder(self.log).get, size)).root() == root
            proof = merkle.consistency(size, now.size, nodes)
            assert merkle.verify_consistency(size, now.size, proof, root, now.root)

    def complaints(self) -> list[Complaint]:
        stated = log_doctor.Stated(self.log)
        with reopened(self.folder) as record:
            vault, size = record._vault, record.size()
            exam = VaultExam(vault, size, self.log, size)
            found = [*exam.complaints(), *log_doctor.examined(self.log, stated, exam.leaves, vault.size)]
        assert list(integrity(self.folder / "office" / "vault" / "vault.sqlite")) == []
        return found

    def end(self) -> None:
        """Every leaf is the one that its receipt named, all of it holds, and no uid is there twice."""
        with reopened(self.folder) as record:
            uids = [one.entry.uid for one in record.entries()]
            assert len(uids) == len(set(uids))
            assert set(self.known) <= set(uids)
            for index, leaf in self.known.values():
                assert record.leaf(index) == leaf
            for one in record.entries(0, 200):
                assert sealing.leaf(one.salt, one.envelope) == record.leaf(one.index)
        assert rechecked(self.folder).checkpoint.size >= max(self.roots)
        assert [one for one in self.complaints() if one.damaged] == []


@pytest.fixture
def campaign(tmp_path: Path, root: Path) -> Iterator[Campaign]:
    with new_record(tmp_path):
        pass
    command = [sys.executable, "-m", "tests.stores.dying"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    ) as starter:
        yield Campaign(tmp_path, starter)
        assert starter.stdin is not None
        starter.stdin.close()
    assert starter.returncode == 0


def at_full() -> bool:
    return settings.get_current_profile_name() == "full"


@pytest.mark.parametrize("point", POINTS)
def test_a_writer_under_load_is_killed_at_a_named_point(campaign: Campaign, point: str) -> None:
    for turn in range(12 if at_full() else 2):
        terms = TERMS[turn % 3]
        campaign.life(terms, f"{point}:{2 + turn * 3}")
        campaign.check(terms)
    assert campaign.opened == campaign.lives
    assert campaign.known
    campaign.end()


@pytest.mark.timeout(600)
def test_a_writer_under_load_is_killed_at_any_time(campaign: Campaign) -> None:
    drawn = random.Random(2026)
    for turn in range(220 if at_full() else 24):
        terms = drawn.choice(TERMS)
        since = (
            "pid" if turn % 4 == 0 else "open"
        )  # some die while they make good what the one before them left
        campaign.life(terms, since=since, after_s=drawn.random() ** 2 * 0.4)
        campaign.check(terms)
    campaign.end()
    assert campaign.opened >= campaign.lives * 3 // 4
    assert len(campaign.known) > campaign.lives
    counts = f"{len(campaign.known)} receipts, {len(campaign.roots)} checkpoints"
    print(f"{campaign.lives} kills, {campaign.opened} of them after the record was open: {counts}")  # noqa: T201


def test_what_is_torn_or_flipped_after_a_kill_is_found(campaign: Campaign) -> None:
    campaign.life(Terms(pad_to=16), since="open", after_s=0.4)
    campaign.check(Terms(pad_to=16))
    campaign.end()
    drawn = random.Random(3)
    stated = log_doctor.Stated(campaign.log)
    with SqlRecord.open(campaign.folder / "office", LOG, SetClock(NOW)) as record:
        exam = VaultExam(record._vault, record.size(), campaign.log, record.size())
        # what a writer was killed over lies under a name of its own, and is no part of the log
        laid = (campaign.log / "tile").rglob("*")
        files = sorted(path for path in laid if path.is_file() and not path.name.startswith("."))
        for file in drawn.sample(files, min(20, len(files))):
            whole = file.read_bytes()
            at = drawn.randrange(len(whole))
            for changed in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
                file.write_bytes(changed)
                found = list(log_doctor.examined(campaign.log, stated, exam.leaves, record.size))
                assert [one.where for one in found if one.damaged] == [
                    f"log/{file.relative_to(campaign.log)}"
                ]
            file.write_bytes(whole)
        found = list(log_doctor.examined(campaign.log, stated, exam.leaves, record.size))
    assert [one for one in found if one.damaged] == []
