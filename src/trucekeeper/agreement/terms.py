"""The sections ``terms`` and ``readings``: what makes each clause checkable, and who reads it otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from trucekeeper.agreement.condition import Fact, Known, OneOf, SameWord, walk
from trucekeeper.agreement.expression import Expression, compile_expression
from trucekeeper.agreement.marked import Complaints, Fields, Marked, Refused
from trucekeeper.agreement.model import Escalation, Modality, Standard, Term, Within
from trucekeeper.agreement.vocabulary import ACTS, SEVERITIES, WORDS
from trucekeeper.kernel.errors import BadInput

_NEEDED = ("id", "clause", "party", "modality", "action", "evidence", "severity")
_OPTIONAL = ("when", "where", "within", "except", "lest")
REPLACEABLE = ("action", "when", "where", "within", "except", "evidence", "severity", "modality")
"""What a rival reading may read otherwise."""

_UNSAID = Standard(1_000_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Names:
    """What a term may refer to."""

    parties: tuple[str, ...]
    guarantors: tuple[str, ...]
    clauses: tuple[str, ...]
    zones: tuple[str, ...]
    actions: tuple[str, ...]
    exemptions: tuple[str, ...]


@dataclass(slots=True)
class Terms:
    """Terms in the order of the file, main readings first, and the line each stands on."""

    terms: list[Term] = field(default_factory=list[Term])
    marks: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])


@dataclass(frozen=True, slots=True)
class TermReader:
    """Reads terms and readings against the names that the file declares."""

    names: Names
    complaints: Complaints

    def read(self, terms: Marked, readings: Marked | None) -> Terms:
        """Everything that can be read; what cannot becomes a complaint that names its clause."""
        found = Terms()
        for item in terms.items():
            self.complaints.attempt(partial(self._term, found, item), _clause_of(item))
        main = {term.id: term for term in found.terms}
        for item in readings.items() if readings else ():
            self.complaints.attempt(partial(self._reading, found, main, item))
        return found

    def _term(self, found: Terms, item: Marked) -> None:
        given = item.fields(_NEEDED, _OPTIONAL)
        name = given["id"].identifier()
        if (name, "") in found.marks or name == "in-force":
            item.refuse(f"the term id {name!r} is used twice or reserved; give each term its own")
        found.marks[name, ""] = item.line
        clause = given["clause"].text()
        if clause not in self.names.clauses:
            given["clause"].refuse(f"{clause[:40]!r} is no clause of the text; the anchors stand in text/")
        lest = given.get("lest")
        blank = Term(
            id=name,
            clause=clause,
            party=given["party"].one_of(self.names.parties, "party of this agreement"),
            modality=_modality(given["modality"]),
            action="",
            when=None,
            zones=(),
            within=None,
            exemptions=(),
            standard=_UNSAID,
            severity="",
            escalations=(),
            lest=lest.identifier() if lest else None,
        )
        found.terms.append(self._with(blank, given))

    def _reading(self, found: Terms, main: Mapping[str, Term], item: Marked) -> None:
        given = item.fields(("of", "id", "replaces"), ("by", "source"))
        name = given["id"].identifier()
        by, source = given.get("by"), given.get("source")
        if (by is None) == (source is None):
            item.refuse("a reading has one author: 'by' a party or guarantor, or 'source' in words")
        who = by.one_of((*self.names.parties, *self.names.guarantors), "party or guarantor") if by else None
        if source is not None:
            who = source.text()
        replaces = given["replaces"].fields((), REPLACEABLE)
        for of in given["of"].one_or_more():
            term = main.get(of.text())
            if term is None:
                of.refuse(f"the reading {name!r} reads {of.text()[:40]!r}, which is no term here")
            if (term.id, name) in found.marks:
                of.refuse(f"the reading id {name!r} is used twice for the term {term.id!r}")
            found.marks[term.id, name] = item.line
            try:
                changed = self._with(replace(term, reading=name, read_by=who), replaces)
            except Refused as refusal:
                self.complaints.add(refusal.line, refusal.says, term.clause)
                continue
            if replace(changed, reading="", read_by=None) == term:
                self.complaints.add(
                    item.line, f"the reading {name!r} changes nothing", term.clause, "warning"
                )
            found.terms.append(changed)

    def _with(self, term: Term, given: Fields) -> Term:
        """``term`` with what ``given`` says in place of what it said."""
        values = given.values
        if "modality" in values:
            term = replace(term, modality=_modality(values["modality"]))
        if "action" in values:
            choices = (*self.names.actions, *ACTS)
            term = replace(term, action=values["action"].one_of(choices, "act or class of acts"))
        if "when" in values:
            term = replace(term, when=self.condition(given.get("when")))
        if "where" in values:
            term = replace(
                term, zones=_listed(given.get("where"), self.names.zones, "zone of this agreement")
            )
        if "within" in values:
            term = replace(term, within=_within(given.get("within")))
        if "except" in values:
            exemptions = _listed(given.get("except"), self.names.exemptions, "exemption of this agreement")
            term = replace(term, exemptions=exemptions)
        if "evidence" in values:
            term = replace(term, standard=_standard(values["evidence"]))
        if "severity" in values:
            base, escalations = self._severity(values["severity"])
            term = replace(term, severity=base, escalations=escalations)
        return term

    def condition(self, value: Marked | None) -> Expression | None:
        """A compiled condition whose words all exist; None where nothing is written."""
        if value is None:
            return None
        try:
            found = compile_expression(value.text())
        except BadInput as error:
            value.refuse(str(error))
        for fact, word in _words(found):
            allowed = self.names.parties if fact == "by" else WORDS.get(fact)
            if allowed is not None and word not in allowed:
                value.refuse(f"{fact} is never {word[:40]!r}; its words are {', '.join(allowed)}")
        return found

    def _severity(self, value: Marked) -> tuple[str, tuple[Escalation, ...]]:
        if value.is_scalar:
            return value.one_of(SEVERITIES, "severity"), ()
        given = value.fields(("base",), ("escalate",))
        steps = given.get("escalate")
        return given["base"].one_of(SEVERITIES, "severity"), tuple(
            self._escalation(step.fields(("if", "to"))) for step in (steps.items() if steps else ())
        )

    def _escalation(self, given: Fields) -> Escalation:
        condition = self.condition(given["if"])
        if condition is None:
            given["if"].refuse("an escalation needs a condition")
        return Escalation(condition, given["to"].one_of(SEVERITIES, "severity"))


def _words(expression: Expression) -> list[tuple[str, str]]:
    """Each fact that is compared with a word, and the word."""
    found: list[tuple[str, str]] = []
    for node in walk(expression.root):
        match node:
            case SameWord(Fact(name), Known(str(word))) | SameWord(Known(str(word)), Fact(name)):
                found.append((name, word))
            case OneOf(Fact(name), choices):
                found.extend((name, word) for word in sorted(c for c in choices if isinstance(c, str)))
            case _:
                pass
    return found


def _clause_of(item: Marked) -> str:
    try:
        return next((value.text() for key, value in item.entries() if key.text() == "clause"), "")
    except Refused:
        return ""


def _modality(value: Marked) -> Modality:
    return Modality(value.one_of(tuple(modality.value for modality in Modality), "norm word"))


def _listed(value: Marked | None, choices: tuple[str, ...], what: str) -> tuple[str, ...]:
    if value is None:
        return ()
    found = tuple(
        item.one_of(choices, what) if choices else item.identifier() for item in value.one_or_more()
    )
    if len(set(found)) != len(found):
        value.refuse(f"a {what} is named twice; name each once")
    if not choices and found:
        value.refuse(f"{found[0]!r} is no {what}; none is declared")
    return found


def _within(value: Marked | None) -> Within | None:
    if value is None:
        return None
    given = value.fields(("days", "of"), ("counting",))
    counting = given.get("counting")
    return Within(
        days=given["days"].whole(1, 36_525),
        of=given["of"].identifier(),
        counting=counting.one_of(("after", "of"), "way to count") if counting else "after",
    )


def _standard(value: Marked) -> Standard:
    given = value.fields(("event", "attribution"))
    return Standard(given["event"].probability_ppm(), given["attribution"].probability_ppm())
