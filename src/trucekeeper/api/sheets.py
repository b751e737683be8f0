"""A notice on paper for one recipient."""

from collections.abc import Callable

from trucekeeper.api.room import Room
from trucekeeper.kernel.errors import BadInput, NotPermitted
from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.movements.read_back import Subject
from trucekeeper.movements.visibility import Caller
from trucekeeper.record.role import Role
from trucekeeper.reports.notice_sheet import Sheet, as_pdf


def sheet(room: Room, caller: Caller, dossier: Dossier, recipient: str | None) -> Callable[[], bytes]:
    """What prints the page. Its digits are ``recipient``'s, so that only the office prints it for somebody else."""
    to = caller.holder if recipient is None else recipient
    if to != caller.holder and caller.role is not Role.OFFICE:
        msg = "the digits on a sheet are its recipient's own; leave recipient out, or let the office print it"
        raise NotPermitted(msg)
    if caller.role is Role.OFFICE and to not in dossier.current.notice.recipients:
        msg = f"notice {dossier.notice} does not name that recipient; name one of its recipients"
        raise BadInput(msg)
    version = dossier.current
    digest = room.office.record.entry(version.entry).digest
    subject = Subject(room.office.record.origin, dossier.notice, version.entry, digest, to)
    instead_of = next(
        (one.recipient for one in dossier.told if to in {other for other, _, _ in one.escalated}), None
    )
    page = Sheet(subject, version, stale=dossier.stale, stands_for=instead_of)
    return lambda: as_pdf(page)
