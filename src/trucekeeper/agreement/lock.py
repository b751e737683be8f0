"""``agreement.lock``: the SHA-256 of every file of the folder, in the form that ``sha256sum --check`` reads."""

import hashlib
import re
from collections.abc import Mapping

from trucekeeper.agreement.marked import Complaints

LOCK = "agreement.lock"
_LINE = re.compile(r"([0-9a-f]{64})  ([ -~]{1,200})")

Locked = tuple[tuple[str, str], ...]
"""(path, SHA-256 in hex), by path."""


def locked(files: Mapping[str, bytes]) -> Locked:
    """What the lock of these files says."""
    return tuple((path, hashlib.sha256(files[path]).hexdigest()) for path in sorted(files))


def written(lock: Locked) -> bytes:
    """The lock as a file."""
    return "".join(f"{digest}  {path}\n" for path, digest in lock).encode("ascii")


def digest(lock: Locked, supplied: Mapping[str, bytes]) -> str:
    """What names the agreement: its lock, and the geometry that its user supplied, since findings rest on both."""
    whole = hashlib.sha256(written(lock))
    for name in sorted(supplied):
        whole.update(f"{hashlib.sha256(supplied[name]).hexdigest()}  supplied:{name}\n".encode())
    return whole.hexdigest()


def check(raw: bytes | None, files: Mapping[str, bytes], complaints: Complaints) -> None:
    """Complain of every file that is not as the lock says."""
    if raw is None:
        complaints.add(
            1, "the lock is missing; read the folder through, then write it with 'truce agreement lock'"
        )
        return
    said: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), start=1):
        found = _LINE.fullmatch(line)
        if found is None:
            complaints.add(
                number, "a line of the lock is not 'SHA-256, two spaces, path'; write the lock anew"
            )
            continue
        said[found[2]] = (number, found[1])
    now = dict(locked(files))
    for path, (number, value) in said.items():
        if path not in now:
            complaints.add(
                number, f"{path} is locked but not in the folder; put it back or write the lock anew"
            )
        elif now[path] != value:
            complaints.add(
                number,
                f"{path} is not what was locked (its SHA-256 differs); restore it or agree on a new lock",
            )
    for path in sorted(set(now) - set(said)):
        complaints.add(1, f"{path} is in the folder but not locked; remove it or agree on a new lock")
