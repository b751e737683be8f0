"""Findings decided in the period, and the cases that wait: three answers apart, dissent and replies kept."""

from dataclasses import dataclass

from trucekeeper.findings.model import Case, Finding, Question, Vote
from trucekeeper.kernel.truth import Truth
from trucekeeper.record.ref import Ref
from trucekeeper.reports.counting import entries
from trucekeeper.reports.model import Cell, Prose, Row, Section, Table, Words
from trucekeeper.reports.phrases import moment_words
from trucekeeper.reports.ports import Answered
from trucekeeper.reports.refs import compress
from trucekeeper.reports.scene import Scene
from trucekeeper.reports.why import why_table

PENDING = {"draft": "drafted", "awaiting-reply": "awaiting replies", "with-panel": "with the panel"}
ANSWERS = {Truth.YES: "yes", Truth.NO: "no", Truth.UNKNOWN: "not known"}


def cases_section(scene: Scene) -> Section:
    """What was decided and what waits, with its clock; findings' words only to whom the agreement gives findings."""
    cases = tuple(scene.book.cases(scene.upto))
    decided = tuple(
        case for case in cases
        if case.state in ("decided", "rejected")
        and case.decided_at is not None and scene.interval.holds(case.decided_at)
    )  # fmt: skip
    pending = tuple(case for case in cases if case.state in PENDING)
    done, waiting = entries(case.ref for case in decided), entries(case.ref for case in pending)
    words: list[Prose] = [(done, " decided in this period; ", waiting, " pending.")]
    tables: list[Table] = []
    if decided and may_read(scene, scene.agreement.publication.findings):
        tables += [one for one in (_decided(scene, decided), why_table(decided, scene.party)) if one.rows]
        words.extend(_dissents(decided))
        words.extend(_replies(scene, decided))
    elif decided:
        words.append(
            ("What was found is not printed: the agreement gives findings to fewer than this report.",)
        )
    if pending:
        tables.append(_pending(scene, pending))
    return Section("findings", "Findings and pending cases", tuple(words), tuple(tables))


def may_read(scene: Scene, allowed: tuple[str, ...]) -> bool:
    """Whether everybody who gets the daily report is also given ``allowed`` things."""
    return set(scene.agreement.publication.daily_report) <= set(allowed)


def _decided(scene: Scene, cases: tuple[Case, ...]) -> Table:
    shown = may_read(scene, scene.agreement.publication.probabilities)
    rows = [_row(scene, case, alike, shown=shown) for case in cases for alike in _alike(case)]
    note = (
        "Event: did it happen. Breach: does it breach the term under this reading. Attribution: did the bound "
        "side do it. Not known is an answer of its own. Terms with the same answers share a row."
    )
    columns = ("Case", "Terms and readings", "Event", "Breach", "Attribution", "Panel")
    return Table("decided", "Decided in this period", columns, tuple(rows), note)


@dataclass(frozen=True, slots=True)
class _Alike:
    """Terms and readings on which a case gives the same three answers: one row for all of them."""

    names: tuple[str, ...]
    findings: tuple[Finding, ...]


def _alike(case: Case) -> tuple[_Alike, ...]:
    terms: dict[str, tuple[Finding, ...]] = {}
    for finding in case.findings:
        name = f"{finding.term} ({finding.reading})" if finding.reading else finding.term
        terms[name] = (*terms.get(name, ()), finding)
    groups: dict[tuple[object, ...], _Alike] = {}
    for name, findings in terms.items():
        same = tuple((one.question, one.answer, one.words, one.probability_ppm) for one in findings)
        known = groups.get(same, _Alike((), findings))
        groups[same] = _Alike((*known.names, name), known.findings)
    return tuple(groups.values())


def _row(scene: Scene, case: Case, alike: _Alike, *, shown: bool) -> Row:
    by = {finding.question: finding for finding in alike.findings}
    named = len(alike.names) == 1
    answers = tuple(_answer(scene, by.get(question), shown=shown, named=named) for question in Question)
    counted = tuple(vote for vote in case.votes if vote.void is None)
    votes: tuple[Vote, ...] = tuple(vote for vote in counted if vote.approves)
    cited = f" (entries {compress(vote.ref for vote in counted)})" if counted else ""
    panel = f"{'rejected: ' if case.state == 'rejected' else ''}{len(votes)} of {len(counted)} approve{cited}"
    cells: tuple[Cell, ...] = (Words(", ".join(alike.names)), *answers, Words(panel))
    return Row(
        f"{alike.findings[0].incident} (entry {case.ref})",
        cells,
        "quiet" if case.state == "rejected" else "",
    )


def _answer(scene: Scene, finding: Finding | None, *, shown: bool, named: bool) -> Words:
    if finding is None:
        return Words("not asked")
    words = (
        f"{ANSWERS[finding.answer]}: {finding.words}"
        if finding.words != ANSWERS[finding.answer]
        else finding.words
    )
    if finding.question is Question.ATTRIBUTION and finding.party and named:
        words = f"{words} ({scene.party(finding.party)})"
    if shown and finding.probability_ppm is not None:
        words = f"{words}, {finding.probability_ppm // 10_000} %"
    return Words(words, "blind" if finding.answer is Truth.UNKNOWN else "")


def _dissents(cases: tuple[Case, ...]) -> list[Prose]:
    return [
        (f"Dissent in the case of entry {case.ref} (vote, entry {vote.ref}): “{vote.says}”",)
        for case in cases
        for vote in case.votes
        if not vote.approves and vote.void is None
    ]


def _replies(scene: Scene, cases: tuple[Case, ...]) -> list[Prose]:
    decided: set[Ref] = {case.ref for case in cases}
    said: list[Answered] = [one for one in scene.book.replies(scene.upto) if one.reply.finding in decided]
    return [
        (
            f"{scene.party(one.reply.party)} {one.reply.position.value} the draft of entry {one.reply.finding} "
            f"(reply, entry {one.ref})" + (f": “{one.reply.says}”" if one.reply.says else "."),
        )
        for one in said
    ]


def _pending(scene: Scene, cases: tuple[Case, ...]) -> Table:
    zone = scene.agreement.timezone
    rows: list[Row] = []
    for case in cases:
        due = moment_words(case.reply_due, zone) if case.reply_due is not None else "no clock runs"
        silent = ", ".join(scene.party(party) for party in case.silent) or "nobody"
        subject = case.findings[0].incident if case.findings else ""
        texts = (PENDING[case.state], moment_words(case.drafted_at, zone), due, silent)
        rows.append(Row(f"{subject} (entry {case.ref})".strip(), tuple(Words(text) for text in texts)))
    columns = ("Case", "State", "Drafted", "Replies due", "Still to reply")
    return Table("pending", "Pending", columns, tuple(rows))
