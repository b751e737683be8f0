"""Looks through an office's folder for what was torn, lost or changed, and for what is about to go wrong.

It changes nothing and needs no lock, so it may run beside an office; what that one writes meanwhile can look half done.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from trucekeeper.agreement import folder as agreement_folder
from trucekeeper.kernel.clock import Clock, SystemClock
from trucekeeper.kernel.errors import Damaged, NotFound, TruceError
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.kernel.note import Verifier
from trucekeeper.office import folder as office_folder
from trucekeeper.office import settings as office_settings
from trucekeeper.office.creation import LOG_KEY, OFFICER_KEY
from trucekeeper.office.folder import Folder
from trucekeeper.office.settings import Settings
from trucekeeper.stores import cipher, log_doctor
from trucekeeper.stores.complaint import Complaint
from trucekeeper.stores.log_folder import Places
from trucekeeper.stores.media import MediaVault
from trucekeeper.stores.opening import opened_vault
from trucekeeper.stores.vault_doctor import VaultExam, integrity, readable

FREE_BYTES = 1 << 30
FREE_FILES = 10_000

_BACKUP = "restore it from a backup"


def examined(root: Path, clock: Clock | None = None) -> Iterator[Complaint]:
    """Everything that is wrong with the office in ``root``; NotFound where there is none."""
    if not (root / "office.toml").exists():
        office_folder.opened(root)
    folder = Folder(root)
    settings = None
    try:
        settings = office_settings.read(folder.settings)
    except TruceError as error:
        yield Complaint("office.toml", f"cannot be read ({error})", _BACKUP)
    yield from _rights(folder)
    yield from _keys(folder)
    yield from _agreement(folder, settings)
    yield from _record(folder, settings, clock or SystemClock())
    yield from _media(folder)
    yield from _writers(folder)
    yield from _space(root)


def _rights(folder: Folder) -> Iterator[Complaint]:
    for path in (folder.root, folder.keys, folder.vault):
        if path.is_dir() and _too_open(path):
            where = f"folder {path.name}"
            yield Complaint(
                where, "can be entered by others on this machine", f"run chmod 700 {path}", damaged=False
            )
    for path in (folder.agreement, folder.log, folder.vault, folder.keys):
        if not path.is_dir():
            yield Complaint(f"folder {path.name}", "is lost", _BACKUP)
    secret = [path for path in folder.keys.glob("*") if path.is_file()] if folder.keys.is_dir() else []
    for path in (*secret, *folder.vault.glob("*.sqlite*")):
        if _too_open(path):
            where = path.relative_to(folder.root).as_posix()
            yield Complaint(
                where, "can be read by others on this machine", f"run chmod 600 {path}", damaged=False
            )


def _keys(folder: Folder) -> Iterator[Complaint]:
    """The office's own keys: each must be readable, and the log's must be the log's."""
    for name in (LOG_KEY, OFFICER_KEY):
        path = folder.keys / name
        if not path.exists():  # an office may be kept by people who hold its keys elsewhere
            continue
        try:
            public = _public(path)
        except TruceError as error:
            yield Complaint(f"keys/{name}", f"cannot be used ({error})", _BACKUP)
            continue
        with suppress(OSError, ValueError, TruceError):
            vkey = Verifier.parse(folder.verifier_key.read_text("ascii").strip())
            if name == LOG_KEY and public is not None and vkey.public != public:
                yield Complaint("keys/log.pem", "is not the key in log/log.vkey", _BACKUP)


def _public(path: Path) -> bytes | None:
    """The public key of a key file; None where a passphrase locks it."""
    if b"ENCRYPTED" in path.read_bytes():
        return None
    if _too_open(path):
        return None
    return Ed25519Signer.load(path).public


def _too_open(path: Path) -> bool:
    """Whether others may read a secret: then nothing uses it, though it may be whole. It is told with the rights."""
    return path.exists() and bool(path.stat().st_mode & 0o077)


def _agreement(folder: Folder, settings: Settings | None) -> Iterator[Complaint]:
    if not folder.agreement.is_dir():
        return
    try:
        agreed = agreement_folder.load(folder.agreement)
    except TruceError as error:
        yield Complaint("agreement", f"is not as it was locked ({error})", _BACKUP)
        return
    if settings is not None and agreed.id != settings.agreement:
        yield Complaint("agreement", f"is {agreed.id}, not {settings.agreement} as office.toml says", _BACKUP)


