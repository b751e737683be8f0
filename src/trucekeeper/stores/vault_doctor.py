"""Looks through the vault: every value opens, every entry opens its leaf, and what is open to all lies open."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from trucekeeper.kernel import b64, canon, merkle
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import Damaged, TruceError
from trucekeeper.record import batch, entry, erasure, keyset, sealing
from trucekeeper.record.entry import Entry
from trucekeeper.record.foureyes import Said
from trucekeeper.record.keyset import KeySet
from trucekeeper.stores import durable
from trucekeeper.stores.complaint import Complaint
from trucekeeper.stores.integration import OPEN_KINDS
from trucekeeper.stores.vault import CHUNK_LEVEL, Held, Vault, row_hash

_PAGE = 250
_BACKUP = "restore the vault from a backup"
_BROKEN = (TruceError, TypeError, ValueError, OverflowError)
"""What reading raises where bytes of the database were changed: a column may come with another type."""


class VaultExam:
    """One look through a vault of ``size`` leaves; ``laid_open`` is how many of them the log has signed.

    Once :meth:`complaints` is through, ``admitted`` is when the newest entry came in, ``keysets`` are those on record.
    """

    def __init__(self, vault: Vault, size: int, log: Path, laid_open: int) -> None:
        self._vault = vault
        self._size = size
        self._log = log
        self._laid_open = laid_open
        self.admitted = Instant(0)
        self.keysets: list[KeySet] = []
        self._gone: list[int] = []
        self._decisions: list[Said] = []
        self._open: set[str] = set()

    def leaves(self, start: int, stop: int) -> Sequence[bytes] | None:
        """The leaves from ``start`` up to ``stop``, as far as there are any; None where they cannot be read."""
        try:
            return self._vault.leaves(start, min(stop, self._size)) if start < self._size else ()
        except _BROKEN:
            return None

    def complaints(self) -> Iterator[Complaint]:
        """All that is wrong in the vault, and in the files that open entries for everybody."""
        at = 0
        for one in self._all():
            if isinstance(one, Complaint):
                yield one
                continue
            for lost in range(at, one.entry):
                if f"{lost}.json" not in self._open:
                    yield Complaint(f"vault, entry {lost}", "is lost", _BACKUP)
            at = one.entry + 1
            try:
                yield from self._held(one)
            except _BROKEN as error:
                yield Complaint(f"vault, entry {one.entry}", f"is not what was put there ({error})", _BACKUP)
            if one.admitted < self.admitted:
                yield Complaint(
                    f"vault, entry {one.entry}", "was admitted before the entry ahead of it", _BACKUP
                )
            self.admitted = max(self.admitted, one.admitted)
        yield from self._unexplained()
        yield from self._opened_for_nothing()

    def _all(self) -> Iterator[Held | Complaint]:
        """Page by page; entry by entry where a page has one that does not open."""
        for start in range(0, self._size, _PAGE):
            stop = min(start + _PAGE, self._size)
            try:
                yield from self._vault.read(start, stop, limit=_PAGE)
            except _BROKEN:
                for index in range(start, stop):
                    try:
                        yield from self._vault.read(index, index + 1)
                    except _BROKEN as error:
                        self._open.add(f"{index}.json")
                        yield Complaint(f"vault, entry {index}", f"does not open ({error})", _BACKUP)

    def _held(self, one: Held) -> Iterator[Complaint]:
        where = f"vault, entry {one.entry}"
        if len(one.leaf) != sealing.LEAF_BYTES:
            yield Complaint(where, "has no leaf of the right length", _BACKUP)
        if one.sealed is None:
            if one.kind is not None:
                self._gone.append(one.entry)
            elif one.uid is not None or one.rows:
                yield Complaint(where, "is neither padding nor an entry", _BACKUP)
            return
        if sealing.leaf(one.sealed.salt, one.sealed.envelope) != one.leaf:
            yield Complaint(where, "does not open its leaf", _BACKUP)
        said = entry.opened(entry.joined(one.sealed.envelope, one.sealed.told))
        if (said.uid, said.kind) != (one.uid, one.kind):
            yield Complaint(where, "stands under another uid or kind than it bears", _BACKUP)
        if said.kind in erasure.DECIDED_BY:
            self._decisions.append(Said(one.entry, said.kind, said.key, one.admitted, said.digest, said.body))
        if said.kind == keyset.KIND:
            self.keysets.append(keyset.of(said))
        if said.kind in OPEN_KINDS:
            yield from self._laid(one.entry, one.sealed.salt, one.sealed.envelope)
        yield from self._rows(where, one, said)

    def _laid(self, index: int, salt: bytes, envelope: bytes) -> Iterator[Complaint]:
        """What opens an entry of an open kind, beside the tiles."""
        path = self._log / "open" / f"{index}.json"
        self._open.add(path.name)
        expected = canon.encode({"envelope": envelope.decode("utf-8"), "salt": b64.encode(salt)})
        todo = f"restore it from a mirror or a backup: it is what opens entry {index}"
        if not path.is_file():
            if index < self._laid_open:
                yield Complaint(f"log/open/{path.name}", "is lost", todo)
        elif path.read_bytes() != expected:
            yield Complaint(f"log/open/{path.name}", "does not open its leaf", todo)

    def _rows(self, where: str, one: Held, said: Entry) -> Iterator[Complaint]:
        if said.kind != batch.KIND:
            if one.rows:
                yield Complaint(where, "is no batch and has rows", _BACKUP)
            return
        stated = batch.read(said.body)
        frontier = merkle.Frontier()
        for row in self._vault.rows(one.entry):
            for level, number, value in frontier.append(row_hash(row))[CHUNK_LEVEL:]:
                if self._vault.row_node(one.entry, level, number) != value:
                    yield Complaint(
                        where, f"has a wrong hash over its rows (level {level}, {number})", _BACKUP
                    )
        if not frontier.size == one.rows == stated.rows or frontier.root() != stated.root:
            yield Complaint(where, "has not the rows that its author signed", _BACKUP)

    def _unexplained(self) -> Iterator[Complaint]:
        """Entries that are gone and that nobody decided to erase."""
        decided = {
            one.erasure.ref.entry for one in erasure.erased(self._decisions) if one.erasure.ref.row < 0
        }
        for index in self._gone:
            if index not in decided:
                yield Complaint(
                    f"vault, entry {index}", "is gone, and no erasure on the record says so", _BACKUP
                )

    def _opened_for_nothing(self) -> Iterator[Complaint]:
        """Files in log/open that belong to no entry of an open kind."""
        folder = self._log / "open"
        for path in folder.iterdir() if folder.is_dir() else ():
            where = f"log/open/{path.name}"
            if path.name.endswith(".new"):
                yield Complaint(
                    where, "was left by a crash", "delete it while the office is closed", damaged=False
                )
            elif path.name not in self._open and self._current() == self._size:
                yield Complaint(
                    where, "opens no entry of an open kind", "take it away, and find out who put it there"
                )

    def _current(self) -> int:
        """How many leaves there are now: an office may have written since."""
        try:
            return self._vault.size()
        except _BROKEN:
            return self._size


def readable(vault: Vault) -> int:
    """How many leaves the vault has; Damaged where not even that can be read."""
    try:
        return vault.size()
    except (TypeError, ValueError, OverflowError) as error:
        msg = f"the vault cannot be read ({error}); restore it from a backup"
        raise Damaged(msg) from error


def integrity(path: Path) -> Iterator[str]:
    """What SQLite finds wrong in the file."""
    made = durable.engine(path, write=False)
    try:
        with durable.reading(made) as connection:
            for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
                if line != "ok":
                    yield " ".join(str(line).split())
    except Damaged as error:
        yield str(error)
    finally:
        made.dispose()
