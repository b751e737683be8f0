"""Takes media in: from a person's hands, or from a folder of auto-archiver."""

from dataclasses import replace
from pathlib import Path

from trucekeeper.desks.evidence import Arrival, Received
from trucekeeper.feeds import auto_archiver, provenance
from trucekeeper.kernel.errors import BadInput, NotFound
from trucekeeper.office.wiring import Office


def take_file(office: Office, path: Path, giver: str, media_type: str, note: str | None = None) -> Received:
    """Keep one file and record its arrival, with what a C2PA manifest in it says."""
    _refuse_absent(path)
    return _taken(office, path, Arrival(giver, media_type, note))


def take_archive(office: Office, folder: Path, giver: str) -> tuple[tuple[str, str, str, bool], ...]:
    """Keep every file of an archive; one whose hash is not as stated is refused, the others are taken.

    Gives name, SHA-256, what was stated (see ``feeds.auto_archiver``) and whether it was taken, file by file.
    """
    done: list[tuple[str, str, str, bool]] = []
    for one in auto_archiver.archived(folder):
        taken = one.stated != "differs"
        if taken:
            note = None if one.page is None else f"archived from {one.page}"[:2000].strip()
            if note is not None and one.taken is not None:
                note = f"{note} at {one.taken}"[:2000].strip()
            arrival = Arrival(giver, one.media_type, note, one.of, "auto-archiver")
            _taken(office, one.path, arrival)
        done.append((one.path.relative_to(folder).as_posix(), one.sha256, one.stated, taken))
    return tuple(done)


def _taken(office: Office, path: Path, arrival: Arrival) -> Received:
    said = provenance.said(path)
    if said is not None:
        arrival = replace(arrival, state=said.state, manifest=said.manifest)
    with path.open("rb") as stream:
        return office.evidence.receive(stream, arrival, office.signer)


def _refuse_absent(path: Path) -> None:
    if not path.exists():
        msg = f"there is no file {path.name}; name one that is there"
        raise NotFound(msg)
    if not path.is_file():
        msg = f"{path.name} is no file; name a file"
        raise BadInput(msg)
