"""How an uncertain region meets a shape: certainly, possibly with a share, or not.

An exact point (a disc of radius 0) is answered exactly. Any other region is first held against the boundary as one
disc. Where that does not decide, the region's cover does: if every small disc of it is surely inside, or every one
surely outside, so is the region. Else it is possible, and the share is that of the cover's centres inside, in
parts per million, kept from 0 and from the whole because neither is certain.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from trucekeeper.kernel.truth import Truth
from trucekeeper.places.cover import REACH, RINGS, around, cover
from trucekeeper.places.geodesy import Floats, bounding_disc
from trucekeeper.places.ground import Measured, Points, Ready, measured
from trucekeeper.places.lattice import lattice, within
from trucekeeper.places.line import Traced
from trucekeeper.places.outline import outline
from trucekeeper.places.path import Indexes
from trucekeeper.places.position import Disc, Position, Region
from trucekeeper.places.zone import Area, Band, Lattice, Shape, Touch

MARGIN_M = 1.0
"""What geometry in floating point may be off by: nothing is certain that is nearer to a boundary."""
WHOLE_PPM = 1_000_000
INSIDE = Touch(Truth.YES, WHOLE_PPM)
OUTSIDE = Touch(Truth.NO, 0)

_CENTRES = 1 + 3 * RINGS * (RINGS + 1)


@dataclass(frozen=True, slots=True)
class Ground:
    """Answers how regions meet shapes, and keeps each shape ready for the next question."""

    ready: Ready = field(default_factory=Ready)

    def touch(self, region: Region, shape: Shape) -> Touch:
        """Yes, no, or possible with the share; yes and no are never wrong."""
        if isinstance(region, Disc) and region.radius_m == 0:
            return INSIDE if self.ready.holds(shape, region.centre) else OUTSIDE
        disc = bounding_disc(region)
        points = Points.of(np.array([disc.centre.lat_u]), np.array([disc.centre.lon_u]))
        need = disc.radius_m + MARGIN_M
        depth = float(self.ready.depths_m(shape, points, np.array([need]))[0])
        if abs(depth) >= need:
            return INSIDE if depth > 0 else OUTSIDE
        return self.shared(region, shape)

    def shared(self, region: Region, shape: Shape) -> Touch:
        """By the cover of the region."""
        covered = cover(region)
        points = Points.rounded(covered.lat, covered.lon)
        inside = int(np.count_nonzero(self.ready.hold(shape, points)))
        if inside in {0, len(points)}:
            need = covered.reach_m + MARGIN_M
            settled = _settled(self.ready.depths_m(shape, points, np.full(len(points), need)), need)
            if settled is not None:
                return settled
        return possible(inside, len(points))

    def shares(self, discs: Sequence[Disc], shape: Shape) -> list[Touch]:
        """As :meth:`shared`, for many discs at once."""
        return self.joint_shares(discs, ((shape, np.arange(len(discs))),))[0]

    def joint_shares(
        self, discs: Sequence[Disc], asked: Sequence[tuple[Shape, Indexes]]
    ) -> list[list[Touch]]:
        """As :meth:`shared`, for some of the discs with each of several shapes, in the order asked.

        The cover of a disc is made once, and once seen from each line.
        """
        rows = [(disc.centre.lat_u, disc.centre.lon_u, disc.radius_m) for disc in discs]
        table = np.array(rows, dtype=np.float64).reshape(-1, 3)
        points = Points.rounded(*around(table))
        seen = self._seen(points, asked)
        return [self._shares(points, table[:, 2], shape, which, seen) for shape, which in asked]

    def _seen(
        self, points: Points, asked: Sequence[tuple[Shape, Indexes]]
    ) -> dict[int, tuple[Indexes, Measured]]:
        """For each line of a band, by identity: the discs that any of its bands is asked about, as it sees them."""
        wanted: dict[int, list[Indexes]] = {}
        traces: dict[int, Traced] = {}
        for shape, which in asked:
            if isinstance(shape, Band):
                line = self.ready.line(shape.line)
                traces[id(line)] = line
                wanted.setdefault(id(line), []).append(which)
        found: dict[int, tuple[Indexes, Measured]] = {}
        for key, several in wanted.items():
            discs = np.unique(np.concatenate(several))
            found[key] = (discs, measured(traces[key], points[_centres(discs)]))
        return found

    def _shares(
        self,
        points: Points,
        radius_m: Floats,
        shape: Shape,
        which: Indexes,
        seen: dict[int, tuple[Indexes, Measured]],
    ) -> list[Touch]:
        if isinstance(shape, Area):
            centres = _centres(which)
            inside = self.ready.area(shape).hold(points.lat_u[centres], points.lon_u[centres])
        else:
            band = self.ready.band(shape)
            discs, measures = seen[id(band.line)]
            inside = band.hold(measures[_centres(discs.searchsorted(which))])
        counts: list[int] = inside.reshape(-1, _CENTRES).sum(axis=1).tolist()
        found = [possible(count, _CENTRES) for count in counts]
        agreed = [index for index, count in enumerate(counts) if count in {0, _CENTRES}]
        if agreed:
            some = which[agreed]
            own = points[_centres(some)]
            needs = REACH * radius_m[some] + MARGIN_M
            depths = self.ready.depths_m(shape, own, np.repeat(needs, _CENTRES)).reshape(-1, _CENTRES)
            for index, need, depth in zip(agreed, needs.tolist(), depths, strict=True):
                found[index] = _settled(depth, need) or found[index]
        return found

    def lattice(self, shapes: Sequence[Shape]) -> Lattice:
        """Places that stand for equal parts of the shapes' area together."""
        return lattice(shapes, self.ready)

    def within(self, region: Region, places: Sequence[Position]) -> tuple[bool, ...]:
        """For each place, whether the region surely holds it."""
        return within(region, places)

    def outline(self, shape: Shape) -> tuple[tuple[Position, ...], ...]:
        """The rings that bound a shape, for drawing."""
        return outline(shape)


def _centres(discs: Indexes) -> Indexes:
    """Where the centres of these discs stand among those of all."""
    return np.asarray((discs[:, None] * _CENTRES + np.arange(_CENTRES)).ravel())


def _settled(depths: Floats, need: float) -> Touch | None:
    """Certain where every small disc is surely on one side of the boundary."""
    if bool((depths >= need).all()):
        return INSIDE
    return OUTSIDE if bool((depths <= -need).all()) else None


def possible(inside: int, centres: int) -> Touch:
    """Possible, by the count of centres inside; never none and never all."""
    share = inside * WHOLE_PPM // centres
    return Touch(Truth.UNKNOWN, min(max(share, 1), WHOLE_PPM - 1))


def touch(region: Region, shape: Shape) -> Touch:
    """How an uncertain region meets a shape; many questions about one shape are quicker through :class:`Ground`."""
    return Ground().touch(region, shape)
