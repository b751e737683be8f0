"""Keeps the indexes of a desk up to the record: what was recorded is taken in before anything is answered.

Record first, index second. Whoever is about to record says so first; where taking in then fails, or the process ends,
the next question, or the next opening, makes it good. Late is better than missed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.kernel.errors import Conflict
from trucekeeper.movements import extent
from trucekeeper.movements.cells import Cell, settled
from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.movements.ports import Index
from trucekeeper.movements.visibility import in_force
from trucekeeper.movements.volume import Volume

_AT_ONCE = 1_000


class Notices(Protocol):
    """What is asked of the projections."""

    def dossier(self, notice: int) -> Dossier:
        """The life of one notice; NotFound where there is none."""
        ...

    def changed(self, since: int) -> tuple[int, ...]:
        """The notices that an entry from ``since`` on speaks of."""
        ...

    def size(self) -> int:
        """How many leaves of the record they know."""
        ...


@dataclass(slots=True)
class Upkeep:
    """``index`` holds the volumes of every live notice, ``cells`` what the uncleared meet of each.

    Not to be shared by threads: those who write take turns.
    """

    notices: Notices
    index: Index
    cells: Index
    rules: Deconfliction
    owing: bool = field(default=False, init=False)
    """Whether something may stand in the record that the indexes lack."""
    _taken: int = field(default=0, init=False)

    def open(self, size: int) -> None:
        """Take in all that the indexes lack of the first ``size`` leaves."""
        self.owing = True
        self._taken = min(self.index.reached(), self.cells.reached())
        self._take_in(min(size, self.notices.size()))
        self.keep()

    def write(self, append: Callable[[], int]) -> int:
        """Have ``append`` record an entry, which it gives the number of, and take in what the record has brought."""
        self.owing = True
        entry = append()
        self._take_in(self.notices.size())
        return entry

    def catch_up(self, size: int) -> None:
        """Make good what is owed; Conflict while the projections themselves lack what is recorded."""
        if self.owing:
            known = self.notices.size()
            if known < size:
                msg = "the office is still reading what it has recorded last; ask again in a moment"
                raise Conflict(msg)
            self._take_in(known)

    def passed(self, entry: int) -> None:
        """An entry that moves no volumes needs no taking in, where everything before it is."""
        if entry == self._taken and not self.owing:
            self._taken = entry + 1

    def keep(self) -> None:
        """Have the indexes remember how far they came, for the next opening."""
        if not self.owing:
            self.index.reach(self._taken)
            self.cells.reach(self._taken)

    def _take_in(self, size: int) -> None:
        changed = self.notices.changed(self._taken) if self._taken < size else ()
        for first in range(0, len(changed), _AT_ONCE):
            self._put([self.notices.dossier(notice) for notice in changed[first : first + _AT_ONCE]])
        self._taken = max(self._taken, size)
        self.owing = False

    def _put(self, lives: Sequence[Dossier]) -> None:
        for index, kept in (
            (self.index, {str(one.notice): volumes(one, self.rules) for one in lives if one.live}),
            (self.cells, {str(one.notice): cell(one, self.rules).volumes for one in lives if in_force(one)}),
        ):
            index.fill(kept)
            for one in lives:
                if str(one.notice) not in kept:
                    index.remove(str(one.notice))


def volumes(life: Dossier, rules: Deconfliction) -> tuple[Volume, ...]:
    """Where and when a notice is now, as it is searched."""
    return extent.volumes(life.current.notice, rules)


def cell(life: Dossier, rules: Deconfliction) -> Cell:
    """What the uncleared meet of a notice."""
    return settled((extent.volumes(version.notice, rules) for version in life.versions), rules.cell_m)
