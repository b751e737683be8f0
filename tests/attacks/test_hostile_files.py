"""Files made to break, mislead or exhaust an importer: one sentence each, and no row lost but the broken one."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.feeds.known import feed_of
from trucekeeper.feeds.rows import Accepted, Refused, Row
from trucekeeper.feeds.tables import read
from trucekeeper.feeds.template import Template
from trucekeeper.kernel.errors import BadInput, NotFound

HEADER = "id,kind,source,start,note\n"
START = "2026-03-05T12:30Z"


def line(number: int, note: str = "") -> str:
    return f"{number},report,s,{START},{note}\n"


def rows_of(data: bytes) -> list[Row]:
    return list(read(io.BytesIO(data), Template()))


def ids(rows: list[Row]) -> list[str]:
    return [row.observation.uid for row in rows if isinstance(row, Accepted)]


def refused(rows: list[Row]) -> list[tuple[int, str]]:
    return [(row.number, row.what) for row in rows if isinstance(row, Refused)]


GOOD = (HEADER + line(1) + line(2) + line(3)).encode()


# --- CSV ------------------------------------------------------------------------------------------


def test_a_file_cut_off_in_its_last_row_keeps_the_rows_before() -> None:
    rows = rows_of(GOOD[:-12])
    assert ids(rows) == ["1", "2"]
    assert refused(rows) == [(4, "the file ends within it")]


def test_a_file_cut_off_inside_a_quote_keeps_the_rows_before() -> None:
    rows = rows_of((HEADER + line(1) + '2,report,s,x,"cut o').encode())
    assert ids(rows) == ["1"]
    assert [number for number, _ in refused(rows)] == [3]


@pytest.mark.parametrize("note", ['"never closed', '"closed" and on', '"a,"b"'])
def test_a_stray_quote_spoils_its_own_row_alone(note: str) -> None:
    rows = rows_of(
        (HEADER + line(1) + line(2, note) + line(3) + line(4, '"fine, ""really"""') + line(5)).encode()
    )
    assert ids(rows) == ["1", "3", "4", "5"]
    assert [number for number, _ in refused(rows)] == [3]


def test_two_stray_quotes_do_not_swallow_the_rows_between() -> None:
    rows = rows_of((HEADER + line(1, '"x') + line(2) + f'3,report,s,{START},"\n' + line(4)).encode())
    assert ids(rows) == ["2", "4"]


def test_a_cell_of_two_lines_is_read_as_one() -> None:
    rows = rows_of((HEADER + line(1, '"first\nsecond"') + line(2)).encode())
    assert ids(rows) == ["1", "2"]
    assert isinstance(rows[0], Accepted)
    assert rows[0].observation.note == "first second"


@pytest.mark.parametrize("size", [140_000, 8_000_000])
def test_a_huge_line_is_refused_without_being_held(size: int) -> None:
    data = (HEADER + line(1) + line(2, "x" * size) + line(3)).encode()
    stream = io.BytesIO(data)
    tracemalloc.start()
    rows = list(read(stream, Template()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ids(rows) == ["1", "3"]
    assert refused(rows) == [(3, "it is longer than 131072 bytes")]
    assert peak < 3_000_000


def test_a_huge_quoted_cell_of_many_lines_spoils_no_row_after_it() -> None:
    data = HEADER + line(1) + line(2, '"' + "x\n" * 70_000) + line(3)
    rows = rows_of(data.encode())
    assert ids(rows) == ["1", "3"]


def test_a_quote_opened_on_every_line_is_read_in_time_that_grows_with_the_file() -> None:
    rows = rows_of((HEADER + line(1, '"') * 20_000).encode())
    assert ids(rows) == []
    assert len(rows) == 20_000


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "has no header"),
        (b",,,\n", "has no header"),
        (GOOD.decode().encode("utf-16"), "UTF-16"),
        (GOOD.decode().encode("utf-16-le"), "UTF-16"),
        ("id,kind,source,start,caf\u00e9\n".encode("latin-1"), "the header is not UTF-8"),
        (b"x" * 200_000, "the header is longer"),
        (b"a," * 2000, "over 1000 columns"),
        (b'"id,kind\n', "a quote that does not close"),
        (b"id,kind,source\n", "lacks start"),
        (b"id,id,kind,source,start\n", "the column id stands twice"),
        (b"id,kind,source,start,surprise\n", "the column surprise is not one of"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "encrypted or in the old XLS format"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(BadInput) as refusal:
        rows_of(data)
    assert says in str(refusal.value)
    assert "; " in str(refusal.value)


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert ids(rows_of(b"\xef\xbb\xbf" + GOOD)) == ["1", "2", "3"]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_of_spreadsheets_are_read(delimiter: str) -> None:
    assert ids(rows_of(GOOD.replace(b",", delimiter.encode()))) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("note", "what"), [(b"caf\xe9", "it is not UTF-8"), (b"a\0b", "it holds zero bytes")]
)
def test_a_row_of_other_bytes_is_refused_alone(note: bytes, what: str) -> None:
    rows = rows_of(GOOD.replace(b"\n2,report,s,", b"\n2,report," + note + b","))
    assert ids(rows) == ["1", "3"]
    assert refused(rows) == [(3, what)]


def test_rows_with_too_few_or_too_many_cells_are_refused() -> None:
    rows = rows_of((HEADER + line(1) + "2,report,s\n" + line(3, "a,b") + "\n,,,,\n" + line(6)).encode())
    assert ids(rows) == ["1", "6"]
    assert [number for number, _ in refused(rows)] == [3, 4]


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t=", "=cmd|' /C calc'!A0"])
def test_formulas_in_text_cells_are_refused(lead: str) -> None:
    assert len(refused(rows_of((HEADER + line(1, f"{lead}SUM(A1)")).encode()))) == 1


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"nothing\.csv cannot be opened"):
        list(read(tmp_path / "nothing.csv", Template()))


