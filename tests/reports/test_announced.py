"""What was announced and struck: late, without a place, and only where the notifier agreed."""

from dataclasses import replace

import pytest

from tests.reports.casebook import BoxGround
from tests.reports.sample import CHECKPOINT, DAY, agreement, casebook
from trucekeeper.kernel.clock import Instant
from trucekeeper.record.ref import Ref
from trucekeeper.reports.announced import DELAY_MS
from trucekeeper.reports.daily import build, day_interval
from trucekeeper.reports.model import Figure, Section
from trucekeeper.reports.ports import Announced

END = day_interval(agreement(), DAY).end or Instant(0)


def section(*cases: Announced) -> Section:
    book = replace(casebook(), struck=cases)
    report = build(book, agreement(), DAY, 5_000, CHECKPOINT, BoxGround())
    return next(one for one in report.sections if one.id == "announced")


@pytest.mark.parametrize(("late_ms", "counted"), [(0, True), (1, False)])
def test_a_case_is_counted_once_it_is_three_days_old(late_ms: int, counted: bool) -> None:
    at = Instant(END - DELAY_MS + late_ms)
    found = section(Announced(Ref(30), at, "hospital"))
    assert bool(found.tables) is counted


def test_cases_are_counted_by_what_was_struck_each_with_its_entry_and_without_a_place() -> None:
    old = Instant(END - 2 * DELAY_MS)
    found = section(
        Announced(Ref(30), old, "hospital"),
        Announced(Ref(31), old, "aid-convoy"),
        Announced(Ref(32), old, "hospital"),
    )
    rows = {row.label: row.cells[0] for row in found.tables[0].rows}
    assert list(rows) == ["aid-convoy", "hospital"]
    hospitals = rows["hospital"]
    assert isinstance(hospitals, Figure)
    assert hospitals.refs == (Ref(30), Ref(32))
    assert "sector" not in str(found).lower()


def test_a_report_without_such_cases_says_so() -> None:
    words = "".join(str(word) for prose in section().words for word in prose)
    assert words.startswith("None that may be counted.")
