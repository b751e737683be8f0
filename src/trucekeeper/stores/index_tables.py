"""What the stored indexes share: how a volume is written down, and the boxes by which a database proposes it."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import cast

from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import Damaged, TruceError
from trucekeeper.movements.overlap import ready
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places.position import Position
from trucekeeper.stores.box import DATE_LINE_U, MICRO, Box, wrapped

LAYOUT = "1"
"""Changes whenever the tables, or what is put into them, change: older ones are then emptied and filled anew."""

_SPARE = 1e-9
"""What arithmetic may be off by, in radians; some 6 mm."""
_UNREADABLE = (
    "the index of notices holds a volume that cannot be read; remove the index and open the office again"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of a stored index: a volume, or the piece of it that lies in one box."""

    key: str
    number: int
    piece: int
    box: Box
    volume: Volume
    text: str


def kept(items: Mapping[str, Sequence[Volume]]) -> Iterator[Kept]:
    """The rows that stand for these volumes; several for one whose boxes are several."""
    for key, volumes in items.items():
        for number, volume in enumerate(volumes):
            text = written(volume)
            for piece, box in enumerate(boxes(volume.footprint)):
                yield Kept(key, number, piece, box, volume, text)


def written(volume: Volume) -> str:
    """A volume as one line of JSON; :func:`read` gives the same volume back."""
    footprint = volume.footprint
    return json.dumps(
        (
            footprint.form.value,
            _flat(footprint.points),
            footprint.reach_cm,
            [_flat(hole) for hole in footprint.holes],
            volume.start,
            volume.end,
            volume.low_cm,
            volume.high_cm,
        ),
        separators=(",", ":"),
    )


def read(text: str) -> Volume:
    """The volume that :func:`written` wrote; Damaged where it did not write this."""
    try:
        return understood(json.loads(text))
    except ValueError as error:
        raise Damaged(_UNREADABLE) from error


def understood(parts: object) -> Volume:
    """As :func:`read`, of what is JSON no more."""
    try:
        form, points, reach_cm, holes, start, end, low_cm, high_cm = _listed(parts)
        footprint = Footprint(
            Form(form), _positions(points), _whole(reach_cm), tuple(map(_positions, _listed(holes)))
        )
        return Volume(footprint, _moment(start), _moment(end), _number(low_cm), _number(high_cm))
    except (ValueError, TypeError, TruceError) as error:
        raise Damaged(_UNREADABLE) from error


def _flat(points: Sequence[Position]) -> list[int]:
    return [number for one in points for number in (one.lat_u, one.lon_u)]


def _positions(flat: object) -> tuple[Position, ...]:
    numbers = [_whole(one) for one in _listed(flat)]
    return tuple(map(Position, numbers[::2], numbers[1::2]))


def _listed(value: object) -> list[object]:
    if not isinstance(value, list):
        msg = "not a list"
        raise TypeError(msg)
    return cast("list[object]", value)


def _moment(value: object) -> Instant | None:
    return None if value is None else Instant(_whole(value))


def _number(value: object) -> int | None:
    return None if value is None else _whole(value)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        msg = "not a whole number"
        raise TypeError(msg)
    return value


def grouped(rows: Iterable[tuple[str, Volume]]) -> Iterator[tuple[str, tuple[Volume, ...]]]:
    """Each key with its volumes, from rows that are in order of their keys."""
    for key, group in groupby(rows, itemgetter(0)):
        yield key, tuple(volume for _, volume in group)


def boxes(footprint: Footprint) -> tuple[Box, ...]:
    """Boxes that hold a footprint and its share of the tolerance, none across 180 degrees; never too small.

    Two footprints overlap where their cores are no farther apart than both shares; so then their boxes meet.
    """
    core = ready(footprint)
    x, y, z = (float(one) for one in core.centre)
    return around_cap(math.asin(max(-1.0, min(z, 1.0))), math.atan2(y, x), core.cap + core.share + _SPARE)


def around_cap(lat: float, lon: float, angle: float) -> tuple[Box, ...]:
    """Boxes around all that lies within an angle of a point of the sphere, in radians; whole parallels at a pole."""
    south, north = lat - angle, lat + angle
    if max(north, -south) >= math.pi / 2:
        low, high = max(south, -math.pi / 2), min(north, math.pi / 2)
        return (Box(_micro_down(low), -DATE_LINE_U, _micro_up(high), DATE_LINE_U),)
    aside = math.asin(min(1.0, math.sin(angle) / math.cos(lat)))
    return wrapped(_micro_down(south), _micro_down(lon - aside), _micro_up(north), _micro_up(lon + aside))


def _micro_down(angle: float) -> int:
    return math.floor(math.degrees(angle) * MICRO) - 1


def _micro_up(angle: float) -> int:
    return math.ceil(math.degrees(angle) * MICRO) + 1
