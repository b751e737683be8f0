"""The liaison desk: takes the parties' replies to drafts, signed by their own liaisons."""

from dataclasses import dataclass
from typing import Protocol

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.findings import wire
from trucekeeper.findings.model import Case
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record import entry
from trucekeeper.record.ports import Record
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref

_LOG: FilteringBoundLogger = structlog.get_logger()


class Cases(Protocol):
    """What the desk asks of the projections."""

    def case(self, ref: Ref, upto: int | None = None) -> Case:
        """The case that a finding entry opened; NotFound where it opened none."""
        ...


@dataclass(frozen=True, slots=True)
class LiaisonDesk:
    """The desk never signs for a party. That a liaison replies for its own party alone, the record sees to."""

    record: Record
    cases: Cases

    def receive(self, envelope: bytes) -> Receipt:
        """Record a reply. One that comes late, or unasked, is kept too: a side's word is never refused for that."""
        opened = entry.opened(envelope)
        if opened.kind != wire.REPLY:
            msg = (
                f"the liaison desk takes {wire.REPLY}, not {opened.kind}; hand it to the desk it is meant for"
            )
            raise BadInput(msg)
        reply = wire.read_reply(opened.body_bytes)
        self.cases.case(reply.finding)
        (receipt,) = self.record.append([envelope])
        _LOG.info("reply.received", entry=receipt.index, finding=reply.finding.entry)
        return receipt
