# ruff: noqa: ARG002 - the port names its arguments, this book needs few of them
"""A casebook in memory and a ground of boxes: enough to count with, and easy to count again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from trucekeeper.findings.model import Case
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import NotFound
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind
from trucekeeper.parties.model import Source
from trucekeeper.places.position import Disc, Position, Region
from trucekeeper.places.zone import Area, Lattice, Shape, Side, Touch
from trucekeeper.record.ref import Ref
from trucekeeper.reports.ports import Announced, Answered, Correction
from trucekeeper.reports.sketching import published
from trucekeeper.screening.model import Touching


@dataclass
class MemoryBook:
    """Everything is handed in; ``recorded`` says from which entry on a moment's knowledge ends."""

    seen: tuple[Sighting, ...] = ()
    linked: tuple[Incident, ...] = ()
    sources: dict[str, Source] = field(default_factory=dict)
    touched: tuple[Touching, ...] = ()
    case_list: tuple[Case, ...] = ()
    corrected: tuple[Correction, ...] = ()
    answered: tuple[Answered, ...] = ()
    struck: tuple[Announced, ...] = ()
    sizes: tuple[tuple[Instant, int], ...] = ()
    times: dict[int, Instant] = field(default_factory=dict)

    def size_at(self, at: Instant) -> int:
        return max((size for moment, size in self.sizes if moment <= at), default=0)

    def sightings(
        self, when: Interval | None = None, kinds: tuple[Kind, ...] = (), upto: int | None = None
    ) -> Iterator[Sighting]:
        for one in sorted(self.seen, key=lambda sighting: sighting.ref):
            told = one.observation
            if upto is not None and one.ref.entry >= upto:
                continue
            if (when is None or when.overlaps(told.when)) and (not kinds or told.kind in kinds):
                yield one

    def sighting(self, ref: Ref) -> Sighting:
        for one in self.seen:
            if one.ref == ref:
                return one
        raise NotFound(str(ref))

    def source(self, source_id: str, upto: int | None = None) -> Source:
        return self.sources.get(source_id, Source(source_id, None, source_id, "resident", "F"))

    def incidents(self, when: Interval | None = None, upto: int | None = None) -> Iterator[Incident]:
        for one in sorted(self.linked, key=lambda incident: incident.id):
            if when is None or when.overlaps(one.when):
                yield one

    def incident(self, incident_id: str, upto: int | None = None) -> Incident:
        for one in self.linked:
            if one.id == incident_id:
                return one
        raise NotFound(incident_id)

    def cases(self, upto: int | None = None) -> Iterator[Case]:
        yield from (one for one in self.case_list if upto is None or one.ref.entry < upto)

    def touchings(self, when: Interval | None = None, upto: int | None = None) -> Iterator[Touching]:
        yield from (one for one in self.touched if upto is None or one.ref.entry < upto)

    def corrections(self, upto: int | None = None) -> Iterator[Correction]:
        yield from (one for one in self.corrected if upto is None or one.ref.entry < upto)

    def replies(self, upto: int | None = None) -> Iterator[Answered]:
        yield from (one for one in self.answered if upto is None or one.ref.entry < upto)

    def admitted(self, refs: Iterable[Ref]) -> dict[Ref, Instant]:
        return {ref: self.times[ref.entry] for ref in refs if ref.entry in self.times}

    def announced(self, upto: int | None = None) -> tuple[Announced, ...]:
        return tuple(one for one in self.struck if upto is None or one.ref.entry < upto)


class BoxGround:
    """Every shape is its bounding box, a side of a line is a half-plane, a region is the box about its disc."""

    def touch(self, region: Region, shape: Shape) -> Touch:
        west, south, east, north = _box(region)
        if isinstance(shape, Area):
            points = shape.polygons[0].outer
            left, right = min(p.lon_u for p in points), max(p.lon_u for p in points)
            low, high = min(p.lat_u for p in points), max(p.lat_u for p in points)
        else:
            middle = sum(p.lon_u for p in shape.line.points) // len(shape.line.points)
            low, high = -90_000_000, 90_000_000
            left, right = (-180_000_000, middle) if shape.side is Side.RIGHT else (middle, 180_000_000)
        wide, tall = min(east, right) - max(west, left), min(north, high) - max(south, low)
        if wide < 0 or tall < 0:
            return Touch(Truth.NO, 0)
        if west >= left and east <= right and south >= low and north <= high:
            return Touch(Truth.YES, 1_000_000)
        return Touch(
            Truth.UNKNOWN, 1_000_000 * (wide + 1) * (tall + 1) // ((east - west + 1) * (north - south + 1))
        )

    def lattice(self, shapes: Sequence[Shape]) -> Lattice:
        spots = [Position(lat, lon) for lat in range(-22_950_000, -19_500_000, 100_000)
                 for lon in range(-20_050_000, -18_000_000, 100_000)]  # fmt: skip
        inside = [
            [self.touch(Disc(spot, 0), shape).answer is Truth.YES for spot in spots] for shape in shapes
        ]
        kept = [index for index in range(len(spots)) if any(one[index] for one in inside)]
        return Lattice(
            tuple(spots[index] for index in kept),
            tuple(tuple(one[index] for index in kept) for one in inside),
        )

    def within(self, region: Region, places: Sequence[Position]) -> tuple[bool, ...]:
        west, south, east, north = _box(region)
        return tuple(west <= at.lon_u <= east and south <= at.lat_u <= north for at in places)

    def outline(self, shape: Shape) -> tuple[tuple[Position, ...], ...]:
        if isinstance(shape, Area):
            return tuple(polygon.outer for polygon in shape.polygons)
        reach_u = shape.to_m * 9
        points = shape.line.points
        left = tuple(Position(p.lat_u, p.lon_u - reach_u) for p in points)
        right = tuple(Position(p.lat_u, p.lon_u + reach_u) for p in reversed(points))
        return ((*left, *right),)


def _box(region: Region) -> tuple[int, int, int, int]:
    at, radius_m = (region.centre, region.radius_m) if hasattr(region, "centre") else published(region)
    reach = radius_m * 9
    return at.lon_u - reach, at.lat_u - reach, at.lon_u + reach, at.lat_u + reach
