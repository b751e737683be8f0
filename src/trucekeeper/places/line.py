"""How far from a line, and on which side of it.

The distance is that to the nearest point of the line, the foot, along the ellipsoid. The side is seen from the
foot: the line comes in there and goes on from there, and a point is on the left where its direction lies left of
both, as one walks from the first point to the last. Where the foot is an end, the end's segment is thought
prolonged. On the line and on a prolongation a point is on both sides. Where two feet are equally near (to half a
millimetre) and see it on different sides, as between the turns of a spiral, it is on both sides too: zones are
closed. A signed distance calls "both" left.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trucekeeper.kernel.errors import BadInput
from trucekeeper.places import earth
from trucekeeper.places.earth import Vectors, cross, dot, unit
from trucekeeper.places.geodesy import Floats, courses, directs, inverses
from trucekeeper.places.path import SAGITTA_M, Indexes, Met, Path, by_block, first_of_each, inner, parts
from trucekeeper.places.position import Position
from trucekeeper.places.zone import Line

Sides = NDArray[np.int8]
"""1 for left, -1 for right, 0 for both."""

EQUAL_M = 0.0005
"""Two distances closer than this are equal."""
ON_M = 0.01
"""What :class:`Traced` takes for "on the line" where it estimates."""

_PIECE_M = 3_500.0
_LONGEST_M = 10_000_000
_FARTHEST_EXACT_M = 6_000_000.0
_EARTH_M = 6_371_000.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A point as seen from the line."""

    distance_m: float
    left: bool
    right: bool

    @property
    def signed_m(self) -> float:
        """Positive on the left and on both sides, negative on the right."""
        return self.distance_m if self.left else -self.distance_m


