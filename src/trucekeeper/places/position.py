"""Positions and the uncertain regions that reports really give: a disc, or "5-7 km south-east"."""

from dataclasses import dataclass

from trucekeeper.kernel.errors import BadInput

BEARINGS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
"""The 16 points of the compass, clockwise from north; each stands for 22.5 degrees, centred on it."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A point on WGS 84 in whole microdegrees (about 0.11 m)."""

    lat_u: int
    lon_u: int

    def __post_init__(self) -> None:
        if abs(self.lat_u) > 90_000_000:
            msg = "a latitude is beyond the poles; latitudes run from -90 to 90 (are the two swapped?)"
            raise BadInput(msg)
        if abs(self.lon_u) > 180_000_000:
            msg = "a longitude is beyond 180 degrees; longitudes run from -180 to 180"
            raise BadInput(msg)


@dataclass(frozen=True, slots=True)
class Disc:
    """Somewhere within ``radius_m`` of ``centre``; radius 0 is the exact point."""

    centre: Position
    radius_m: int

    def __post_init__(self) -> None:
        _not_negative(self.radius_m)


@dataclass(frozen=True, slots=True)
class Sector:
    """Seen from ``observer`` (itself known to ``observer_radius_m``), ``near_m`` to ``far_m`` away.

    ``bearing`` is an index into :data:`BEARINGS`; the direction is known to within 11.25 degrees of it.
    """

    observer: Position
    observer_radius_m: int
    near_m: int
    far_m: int
    bearing: int

    def __post_init__(self) -> None:
        _not_negative(self.observer_radius_m)
        _not_negative(self.near_m)
        if self.far_m < self.near_m:
            msg = "a distance range ends nearer than it begins; write the smaller distance first"
            raise BadInput(msg)
        if not 0 <= self.bearing < len(BEARINGS):
            msg = "a bearing is none of the 16 compass points; write N, NNE, NE and so on"
            raise BadInput(msg)


Region = Disc | Sector


def _not_negative(metres: int) -> None:
    if metres < 0:
        msg = "a distance is negative; write it as a positive number of metres"
        raise BadInput(msg)
