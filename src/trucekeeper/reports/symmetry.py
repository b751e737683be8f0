"""The measure of process that is taken of each side alike: allegations, cases, time, answers, corrections.

Everything is counted from the agreement's entry into force to the end of the report, on the entries known to it.
A side's name enters only by being compared with: swap the sides, and the measures swap.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from statistics import median_low

from trucekeeper.findings.model import Case, Finding, Question
from trucekeeper.findings.standard import ESTABLISHED, NOT_ESTABLISHED, REFUTED, UNVERIFIABLE
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import NotFound
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.record.ref import Ref
from trucekeeper.reports.counting import Neutral
from trucekeeper.reports.ports import Reportbook

ANSWERS = (ESTABLISHED, NOT_ESTABLISHED, UNVERIFIABLE, REFUTED)
"""What a case may say of a side, in the order in which the strongest of several terms is taken."""
ALLEGING = (Kind.CLAIM, Kind.REPORT, Kind.DETECTION, Kind.HOLDING, Kind.ACCESS_REFUSED)
DECIDED = ("decided", "corrected")
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Decision:
    """What the panel decided on one side in one case; ``minutes`` from the incident's first entry, None if unknown.

    ``refs`` are the draft and the votes that decided it, ``first`` the incident's first entry. ``wrong`` are the
    entries that corrected it later: errata, or a newer decision on the same incident with another answer.
    """

    answer: str
    refs: tuple[Ref, ...]
    first: Ref
    minutes: int | None
    wrong: tuple[Ref, ...]
    attributed: tuple[tuple[int, bool], ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """One side's lines: the entries of each allegation, the cases opened, and the decisions."""

    allegations: tuple[tuple[Ref, ...], ...]
    opened: tuple[Ref, ...]
    decisions: tuple[Decision, ...]

    @property
    def median_min(self) -> int | None:
        """The lower median of the minutes to a decision."""
        known = [one.minutes for one in self.decisions if one.minutes is not None]
        return median_low(known) if known else None


@dataclass(frozen=True, slots=True)
class Matter:
    """A case, the incident that it is about, as it stands, and the parties that this is laid to by others."""

    case: Case
    incident: Incident
    laid_to: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that the measures are taken from, read once: ``laid`` holds each happening's allegations by party."""

    laid: tuple[Mapping[str, tuple[Ref, ...]], ...]
    cases: tuple[Matter, ...]
    admitted: Mapping[Ref, Instant]


def ledger(book: Reportbook, neutral: Neutral, when: Interval, upto: int) -> Ledger:
    """What was alleged and decided within ``when``."""
    incidents = {one.id: one for one in book.incidents(None, upto)}
    linked = {member.ref for one in incidents.values() for member in one.members}
    loose = (
        (one,) for one in book.sightings(when, ALLEGING, upto)
        if one.ref not in linked and when.holds(one.observation.when.start)
    )  # fmt: skip
    grouped = (one.members for one in incidents.values() if when.holds(one.when.start))
    laid = tuple(_laid(neutral, members) for members in (*grouped, *loose))
    cases = tuple(_matters(book, neutral, incidents, when, upto))
    firsts = [_first(one.incident) for one in cases]
    return Ledger(laid, cases, book.admitted(firsts))


def measure(ledger: Ledger, party: str) -> Measure:
    """The one measure, taken of one party; of the cases on a term that binds it, those on what is laid to it."""
    bound = [one for one in ledger.cases if party in one.laid_to and _bound(one.case, party)]
    decided = [one for one in bound if one.case.state in DECIDED and one.case.decided_at is not None]
    return Measure(
        allegations=tuple(refs[party] for refs in ledger.laid if party in refs),
        opened=tuple(one.case.ref for one in bound),
        decisions=tuple(_decision(ledger.admitted, one, party, decided) for one in decided),
    )


