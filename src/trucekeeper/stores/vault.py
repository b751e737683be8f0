"""Queue and vault in one: an entry is taken once it is in here, and here is what opens its leaf.

Encrypted (see ``stores.cipher``) are salt and envelope of each entry, its disclosures, and salt and bytes of each row.
In the clear, for whoever gets hold of the database but not of keys/vault.key, stay: index, uid and kind of an entry,
when it was admitted, how many rows it has, its leaf, which leaves are padding, and hashes of a batch's rows.

What is erased is overwritten: by ``secure_delete`` in SQLite; PostgreSQL reuses the space when it vacuums, and keeps
copies in its own write-ahead log and backups for as long as it was told to. All these copies are ciphertext.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from trucekeeper.kernel import merkle
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import Damaged, NotTrusted
from trucekeeper.record import sealing
from trucekeeper.stores.cipher import Cipher, place
from trucekeeper.stores.durable import Database, Row
from trucekeeper.stores.vault_tables import ABOUT, ENTRIES, NODES, ROWS

CHUNK_LEVEL = 8
"""Subtrees of 256 rows and more are stored; a proof hashes the rest anew from the rows themselves."""

_PAGE = 2_000
_ENTRY, _TOLD, _ROW, _PROBE = b"e", b"t", b"r", b"p"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What opens the leaf of one entry: salt, core of the envelope, and the disclosures at hand."""

    salt: bytes
    envelope: bytes
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """One leaf in the vault, or on its way there. ``kind`` and ``uid`` None: padding; ``sealed`` None: erased."""

    entry: int
    uid: str | None
    kind: str | None
    admitted: Instant
    rows: int
    leaf: bytes
    sealed: Sealed | None


@dataclass(frozen=True, slots=True)
class RowsOf:
    """The rows of one batch entry on their way into the vault, with salt and leaf hash of each."""

    entry: int
    rows: Sequence[bytes]
    salts: Sequence[bytes]
    hashes: Sequence[bytes]