def _record(folder: Folder, settings: Settings | None, clock: Clock) -> Iterator[Complaint]:
    """Log and vault, each for itself and both against each other; then what the record says of keys and policy."""
    queue = None if settings is None else settings.log.queue
    places, stated = Places(folder.root), log_doctor.Stated(folder.log)
    if settings is not None and stated.origin not in {None, settings.origin}:
        yield Complaint(
            "office.toml", f"names the log {settings.origin}, and the log is {stated.origin}", _BACKUP
        )
    try:
        vault = opened_vault(
            places, stated.origin or ("" if settings is None else settings.origin), queue, write=False
        )
    except (TruceError, OSError) as error:
        yield Complaint(
            "vault",
            f"cannot be read ({error})",
            "see to it, then ask again",
            damaged=not _too_open(places.key),
        )
        yield from log_doctor.examined(folder.log, stated, _no_leaves, None)
        return
    with closing(vault):
        if queue is None:
            for said in integrity(places.vault):
                yield Complaint("vault/vault.sqlite", f"is damaged ({said})", _BACKUP)
        try:
            size = readable(vault)
        except TruceError as error:
            yield Complaint("vault", f"cannot be read ({error})", _BACKUP)
            yield from log_doctor.examined(folder.log, stated, _no_leaves, None)
            return
        exam = VaultExam(vault, size, folder.log, 0 if stated.signed is None else stated.signed.size)
        yield from exam.complaints()
        yield from log_doctor.examined(folder.log, stated, exam.leaves, vault.size)
    yield from _said(folder, exam, clock)


def _said(folder: Folder, exam: VaultExam, clock: Clock) -> Iterator[Complaint]:
    """The clock, the officer's key and the witness policy, against what is on the record."""
    if exam.admitted > clock.now():
        what = "is behind the newest entry of the record"
        yield Complaint(
            "the clock of this machine", what, "set it: deadlines are reckoned by it", damaged=False
        )
    if not exam.keysets:
        return
    known = {key.public for keys in exam.keysets for holder in keys.holders for key in holder.keys}
    with suppress(TruceError, OSError):
        public = _public(folder.keys / OFFICER_KEY)
        if public is not None and public not in known:
            yield Complaint(f"keys/{OFFICER_KEY}", "is in no key set of the record", _BACKUP)
    policy, agreed = folder.log / "policy", exam.keysets[-1].policy
    found = policy.read_bytes() if policy.is_file() else None
    if found != (None if agreed is None else agreed.encode()):
        yield Complaint("log/policy", "is not the witness policy of the newest key set", _BACKUP)


def _no_leaves(_start: int, _stop: int) -> None:
    return None


def _media(folder: Folder) -> Iterator[Complaint]:
    """Every file in the vault's media, by its hash."""
    place = folder.vault / "media"
    if not place.is_dir():
        return
    try:
        media = MediaVault(place, cipher.load_key(Places(folder.root).key))
    except TruceError as error:
        opened = _too_open(Places(folder.root).key)
        yield Complaint(
            "vault/media", f"cannot be read ({error})", "see to keys/vault.key", damaged=not opened
        )
        return
    for path in place.rglob("*"):
        where = path.relative_to(folder.root).as_posix()
        if path.is_file() and path.name.endswith(".new"):
            yield Complaint(
                where, "was left by a crash", "delete it while the office is closed", damaged=False
            )
    for sha256 in media.all():
        try:
            for _ in media.read(sha256):
                pass
        except (Damaged, NotFound) as error:
            yield Complaint(f"vault/media/{sha256[:2]}/{sha256}", f"is damaged ({error})", _BACKUP)


def _writers(folder: Folder) -> Iterator[Complaint]:
    """Two processes that have the record open for writing: possible only where its lock was taken away."""
    lock = str(Places(folder.root).lock.absolute())
    holders = {
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if entry.name != str(os.getpid())
        and any(one in {lock, f"{lock} (deleted)"} for one in _open_files(entry))
    }
    if len(holders) > 1:
        named = ", ".join(map(str, sorted(holders)))
        yield Complaint("log/lock", f"is held by several processes ({named})", "stop all of them but one")
    for pid in holders:
        if f"{lock} (deleted)" in _open_files(Path("/proc") / str(pid)):
            what = f"was taken away from process {pid}, which still writes"
            yield Complaint("log/lock", what, "stop that process before another one writes")


def _open_files(process: Path) -> list[str]:
    found: list[str] = []
    with suppress(OSError):
        for one in (process / "fd").iterdir():
            with suppress(OSError):
                found.append(str(one.readlink()))
    return found


def _space(root: Path, usage: Callable[[Path], int] | None = None) -> Iterator[Complaint]:
    free = shutil.disk_usage(root).free if usage is None else usage(root)
    if free < FREE_BYTES:
        what = f"has {free >> 20} MiB left"
        yield Complaint("the disk of this office", what, "make room before it refuses entries", damaged=False)
    files = os.statvfs(root)
    if files.f_files and files.f_favail < FREE_FILES:
        what = f"has room for {files.f_favail} more files"
        yield Complaint("the disk of this office", what, "make room before it refuses entries", damaged=False)
