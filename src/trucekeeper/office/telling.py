"""What is told to one recipient: the signed entry itself, and a plain copy of it for reading.

Whoever is not cleared for a notice, by the one function that decides that, is told nothing.
"""

from dataclasses import dataclass

from trucekeeper.kernel import b64
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import NotFound, NotPermitted
from trucekeeper.movements.delivery import HOTLINE, Item
from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.movements.model import Op, Step
from trucekeeper.movements.read_back import Subject, code
from trucekeeper.movements.visibility import Caller, Sight, sight
from trucekeeper.peers import mail, webhook
from trucekeeper.record import entry
from trucekeeper.record.ports import Opened, Record
from trucekeeper.record.role import Role
from trucekeeper.reports import notice_sheet
from trucekeeper.reports.notice_sheet import Sheet

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Message:
    """An item with what is needed to send it; the same at every attempt."""

    item: Item
    key: str
    opened: Opened
    sheet: Sheet


def cleared(dossier: Dossier, holder: str, record: Record) -> bool:
    """Whether all of this notice may be told to that holder, at the address that the settings give for it.

    Whom a notifier names need hold no key: it is the office that writes to them.
    """
    known = next((one for one in record.keyset().holders if one.id == holder), None)
    caller = Caller(holder, Role.LIAISON) if known is None else Caller(holder, known.role, known.party)
    return sight(dossier, caller) is Sight.WHOLE


def message(record: Record, dossier: Dossier, item: Item, key: str) -> Message:
    """What ``item`` tells; NotPermitted where its recipient is no longer cleared for the notice."""
    if not cleared(dossier, item.recipient, record):
        msg = f"{item.recipient} may not see notice {dossier.notice}; its notifier chooses who is told"
        raise NotPermitted(msg)
    opened = record.opened(item.version)
    of = Subject(record.origin, dossier.notice, item.version, opened.entry.digest, item.recipient)
    return Message(item, key, opened, _sheet(dossier, item, of))


def sheet(record: Record, dossier: Dossier, recipient: str) -> Sheet:
    """The newest version that was transmitted to a recipient, or to whom it stands for, to be printed."""
    told = next(
        (one for one in dossier.told if recipient == one.recipient or recipient in _went_to(one.escalated)),
        None,
    )
    if told is None or told.version is None:
        msg = f"notice {dossier.notice} was not transmitted to {recipient}; transmit it first, by the channel sheet"
        raise NotFound(msg)
    stands_for = None if recipient == told.recipient else told.recipient
    newest = dossier.newest + 1
    item = Item(dossier.notice, told.version, recipient, "sheet", newest, dossier.confirmed, None, stands_for)
    return message(record, dossier, item, "").sheet


def event(told: Message) -> webhook.Event:
    """The CloudEvent for a webhook."""
    of = told.sheet.of
    envelope = entry.joined(told.opened.envelope, told.opened.disclosures)
    data: dict[str, Json] = {
        "code": code(of),
        "digest": of.digest,
        "entry": b64.encode(envelope),
        "kind": told.opened.entry.kind,
        "law": [notice_sheet.NOT_APPROVED, *notice_sheet.LAW],
        "notice": of.notice,
        "plain": [{"label": label, "says": [*says]} for label, says in notice_sheet.rows(told.sheet)],
        "recipient": of.recipient,
        "shown": told.sheet.shown.entry,
        "stale": told.sheet.stale,
        "version": of.version,
    }
    if told.sheet.happened is not None:
        data["happened"] = told.sheet.happened
    if told.sheet.stands_for is not None:
        data["stands_for"] = told.sheet.stands_for
    kind = webhook.NOTICE if told.item.op is None else webhook.STEP
    return webhook.Event(told.key, of.origin, kind, of.notice, told.opened.admitted, data)


def letter(told: Message, to: str, now: Instant) -> mail.Letter:
    """The e-mail: text, the sheet as PDF, and the signed entry."""
    of = told.sheet.of
    name = f"notice-{of.notice}-{of.version}"
    envelope = entry.joined(told.opened.envelope, told.opened.disclosures)
    return mail.Letter(
        to=to,
        key=told.key,
        subject=f"Deconfliction notice {of.notice}, entry {of.version}: please acknowledge",
        text=notice_sheet.as_text(told.sheet),
        at=now,
        attached=(
            mail.Attachment(f"{name}.pdf", PDF, notice_sheet.as_pdf(told.sheet)),
            mail.Attachment(f"{name}.json", entry.PAYLOAD_TYPE, envelope),
        ),
    )


def _sheet(dossier: Dossier, item: Item, of: Subject) -> Sheet:
    upto = item.version if item.op is None else item.version - 1
    shown = [one for one in dossier.versions if one.entry <= upto][-1]
    step = next((line for line in dossier.steps if item.op is not None and line.entry == item.version), None)
    return Sheet(of, shown, _stale(dossier, item.ordered), step, item.stands_for)


def _stale(dossier: Dossier, before: int) -> bool:
    """Whether the site was stale when the item was ordered: what is sent again says the same again."""
    stale = False
    for line in dossier.steps:
        if line.entry < before:
            confirmed = not isinstance(line.what, Step) or line.what.op is Op.CONFIRM
            stale = (isinstance(line.what, Step) and line.what.op is Op.STALE) or (stale and not confirmed)
    return stale


def _went_to(escalated: tuple[tuple[str, Instant, int], ...]) -> set[str]:
    return {to for to, _, _ in escalated if to != HOTLINE}
