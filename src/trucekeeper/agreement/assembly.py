"""From the files of a folder to one :class:`Agreement`, or to complaints about each place that is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath

from trucekeeper.agreement import lock, sections
from trucekeeper.agreement.clauses import Article, joined, read_articles
from trucekeeper.agreement.deconfliction import deconfliction
from trucekeeper.agreement.ground import Ground, GroundReader
from trucekeeper.agreement.marked import Complaint, Complaints, Fields, Marked, read_marked
from trucekeeper.agreement.marks import Marks
from trucekeeper.agreement.model import (
    Agreement,
    Clause,
    Deconfliction,
    LeftOut,
    Procedure,
    Publication,
    Term,
)
from trucekeeper.agreement.terms import Names, TermReader, Terms
from trucekeeper.parties.model import Guarantor, Party
from trucekeeper.places.zone import Area

HEAD = "agreement.yaml"

Assembled = tuple[Agreement | None, Marks | None, tuple[Complaint, ...]]


def assemble(files: Mapping[str, bytes], supplied: Mapping[str, bytes]) -> Assembled:
    """The agreement with its marks, and every complaint; no agreement where any is an error."""
    complaints = Complaints(HEAD)
    root = complaints.attempt(lambda: read_marked(files[HEAD]).fields(sections.NEEDED, sections.OPTIONAL))
    if root is None:
        return None, None, tuple(complaints.found)
    reader = _Reader(root, files, supplied, complaints)
    agreement, marks = reader.read() or (None, None)
    found = (*complaints.found, *reader.text_complaints)
    if any(complaint.severity == "error" for complaint in found):
        return None, None, found
    return agreement, marks, found


@dataclass(frozen=True, slots=True)
class _Procedures:
    publication: Publication
    procedure: Procedure
    quorum: str


@dataclass(frozen=True, slots=True)
class _Said:
    head: sections.Head
    parties: tuple[Party, ...]
    guarantors: tuple[Guarantor, ...]
    clauses: tuple[Clause, ...]
    actions: tuple[tuple[str, tuple[str, ...]], ...]
    exemptions: tuple[tuple[str, str], ...]
    procedures: _Procedures


@dataclass(slots=True)
class _Reader:
    """Reads the sections in the order in which they need each other."""

    root: Fields
    files: Mapping[str, bytes]
    supplied: Mapping[str, bytes]
    complaints: Complaints
    text_complaints: list[Complaint] = field(default_factory=list[Complaint])
    articles: dict[str, tuple[str, int]] = field(default_factory=dict[str, tuple[str, int]])

    def read(self) -> tuple[Agreement, Marks] | None:
        """The agreement as far as it can be read; None where a section that others need cannot."""
        root, attempt = self.root, self.complaints.attempt
        head = attempt(partial(sections.head, root["agreement"]))
        parties = attempt(partial(sections.parties, root["parties"]))
        if head is None or parties is None:
            return None
        guarantors = attempt(partial(sections.guarantors, root["guarantors"], parties)) or ()
        clauses = self._clauses(head.languages)
        ids = tuple(clause.id for clause in clauses)
        ground = self._ground(tuple(party.id for party in parties))
        actions = attempt(partial(sections.actions, root.get("actions"))) or ()
        exemptions = attempt(partial(sections.exemptions, root.get("exemptions"), ids)) or ()
        names = Names(
            parties=tuple(party.id for party in parties),
            guarantors=tuple(guarantor.id for guarantor in guarantors),
            clauses=ids,
            zones=tuple(ground.marks),
            actions=tuple(name for name, _ in actions),
            exemptions=tuple(name for name, _ in exemptions),
        )
        terms = attempt(partial(TermReader(names, self.complaints).read, root["terms"], root.get("readings")))
        procedures = self._procedures(names)
        if terms is None or procedures is None:
            return None
        said = _Said(head, parties, guarantors, clauses, actions, exemptions, procedures)
        return self._agreement(said, terms, ground), self._marks(terms, ground, ids)

    def _agreement(self, said: _Said, terms: Terms, ground: Ground) -> Agreement:
        kept, left_out = self._evaluated(terms, ground)
        files = lock.locked(self.files)
        sectors = self._listed("sectors", tuple(ground.marks), "zone of this agreement")
        read_rates = partial(sections.base_rates, self.root.get("base_rates"))
        return Agreement(
            id=said.head.id,
            title=said.head.title,
            in_force=said.head.in_force,
            timezone=said.head.timezone,
            languages=said.head.languages,
            historical=said.head.historical,
            parties=said.parties,
            guarantors=said.guarantors,
            clauses=said.clauses,
            terms=kept,
            lines=tuple(ground.lines.values()),
            sides=tuple((line, left, right) for line, (left, right) in ground.sides.items()),
            zones=tuple(ground.zones.values()),
            sectors=tuple(name for name in sectors if name in ground.zones),
            actions=said.actions,
            base_rates=self.complaints.attempt(read_rates) or (),
            publication=said.procedures.publication,
            procedure=said.procedures.procedure,
            witness_quorum=said.procedures.quorum,
            digest=lock.digest(files, self.supplied),
            exemptions=said.exemptions,
            lines_as_of=tuple(ground.as_of.items()),
            not_evaluated=left_out,
            files=files,
            deconfliction=self._deconfliction(ground),
        )

    def _deconfliction(self, ground: Ground) -> Deconfliction | None:
        value = self.root.get("deconfliction")
        if value is None:
            return None
        drawn = tuple(name for name, zone in ground.zones.items() if isinstance(zone.shape, Area))
        return self.complaints.attempt(partial(deconfliction, value, drawn))

    def _marks(self, terms: Terms, ground: Ground, ids: tuple[str, ...]) -> Marks:
        return Marks(
            terms=terms.marks,
            zones=ground.marks,
            clauses=self.articles,
            ladders=self.complaints.attempt(partial(_ladders, self.root.get("ladders"))) or (),
            declaratory=self._listed("declaratory", ids, "clause of the text"),
            clauses_of_terms=tuple(term.clause for term in terms.terms),
            zones_of_terms=tuple(zone for term in terms.terms for zone in term.zones),
        )

    def _listed(self, section: str, choices: tuple[str, ...], what: str) -> tuple[str, ...]:
        read = partial(sections.listed, self.root.get(section), choices, what)
        return self.complaints.attempt(read) or ()

    def _procedures(self, names: Names) -> _Procedures | None:
        root, attempt = self.root, self.complaints.attempt
        everybody = (*names.parties, *names.guarantors)
        publication = attempt(partial(sections.publication, root["publication"], everybody))
        procedure = attempt(partial(sections.procedure, root["procedure"]))
        quorum = attempt(partial(sections.quorum, root["witnesses"], len(names.guarantors)))
        if publication is None or procedure is None or quorum is None:
            return None
        return _Procedures(publication, procedure, quorum)

    def _ground(self, parties: tuple[str, ...]) -> Ground:
        reader = GroundReader(parties, self.files, self.supplied, self.complaints)
        found = self.complaints.attempt(partial(reader.read, self.root.get("lines"), self.root["zones"]))
        return found or Ground()

    def _clauses(self, languages: tuple[str, ...]) -> tuple[Clause, ...]:
        by_language: dict[str, tuple[Article, ...]] = {}
        collected = {language: Complaints(f"text/{language}.md") for language in languages}
        for language in languages:
            path = f"text/{language}.md"
            if path in self.files:
                by_language[language] = read_articles(self.files[path], collected[language])
            else:
                self.complaints.add(self.root["agreement"].line, f"{path} is missing; write the text there")
        clauses = joined(languages, by_language, collected)
        for path in self.files:
            if path.startswith("text/") and PurePosixPath(path).stem not in languages:
                collected[path] = Complaints(path)
                collected[path].add(1, "this language is not among the languages of the agreement")
        self.text_complaints.extend(complaint for each in collected.values() for complaint in each.found)
        first = languages[0]
        for article in by_language.get(first, ()):
            self.articles[article.id] = (f"text/{first}.md", article.line)
        return clauses

    def _evaluated(self, terms: Terms, ground: Ground) -> tuple[tuple[Term, ...], tuple[LeftOut, ...]]:
        """The terms that can be evaluated; the others with the reason, which is a note and never silent."""
        kept: list[Term] = []
        left_out: list[LeftOut] = []
        for term in terms.terms:
            wanted = sorted({ground.missing[zone] for zone in term.zones if zone in ground.missing})
            if not wanted:
                kept.append(term)
                continue
            why = f"not evaluated: nobody supplied the geometry {' and '.join(wanted)}"
            if not (term.reading and any(term.id == other.term.id for other in left_out)):
                name = f"{term.id}/{term.reading}" if term.reading else term.id
                line = terms.marks[term.id, term.reading]
                self.complaints.add(line, f"the term {name!r} is {why}", term.clause, "note")
            left_out.append(LeftOut(term, why))
        return tuple(kept), tuple(left_out)


def _ladders(value: Marked | None) -> tuple[tuple[str, int], ...]:
    found = tuple((item.identifier(), item.line) for item in (value.items() if value else ()))
    if value is not None and len(dict(found)) != len(found):
        value.refuse("a ladder is named twice; name each once")
    return found
