"""Areas and routes from files that people draw."""

import io
import json
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.feeds import drawn
from trucekeeper.kernel.clock import parse_rfc3339
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.volume import Form
from trucekeeper.places.position import Position

RING = [[0, 0], [0.01, 0], [0.01, 0.01], [0, 0.01], [0, 0]]
HOLE = [[0.002, 0.002], [0.004, 0.002], [0.004, 0.004], [0.002, 0.002]]
TIMES = ["2026-03-14T06:00:00Z", "2026-03-14T07:00:00Z"]


def geojson(geometry: object, **said: object) -> bytes:
    return json.dumps({"type": "Feature", "geometry": geometry, "properties": said}).encode()


def polygon(*points: list[float]) -> bytes:
    return geojson({"type": "Polygon", "coordinates": [points]})


POLYGON = geojson({"type": "Polygon", "coordinates": [RING, HOLE]})
LINE = geojson({"type": "LineString", "coordinates": [[0, 0], [0.1, 0]]}, times=TIMES)
KML = b"""<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 0.01,0 0.01,0.01 0,0.01 0,0</coordinates>
</LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>0.002,0.002 0.004,0.002 0.004,0.004
0.002,0.002</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark></Document></kml>"""
TRACK = b"""<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Placemark><gx:Track>
<when>2026-03-14T06:00:00Z</when><when>2026-03-14T07:00:00Z</when><gx:coord>0 0 0</gx:coord><gx:coord>0.1 0 0</gx:coord>
</gx:Track></Placemark></kml>"""
GPX = b"""<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg><trkpt lat="0" lon="0">
<time>2026-03-14T06:00:00Z</time></trkpt><trkpt lat="0" lon="0.1">
<time>2026-03-14T07:00:00Z</time></trkpt></trkseg></trk></gpx>"""


def packed(kml: bytes, name: str = "doc.kml") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, kml)
    return made.getvalue()


@pytest.mark.parametrize(("name", "data"), [("a.geojson", POLYGON), ("a.kml", KML), ("a.KMZ", packed(KML))])
def test_an_area_with_a_hole_is_the_same_from_every_kind_of_file(name: str, data: bytes) -> None:
    (found,) = drawn.areas(name, data)
    assert found.form is Form.RING
    assert found.points == tuple(
        Position(*one) for one in ((0, 0), (0, 10_000), (10_000, 10_000), (10_000, 0))
    )
    assert len(found.holes) == 1


@pytest.mark.parametrize(("name", "data"), [("r.geojson", LINE), ("r.kml", TRACK), ("r.gpx", GPX)])
def test_a_route_has_its_times_and_the_room_that_is_asked_for(name: str, data: bytes) -> None:
    found = drawn.route(name, data, 100, 60_000, 120_000)
    first, last = found.waypoints
    assert (first.at, last.at) == (Position(0, 0), Position(0, 100_000))
    assert first.earliest == parse_rfc3339(TIMES[0]) - 60_000
    assert last.latest == parse_rfc3339(TIMES[1]) + 120_000


def test_a_point_needs_a_radius() -> None:
    point = {"type": "Point", "coordinates": [0.1, 0.2]}
    (found,) = drawn.areas("p.geojson", geojson(point, radius_m=150))
    assert (found.form, found.points, found.reach_cm) == (Form.POINT, (Position(200_000, 100_000),), 15_000)
    with pytest.raises(BadInput, match="has no radius"):
        drawn.areas("p.geojson", geojson(point))


def test_times_one_level_down_are_found() -> None:
    line = {"type": "LineString", "coordinates": [[0, 0], [0.1, 0]]}
    found = drawn.route("r.geojson", geojson(line, coordinateProperties={"times": TIMES}), 100)
    assert found == drawn.route("r.geojson", LINE, 100)


