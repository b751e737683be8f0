"""An agreement's folder: ``agreement.yaml``, ``text/``, ``zones/`` and the lock, read as one.

``load`` gives the agreement or refuses it with the first error; ``lint`` names everything that is wrong;
``lock`` writes the lock. Geometry that a profile leaves to its user comes in ``supplied`` by name, or lies in the
folder as ``supplied/NAME.geojson`` (that part is not locked, but named in the agreement's digest).
"""

from collections.abc import Mapping
from pathlib import Path

from trucekeeper.agreement import lock as locking
from trucekeeper.agreement.assembly import assemble
from trucekeeper.agreement.lint import cross_check
from trucekeeper.agreement.marked import Complaint, Complaints
from trucekeeper.agreement.model import Agreement
from trucekeeper.kernel.errors import BadInput

LARGEST = 16 * 1024 * 1024
_PARTS = (("text", ".md"), ("zones", ".geojson"))


def load(folder: Path, supplied: Mapping[str, bytes] | None = None) -> Agreement:
    """The agreement of ``folder``; BadInput with the first error's file, line and sentence."""
    agreement, complaints = _read(folder, supplied or {})
    first = next((complaint for complaint in complaints if complaint.severity == "error"), None)
    if first is not None:
        raise BadInput(str(first))
    if agreement is None:  # pragma: no cover - no agreement without an error
        msg = f"{folder.name} holds no agreement"
        raise BadInput(msg)
    return agreement


def lint(folder: Path, supplied: Mapping[str, bytes] | None = None) -> tuple[Complaint, ...]:
    """Everything that is wrong, doubtful or worth a note; errors are what ``load`` refuses."""
    return _read(folder, supplied or {})[1]


def lock(folder: Path) -> Path:
    """Write the lock of the folder as it is now; gives the path of the lock."""
    path = folder / locking.LOCK
    path.write_bytes(locking.written(locking.locked(_files(folder))))
    return path


def _read(folder: Path, supplied: Mapping[str, bytes]) -> tuple[Agreement | None, tuple[Complaint, ...]]:
    files = _files(folder)
    given = {**_kept(folder), **supplied}
    lock_complaints = Complaints(locking.LOCK)
    lock_path = folder / locking.LOCK
    locking.check(lock_path.read_bytes() if lock_path.is_file() else None, files, lock_complaints)
    agreement, marks, complaints = assemble(files, given)
    if agreement is not None and marks is not None:
        complaints = (*complaints, *cross_check(agreement, marks))
    return agreement, (*complaints, *lock_complaints.found)


def _files(folder: Path) -> dict[str, bytes]:
    """What the lock covers, by path within the folder."""
    head = folder / "agreement.yaml"
    if not head.is_file():
        msg = f"{folder} holds no agreement.yaml; name the folder of an agreement"
        raise BadInput(msg)
    found = {"agreement.yaml": _bytes(head)}
    for part, ending in _PARTS:
        for path in sorted((folder / part).glob(f"*{ending}")):
            found[f"{part}/{path.name}"] = _bytes(path)
    strange = next((path for path in found if not path.isascii()), None)
    if strange is not None:
        msg = f"the file name {strange!r} is not ASCII; rename it"
        raise BadInput(msg)
    return found


def _kept(folder: Path) -> dict[str, bytes]:
    return {path.stem: _bytes(path) for path in sorted((folder / "supplied").glob("*.geojson"))}


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            msg = f"{path.name} is larger than 16 MiB; simplify its geometry"
            raise BadInput(msg)
        return path.read_bytes()
    except OSError as error:
        msg = f"{path.name} cannot be read ({error.strerror}); check the folder's permissions"
        raise BadInput(msg) from error
