"""The triage desk: linking proposes what belongs together, a person decides and signs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.findings.ports import Casebook
from trucekeeper.incidents import linking, wire
from trucekeeper.incidents.act import Act, Op
from trucekeeper.incidents.lifecycle import Register, year_of
from trucekeeper.incidents.linking import Proposal
from trucekeeper.incidents.model import LINKED, Sighting
from trucekeeper.kernel.clock import Interval
from trucekeeper.kernel.keys import Signer
from trucekeeper.parties.model import Source
from trucekeeper.record.pen import Pen
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref

_LOG: FilteringBoundLogger = structlog.get_logger()
_AT_ONCE = 1_000
"""How many acts are recorded in one part."""


class Triaged(Casebook, Protocol):
    """What triage asks of the projections."""

    def register(self, upto: int | None = None) -> Register:
        """Incidents as people made them."""
        ...

    def sources(self, upto: int | None = None) -> dict[str, Source]:
        """The whole register of sources."""
        ...


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An act that linking suggests, not yet done, and the observations that it would bring together."""

    act: Act
    members: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class TriageDesk:
    """Nothing is linked without a person's signature."""

    pen: Pen
    casebook: Triaged

    def suggest(self, when: Interval | None = None) -> tuple[Suggestion, ...]:
        """What to do with the observations of ``when`` that are in no incident yet, by first entry.

        Those that look like one happening with standing incidents are to be added to them; where they
        look like two standing incidents at once, the suggestion is to merge these.
        """
        sightings = tuple(self.casebook.sightings(when, LINKED))
        register = self.casebook.register()
        proposals = linking.propose(sightings, self.casebook.sources())
        return tuple(suggestion for proposal in proposals for suggestion in _suggestions(proposal, register))

    def accept(self, suggestions: Sequence[Suggestion], signer: Signer) -> tuple[Receipt, ...]:
        """Do what was suggested, in this order."""
        return self.act(tuple(one.act for one in suggestions), signer)

    def act(self, acts: Sequence[Act], signer: Signer) -> tuple[Receipt, ...]:
        """Do what a person decided, in this order; refused with a sentence, and without a trace, where it cannot be.

        All acts are checked before the first is recorded. More than the record takes at once are recorded in
        parts, each of them whole.
        """
        register = self.casebook.register()
        changed: list[str] = []
        for act in acts:
            for ref in act.members:
                self.casebook.sighting(ref)
            changed.append(register.apply(act)[-1])
        receipts: list[Receipt] = []
        for start in range(0, len(acts), _AT_ONCE):
            part = acts[start : start + _AT_ONCE]
            receipts += self.pen.record.append(
                [self.pen.sealed(signer, wire.KIND, wire.body(act)) for act in part]
            )
        for act, receipt, incident in zip(acts, receipts, changed, strict=True):
            _LOG.info(_PAST[act.op], entry=receipt.index, incident=incident)
        return tuple(receipts)

    def open(self, members: tuple[Ref, ...], signer: Signer, says: str = "") -> Receipt:
        """Make an incident of these observations."""
        year = year_of(self.casebook.sighting(ref) for ref in members)
        return self.act((Act(Op.OPEN, members=members, year=year, says=says),), signer)[0]

    def merge(self, incident: str, other: str, signer: Signer, says: str = "") -> Receipt:
        """Two incidents were one."""
        return self.act((Act(Op.MERGE, incident=incident, other=other, says=says),), signer)[0]

    def split(self, incident: str, members: tuple[Ref, ...], signer: Signer, says: str = "") -> Receipt:
        """One incident was two: these observations leave it."""
        year = year_of(self.casebook.sighting(ref) for ref in members)
        act = Act(Op.SPLIT, members=members, incident=incident, year=year, says=says)
        return self.act((act,), signer)[0]


_PAST: Mapping[Op, str] = {
    Op.OPEN: "incident.opened",
    Op.ADD: "incident.joined",
    Op.MERGE: "incident.merged",
    Op.SPLIT: "incident.split",
}


def _suggestions(proposal: Proposal, register: Register) -> tuple[Suggestion, ...]:
    free = tuple(one for one in proposal.members if register.home(one.ref) is None)
    homes = sorted({home for one in proposal.members if (home := register.home(one.ref)) is not None})
    refs = tuple(one.ref for one in free)
    if not homes:
        act = Act(Op.OPEN, members=refs, year=year_of(free), grounds=proposal.grounds)
        return (Suggestion(act, proposal.members),)
    found: list[Suggestion] = []
    if free:
        grounds = tuple(pair for pair in proposal.grounds if pair.one in refs or pair.other in refs)
        act = Act(Op.ADD, members=refs, incident=homes[0], grounds=grounds)
        found.append(Suggestion(act, proposal.members))
    for other in homes[1:]:
        act = Act(Op.MERGE, incident=homes[0], other=other, grounds=proposal.grounds)
        found.append(Suggestion(act, proposal.members))
    return tuple(found)
