"""The audit of process takes one measure of both sides: swap them, and nothing but the rows is swapped."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.reports import sample
from tests.reports.casebook import BoxGround, MemoryBook
from trucekeeper.agreement.model import Publication
from trucekeeper.findings.model import Case, Finding, Question, Vote
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.parties.model import Source
from trucekeeper.record.ref import Ref
from trucekeeper.reports.daily import build, day_interval
from trucekeeper.reports.model import Beside, Figure, Report, Row, Words
from trucekeeper.reports.parity import ENOUGH

EVERYBODY = ("parties", "guarantors")
OPEN = Publication(EVERYBODY, EVERYBODY, portal=False, probabilities=EVERYBODY, cut_off_min=1170)
AGREEMENT = sample.agreement(publication=OPEN)
TODAY = day_interval(AGREEMENT, sample.DAY)
OTHER = {"party-a": "party-b", "party-b": "party-a", None: None}
TABLES = ("parity-course", "parity-answers", "parity-calibration")
SOURCES = {
    "patrol": Source("patrol", None, "mission", "patrol", "B"),
    "of-a": Source("of-a", "party-a", "party-a", "liaison", "C"),
    "of-b": Source("of-b", "party-b", "party-b", "liaison", "C"),
}
WORDS = {Truth.YES: "established", Truth.NO: "refuted", Truth.UNKNOWN: "unverifiable"}


def moment(hours: int) -> Instant:
    return Instant(TODAY.start - hours * sample.HOUR)


@st.composite
def cases(draw: st.DrawFn, number: int, incident: Incident) -> Case:
    findings: list[Finding] = []
    for term, party in (("fire-a", "party-a"), ("fire-b", "party-b")):
        for question in Question:
            answer = draw(st.sampled_from(Truth))
            named = None if question is Question.EVENT else party
            ppm = draw(st.integers(1, 999_999)) if question is Question.ATTRIBUTION else None
            findings.append(
                Finding(incident.id, term, "", question, answer, WORDS[answer], named, ppm, None, ())
            )
    state = draw(st.sampled_from(("decided", "decided", "decided", "corrected", "rejected", "with-panel")))
    at = moment(draw(st.integers(-40, 100)))
    closed = state != "with-panel"
    return Case(
        Ref(1_000 + number), tuple(findings), state, moment(200), "officer", (),
        votes=(Vote(Ref(2_000 + number), "member-1", approves=True, says="", at=at),) if closed else (),
        decided_at=at if closed else None,
        errata=(Ref(3_000 + number),) if state == "corrected" else (),
    )  # fmt: skip


@st.composite
def books(draw: st.DrawFn) -> MemoryBook:
    seen: list[Sighting] = []
    for entry in range(draw(st.integers(0, 24))):
        when = Interval(moment(300 - entry), moment(299 - entry))
        told = Observation(
            str(entry),
            draw(st.sampled_from((Kind.CLAIM, Kind.REPORT, Kind.DENIAL))),
            draw(st.sampled_from(tuple(SOURCES))),
            when,
            act="explosion",
            by=draw(st.sampled_from(("party-a", "party-b", None))),
        )
        seen.append(Sighting(Ref(entry), told))
    incidents = tuple(
        Incident(f"INC-2026-{place:06d}", tuple(pair), pair[0].observation.when)
        for place, pair in enumerate(seen[at : at + 2] for at in range(0, len(seen) // 2 * 2, 2))
    )
    found = [
        draw(cases(number, draw(st.sampled_from(incidents))))
        for number in range(draw(st.integers(0, 14)) if incidents else 0)
    ]
    times = {one.ref.entry: moment(draw(st.integers(100, 250))) for one in seen if draw(st.booleans())}
    return MemoryBook(
        seen=tuple(seen), linked=incidents, sources=SOURCES, case_list=tuple(found), times=times
    )


def swapped(book: MemoryBook) -> MemoryBook:
    def turned(one: Sighting) -> Sighting:
        return Sighting(one.ref, replace(one.observation, by=OTHER[one.observation.by]))

    return replace(
        book,
        seen=tuple(turned(one) for one in book.seen),
        linked=tuple(
            replace(one, members=tuple(turned(each) for each in one.members)) for one in book.linked
        ),
        sources={name: replace(one, interest=OTHER[one.interest]) for name, one in book.sources.items()},
        case_list=tuple(
            replace(case, findings=tuple(replace(one, party=OTHER[one.party]) for one in case.findings))
            for case in book.case_list
        ),
    )


def made(book: MemoryBook, **changes: object) -> Report:
    agreement = sample.agreement(**({"publication": OPEN} | changes))
    return build(book, agreement, sample.DAY, 5_000, sample.CHECKPOINT, BoxGround())


def rows(report: Report, name: str) -> tuple[Row, ...]:
    return next(
        (table.rows for section in report.sections for table in section.tables if table.id == name), ()
    )


@given(books())
def test_swapping_the_sides_swaps_the_rows_and_nothing_else(book: MemoryBook) -> None:
    one, other = made(book), made(swapped(book))
    for name in TABLES:
        first, second = rows(one, name)
        assert [row.cells for row in rows(other, name)] == [second.cells, first.cells]
        assert [row.label for row in rows(other, name)] == [first.label, second.label]


@given(books())
def test_answers_add_up_to_what_was_decided_and_few_cases_give_no_rate(book: MemoryBook) -> None:
    report = made(book)
    for course, answers in zip(rows(report, "parity-course"), rows(report, "parity-answers"), strict=True):
        opened, decided = course.cells[1], course.cells[2]
        assert isinstance(opened, Figure)
        assert isinstance(decided, Figure)
        assert decided.value.low <= opened.value.low
        few = decided.value.low < ENOUGH
        parts = [cell.figure if isinstance(cell, Beside) else cell for cell in answers.cells[:5]]
        numbers = [one.value.low for one in parts if isinstance(one, Figure)]
        assert numbers[0] == sum(numbers[1:]) == decided.value.low
        rates = [
            cell for cell in answers.cells if isinstance(cell, Beside) and isinstance(cell.other, Figure)
        ]
        assert len(rates) == (0 if few else 5)
        if few:
            assert isinstance(answers.cells[0], Beside)
            assert isinstance(answers.cells[0].other, Words)
            assert isinstance(course.cells[3], Words)


@given(books())
def test_what_a_side_says_of_itself_and_denials_are_no_allegations(book: MemoryBook) -> None:
    for party, row in zip(("party-a", "party-b"), rows(made(book), "parity-course"), strict=True):
        alleged = row.cells[0]
        assert isinstance(alleged, Figure)
        told = [one for one in book.seen if one.ref in alleged.refs]
        assert all(one.observation.by == party for one in told)
        assert all(one.observation.kind is not Kind.DENIAL for one in told)
        assert all(book.source(one.observation.source).interest != party for one in told)


def test_answers_and_probabilities_are_printed_only_for_whom_the_agreement_gives_them() -> None:
    book = MemoryBook()
    panel = ("panel",)
    closed = Publication(EVERYBODY, panel, portal=False, probabilities=panel, cut_off_min=1170)
    named = Publication(EVERYBODY, EVERYBODY, portal=False, probabilities=panel, cut_off_min=1170)
    assert [name for name in TABLES if rows(made(book, publication=closed), name)] == ["parity-course"]
    assert [name for name in TABLES if rows(made(book, publication=named), name)] == list(TABLES[:2])
    assert [name for name in TABLES if rows(made(book), name)] == list(TABLES)
