"""The office's own notices as the airspace standard's clients meet them: whole cells and whole days, nothing else.

What a client may see is decided by the one visibility function; a client that the key set does not know is cleared
for nothing, whatever name it gives itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trucekeeper.airspace.model import NativeConstraint
from trucekeeper.movements.cells import Cell
from trucekeeper.movements.visibility import Caller
from trucekeeper.movements.volume import Volume

if TYPE_CHECKING:
    from trucekeeper.office.movements import Movements

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Concealed:
    """Implements :class:`trucekeeper.airspace.ports.Hidden` over the deconfliction desk, opened when first asked.

    Every question is counted like any other of somebody who is not cleared, for the office to see.
    """

    movements: "Callable[[], Movements]"
    _shown: dict[str, Cell] = field(default_factory=dict[str, Cell])
    _scanned: list[int] = field(default_factory=lambda: [-1])

    def meeting(self, volumes: Sequence[Volume], sub: str) -> tuple[NativeConstraint, ...]:
        """Every cell that one of the volumes meets, once, in the order of ids."""
        caller, movements = Caller(sub, None), self.movements()
        met = movements.desk.conflicts(volumes, caller)
        cells = {str(one.cell.uuid): one.cell for one in met if one.cell is not None}
        if movements.lookout is not None:
            movements.lookout.asked(caller, met=bool(cells))
        if len(self._shown) + len(cells) > _REMEMBERED:
            self._shown.clear()
        self._shown.update(cells)
        return tuple(_constraint(key, cells[key]) for key in sorted(cells))

    def named(self, key: str, sub: str) -> NativeConstraint | None:
        """The cell with this id, as long as something in force lies in it."""
        cell = self._shown.get(key)
        if cell is not None:
            return next((one for one in self.meeting(cell.volumes, sub) if one.id == key), None)
        desk = self.movements().desk
        if self._scanned[0] == (size := desk.pen.record.size()):
            return None
        # a name from before this office was last opened: look at every cell once, and not again for the same record
        for kept in desk.cells.keys():  # noqa: SIM118 - no mapping
            self.meeting(desk.cells.volumes(kept), sub)
        self._scanned[0] = size
        return self.named(key, sub) if key in self._shown else None


def _constraint(key: str, cell: Cell) -> NativeConstraint:
    # a cell's id changes with its place and its days, so what has this id never changes
    return NativeConstraint(key, 1, cell.volumes)
