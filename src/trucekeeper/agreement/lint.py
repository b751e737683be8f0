"""What is wrong or doubtful although every line can be read: how clauses, terms, zones and time fit together."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from trucekeeper.agreement.calendar import binds
from trucekeeper.agreement.expression import Expression
from trucekeeper.agreement.extent import crosses_itself, may_meet
from trucekeeper.agreement.marked import Complaint
from trucekeeper.agreement.marks import Marks
from trucekeeper.agreement.model import Agreement, Modality, Term
from trucekeeper.agreement.satisfiable import can_hold
from trucekeeper.places.zone import Band

_FILE = "agreement.yaml"


def cross_check(agreement: Agreement, marks: Marks) -> tuple[Complaint, ...]:
    """Every complaint about how the parts fit, in the order of the checks below."""
    check = _Check(agreement, marks)
    cycles = tuple(check.deadlines())
    complaints = (*cycles, *check.clauses(), *check.ladders(), *check.bands(), *check.zones(), *check.terms())
    if cycles:
        return complaints
    return (*complaints, *check.binding(), *check.contradictions())


@dataclass(frozen=True, slots=True)
class _Check:
    agreement: Agreement
    marks: Marks

    def _at(self, term: Term, severity: str, says: str) -> Complaint:
        return Complaint(_FILE, self.marks.terms[term.id, term.reading], term.clause, severity, says)

    def clauses(self) -> Iterator[Complaint]:
        """A clause that nothing makes checkable, and that nobody has called declaratory."""
        granted = {clause for _, clause in self.agreement.exemptions}
        spoken = granted | set(self.marks.clauses_of_terms)
        for clause in self.agreement.clauses:
            file, line = self.marks.clauses[clause.id]
            if clause.id not in spoken | set(self.marks.declaratory):
                says = "the clause has no term; write one, or list the clause under 'declaratory'"
                yield Complaint(file, line, clause.id, "warning", says)
            if clause.id in self.marks.declaratory and clause.id in spoken:
                yield Complaint(
                    file, line, clause.id, "warning", "the clause is declaratory and yet has a term"
                )

    def deadlines(self) -> Iterator[Complaint]:
        """A deadline counted from nothing, or from itself; a permission with a deadline."""
        left_out = tuple(each.term for each in self.agreement.not_evaluated)
        main = {term.id: term for term in (*self.agreement.terms, *left_out) if not term.reading}
        for term in self.agreement.terms:
            if term.within is None:
                continue
            if term.modality is Modality.MAY:
                yield self._at(
                    term, "warning", f"the term {term.id!r} is a MAY with a deadline; say what ends then"
                )
            seen = {term.id}
            of = term.within.of
            while of != "in-force":
                if of not in main:
                    yield self._at(
                        term, "error", f"its deadline counts from the term {of!r}, which is none here"
                    )
                    break
                if of in seen:
                    yield self._at(term, "error", "its deadline counts from itself, by way of other terms")
                    break
                seen.add(of)
                following = main[of].within
                of = following.of if following else "in-force"

    def ladders(self) -> Iterator[Complaint]:
        """A ladder that nothing leads to, and a ``lest`` that leads to no ladder."""
        declared = dict(self.marks.ladders)
        named = {term.lest for term in self.agreement.terms if term.lest}
        for term in self.agreement.in_force_terms():
            if term.lest and term.lest not in declared:
                yield self._at(term, "warning", f"lest names the ladder {term.lest!r}, which is not declared")
        for name, line in declared.items():
            if name not in named:
                yield Complaint(
                    _FILE, line, "", "warning", f"the ladder {name!r} is unreachable: no lest names it"
                )

    def bands(self) -> Iterator[Complaint]:
        """A band whose line crosses itself has no left and right."""
        for zone in self.agreement.zones:
            if isinstance(zone.shape, Band):
                where = crosses_itself(zone.shape.line)
                if where is not None:
                    says = (
                        f"the zone {zone.id!r} is a band along {zone.shape.line.id!r}, which crosses itself after "
                        f"its points {where[0] + 1} and {where[1] + 1}; correct the line"
                    )
                    yield Complaint(_FILE, self.marks.zones[zone.id], "", "error", says)

    def zones(self) -> Iterator[Complaint]:
        """A zone that nothing uses."""
        used = {zone for term in self.agreement.terms for zone in term.zones} | set(self.agreement.sectors)
        for zone in self.agreement.zones:
            if zone.id not in used | set(self.marks.zones_of_terms):
                says = f"no term and no sector uses the zone {zone.id!r}"
                yield Complaint(_FILE, self.marks.zones[zone.id], "", "warning", says)

    def terms(self) -> Iterator[Complaint]:
        """A condition that no fact can satisfy."""
        seen: set[tuple[str, Expression]] = set()
        for term in self.agreement.terms:
            conditions = [(term.when, "its condition")] if term.when else []
            conditions += [(step.condition, f"the condition of {step.to}") for step in term.escalations]
            acts = {"act": self.agreement.acts_of(term.action)}
            for condition, what in conditions:
                if (term.id, condition) not in seen and not can_hold((condition,), acts):
                    seen.add((term.id, condition))
                    yield self._at(term, "warning", f"{what} can never hold: {condition}")

    def binding(self) -> Iterator[Complaint]:
        """A term whose zones are all out of force for as long as it binds."""
        for term in self.agreement.terms:
            interval = binds(self.agreement, term)
            zones = [self.agreement.zone(zone) for zone in term.zones]
            if zones and not any(zone.valid.overlaps(interval) for zone in zones):
                yield self._at(term, "warning", "none of its zones is in force while the term binds")

    def contradictions(self) -> Iterator[Complaint]:
        """A MUST and a SHANT that one party cannot both keep, or may not be able to."""
        seen: set[frozenset[str]] = set()
        for one, two in combinations(self.agreement.terms, 2):
            if {one.modality, two.modality} != {Modality.MUST, Modality.SHANT} or one.id == two.id:
                continue
            pair = frozenset((one.id, two.id))
            if pair not in seen and self._clash(one, two):
                seen.add(pair)
                other = f"{one.id}/{one.reading}" if one.reading else one.id
                says = f"{two.id!r} and {other!r} may contradict: one party, act, zone and time under MUST and SHANT"
                yield self._at(two, "warning", says)

    def _clash(self, one: Term, two: Term) -> bool:
        agreement = self.agreement
        acts = tuple(act for act in agreement.acts_of(one.action) if act in agreement.acts_of(two.action))
        if one.party != two.party or not acts:
            return False
        if not binds(agreement, one).overlaps(binds(agreement, two)):
            return False
        conditions = tuple(term.when for term in (one, two) if term.when)
        return can_hold(conditions, {"act": acts}) and self._zones_meet(one, two)

    def _zones_meet(self, one: Term, two: Term) -> bool:
        if not one.zones or not two.zones:
            return True
        zones = self.agreement.zone
        return any(may_meet(zones(first), zones(second)) for first in one.zones for second in two.zones)
