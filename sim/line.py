"""The contact line: a curve from west to east on a plane in kilometres, with places where nobody can look."""

from dataclasses import dataclass
from math import cos, radians

import numpy as np

from sim.arrays import Bools, Floats, Ints, stream
from sim.scenario import Scenario

ORIGIN_LAT, ORIGIN_LON = 10.0, -30.0
"""Open ocean: the places are fictional."""
MICRODEGREES_A_KM = 1e6 / 111.195
GAP_KM = 4.0


@dataclass(frozen=True, slots=True)
class Line:
    """y = bend * sin(x); the first side lies to its north."""

    length_km: float
    bend_km: float
    wave_km: float
    gaps: tuple[tuple[float, float], ...]
    regions: int

    def y_of(self, x: Floats) -> Floats:
        """Kilometres north of the origin at which the line passes."""
        return self.bend_km * np.sin(2 * np.pi * x / self.wave_km)

    def region(self, x: Floats) -> Ints:
        """Number of the stretch."""
        found = np.floor(x / self.length_km * self.regions)
        return np.clip(found, 0, self.regions - 1).astype(np.int64)

    def hidden(self, x: Floats) -> Bools:
        """Where nobody can look."""
        found = np.zeros(len(x), dtype=np.bool_)
        for low, high in self.gaps:
            found |= (x >= low) & (x < high)
        return found

    def centre(self, x: Floats) -> Bools:
        """The middle third, where panels look first."""
        return np.abs(x / self.length_km - 0.5) < 1 / 6


def line_of(scenario: Scenario) -> Line:
    """The scenario's line: its gaps are equal pieces at drawn places that do not overlap."""
    front = scenario.front
    rng = stream(scenario.seed, "line")
    places = max(1, int(front.length_km // GAP_KM))
    chosen = rng.permutation(places)[: round(front.gap_share * places)]
    width = front.length_km / places
    gaps = tuple((float(at) * width, float(at + 1) * width) for at in sorted(chosen))
    return Line(front.length_km, 3.0, front.length_km / 1.5, gaps, front.regions)


def microdegrees(x: Floats, y: Floats) -> tuple[Ints, Ints]:
    """Latitude and longitude in microdegrees."""
    lat = ORIGIN_LAT * 1e6 + y * MICRODEGREES_A_KM
    lon = ORIGIN_LON * 1e6 + x * MICRODEGREES_A_KM / cos(radians(ORIGIN_LAT))
    return np.rint(lat).astype(np.int64), np.rint(lon).astype(np.int64)