class Vault:
    """One open vault; writing is for one thread at a time."""

    def __init__(self, database: Database, key: bytes, origin: str) -> None:
        self._database = database
        self._cipher = Cipher(key)
        with database.reading() as connection:
            about = {str(row.name): str(row.value) for row in connection.execute(sa.select(ABOUT))}
        if about.get("origin") != origin:
            msg = f"the vault belongs to another log than {origin}; name the database of this office"
            raise Damaged(msg)
        try:
            self._cipher.open(place(_PROBE, 0), bytes.fromhex(about.get("probe", "")))
        except (Damaged, ValueError) as error:
            msg = "the vault's key vault.key is not the one that it was written with; restore it from its backup"
            raise NotTrusted(msg) from error

    @classmethod
    def make(cls, database: Database, key: bytes, origin: str) -> "Vault":
        """Mark a new, empty database as the vault of ``origin``."""
        probe = Cipher(key).seal(place(_PROBE, 0), secrets.token_bytes(16)).hex()
        with database.writing() as connection:
            database.insert(connection, ABOUT, [("origin", origin), ("probe", probe)])
        return cls(database, key, origin)

    def close(self) -> None:
        """Give the database back."""
        self._database.close()

    def write(self, entries: Sequence[Held], batches: Sequence[RowsOf]) -> None:
        """Write all of it, durably, in one transaction."""
        lines = [self._line(one) for one in entries]
        with self._database.writing() as connection:
            self._database.insert(connection, ENTRIES, lines)
            for batch in batches:
                self._write_rows(connection, batch)

    def size(self) -> int:
        """One more than the newest leaf."""
        return self._newest()[0]

    def last_admitted(self) -> Instant:
        """When the newest leaf was admitted."""
        return self._newest()[1]

    def find(self, uids: Sequence[str]) -> dict[str, int]:
        """The entry that holds each of ``uids``, where one does."""
        found: dict[str, int] = {}
        with self._database.reading() as connection:
            for start in range(0, len(uids), 500):
                part = list(uids[start : start + 500])
                query = sa.select(ENTRIES.c.uid, ENTRIES.c.entry).where(ENTRIES.c.uid.in_(part))
                found.update((uid, entry) for uid, entry in connection.execute(query))
        return found

    def read(self, start: int, stop: int, kinds: Sequence[str] = (), limit: int = _PAGE) -> list[Held]:
        """At most ``limit`` leaves of ``kinds`` (empty: all) from ``start`` up to ``stop``, in order."""
        query = (
            sa.select(ENTRIES)
            .where(ENTRIES.c.entry >= start, ENTRIES.c.entry < stop)
            .order_by(ENTRIES.c.entry)
            .limit(limit)
        )
        if kinds:
            query = query.where(ENTRIES.c.kind.in_(list(kinds)))
        with self._database.reading() as connection:
            lines = connection.execute(query).all()
        return [
            Held(entry, uid, kind, Instant(at), rows, bytes(leaf), self._opened(entry, sealed, told))
            for entry, uid, kind, at, rows, leaf, sealed, told in lines
        ]

    def leaves(self, start: int, stop: int) -> list[bytes]:
        """The leaves from ``start`` up to ``stop``; Damaged where one is lost."""
        query = sa.select(ENTRIES.c.leaf).where(ENTRIES.c.entry >= start, ENTRIES.c.entry < stop)
        with self._database.reading() as connection:
            found = [bytes(leaf) for leaf in connection.execute(query.order_by(ENTRIES.c.entry)).scalars()]
        if len(found) != stop - start:
            msg = f"the vault has lost entries between {start} and {stop}; restore it from a backup"
            raise Damaged(msg)
        return found

    def size_at(self, at: Instant) -> int:
        """How many leaves had been admitted at ``at`` or before."""
        query = (
            sa.select(ENTRIES.c.entry)
            .where(ENTRIES.c.admitted_ms <= at)
            .order_by(ENTRIES.c.admitted_ms.desc(), ENTRIES.c.entry.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            last = connection.execute(query).scalar()
        return 0 if last is None else last + 1

    def rows(
        self, entry: int, start: int = 0, stop: int | None = None
    ) -> Iterator[tuple[bytes, bytes] | bytes]:
        """Salt and bytes of the rows of a batch from ``start`` up to ``stop``; the leaf hash of an erased one."""
        while stop is None or start < stop:
            upto = start + _PAGE if stop is None else min(stop, start + _PAGE)
            query = (
                sa.select(ROWS.c.number, ROWS.c.sealed, ROWS.c.hash)
                .where(ROWS.c.entry == entry, ROWS.c.number >= start, ROWS.c.number < upto)
                .order_by(ROWS.c.number)
            )
            with self._database.reading() as connection:
                page = connection.execute(query).all()
            for number, sealed, hashed in page:
                if sealed is None:
                    yield bytes(hashed or b"")
                else:
                    value = self._cipher.open(place(_ROW, entry, number), bytes(sealed))
                    yield value[: sealing.SALT_BYTES], value[sealing.SALT_BYTES :]
            if len(page) < upto - start:
                return
            start = upto

    def row_node(self, entry: int, level: int, number: int) -> bytes:
        """The hash of one complete subtree over the rows of a batch; Damaged where rows are lost."""
        if level < CHUNK_LEVEL:
            first, last = number << level, (number + 1) << level
            hashes = [row_hash(one) for one in self.rows(entry, first, last)]
            if len(hashes) == last - first:
                return merkle.root(hashes)
            found: object = None
        else:
            query = sa.select(NODES.c.hash).where(
                NODES.c.entry == entry, NODES.c.level == level, NODES.c.number == number
            )
            with self._database.reading() as connection:
                found = connection.execute(query).scalar()
        if not isinstance(found, bytes):
            msg = f"the vault has lost rows or hashes of batch entry {entry}; restore it from a backup"
            raise Damaged(msg)
        return found

    def erase_entry(self, entry: int) -> None:
        """Destroy what opens the leaf of an entry, and all its rows; durably."""
        with self._database.writing() as connection:
            connection.execute(
                sa.update(ENTRIES).where(ENTRIES.c.entry == entry).values(sealed=None, told=None)
            )
            connection.execute(sa.update(ROWS).where(ROWS.c.entry == entry).values(sealed=None, hash=None))
            connection.execute(sa.delete(NODES).where(NODES.c.entry == entry))
        self._database.forget()

    def erase_row(self, entry: int, number: int) -> None:
        """Destroy one row and its salt, and keep its leaf hash; durably."""
        for one in self.rows(entry, number, number + 1):
            if not isinstance(one, bytes):
                where = (ROWS.c.entry == entry, ROWS.c.number == number)
                with self._database.writing() as connection:
                    connection.execute(sa.update(ROWS).where(*where).values(sealed=None, hash=row_hash(one)))
        self._database.forget()

    def keep_told(self, entry: int, told: Sequence[str]) -> None:
        """Destroy the disclosures of an entry, except ``told``; durably."""
        with self._database.writing() as connection:
            sealed = self._sealed_told(entry, told)
            connection.execute(sa.update(ENTRIES).where(ENTRIES.c.entry == entry).values(told=sealed))
        self._database.forget()

    def _newest(self) -> tuple[int, Instant]:
        query = sa.select(ENTRIES.c.entry, ENTRIES.c.admitted_ms).order_by(ENTRIES.c.entry.desc()).limit(1)
        with self._database.reading() as connection:
            found = connection.execute(query).first()
        return (0, Instant(0)) if found is None else (found[0] + 1, Instant(found[1]))

    def _line(self, one: Held) -> Row:
        sealed = told = None
        if one.sealed is not None:
            sealed = self._cipher.seal(place(_ENTRY, one.entry), one.sealed.salt + one.sealed.envelope)
            told = self._sealed_told(one.entry, one.sealed.told)
        return (one.entry, one.uid, one.kind, one.admitted, one.rows, one.leaf, sealed, told)

    def _sealed_told(self, entry: int, told: Sequence[str]) -> bytes | None:
        return self._cipher.seal(place(_TOLD, entry), "\n".join(told).encode("ascii")) if told else None

    def _opened(self, entry: int, sealed: bytes | None, told: bytes | None) -> Sealed | None:
        if sealed is None:
            return None
        value = self._cipher.open(place(_ENTRY, entry), bytes(sealed))
        listed = b"" if told is None else self._cipher.open(place(_TOLD, entry), bytes(told))
        disclosures = tuple(listed.decode("ascii").split("\n")) if listed else ()
        return Sealed(value[: sealing.SALT_BYTES], value[sealing.SALT_BYTES :], disclosures)

    def _write_rows(self, connection: sa.Connection, batch: RowsOf) -> None:
        seal = self._cipher.seal
        for start in range(0, len(batch.rows), _PAGE):
            stop = min(start + _PAGE, len(batch.rows))
            page: list[Row] = [
                (
                    batch.entry,
                    number,
                    seal(place(_ROW, batch.entry, number), batch.salts[number] + batch.rows[number]),
                    None,
                )
                for number in range(start, stop)
            ]
            self._database.insert(connection, ROWS, page)
        frontier = merkle.Frontier()
        nodes: list[Row] = []
        for hashed in batch.hashes:
            made = frontier.append(hashed)
            nodes.extend((batch.entry, *node) for node in made[CHUNK_LEVEL:])
        self._database.insert(connection, NODES, nodes)


def row_hash(one: tuple[bytes, bytes] | bytes) -> bytes:
    """The leaf hash of what :meth:`Vault.rows` gives."""
    return one if isinstance(one, bytes) else merkle.leaf_hash(sealing.leaf(*one))
