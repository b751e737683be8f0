"""What the comparison of the sides counts, by example."""

from dataclasses import replace

from tests.property.test_symmetry import SOURCES, TODAY, WORDS, made, moment, rows
from tests.reports.casebook import MemoryBook
from trucekeeper.findings.model import Case, Finding, Question, Vote
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.record.ref import Ref
from trucekeeper.reports.model import Beside, Figure, Form, Words

ALDMERE, VESK = 0, 1


def incident(number: int, by: str = "party-b") -> Incident:
    when = Interval(moment(90), moment(89))
    told = Observation(str(number), Kind.CLAIM, "of-a", when, act="explosion", by=by)
    return Incident(f"INC-2026-{number:06d}", (Sighting(Ref(number), told),), when)


def case(number: int, of: int, answer: Truth, hours: int, *, state: str = "decided") -> Case:
    """Decided ``hours`` before the report's day; all three questions have one answer, for party-b."""
    findings = tuple(
        Finding(f"INC-2026-{of:06d}", "fire-b", "", question, answer, WORDS[answer],
                None if question is Question.EVENT else "party-b",
                800_000 if question is Question.ATTRIBUTION else None, None, ())
        for question in Question
    )  # fmt: skip
    vote = Vote(Ref(2_000 + number), "member-1", approves=True, says="", at=moment(hours))
    return Case(
        Ref(1_000 + number), findings, state, moment(80), "officer", (), votes=(vote,), decided_at=moment(hours),
        errata=(Ref(3_000 + number),) if state == "corrected" else (),
    )  # fmt: skip


def book(*cases: Case, incidents: int = 8) -> MemoryBook:
    linked = tuple(incident(number) for number in range(incidents))
    return MemoryBook(
        seen=tuple(one for each in linked for one in each.members), linked=linked, sources=SOURCES,
        case_list=cases, times={number: moment(90) for number in range(incidents)},
    )  # fmt: skip


def number(cell: object) -> int:
    figure = cell.figure if isinstance(cell, Beside) else cell
    assert isinstance(figure, Figure)
    return figure.value.low


def test_shares_and_the_middle_time_stand_beside_their_counts_from_five_cases_on() -> None:
    answers = (Truth.YES, Truth.YES, Truth.UNKNOWN, Truth.NO, Truth.UNKNOWN)
    report = made(book(*(case(at, at, answer, 10 * at) for at, answer in enumerate(answers))))
    course, decided = rows(report, "parity-course")[VESK], rows(report, "parity-answers")[VESK]
    alleged, opened, done, time = course.cells
    assert isinstance(alleged, Figure)
    assert (alleged.value.low, alleged.refs) == (8, tuple(Ref(entry) for entry in range(8)))
    assert [one.value.low for one in (opened, done) if isinstance(one, Figure)] == [5, 5]
    assert isinstance(time, Figure)
    assert (time.value, time.form) == (Span.exactly(70 * 60), Form.MINUTES)
    assert [number(cell) for cell in decided.cells] == [5, 2, 0, 2, 1, 0]
    established = decided.cells[1]
    assert isinstance(established, Beside)
    assert isinstance(established.other, Figure)
    assert established.other.value == Span.exactly(400_000)
    mean, share = rows(report, "parity-calibration")[VESK].cells[1:]
    assert isinstance(mean, Figure)
    assert isinstance(share, Figure)
    assert (mean.value.low, share.value.low) == (800_000, 400_000)


def test_four_cases_are_too_few_to_compare() -> None:
    report = made(book(*(case(at, at, Truth.YES, 10) for at in range(4))))
    refs = tuple(Ref(1_000 + at) for at in range(4))
    cells = rows(report, "parity-answers")[VESK].cells
    assert cells[0] == Beside(Figure(Span.exactly(4), refs), "share", Words("too few to compare", "quiet"))
    assert all(isinstance(cell, Figure) for cell in cells[1:])
    assert [number(cell) for cell in cells] == [4, 4, 0, 0, 0, 0]


def test_an_erratum_or_another_answer_on_the_same_incident_makes_a_finding_a_false_one() -> None:
    known = (
        case(0, 0, Truth.YES, 50, state="corrected"),
        case(1, 1, Truth.YES, 50),
        case(2, 1, Truth.UNKNOWN, 20),  # decided anew: the first was wrong
        case(3, 2, Truth.YES, 50),
        case(4, 2, Truth.YES, 20),  # decided anew with the same answer: nothing was wrong
    )
    wrong = rows(made(book(*known)), "parity-answers")[VESK].cells[-1]
    assert isinstance(wrong, Beside)
    assert isinstance(wrong.figure, Figure)
    assert wrong.figure.value.low == 2
    assert {Ref(3_000), Ref(1_001), Ref(1_002)} <= set(wrong.figure.refs)
    assert Ref(1_003) not in wrong.figure.refs


def test_what_is_decided_after_the_report_is_not_decided_yet() -> None:
    late = case(0, 0, Truth.YES, -30)
    course = rows(made(book(late)), "parity-course")[VESK]
    opened, done = course.cells[1], course.cells[2]
    assert isinstance(opened, Figure)
    assert isinstance(done, Figure)
    assert late.decided_at is not None
    assert late.decided_at > (TODAY.end or 0)
    assert (opened.value.low, done.value.low) == (1, 0)


def test_a_case_that_nobody_lays_to_a_side_is_not_counted_for_it() -> None:
    known = book(case(0, 0, Truth.UNKNOWN, 10))
    mirrored = replace(
        known.case_list[0],
        findings=tuple(replace(one, party="party-a") for one in known.case_list[0].findings if one.party),
    )
    course = rows(made(replace(known, case_list=(mirrored,))), "parity-course")[ALDMERE]
    assert all(cell.value.low == 0 for cell in course.cells if isinstance(cell, Figure))


def test_what_came_before_the_agreement_is_nobodys() -> None:
    old = Interval(Instant(0), Instant(1))
    told = Observation("x", Kind.CLAIM, "of-a", old, act="explosion", by="party-b")
    course = rows(made(MemoryBook(seen=(Sighting(Ref(1), told),), sources=SOURCES)), "parity-course")[VESK]
    assert isinstance(course.cells[0], Figure)
    assert course.cells[0].value.low == 0
