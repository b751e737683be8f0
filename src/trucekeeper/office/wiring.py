"""Opens an office: record, projections, agreement and desks, each handed what it needs."""

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa

from trucekeeper.agreement import folder as agreement_folder
from trucekeeper.agreement import wire as agreement_wire
from trucekeeper.agreement.model import Agreement
from trucekeeper.desks.airspace import AirspaceDesk
from trucekeeper.desks.custodian import CustodianDesk
from trucekeeper.desks.evidence import EvidenceDesk
from trucekeeper.desks.inquiry import InquiryDesk
from trucekeeper.desks.intake import IntakeDesk
from trucekeeper.desks.liaison import LiaisonDesk
from trucekeeper.desks.panel import PanelDesk
from trucekeeper.desks.publication import PublicationDesk
from trucekeeper.desks.triage import TriageDesk
from trucekeeper.kernel.clock import Clock, SystemClock
from trucekeeper.kernel.errors import NotPermitted
from trucekeeper.kernel.keys import Ed25519Signer, Signer
from trucekeeper.office import folder as office_folder
from trucekeeper.office import settings as office_settings
from trucekeeper.office.airspace import Kept, airspace_desk
from trucekeeper.office.concealed import Concealed
from trucekeeper.office.copies import OfficeCopies
from trucekeeper.office.creation import LOG_KEY, OFFICER_KEY, terms
from trucekeeper.office.folder import Folder
from trucekeeper.office.methods import SCREENING, Ways
from trucekeeper.office.settings import Settings
from trucekeeper.office.shelf import FolderShelf
from trucekeeper.places.touch import Ground
from trucekeeper.record.pen import Pen
from trucekeeper.screening.reference import Screener
from trucekeeper.stores import cipher
from trucekeeper.stores.casebook import SqlCasebook
from trucekeeper.stores.database import connected
from trucekeeper.stores.followed import FollowedRecord
from trucekeeper.stores.log_folder import Places
from trucekeeper.stores.media import MediaVault
from trucekeeper.stores.proceedings import Proceedings
from trucekeeper.stores.projections import Projections, Told
from trucekeeper.stores.rebuild import FILE, rebuild
from trucekeeper.stores.sightings import SqlSightings
from trucekeeper.stores.sql_reader import SqlReader
from trucekeeper.stores.sql_record import SqlRecord
from trucekeeper.stores.story import Story

if TYPE_CHECKING:
    from trucekeeper.office.movements import Movements


