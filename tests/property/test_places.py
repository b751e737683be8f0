"""Certain and excluded are never wrong, and "inside" is exact: held against independent, slower answers."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from shapely import Polygon as Flat

from trucekeeper.kernel.truth import Truth
from trucekeeper.places import geodesy
from trucekeeper.places.cover import REACH, RINGS, SMALL_REACH, cover, rings
from trucekeeper.places.ground import Points, Ready, depth_m, holds
from trucekeeper.places.line import Seen, traced
from trucekeeper.places.position import Disc, Position, Region, Sector
from trucekeeper.places.touch import touch
from trucekeeper.places.zone import Area, Band, Line, Polygon, Shape, Side

DEGREE = 1_000_000
TURN = 360 * DEGREE


def wrapped(lon_u: int) -> int:
    return (lon_u + 180 * DEGREE) % TURN - 180 * DEGREE


@st.composite
def areas(draw: st.DrawFn) -> Area:
    """Star-shaped rings on a coarse grid, with horizontal and vertical edges, anywhere: antimeridian and poles too."""
    lat = draw(st.sampled_from([0, 20, -55, 84, -84])) * DEGREE
    lon = draw(st.sampled_from([0, 18, 179, -179, 180])) * DEGREE
    grid = draw(st.sampled_from([100, 10_000, 300_000]))
    count = draw(st.integers(3, 12))
    fars = draw(st.lists(st.integers(2, 9), min_size=count, max_size=count))
    ring = []
    for step, far in enumerate(fars):
        turn = 2 * math.pi * step / count
        ring.append((round(far * math.sin(turn)) * grid, round(far * math.cos(turn)) * grid))
    assume(len(set(ring)) == len(ring))
    assume(Flat(ring).is_valid and Flat(ring).area > 0)
    return Area((Polygon(tuple(Position(lat + dy, wrapped(lon + dx)) for dy, dx in ring)),))


def slow_inside(area: Area, position: Position) -> bool:
    """Winding in rational numbers, with the position moved to the ring's turn of longitudes."""
    for polygon in area.polygons:
        first = polygon.outer[0].lon_u
        ring = [(first + wrapped(point.lon_u - first), point.lat_u) for point in polygon.outer]
        here = (first + wrapped(position.lon_u - first), position.lat_u)
        if _winds(ring, here):
            return True
    return False


def _winds(ring: list[tuple[int, int]], here: tuple[int, int]) -> bool:
    x, y = here
    right = 0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if ay == by:
            if y == ay and min(ax, bx) <= x <= max(ax, bx):
                return True
            continue
        if not min(ay, by) <= y <= max(ay, by):
            continue
        at = ax + Fraction((y - ay) * (bx - ax), by - ay)
        if at == x:
            return True
        right += at > x and min(ay, by) <= y < max(ay, by)
    return right % 2 == 1


@st.composite
def places_at(draw: st.DrawFn, area: Area) -> Position:
    """On a vertex, in the middle of an edge, a microdegree beside one of these, or anywhere near."""
    ring = area.polygons[0].outer
    index = draw(st.integers(0, len(ring) - 1))
    one, two = ring[index], ring[(index + 1) % len(ring)]
    lat, lon = one.lat_u, one.lon_u
    if draw(st.booleans()):
        lat, lon = (one.lat_u + two.lat_u) // 2, one.lon_u + wrapped(two.lon_u - one.lon_u) // 2
    far = draw(st.sampled_from([0, 1, 1_000_000]))
    lat += draw(st.integers(-far, far))
    lon += draw(st.integers(-far, far))
    return Position(max(-90 * DEGREE, min(90 * DEGREE, lat)), wrapped(lon))


@given(st.data())
def test_membership_of_an_area_is_exact_on_vertices_edges_and_beside_them(data: st.DataObject) -> None:
    area = data.draw(areas())
    ready = Ready()
    spots = [data.draw(places_at(area)) for _ in range(10)]
    expected = [slow_inside(area, spot) for spot in spots]
    assert [ready.holds(area, spot) for spot in spots] == expected
    lat, lon = np.array([spot.lat_u for spot in spots]), np.array([spot.lon_u for spot in spots])
    assert ready.hold(area, Points.of(lat, lon)).tolist() == expected