def test_a_long_edge_is_followed_and_its_faults_are_told_by_the_points_that_were_drawn() -> None:
    (found,) = drawn.areas("a.geojson", polygon([0, 50], [9, 50], [9, 51], [0, 51], [0, 50]))
    assert len(found.points) > 4
    assert found.reach_cm > 0
    assert {Position(50_000_000, 0), Position(50_000_000, 9_000_000)} <= set(found.points)
    with pytest.raises(BadInput, match="meets itself at or after its points 1 and 3;"):
        drawn.areas("a.geojson", polygon([0, 50], [9, 51], [9, 50], [0, 51], [0, 50]))
    with pytest.raises(BadInput, match="crosses itself between its points 1 and 3;"):
        drawn.areas("a.geojson", polygon([0, 50], [9, 51], [9, 50.2], [0, 51], [0, 50]))


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><kml>&b;</kml>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><gpx>&a;</gpx>'


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.shp", b"", "ends in none of"),
        ("a.geojson", b"{", "not JSON"),
        ("a.geojson", b"\xff", "not UTF-8"),
        ("a.geojson", b'{"type": "Point", "coordinates": [NaN, 0]}', "is no number"),
        ("a.geojson", geojson({"type": "Polygon", "coordinates": [RING[:-1]]}), "does not end where it begins"),
        ("a.geojson", polygon(RING[0], RING[2], RING[1], RING[3], RING[0]), "crosses itself"),
        ("a.geojson", polygon([0, 95], [1, 95], [1, 96], [0, 95]), "swapped"),
        ("a.geojson", polygon([400000, 5], [1, 5], [1, 6], [400000, 5]), "metres"),
        ("a.geojson", geojson(None), "no GeoJSON object"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "nothing that is drawn"),
        ("a.geojson", b"[" * 100_000, "not JSON"),
        ("a.kml", BOMB, "entities"),
        ("a.gpx", OUTSIDE, "entities"),
        ("a.kml", b"<gpx/>", "no KML"),
        ("a.kml", b"<kml>", "no XML"),
        ("a.kmz", b"PK", "cannot be unpacked"),
        ("a.kmz", packed(KML, "doc.txt"), "holds no KML"),
        ("a.kmz", packed(b" " * 20_000_000), "unpacks to more than"),
        ("a.geojson", b" " * 10_000_001, "larger than"),
        ("a.geojson", polygon([0, 0], [2, 0]).replace(b"[2, 0]", b"[1e999999999, 0]"), "beyond 360"),
        ("a.geojson", b'{"type": "Point", "coordinates": [' + b"9" * 5_000 + b", 0]}", "not JSON|beyond 360"),
        ("a.kml", b"<kml>" + b"<Folder>" * 200 + b"</Folder>" * 200 + b"</kml>", "nested too deep"),
        ("a.kml", KML.replace(b"0,0 0.01,0 ", b"1e999,0 0.01,0 ", 1), "not a number"),
        ("a.gpx", GPX, "a line or track beside its areas"),
        ("a\nb.geojson", LINE, "^a.{1,3}nb.geojson: it holds a line or track"),
    ],
)  # fmt: skip
def test_what_is_no_area_is_refused_in_one_sentence(name: str, data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        drawn.areas(name, data)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (geojson({"type": "LineString", "coordinates": [[0, 0], [1, 0]]}), "has no time"),
        (
            geojson({"type": "LineString", "coordinates": [[0, 0], [1, 0]]}, times=TIMES[:1]),
            "give each point one",
        ),
        (
            geojson(
                {"type": "LineString", "coordinates": [[0, 0], [1, 0]]},
                times=["2026-03-14T06:00:00", TIMES[1]],
            ),
            "time zone",
        ),
        (POLYGON, "holds 0 routes"),
        (
            json.dumps(
                {"type": "FeatureCollection", "features": [json.loads(LINE), json.loads(POLYGON)]}
            ).encode(),
            "areas beside its route",
        ),
    ],
)
def test_what_is_no_route_is_refused_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        drawn.route("r.geojson", data, 100)


@given(
    st.sampled_from([("a.geojson", POLYGON), ("a.kml", KML), ("a.gpx", GPX), ("a.kmz", packed(KML))]),
    st.data(),
)
def test_a_spoilt_file_is_read_or_refused_and_nothing_else(
    good: tuple[str, bytes], chance: st.DataObject
) -> None:
    name, data = good
    at = chance.draw(st.integers(0, len(data) - 1))
    spoilt = (
        data[:at] + bytes([chance.draw(st.integers(0, 255))]) + data[at + chance.draw(st.integers(0, 3)) :]
    )
    with suppress(BadInput):
        drawn.read(name, spoilt)
