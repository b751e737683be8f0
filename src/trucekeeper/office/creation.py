"""Makes an office: its folder, its two keys, the key set at entry 0 and the agreement at entry 1."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trucekeeper.agreement import folder as agreement_folder
from trucekeeper.agreement import wire as agreement_wire
from trucekeeper.agreement.model import Agreement
from trucekeeper.kernel.clock import Clock, Instant, Interval, SystemClock
from trucekeeper.kernel.errors import BadInput, Conflict, NotTrusted
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.kernel.note import Verifier
from trucekeeper.office import ceremony
from trucekeeper.office import folder as office_folder
from trucekeeper.office import settings as office_settings
from trucekeeper.office.ceremony import Proposal
from trucekeeper.office.folder import Folder
from trucekeeper.office.settings import LogSettings, RecipientSettings, Settings, WitnessSettings
from trucekeeper.record import entry, keyset
from trucekeeper.record.keyset import Holder, HolderKey, KeySet, Role
from trucekeeper.record.pen import Pen
from trucekeeper.record.root import NOBODY, Root
from trucekeeper.stores.sql_record import SqlRecord, Terms

LOG_KEY = "log.pem"
OFFICER_KEY = "officer.pem"


@dataclass(frozen=True, slots=True)
class Decided:
    """Who may change the key set, the text of the witness policy, and the checkpoint of the log that is continued."""

    root: Root = NOBODY
    policy: str | None = None
    continues: str | None = None


NOTHING = Decided()


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
    decided: Decided = NOTHING,
    recipients: tuple[RecipientSettings, ...] = (),
) -> Folder:
    """Makes an office in ``root`` and closes it again; open it with ``office.wiring.open_office``.

    ``holders`` are monitors, panel, liaisons and guarantors with their public keys; the office itself joins
    them as ``officer``, with a key of its own that is valid from ``valid_from`` (None: now). An office whose
    making was interrupted has no office.toml, and is refused when opened.

    ``interval_ms``, whole seconds, and ``pad_to`` say how the log integrates: see ``stores.sql_record.Terms``.
    ``queue`` is the address of an empty PostgreSQL database for the vault; None: a file. Where ``decided`` has root
    keys, the office waits in its folder for their signatures under proposal.json: see :func:`begin_office`.
    """
    clock = clock or SystemClock()
    agreed = agreement_folder.load(agreement)
    _refuse_strange(holders, agreed, officer)
    kept = LogSettings(interval_s=interval_ms // 1000, pad_to=pad_to, queue=queue)
    asked = _asked(decided.policy)
    settings = Settings(
        origin=origin, agreement=agreed.id, officer=officer, log=kept, witness=asked, recipient=recipients
    )
    log_signer, signer = Ed25519Signer(draw(32)), Ed25519Signer(draw(32))
    since = clock.now() if valid_from is None else valid_from
    own = Holder(officer, Role.OFFICE, None, (HolderKey(signer.public, Interval(since, None)),))
    vkey = Verifier(origin, log_signer.public).vkey
    policy = None if decided.policy is None else with_log(decided.policy, vkey)
    keys = KeySet(origin, vkey, (own, *holders), decided.root, policy, continues=decided.continues)
    proposal = Proposal(keyset.KIND, keyset.body(keys))
    folder = office_folder.made(root)
    office_folder.copied(agreement, folder.agreement)
    log_signer.save(folder.keys / LOG_KEY)
    signer.save(folder.keys / OFFICER_KEY)
    office_folder.written(folder.waiting, office_settings.text(settings).encode("ascii"))
    office_folder.written(folder.proposal, ceremony.written(proposal))
    if not proposal.lacking(clock.now()):
        begin_office(root, proposal, clock, draw)
    return folder


def begin_office(
    root: Path,
    proposal: Proposal,
    clock: Clock | None = None,
    draw: Callable[[int], bytes] = secrets.token_bytes,
) -> Folder:
    """Begins the record of an office that waited for the root signatures under its first key set."""
    clock = clock or SystemClock()
    folder = Folder(root)
    settings = office_settings.read(folder.waiting)
    log_signer = Ed25519Signer.load(folder.keys / LOG_KEY)
    signer = Ed25519Signer.load(folder.keys / OFFICER_KEY)
    agreed = agreement_folder.load(folder.agreement)
    waiting = ceremony.read(folder.proposal.read_bytes())
    if proposal.digest != waiting.digest:
        msg = "this proposal is not the one that the office waits for; name a copy of its proposal.json"
        raise Conflict(msg)
    if missing := proposal.lacking(clock.now()):
        msg = f"the first key set lacks {' and '.join(missing)}; let their holders sign it"
        raise NotTrusted(msg)
    uid, body = draw(16).hex(), proposal.body
    genesis = entry.seal(signer, keyset.KIND, settings.origin, uid, clock.now(), body)
    # the first two entries are there for all to see: nothing to hide behind padding, and the agreement is entry 1
    bare = Terms(queue=settings.log.queue)
    record = SqlRecord.create(root, log_signer, genesis, clock, draw, bare)
    try:
        Pen(record, clock, draw).write(signer, agreement_wire.KIND, agreement_wire.body(agreed))
        record.integrate()
    finally:
        record.close()
    office_folder.written(folder.settings, office_settings.text(settings).encode("ascii"))
    for done in (folder.waiting, folder.proposal):
        done.unlink()
    return folder


def _refuse_strange(holders: Sequence[Holder], agreed: Agreement, officer: str) -> None:
    parties = {party.id for party in agreed.parties}
    for holder in holders:
        if holder.id == officer:
            msg = f"the office adds {officer} itself, with a new key; leave {officer} out of the file of holders"
            raise BadInput(msg)
        if holder.party is not None and holder.party not in parties:
            msg = f"{holder.id} speaks for {holder.party}, which is no party of {agreed.id}; correct the holder's party"
            raise BadInput(msg)


def with_log(policy: str, vkey: str) -> str:
    """A witness policy's text with the line of the log that it is of, which its writer could not know before."""
    if any(line.split()[:1] == ["log"] for line in policy.splitlines()):
        return policy
    return f"log {vkey}\n{policy}"


def _asked(policy: str | None) -> tuple[WitnessSettings, ...]:
    """Where each witness of a policy is asked, as far as its line says so."""
    words = [line.split() for line in (policy or "").splitlines()]
    return tuple(
        WitnessSettings(name=one[1], url=one[3]) for one in words if len(one) == 4 and one[0] == "witness"
    )


def terms(settings: Settings) -> Terms:
    """How the record of an office with these settings is kept."""
    kept = settings.log
    return Terms(kept.interval_s * 1000, kept.pad_to, kept.queue)
