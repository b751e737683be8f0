"""The empty template as files to hand out: CSV with its explanations beside it, XLSX with them inside."""

import csv
import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from trucekeeper.feeds.template_columns import COLUMNS, Column
from trucekeeper.feeds.xlsx_table import SHEET

EXPLANATIONS = "explanations"
"""Stands before the sheet of values in nobody's way: the importer reads the sheet named "observations"."""

_TEXT_FORMAT = "@"
"""Keeps spreadsheets from turning 5-7 into the fifth of July."""


def template_csv() -> bytes:
    """The header line alone, UTF-8 with a byte order mark so that spreadsheets take it for UTF-8."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(column.name for column in COLUMNS)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def explanations_csv() -> bytes:
    """Column, whether it is needed, explanation and example, for those who take the CSV template."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerows(_explained())
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def template_xlsx() -> bytes:
    """A workbook with the empty sheet "observations", formatted as text, and the sheet "explanations"."""
    book = Workbook()
    values = book.active
    assert isinstance(values, Worksheet)  # noqa: S101 - a new workbook has one sheet
    values.title = SHEET
    values.freeze_panes = "A2"
    for at, column in enumerate(COLUMNS, start=1):
        head = values.cell(1, at, column.name)
        head.font = Font(bold=column.required)
        dimension = values.column_dimensions[get_column_letter(at)]
        dimension.width = max(12, len(column.example) + 2)
        dimension.number_format = _TEXT_FORMAT
    sheet: Worksheet = book.create_sheet(EXPLANATIONS)
    for at, width in enumerate((16, 8, 100, 26), start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    for number, row in enumerate(_explained(), start=1):
        for at, value in enumerate(row, start=1):
            cell = sheet.cell(number, at, value)
            cell.data_type = "s"
            cell.number_format = _TEXT_FORMAT
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _explained() -> list[tuple[str, str, str, str]]:
    return [("column", "needed", "explanation", "example"), *map(_explanation, COLUMNS)]


def _explanation(column: Column) -> tuple[str, str, str, str]:
    return column.name, "yes" if column.required else "", column.explanation, column.example
