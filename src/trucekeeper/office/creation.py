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
    decided: Decided = Decided(),
    signers: Sequence[Signer] = (),
) -> Folder:
    """Makes an office in ``root`` and closes it again; open it with ``office.wiring.open_office``.

    ``holders`` are monitors, panel, liaisons and guarantors with their public keys; the office itself joins
    them as ``officer``, with a key of its own that is valid from ``valid_from`` (None: now). An office whose
    making was interrupted has no office.toml, and is refused when opened.

    ``interval_ms``, whole seconds, and ``pad_to`` say how the log integrates: see ``stores.sql_record.Terms``.
    ``queue`` is the address of an empty PostgreSQL database for the vault; None: a file. ``signers`` hold the root
    keys of ``decided``; where they are elsewhere, see :func:`prepare_office`.
    """
    clock = clock or SystemClock()
    agreed = agreement_folder.load(agreement)
    policy = decided.policy
    kept = LogSettings(interval_s=interval_ms // 1000, pad_to=pad_to, queue=queue)
    settings = Settings(
        origin=origin, agreement=agreed.id, officer=officer, log=kept, witness=() if policy is None else _asked(policy)
    )
    since = clock.now() if valid_from is None else valid_from
    folder, proposal = _prepared(root, agreement, holders, settings, decided, since, draw)
    for signer in signers:
        proposal = proposal.signed(signer)
    _finished(folder, settings, proposal, clock, draw)
    return folder


def terms(settings: Settings) -> Terms:
    """How the record of an office with these settings is kept."""
    kept = settings.log
    return Terms(kept.interval_s * 1000, kept.pad_to, kept.queue)
