"""An office that is killed between sending and writing that down: the same goes out again, under the same key."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.delivering import desk
from tests.receiving import OK, Reply, Request, receiver
from trucekeeper.movements.delivery import Outcome

LIFE = """
import sys, time
from pathlib import Path
from tests.delivering import desk, recipient
from trucekeeper.kernel.clock import Instant
root, url, at = Path(sys.argv[1]), sys.argv[2], Instant(int(sys.argv[3]))
with desk(root, recipient("liaison-a", webhook=url), limit_s=20, at=at) as one:
    if sys.argv[4] == "new":
        one.announced("liaison-a")
    input()
    one.later()
    print("done", flush=True)
"""


def life(root: Path, url: str, at: int, what: str) -> "subprocess.Popen[str]":
    """A process that opens the office, and delivers once it hears a line."""
    words = [sys.executable, "-c", LIFE, str(root), url, str(at), what]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_writer_killed_between_sending_and_writing_sends_the_same_again_under_the_same_key(
    tmp_path: Path,
) -> None:
    root, victims = tmp_path / "office", list[subprocess.Popen[str]]()

    def act(_: Request) -> Reply:
        if victims:
            os.kill(victims.pop().pid, signal.SIGKILL)
        return OK

    with desk(root) as one:
        at = one.clock.at
    with receiver(act) as there:
        killed = life(root, there.url, at, "new")
        victims.append(killed)
        killed.communicate("go\n", timeout=60)
        assert killed.returncode == -signal.SIGKILL
        assert len(there.got) == 1
        with desk(root, at=at) as one:
            assert one.deliveries() == []
        again = life(root, there.url, at + 60_000, "again")
        assert again.communicate("go\n", timeout=60)[0].endswith("done\n")
    assert len(there.got) == 2
    assert there.got[0].body == there.got[1].body
    with desk(root, at=at) as one:
        (told,) = one.deliveries()
        assert (told.outcome, told.key) == (Outcome.DELIVERED, there.ids[0])
    assert json.loads(there.got[0].body)["id"] == told.key
