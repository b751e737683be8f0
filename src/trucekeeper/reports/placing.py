"""Which sector, and which side of the line, something surely lies in; else it is said to be uncertain."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from trucekeeper.agreement.model import Agreement
from trucekeeper.kernel.truth import Truth
from trucekeeper.places.position import Region
from trucekeeper.places.zone import Band, Shape, Side
from trucekeeper.reports.counting import Happening
from trucekeeper.reports.ports import Ground

UNCERTAIN = "?uncertain"
OUTSIDE = "?outside"
NOWHERE = "?nowhere"
SIDE_REACH_M = 300_000
"""How far from the line a side's area reaches in a report; beyond it no side is named."""

PLACELESS = ((UNCERTAIN, "Place uncertain"), (OUTSIDE, "Outside all of these"), (NOWHERE, "Place not known"))


@dataclass(frozen=True, slots=True)
class Places:
    """The sectors and sides of one agreement on a ground; remembers each region it was asked about."""

    sectors: tuple[tuple[str, Shape], ...]
    sides: tuple[tuple[str, Shape], ...]
    ground: Ground
    known: dict[tuple[str, str, Region], Truth] = field(default_factory=dict[tuple[str, str, Region], Truth])

    def sector_of(self, happening: Happening) -> str:
        """The sector's id if it surely lies in exactly one; else UNCERTAIN, OUTSIDE or NOWHERE."""
        return self._of("sector", _regions(happening), self.sectors)

    def side_of(self, happening: Happening) -> str:
        """The party on whose side of the line it surely lies; else UNCERTAIN, OUTSIDE or NOWHERE."""
        return self._of("side", _regions(happening), self.sides)

    def side_at(self, region: Region | None) -> str:
        """As :meth:`side_of`, for one region."""
        return self._of("side", (region,), self.sides)

    def sector_at(self, region: Region | None) -> str:
        """As :meth:`sector_of`, for one region."""
        return self._of("sector", (region,), self.sectors)

    def _of(self, what: str, regions: Iterable[Region | None], shapes: tuple[tuple[str, Shape], ...]) -> str:
        placed = tuple(region for region in regions if region is not None)
        if not placed:
            return NOWHERE
        answers = {
            name: {self._in((what, name, region), shape) for region in placed} for name, shape in shapes
        }
        sure = [name for name, seen in answers.items() if Truth.YES in seen]
        if len(sure) == 1:
            return sure[0]
        possible = any(Truth.UNKNOWN in seen for seen in answers.values())
        return UNCERTAIN if sure or possible else OUTSIDE

    def _in(self, key: tuple[str, str, Region], shape: Shape) -> Truth:
        if key not in self.known:
            self.known[key] = self.ground.touch(key[2], shape).answer
        return self.known[key]


def places(agreement: Agreement, ground: Ground) -> Places:
    """The sectors that the agreement reports by, and the sides of the first line that it names sides for."""
    return Places(
        tuple((name, agreement.zone(name).shape) for name in agreement.sectors), _sides(agreement), ground
    )


def sided(agreement: Agreement) -> tuple[str, ...]:
    """The parties that have a side of a line."""
    return tuple(name for name, _ in _sides(agreement))


def placed_label(key: str, label: Callable[[str], str]) -> str:
    """What a report calls a key of :class:`Places`."""
    return dict(PLACELESS).get(key) or label(key)


def _sides(agreement: Agreement) -> tuple[tuple[str, Shape], ...]:
    lines = {line.id: line for line in agreement.lines}
    for line_id, left, right in agreement.sides:
        if line_id in lines:
            return (
                (left, Band(lines[line_id], 0, SIDE_REACH_M, Side.LEFT)),
                (right, Band(lines[line_id], 0, SIDE_REACH_M, Side.RIGHT)),
            )
    return ()


def _regions(happening: Happening) -> tuple[Region | None, ...]:
    return tuple(member.observation.where for member in happening.members)