@dataclass(frozen=True, slots=True)
class Traced:
    """A line made ready for questions; build it once with :func:`traced`.

    ``leftward`` points to the left of each piece. ``outer`` is the side of the wedge beyond each piece's end.
    """

    lat: Floats
    lon: Floats
    azimuth: Floats
    metres: Floats
    arriving: Floats
    path: Path
    leftward: Vectors
    leftward_laid: Floats
    outer: Sides
    segment: Indexes

    def seen(self, position: Position) -> Seen:
        """The exact answer for one point (up to 6,000 km from the line; beyond, the distance is near enough)."""
        lat, lon = np.array([position.lat_u / 1e6]), np.array([position.lon_u / 1e6])
        points = earth.surface(lat, lon)
        chords, _, _ = self.measured(points)
        way = float(earth.way_m(chords)[0])
        if way > _FARTHEST_EXACT_M:
            return Seen(way, left=True, right=True)
        slack = 2 * (SAGITTA_M + float(earth.doubt_m(chords, np.array([way]))[0])) + 0.01
        _, blocks = self.path.near(points, slack_m=slack)
        pieces = np.unique(self.path.blocks[blocks])
        along, square, _ = self.path.offsets(points, pieces)
        close = np.sqrt(square) <= float(chords[0]) + slack
        feet = [
            self._seen_from(int(self.segment[piece]), self._metres_to(int(piece)) + float(at), position)
            for piece, at in zip(pieces[close], along[close], strict=True)
        ]
        least = min(foot.distance_m for foot in feet)
        nearest = [foot for foot in feet if foot.distance_m <= least + EQUAL_M]
        return Seen(least, left=any(foot.left for foot in nearest), right=any(foot.right for foot in nearest))

    def _metres_to(self, piece: int) -> float:
        """How far along its segment a piece starts."""
        before = self.segment[:piece] == self.segment[piece]
        return float(self.path.length[:piece][before].sum())

    def _seen_from(self, segment: int, guess_m: float, position: Position) -> Seen:
        """Walks to the foot on one segment (its interception, on the sphere step by step), then looks."""
        length = float(self.metres[segment])
        lat, lon = position.lat_u / 1e6, position.lon_u / 1e6
        at = min(max(guess_m, 0.0), length)
        distance, ahead, toward = self._looked(segment, at, lat, lon)
        for _ in range(30):
            turn = math.radians(toward - ahead)
            step = _EARTH_M * math.atan(math.tan(distance / _EARTH_M) * math.cos(turn))
            moved = min(max(at + step, 0.0), length)
            if abs(moved - at) < 1e-5:
                break
            at = moved
            distance, ahead, toward = self._looked(segment, at, lat, lon)
        if distance <= EQUAL_M:
            return Seen(distance, left=True, right=True)
        last = len(self.metres) - 1
        if at <= 0.0 and segment > 0:
            left = _within_left(
                float(self.arriving[segment - 1]), float(self.azimuth[segment]), float(toward)
            )
            return Seen(distance, left, not left)
        if at >= length and segment < last:
            left = _within_left(
                float(self.arriving[segment]), float(self.azimuth[segment + 1]), float(toward)
            )
            return Seen(distance, left, not left)
        across = distance * math.sin(math.radians(toward - ahead))
        return Seen(distance, left=across <= EQUAL_M, right=across >= -EQUAL_M)

    def _looked(self, segment: int, at_m: float, lat: float, lon: float) -> tuple[float, float, float]:
        """From a place on a segment: distance to the point, azimuth of the line there, azimuth to the point."""
        here_lat, here_lon, ahead = courses(
            float(self.lat[segment]), float(self.lon[segment]), float(self.azimuth[segment]), at_m
        )
        metres, toward = inverses(here_lat, here_lon, lat, lon)
        return float(metres), float(ahead), float(toward)

    def measured(self, points: Vectors) -> tuple[Floats, Sides, Indexes]:
        """For many points at once: straight distance in space, side, and nearest piece; near, not exact."""
        best = np.full(points.shape[1], np.inf)
        nearest = np.zeros(points.shape[1], dtype=np.intp)
        rows, blocks = self.path.near(points)
        for part in parts(rows):
            row, block = rows[part], blocks[part]
            square = self.path.met(points, row, block).square
            starts = first_of_each(row)
            every = square.min(axis=1)
            least = np.minimum.reduceat(every, starts)
            best[row[starts]] = least
            winners = (every == best[row]).nonzero()[0]
            winners = winners[first_of_each(row[winners])]
            nearest[row[starts]] = self.path.blocks[block[winners], square[winners].argmin(axis=1)]
        chords = np.sqrt(best)
        return chords, self._sides(points, nearest, chords), nearest

    def _sides(self, points: Vectors, nearest: Indexes, chords: Floats) -> Sides:
        last = len(self.path.length) - 1
        along, _, away = self.path.offsets(points, nearest)
        across = dot(away, self.leftward[:, nearest])
        after = along >= self.path.length[nearest]
        at_vertex = (after & (nearest < last)) | ((along <= 0) & (nearest > 0))
        neighbour = np.where(after, np.minimum(nearest + 1, last), np.maximum(nearest - 1, 0))
        other = dot(points - self.path.start[:, neighbour], self.leftward[:, neighbour])
        outer = self.outer[np.where(after, nearest, np.maximum(nearest - 1, 0))]
        side = np.where(across >= 0, 1, -1)
        side = np.where(at_vertex & ((across >= 0) != (other >= 0)), outer, side)
        both = (chords < ON_M) | (~at_vertex & (np.abs(across) < ON_M))
        return np.where(both, 0, side).astype(np.int8)

    def clear_m(self, points: Vectors, chords: Floats, side: Sides, reach_m: Floats) -> Floats:
        """How far one may surely go from each point and stay on ``side``; known only up to ``reach_m``.

        Changing sides takes crossing the line, or meeting a foot that sees the other side. A piece can be that
        foot only if it may become the nearest, one comes abreast of it, and one is not well on ``side`` of it:
        the largest of these three distances is how near that is. What the three are off by grows with the
        distance, so a thousandth of it is taken off.
        """
        doubt = SAGITTA_M + 0.001 * chords
        reach = np.minimum(reach_m + doubt + 0.001, chords)
        found = reach.copy()
        rows, blocks = self.path.near(points, chords + 2 * reach)
        for part in parts(rows):
            row, block = rows[part], blocks[part]
            danger = self._danger(
                self.path.met(points, row, block), block, side[row, None], chords[row, None]
            )
            starts = first_of_each(row)
            least = np.minimum.reduceat(danger, starts)
            found[row[starts]] = np.minimum(found[row[starts]], least)
        return np.minimum(np.maximum(found - doubt, 0.0), reach_m)

    def _danger(self, met: Met, block: Indexes, side: Sides, least: Floats) -> Floats:
        pieces, along, length = self.path.blocks[block], met.along, met.length
        well = np.maximum(inner(met.away, self.leftward_laid[block]) * side, 0.0)
        abreast = np.maximum(np.maximum(-along, along - length), 0.0)
        slab = np.maximum(np.maximum(abreast, well), (np.sqrt(met.square) - least) / 2)
        starts = np.sqrt(met.from_start)
        wedge = np.maximum(np.maximum(length - along, 0.0)[:, :-1], np.maximum(along, 0.0)[:, 1:])
        wedge = np.maximum(wedge, np.minimum(well[:, :-1], well[:, 1:]))
        wedge = np.maximum(wedge, (starts[:, 1:] - least) / 2)
        tame = (self.outer[pieces[:, :-1]] == side) | (pieces[:, :-1] == pieces[:, 1:])
        wedge = np.where(tame, np.inf, wedge)
        first = np.maximum(np.maximum(along, 0.0), np.maximum(well, (starts - least) / 2))
        ends = np.sqrt(np.maximum(met.from_start + length * (length - 2 * along), 0.0))
        final = np.maximum(np.maximum(length - along, 0.0), np.maximum(well, (ends - least) / 2))
        beyond = np.minimum(
            np.where(pieces == 0, first, np.inf),
            np.where(pieces == len(self.path.length) - 1, final, np.inf),
        )
        least_slab = np.minimum(slab, beyond).min(axis=1)
        return np.asarray(np.minimum(least_slab, wedge.min(axis=1)))


