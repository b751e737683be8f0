"""Agreement and incident to findings: pure, the same on every machine and in any order of arrival."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trucekeeper.agreement.model import Agreement, Modality, Term
from trucekeeper.findings.evidence import acts_affirmed, items, prior_ppm
from trucekeeper.findings.model import Finding, Question, Reason
from trucekeeper.findings.proof import Proof, Redrawn, proven
from trucekeeper.findings.standard import ESTABLISHED, NOT_ESTABLISHED, REFUTED, UNVERIFIABLE
from trucekeeper.findings.violation import severity, touched
from trucekeeper.findings.weapons import weapon
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.truth import Truth, all_of
from trucekeeper.parties.model import Source
from trucekeeper.screening.facts import facts
from trucekeeper.screening.model import Touching
from trucekeeper.weighing.model import Hypothesis, Item
from trucekeeper.weighing.ports import Weigher


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of probability under one term: what is weighed, and the standard that it has to reach, in ppm."""

    term: Term
    hypothesis: Hypothesis
    items: tuple[Item, ...]
    rivals: tuple[Redrawn, ...]
    standard_ppm: int


def asked(  # noqa: PLR0913, PLR0917 - as assess
    incident: Incident,
    term: Term,
    question: Question,
    sources: Mapping[str, Source],
    coverage: Sequence[Sighting],
    agreement: Agreement,
    redrawn: Sequence[tuple[int, Incident]] = (),
) -> Asked:
    """What is weighed for one question on an incident; see :func:`assess` for the arguments."""
    acts = agreement.acts_of(term.action)
    hypothesis = Hypothesis(
        question=question.value,
        act=term.action,
        party=term.party if question is Question.ATTRIBUTION else None,
        prior_ppm=prior_ppm(agreement, term, acts_affirmed(incident, acts), question),
    )
    mine = {one.ref for one in incident.members}
    rivals = tuple(
        Redrawn(
            weight,
            items(other, sources, question, term, acts, coverage),
            frozenset(mine.symmetric_difference(one.ref for one in other.members)),
        )
        for weight, other in redrawn
    )
    standard = term.standard
    return Asked(
        term=term,
        hypothesis=hypothesis,
        items=items(incident, sources, question, term, acts, coverage),
        rivals=rivals,
        standard_ppm=standard.event_ppm if question is Question.EVENT else standard.attribution_ppm,
    )


@dataclass(frozen=True, slots=True)
class _Drafting:
    incident: Incident
    term: Term
    acts: tuple[str, ...]
    sources: Mapping[str, Source]
    agreement: Agreement
    weigher: Weigher
    redrawn: Sequence[tuple[int, Incident]]

    def proof(self, question: Question, coverage: Sequence[Sighting]) -> Proof:
        """What the evidence says to one question of probability."""
        one = asked(self.incident, self.term, question, self.sources, coverage, self.agreement, self.redrawn)
        return proven(self.weigher, one.hypothesis, one.items, one.standard_ppm, one.rivals)

    def event(self, event: Proof) -> Finding:
        """Did it happen."""
        words = _words(event.answer, seen=event.seen)
        return self._finding(Question.EVENT, event.answer, words, event.reasons, event.probability_ppm)

    def violation(self, event: Proof, touchings: Sequence[Touching], by: Finding) -> Finding:
        """Did it breach the term: the event, certainly within the term, no exemption open, and not by another.

        Who did it may stay unknown; but what another side did is no breach of this bearer's term.
        """
        breach = touched(self.incident, self.term, self.acts, touchings, self.sources)
        bearer = _bearer_reason(by)
        answer = all_of((event.answer, breach.answer, bearer.answer))
        reasons = (_event_reason("violation", event), *breach.reasons, bearer)
        words = _words(answer, seen=event.seen)
        found = self._finding(Question.VIOLATION, answer, words, reasons)
        level = None if answer is Truth.NO else severity(self.term, breach.certain, facts)
        return replace(found, severity=level)

    def attribution(self, event: Proof, by: Proof) -> Finding:
        """Did the bearer do it: no answer unless the event is established."""
        answer = by.answer if event.answer is Truth.YES else Truth.UNKNOWN
        told = weapon(self.incident, self.term.party, self.acts, self.sources)
        reasons = (_event_reason("attribution", event), *by.reasons, *told)
        words = _words(answer, seen=by.seen)
        return self._finding(Question.ATTRIBUTION, answer, words, reasons, by.probability_ppm)

    def _finding(
        self,
        question: Question,
        answer: Truth,
        words: str,
        reasons: tuple[Reason, ...],
        probability_ppm: int | None = None,
    ) -> Finding:
        return Finding(
            incident=self.incident.id,
            term=self.term.id,
            reading=self.term.reading,
            question=question,
            answer=answer,
            words=words,
            party=None if question is Question.EVENT else self.term.party,
            probability_ppm=probability_ppm,
            severity=None,
            reasons=reasons,
        )


def _event_reason(question: str, event: Proof) -> Reason:
    affirming = next(reason.refs for reason in event.reasons if reason.test == "event.affirmed")
    return Reason(
        f"{question}.event", event.answer, affirming, f"the event is {_words(event.answer, seen=event.seen)}"
    )


def _bearer_reason(by: Finding) -> Reason:
    if by.answer is not Truth.NO:
        return Reason(
            "violation.bearer", Truth.YES, (), "it is not established that another than the bearer did it"
        )
    denied = next(reason.refs for reason in by.reasons if reason.test == "attribution.denied")
    return Reason(
        "violation.bearer", Truth.NO, denied, "it is established that another than the bearer did it"
    )


def _words(answer: Truth, *, seen: bool) -> str:
    if answer is Truth.UNKNOWN:
        return NOT_ESTABLISHED if seen else UNVERIFIABLE
    return ESTABLISHED if answer is Truth.YES else REFUTED


def assess(  # noqa: PLR0913, PLR0917 - a finding follows from exactly these eight, and hides none of them
    incident: Incident,
    term: Term,
    touchings: Sequence[Touching],
    sources: Mapping[str, Source],
    coverage: Sequence[Sighting],
    agreement: Agreement,
    weigher: Weigher,
    redrawn: Sequence[tuple[int, Incident]] = (),
) -> tuple[Finding, ...]:
    """The event, violation and attribution findings of one incident under one term (or rival reading).

    ``touchings`` are all those of the incident's members, of other terms and readings too: they show that an
    observation was screened (those of other observations are passed over). ``coverage`` is every coverage that
    may overlap the incident (what surely does not is passed over). ``redrawn`` is the incident as other linkings
    draw it, each with its weight: an answer has to hold under each of them. A permission cannot be violated: a MAY term
    has no findings.
    """
    if term.modality is Modality.MAY:
        return ()
    ordered = replace(incident, members=tuple(sorted(incident.members, key=lambda one: one.ref)))
    draft = _Drafting(ordered, term, agreement.acts_of(term.action), sources, agreement, weigher, redrawn)
    event = draft.proof(Question.EVENT, coverage)
    attribution = draft.attribution(event, draft.proof(Question.ATTRIBUTION, coverage))
    return draft.event(event), draft.violation(event, touchings, attribution), attribution
