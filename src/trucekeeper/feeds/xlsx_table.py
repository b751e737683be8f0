"""XLSX (ECMA-376) as a table. The zip is judged by its directory before any of it is unpacked."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import BinaryIO, NoReturn, Protocol
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils import get_column_letter

from trucekeeper.feeds.rows import CellRefused, RawRow, Table, header_form
from trucekeeper.kernel.errors import BadInput

SHEET = "observations"
MOST_ENTRIES = 500
MOST_UNPACKED_BYTES = 256 << 20
MOST_RATIO = 200
"""Sheets of real observations pack about 10 to 1; only repetition packs beyond 200 to 1."""
SMALL_BYTES = 1 << 20
"""Entries below this size may pack as they like."""
MOST_ROWS = 1_048_576
MOST_COLUMNS = 200
STRAY_COLUMNS = 20
"""How far beyond the header a stray cell is still noticed."""
CELL_CHARACTERS = 32_767
"""Rows and cell length are the limits of the format itself."""

_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, ParseError, EOFError, OSError, KeyError, ValueError, TypeError, AttributeError,
    IndexError, NotImplementedError, OverflowError,
)  # fmt: skip
"""What openpyxl raises on workbooks that are not well formed; defusedxml's refusals are ValueErrors."""


class _Cell(Protocol):
    @property
    def value(self) -> object: ...
    @property
    def data_type(self) -> str: ...


def opened(stream: BinaryIO) -> Table:
    """The table in the sheet "observations" of the workbook in ``stream``, or in its first sheet."""
    _judge(stream)
    stream.seek(0)
    rows = _rows(stream)
    head = next(rows)
    header = tuple(map(header_form, head.values))
    if head.broken is not None or not any(header):
        msg = "row 1: the sheet has no header; put the column names, as plain text, into its first row"
        raise BadInput(msg)
    return Table(header, _cut(rows, len(header)))


def _cut(rows: Iterator[RawRow], width: int) -> Iterator[RawRow]:
    for row in rows:
        if any(row.values[width:]) and row.broken is None:
            yield RawRow(row.number, (), CellRefused(None, "a cell stands beyond the header", "clear it"))
        else:
            padding = ("",) * (width - len(row.values))
            yield RawRow(row.number, (*row.values[:width], *padding), row.broken)


def _judge(stream: BinaryIO) -> None:
    """Refuse a zip whose directory promises too much, or that holds what a sheet of values does not need."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                _refuse(f"the workbook has over {MOST_ENTRIES} parts", "copy its values into a new one")
            size = stream.seek(0, 2)
            if sum(entry.compress_size for entry in entries) > size:
                _refuse("the workbook's parts overlap, as in a zip bomb", "copy its values into a new one")
            if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
                limit = MOST_UNPACKED_BYTES >> 20
                _refuse(f"the workbook unpacks to more than {limit} MiB", "split it, or save it as CSV")
            for entry in entries:
                _judge_entry(entry)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        msg = "the workbook is cut off or damaged; get the whole file again"
        raise BadInput(msg) from error


def _judge_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.casefold()
    if entry.flag_bits & 1:
        _refuse("the workbook is encrypted", "save it without a password")
    if entry.file_size > SMALL_BYTES and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        _refuse("the workbook unpacks over 200 to 1, as a zip bomb does", "save it as CSV")
    if "externallinks/" in name:
        _refuse("the workbook links to other workbooks", "paste the values in place of the links")
    if name.endswith(("vbaproject.bin", ".bin.xlsm")):
        _refuse("the workbook holds macros", "save it as XLSX without them")


def _rows(stream: BinaryIO) -> Iterator[RawRow]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(stream, read_only=True, keep_links=False)
    except _UNREADABLE as error:
        raise _damaged() from error
    try:
        names: list[str] = book.sheetnames
        sheet = book[SHEET] if SHEET in names else book[names[0]]
        head = _row(1, _next(iter(sheet.iter_rows(max_row=1, max_col=MOST_COLUMNS))) or ())
        yield head
        width = min(len(head.values) + STRAY_COLUMNS, MOST_COLUMNS)
        cells = iter(sheet.iter_rows(min_row=2, max_row=MOST_ROWS, max_col=width))
        number = 1
        while (row := _next(cells)) is not None:
            number += 1
            if any(cell.value is not None for cell in row):
                yield _row(number, row)
    except _UNREADABLE as error:
        raise _damaged() from error
    finally:
        book.close()
    if number >= MOST_ROWS:
        _refuse("a row lies at or beyond the last row of the format", "move it up and delete the empty rows")


def _next(cells: Iterator[Sequence[_Cell]]) -> Sequence[_Cell] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return next(cells, None)


def _row(number: int, row: Sequence[_Cell]) -> RawRow:
    values: list[str] = []
    for at, cell in enumerate(row, start=1):
        value = cell.value
        if value is None:
            values.append("")
            continue
        if cell.data_type == "f":
            return _broken(number, at, "is a formula", "paste its value in its place")
        if cell.data_type == "e":
            return _broken(number, at, "is an error value", "correct or clear it")
        text = _text(value)
        if text is None or len(text) > CELL_CHARACTERS:
            return _broken(number, at, "is neither text, number, date nor yes or no", "write it as text")
        values.append(text)
    while values and not values[-1]:
        values.pop()
    return RawRow(number, values)


def _broken(number: int, at: int, what: str, remedy: str) -> RawRow:
    column = get_column_letter(at)
    return RawRow(number, (), CellRefused(column, what, remedy))


def _text(value: object) -> str | None:
    """A cell as one would have typed it into CSV; a date cell has no zone, and the feed will ask for one."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        # Date cells count days in binary fractions: a minute may come back a few microseconds short.
        return (value + timedelta(milliseconds=500)).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date | time):
        return value.isoformat()
    return None


def _damaged() -> BadInput:
    return BadInput("the workbook is damaged or not XLSX; save it again as XLSX or CSV")


def _refuse(what: str, remedy: str) -> NoReturn:
    msg = f"{what}; {remedy}"
    raise BadInput(msg)
