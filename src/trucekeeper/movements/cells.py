"""The agreed cell: all that whoever is not cleared for a notice ever meets of it.

The Earth is cut once and for all into *pieces*, each of at least (1.3 ``cell_m``)^2: rows of equal height, each row in
equal columns, a cap at either pole. A notice belongs to the piece that its middle lies in. Shown is one disc around the
middle of that *piece*, wide enough for whatever of that size may belong to it, at every height, for whole UTC days.

Why thin probes find nothing below a cell. What is shown depends on the piece, on the size rounded up, and on nothing
else: turn the whole notice about the Earth's centre so that its middle stays in its piece, and the answer to every
probe stays the same. So, after any number of probes, all those turned copies are possible still, and each
point of the notice may be anywhere in an area as large as the piece. There is nothing to find near a border, because
belonging goes by the middle alone: one notice shows one disc, never the two or four pieces that it reaches into.
Neither cutting nor disc is secret, so there is no secret to be lost, and the same site registered again, by anybody,
shows the same disc under the same id; two in one piece look like one.

Amendments. A notice stays with its piece until its middle has moved out of a disc that is ``cell_m / 8`` wider than
the piece, so that a correction by less than that never shows. Once it shows, the new middle lies in the new piece
and outside that disc: still an area of more than one cell.

What it does not hide: that something was announced in this cell, when it began to be shown, about how large it is, and
what other knowledge says of the places in the cell. Who knows otherwise that a place was moved by little, and sees
its cell change, knows that it lies near the edge of the two.
"""

import hashlib
import math
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.volume import FARTHEST_CM, Footprint, Form, Volume
from trucekeeper.places.position import Position

_R_M = 6_371_008.8
_STRAY = 1.006
"""No way on WGS 84 is longer than this many times the one on the sphere of mean radius (1.0057 along the equator)."""
_PIECE = 1.3
_SLACK = 1 / 8
_STEP = 1 / 8
"""Shares of ``cell_m``: a piece's side, how far the middle may leave its piece, how sizes are rounded up."""
_DAY_MS = 86_400_000
_WIDEST_M = 8_800_000.0
"""Beyond this radius (79 degrees) a disc is shown as the whole Earth."""
_SIDES = 8

_Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown: footprints (one, save for what is larger than half the Earth), and whole days.

    ``start`` and ``end`` None are without bound. ``id`` names the place and says nothing that the place does not.
    """

    id: str
    footprints: tuple[Footprint, ...]
    start: Instant | None
    end: Instant | None

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """The cell as volumes at every height, for `overlap`."""
        return tuple(Volume(one, self.start, self.end) for one in self.footprints)

    @property
    def uuid(self) -> uuid.UUID:
        """The id of this cell over these days, in the form of a UUIDv4, for interfaces that ask for one."""
        name = f"{self.id}|{self.start}|{self.end}".encode()
        return uuid.UUID(bytes=hashlib.sha256(name).digest()[:16], version=4)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the cut Earth; row 0 is the southern cap. ``reach_m`` is from its middle to its farthest corner."""

    row: int
    column: int
    middle: Position
    reach_m: float
    area_m2: float


def cell_of(volumes: Sequence[Volume], cell_m: int) -> Cell:
    """The cell of a notice that was never amended; ``volumes`` are all of it, with uncertainty and stand-off."""
    return settled((volumes,), cell_m)


def settled(versions: Iterable[Sequence[Volume]], cell_m: int) -> Cell:
    """The cell of a notice after its versions, oldest first. It holds the newest one's volumes whole."""
    piece: Piece | None = None
    radius_m = 0.0
    newest: tuple[Volume, ...] = ()
    for volumes in versions:
        if not volumes:
            continue
        middle, radius_m = enclosed(volumes)
        newest = tuple(volumes)
        if piece is None or _apart_m(_vector(piece.middle), middle) > piece.reach_m + cell_m * _SLACK:
            piece = piece_at(middle, cell_m)
    if piece is None:
        msg = "a notice without volumes has no cell; say where it is"
        raise BadInput(msg)
    step = max(1, math.ceil(radius_m / (cell_m * _STEP)))
    reach_m = piece.reach_m + cell_m * (_SLACK + _STEP * step)
    start, end = _days(newest)
    return Cell(_name(piece, step, cell_m), _disc(piece.middle, reach_m), start, end)