def shapes() -> st.SearchStrategy[Shape]:
    return st.one_of(areas(), bands())


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Wandering lines, also across the antimeridian and far north; they may turn back sharply or spiral."""
    lat = draw(st.sampled_from([0, -20, 60, 80])) * DEGREE
    lon = draw(st.sampled_from([0, -18, 180])) * DEGREE
    step = draw(st.sampled_from([2_000, 50_000, 400_000]))
    points = [(lat, lon)]
    turn = draw(st.integers(0, 359))
    for bend in draw(st.lists(st.integers(-120, 120), min_size=1, max_size=8)):
        turn += bend
        far = step / math.cos(math.radians(lat / DEGREE))
        points.append((points[-1][0] + round(step * math.cos(math.radians(turn))),
                       points[-1][1] + round(far * math.sin(math.radians(turn)))))  # fmt: skip
    found = tuple(Position(y, wrapped(x)) for y, x in points)
    assume(all(one != two for one, two in pairwise(found)))
    return Line("l", found)


@st.composite
def bands(draw: st.DrawFn) -> Band:
    low = draw(st.sampled_from([0, 0, 300, 5_000]))
    return Band(draw(lines()), low, low + draw(st.integers(1, 60_000)), draw(st.sampled_from(list(Side))))


@st.composite
def regions(draw: st.DrawFn, shape: Shape) -> Region:
    base = draw(st.sampled_from(shape.polygons[0].outer if isinstance(shape, Area) else shape.line.points))
    centre = geodesy.direct(base, draw(st.floats(0, 360)), draw(st.sampled_from([0, 3, 900, 20_000, 90_000])))
    radius = draw(st.sampled_from([1, 5, 300, 4_000, 60_000]))
    if draw(st.booleans()):
        return Disc(centre, radius)
    near = draw(st.sampled_from([0, 500, 5_000]))
    return Sector(
        centre, draw(st.sampled_from([0, 100, 3_000])), near, near + radius, draw(st.integers(0, 15))
    )


def sample(region: Region, share: float, turn: float, moved: float, aside: float) -> Position:
    """A point of the region, by its definition."""
    if isinstance(region, Disc):
        return geodesy.direct(region.centre, turn, math.sqrt(share) * (region.radius_m - 0.1))
    observer = geodesy.direct(region.observer, turn, moved * region.observer_radius_m)
    metres = region.near_m + share * (region.far_m - region.near_m)
    return geodesy.direct(observer, region.bearing * 22.5 + aside * 11.25, metres)


@given(st.data())
def test_certain_and_excluded_are_never_contradicted_by_a_point_of_the_region(data: st.DataObject) -> None:
    shape = data.draw(shapes())
    region = data.draw(regions(shape))
    answer = touch(region, shape)
    if answer.answer is Truth.UNKNOWN:
        assert 0 < answer.share_ppm < 1_000_000
        return
    assert answer.share_ppm == (1_000_000 if answer.answer is Truth.YES else 0)
    unit = st.floats(0, 1)
    for _ in range(12):
        point = sample(
            region,
            data.draw(unit),
            data.draw(st.floats(0, 360)),
            data.draw(unit),
            data.draw(st.floats(-1, 1)),
        )
        assert holds(shape, point) is (answer.answer is Truth.YES)


@given(st.data())
def test_an_exact_point_is_touched_as_it_is_held_and_depth_agrees(data: st.DataObject) -> None:
    shape = data.draw(shapes())
    region = data.draw(regions(shape))
    point = region.centre if isinstance(region, Disc) else region.observer
    inside = holds(shape, point)
    assert touch(Disc(point, 0), shape).answer is (Truth.YES if inside else Truth.NO)
    depth = depth_m(shape, point)
    assert abs(depth) < 1 or (depth > 0) is inside


@given(st.data())
def test_depth_changes_no_faster_than_one_goes(data: st.DataObject) -> None:
    shape = data.draw(shapes())
    start = data.draw(regions(shape))
    one = start.centre if isinstance(start, Disc) else start.observer
    two = geodesy.direct(one, data.draw(st.floats(0, 360)), data.draw(st.sampled_from([1, 100, 3_000])))
    apart = geodesy.distance_m(one, two)
    tolerance = 1 + 0.02 * apart + (200 if isinstance(shape, Band) else 0.5)
    assert abs(depth_m(shape, one) - depth_m(shape, two)) <= apart + tolerance


def slow_distance(line: Line, point: Position) -> float:
    """The least of many: every segment cut into 400 by its own geodesic, then a finer cut around the best."""
    least = math.inf
    lat, lon = point.lat_u / 1e6, point.lon_u / 1e6
    for one, two in zip(line.points, line.points[1:], strict=False):
        metres, course = geodesy.distance_m(one, two), geodesy.azimuth(one, two)
        low, high = 0.0, metres
        for _ in range(4):
            along = np.linspace(low, high, 401)
            lats, lons = geodesy.directs(one.lat_u / 1e6, one.lon_u / 1e6, course, along)
            far, _ = geodesy.inverses(lats, lons, lat, lon)
            best = int(far.argmin())
            low, high = along[max(best - 1, 0)], along[min(best + 1, 400)]
            least = min(least, float(far[best]))
    return least


@given(lines(), st.floats(0, 360), st.sampled_from([0, 10, 5_000, 80_000, 600_000]), st.integers(0, 8))
def test_the_distance_to_a_line_is_that_of_its_nearest_point(
    line: Line, turn: float, far: int, index: int
) -> None:
    point = geodesy.direct(line.points[index % len(line.points)], turn, far)
    assert traced(line).seen(point).distance_m == pytest.approx(slow_distance(line, point), abs=1e-3)


@given(lines(), st.floats(0, 360), st.sampled_from([0, 10, 5_000, 80_000]), st.integers(0, 8))
def test_a_line_walked_the_other_way_has_its_sides_exchanged(
    line: Line, turn: float, far: int, index: int
) -> None:
    point = geodesy.direct(line.points[index % len(line.points)], turn, far)
    there, back = traced(line).seen(point), traced(Line("back", line.points[::-1])).seen(point)
    assert there.distance_m == pytest.approx(back.distance_m, abs=1e-3)
    assert (there.left, there.right) == (back.right, back.left)


@given(lines(), st.integers(0, 8))
def test_the_points_of_a_line_are_on_both_sides(line: Line, index: int) -> None:
    seen = traced(line).seen(line.points[index % len(line.points)])
    assert seen.distance_m < 0.001
    assert seen.left
    assert seen.right


@pytest.mark.parametrize(("count", "reach"), [(RINGS, REACH), (1, SMALL_REACH)])
def test_no_point_of_a_disc_is_farther_from_the_centres_than_stated(count: int, reach: float) -> None:
    turns, fars = rings(count)
    x, y = fars * np.sin(np.radians(turns)), fars * np.cos(np.radians(turns))
    angle, far = np.meshgrid(np.linspace(0, 2 * np.pi, 721), np.linspace(0, 1, 101))
    px, py = (far * np.sin(angle)).ravel(), (far * np.cos(angle)).ravel()
    apart = np.hypot(px[:, None] - x, py[:, None] - y).min(axis=1)
    assert 0.97 * reach < apart.max() <= reach


@given(st.data())
def test_every_point_of_a_region_is_covered(data: st.DataObject) -> None:
    region = data.draw(regions(Area((Polygon((Position(60 * DEGREE, 0),)),))))
    covered = cover(region)
    unit = st.floats(0, 1)
    point = sample(
        region, data.draw(unit), data.draw(st.floats(0, 360)), data.draw(unit), data.draw(st.floats(-1, 1))
    )
    apart, _ = geodesy.inverses(covered.lat, covered.lon, point.lat_u / 1e6, point.lon_u / 1e6)
    assert apart.min() <= covered.reach_m + 0.3
    assert len(covered.lat) <= 200


@example(2.0, 0)
@given(st.floats(0.01, 5), st.integers(0, 3))
def test_the_share_of_a_halved_disc_is_about_a_half(kilometres: float, quarter: int) -> None:
    side = (Side.LEFT, Side.RIGHT)[quarter % 2]
    line = Line("l", (Position(-2 * DEGREE, 0), Position(2 * DEGREE, 0)))
    share = touch(Disc(Position(0, 0), round(1000 * kilometres)), Band(line, 0, 100_000, side)).share_ppm
    assert 400_000 < share < 620_000


def test_left_and_right_are_told_walking_from_the_first_point_to_the_last() -> None:
    line = traced(Line("l", (Position(0, 0), Position(1 * DEGREE, 0), Position(1 * DEGREE, 1 * DEGREE))))
    west, north = line.seen(Position(500_000, -10_000)), line.seen(Position(1_010_000, 500_000))
    corner, inside = line.seen(Position(1_010_000, -10_000)), line.seen(Position(900_000, 100_000))
    assert (
        (west.left, west.right) == (north.left, north.right) == (corner.left, corner.right) == (True, False)
    )
    assert (inside.left, inside.right) == (False, True)
    assert west.signed_m == pytest.approx(1113.15, abs=0.1)
    assert inside.signed_m == pytest.approx(-11_000, abs=200)


def test_beyond_an_end_the_prolonged_segment_parts_the_sides() -> None:
    line = traced(Line("l", (Position(0, 0), Position(1 * DEGREE, 0))))
    assert line.seen(Position(2 * DEGREE, -1)).left
    assert not line.seen(Position(2 * DEGREE, 1)).left
    ahead = line.seen(Position(2 * DEGREE, 0))
    assert ahead == Seen(ahead.distance_m, left=True, right=True)
    assert line.seen(Position(-DEGREE, -1)).left


def test_between_two_turns_of_a_spiral_the_middle_is_on_both_sides() -> None:
    line = traced(Line("l", tuple(Position(y * 10_000, x * 10_000) for y, x in
                                  ((0, 0), (0, 40), (-40, 40), (-40, -40), (40, -40), (40, 80)))))  # fmt: skip
    between = line.seen(Position(200_000, 100_000))
    assert between.left or between.right
    assert line.seen(Position(10_000, 100_000)).left
    assert line.seen(Position(390_000, 100_000)).right
