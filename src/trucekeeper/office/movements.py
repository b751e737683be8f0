"""Opens the deconfliction desk of an office: register, indexes and desks, built when they are first asked for.

Indexes are caches: what they lack they take from the record, and one that cannot be used is made anew.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from trucekeeper.agreement.model import Agreement
from trucekeeper.desks.commitments import CommitmentDesk
from trucekeeper.desks.deconfliction import DeconflictionDesk, zone_key
from trucekeeper.desks.lookout import LookoutDesk
from trucekeeper.desks.strikes import StrikeDesk
from trucekeeper.kernel.errors import Damaged, NotFound, NotPermitted
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements import zones
from trucekeeper.movements.live import LiveIndex
from trucekeeper.movements.ports import Index
from trucekeeper.office.folder import Folder
from trucekeeper.office.indexes import MEMORY, SQLITE, on_disk
from trucekeeper.record.pen import Pen
from trucekeeper.stores import durable
from trucekeeper.stores.casebook import SqlCasebook
from trucekeeper.stores.index_postgis import PostgisIndex
from trucekeeper.stores.index_sqlite import SqliteIndex
from trucekeeper.stores.register import Register

VERSION = "1"
"""Changes whenever volumes or cells would be worked out otherwise: indexes are then made anew."""

SNAPSHOT, CELLS, DATABASE, MADE_BY = "notices.live", "cells.live", "notices.sqlite", "notices.version"
"""Files below projections/: they may be deleted, and are then made anew."""


@dataclass(frozen=True, slots=True)
class Movements:
    """The deconfliction desk with what it works on.

    ``lookout`` is there where the office may write; there ``close`` keeps snapshots too.
    """

    register: Register
    index: Index
    cells: LiveIndex
    desk: DeconflictionDesk
    strikes: StrikeDesk
    commitments: CommitmentDesk
    lookout: LookoutDesk | None
    folder: Path
    readonly: bool

    @property
    def looking(self) -> LookoutDesk:
        """The lookout; NotPermitted where the office was opened for reading."""
        if self.lookout is None:
            msg = "this office was opened for reading only; open it for writing to write down who sees what"
            raise NotPermitted(msg)
        return self.lookout

    def close(self) -> None:
        """Record what was counted, keep what starts the next opening quickly, and give connections back."""
        if self.lookout is not None:
            self.lookout.report(over=True)
        if not self.readonly:
            self.desk.keep()
            self.cells.save(self.folder / CELLS)
            if isinstance(self.index, LiveIndex):
                self.index.save(self.folder / SNAPSHOT)
        if isinstance(self.index, SqliteIndex | PostgisIndex):
            self.index.close()


@dataclass(frozen=True, slots=True)
class Opening:
    """What a desk is opened from; :meth:`open` opens it."""

    folder: Folder
    agreement: Agreement
    engine: sa.Engine
    casebook: SqlCasebook
    pen: Pen
    index: str
    officer: Signer | None

    @property
    def readonly(self) -> bool:
        """Whether nobody signs for the office here."""
        return self.officer is None

    def open(self) -> Movements:
        """The desk, its indexes brought up to the record; NotFound where the agreement has no such section."""
        rules = self.agreement.deconfliction
        if rules is None:
            msg = "this agreement has no section deconfliction, so its office has no such desk"
            raise NotFound(msg)
        register = Register(self.engine, self.pen.record.keysets)
        fitting, size = self._fitting(), register.size()
        if not fitting and not self.readonly:
            self._forget()
        index, cells = self._index(), self._live(CELLS)
        if not fitting or max(index.reached(), cells.reached()) > size:
            index.clear()
            cells.clear()
        desk = DeconflictionDesk(self.pen, register, index, cells, rules)
        desk.settle(size)
        for zone in rules.no_go:
            index.put(zone_key(zone), zones.volumes(self.agreement.zone(zone)))
        if not fitting and not self.readonly:
            durable.replace(self.folder.projections / MADE_BY, self._version())
        strikes = StrikeDesk(self.pen, self.casebook, register, rules, LiveIndex)
        lookout = None if self.officer is None else LookoutDesk(self.pen, register, self.officer)
        return Movements(
            register,
            index,
            cells,
            desk,
            strikes,
            CommitmentDesk(self.pen, rules),
            lookout,
            self.folder.projections,
            self.readonly,
        )

    def _index(self) -> Index:
        if self.readonly or self.index == MEMORY:
            return self._live(SNAPSHOT)
        if self.index == SQLITE:
            return on_disk(self.folder.projections / DATABASE)
        return PostgisIndex(self.index)

    def _live(self, name: str) -> LiveIndex:
        """From its snapshot, or empty where there is none that can be read; the record makes good what is missing."""
        snapshot = self.folder.projections / name
        try:
            return LiveIndex.load(snapshot) if snapshot.exists() else LiveIndex()
        except Damaged:
            return LiveIndex()

    def _fitting(self) -> bool:
        """Whether what is kept was made by this version, for this agreement, and kept in the same place."""
        told = self.folder.projections / MADE_BY
        return told.exists() and told.read_bytes() == self._version()

    def _version(self) -> bytes:
        # the index's address may hold a password
        index = sha256(self.index.encode()).hexdigest()[:16]
        return f"{VERSION} {self.agreement.digest} {index}\n".encode("ascii")

    def _forget(self) -> None:
        """Remove what was kept before it is said that what will be kept fits: a crash between leaves nothing wrong."""
        for name in (MADE_BY, SNAPSHOT, CELLS):
            (self.folder.projections / name).unlink(missing_ok=True)
        durable.sync_folder(self.folder.projections)
