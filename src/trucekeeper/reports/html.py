"""The report as one HTML file: no script, nothing fetched, every number a link to its entries."""

from datetime import date, datetime, time

from trucekeeper.reports import charts
from trucekeeper.reports import map as sheet
from trucekeeper.reports.model import Report
from trucekeeper.reports.phrases import day_words
from trucekeeper.reports.templates import drawn, text_of, trusted
from trucekeeper.reports.view import page_view

LISTED = 400
"""How many ranges of entries the page lists for one number; the JSON names all."""
BASE = "../../"
"""From a report's folder to the root of the office's pages."""


def as_html(report: Report) -> bytes:
    """The whole report as UTF-8; all words in it are escaped, all pictures are inline."""
    pictures = {name: trusted(svg) for name, svg in charts.pictures(report).items()}
    page = drawn(
        "report.html", v=page_view(report, LISTED), css=trusted(text_of("report.css")), pictures=pictures,
        map=trusted(sheet.picture(report)), base=BASE, day_words=day_of(report),
    )  # fmt: skip
    return page.lstrip().encode()


def day_of(report: Report) -> str:
    """The report's day in words, "" for a period."""
    if not report.day:
        return ""
    return day_words(datetime.combine(date.fromisoformat(report.day), time(0)))
