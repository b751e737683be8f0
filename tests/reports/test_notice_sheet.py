"""The sheet for whoever is offline: one page, everything on it, and a QR code that a reader reads."""

import io
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdf
import pytest
import zxingcpp

from tests.movements.announced import Life, convoy, hospital
from trucekeeper.movements import read_back
from trucekeeper.movements.model import Notice, Op
from trucekeeper.movements.read_back import Subject
from trucekeeper.reports import notice_sheet
from trucekeeper.reports.notice_sheet import Sheet


def sheet(notice: Notice, **other: object) -> Sheet:
    life = Life(notice)
    of = Subject("office.example/test", life.number, life.number, "ab" * 32, "liaison-a")
    return replace(Sheet(of, life.dossier.current), **other)  # type: ignore[arg-type]


def withdrawn() -> Sheet:
    life = Life(convoy()).transmit("liaison-a")
    number = life.step(Op.WITHDRAW, 60, says="the bridge is closed")
    of = Subject("office.example/test", life.number, number, "cd" * 32, "liaison-a2")
    return Sheet(of, life.dossier.current, step=life.lines[-1], stands_for="liaison-a")


def long() -> Sheet:
    """As much as a notice may hold."""
    one = convoy(uncertainty_m=2_000, purpose="flour " * 166 + "!", organisation="O" * 200, cargo="C" * 200)
    where = replace(one.where, waypoints=one.where.waypoints * 100)  # type: ignore[type-var, union-attr]
    return sheet(
        replace(one, where=where, vehicles=one.vehicles * 50, recipients=tuple(f"r{n}" for n in range(100)))
    )  # type: ignore[arg-type]


SHEETS = {
    "convoy": sheet(convoy(emergency=True)),
    "site": sheet(hospital(), stale=True),
    "withdrawn": withdrawn(),
}


def text_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_one_page_with_the_law_and_no_approval(name: str) -> None:
    (page,) = text_of(notice_sheet.as_pdf(SHEETS[name]))
    flat = " ".join(page.split())
    for sentence in (notice_sheet.NOT_APPROVED, *notice_sheet.LAW):
        assert sentence in flat
    assert SHEETS[name].code in flat
    assert "Signature" in flat


def test_every_field_of_a_notice_is_in_the_text_and_on_the_page() -> None:
    made = SHEETS["convoy"]
    (page,) = text_of(notice_sheet.as_pdf(made))
    for where in (" ".join(page.split()), notice_sheet.as_text(made)):
        for word in (
            "EMERGENCY", "Lake Relief", "Convoy Heron", "+00 12 345 678", "Flour and tents", "LR 20-07",
            "white, red emblem",             "400 m wide", "150 m", "food and shelter", "21.000000 S 019.000000 W",
            "3 March 2026, 02:00 to 02:30 UTC",
            "liaison-b", "full height",
        ):  # fmt: skip
            assert word in where, word


def test_a_withdrawal_says_so_first_and_whom_its_reader_stands_for() -> None:
    text = notice_sheet.as_text(SHEETS["withdrawn"])
    assert text.splitlines()[3].startswith(
        "Withdrawn by its notifier (1 March 2026, 01:00 UTC): the bridge is closed"
    )
    assert "in the place of liaison-a" in text


def test_a_stale_site_reads_as_protected() -> None:
    assert "protected all the same" in notice_sheet.as_text(SHEETS["site"])


def test_the_longest_notice_takes_no_more_than_two_pages_and_names_what_it_leaves_out() -> None:
    pages = text_of(notice_sheet.as_pdf(long()))
    assert len(pages) <= 2
    assert "188 more in the signed entry" in " ".join(" ".join(pages).split())


def test_a_sheet_is_the_same_bytes_whenever_it_is_made() -> None:
    assert notice_sheet.as_pdf(SHEETS["convoy"]) == notice_sheet.as_pdf(sheet(convoy(emergency=True)))


@pytest.mark.needs("pdftoppm")
@pytest.mark.parametrize("dpi", [100, 200])
def test_the_printed_code_is_read_and_asks_for_a_receipt_of_this_version(tmp_path: Path, dpi: int) -> None:
    made = SHEETS["convoy"]
    (tmp_path / "sheet.pdf").write_bytes(notice_sheet.as_pdf(made))
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "sheet.pdf", "sheet"], cwd=tmp_path, check=True)
    (picture,) = tmp_path.glob("*.pgm")
    _, size, _, points = picture.read_bytes().split(b"\n", 3)
    wide, high = map(int, size.split())
    (found,) = zxingcpp.read_barcodes(np.frombuffer(points, np.uint8).reshape(high, wide))
    assert found.text.encode() == read_back.receipt_request(made.of)
    said = json.loads(found.text)
    assert said["digest"] == made.of.digest
    assert said["code"] == read_back.code(made.of)
    assert (said["notice"], said["version"], said["recipient"]) == (
        made.of.notice,
        made.of.version,
        "liaison-a",
    )


def test_words_from_outside_stay_words() -> None:
    odd = convoy(designation='#panic("x") <b>&amp; \\u{202e} $x$', purpose="*bold* _x_ @ref `code`")
    (page,) = text_of(notice_sheet.as_pdf(sheet(odd)))
    assert '#panic("x") <b>&amp;' in page
    assert "*bold* _x_ @ref `code`" in page


@pytest.mark.parametrize("lat_u", [90_000_000, -90_000_000, 0])
def test_a_sketch_is_drawn_at_the_poles_and_across_the_antimeridian(lat_u: int) -> None:
    far = hospital()
    parts = tuple(
        replace(
            part,
            points=tuple(
                replace(p, lat_u=lat_u, lon_u=179_999_000 if n % 2 else -179_999_000)
                for n, p in enumerate(part.points)
            ),
            holes=(),
        )
        for part in far.where.areas  # type: ignore[union-attr]
    )
    made = sheet(replace(far, where=replace(far.where, areas=parts)))  # type: ignore[type-var]
    assert len(text_of(notice_sheet.as_pdf(made))) == 1
