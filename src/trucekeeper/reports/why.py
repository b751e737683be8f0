"""Why a decided question was not answered with yes: what was said, and which tests the answer did not pass."""

from collections.abc import Callable, Iterator

from trucekeeper.findings.model import Case, Finding, Question, Reason
from trucekeeper.kernel.truth import Truth
from trucekeeper.reports.counting import entries
from trucekeeper.reports.model import Row, Table, Words

ASKED = (Question.EVENT, Question.ATTRIBUTION)
SAID = ("affirmed", "named", "denied", "silent")
"""What was said, told where there is any."""

HELD = ("copies", "one-medium", "weapon", "seen", "linking", "group-left-out", "single-group", "threshold")
"""The tests that hold an answer back, in the order in which they are told."""


def why_table(cases: tuple[Case, ...], party: Callable[[str | None], str]) -> Table:
    """One row for each question that was not answered with yes; what holds for several terms is told once.

    ``party`` gives the name of a side by its id.
    """
    rows = tuple(
        Row(
            f"{finding.incident} (entry {case.ref})",
            (
                Words(_asked(finding, party)),
                Words(finding.words),
                Words("; ".join(reason.says for reason in reasons)),
                entries(ref for reason in reasons for ref in reason.refs),
            ),
        )
        for case in cases
        for finding, reasons in _without_yes(case)
    )
    note = (
        "What was said, and the tests that a yes did not pass. Not established says what the evidence lacks, and "
        "nothing about whether it happened. What each source moved stays with the panel."
    )
    columns = ("Case", "Question", "Answer", "Why", "Rests on")
    return Table("why", "Why it is not established", columns, rows, note)


def _asked(finding: Finding, party: Callable[[str | None], str]) -> str:
    if finding.question is Question.EVENT:
        return "Did it happen?"
    return f"Did {party(finding.party)} do it?"


def _without_yes(case: Case) -> Iterator[tuple[Finding, tuple[Reason, ...]]]:
    told: set[tuple[Question, str | None, tuple[str, ...]]] = set()
    for finding in case.findings:
        if finding.question not in ASKED or finding.answer is Truth.YES or not _spoken_of(finding):
            continue
        reasons = tuple(_telling(finding))
        key = finding.question, finding.party, tuple(one.says for one in reasons)
        if reasons and key not in told:
            told.add(key)
            yield finding, reasons


def _spoken_of(finding: Finding) -> bool:
    """Whether anybody says that an act of the term happened; of what nobody alleges there is nothing to explain."""
    return any(one.test in {"event.affirmed", "attribution.event"} and one.refs for one in finding.reasons)


def _telling(finding: Finding) -> Iterator[Reason]:
    by_name = {one.test.partition(".")[2]: one for one in finding.reasons}
    for name in SAID:
        if name in by_name and by_name[name].answer is Truth.YES:
            yield by_name[name]
    for name in HELD:
        if name in by_name and by_name[name].answer is not Truth.YES:
            yield by_name[name]