@dataclass(frozen=True, slots=True)
class Office:
    """An open office. ``record`` projects what it appends; ``casebook`` and ``sightings`` read the projections.

    ``officer`` signs for the office; None where the office was opened for reading.
    """

    folder: Folder
    settings: Settings
    clock: Clock
    agreement: Agreement
    record: FollowedRecord
    casebook: SqlCasebook
    sightings: SqlSightings
    intake: IntakeDesk
    triage: TriageDesk
    inquiry: InquiryDesk
    liaison: LiaisonDesk
    panel: PanelDesk
    publication: PublicationDesk
    custodian: CustodianDesk
    evidence: EvidenceDesk
    airspace: AirspaceDesk
    officer: Signer | None
    _movements: "_Later"
    _held: ExitStack

    @property
    def signer(self) -> Signer:
        """The office's own signing key; NotPermitted where the office was opened for reading."""
        if self.officer is None:
            msg = "this office was opened for reading only; open it for writing to sign for it"
            raise NotPermitted(msg)
        return self.officer

    @property
    def movements(self) -> "Movements":
        """The deconfliction desk and what it works on; NotFound where the agreement has no such section."""
        return self._movements.get()

    @property
    def log_file(self) -> Path | None:
        """Where the office wants its events written; None where it did not say."""
        return None if self.settings.log_file is None else self.folder.root / self.settings.log_file

    def at_close(self, act: Callable[[], object]) -> None:
        """Have ``act`` done when the office is closed, before its files are given back."""
        self._held.callback(act)

    def close(self) -> None:
        """Give files and lock back; a second time does nothing."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_office(
    root: Path,
    clock: Clock | None = None,
    *,
    readonly: bool = False,
    told: Told | None = None,
    draw: Callable[[int], bytes] = secrets.token_bytes,
) -> Office:
    """Opens the office in ``root``; its projections catch up with the record first, or are made anew.

    ``told`` hears of entries projected. ``readonly`` needs no lock and no keys, and can run beside the office
    that writes. One sentence for a folder that is no office, is half-made, damaged, or in use.
    """
    clock = clock or SystemClock()
    folder = office_folder.opened(root)
    settings = office_settings.read(folder.settings)
    agreement = agreement_folder.load(folder.agreement)
    store = _store(folder, settings, clock, draw, readonly=readonly)
    try:
        agreement_wire.check(agreement, dict(store.entry(1).body))
        engine = _projected(store, folder, agreement, told, readonly=readonly)
    except BaseException:
        store.close()
        raise
    officer = None if readonly else Ed25519Signer.load(folder.keys / OFFICER_KEY)
    office = _assembled(_Parts(folder, settings, clock, agreement, store, engine, officer, draw))
    if not readonly:
        try:
            office.custodian.settle()
        except BaseException:
            office.close()
            raise
    return office


def rebuild_office(root: Path, told: Told | None = None) -> str:
    """Makes the projections of an office anew from its record alone; gives their digest.

    The office must be closed. An interrupted rebuild leaves the projections as they were.
    """
    folder = office_folder.opened(root)
    agreement = agreement_folder.load(folder.agreement)
    settings = office_settings.read(folder.settings)
    store = _store(folder, settings, SystemClock(), secrets.token_bytes, readonly=False)
    try:
        agreement_wire.check(agreement, dict(store.entry(1).body))
        screening = _screening(agreement)
        return rebuild(Story(store), folder.projections, Screener(agreement).screen, screening, told)
    finally:
        store.close()


@dataclass(frozen=True, slots=True)
class _Parts:
    """What an office is put together from."""

    folder: Folder
    settings: Settings
    clock: Clock
    agreement: Agreement
    store: SqlReader
    engine: sa.Engine
    officer: Signer | None
    draw: Callable[[int], bytes]


def _assembled(parts: _Parts) -> Office:
    agreement = parts.agreement
    projections = Projections(parts.engine, Screener(agreement).screen, _screening(agreement))
    record = FollowedRecord(parts.store, projections)
    casebook = SqlCasebook(parts.engine, Proceedings(agreement.procedure, record.keysets))
    pen = Pen(record, parts.clock, parts.draw)
    reports, bundles = FolderShelf(parts.folder.reports), FolderShelf(parts.folder.bundles)
    held = ExitStack()
    held.callback(parts.store.close)
    held.callback(parts.engine.dispose)
    flights = Kept() if parts.officer is None else Kept(parts.settings.desk.index, parts.folder.projections)
    held.callback(flights.close)
    movements = _Later(lambda: _movements(parts, casebook, pen))
    held.callback(movements.close)
    return Office(
        folder=parts.folder,
        settings=parts.settings,
        clock=parts.clock,
        agreement=agreement,
        record=record,
        casebook=casebook,
        sightings=SqlSightings(parts.engine),
        intake=IntakeDesk(pen, casebook),
        triage=TriageDesk(pen, casebook),
        inquiry=InquiryDesk(pen, casebook, agreement, Ways(record)),
        liaison=LiaisonDesk(record, casebook),
        panel=PanelDesk(pen, casebook),
        custodian=CustodianDesk(pen, casebook, OfficeCopies(parts.engine, parts.folder.bundles)),
        evidence=EvidenceDesk(pen, _media(parts.folder), parts.settings.officer),
        publication=PublicationDesk(pen, casebook, agreement, Ground(), reports, bundles),
        airspace=airspace_desk(pen, parts.officer, parts.settings, _concealed(agreement, movements), flights),
        officer=parts.officer,
        _movements=movements,
        _held=held,
    )


@dataclass(frozen=True, slots=True)
class _Later:
    """Opens the deconfliction desk once, when it is first asked for: compiled search takes a moment to load."""

    build: "Callable[[], Movements]"
    _opened: "list[Movements]" = field(default_factory=lambda: [])  # noqa: PIE807 - a bare list has no type
    _lock: Lock = field(default_factory=Lock)

    def get(self) -> "Movements":
        """The desk."""
        with self._lock:
            if not self._opened:
                self._opened.append(self.build())
            return self._opened[0]

    def close(self) -> None:
        """Close it, where it was ever opened."""
        with self._lock:
            while self._opened:
                self._opened.pop().close()


def _movements(parts: _Parts, casebook: SqlCasebook, pen: Pen) -> "Movements":
    from trucekeeper.office.movements import Opening

    index = parts.settings.desk.index
    return Opening(parts.folder, parts.agreement, parts.engine, casebook, pen, index, parts.officer).open()


def _concealed(agreement: Agreement, movements: _Later) -> Concealed | None:
    """What the airspace's clients meet of the notices; nothing where the agreement has no desk for them."""
    return None if agreement.deconfliction is None else Concealed(movements.get)


def _media(folder: Folder) -> MediaVault:
    return MediaVault(folder.media, cipher.load_key(Places(folder.root).key))


def _screening(agreement: Agreement) -> str:
    """What the touchings depend on, beside the observation."""
    return f"{SCREENING} {agreement.digest}"


def _store(
    folder: Folder, settings: Settings, clock: Clock, draw: Callable[[int], bytes], *, readonly: bool
) -> SqlReader:
    if readonly:
        return SqlReader(folder.root, settings.log.queue)
    log_signer = Ed25519Signer.load(folder.keys / LOG_KEY)
    return SqlRecord.open(folder.root, log_signer, clock, draw, terms(settings))


def _projected(
    store: SqlReader, folder: Folder, agreement: Agreement, told: Told | None, *, readonly: bool
) -> sa.Engine:
    """The projections' database, with every entry of the record in it.

    A reader beside a writing office takes the projections as they are, for the writer keeps them; where there
    are none that fit, it makes its own in memory.
    """
    screen, screening = Screener(agreement).screen, _screening(agreement)
    file = folder.projections / FILE
    if file.exists():
        engine = connected(file)
        projections = Projections(engine, screen, screening)
        if projections.fitting():
            if not readonly:
                projections.follow(Story(store), told)
            return engine
        engine.dispose()
    if readonly:
        engine = connected()
        Projections(engine, screen, screening).follow(Story(store), told)
        return engine
    rebuild(Story(store), folder.projections, screen, screening, told)
    return connected(file)