# --- XLSX -----------------------------------------------------------------------------------------


def workbook(*rows: tuple[object, ...], change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (tuple(HEADER.strip().split(",")), *rows):
        sheet.append(row)
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row(number: int, note: object = None) -> tuple[object, ...]:
    return (str(number), "report", "s", START, note)


BOOK = workbook(row(1), row(2), row(3))


def rezipped(data: bytes, change: Callable[[str, bytes], bytes], *extra: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
        for name, content in extra:
            new.writestr(name, content)
    return out.getvalue()


def same(_name: str, content: bytes) -> bytes:
    return content


def test_a_workbook_is_read() -> None:
    assert ids(rows_of(BOOK)) == ["1", "2", "3"]


@pytest.mark.parametrize("value", ["=A1", "=1+1", "=[1]Sheet1!A1"])
def test_a_formula_cell_of_a_workbook_is_refused_alone(value: str) -> None:
    rows = rows_of(workbook(row(1), row(2, value), row(3)))
    assert ids(rows) == ["1", "3"]
    assert refused(rows) == [(3, "is a formula")]
    assert isinstance(rows[1], Refused)
    assert rows[1].column == "E"


def test_an_error_cell_is_refused_alone() -> None:
    rows = rows_of(workbook(row(1), row(2, "#REF!"), row(3)))
    assert refused(rows) == [(3, "is an error value")]


def test_a_cell_beyond_the_header_is_refused() -> None:
    rows = rows_of(workbook(row(1), (*row(2), "stray"), row(3)))
    assert refused(rows) == [(3, "a cell stands beyond the header")]


def test_a_bomb_is_refused_by_its_directory_before_it_is_unpacked() -> None:
    bomb = rezipped(BOOK, same, ("xl/worksheets/sheet9.xml", b"0" * (200 << 20)))
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    with pytest.raises(BadInput, match="as a zip bomb does"):
        rows_of(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_directory_that_promises_too_much_is_refused() -> None:
    out = io.BytesIO(BOOK)
    with zipfile.ZipFile(out, "a") as archive:
        for entry in archive.infolist():
            entry.file_size = 100 << 20
            entry.compress_size = min(entry.compress_size, 100)
        archive.writestr("more", b"x")
    with pytest.raises(BadInput, match=r"unpacks to more than 256 MiB|unpacks over 200 to 1"):
        rows_of(out.getvalue())


def test_parts_that_overlap_are_refused() -> None:
    out = io.BytesIO(BOOK)
    with zipfile.ZipFile(out, "a") as archive:
        for entry in archive.infolist():
            entry.compress_size = len(BOOK)
            entry.file_size = len(BOOK)
        archive.writestr("more", b"x")
    with pytest.raises(BadInput, match="overlap"):
        rows_of(out.getvalue())


def encrypted(data: bytes) -> bytes:
    changed = bytearray(data)
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + 8] |= 1
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def laughs(name: str, content: bytes) -> bytes:
    if not name.endswith("sheet1.xml"):
        return content
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY l0 "lol">{lol}]><worksheet>&l9;</worksheet>'.encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (BOOK[: len(BOOK) // 2], "cut off or damaged"),
        (b"PK\x03\x04" + b"\xff" * 500, "cut off or damaged"),
        (encrypted(BOOK), "encrypted"),
        (rezipped(BOOK, same, ("xl/externalLinks/externalLink1.xml", b"<a/>")), "links to other workbooks"),
        (rezipped(BOOK, same, ("xl/vbaProject.bin", b"x")), "holds macros"),
        (rezipped(BOOK, same, *((f"xl/{at}.xml", b"") for at in range(600))), "over 500 parts"),
        (rezipped(BOOK, laughs), "damaged or not XLSX"),
        (rezipped(BOOK, lambda name, text: text[:300] if name.endswith("sheet1.xml") else text), "damaged"),
        (rezipped(BOOK, lambda name, text: b"" if name == "xl/workbook.xml" else text), "damaged"),
    ],
)
def test_a_workbook_made_to_harm_is_refused_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(BadInput) as refusal:
        rows_of(data)
    assert says in str(refusal.value)
    assert "; " in str(refusal.value)


def test_a_row_number_beyond_the_format_does_not_keep_the_reader_busy() -> None:
    far = rezipped(BOOK, lambda _name, text: text.replace(b'<row r="4"', b'<row r="99999999999"'))
    with pytest.raises(BadInput, match="a row lies at or beyond"):
        rows_of(far)


# --- any bytes at all -----------------------------------------------------------------------------


@given(st.sampled_from([GOOD, BOOK]), st.data())
def test_whatever_is_done_to_a_file_it_is_read_or_refused(good: bytes, data: st.DataObject) -> None:
    changed = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at : at + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=5))
    try:
        rows = rows_of(bytes(changed))
        feed_of(io.BytesIO(bytes(changed)))
    except BadInput as error:
        sentence = str(error)
        rows = []
    else:
        sentence = ""
    assert "\n" not in sentence
    assert all(str(row) for row in rows)


@given(st.binary(max_size=300))
def test_any_bytes_after_a_header_are_rows_or_refusals(tail: bytes) -> None:
    rows = rows_of(HEADER.encode() + line(1).encode() + tail)
    assert ids(rows)[0] == "1"
    numbers = [row.number for row in rows]
    assert numbers == sorted(set(numbers))