def piece_at(middle: _Vector, cell_m: int) -> Piece:
    """The piece that holds a point (a unit vector)."""
    if cell_m < 1:
        msg = "the agreed cell has no size; give it in metres"
        raise BadInput(msg)
    side = min(_PIECE * cell_m / _R_M, math.pi / 3)
    rows = math.floor(math.pi / side)
    height = math.pi / rows
    row = min(rows - 1, int((math.asin(max(-1.0, min(1.0, middle[2]))) + math.pi / 2) / height))
    if row in (0, rows - 1):
        pole = Position(-90_000_000 if row == 0 else 90_000_000, 0)
        return Piece(row, 0, pole, height * _R_M, 2 * math.pi * (1 - math.cos(height)) * _R_M**2)
    south = -math.pi / 2 + row * height
    band = 2 * math.pi * (math.sin(south + height) - math.sin(south))
    columns = max(1, math.floor(band / side**2))
    width = 2 * math.pi / columns
    column = int((math.atan2(middle[1], middle[0]) % (2 * math.pi)) / width) % columns
    lon = (column + 0.5) * width
    centre = _point(south + height / 2, lon)
    corners = (_point(lat, lon + width / 2) for lat in (south, south + height))
    return Piece(
        row,
        column,
        _position(centre),
        max(_apart_m(centre, one) for one in corners),
        band / columns * _R_M**2,
    )


def enclosed(volumes: Sequence[Volume]) -> tuple[_Vector, float]:
    """A middle, and how far from it in metres all that the volumes cover lies at the most."""
    cores = [
        ([_vector(point) for point in volume.footprint.points], volume.footprint.reach_cm / 100)
        for volume in volumes
    ]
    every = [point for points, _ in cores for point in points]
    middle = _unit(tuple(math.fsum(point[axis] for point in every) for axis in range(3)), every[0])
    radius = max(reach + _apart_m(middle, point) * _STRAY for points, reach in cores for point in points)
    return middle, radius


def _disc(middle: Position, reach_m: float) -> tuple[Footprint, ...]:
    wide_m = reach_m * _STRAY + 1
    reach_cm = math.ceil(wide_m * 100)
    if reach_cm <= FARTHEST_CM:
        return (Footprint(Form.POINT, (middle,), reach_cm),)
    if wide_m <= _WIDEST_M:
        # An eight-cornered ring around the disc; its edges may stray a little between sphere and ellipsoid.
        corner = math.atan(math.tan(wide_m / _R_M) / math.cos(math.pi / _SIDES))
        ring = tuple(_away(middle, corner, 2 * math.pi * turn / _SIDES) for turn in range(_SIDES))
        return (Footprint(Form.RING, ring, min(FARTHEST_CM, math.ceil(wide_m))),)
    return tuple(
        Footprint(
            Form.RING, (Position(pole, 0), Position(0, lon), Position(0, lon + 90_000_000)), FARTHEST_CM // 2
        )
        for pole in (90_000_000, -90_000_000)
        for lon in range(-180_000_000, 180_000_000, 90_000_000)
    )


def _days(volumes: Sequence[Volume]) -> tuple[Instant | None, Instant | None]:
    starts, ends = [one.start for one in volumes], [one.end for one in volumes]
    known_starts = [one for one in starts if one is not None]
    known_ends = [one for one in ends if one is not None]
    first = min(known_starts) // _DAY_MS * _DAY_MS if len(known_starts) == len(starts) else None
    last = -(-max(known_ends) // _DAY_MS) * _DAY_MS if len(known_ends) == len(ends) else None
    return (
        None if first is None else Instant(first),
        None if last is None else Instant(last),
    )


def _name(piece: Piece, step: int, cell_m: int) -> str:
    return hashlib.sha256(
        f"trucekeeper/cell/v1|{cell_m}|{piece.row}|{piece.column}|{step}".encode()
    ).hexdigest()[:32]


def _vector(position: Position) -> _Vector:
    return _point(math.radians(position.lat_u / 1e6), math.radians(position.lon_u / 1e6))


def _point(lat: float, lon: float) -> _Vector:
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def _position(point: _Vector) -> Position:
    lat = math.degrees(math.atan2(point[2], math.hypot(point[0], point[1])))
    lon = math.degrees(math.atan2(point[1], point[0]))
    return Position(round(lat * 1e6), round(lon * 1e6))


def _unit(vector: tuple[float, ...], otherwise: _Vector) -> _Vector:
    size = math.hypot(*vector)
    return otherwise if size < 1e-9 else (vector[0] / size, vector[1] / size, vector[2] / size)


def _apart_m(one: _Vector, other: _Vector) -> float:
    """Along the sphere; from the chord, which stays exact for near points and for opposite ones near enough."""
    return 2 * _R_M * math.asin(min(1.0, math.dist(one, other) / 2))


def _away(middle: Position, far: float, turn: float) -> Position:
    """The point ``far`` radians from ``middle`` in the direction ``turn``, clockwise from north."""
    lat, lon = math.radians(middle.lat_u / 1e6), math.radians(middle.lon_u / 1e6)
    up = _point(lat, lon)
    north = (-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat))
    east = (-math.sin(lon), math.cos(lon), 0.0)
    forward = [math.cos(turn) * n + math.sin(turn) * e for n, e in zip(north, east, strict=True)]
    x, y, z = (math.cos(far) * u + math.sin(far) * f for u, f in zip(up, forward, strict=True))
    return _position((x, y, z))
