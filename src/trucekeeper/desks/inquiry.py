"""The inquiry desk: drafts findings from the incident and the agreement, and asks the named sides for their word."""

from dataclasses import dataclass
from typing import Protocol

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.agreement.model import Agreement
from trucekeeper.findings import wire
from trucekeeper.findings.considered import Considered, considered
from trucekeeper.findings.docket import docket
from trucekeeper.findings.drafting import Inputs, Register, drafted
from trucekeeper.findings.method import Way
from trucekeeper.findings.model import Case, Draft, Invitation
from trucekeeper.findings.ports import Casebook
from trucekeeper.incidents.model import LINKED, Incident
from trucekeeper.incidents.rivals import around, rivals
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import Conflict
from trucekeeper.kernel.keys import Signer
from trucekeeper.observations.model import Kind
from trucekeeper.parties.model import Source
from trucekeeper.record.pen import Pen
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref
from trucekeeper.screening.model import Touching
from trucekeeper.weighing import adopted
from trucekeeper.weighing.adopted import Adopted
from trucekeeper.weighing.evidence import Evidence

_LOG: FilteringBoundLogger = structlog.get_logger()
HOUR_MS = 3_600_000
OPEN_STATES = ("draft", "awaiting-reply", "with-panel")


class Inquired(Casebook, Protocol):
    """What inquiry asks of the projections."""

    def size(self) -> int:
        """How many entries the projections hold."""
        ...

    def case(self, ref: Ref, upto: int | None = None) -> Case:
        """The case that a finding entry opened."""
        ...

    def lost(self, incident_id: str, upto: int | None = None) -> tuple[Ref, ...]:
        """The observations of an incident that were erased since they came."""
        ...

    def lines(self, upto: int | None = None) -> dict[str, tuple[Ref, Source]]:
        """The whole register of sources, with the line in force on each."""
        ...

    def touchings_of(self, refs: tuple[Ref, ...]) -> tuple[Touching, ...]:
        """What these observations touch."""
        ...


class Ways(Protocol):
    """How findings are weighed, by what the record holds."""

    def at(self, upto: int) -> Way:
        """The way in force for a draft that knows the record up to ``upto``."""
        ...


@dataclass(frozen=True, slots=True)
class InquiryDesk:
    """Drafts by exact rules; ``ways`` has the way of weighing that every draft names."""

    pen: Pen
    casebook: Inquired
    agreement: Agreement
    ways: Ways

    def assessed(self, incident_id: str, upto: int | None = None) -> Draft:
        """What the rules say of an incident as known at ``upto``; nothing is recorded."""
        inputs = self.inputs(incident_id, upto)
        way = self.ways.at(inputs.upto)
        return drafted(inputs, self.agreement, way.weigher, way.method)

    def considered(self, incident_id: str) -> tuple[Considered, ...]:
        """For the panel alone: what moved each number, and what would change it.

        As known to the latest draft on the incident; as known now where there is none.
        """
        drafts = [case for case in self.casebook.cases() if case.findings[0].incident == incident_id]
        upto = (
            wire.read_finding(self.pen.record.entry(drafts[-1].ref.entry).body_bytes).upto if drafts else None
        )
        inputs = self.inputs(incident_id, upto)
        return tuple(considered(inputs, self.agreement, self.ways.at(inputs.upto).weigher))

    def propose(self, fit: Adopted, signer: Signer) -> Receipt:
        """Propose tables to weigh by from now on; in force once another person approves them."""
        receipt = self.pen.write(signer, adopted.KIND, adopted.body(fit))
        _LOG.info("fit.proposed", entry=receipt.index)
        return receipt

    def docket(self) -> Evidence:
        """Every incident as one body of evidence; those of which something was erased are left out."""
        size = self.casebook.size()
        lines = self.casebook.lines(size)
        known = (
            self._inputs(one, size, lines)
            for one in self.casebook.incidents()
            if not self.casebook.lost(one.id, size)
        )
        return docket(known, self.casebook.cases(), self.agreement)

    def inputs(self, incident_id: str, upto: int | None = None) -> Inputs:
        """All that findings on an incident follow from as known at ``upto``; Conflict where some of it was erased."""
        size = self.casebook.size() if upto is None else upto
        lost = self.casebook.lost(incident_id, size)
        if lost:
            msg = (
                f"{incident_id} rests on what was erased ({', '.join(map(str, lost))}): its findings are attested, not "
                "recomputable; to find anew on what remains, split that off as an incident of its own"
            )
            raise Conflict(msg)
        return self._inputs(self.casebook.incident(incident_id, size), size, self.casebook.lines(size))

    def _inputs(self, incident: Incident, size: int, lines: Register) -> Inputs:
        nearby = tuple(self.casebook.sightings(around(incident), LINKED, size))
        register = {name: source for name, (_, source) in lines.items()}
        redrawn = rivals(incident, nearby, register)
        named = {ref for rival in redrawn for ref in rival.members}
        return Inputs(
            incident=incident,
            upto=size,
            touchings=self.casebook.touchings_of(tuple(one.ref for one in incident.members)),
            register=lines,
            coverage=tuple(
                self.casebook.sightings(
                    Interval(incident.when.start, incident.when.end), (Kind.COVERAGE,), size
                )
            ),
            rivals=redrawn,
            others=tuple(one for one in nearby if one.ref in named),
        )

    def draft(self, incident_id: str, signer: Signer) -> Receipt:
        """Record the findings on an incident, for the sides to answer and the panel to decide."""
        draft = self.assessed(incident_id)
        if not draft.findings:
            msg = f"{draft.incident} touches no term of the agreement, so there is nothing to find on it"
            raise Conflict(msg)
        self._not_pending(draft)
        receipt = self.pen.write(signer, wire.FINDING, wire.finding_body(draft))
        _LOG.info(
            "finding.drafted", entry=receipt.index, incident=draft.incident, findings=len(draft.findings)
        )
        return receipt

    def invite(self, finding: Ref, party: str, signer: Signer) -> Receipt:
        """Ask a side for its word on a draft, with the clock that the agreement gives it."""
        case = self.casebook.case(finding)
        if party not in case.uninvited:
            msg = f"{party} is not waiting to be invited on entry {finding}; it is not named there, or was asked before"
            raise Conflict(msg)
        due = Instant(self.pen.clock.now() + self.agreement.procedure.reply_hours * HOUR_MS)
        body = wire.invitation_body(Invitation(finding, case.digest, party, due))
        receipt = self.pen.write(signer, wire.INVITATION, body)
        _LOG.info("reply.invited", entry=receipt.index, finding=finding.entry)
        return receipt

    def invite_all(self, finding: Ref, signer: Signer) -> tuple[Receipt, ...]:
        """Ask every named side that has not been asked."""
        return tuple(self.invite(finding, party, signer) for party in self.casebook.case(finding).uninvited)

    def _not_pending(self, draft: Draft) -> None:
        for case in self.casebook.cases():
            if case.state in OPEN_STATES and case.findings[0].incident == draft.incident:
                msg = (
                    f"{draft.incident} has an open case at entry {case.ref}; decide or correct that one first"
                )
                raise Conflict(msg)
