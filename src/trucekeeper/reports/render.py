"""A report in its three forms, under the names of an office's folder."""

from trucekeeper.kernel import canon
from trucekeeper.reports.html import as_html
from trucekeeper.reports.model import Report
from trucekeeper.reports.pdf import as_pdf
from trucekeeper.reports.view import view_of


def render(report: Report) -> dict[str, bytes]:
    """``daily.json``, ``daily.html`` and ``daily.pdf`` (or ``period.…``): the same bytes whenever they are made."""
    return {
        f"{report.kind}.json": as_json(report),
        f"{report.kind}.html": as_html(report),
        f"{report.kind}.pdf": as_pdf(report),
    }


def as_json(report: Report) -> bytes:
    """Canonical JSON: whole numbers, ASCII keys, references as text."""
    return canon.encode(view_of(report))
