"""Looks up notices and cases of an open office without the search for conflicts, which takes a moment to load."""

from trucekeeper.kernel.errors import NotFound
from trucekeeper.movements.wire import struck
from trucekeeper.movements.wire.struck import Struck
from trucekeeper.office.wiring import Office
from trucekeeper.record.ref import Ref
from trucekeeper.stores.register import Register


def register(office: Office) -> Register:
    """Its register of notices; NotFound where the agreement has no section for them."""
    if office.agreement.deconfliction is None:
        msg = "this agreement has no section deconfliction, so its office has no such desk"
        raise NotFound(msg)
    return Register(office.casebook.engine, office.record.keysets)


def cases(office: Office) -> tuple[tuple[Ref, Struck], ...]:
    """Every notified-then-struck case that was opened, with its entry."""
    found = office.record.entries(kinds=(struck.KIND,))
    return tuple((Ref(one.index), struck.read(one.entry.body)) for one in found)
