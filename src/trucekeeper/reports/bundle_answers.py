"""The findings of a verified bundle, with the replies, votes and errata on them, for the page that a court reads.

Nothing is computed here: what is printed stands in the entries, in their words.
"""

from collections.abc import Sequence

from trucekeeper.findings import wire
from trucekeeper.findings.model import Draft, Finding, Question
from trucekeeper.findings.standard import TESTS
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.truth import Truth
from trucekeeper.reports.clean import clean
from trucekeeper.verifier.entries import Entry

View = dict[str, Json]
Signed = tuple[int, Entry, str]
"""An entry's number, the entry, and who signed it in words."""

ANSWERS = {Truth.YES: "yes", Truth.NO: "no", Truth.UNKNOWN: "not known"}
QUESTIONS = {Question.EVENT: "Event", Question.VIOLATION: "Breach", Question.ATTRIBUTION: "Attribution"}
ASKED = {
    Question.EVENT: "Did it happen?",
    Question.VIOLATION: "Does it breach the term?",
    Question.ATTRIBUTION: "Did the bound side do it?",
}


def cases(entries: Sequence[Signed]) -> list[Json]:
    """Every finding, in the order of the record, with all that was said on it."""
    return [_case(one, entries) for one in entries if one[1].kind == wire.FINDING]


def _case(finding: Signed, entries: Sequence[Signed]) -> View:
    index, entry, by = finding
    draft = wire.read_finding(canon.encode(entry.body))
    return {
        "number": str(index),
        "by": by,
        "incident": draft.incident,
        "agreement": draft.agreement,
        "method": clean(draft.method),
        "known": str(draft.upto),
        "terms": _terms(draft),
        "replies": _said(entries, wire.REPLY, "finding", str(index)),
        "votes": _said(entries, wire.VOTE, "finding", str(index)),
        "errata": _said(entries, wire.ERRATUM, "corrects", str(index)),
    }


def _terms(draft: Draft) -> list[Json]:
    """The answers by term and reading; those that agree in every answer and reason share one place."""
    by_name: dict[str, list[Finding]] = {}
    for one in draft.findings:
        name = f"{one.term}, as read by {one.reading}" if one.reading else one.term
        by_name.setdefault(clean(name), []).append(one)
    shared: dict[bytes, tuple[list[Json], View]] = {}
    for name, found in by_name.items():
        said = {one.question: _words(one) for one in found}
        view: View = {
            "brief": [said.get(question, "not asked") for question in Question],
            "answers": [_answer(one) for one in found],
        }
        shared.setdefault(canon.encode(view), ([], view))[0].append(name)
    return [{"names": names, **view} for names, view in shared.values()]


def _words(one: Finding) -> str:
    return one.words if one.party is None else f"{one.words} ({clean(one.party)})"


def _answer(one: Finding) -> View:
    thresholds = [reason.says for reason in one.reasons if reason.test.endswith(".threshold")]
    return {
        "question": QUESTIONS[one.question],
        "asks": ASKED[one.question],
        "answer": _words(one),
        "severity": clean(one.severity or ""),
        "probability": "" if one.probability_ppm is None else percent(one.probability_ppm),
        "standard": clean(thresholds[0]) if thresholds else "",
        "reasons": [
            {
                "test": clean(reason.test),
                "means": TESTS.get(reason.test, ""),
                "answer": ANSWERS[reason.answer],
                "says": clean(reason.says),
                "refs": ", ".join(str(ref) for ref in reason.refs),
            }
            for reason in one.reasons
        ],
    }


def percent(ppm: int) -> str:
    """``99.8 %`` for 997,710 parts per million, never rounded up to certainty."""
    return f"{ppm // 10_000}.{ppm % 10_000 // 1_000} %"


def _said(entries: Sequence[Signed], kind: str, names: str, number: str) -> list[Json]:
    """What entries of ``kind`` say on the finding, each with its stance, words and author."""
    found: list[Json] = []
    for index, entry, by in entries:
        body = entry.body
        if entry.kind == kind and body.get(names) == number:
            stance = {True: "approves", False: "dissents"}.get(
                body.get("approves"), body.get("position", "corrects")
            )
            found.append(
                {
                    "number": str(index),
                    "by": by,
                    "stance": clean(str(stance)),
                    "says": clean(str(body.get("says", ""))),
                }
            )
    return found
