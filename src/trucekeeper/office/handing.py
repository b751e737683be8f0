"""Hands a notice over from one office to another: what its notifier released, verified, and nothing else."""

from trucekeeper.kernel import note
from trucekeeper.kernel.clock import parse_utc
from trucekeeper.kernel.errors import NotPermitted
from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.movements.model import Op, Step
from trucekeeper.movements.wire.handover import Given, Handover
from trucekeeper.office.verifying import authentic
from trucekeeper.office.wiring import Office
from trucekeeper.record import bundle, disclosure, entry
from trucekeeper.record.ports import Opened
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref

HANDOVER = "handover"


def handed_over(office: Office, notice: int) -> bytes:
    """A bundle of the notice's life for another office, with the fields that its notifier released for that.

    NotPermitted where the notifier did not.
    """
    found = office.movements.register.dossier(notice)
    if found.origin is not None:
        msg = f"notice {notice} came from {found.origin}; let that office hand it over"
        raise NotPermitted(msg)
    shows = _released(found)
    refs = [Ref(line.entry) for line in found.steps]

    def shown(one: Opened) -> tuple[str, ...] | None:
        paths = disclosure.opening(entry.opened(one.envelope).body, one.disclosures).paths
        return disclosure.chosen(paths, shows)

    return bundle.collect(office.record, refs, f"notice {notice}", shown=shown)


def take_over(office: Office, data: bytes, vkey: str, amends: int | None = None) -> Receipt:
    """Verify what another office handed over, and record it; ``vkey`` is that office's log key, from a trusted hand.

    NotTrusted where anything in it does not verify.
    """
    verified = authentic(data, vkey)
    wanted = {"notice/v1", "notice-step/v1", "acknowledgement/v1"}
    lines = tuple(
        Given(
            index,
            parse_utc(one.said["at"]),
            mandate.holder,
            mandate.role,
            one.kind,
            {name: value for name, value in one.body.items() if name != disclosure.NAME},
        )
        for index, one, mandate in verified.entries
        if one.kind in wanted
    )
    stated = verified.checkpoint
    origin = note.Verifier.parse(vkey.strip()).name
    given = Handover(origin, stated.size, stated.root.hex(), lines, amends)
    return office.movements.desk.take_over(given, office.signer)


def _released(found: Dossier) -> frozenset[str]:
    steps = [line.what for line in found.steps if isinstance(line.what, Step)]
    shows = [step.shows for step in steps if step.op is Op.RELEASE and step.purpose == HANDOVER]
    if not shows:
        msg = f"the notifier of notice {found.notice} did not release it for a handover; ask, and record the answer"
        raise NotPermitted(msg)
    return frozenset(shows[-1])
