"""Did it breach the term: what screening found of the incident's observations, without counting voices."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.agreement.expression import Value
from trucekeeper.agreement.model import Term
from trucekeeper.findings.evidence import affirms, unknown_source
from trucekeeper.findings.model import Reason
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.incidents.pairing import act_of
from trucekeeper.kernel.truth import Truth, all_of, any_of, of
from trucekeeper.observations.model import Observation
from trucekeeper.parties.model import Source
from trucekeeper.record.ref import Ref
from trucekeeper.screening.model import Touching

SCREENED = ("act", "time", "place", "condition")
"""The tests of screening that a violation reports; bearer and exemption have rules of their own."""

EXEMPTION = "exemption"


@dataclass(frozen=True, slots=True)
class Touched:
    """Whether the incident, if it happened, breached the term; reasons without the event itself."""

    answer: Truth
    reasons: tuple[Reason, ...]
    certain: tuple[Sighting, ...]


def touched(
    incident: Incident,
    term: Term,
    acts: Sequence[str],
    touchings: Sequence[Touching],
    sources: Mapping[str, Source],
) -> Touched:
    """Yes where an observation without an interest, or an admission, certainly touches the term.

    No where every observation of the act surely does not: it was screened, as any touching of it shows, and has
    none of this term and reading, or one that says no. Else unknown: also where another observation without an
    interest speaks against it, and where an exemption is open.
    """
    saying = {one.ref: one for one in incident.members if affirms(one.observation, acts)}
    found = {one.ref: one for one in _own(term, touchings) if one.ref in saying}
    weighty = {ref for ref, one in saying.items() if _independent(one.observation, sources)}
    spoken = {ref for ref, one in saying.items() if act_of(one.observation) in acts}
    certain = tuple(ref for ref, one in found.items() if one.answer is Truth.YES)
    open_refs = tuple(ref for ref, one in found.items() if _open(one))
    outside = {ref for ref in spoken if ref not in found or found[ref].answer is Truth.NO}
    against = tuple(sorted(outside & weighty))
    good = tuple(ref for ref in certain if ref in weighty)
    independent, consistent, closed = (
        of(bool(good) or None),
        of(not against or None),
        of(not open_refs or None),
    )
    reasons = (
        *_screened(found.values()),
        Reason("violation.independent", independent, good or certain, _SAYS["independent", independent]),
        Reason("violation.consistent", consistent, against, _SAYS["consistent", consistent]),
        Reason("violation.exemption", closed, open_refs, _SAYS["exemption", closed]),
    )
    surely_not = bool(spoken) and outside == spoken and spoken <= {one.ref for one in touchings}
    answer = Truth.NO if surely_not else all_of((independent, consistent, closed))
    return Touched(answer, reasons, tuple(saying[ref] for ref in good))


def _own(term: Term, touchings: Iterable[Touching]) -> list[Touching]:
    mine = [one for one in touchings if (one.term, one.reading) == (term.id, term.reading)]
    return sorted(mine, key=lambda one: one.ref)


_SAYS: Mapping[tuple[str, Truth], str] = {
    ("independent", Truth.YES): "certain by an observation without an interest, or by an admission",
    ("independent", Truth.UNKNOWN): "no observation without an interest makes it certain",
    ("consistent", Truth.YES): "no observation without an interest speaks against it",
    ("consistent", Truth.UNKNOWN): "an observation without an interest speaks against it",
    ("exemption", Truth.YES): "no exemption is open",
    ("exemption", Truth.UNKNOWN): "an exemption may apply and has not been ruled out",
}


def _independent(observation: Observation, sources: Mapping[str, Source]) -> bool:
    """A source without an interest that speaks for itself, or one that speaks against its own."""
    source = sources.get(observation.source) or unknown_source(observation.source)
    root = sources.get((observation.relays or "").partition("/")[0], source)
    if source.interest is None:
        return root.interest is None or root.interest == observation.by
    return source.interest == observation.by


def _open(touching: Touching) -> bool:
    return any(test.name == EXEMPTION and test.answer is Truth.UNKNOWN for test in touching.tests)


def _screened(found: Iterable[Touching]) -> Iterable[Reason]:
    """One reason for each test of screening: yes where it surely holds for any observation."""
    by_name: dict[str, list[tuple[Truth, Ref, str]]] = {}
    for touching in found:
        for test in touching.tests:
            by_name.setdefault(test.name, []).append((test.answer, touching.ref, test.says))
    for name in SCREENED:
        if name not in by_name:
            continue
        answer = any_of(one for one, _, _ in by_name[name])
        refs = tuple(ref for one, ref, _ in by_name[name] if one is answer)
        says = next(words for one, _, words in by_name[name] if one is answer)
        yield Reason(f"violation.{name}", answer, refs, says)


def severity(
    term: Term, certain: Sequence[Sighting], facts: Callable[[Observation], Mapping[str, Value]]
) -> str:
    """The term's severity, or that of its last escalation that surely holds for an observation that counts."""
    level = term.severity
    for escalation in term.escalations:
        if any(escalation.condition.holds(facts(one.observation)) is Truth.YES for one in certain):
            level = escalation.to
    return level
