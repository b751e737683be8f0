"""The panel desk: takes the votes that members sign with keys of their own, and corrections."""

from dataclasses import dataclass
from typing import Protocol

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.findings import wire
from trucekeeper.findings.model import Ballot, Case, Erratum, Vote
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, NotFound, NotPermitted
from trucekeeper.kernel.keys import Signer
from trucekeeper.record import entry
from trucekeeper.record.pen import Pen
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref

_LOG: FilteringBoundLogger = structlog.get_logger()


class Cases(Protocol):
    """What the desk asks of the projections."""

    def case(self, ref: Ref, upto: int | None = None) -> Case:
        """The case that a finding entry opened; NotFound where it opened none."""
        ...

    def tried(self, ballot: Ballot, voter: str, key: str, at: Instant) -> Vote:
        """What would become of this vote if it were recorded at ``at``."""
        ...


@dataclass(frozen=True, slots=True)
class PanelDesk:
    """Two people decide, neither of whom submitted or drafted; their keys never come here."""

    pen: Pen
    cases: Cases

    def receive(self, envelope: bytes) -> Case:
        """Record a vote, and give the case as it then stands; a vote that would not count is refused with its reason.

        The rules of decision judge again when the case is read, so a vote that reached the record some other
        way changes nothing either.
        """
        opened = entry.opened(envelope)
        if opened.kind != wire.VOTE:
            msg = f"the panel desk takes {wire.VOTE}, not {opened.kind}; hand it to the desk it is meant for"
            raise BadInput(msg)
        ballot = wire.read_vote(opened.body_bytes)
        mandate = self.pen.record.keyset().mandate(opened.key, opened.at)
        vote = self.cases.tried(ballot, mandate.holder, opened.key, self.pen.clock.now())
        if vote.void is not None:
            msg = (
                f"the vote of {mandate.holder} on entry {ballot.finding} would not count ({vote.void}); "
                "let another member of the panel vote, or vote anew when the case allows it"
            )
            raise NotPermitted(msg)
        (receipt,) = self.pen.record.append([envelope])
        _LOG.info(
            "vote.received", entry=receipt.index, finding=ballot.finding.entry, approves=ballot.approves
        )
        return self.cases.case(ballot.finding)

    def correct(self, erratum: Erratum, signer: Signer) -> Receipt:
        """Record that an entry was wrong, and what holds instead; both stay visible."""
        size = self.pen.record.size()
        for named in (erratum.corrects, *(() if erratum.instead is None else (erratum.instead,))):
            if named.entry >= size:
                msg = f"entry {named} is not on the record yet; name an entry below {size}"
                raise NotFound(msg)
        receipt = self.pen.write(signer, wire.ERRATUM, wire.erratum_body(erratum))
        _LOG.info("erratum.recorded", entry=receipt.index)
        return receipt
