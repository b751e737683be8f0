"""Hands signed entries to the desk that each is meant for."""

from collections.abc import Sequence

from trucekeeper.desks.custodian import TAKEN as CUSTODIAN_TAKES
from trucekeeper.findings import wire as findings_wire
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.wire import COMMITTED
from trucekeeper.movements.wire import TAKEN as DESK_TAKES
from trucekeeper.observations import wire as observations_wire
from trucekeeper.office.wiring import Office
from trucekeeper.record.entry import opened


def hand_over(office: Office, envelopes: Sequence[bytes]) -> list[tuple[int, str]]:
    """Record them in this order: (entry, kind) each.

    Observations that stand side by side are recorded together, all or none. Only kinds that people outside the
    office sign are taken here.
    """
    done: list[tuple[int, str]] = []
    together: list[bytes] = []
    for envelope in envelopes:
        kind = opened(envelope).kind
        if kind == observations_wire.KIND:
            together.append(envelope)
            continue
        done += _observed(office, together)
        together = []
        done.append((_decided(office, envelope, kind), kind))
    return done + _observed(office, together)


def _observed(office: Office, envelopes: Sequence[bytes]) -> list[tuple[int, str]]:
    if not envelopes:
        return []
    return [(receipt.index, observations_wire.KIND) for receipt in office.intake.receive(envelopes)]


def _decided(office: Office, envelope: bytes, kind: str) -> int:
    if kind == findings_wire.REPLY:
        return office.liaison.receive(envelope).index
    if kind == findings_wire.VOTE:
        office.panel.receive(envelope)
        index = office.record.find(opened(envelope).uid)
        assert index is not None  # noqa: S101 - it was recorded just now
        return index
    if kind in CUSTODIAN_TAKES:
        return office.custodian.receive(envelope).index
    if kind in DESK_TAKES:
        return office.movements.desk.receive(envelope).index
    if kind in COMMITTED:
        return office.movements.commitments.receive(envelope).index
    taken = f"{observations_wire.KIND}, {findings_wire.REPLY}, {findings_wire.VOTE} or {DESK_TAKES[0]}"
    msg = f"the kind {kind} is not taken from outside; send {taken}"
    raise BadInput(msg)
