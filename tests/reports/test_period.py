import pytest

from tests.reports import sample
from tests.reports.casebook import BoxGround, MemoryBook
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Instant, Interval, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.record.ref import Ref
from trucekeeper.reports.model import Report, Table
from trucekeeper.reports.period import build_period, years
from trucekeeper.reports.render import render
from trucekeeper.screening.model import Test as Question
from trucekeeper.screening.model import Touching

SPAN = Interval(parse_utc("2024-02-15T00:00:00.000Z"), parse_utc("2026-07-27T00:00:00.000Z"))
STARTS = ("2024-02-14", "2024-02-15", "2024-12-31", "2025-06-01", "2026-07-26", "2026-07-27")


def book() -> MemoryBook:
    seen = []
    for row, day in enumerate(STARTS):
        start = parse_utc(f"{day}T00:00:00.000Z")
        by = "party-b" if day == "2025-06-01" else None
        when = Interval(start, Instant(start + 24 * sample.HOUR))
        seen.append(
            Sighting(Ref(5, row), Observation(f"{row}", Kind.REPORT, "dataset", when, act="fighting", by=by))
        )
    doubt = (Question("place", Truth.UNKNOWN, "may lie outside"), Question("act", Truth.YES, "is one"))
    touched = (
        Touching(Ref(5, 0), "fire-a", "", Truth.YES, 1_000_000, ()),
        Touching(Ref(5, 1), "fire-a", "", Truth.YES, 1_000_000, ()),
        Touching(Ref(5, 3), "fire-a", "", Truth.UNKNOWN, 250_000, doubt),
    )
    return MemoryBook(seen=tuple(seen), sources=sample.SOURCES, touched=touched)


def made() -> Report:
    return build_period(
        book(), sample.agreement(historical=True), SPAN, 5_000, sample.CHECKPOINT, BoxGround()
    )


def table(report: Report, name: str) -> Table:
    return next(one for section in report.sections for one in section.tables if one.id == name)


def test_years_are_cut_to_the_period() -> None:
    steps = years(SPAN)
    assert [step.label for step in steps] == ["2024", "2025", "2026"]
    assert (steps[0].interval.start, steps[-1].interval.end) == (SPAN.start, SPAN.end)


def test_a_period_without_an_end_is_refused() -> None:
    with pytest.raises(BadInput, match="no end"):
        years(Interval(SPAN.start, None))


def test_each_year_tells_certain_possible_and_not_per_reading() -> None:
    rows = {row.label: [cell.value.low for cell in row.cells] for row in table(made(), "years-fire-a").rows}
    assert rows == {"2024": [1, 0, 1], "2025": [0, 1, 0], "2026": [0, 0, 1]}


def test_the_three_answers_add_up_to_every_event_of_the_period() -> None:
    rows = table(made(), "years-fire-a").rows
    refs = sorted(ref for row in rows for cell in row.cells for ref in cell.refs)
    assert refs == [Ref(5, row) for row in (1, 2, 3, 4)]


def test_the_question_that_made_an_event_only_possible_is_named() -> None:
    doubts = table(made(), "possible")
    assert doubts.columns == ("Term", "Reading", "place")
    assert doubts.rows[0].cells[1].refs == (Ref(5, 3),)


def test_an_author_is_told_only_where_a_source_names_one() -> None:
    rows = {row.label: row.cells[0].value.low for row in table(made(), "authors").rows}
    assert rows == {"Free Cantons of Vesk": 1, "No author named": 3}


def test_a_period_is_published_in_all_forms_and_labelled_historical() -> None:
    forms = render(made())
    assert sorted(forms) == ["period.html", "period.json", "period.pdf"]
    assert "historical profile" in forms["period.html"].decode()
