"""The report as PDF, set by Typst from a template; data go in as JSON, never as markup."""

import json
from importlib import resources

import typst

from trucekeeper.kernel import canon
from trucekeeper.kernel.errors import Damaged
from trucekeeper.reports import charts
from trucekeeper.reports import map as sheet
from trucekeeper.reports.html import day_of
from trucekeeper.reports.model import Report
from trucekeeper.reports.view import page_view

LISTED = 40
"""How many ranges of entries the paper lists for one number; the JSON names all."""


def as_pdf(report: Report) -> bytes:
    """The same bytes for the same report: fonts are those inside Typst, the time is the checkpoint's."""
    template = resources.files("trucekeeper.reports.templates").joinpath("daily.typ").read_bytes()
    inputs = {
        "view": canon.encode(page_view(report, LISTED)).decode(),
        "pictures": json.dumps(charts.pictures(report), sort_keys=True),
        "map": sheet.picture(report),
        "day": day_of(report),
    }
    compiler = typst.Compiler(template, ignore_system_fonts=True, sys_inputs=inputs)
    made = compiler.compile(format="pdf", timestamp=report.checkpoint.at // 1000, pdf_tags=True)
    if not isinstance(made, bytes):
        msg = "a report could not be set as PDF, Typst gave no document; install the locked version of Typst"
        raise Damaged(msg)
    return made