def _matters(
    book: Reportbook, neutral: Neutral, incidents: Mapping[str, Incident], when: Interval, upto: int
) -> Iterator[Matter]:
    """The cases drafted within ``when``; one that was decided later is not decided yet."""
    for case in book.cases(upto):
        incident = _incident(book, incidents, case, upto)
        if incident is not None and when.holds(case.drafted_at):
            late = case.decided_at is not None and not when.holds(case.decided_at)
            known = replace(case, decided_at=None) if late else case
            yield Matter(known, incident, frozenset(_laid(neutral, incident.members)))


def _laid(neutral: Neutral, members: Iterable[Sighting]) -> Mapping[str, tuple[Ref, ...]]:
    """The parties that a happening is laid to by others than themselves, and the entries that do so."""
    found: dict[str, list[Ref]] = {}
    for one in members:
        party = _author(one.observation)
        own = neutral.interest(one.observation.source)
        if one.observation.kind in ALLEGING and party is not None and own != party:
            found.setdefault(party, []).append(one.ref)
    return {party: tuple(sorted(refs)) for party, refs in found.items()}


def _author(told: Observation) -> str | None:
    return told.by or (told.access.by if told.access is not None else None)


def _incident(book: Reportbook, incidents: Mapping[str, Incident], case: Case, upto: int) -> Incident | None:
    """The incident of a case as it stands, also after a merger; None where nothing is left of it."""
    name = _name(case)
    if name in incidents:
        return incidents[name]
    with suppress(NotFound):
        return book.incident(name, upto)
    return None


def _first(incident: Incident) -> Ref:
    return min(member.ref for member in incident.members)


def _name(case: Case) -> str:
    return case.findings[0].incident if case.findings else ""


def _bound(case: Case, party: str) -> tuple[tuple[Finding, ...], ...]:
    """The findings on each term of the main text that binds the party."""
    terms: dict[str, list[Finding]] = {}
    for one in case.findings:
        if not one.reading:
            terms.setdefault(one.term, []).append(one)
    return tuple(tuple(ones) for ones in terms.values() if any(one.party == party for one in ones))


def _answer(terms: Iterable[tuple[Finding, ...]]) -> str:
    """The strongest answer of several terms."""
    return min((_of_term(ones) for ones in terms), key=ANSWERS.index)


def _of_term(findings: tuple[Finding, ...]) -> str:
    by = {one.question: one for one in findings}
    asked = [by[one] for one in (Question.VIOLATION, Question.ATTRIBUTION) if one in by]
    if len(asked) == 2 and all(one.answer is Truth.YES for one in asked):
        return ESTABLISHED
    if any(one.answer is Truth.NO for one in findings):
        return REFUTED
    return UNVERIFIABLE if any(one.words == UNVERIFIABLE for one in findings) else NOT_ESTABLISHED


def _decision(admitted: Mapping[Ref, Instant], matter: Matter, party: str, decided: list[Matter]) -> Decision:
    case, first = matter.case, _first(matter.incident)
    terms = _bound(case, party)
    answer = _answer(terms)
    began, ended = admitted.get(first), case.decided_at
    other = (
        newer.case.ref for newer in decided
        if newer.incident.id == matter.incident.id and (newer.case.decided_at or 0) > (ended or 0)
        and _answer(_bound(newer.case, party)) != answer
    )  # fmt: skip
    return Decision(
        answer=answer,
        refs=(case.ref, *(vote.ref for vote in case.votes if vote.void is None)),
        first=first,
        minutes=None if began is None or ended is None else max(0, ended - began) // MINUTE_MS,
        wrong=(*case.errata, *other),
        attributed=tuple(_attributed(terms)),
    )


def _attributed(terms: Iterable[tuple[Finding, ...]]) -> Iterator[tuple[int, bool]]:
    for one in (one for ones in terms for one in ones):
        if one.question is Question.ATTRIBUTION and one.probability_ppm is not None:
            yield one.probability_ppm, one.answer is Truth.YES
