import io
import json
import os
import subprocess
import sys
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.reports import sample
from tests.reports.casebook import BoxGround, MemoryBook
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel import canon
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.observations.model import Access, Kind, Observation
from trucekeeper.places.position import Disc, Sector
from trucekeeper.record.ref import Ref
from trucekeeper.reports import charts
from trucekeeper.reports import map as sheet
from trucekeeper.reports.clean import clean
from trucekeeper.reports.daily import build, day_interval
from trucekeeper.reports.html import as_html
from trucekeeper.reports.model import Report
from trucekeeper.reports.pdf import as_pdf
from trucekeeper.reports.refs import expand
from trucekeeper.reports.render import as_json, render
from trucekeeper.reports.sketching import published
from trucekeeper.reports.view import page_view

GOLDEN = Path(__file__).parent.parent / "golden" / "reports" / "daily.json"
AGAIN = """
import hashlib, json
from tests.reports import sample
from tests.reports.casebook import BoxGround
from trucekeeper.reports.daily import build
from trucekeeper.reports.render import render
made = build(sample.casebook(), sample.agreement(), sample.DAY, 5000, sample.CHECKPOINT, BoxGround())
print(json.dumps({name: hashlib.sha256(data).hexdigest() for name, data in render(made).items()}))
"""


def made(book: MemoryBook | None = None, **changes: object) -> Report:
    known = sample.casebook() if book is None else book
    return build(known, sample.agreement(**changes), sample.DAY, 5_000, sample.CHECKPOINT, BoxGround())


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return render(made())


