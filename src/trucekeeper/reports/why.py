"""Why a decided question stayed open: repetitions, one medium, one interest, or nobody who could have seen."""

from collections.abc import Iterator

from trucekeeper.findings.model import Case, Finding, Question, Reason
from trucekeeper.kernel.truth import Truth
from trucekeeper.reports.counting import entries
from trucekeeper.reports.model import Row, Table, Words

ASKED = {Question.EVENT: "Did it happen?", Question.ATTRIBUTION: "Did the bound side do it?"}
TOLD = ("copies", "one-medium", "seen", "group-left-out", "single-group", "threshold")
"""The tests that hold an answer back, in the order in which they are told."""


def why_table(cases: tuple[Case, ...]) -> Table:
    """One row for each question that stayed open; what holds for several terms is told once."""
    rows = tuple(
        Row(
            f"{finding.incident} (entry {case.ref})",
            (
                Words(ASKED[finding.question]),
                Words("; ".join(reason.says for reason in reasons)),
                entries(ref for reason in reasons for ref in reason.refs),
            ),
        )
        for case in cases
        for finding, reasons in _open(case)
    )
    note = (
        "The tests that the answer did not pass. They say what the evidence lacks, and nothing about whether it "
        "happened. What each source moved stays with the panel."
    )
    columns = ("Case", "Question", "Why it is not established", "Rests on")
    return Table("why", "Why it is not established", columns, rows, note)


def _open(case: Case) -> Iterator[tuple[Finding, tuple[Reason, ...]]]:
    told: set[tuple[Question, tuple[str, ...]]] = set()
    for finding in case.findings:
        if finding.question not in ASKED or finding.answer is not Truth.UNKNOWN:
            continue
        held = [one for one in finding.reasons if one.answer is Truth.UNKNOWN]
        reasons = tuple(
            one for test in TOLD for one in held if one.test == f"{finding.question.value}.{test}"
        )
        key = finding.question, tuple(one.says for one in reasons)
        if reasons and key not in told:
            told.add(key)
            yield finding, reasons
