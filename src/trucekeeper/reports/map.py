"""The map: the agreement's own lines and zones, and where things happened as discs of what is not known.

Drawn in longitude and latitude, narrowed by the cosine of the middle latitude; good for a page, not for measuring.
"""

import math
from dataclasses import dataclass, replace

from trucekeeper.places.position import Position
from trucekeeper.reports.clean import clean
from trucekeeper.reports.model import Figure, Outline, Report, Sketch
from trucekeeper.reports.phrases import number_words
from trucekeeper.reports.sketching import GRID_M, M_PER_DEGREE
from trucekeeper.reports.templates import drawn

WIDTH = 720
HEIGHTS = (300, 520)
MARGIN = 24
SIDE_GAP = 120
QUARTER_PPM = 250_000


@dataclass(frozen=True, slots=True)
class Frame:
    """The sheet: what it shows, in microdegrees, and how many of them make a unit of the drawing."""

    west_u: int
    north_u: int
    shrink: float
    unit_u: float
    height: int

    def at(self, place: Position) -> tuple[int, int]:
        """Where a position falls on the sheet."""
        x = (place.lon_u - self.west_u) * self.shrink / self.unit_u
        y = (self.north_u - place.lat_u) / self.unit_u
        return round(x), round(y)

    def length(self, metres: int) -> int:
        """A length on the sheet."""
        return round(metres / M_PER_DEGREE * 1e6 / self.unit_u)


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline on the sheet: a path, and where its label stands.

    ``tone`` is how it is filled: ``t0`` to ``t3`` by its chance in quarters, ``blind`` where nobody looked, or "".
    ``chance`` says the same in words.
    """

    id: str
    kind: str
    label: str
    path: str
    x: int
    y: int
    tone: str = ""
    chance: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the sheet, and which end of it stands at the point."""

    name: str
    x: int
    y: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A disc within which it happened, and a dot as large as the number of happenings."""

    x: int
    y: int
    disc: int
    dot: int


def picture(report: Report) -> str:
    """The map as SVG; "" where there is nothing to draw."""
    sketch = report.sketch
    places = [place for one in sketch.outlines for place in one.points]
    if not places:
        places = [spot.centre for spot in sketch.spots]
    if not places:
        return ""
    frame = _frame(places)
    most = max((spot.count.value.low for spot in sketch.spots), default=1)
    reach = max(3, min(13, frame.length(sketch.grid_m) // 2 if sketch.grid_m > GRID_M else 13))
    marks = tuple(
        Mark(*frame.at(spot.centre), frame.length(spot.radius_m), _dot(spot.count.value.low, most, reach))
        for spot in sketch.spots
    )
    bar_m = _bar(frame)
    title = "Map of the agreement's zones, of where things happened, and of where they would have been seen"
    return drawn(
        "map.svg", title=title, width=WIDTH, height=frame.height,
        sectors=_watched(sketch, _shapes(frame, sketch.outlines, "sector")), sought=sketch.sought,
        zones=_shapes(frame, sketch.outlines, "zone"), lines=_shapes(frame, sketch.outlines, "line"), marks=marks,
        sides=_sides(frame, report), bar=frame.length(bar_m), bar_km=bar_m // 1000, grid_km=sketch.grid_m // 1000,
        discs=sketch.grid_m == GRID_M,
    )  # fmt: skip


def _sides(frame: Frame, report: Report) -> tuple[Label, ...]:
    """The sides' names to the left and right of the middle of the first line, as one walks along it."""
    line = next((one for one in report.sketch.outlines if one.kind == "line" and len(one.points) > 1), None)
    if line is None or not report.sketch.sided:
        return ()
    middle = len(line.points) // 2
    (x, y), (ahead_x, ahead_y) = frame.at(line.points[middle - 1]), frame.at(line.points[middle])
    along_x, along_y = ahead_x - x, ahead_y - y
    length = max(math.hypot(along_x, along_y), 1.0)
    step_x, step_y = round(along_y * SIDE_GAP / length), round(-along_x * SIDE_GAP / length)
    names = dict(report.sides)
    left, right = (names.get(party, party) for party in report.sketch.sided)
    return (_label(left, x + step_x, y + step_y, step_x), _label(right, x - step_x, y - step_y, -step_x))


def _label(name: str, x: int, y: int, towards: int) -> Label:
    anchor = "middle" if abs(towards) * 2 < SIDE_GAP else "start" if towards > 0 else "end"
    return Label(clean(name), x, y, anchor)


def _frame(places: list[Position]) -> Frame:
    south, north = min(p.lat_u for p in places), max(p.lat_u for p in places)
    west, east = min(p.lon_u for p in places), max(p.lon_u for p in places)
    shrink = max(math.cos(math.radians((south + north) / 2e6)), 0.05)
    wide, high = max((east - west) * shrink, 20_000.0), max(float(north - south), 20_000.0)
    room = HEIGHTS[1] - 2 * MARGIN
    unit = max(wide / (WIDTH - 2 * MARGIN), high / room)
    height = max(HEIGHTS[0], round(high / unit) + 2 * MARGIN)
    left = (WIDTH * unit - wide) / 2 / shrink
    top = (height * unit - high) / 2
    return Frame(west - round(left), north + round(top), shrink, unit, height)


def _watched(sketch: Sketch, shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """Sectors with the chance that something would have been seen there, as a tone and in words."""
    said = dict(sketch.chances)
    found: list[Shape] = []
    for shape in shapes:
        chance = said.get(shape.id)
        if isinstance(chance, Figure):
            tone = f"t{min(chance.value.low // QUARTER_PPM, 3)}"
            found.append(replace(shape, tone=tone, chance=number_words(chance.value, chance.form)))
        else:
            words = "" if chance is None else chance.text
            found.append(replace(shape, tone="blind" if words else "", chance=words))
    return tuple(found)


def _shapes(frame: Frame, outlines: tuple[Outline, ...], kind: str) -> tuple[Shape, ...]:
    return tuple(_shape(frame, one) for one in outlines if one.kind == kind)


def _shape(frame: Frame, one: Outline) -> Shape:
    points = [frame.at(place) for place in one.points]
    kept = [point for index, point in enumerate(points) if index == 0 or point != points[index - 1]]
    path = "M" + "L".join(f"{x} {y}" for x, y in kept) + ("" if one.kind == "line" else "Z")
    x, y = _inside(kept)
    return Shape(one.id, one.kind, clean(one.label), path, x, y)


def _inside(points: list[tuple[int, int]]) -> tuple[int, int]:
    """Where a label begins: three quarters of the way from the middle of the shape to its westernmost point."""
    middle_x, middle_y = (sum(values) // len(points) for values in zip(*points, strict=True))
    west_x, west_y = min(points)
    return middle_x + (west_x - middle_x) * 3 // 4, middle_y + (west_y - middle_y) * 3 // 4


def _dot(number: int, most: int, reach: int) -> int:
    """A radius whose square grows with the number, up to ``reach`` for the largest; few stay small."""
    few = 3 + math.isqrt(max(number - 1, 0)) // 2
    return few if most < 25 else max(1, min(reach, round(reach * math.sqrt(number / most))))


def _bar(frame: Frame) -> int:
    """The longest round length that takes at most a fifth of the sheet."""
    lengths = [digit * 10**power for power in range(3, 7) for digit in (1, 2, 5)]
    return max([metres for metres in lengths if frame.length(metres) <= WIDTH // 5], default=1000)
