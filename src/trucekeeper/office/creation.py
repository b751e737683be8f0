"""Makes an office: its folder, its two keys, the key set at entry 0 and the agreement at entry 1."""

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from trucekeeper.agreement import folder as agreement_folder
from trucekeeper.agreement import wire as agreement_wire
from trucekeeper.kernel.clock import Clock, Instant, Interval, SystemClock
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.kernel.note import Verifier
from trucekeeper.office import folder as office_folder
from trucekeeper.office import settings as office_settings
from trucekeeper.office.folder import Folder
from trucekeeper.office.settings import LogSettings, Settings
from trucekeeper.record import entry, keyset
from trucekeeper.record.keyset import Holder, HolderKey, KeySet, Role
from trucekeeper.record.pen import Pen
from trucekeeper.stores.sql_record import SqlRecord, Terms

LOG_KEY = "log.pem"
OFFICER_KEY = "officer.pem"


def create_office(  # noqa: PLR0913 - all that an office is made of
    root: Path,
    agreement: Path,
    holders: Sequence[Holder],
    *,
    origin: str,
    officer: str = "officer",
    clock: Clock | None = None,
    valid_from: Instant | None = None,
    draw: Callable[[int], bytes] = secrets.token_bytes,
    interval_ms: int = 0,
    pad_to: int = 1,
    queue: str | None = None,
) -> Folder:
    """Makes an office in ``root`` and closes it again; open it with ``office.wiring.open_office``.

    ``holders`` are monitors, panel, liaisons and guarantors with their public keys; the office itself joins
    them as ``officer``, with a key of its own that is valid from ``valid_from`` (None: now). An office whose
    making was interrupted has no office.toml, and is refused when opened.

    ``interval_ms``, whole seconds, and ``pad_to`` say how the log integrates: see ``stores.sql_record.Terms``.
    ``queue`` is the address of an empty PostgreSQL database for the vault; None: a file.
    """
    clock = clock or SystemClock()
    agreed = agreement_folder.load(agreement)
    kept = LogSettings(interval_s=interval_ms // 1000, pad_to=pad_to, queue=queue)
    settings = Settings(origin=origin, agreement=agreed.id, officer=officer, log=kept)
    for holder in holders:
        if holder.party is not None and holder.party not in {party.id for party in agreed.parties}:
            msg = f"{holder.id} speaks for {holder.party}, which is no party of {agreed.id}; correct the holder's party"
            raise BadInput(msg)
    folder = office_folder.made(root)
    office_folder.copied(agreement, folder.agreement)
    log_signer, signer = Ed25519Signer(draw(32)), Ed25519Signer(draw(32))
    log_signer.save(folder.keys / LOG_KEY)
    signer.save(folder.keys / OFFICER_KEY)
    since = clock.now() if valid_from is None else valid_from
    own = Holder(officer, Role.OFFICE, None, (HolderKey(signer.public, Interval(since, None)),))
    keys = KeySet(origin, Verifier(origin, log_signer.public).vkey, (own, *holders))
    genesis = entry.seal(signer, keyset.KIND, origin, draw(16).hex(), clock.now(), keyset.body(keys))
    record = SqlRecord.create(root, log_signer, genesis, clock, draw, terms(settings))
    try:
        Pen(record, clock, draw).write(signer, agreement_wire.KIND, agreement_wire.body(agreed))
        record.integrate()
    finally:
        record.close()
    office_folder.written(folder.settings, office_settings.text(settings).encode("ascii"))
    return folder


def terms(settings: Settings) -> Terms:
    """How the record of an office with these settings is kept."""
    kept = settings.log
    return Terms(kept.interval_s * 1000, kept.pad_to, kept.queue)
