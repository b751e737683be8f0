"""What a finding/v1 entry says, as a function of the inputs that it names: anybody who has them gets the same bytes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.agreement.model import Agreement, Term
from trucekeeper.findings.assess import assess
from trucekeeper.findings.method import leans_on
from trucekeeper.findings.model import Draft, Finding
from trucekeeper.incidents.lifecycle import incident as drawn
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.incidents.rivals import Rival
from trucekeeper.parties.model import Source
from trucekeeper.record.ref import Ref
from trucekeeper.screening.model import Touching
from trucekeeper.weighing.ports import Weigher

Register = Mapping[str, tuple[Ref, Source]]
"""The line in force on each registered source, by the source's id."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a draft follows from, beside the agreement and the way of weighing; ``upto`` is the size then known.

    ``rivals`` are other linkings of the incident, and ``others`` what they hold.
    ``coverage`` and ``register`` may hold more than matters; what does not matter leaves no trace in the draft.
    """

    incident: Incident
    upto: int
    touchings: Sequence[Touching]
    register: Register
    coverage: Sequence[Sighting]
    rivals: tuple[Rival, ...] = ()
    others: Sequence[Sighting] = ()

    def redrawn(self) -> tuple[tuple[int, Incident], ...]:
        """The incident as each rival draws it, with its weight in parts per million."""
        known = {one.ref: one for one in (*self.incident.members, *self.others)}
        return tuple(
            (rival.weight_ppm, drawn(self.incident.id, [known[ref] for ref in rival.members]))
            for rival in self.rivals
        )


def drafted(inputs: Inputs, agreement: Agreement, weigher: Weigher, method: str) -> Draft:
    """Every finding on the incident under the terms that it touches, and the entries that they rest on."""
    sources = {name: source for name, (_, source) in inputs.register.items()}
    redraws = inputs.redrawn()
    findings = tuple(
        finding
        for term in touched_terms(agreement.terms, inputs.touchings)
        for finding in assess(
            inputs.incident, term, inputs.touchings, sources, inputs.coverage, agreement, weigher, redraws
        )
    )
    return Draft(
        incident=inputs.incident.id,
        agreement=agreement.digest,
        upto=inputs.upto,
        members=tuple(one.ref for one in inputs.incident.members),
        method=method,
        findings=findings,
        sources=_lines(inputs, cited(findings)),
        rivals=inputs.rivals,
    )


def cited(findings: Iterable[Finding]) -> tuple[Ref, ...]:
    """Every entry and row that the reasons of these findings name, once each and in order."""
    return tuple(sorted({ref for one in findings for reason in one.reasons for ref in reason.refs}))


def redrawn(draft: Draft) -> tuple[Ref, ...]:
    """What the incident would hold, were it linked otherwise."""
    return tuple(sorted({ref for rival in draft.rivals for ref in rival.members}))


def rests_on(draft: Draft) -> tuple[Ref, ...]:
    """Every entry and row that a draft names as its input, once each and in order."""
    return tuple(
        sorted(
            {*draft.members, *redrawn(draft), *cited(draft.findings), *draft.sources, *leans_on(draft.method)}
        )
    )


def _lines(inputs: Inputs, refs: Sequence[Ref]) -> tuple[Ref, ...]:
    """The register's lines on whoever is heard in this: the sources of members and of cited coverage, and of copies."""
    heard = (
        *inputs.incident.members,
        *inputs.others,
        *(one for one in inputs.coverage if one.ref in set(refs)),
    )
    names = {one.observation.source for one in heard}
    names.update(one.observation.relays.partition("/")[0] for one in heard if one.observation.relays)
    return tuple(sorted({inputs.register[name][0] for name in names if name in inputs.register}))


def touched_terms(terms: Iterable[Term], touchings: Iterable[Touching]) -> tuple[Term, ...]:
    """The terms and readings that some observation touches, in the agreement's order.

    Where one reading of a term is touched, all its readings are assessed: rivals stand side by side.
    """
    named = {touching.term for touching in touchings}
    return tuple(term for term in terms if term.id in named)
