"""Opens a file as a table, whatever its format; the first bytes decide, never the name."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from trucekeeper.feeds import csv_table, xlsx_table
from trucekeeper.feeds.rows import Area, FeedMapping, Row, Table, observed
from trucekeeper.kernel.errors import BadInput, NotFound

MOST_BYTES = 1 << 30

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0"
"""The container of XLS, and of XLSX with a password (MS-OFFCRYPTO)."""


def read(data: Path | BinaryIO, mapping: FeedMapping, area: Area | None = None) -> Iterator[Row]:
    """Every row of ``data`` as ``mapping`` reads it; :class:`BadInput` where the file itself is unfit.

    A stream must be seekable; it is read from its start and left open.
    """
    with stream_of(data) as stream:
        yield from observed(opened(stream), mapping, area)


def opened(stream: BinaryIO) -> Table:
    """The table in ``stream``, its header read."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size == 0:
        msg = "the file is empty; give a file with a header and rows"
        raise BadInput(msg)
    if size > MOST_BYTES:
        msg = f"the file is larger than {MOST_BYTES >> 20} MiB; split it"
        raise BadInput(msg)
    magic = stream.read(4)
    stream.seek(0)
    if magic.startswith(_ZIP):
        return xlsx_table.opened(stream)
    if magic == _OLE:
        msg = "the workbook is encrypted or in the old XLS format; save it as XLSX without a password"
        raise BadInput(msg)
    return csv_table.opened(stream)


@contextmanager
def stream_of(data: Path | BinaryIO) -> Generator[BinaryIO]:
    """``data`` as a stream at its start; closes only what it opened."""
    if not isinstance(data, Path):
        data.seek(0)
        yield data
        return
    try:
        stream = data.open("rb")
    except OSError as error:
        msg = f"the file {data.name} cannot be opened ({error.strerror}); check its path and permissions"
        raise NotFound(msg) from error
    with stream:
        yield stream
