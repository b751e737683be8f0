"""The agreement as a two-column page, as plain data: the articles' words left, what is checked of them right."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from trucekeeper.agreement.calendar import deadline_of
from trucekeeper.agreement.model import Agreement, Clause, Modality, Term, Within
from trucekeeper.kernel.clock import Instant, to_datetime
from trucekeeper.places.zone import Band, Side, Zone

_NORMS = {Modality.MUST: "must", Modality.SHANT: "must not", Modality.MAY: "may"}
_ITEM = re.compile(r"\d{1,2}\. ")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a term: what it is about, and its words; ``code`` says that the words are a condition."""

    label: str
    words: tuple[str, ...]
    code: bool = False


@dataclass(frozen=True, slots=True)
class Rival:
    """A reading beside the main text: whose it is, and only the rows in which it differs, as (label, main, rival)."""

    id: str
    by: str
    rows: tuple[tuple[Row, Row], ...]


@dataclass(frozen=True, slots=True)
class TermBox:
    """Terms that are the same for several bearers, in one box."""

    ids: tuple[str, ...]
    bearers: tuple[str, ...]
    norm: str
    rows: tuple[Row, ...]
    rivals: tuple[Rival, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """An article in one language, as paragraphs."""

    language: str
    right_to_left: bool
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One article and everything checked of it; ``remarks`` say what else it does, or that nothing is checked."""

    id: str
    title: str
    words: tuple[Words, ...]
    boxes: tuple[TermBox, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page shows."""

    title: str
    id: str
    historical: bool
    languages: tuple[str, ...]
    facts: tuple[Row, ...]
    clauses: tuple[ClauseRow, ...]
    digest: str


def page(agreement: Agreement) -> Page:
    """The page of an agreement; the same bytes in, the same page out."""
    sheet = _Sheet(agreement)
    return Page(
        title=agreement.title,
        id=agreement.id,
        historical=agreement.historical,
        languages=agreement.languages,
        facts=tuple(sheet.facts()),
        clauses=tuple(sheet.clause(clause) for clause in agreement.clauses),
        digest=agreement.digest,
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    agreement: Agreement

    def facts(self) -> Iterator[Row]:
        agreement = self.agreement
        yield Row("Parties", tuple(f"{party.name} ({party.id})" for party in agreement.parties))
        if agreement.guarantors:
            yield Row("Guarantors", tuple(f"{each.name} ({each.id})" for each in agreement.guarantors))
        yield Row("In force from", (self.moment(agreement.in_force),))
        if agreement.lines_as_of:
            yield Row("Lines", tuple(f"{line}, as of {when}" for line, when in agreement.lines_as_of))
        publication, procedure = agreement.publication, agreement.procedure
        hour, minute = divmod(publication.cut_off_min, 60)
        to = " and ".join(publication.daily_report)
        yield Row("Daily report", (f"to {to}, its day ends at {hour:02d}:{minute:02d} local",))
        to = " and ".join(publication.findings)
        how = (
            f"after {procedure.reply_hours} hours for a reply, signed by {procedure.panel_votes} of the panel"
        )
        yield Row("Findings", (f"to {to}, {how}",))
        number = agreement.witness_quorum.partition("-")[0]
        yield Row("Cosigned by", (f"{number} of {len(agreement.guarantors)} guarantors",))

    def clause(self, clause: Clause) -> ClauseRow:
        terms = [term for term in self.agreement.in_force_terms() if term.clause == clause.id]
        terms.sort(key=self._sameness)
        boxes = tuple(self.box(tuple(same)) for _, same in groupby(terms, self._sameness))
        words = tuple(
            Words(lang, lang[:2] in {"ar", "fa", "he", "ur"}, _split(text)) for lang, text in clause.texts
        )
        return ClauseRow(clause.id, clause.title, words, boxes, tuple(self._remarks(clause, terms)))

    def _remarks(self, clause: Clause, terms: list[Term]) -> Iterator[str]:
        granted = [name for name, of in self.agreement.exemptions if of == clause.id]
        if granted:
            yield f"Grants the exemption {' and '.join(granted)}."
        evaluated = {term.id for term in terms}
        left_out = [each for each in self.agreement.not_evaluated if each.term.clause == clause.id]
        for each in left_out:
            if not each.term.reading:
                yield f"{each.term.id}: {each.says}."
            elif each.term.id in evaluated:
                yield f"{each.term.id}/{each.term.reading}: {each.says}."
        if not (terms or granted or left_out):
            yield "Nothing here is checked by machine."

    def _sameness(self, term: Term) -> tuple[str, ...]:
        """What two terms must share to stand in one box: all but the bearer and its zones."""
        rivals = self._rivals(term)
        return (term.action, *(repr(row) for row in self._rows(term)),
                *(f"{rival.reading} {rival.read_by} {self._rows(rival)}" for rival in rivals))  # fmt: skip

    def _rivals(self, term: Term) -> tuple[Term, ...]:
        return tuple(other for other in self.agreement.terms if other.id == term.id and other.reading)

    def box(self, terms: tuple[Term, ...]) -> TermBox:
        names = {party.id: party.name for party in self.agreement.parties}
        first = terms[0]
        rows = list(self._rows(first))
        rows[1:1] = self._where(terms)
        return TermBox(
            ids=tuple(term.id for term in terms),
            bearers=tuple(names[term.party] for term in terms),
            norm=_NORMS[first.modality],
            rows=tuple(rows),
            rivals=tuple(self._rival(terms, rival) for rival in self._rivals(first)),
        )

    def _rival(self, terms: tuple[Term, ...], rival: Term) -> Rival:
        people = {party.id: party.name for party in self.agreement.parties}
        people |= {guarantor.id: guarantor.name for guarantor in self.agreement.guarantors}
        main = {row.label: row for row in (*self._rows(terms[0]), *self._where(terms))}
        same = tuple(t for term in terms for t in self._rivals(term) if t.reading == rival.reading)
        other = {row.label: row for row in (*self._rows(rival), *self._where(same))}
        nothing = "nothing said"
        pairs = tuple(
            (main.get(label, Row(label, (nothing,))), other.get(label, Row(label, (nothing,))))
            for label in dict.fromkeys((*main, *other))
            if main.get(label) != other.get(label)
        )
        return Rival(rival.reading, people.get(rival.read_by or "", rival.read_by or ""), pairs)

    def _where(self, terms: tuple[Term, ...]) -> list[Row]:
        names = {party.id: party.name for party in self.agreement.parties}
        zones = [tuple(self.zone(self.agreement.zone(zone)) for zone in term.zones) for term in terms]
        if all(found == zones[0] for found in zones):
            return [Row("Where", zones[0] or ("everywhere",))]
        words = tuple(
            f"{names[term.party]}: {'; '.join(found)}" for term, found in zip(terms, zones, strict=True)
        )
        return [Row("Where", words)]

    def _rows(self, term: Term) -> Iterator[Row]:
        acts = self.agreement.acts_of(term.action)
        yield Row("Act", (term.action if acts == (term.action,) else f"{term.action}: {', '.join(acts)}",))
        if term.when:
            yield Row("Only if", (str(term.when),), code=True)
        due = deadline_of(self.agreement, term)
        if due is not None and term.within is not None:
            label = "From" if term.modality is Modality.SHANT else "Before"
            yield Row(label, (self.moment(due), _counted(term.within)))
        if term.exemptions:
            grants = dict(self.agreement.exemptions)
            yield Row("Exempt", tuple(f"{name} ({grants[name]})" for name in term.exemptions))
        event, attribution = (
            _percent(ppm) for ppm in (term.standard.event_ppm, term.standard.attribution_ppm)
        )
        yield Row("Proof", (f"{event} that it happened, {attribution} that the party did it",))
        steps = tuple(f"{step.to} if {step.condition}" for step in term.escalations)
        yield Row("Severity", (term.severity, *steps))
        if term.lest:
            yield Row("Or else", (term.lest,))

    def zone(self, zone: Zone) -> str:
        """A zone in words: its name, its distances and side, and the time outside which it does not stand."""
        words = zone.id
        if isinstance(zone.shape, Band):
            band = zone.shape
            words = f"{_km(band.from_m)} to {_km(band.to_m)} km from {band.line.id}, {self._side(band)}"
        start, end = zone.valid.start, zone.valid.end
        if start != self.agreement.in_force:
            words += f", from {self.moment(start)}"
        return words if end is None else f"{words}, until {self.moment(end)}"

    def _side(self, band: Band) -> str:
        if band.side is Side.BOTH:
            return "both sides"
        names = {party.id: party.name for party in self.agreement.parties}
        sides = {line: (left, right) for line, left, right in self.agreement.sides}
        left, right = sides[band.line.id]
        return f"the side of {names[left if band.side is Side.LEFT else right]}"

    def moment(self, at: Instant) -> str:
        """``1 March 2026, 02:00 (Etc/GMT-2), which is 2026-03-01 00:00 UTC``."""
        utc = to_datetime(at)
        local = utc.astimezone(self.agreement.timezone)
        return (
            f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M} ({self.agreement.timezone.key}), "
            f"which is {utc:%Y-%m-%d %H:%M} UTC"
        )


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def _counted(within: Within) -> str:
    start = "the agreement enters into force" if within.of == "in-force" else f"the time of {within.of} is up"
    first = f"the day after {start}" if within.counting == "after" else f"the day on which {start}"
    return f"{within.days} {'day' if within.days == 1 else 'days'}, the first being {first}"


def _split(text: str) -> tuple[str, ...]:
    """Paragraphs: a blank line or a numbered item begins a new one."""
    found: list[str] = []
    fresh = True
    for line in text.splitlines():
        if not line.strip():
            fresh = True
        elif fresh or _ITEM.match(line):
            found.append(line.strip())
            fresh = False
        else:
            found[-1] += " " + line.strip()
    return tuple(found)


def _percent(ppm: int) -> str:
    return f"{(Decimal(ppm) / 10_000).normalize():f} %"


def _km(metres: int) -> str:
    return f"{(Decimal(metres) / 1000).normalize():f}"
