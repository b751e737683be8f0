"""The lookout: shows each caller the notices that it may see, and writes down who saw.

What may be seen is decided in ``movements.visibility`` alone. Here it is done: a protected site is written down as read
before it is shown, and how much is asked is counted, so that whoever probes is seen probing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import NotFound
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.movements.visibility import Caller, Sight, guarded, sight
from trucekeeper.movements.watching import PERIOD_MS, Probes, Read
from trucekeeper.movements.wire import sight as wire
from trucekeeper.record.pen import Pen
from trucekeeper.record.role import Role

_LOG: FilteringBoundLogger = structlog.get_logger()
_AT_ONCE = 500
_LOOKED_AT = 5_000
"""How many notices one page looks through: whoever sees few of many gets short pages, and asks on."""


class Notices(Protocol):
    """What the lookout asks of the projections."""

    def dossier(self, notice: int) -> Dossier:
        """The life of one notice; NotFound where there is none."""
        ...

    def all(self, after: int = 0, limit: int = 100) -> tuple[Dossier, ...]:
        """The next notices behind entry ``after``."""
        ...


@dataclass(slots=True)
class _Count:
    start: Instant
    asked: int = 0
    met: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class LookoutDesk:
    """``signer`` is the office's: it alone writes down who saw."""

    pen: Pen
    notices: Notices
    signer: Signer
    _counts: dict[str, _Count] = field(default_factory=dict[str, _Count])
    _lock: Lock = field(default_factory=Lock)

    def look(self, notice: int, caller: Caller) -> Dossier:
        """The notice, for whoever sees it whole; NotFound for all others, whether there is one or not.

        A number is of one notice, so that no cell is shown by number: it would tell which notice lies in it.
        """
        missing = "there is no such notice, or none that you may see; ask its notifier to name you"
        try:
            found = self.notices.dossier(notice)
        except NotFound as error:
            raise NotFound(missing) from error
        if sight(found, caller) is not Sight.WHOLE:
            raise NotFound(missing)
        return found

    def listed(self, caller: Caller, after: int, limit: int) -> tuple[tuple[Dossier, ...], int | None]:
        """The next notices that the caller sees whole, and behind which entry to ask on; None at the end."""
        found: list[Dossier] = []
        for _ in range(_LOOKED_AT // _AT_ONCE):
            some = self.notices.all(after, _AT_ONCE)
            if not some:
                return tuple(found), None
            for one in some:
                if len(found) == limit:
                    return tuple(found), after
                after = one.notice
                if sight(one, caller) is Sight.WHOLE:
                    found.append(one)
        return tuple(found), after

    def record(self, dossiers: Sequence[Dossier], caller: Caller, by: str) -> None:
        """Write down, before they are shown, which of these are protected sites that another reads."""
        sites = tuple(sorted({one.notice for one in dossiers if guarded(one, caller)}))
        if sites:
            self._write(Read(caller.holder, sites, by))

    def met(self, notices: Sequence[int], caller: Caller) -> None:
        """Write down that an answer about conflicts names these notices, before it is given."""
        self.record([self.notices.dossier(one) for one in sorted(set(notices))], caller, "conflicts")

    def asked(self, caller: Caller, *, met: bool) -> None:
        """Count a question about conflicts, ``met`` where a cell was the answer; the office is not counted."""
        if caller.role is not Role.OFFICE:
            self._counted(caller, asked=1, met=int(met))

    def refused(self, caller: Caller) -> None:
        """Count a question that came too fast to be answered."""
        self._counted(caller, refused=1)

    def report(self, *, over: bool = False) -> None:
        """Record the counts of hours that have passed, and of this one too where the office closes (``over``)."""
        now = self.pen.clock.now()
        with self._lock:
            due = sorted(who for who, one in self._counts.items() if over or now >= one.start + PERIOD_MS)
            taken = [(who, self._counts.pop(who)) for who in due]
        for who, count in taken:
            self._told(who, count)

    def counts(self) -> tuple[Probes, ...]:
        """What was asked and is not recorded yet."""
        with self._lock:
            return tuple(_probes(who, count) for who, count in sorted(self._counts.items()))

    def _counted(self, caller: Caller, *, asked: int = 0, met: int = 0, refused: int = 0) -> None:
        now = self.pen.clock.now()
        start = Instant(now // PERIOD_MS * PERIOD_MS)
        with self._lock:
            before = self._counts.get(caller.holder)
            count = before if before is not None and before.start == start else _Count(start)
            self._counts[caller.holder] = count
            count.asked += asked
            count.met += met
            count.refused += refused
            first_refusal = 0 < refused == count.refused
        if before is not None and before is not count:
            self._told(caller.holder, before)
        if first_refusal:
            _LOG.warning("probing.throttled", asked=count.asked)

    def _told(self, who: str, count: _Count) -> None:
        self._write(_probes(who, count))
        _LOG.info("probing.counted", asked=count.asked, met=count.met, refused=count.refused)

    def _write(self, seen: Read | Probes) -> None:
        self.pen.write(self.signer, wire.KIND, wire.body(seen))


def _probes(who: str, count: _Count) -> Probes:
    end = Instant(count.start + PERIOD_MS)
    return Probes(who, count.start, end, count.asked, count.met, count.refused)
