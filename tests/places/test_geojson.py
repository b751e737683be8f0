import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel.errors import BadInput
from trucekeeper.places import geojson
from trucekeeper.places.ground import holds
from trucekeeper.places.position import Position
from trucekeeper.places.zone import Area, Band, Line, Polygon, Side

SQUARE = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]


def polygon(*rings: object) -> bytes:
    return json.dumps({"type": "Polygon", "coordinates": list(rings)}).encode()


def test_polygons_in_features_and_collections_are_one_area() -> None:
    geometry = {"type": "Polygon", "coordinates": [SQUARE]}
    several = {
        "type": "MultiPolygon",
        "coordinates": [[SQUARE], [[[10, 10, 99.5], [11, 10], [11, 11], [10, 10]]]],
    }
    features = [{"type": "Feature", "properties": {}, "geometry": one} for one in (geometry, several)]
    area = geojson.area(json.dumps({"type": "FeatureCollection", "features": features}).encode())
    assert len(area.polygons) == 3
    assert holds(area, Position(1_000_000, 1_000_000))
    assert holds(area, Position(10_000_000, 10_000_000))


def test_a_line_keeps_its_points_in_order_and_takes_its_name() -> None:
    line = geojson.line(b'\xef\xbb\xbf{"type":"LineString","coordinates":[[1.0000005,2],[3,4.1]]}', "contact")
    assert line == Line("contact", (Position(2_000_000, 1_000_000), Position(4_100_000, 3_000_000)))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{", "not JSON at line 1"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "other than an object"),
        (b'{"type":"Point","coordinates":[1,2]}', "'Point' where Polygon"),
        (b'{"type":"Feature"}', "'geometry' is missing"),
        (b'{"type":"FeatureCollection","features":[]}', "no polygon"),
        (b'{"type":"Polygon","coordinates":[[[NaN,0],[1,0],[1,1],[0,0]]]}', "NaN"),
        (b'{"type":"Polygon","coordinates":[[[1e400,0],[1,0],[1,1],[0,0]]]}', "off the globe"),
        (b'{"type":"Polygon","coordinates":' + b"[" * 100_000, "nested too deeply"),
        (polygon([[0, 0], [1, 1], [0, 0]]), "3 points"),
        (polygon([[0, 0], [1, 0], [1, 1], [0, 1]]), "not closed"),
        (polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]), "self-intersection at latitude 1.000000, longitude 1.0"),
        (polygon([[0, 0], [0, 0], [0, 0], [0, 0]]), "fewer than three"),
        (polygon([[48, 120], [49, 120], [49, 121], [48, 120]]), "swapped"),
        (polygon([[0, 200], [1, 0], [1, 1], [0, 200]]), "correct it"),
        (polygon([["0", 0], [1, 0], [1, 1], [0, 0]]), "not a number"),
        (polygon([[0], [1, 0], [1, 1], [0]]), "no longitude and latitude"),
        (polygon(SQUARE, [[5, 5], [6, 5], [6, 6], [5, 5]]), "not sound"),
        (polygon([[-120, 80], [0, 80], [120, 80], [-120, 80]]), "goes around a pole"),
        (b" " * (geojson.LIMIT_BYTES + 1), "more than the"),
    ],
)  # fmt: skip
def test_what_is_no_area_is_refused_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(BadInput) as refusal:
        geojson.area(data)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"type":"Polygon","coordinates":[]}', "where LineString"),
        (b'{"type":"LineString","coordinates":[[1,1]]}', "fewer than two"),
        (b'{"type":"LineString","coordinates":[[1,1],[1,1],[2,2]]}', "twice in a row"),
        (b'{"type":"GeometryCollection","geometries":[]}', "0 lines"),
    ],
)
def test_what_is_no_line_is_refused_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match="GeoJSON file cannot be used") as refusal:
        geojson.line(data)
    assert says in str(refusal.value)


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_but_a_refusal(data: bytes) -> None:
    with pytest.raises(BadInput):
        geojson.area(data)


def test_what_is_written_is_read_back() -> None:
    ring = (Position(0, 1), Position(0, 2_000_000), Position(2_000_000, 2_000_001))
    hole = (Position(300_000, 900_000), Position(300_000, 1_000_000), Position(400_000, 1_000_000))
    area = Area((Polygon(ring, (hole,)),))
    again = geojson.area(geojson.written(area))
    assert [set(one.outer) for one in again.polygons] == [set(ring)]
    assert [set(one) for one in again.polygons[0].holes] == [set(hole)]
    line = Line("l", ring)
    assert geojson.line(geojson.written(line), "l") == line


@pytest.mark.parametrize("side", list(Side))
def test_the_outline_of_a_band_is_about_the_band(side: Side) -> None:
    line = Line("l", (Position(-20_000_000, 179_900_000), Position(-20_500_000, -179_900_000)))
    drawn = geojson.area(geojson.written(Band(line, 0, 10_000, side)))
    beside = {Side.LEFT: True, Side.RIGHT: False, Side.BOTH: True}[side]
    assert holds(drawn, Position(-20_200_000, -180_000_000)) is beside
    assert not holds(drawn, Position(-20_200_000, -179_700_000))