def traced(line: Line) -> Traced:
    """Make a line ready; BadInput where it has no length or a segment too long to have one shortest way."""
    points = [
        point for index, point in enumerate(line.points) if index == 0 or point != line.points[index - 1]
    ]
    if len(points) < 2:
        msg = "a line has fewer than two different points; give it at least two"
        raise BadInput(msg)
    lat = np.array([point.lat_u for point in points]) / 1e6
    lon = np.array([point.lon_u for point in points]) / 1e6
    metres, azimuth = inverses(lat[:-1], lon[:-1], lat[1:], lon[1:])
    if float(metres.max()) > _LONGEST_M:
        msg = "a segment of a line is longer than 10,000 km; add points between its ends"
        raise BadInput(msg)
    _, _, arriving = courses(lat[:-1], lon[:-1], azimuth, metres)
    count = np.ceil(metres / _PIECE_M).astype(np.intp)
    segment = np.repeat(np.arange(len(metres)), count)
    within = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    share = within / count[segment]
    next_share = (within + 1) / count[segment]
    start_lat, start_lon = directs(lat[segment], lon[segment], azimuth[segment], metres[segment] * share)
    end_lat, end_lon = directs(lat[segment], lon[segment], azimuth[segment], metres[segment] * next_share)
    last = within + 1 == count[segment]
    end_lat = np.where(last, lat[segment + 1], end_lat)
    end_lon = np.where(last, lon[segment + 1], end_lon)
    path = Path.of(earth.surface(start_lat, start_lon), earth.surface(end_lat, end_lon))
    leftward = unit(cross(earth.upward(start_lat, start_lon), path.ahead))
    ahead = path.ahead
    following = ahead[:, np.minimum(np.arange(len(segment)) + 1, len(segment) - 1)]
    turn = dot(cross(ahead, following), earth.upward(end_lat, end_lon))
    outer = np.where(turn > 0, -1, 1).astype(np.int8)
    return Traced(
        lat[:-1],
        lon[:-1],
        azimuth,
        metres,
        arriving,
        path,
        leftward,
        by_block(leftward, path.blocks),
        outer,
        segment,
    )


def _within_left(arriving: float, leaving: float, toward: float) -> bool:
    """Whether a direction lies in the wedge on the left, between where the line goes on and where it came from."""
    wedge = (leaving - arriving - 180.0) % 360.0
    return (leaving - toward) % 360.0 <= wedge
