"""The profile's counts on real events, and the same counts by an independent few lines.

The recount uses the CSV, the outlines, shapely and pyproj; nothing of the product. Distances are geodesic, to
outlines whose edges are straight in longitude and latitude (RFC 7946), cut into pieces of at most 100 m.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import shapely
from pyproj import Geod

from tests.truce import truce
from trucekeeper.findings.model import Question
from trucekeeper.kernel.truth import Truth
from trucekeeper.office.wiring import Office, open_office

CSV = "ucdp_ged_ukraine_2014_2022/UCDP-Ukraine.csv"
OUTLINES = {
    "donetsk-oblast": "ukraine_oblasts/UA_14_Donetska.geojson",
    "luhansk-oblast": "ukraine_oblasts/UA_09_Luhanska.geojson",
}
KYIV = ZoneInfo("Europe/Kyiv")
IN_FORCE = {
    "ceasefire-2015": datetime(2015, 2, 15, tzinfo=KYIV),
    "no-fire-2020": datetime(2020, 7, 27, 0, 1, tzinfo=KYIV),
}
RADIUS_M = {1: 5_000, 2: 25_000, 3: 50_000, 4: 150_000, 5: 200_000, 6: 700_000, 7: None}
DAYS = {1: 0, 2: 6, 3: 7, 4: 31, 5: 366}
GEOD = Geod(ellps="WGS84")


def outlines(data: Path) -> list[shapely.Geometry]:
    return [shapely.from_geojson((data / name).read_text(encoding="utf-8")) for name in OUTLINES.values()]


class Place:
    """Whether a disc lies in an outline: yes, no, or perhaps."""

    def __init__(self, outline: shapely.Geometry) -> None:
        collected = shapely.get_parts(outline)
        self.outline = shapely.union_all(collected)
        shapely.prepare(self.outline)
        cut = shapely.segmentize(self.outline.boundary, 0.0009)  # at most 100 m of latitude
        self.lons, self.lats = shapely.get_coordinates(cut).T

    def answer(self, lon: float, lat: float, radius_m: int | None) -> str:
        if radius_m is None:
            return "perhaps"
        near = abs(self.lats - lat) < (radius_m + 5_000) / 111_000
        _, _, metres = GEOD.inv(
            [lon] * int(near.sum()), [lat] * int(near.sum()), self.lons[near], self.lats[near]
        )
        distance = min(metres, default=float("inf"))
        assert abs(distance - radius_m) > 1, "so near the boundary that this recount cannot tell"
        if distance < radius_m:
            return "perhaps"
        return "yes" if shapely.contains_xy(self.outline, lon, lat) else "no"


def either(answers: list[str]) -> str:
    return "yes" if "yes" in answers else "perhaps" if "perhaps" in answers else "no"


def both(answers: list[str]) -> str:
    return "no" if "no" in answers else "perhaps" if "perhaps" in answers else "yes"


def midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=KYIV)


def when(row: dict[str, str], force: datetime) -> str:
    start, end = date.fromisoformat(row["date_start"][:10]), date.fromisoformat(row["date_end"][:10])
    more = timedelta(days=DAYS[int(row["date_prec"])] if start == end else 0)
    first, last = midnight(start - more), midnight(end + more + timedelta(days=1))
    return "yes" if first >= force else "no" if last <= force else "perhaps"


def recount(data: Path) -> Iterator[tuple[str, str, str]]:
    """(event, term, answer) for each event and both ceasefires."""
    places = [Place(one) for one in outlines(data)]
    with (data / CSV).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            radius_m = RADIUS_M[int(row["where_prec"])]
            lon, lat = float(row["longitude"]), float(row["latitude"])
            where = either([place.answer(lon, lat, radius_m) for place in places])
            act = "perhaps" if row["type_of_violence"] == "3" else "yes"
            for term, force in IN_FORCE.items():
                yield row["id"], term, both([when(row, force), where, act])


@pytest.fixture(scope="module")
def ran(needs_data: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The office that `truce run` made from the real file."""
    folder = tmp_path_factory.mktemp("minsk") / "office"
    zones = [word for name, path in OUTLINES.items() for word in ("--zone", f"{name}={needs_data / path}")]
    done = truce("run", root / "profiles" / "minsk", needs_data / CSV, "--office", folder, *zones)
    assert (done.code, done.err) == (0, "")
    (folder / "said.txt").write_text(done.out, encoding="utf-8")
    with open_office(folder, readonly=True) as office:
        yield office


@pytest.fixture(scope="module")
def counted(needs_data: Path) -> dict[tuple[str, str], str]:
    """The recount, by event and term."""
    return {(event, term): answer for event, term, answer in recount(needs_data)}


WORDS = {Truth.YES: "yes", Truth.UNKNOWN: "perhaps"}


@pytest.mark.timeout(300)
def test_every_event_touches_the_ceasefires_as_the_recount_says(
    ran: Office, counted: dict[tuple[str, str], str]
) -> None:
    uids = {one.ref: one.observation.uid for one in ran.casebook.sightings()}
    assert len(uids) == len(counted) / len(IN_FORCE)
    for party in ("ua", "ca"):
        terms = {f"{term}-{party}": term for term in IN_FORCE}
        said = dict.fromkeys(counted, "no")
        for one in ran.casebook.touchings():
            if one.term in terms:
                said[uids[one.ref], terms[one.term]] = WORDS[one.answer]
        assert {key: (answer, counted[key]) for key, answer in said.items() if answer != counted[key]} == {}


@pytest.mark.timeout(300)
def test_the_report_states_the_recounted_numbers(ran: Office, counted: dict[tuple[str, str], str]) -> None:
    (report,) = ran.folder.reports.glob("*/period.json")
    told = dict(_told(json.loads(report.read_bytes())))
    totals = Counter((term, answer) for (_, term), answer in counted.items())
    for term in IN_FORCE:
        for party in ("ua", "ca"):
            expected = [totals[term, answer] for answer in ("yes", "perhaps")]
            assert told[f"{term}-{party}"][:2] == expected, (term, party)


@pytest.mark.timeout(300)
def test_no_attribution_is_established_on_data_that_do_not_say_who_fired(ran: Office) -> None:
    said = (ran.folder.root / "said.txt").read_text(encoding="utf-8")
    answers = {line.rpartition(":")[0].strip() for line in said.splitlines()}
    assert "attribution unverifiable" in answers
    assert "attribution established" not in answers
    touching = {one.ref for one in ran.casebook.touchings()}
    some = [one for one in ran.casebook.incidents() if any(member.ref in touching for member in one.members)]
    assert len(some) > 1_000
    for incident in some[::25]:
        for finding in ran.inquiry.assessed(incident.id).findings:
            assert finding.question is not Question.ATTRIBUTION or finding.answer is not Truth.YES


def _told(report: dict) -> Iterator[tuple[str, list[int]]]:
    """Certainly and possibly, as the report's table of terms states them."""
    (table,) = [
        table for section in report["sections"] for table in section["tables"] if table["id"] == "by-term"
    ]
    assert table["columns"][3:5] == ["Certainly", "Possibly"]
    for row in table["rows"]:
        figures = [cell["now"] for cell in row["cells"][2:4]]
        assert all(one["low"] == one["high"] for one in figures)
        yield row["label"].partition(":")[0], [one["low"] for one in figures]