class Page(HTMLParser):
    """Collects what a page has: tags with their attributes, ids, and words outside of style."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "77", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "SOURCE_DATE_EPOCH": "1"},
    ],
)
def test_another_process_makes_the_same_bytes(
    files: dict[str, bytes], surroundings: dict[str, str], root: Path
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", AGAIN],
        check=True,
        capture_output=True,
        cwd=root,
        env=os.environ | surroundings,
    )
    assert json.loads(run.stdout) == {name: sha256(data).hexdigest() for name, data in files.items()}


def test_the_json_is_the_golden_one(files: dict[str, bytes]) -> None:
    if "TRUCE_GOLDEN" in os.environ:  # writes the file anew, to be read before it is committed
        GOLDEN.write_bytes(files["daily.json"])
    assert files["daily.json"] == GOLDEN.read_bytes()


def test_the_json_is_canonical(files: dict[str, bytes]) -> None:
    assert canon.encode(canon.decode(files["daily.json"], limit=10**7)) == files["daily.json"]


def test_the_page_is_one_file_without_script_and_fetches_nothing(files: dict[str, bytes]) -> None:
    page = Page(files["daily.html"])
    assert {"script", "link", "img", "iframe", "object", "base", "form"}.isdisjoint(
        tag for tag, _ in page.tags
    )
    assert page.values("src") == []
    assert all(link.startswith(("#", "../../entries/")) for link in page.values("href"))
    assert b"@import" not in files["daily.html"]
    assert b"url(http" not in files["daily.html"]


def test_every_link_within_the_page_has_its_target_and_no_id_is_given_twice(files: dict[str, bytes]) -> None:
    page = Page(files["daily.html"])
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(ids)


def test_every_table_head_has_a_scope_and_every_picture_a_name(files: dict[str, bytes]) -> None:
    page = Page(files["daily.html"])
    assert all(attrs.get("scope") in ("row", "col") for tag, attrs in page.tags if tag == "th")
    assert all(attrs.get("aria-label") for tag, attrs in page.tags if tag == "svg")
    assert page.tags[0] == ("html", {"lang": "en", "dir": "ltr"})
    assert [tag for tag, _ in page.tags].count("h1") == 1


def test_every_number_on_the_page_leads_to_the_entries_that_the_report_names() -> None:
    report = made()
    listed = {one["id"]: ", ".join(one["ranges"]) for one in page_view(report, 10_000)["sources"]}
    page = as_html(report).decode()
    for name, refs in listed.items():
        line = page.split(f'<li id="{name}">')[1].split("</li>")[0]
        linked = {int(part.split('"')[0]) for part in line.split("../../entries/")[1:]}
        cited = {ref.entry for ref in expand(refs)}
        assert {min(cited), max(cited)} <= linked <= cited
        assert f'href="#{name}"' in page


def test_all_pictures_are_well_formed_and_hold_no_unknown_number() -> None:
    report = made()
    for svg in (*charts.pictures(report).values(), sheet.picture(report)):
        tree = ET.fromstring(svg)
        assert tree.tag == "{http://www.w3.org/2000/svg}svg"
        assert "nan" not in svg.lower()


def test_the_pdf_names_its_checkpoint_and_numbers_its_pages(files: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(files["daily.pdf"]))
    first = reader.pages[0].extract_text()
    assert 4 <= len(reader.pages) <= 9
    assert f"page 1 of {len(reader.pages)}" in first
    assert sample.CHECKPOINT.root[:16] in first
    assert "Recorded, not adjudicated." in first
    assert reader.metadata.title == "Daily report, Lakeside Armistice"


def test_hostile_words_are_words_in_every_form() -> None:
    report = made(title=f"Armistice {sample.NASTY}")
    page = as_html(report)
    assert b"<script" not in page
    assert b"\x00" not in page
    assert "\u202e".encode() not in page
    assert "script" not in {tag for tag, _ in Page(page).tags}
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(as_pdf(report))).pages)
    assert "#let x = $ ]" in text
    assert "<script>" in text


@pytest.mark.parametrize(
    "words",
    [
        "#panic()",
        "$",
        "]",
        "*_`<x>`_*",
        "\\u{0}",
        "<<",
        "</style>",
        "{{ 7*7 }}",
        "{% raw %}",
        "\ud800",
        "\ufffe",
        "@a",
        "//",
    ],
)
def test_no_markup_reaches_the_typesetter_or_the_page(words: str) -> None:
    told = Observation(
        "x", Kind.ACCESS_REFUSED, "patrol-n", Interval(Instant(TODAY.start + 1), Instant(TODAY.start + 2)),
        access=Access(words, True, None, None, words, None),
    )  # fmt: skip
    report = made(MemoryBook(seen=(Sighting(Ref(9), told),), sources=sample.SOURCES))
    page = "".join(Page(as_html(report)).words)
    assert clean(words) in page
    assert "49" not in page.split("Freedom of movement")[1].split("Civilian harm")[0]
    assert as_pdf(report).startswith(b"%PDF-")


TODAY = day_interval(sample.agreement(), sample.DAY)


@given(st.text())
def test_cleaned_words_can_stand_in_xml(words: str) -> None:
    safe = clean(words)
    element = ET.Element("a")
    element.text = safe
    assert (ET.fromstring(ET.tostring(element, encoding="utf-8")).text or "") == safe
    assert clean(safe) == safe


def test_where_an_observer_stood_is_in_no_form() -> None:
    post = sample.at(-21.123456, -18.654321)
    told = Observation(
        "x", Kind.REPORT, "patrol-n", Interval(Instant(TODAY.start + 1), Instant(TODAY.start + 2)),
        where=Sector(post, 10, 5_000, 7_000, 4), act="explosion",
    )  # fmt: skip
    report = made(MemoryBook(seen=(Sighting(Ref(9), told),), sources=sample.SOURCES))
    spots = json.loads(as_json(report))["map"]["spots"]
    assert len(spots) == 1
    apart_km = abs(spots[0]["lon_u"] - post.lon_u) / 1e6 * 111.32 * 0.933
    assert 5 <= apart_km <= 7
    assert spots[0]["lat_u"] % 10_000 == 0
    assert b"21123" not in as_json(report)


def test_only_what_happened_is_drawn() -> None:
    coverage = [one for one in sample.casebook().seen if one.observation.kind is Kind.COVERAGE]
    report = made(MemoryBook(seen=tuple(coverage), sources=sample.SOURCES))
    assert report.sketch.spots == ()


def test_published_places_lie_on_the_grid_and_their_disc_is_never_smaller_than_what_is_not_known() -> None:
    at, radius_m = published(Disc(sample.at(-21.123456, -18.654321), 12))
    assert (at.lat_u, at.lon_u, radius_m) == (-21_120_000, -18_650_000, 1_000)


def test_an_empty_day_still_makes_a_report() -> None:
    forms = render(made(MemoryBook()))
    assert "Nothing countable was recorded" in forms["daily.html"].decode()
    assert forms["daily.pdf"].startswith(b"%PDF-")


def test_a_crowded_map_widens_its_grid_and_loses_nothing() -> None:
    seen = tuple(
        Sighting(
            Ref(9, row),
            Observation(
                str(row), Kind.DETECTION, "satellite",
                Interval(Instant(TODAY.start + row), Instant(TODAY.start + row + 1)),
                where=Disc(sample.at(-20 - row % 50 / 20, -19 + row // 50 / 40), 375), act="fire-detected",
            ),
        )
        for row in range(1_500)
    )  # fmt: skip
    drawn = made(MemoryBook(seen=seen, sources=sample.SOURCES)).sketch
    assert drawn.grid_m > 1_000
    assert len(drawn.spots) <= 600
    assert {spot.radius_m for spot in drawn.spots} == {0}
    assert sum(spot.count.value.low for spot in drawn.spots) == 1_500
