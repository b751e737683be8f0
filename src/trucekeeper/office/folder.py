"""An office is one folder. Here is where everything in it lies, and what makes it whole.

``office.toml`` is written last when an office is made, so a folder without it is half-made or no office.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from trucekeeper.kernel.errors import BadInput, Conflict, Damaged, NotFound

FORMAT = 1
"""The layout that this version writes; a folder with a higher number comes from a newer version."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths inside one office; other tools read these places."""

    root: Path

    @property
    def settings(self) -> Path:
        """What the office was told about itself."""
        return self.root / "office.toml"

    @property
    def waiting(self) -> Path:
        """What will be office.toml once the first key set has its root signatures."""
        return self.root / "office.waiting"

    @property
    def proposal(self) -> Path:
        """The first key set, for those who hold the root keys to sign."""
        return self.root / "proposal.json"

    @property
    def agreement(self) -> Path:
        """A copy of the agreement's folder, as it was locked."""
        return self.root / "agreement"

    @property
    def log(self) -> Path:
        """Checkpoint, the log's verifier key and the log itself."""
        return self.root / "log"

    @property
    def verifier_key(self) -> Path:
        """The log's public key, as a signed-note verifier line."""
        return self.log / "log.vkey"

    @property
    def checkpoint(self) -> Path:
        """The newest signed checkpoint."""
        return self.log / "checkpoint"

    @property
    def vault(self) -> Path:
        """Envelopes and salts: what the log's leaves keep sealed."""
        return self.root / "vault"

    @property
    def media(self) -> Path:
        """Media files, each under its SHA-256."""
        return self.vault / "media"

    @property
    def keys(self) -> Path:
        """The office's own secret keys, and nobody else's."""
        return self.root / "keys"

    @property
    def reports(self) -> Path:
        """Published reports, one folder a day."""
        return self.root / "reports"

    @property
    def bundles(self) -> Path:
        """What parties carry away to check offline."""
        return self.root / "bundles"

    @property
    def projections(self) -> Path:
        """Derived from the record; may be deleted and rebuilt."""
        return self.root / "projections"

    @property
    def parts(self) -> tuple[Path, ...]:
        """Every folder that an office has."""
        return (
            self.agreement,
            self.log,
            self.vault,
            self.keys,
            self.reports,
            self.bundles,
            self.projections,
        )


def made(root: Path) -> Folder:
    """A new, still unfinished office folder that only its owner may read; Conflict where something lies there."""
    folder = Folder(root)
    if folder.settings.exists():
        msg = "there is an office in this folder already; open it, or name another folder"
        raise Conflict(msg)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        msg = "the folder for the new office is not empty; name an empty or a new one"
        raise Conflict(msg)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    root.chmod(0o700)
    for part in folder.parts:
        part.mkdir(mode=0o700)
    return folder


def opened(root: Path) -> Folder:
    """The office in this folder; NotFound where there is none, Damaged where parts of it are gone."""
    folder = Folder(root)
    if not root.is_dir():
        msg = "there is no such office folder; name one that `truce init` or `truce demo` made"
        raise NotFound(msg)
    if not folder.settings.is_file():
        if folder.waiting.is_file():
            msg = "this office waits for its root signatures; have proposal.json signed, then run `truce keys enact`"
            raise Conflict(msg)
        if any(part.exists() for part in folder.parts):
            msg = (
                "this office was never finished (it has no office.toml); delete the folder and make it again"
            )
            raise Damaged(msg)
        msg = "this folder is no office (it has no office.toml); make one with `truce init`"
        raise NotFound(msg)
    for part in (folder.agreement, folder.log, folder.vault):
        if not part.is_dir():
            msg = f"this office has lost its {part.name} folder, which cannot be rebuilt; restore it from a copy"
            raise Damaged(msg)
    for part in folder.parts:
        if not part.is_dir():
            part.mkdir(mode=0o700)
    return folder


def copied(source: Path, target: Path) -> None:
    """Copies a folder of plain files, without links and hidden files; BadInput for anything else in it."""
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source)
        if any(part.startswith(".") for part in inside.parts):
            continue
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            msg = f"{inside} in the agreement's folder is no plain file; put the file itself there"
            raise BadInput(msg)
        if path.is_dir():
            (target / inside).mkdir(exist_ok=True)
        else:
            (target / inside).write_bytes(path.read_bytes())


def written(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Writes a file so that a crash leaves the old one or the new one, never a part."""
    beside = path.with_name(f".{path.name}.part")
    with suppress(FileNotFoundError):
        beside.unlink()
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
