"""What a C2PA manifest inside a media file says, read in a process of its own.

The reader is a native library that is fed hostile files: a crash, a hang or an error of it is ``unread`` and nothing
more. Nothing is fetched from the network. Without the optional extra ``provenance`` a file that carries a manifest
is ``unread`` too, and the file is kept as it is, manifest and all.
"""

import importlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SECONDS = 30
LIMIT_BYTES = 16 * 1024 * 1024
_MARK = b"jumdc2pa"
"""A JUMBF description box of the type c2pa: what every embedded manifest store begins with (C2PA 2.1, section 11)."""
_STATES = {"Trusted": "trusted", "Valid": "valid", "Invalid": "invalid"}
_OFFLINE = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_timestamp_trust": False},
}


@dataclass(frozen=True, slots=True)
class Said:
    """``state`` as in ``custody.model.Provenance``; ``manifest`` is the readable form of the whole store, JSON."""

    state: str
    manifest: bytes | None


def said(path: Path) -> Said | None:
    """What the manifest in the file says; None where the file carries none."""
    if not _carries(path):
        return None
    try:
        done = subprocess.run(  # noqa: S603 - our own module, with the path of a file as its one argument
            [sys.executable, "-I", "-m", __name__, str(path)],
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Said("unread", None)
    if done.returncode != 0 or len(done.stdout) > LIMIT_BYTES:
        return Said("unread", None)
    state, _, manifest = done.stdout.partition(b"\n")
    return Said(_STATES.get(state.decode("ascii", "replace"), "unread"), manifest)


def _carries(path: Path) -> bool:
    """Whether the mark of a manifest store stands anywhere in the file."""
    with path.open("rb") as file:
        before = b""
        while chunk := file.read(1 << 20):
            if _MARK in before + chunk:
                return True
            before = chunk[-len(_MARK) :]
    return False


def _tell(path: str) -> int:
    """What the child process prints: the state of the validation, and the manifest store as JSON."""
    c2pa = importlib.import_module("c2pa")  # an optional extra without types, loaded by the child alone
    with Path(path).open("rb") as file:
        context = c2pa.Context(c2pa.Settings.from_json(json.dumps(_OFFLINE)))
        with c2pa.Reader(file, context=context) as reader:
            state, manifest = reader.get_validation_state(), reader.json()
    sys.stdout.write(f"{state}\n{manifest}")
    return 0


if __name__ == "__main__":
    sys.exit(_tell(sys.argv[1]))
