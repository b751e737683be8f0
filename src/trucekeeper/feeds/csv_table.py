"""CSV (RFC 4180) as a table, a line at a time. What is broken spoils its own row and no other."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from trucekeeper.feeds.rows import CellRefused, RawRow, Table, header_form
from trucekeeper.kernel.errors import BadInput

LINE_BYTES = 131_072
"""A line, and a row of several lines, may be no longer."""
MOST_COLUMNS = 1000

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def opened(stream: BinaryIO) -> Table:
    """The table in ``stream``: UTF-8 with or without a byte order mark; comma, semicolon or tab."""
    first = stream.readline(LINE_BYTES + 1)
    if first.startswith(_UTF16) or b"\0" in first:
        msg = "the file is not UTF-8 but UTF-16 or no text at all; save it as CSV UTF-8"
        raise BadInput(msg)
    first = first.removeprefix(b"\xef\xbb\xbf")
    if len(first) > LINE_BYTES:
        msg = f"row 1: the header is longer than {LINE_BYTES} bytes; give it one line with the column names"
        raise BadInput(msg)
    try:
        line = first.decode()
    except UnicodeDecodeError as error:
        msg = "row 1: the header is not UTF-8; save the file as CSV UTF-8"
        raise BadInput(msg) from error
    delimiter = max(",;\t", key=line.count)
    try:
        names = [name for row in csv.reader([line], delimiter=delimiter, strict=True) for name in row]
    except csv.Error as error:
        msg = "row 1: the header has a quote that does not close; correct it"
        raise BadInput(msg) from error
    header = tuple(map(header_form, names))
    if not any(header):
        msg = "row 1: the file has no header; put the column names into its first line"
        raise BadInput(msg)
    if len(header) > MOST_COLUMNS:
        msg = f"row 1: the header has over {MOST_COLUMNS} columns; is this the right file"
        raise BadInput(msg)
    return Table(header, _Records(stream, delimiter, len(header)).rows())


class _Records:
    """Puts lines together to records; takes the lines of a broken record apart again."""

    def __init__(self, stream: BinaryIO, delimiter: str, width: int) -> None:
        self._stream = stream
        self._width = width
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._size = 0
        self._delimiter = delimiter
        self._reader = self._fresh()

    def rows(self) -> Iterator[RawRow]:
        number = 1
        for values, broken in self._records():
            number += 1
            # A blank line, or one of empty cells as spreadsheets leave them, is no row; it still counts.
            if broken is None and not any(values):
                continue
            yield RawRow(number, values, broken)

    def _records(self) -> Iterator[tuple[list[str], CellRefused | None]]:
        while True:
            self._taken.clear()
            self._size = 0
            try:
                values = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                yield self._taken_apart()
                continue
            if len(self._taken) > 1 and self._swallowed(values):
                yield self._taken_apart()
                continue
            yield values, self._broken(values)

    def _swallowed(self, values: list[str]) -> bool:
        """Whether a stray quote has taken whole rows into a cell, up to the next quote."""
        if len(values) != self._width:
            return True
        return any(line.count(self._delimiter) >= self._width - 1 for line in self._taken[1:])

    def _taken_apart(self) -> tuple[list[str], CellRefused]:
        first, *others = self._taken
        self._again.extendleft(reversed(others))
        self._reader = self._fresh()
        if len(first) > LINE_BYTES:
            return [], CellRefused(None, f"it is longer than {LINE_BYTES} bytes", "shorten it")
        return [], CellRefused(
            None, "a quote is opened and not closed, or stands inside a cell", "close or double it"
        )

    def _broken(self, values: list[str]) -> CellRefused | None:
        record = self._taken[0] if len(self._taken) == 1 else "".join(self._taken)
        if not record.isascii():
            try:
                record.encode()
            except UnicodeEncodeError:
                return CellRefused(None, "it is not UTF-8", "save the file as CSV UTF-8")
        if "\0" in record:
            return CellRefused(None, "it holds zero bytes", "save the file as CSV UTF-8")
        if len(values) < self._width and not record.endswith(("\n", "\r")):
            return CellRefused(None, "the file ends within it", "get the rest of the file")
        return None

    def _fresh(self) -> Iterator[list[str]]:
        return csv.reader(self._lines(), delimiter=self._delimiter, strict=True)

    def _lines(self) -> Iterator[str]:
        while True:
            line = self._again.popleft() if self._again else self._line()
            if not line:
                return
            self._taken.append(line)
            self._size += len(line)
            if self._size > LINE_BYTES:
                # In or out of quotes, the reader takes this for an error and gives the record up.
                yield '"x"x\n'
                continue
            yield line

    def _line(self) -> str:
        data = self._stream.readline(LINE_BYTES + 1)
        if len(data) > LINE_BYTES:
            # Pass over the rest of the line, a piece at a time.
            piece = data
            while piece and not piece.endswith(b"\n"):
                piece = self._stream.readline(LINE_BYTES)
        return data.decode(errors="surrogateescape")
