"""Files as they really come: what is sound is recorded once, what is refused is listed and can be corrected."""

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.office_kit import LAKESIDE, START, new_kit
from tests.truce import Done, sentence, truce
from trucekeeper.cli.intake import REFUSED_ROWS
from trucekeeper.feeds.template_columns import COLUMNS
from trucekeeper.observations.model import Observation
from trucekeeper.office.wiring import open_office
from trucekeeper.places.position import Disc

NAMES = [column.name for column in COLUMNS]
SOUND = {
    "id": "1", "kind": "report", "source": "patrol-lake", "start": "2026-03-05 14:30 +02:00", "lat": "-20.9",
    "lon": "-19.0", "radius_m": "500", "act": "explosion", "means": "heard", "count": "over 100",
}  # fmt: skip
BAD = {
    "a day that is none": ({"start": "2026-02-29 10:00 +02:00"}, "start"),
    "a time without zone": ({"start": "2026-03-05 14:30"}, "start"),
    "the year nought": ({"start": "0000-03-05 14:30 +02:00"}, "start"),
    "the month thirteen": ({"start": "2026-13-05 14:30 +02:00"}, "start"),
    "an end before its start": ({"end": "2026-03-05 14:00 +02:00"}, "end"),
    "a latitude beyond the pole": ({"lat": "-120.9"}, "lat"),
    "a longitude beyond the antimeridian": ({"lon": "191"}, "lon"),
    "swapped coordinates": ({"lat": "-19.0", "lon": "-20.9"}, None),
    "a place without a radius": ({"radius_m": ""}, "radius_m"),
    "a formula": ({"note": "=HYPERLINK(1)"}, "note"),
    "a formula in a number": ({"count": "=1+1"}, "count"),
    "an act that nobody knows": ({"act": "magic"}, "act"),
    "an unknown party": ({"by": "party-z"}, "by"),
    "an unknown source": ({"source": "stranger"}, "source"),
    "a kind that nobody knows": ({"kind": "gossip"}, "kind"),
    "an empty source": ({"source": ""}, "source"),
    "a control character": ({"note": "a\x07b"}, "note"),
}


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A young office: key set, agreement, four sources."""
    kit = new_kit(tmp_path / "office")
    kit.office.close()
    return kit.root


def sheet(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, NAMES)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def row(number: int, **changed: str) -> dict[str, str]:
    return {**SOUND, "id": str(number), **changed}


def given(office: Path, data: bytes, name: str = "sheet.csv") -> Path:
    path = office.parent / name
    path.write_bytes(data)
    return path


def taken(office: Path, file: Path, *options: str) -> Done:
    return truce("import", file, "--office", office, *options)


def size_of(office: Path) -> int:
    return truce("status", "--office", office, "--json").json["size"]


def recorded(office: Path) -> dict[str, Observation]:
    with open_office(office, readonly=True) as opened:
        seen = [one.observation for one in opened.casebook.sightings()]
    assert len({one.uid for one in seen}) == len(seen), "an observation is recorded twice"
    return {one.uid: one for one in seen}


def test_bad_rows_are_refused_and_correcting_them_records_them_alone(office: Path) -> None:
    size = size_of(office)
    bad = [row(number, **changed) for number, (changed, _) in enumerate(BAD.values(), start=10)]
    file = given(office, sheet(row(1), *bad, row(2)))
    tried = taken(office, file, "--dry-run", "--json")
    assert (tried.code, tried.json[0]["recorded"], tried.json[0]["new"]) == (REFUSED_ROWS, 0, 2)
    assert size_of(office) == size

    done = taken(office, file)
    assert done.code == REFUSED_ROWS
    said = [line for line in done.out.splitlines() if line.startswith("  Row ")]
    for number, (line, (case, (_, column))) in enumerate(zip(said, BAD.items(), strict=True), start=3):
        where = (
            f"  Row {number}: latitude and longitude"
            if column is None
            else f"  Row {number}, column {column}: "
        )
        assert line.startswith(where), case
        assert line.endswith("."), case
    assert size_of(office) == size + 1
    assert set(recorded(office)) == {"1", "2"}

    corrected = taken(
        office, given(office, sheet(row(1), *(row(10 + n) for n in range(len(BAD))), row(2))), "--json"
    )
    assert corrected.code == 0
    assert {name: corrected.json[0][name] for name in ("recorded", "already", "refused")} == {
        "recorded": len(BAD),
        "already": 2,
        "refused": [],
    }
    assert size_of(office) == size + 2
    assert set(recorded(office)) == {"1", "2", *(str(10 + n) for n in range(len(BAD)))}

    again = taken(office, file, "--json")
    assert (again.json[0]["recorded"], again.json[0]["entry"]) == (0, None)
    assert size_of(office) == size + 2


def test_rows_that_repeat_each_other_are_recorded_once(office: Path) -> None:
    done = taken(office, given(office, sheet(row(1), row(1), row(2))))
    assert done.code == REFUSED_ROWS
    assert "Row 3: it repeats row 2; remove one of the two." in done.out
    assert set(recorded(office)) == {"1", "2"}


def test_what_was_written_is_what_is_recorded(office: Path) -> None:
    taken(office, given(office, sheet(row(1))))
    seen = recorded(office)["1"]
    assert isinstance(seen.where, Disc)
    assert (seen.where.centre.lat_u, seen.where.centre.lon_u, seen.where.radius_m) == (
        -20_900_000,
        -19_000_000,
        500,
    )
    assert seen.when.start == START + (4 * 24 * 60 + 12 * 60 + 30) * 60_000
    assert (seen.count.low, seen.count.high) == (101, None)


GOOD = sheet(row(1), row(2))
HEADLESS = GOOD.partition(b"\n")[2]


def bomb() -> bytes:
    """A workbook of some 100 KB that unpacks to 100 MB."""
    book = openpyxl.Workbook()
    book.active.append(NAMES)
    plain = io.BytesIO()
    book.save(plain)
    packed = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data + b" " * 100_000_000 if name.endswith("sheet1.xml") else data)
    return packed.getvalue()


WHOLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no rows and no header": (lambda: b"", "the file is empty"),
    "UTF-16": (lambda: GOOD.decode().encode("utf-16"), "UTF-16"),
    "Latin-1 in the header": (lambda: b"caf\xe9," + GOOD, "not UTF-8"),
    "a header that is missing": (lambda: HEADLESS, "the header is of no file that can be imported"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), "not UTF-8"),
    "a workbook cut off": (lambda: bomb()[:500], "workbook"),
    "a zip bomb": (bomb, "workbook"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0" + bytes(512), "old XLS format"),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_file_that_is_unfit_leaves_nothing_behind(case: str, office: Path) -> None:
    make, says = WHOLE[case]
    size = size_of(office)
    done = taken(
        office, given(office, make(), "sheet.xlsx" if "work" in case or "zip" in case else "sheet.csv")
    )
    assert says in sentence(done)
    assert done.code == 2
    assert size_of(office) == size
    assert recorded(office) == {}


def test_a_file_cut_off_in_its_last_row_is_completed_later(office: Path) -> None:
    assert taken(office, given(office, GOOD[:-20])).code == REFUSED_ROWS
    assert set(recorded(office)) == {"1"}
    assert taken(office, given(office, GOOD)).code == 0
    assert set(recorded(office)) == {"1", "2"}


def test_a_row_in_another_encoding_spoils_itself_alone(office: Path) -> None:
    data = sheet(row(1), row(2, note="caf\u00e9"), row(3)).replace("\u00e9".encode(), b"\xe9")
    assert taken(office, given(office, data)).code == REFUSED_ROWS
    assert set(recorded(office)) == {"1", "3"}


def test_formula_cells_of_a_workbook_are_refused_by_row(office: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(NAMES)
    for one in (row(1), row(2, count="=2*60"), row(3)):
        book.active.append([one.get(name, "") for name in NAMES])
    path = office.parent / "sheet.xlsx"
    book.save(path)
    done = taken(office, path)
    assert done.code == REFUSED_ROWS
    assert "Row 3, column R: is a formula" in done.out
    assert set(recorded(office)) == {"1", "3"}


def test_more_refused_rows_than_a_screen_are_counted_and_listed_in_json(office: Path) -> None:
    file = given(office, sheet(*(row(number, act="magic") for number in range(30)), row(99)))
    done = taken(office, file, "--dry-run")
    assert "... and 10 more; --json lists them all." in done.out
    assert len(taken(office, file, "--json").json[0]["refused"]) == 30


def test_of_several_files_an_unfit_one_takes_nothing_from_the_others(office: Path) -> None:
    good, bad = given(office, GOOD), given(office, b"", "empty.csv")
    done = truce("import", good, bad, "--office", office)
    assert done.code == 2
    sentence(done)
    assert set(recorded(office)) == {"1", "2"}
    assert taken(office, good, "--json").json[0]["already"] == 2


@pytest.mark.parametrize("name", ["template.csv", "template.xlsx"])
def test_the_template_comes_back_without_a_complaint(name: str, office: Path) -> None:
    path = office.parent / name
    assert truce("template", path).code == 0
    done = taken(office, path, "--json")
    assert done.code == 0
    assert done.json[0]["refused"] == []


GEOMETRY = {
    "not GeoJSON": "{]",
    "a ring that is open": [[[-19, -21], [-18, -21], [-18, -20], [-19, -20]]],
    "a ring that crosses itself": [[[-19, -21], [-18, -20], [-18, -21], [-19, -20], [-19, -21]]],
    "a ring of two points": [[[-19, -21], [-18, -20], [-19, -21]]],
    "swapped or impossible coordinates": [[[-21, -119], [-20, -119], [-20, -118], [-21, -119]]],
}


@pytest.mark.parametrize("case", GEOMETRY)
def test_invalid_geometry_in_an_agreement_is_named_and_makes_no_office(case: str, tmp_path: Path) -> None:
    given = GEOMETRY[case]
    shape = given if isinstance(given, str) else json.dumps({"type": "Polygon", "coordinates": given})
    folder = tmp_path / "agreement"
    with open_folder(folder):
        (folder / "zones" / "water-works.geojson").write_text(shape)
    lint = truce("agreement", "lint", folder)
    assert lint.code == 2
    assert "water-works" in lint.out + lint.err
    holders = tmp_path / "holders.toml"
    holders.write_text(HOLDER)
    done = truce(
        "init", tmp_path / "new", "--agreement", folder, "--holders", holders, "--origin", "o.example/r"
    )
    assert done.code != 0
    sentence(done)
    assert not (tmp_path / "new").exists()


HOLDER = """[[holder]]
id = "ada"
role = "monitor"
public = "M1YgQehG7KuMIk2jiNyevYI00SOeZbHALOF0czwvJhE="
from = "2026-03-01T00:00:00.000Z"
"""


class open_folder:  # noqa: N801 - used as a statement
    """A copy of the drill's agreement that is locked again when the changes are made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        shutil.copytree(LAKESIDE, self.folder)

    def __exit__(self, *_: object) -> None:
        truce("agreement", "lock", self.folder)
