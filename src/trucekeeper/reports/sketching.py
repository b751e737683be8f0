"""What may be drawn: where things happened, on a coarse grid, and never where anybody stood who saw them."""

import math
from collections.abc import Iterable

from trucekeeper.agreement.model import Agreement
from trucekeeper.places.position import Disc, Position, Region
from trucekeeper.reports.counting import Happening, number_of
from trucekeeper.reports.model import Outline, Sketch, Spot
from trucekeeper.reports.ports import Ground
from trucekeeper.reports.units import heading

GRID_U = 10_000
"""The grid of published places: a hundredth of a degree, in microdegrees."""
GRID_M = 1_000
"""The same grid in words: about a kilometre."""
M_PER_DEGREE = 111_320
SPOTS = 600
"""How many marks a map may bear."""
_WIDER = (1, 3, 5, 10, 20, 50, 100)


def published(region: Region) -> tuple[Position, int]:
    """A disc on the grid that stands for the region: its centre, and a radius in metres that covers it.

    A region told from an observer ("5-7 km south-east") becomes the disc about its own middle, so that neither
    the observer nor the direction is given away.
    """
    if isinstance(region, Disc):
        return _on_grid(region.centre), max(region.radius_m, GRID_M)
    middle = (region.near_m + region.far_m) // 2
    across = round(region.far_m * math.sin(math.radians(11.25)))
    radius = max(across, (region.far_m - region.near_m) // 2) + region.observer_radius_m
    return _on_grid(_moved(region.observer, middle, region.bearing * 22.5)), max(radius, GRID_M)


def place_words(region: Region | None) -> str:
    """A published place in words."""
    if region is None:
        return "place not known"
    at, radius_m = published(region)
    north, east = "N" if at.lat_u >= 0 else "S", "E" if at.lon_u >= 0 else "W"
    words = f"{_hundredths(at.lat_u)} {north} {_hundredths(at.lon_u)} {east}"
    return words if radius_m <= GRID_M else f"{words}, within {-(-radius_m // 1000)} km"


def sketch(agreement: Agreement, ground: Ground, happenings: Iterable[Happening]) -> Sketch:
    """The agreement's own geometry and the happenings, those of one grid cell and size together.

    Where there are more than a reader could tell apart, the grid widens, cells join, and no discs are drawn (radius 0).
    """
    placed: list[tuple[Position, int, Happening]] = []
    lost: list[Happening] = []
    for one in happenings:
        regions = [member.observation.where for member in one.members]
        spots = [published(region) for region in regions if region is not None]
        if spots:
            placed.append((*min(spots, key=lambda spot: (spot[1], spot[0])), one))
        else:
            lost.append(one)
    factor = next(factor for factor in _WIDER if factor == _WIDER[-1] or len(_cells(placed, factor)) <= SPOTS)
    spots_drawn = tuple(
        Spot(centre, radius_m, number_of(ones))
        for (radius_m, centre), ones in sorted(
            _cells(placed, factor).items(), key=lambda item: (-item[0][0], item[0][1])
        )
    )
    unplaced = number_of(lost)
    first = agreement.lines[0].id if agreement.lines else ""
    sided = next(((left, right) for line, left, right in agreement.sides if line == first), ())
    return Sketch(_outlines(agreement, ground), spots_drawn, GRID_M * factor, unplaced, sided)


def _cells(
    placed: list[tuple[Position, int, Happening]], factor: int
) -> dict[tuple[int, Position], list[Happening]]:
    cells: dict[tuple[int, Position], list[Happening]] = {}
    step_m = GRID_M * factor
    for centre, radius_m, one in placed:
        wide_m = -(-radius_m // step_m) * step_m if factor == 1 else 0
        cells.setdefault((wide_m, _on_grid(centre, GRID_U * factor)), []).append(one)
    return cells


def _outlines(agreement: Agreement, ground: Ground) -> tuple[Outline, ...]:
    found: list[Outline] = []
    for zone in agreement.zones:
        kind = "sector" if zone.id in agreement.sectors else "zone"
        found.extend(Outline(zone.id, kind, heading(zone.id), ring) for ring in ground.outline(zone.shape))
    found.extend(Outline(line.id, "line", heading(line.id), line.points) for line in agreement.lines)
    return tuple(found)


def _on_grid(at: Position, grid_u: int = GRID_U) -> Position:
    lat_u, lon_u = (((value + grid_u // 2) // grid_u * grid_u) for value in (at.lat_u, at.lon_u))
    return Position(max(-90_000_000, min(90_000_000, lat_u)), max(-180_000_000, min(180_000_000, lon_u)))


def _hundredths(microdegrees: int) -> str:
    hundredths = abs(microdegrees) // GRID_U
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _moved(start: Position, metres: int, degrees: float) -> Position:
    north = metres * math.cos(math.radians(degrees)) / M_PER_DEGREE
    shrink = max(math.cos(math.radians(start.lat_u / 1e6)), 0.01)
    east = metres * math.sin(math.radians(degrees)) / M_PER_DEGREE / shrink
    lat_u = max(-90_000_000, min(90_000_000, start.lat_u + round(north * 1e6)))
    lon_u = (start.lon_u + round(east * 1e6) + 180_000_000) % 360_000_000 - 180_000_000
    return Position(lat_u, lon_u)
