"""A sketch of where a notice is: its areas or its route, how far the truth may lie, north and a scale. No ground.

Good enough to see the shape and find the spot with the coordinates beside it; nothing is decided by it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from trucekeeper.movements.model import Corridor, Notice
from trucekeeper.movements.volume import Footprint, Form
from trucekeeper.places.position import Position
from trucekeeper.reports.templates import drawn

WIDTH, HEIGHT = 320, 200
MARGIN, FOOT = 20, 16
"""Free on every side, and for the scale below."""
M_PER_U = 0.11132
"""Metres in a microdegree of latitude."""
_BARS = tuple(digit * 10**power for power in range(7) for digit in (1, 2, 5))


@dataclass(frozen=True, slots=True)
class Frame:
    """A plain grid about ``middle``, stretched by its latitude; ``per_m`` pixels a metre."""

    middle: Position
    per_m: float

    def at(self, place: Position) -> tuple[float, float]:
        """Pixels from the upper left."""
        east_m, north_m = _metres(self.middle, place)
        return round(WIDTH / 2 + east_m * self.per_m, 1), round((HEIGHT - FOOT) / 2 - north_m * self.per_m, 1)


@dataclass(frozen=True, slots=True)
class Shape:
    """One path in SVG; ``wide`` and ``doubt`` are widths of its line in pixels, without and with the uncertainty.

    A circle has ``x`` and ``y`` and no path: the widths are its diameters.
    """

    path: str
    x: float
    y: float
    wide: float
    doubt: float
    filled: bool


def picture(notice: Notice) -> str:
    """The sketch in SVG."""
    where = notice.where
    if isinstance(where, Corridor):
        route = tuple(one.at for one in where.waypoints)
        parts: tuple[Footprint, ...] = (Footprint(Form.PATH, route, where.width_m * 50),)
        dots = route
    else:
        parts = where.areas
        dots = tuple(one.points[0] for one in parts if one.form is Form.POINT)
    frame = _frame(parts, notice.uncertainty_m)
    shapes = tuple(_shape(frame, one, notice.uncertainty_m) for one in parts)
    marks = [frame.at(one) for one in dots]
    numbered = isinstance(where, Corridor)
    bar_m = max((one for one in _BARS if one * frame.per_m <= WIDTH / 3), default=1)
    return drawn(
        "notice.svg",
        width=WIDTH,
        height=HEIGHT,
        shapes=shapes,
        marks=[{"x": x, "y": y, "n": _number(numbered, n, len(marks))} for n, (x, y) in enumerate(marks, 1)],
        bar=round(bar_m * frame.per_m, 1),
        bar_says=f"{bar_m} m" if bar_m < 1000 else f"{bar_m // 1000} km",
    )


def _number(numbered: bool, number: int, most: int) -> str:  # noqa: FBT001 - drawn or not
    """Waypoints bear their numbers; where there are many, only the first and the last do."""
    return str(number) if numbered and (most <= 8 or number in (1, most)) else ""


def _frame(parts: Sequence[Footprint], uncertainty_m: int) -> Frame:
    first = parts[0].points[0]
    easts: list[float] = []
    norths: list[float] = []
    for part in parts:
        around_m = part.reach_cm / 100 + uncertainty_m
        for point in part.points:
            east_m, north_m = _metres(first, point)
            easts += [east_m - around_m, east_m + around_m]
            norths += [north_m - around_m, north_m + around_m]
    across_m, up_m = max(easts) - min(easts), max(norths) - min(norths)
    middle = _moved(first, (max(easts) + min(easts)) / 2, (max(norths) + min(norths)) / 2)
    per_m = min((WIDTH - 2 * MARGIN) / max(across_m, 20), (HEIGHT - FOOT - 2 * MARGIN) / max(up_m, 20))
    return Frame(middle, per_m)


def _shape(frame: Frame, part: Footprint, uncertainty_m: int) -> Shape:
    rings = [part.points, *part.holes]
    end = "Z" if part.form is Form.RING else ""
    path = "".join(f"M{' L'.join(f'{x} {y}' for x, y in map(frame.at, ring))}{end}" for ring in rings)
    if part.form is Form.POINT:
        path = ""
    reach_m = part.reach_cm / 100
    wide, doubt = (max(1.0, round(2 * m * frame.per_m, 1)) for m in (reach_m, reach_m + uncertainty_m))
    return Shape(path, *frame.at(part.points[0]), wide, doubt, part.form is Form.RING)


def _metres(origin: Position, place: Position) -> tuple[float, float]:
    east_u = (place.lon_u - origin.lon_u + 180_000_000) % 360_000_000 - 180_000_000
    return east_u * M_PER_U * _shrink(origin), (place.lat_u - origin.lat_u) * M_PER_U


def _moved(origin: Position, east_m: float, north_m: float) -> Position:
    lon_u = origin.lon_u + round(east_m / M_PER_U / _shrink(origin))
    lat_u = origin.lat_u + round(north_m / M_PER_U)
    return Position(
        max(-90_000_000, min(90_000_000, lat_u)), (lon_u + 180_000_000) % 360_000_000 - 180_000_000
    )


def _shrink(at: Position) -> float:
    return max(math.cos(math.radians(at.lat_u / 1e6)), 0.01)
