"""The fixed grid over the whole Earth that sites are registered in: squares of about 100 m, in whole numbers alone.

Rows are 900 microdegrees of latitude high, numbered from the South Pole to the North Pole. Each row is cut into a
whole number of columns of the same width, numbered eastward from the antimeridian. How many is worked out in integers
from Bhaskara's approximation of the sine, so that everybody gets the same ones: 399,999 at the equator and 3 around a
pole, and squares stay about 100 m wide everywhere.

A position belongs to one square, exactly. A footprint takes every square that it may touch, found with
:func:`~trucekeeper.movements.overlap.overlap`, which errs by no more than its tolerance and never leaves one out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position

HEIGHT_U = 900
ROWS = 200_000
_POLE_U = 90_000_000
_TURN_U = 360_000_000
_HALF_ROWS = 2 * ROWS
_MARGIN_CM, _BULGE_CM = 60, 6_000


@dataclass(frozen=True, slots=True, order=True)
class Square:
    """One cell of the grid."""

    row: int
    column: int

    def __post_init__(self) -> None:
        if not 0 <= self.row < ROWS or not 0 <= self.column < columns(self.row):
            msg = f"the grid has no cell in row {self.row}, column {self.column}; take cells from a position"
            raise BadInput(msg)


def columns(row: int) -> int:
    """How many columns a row has."""
    # The middle of the row lies this many half rows from its pole; 400,000 half rows are half a turn.
    far = 2 * min(row, ROWS - 1 - row) + 1
    product = far * (_HALF_ROWS - far)
    return 16 * _HALF_ROWS * product // (5 * _HALF_ROWS * _HALF_ROWS - 4 * product)


def square_at(position: Position) -> Square:
    """The cell that a position belongs to; a pole, whatever its longitude, belongs to column 0."""
    row = min((position.lat_u + _POLE_U) // HEIGHT_U, ROWS - 1)
    if abs(position.lat_u) == _POLE_U:
        return Square(row, 0)
    east_u = (position.lon_u + _TURN_U // 2) % _TURN_U
    return Square(row, east_u * columns(row) // _TURN_U)


def corners(square: Square) -> tuple[Position, Position]:
    """The south-western and the north-eastern corner, rounded outward to whole microdegrees."""
    count = columns(square.row)
    south_u = square.row * HEIGHT_U - _POLE_U
    west_u = square.column * _TURN_U // count
    east_u = -(-(square.column + 1) * _TURN_U // count)
    return (
        Position(south_u, west_u - _TURN_U // 2),
        Position(south_u + HEIGHT_U, east_u - _TURN_U // 2),
    )


def outline(square: Square) -> Footprint:
    """A footprint that holds the whole cell: its corners, and as much around them as a parallel bulges over a line."""
    low, high = corners(square)
    ring: tuple[Position, ...] = (
        low,
        Position(low.lat_u, high.lon_u),
        high,
        Position(high.lat_u, low.lon_u),
    )
    if high.lat_u == _POLE_U:
        ring = ring[:3]
    elif low.lat_u == -_POLE_U:
        ring = (ring[0], *ring[2:])
    from_pole = min(square.row, ROWS - 1 - square.row) + 1
    return Footprint(Form.RING, ring, _MARGIN_CM + _BULGE_CM // from_pole)


def squares(footprints: Iterable[Footprint], most: int) -> tuple[Square, ...]:
    """Every cell that the footprints may touch, sorted, their holes included; BadInput for more than ``most``.

    What a footprint covers hangs together, and so do the cells that it touches: they are found one beside the other.
    """
    found: set[Square] = set()
    for one in footprints:
        _spread(Volume(Footprint(one.form, one.points, one.reach_cm), None, None), most, found)
    return tuple(sorted(found))


def beside(square: Square) -> Iterator[Square]:
    """The cells that share an edge or a corner with this one; some may come twice."""
    count = columns(square.row)
    for column in (square.column - 1, square.column + 1):
        yield Square(square.row, column % count)
    for row in (square.row - 1, square.row + 1):
        if 0 <= row < ROWS:
            many = columns(row)
            # Closed intervals: a corner that only touches counts, hence the one less where it is met exactly.
            first = -(-square.column * many // count) - 1
            last = (square.column + 1) * many // count
            for column in range(first, last + 1):
                yield Square(row, column % many)


def _spread(where: Volume, most: int, found: set[Square]) -> None:
    start = square_at(where.footprint.points[0])
    seen, waiting = {start}, [start]
    while waiting:
        square = waiting.pop()
        found.add(square)
        if len(found) > most:
            msg = f"the site covers more than {most} cells of about 100 m; part it, or draw it closer"
            raise BadInput(msg)
        for one in beside(square):
            if one not in seen:
                seen.add(one)
                if overlap(where, Volume(outline(one), None, None)):
                    waiting.append(one)
