import pytest

from tests.reports import sample
from tests.reports.casebook import BoxGround
from trucekeeper.kernel import canon
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.reports.daily import build
from trucekeeper.reports.model import Report
from trucekeeper.reports.wire import check, read_report, report_body

FILES = {"daily.json": b"{}", "daily.html": b"<p>", "daily.pdf": b"%PDF"}


@pytest.fixture(scope="module")
def report() -> Report:
    return build(sample.casebook(), sample.agreement(), sample.DAY, 5_000, sample.CHECKPOINT, BoxGround())


def test_a_published_report_is_read_back_as_it_was_written(report: Report) -> None:
    published = read_report(canon.encode(report_body(report, FILES)))
    assert (published.kind, published.day, published.upto) == ("daily", "2026-03-15", 5_000)
    assert (published.size, published.root) == (sample.CHECKPOINT.size, sample.CHECKPOINT.root)


def test_one_changed_byte_of_a_file_is_found(report: Report) -> None:
    published = read_report(canon.encode(report_body(report, FILES)))
    check(published, "pdf", b"%PDF")
    with pytest.raises(NotTrusted, match="the pdf file of lakeside-2026/daily/2026-03-15"):
        check(published, "pdf", b"%PDG")


@pytest.mark.parametrize(
    "change", [{"kind": "weekly"}, {"json": "AB"}, {"upto": -1}, {"extra": 1}, {"day": "15.03.2026"}]
)
def test_any_other_form_is_refused(report: Report, change: dict[str, object]) -> None:
    body = report_body(report, FILES) | change
    with pytest.raises(BadInput, match="report/v1"):
        read_report(canon.encode(body))
