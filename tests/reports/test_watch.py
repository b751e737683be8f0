"""Who looked for what, in a whole report: the number beside each count, on the map, in every form."""

import io
import json

import pytest
from pypdf import PdfReader

from tests.reports import sample
from tests.reports.casebook import BoxGround, MemoryBook
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.observations.model import Coverage, Kind, Observation
from trucekeeper.places.position import Disc, Region
from trucekeeper.record.ref import Ref
from trucekeeper.reports import map as sheet
from trucekeeper.reports.daily import build, day_interval
from trucekeeper.reports.model import Beside, Compared, Figure, Report, Words
from trucekeeper.reports.render import render

AGREEMENT = sample.agreement()
TODAY = day_interval(AGREEMENT, sample.DAY)
NORTH = Disc(sample.at(-20.35, -19.0), 200_000)
"""A region over everything."""


def look(entry: int, source: str = "patrol-n", where: Region | None = NORTH, **told: object) -> Sighting:
    fields: dict[str, object] = {
        "uid": str(entry), "kind": Kind.COVERAGE, "source": source, "where": where,
        "when": Interval(TODAY.start, Instant(TODAY.start + 12 * sample.HOUR)),
        "coverage": Coverage(("explosion", "burst"), 500_000),
    }  # fmt: skip
    return Sighting(Ref(entry), Observation(**(fields | told)))  # type: ignore[arg-type]


def heard(entry: int, act: str = "explosion") -> Sighting:
    when = Interval(Instant(TODAY.start + 1), Instant(TODAY.start + 2))
    where = Disc(sample.at(-20.35, -19.0), 100)
    return Sighting(Ref(entry), Observation(str(entry), Kind.DETECTION, "satellite", when, where, act=act))


def made(*seen: Sighting) -> Report:
    book = MemoryBook(seen=seen, sources=sample.SOURCES)
    return build(book, AGREEMENT, sample.DAY, 5_000, sample.CHECKPOINT, BoxGround())


def cells(report: Report, name: str) -> dict[str, tuple[object, ...]]:
    found = [one for section in report.sections for one in section.tables if one.id == name]
    return {row.label: row.cells for table in found for row in table.rows}


def beside(report: Report, label: str = "Sector north") -> object:
    cell = cells(report, "by-sector")[label][0]
    assert isinstance(cell, Beside)
    return cell.other


def test_half_of_the_day_with_an_even_chance_is_a_quarter() -> None:
    chance = beside(made(look(1), heard(2)))
    assert isinstance(chance, Figure)
    assert (chance.value.low, chance.refs) == (250_000, (Ref(1),))


def test_what_was_seen_without_anybody_on_record_as_looking_says_so() -> None:
    assert beside(made(heard(2))) == Words("nobody looked", "blind")
    assert beside(made(look(1), heard(2, "flight"))) == Words("nobody looked", "blind")
    assert beside(made(look(1), heard(2, "fire-detected"))) == Words("watch not known", "blind")


def test_a_nought_of_an_act_that_nobody_looked_for_is_no_number() -> None:
    report = made(look(1), heard(2, "flight"))
    assert cells(report, "by-sector")["Sector lake"][0] == Words("nobody looked", "blind")
    quiet = cells(made(look(1), heard(2)), "by-sector")["Sector lake"][0]
    assert isinstance(quiet, Beside)
    assert isinstance(quiet.figure, Compared)
    assert quiet.figure.now.value.low == 0


@pytest.mark.parametrize(
    "told",
    [
        look(3, "liaison-a"),  # a side's own word that it looked would turn silence into calm
        look(3, "patrol-c", relays="patrol-n/1"),
        look(3, "patrol-c", where=None),
        look(3, "patrol-c", when=Interval(TODAY.start, None)),
        look(3, "patrol-c", coverage=Coverage(("explosion",), 0)),
        look(3, "patrol-c", coverage=Coverage(("flight",), 900_000)),
        look(3, "patrol-c", where=Disc(sample.at(-22.5, -19.0), 1_000)),
    ],
)
def test_what_adds_no_chance_adds_none(told: Sighting) -> None:
    assert beside(made(look(1), told, heard(2))) == beside(made(look(1), heard(2)))


def test_whoever_looked_where_no_place_of_the_lattice_lies_is_not_nobody() -> None:
    chance = beside(made(look(1, where=Disc(sample.at(-20.36, -19.01), 50)), heard(2)))
    assert isinstance(chance, Figure)
    assert chance.value.low == 0
    text = render(made(look(1, where=Disc(sample.at(-20.36, -19.01), 50)), heard(2)))["daily.html"].decode()
    assert "<1\N{NO-BREAK SPACE}%" in text.replace("&lt;", "<")


def test_acts_with_the_same_chances_share_a_column() -> None:
    report = made(look(1), look(3, "camera-lake", coverage=Coverage(("flight",), 900_000)))
    table = next(one for section in report.sections for one in section.tables if one.id == "chances")
    assert table.columns == ("Sector", "explosions, bursts", "flights")
    assert [row.label for row in table.rows][-1] == "All sectors"


def test_a_day_without_anything_recorded_still_tells_its_chances() -> None:
    report = made(look(1))
    assert cells(report, "by-sector") == {}
    assert report.sketch.sought == "explosions"
    assert isinstance(cells(report, "chances")["Sector north"][0], Figure)


def test_every_form_shows_the_chance_beside_the_count_and_the_map_says_it_in_words() -> None:
    report = made(look(1, where=Disc(sample.at(-20.35, -19.0), 1_000_000)), heard(2))
    files = render(report)
    view = json.loads(files["daily.json"])
    acts = next(section for section in view["sections"] if section["id"] == "acts")
    cell = acts["tables"][0]["rows"][0]["cells"][0]
    assert cell["now"]["low"] == 1
    assert (cell["beside"]["name"], cell["beside"]["now"]["low"], cell["beside"]["now"]["refs"]) == (
        "chance",
        250_000,
        "1",
    )
    assert {one["sector"] for one in view["map"]["chances"]} == set(AGREEMENT.sectors)
    assert view["map"]["sought"] == "explosions"
    assert "25\N{NO-BREAK SPACE}%" in files["daily.html"].decode()
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(files["daily.pdf"])).pages)
    assert "chance 25" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "chance 25" in sheet.picture(report)


def test_a_sector_that_nobody_watched_is_hatched_and_named_on_the_map() -> None:
    drawn = sheet.picture(made(look(1, where=Disc(sample.at(-20.35, -19.0), 5_000)), heard(2)))
    assert drawn.count(">nobody looked</tspan>") == 3
    assert drawn.count('fill="url(#map-blind)"') == 3 + 1  # and the one that the legend explains


def test_a_map_of_nothing_looked_for_is_not_shaded() -> None:
    drawn = sheet.picture(made())
    assert "map-blind" not in drawn
    assert "would have been seen:" not in drawn
