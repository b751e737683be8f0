"""``truce record``: the queue, the log, and proofs between checkpoints."""

import shutil
from pathlib import Path

from tests.truce import truce
from trucekeeper.kernel import b64, merkle
from trucekeeper.record import checkpoint


def office_of(drilled: Path, tmp_path: Path, terms: str) -> Path:
    """A copy of the drill's office whose log is kept otherwise from now on."""
    root = Path(shutil.copytree(drilled, tmp_path / "office"))
    file = root / "office.toml"
    lines = [one for one in file.read_text().splitlines() if not one.startswith(("interval_s", "pad_to"))]
    at = lines.index("[log]") + 1
    file.write_text("\n".join([*lines[:at], *terms.splitlines(), *lines[at:]]) + "\n")
    return root


def test_integrating_pads_and_growth_is_proven_between_published_checkpoints(
    drilled: Path, tmp_path: Path
) -> None:
    root = office_of(drilled, tmp_path, "interval_s = 86400\npad_to = 64")
    vkey = (root / "log" / "log.vkey").read_text().strip()
    old = checkpoint.verified(truce("record", "checkpoint", "--office", root).out.encode(), vkey)
    done = truce("record", "integrate", "--office", root, "--json")
    assert done.code == 0, done.err
    new = checkpoint.verified(truce("record", "checkpoint", "--office", root).out.encode(), vkey)
    assert (new.size % 64, done.json) == (0, {"size": new.size, "root": new.root.hex()})
    assert new.size > old.size
    lines = truce("record", "since", old.size, "--office", root).out.splitlines()
    proof = [b64.decode(one, "a hash", 32) for one in lines]
    assert merkle.verify_consistency(old.size, new.size, proof, old.root, new.root)
    assert truce("record", "since", new.size + 1, "--office", root).code == 2
    assert truce("record", "check", "--office", root).code == 0


def test_a_frozen_log_is_read_but_not_integrated(drilled: Path, tmp_path: Path) -> None:
    root = office_of(drilled, tmp_path, "interval_s = 0")
    (root / "log" / "frozen").write_bytes(b"")
    refused = truce("record", "integrate", "--office", root)
    assert refused.code == 6
    assert "is frozen" in refused.err
    assert truce("record", "checkpoint", "--office", root).code == 0
