"""The lookout: shows each caller of a notice what it may see, and writes down who saw.

What may be seen is decided in ``movements.visibility`` alone. Here it is done: a protected site is written down as read
before it is shown; questions about conflicts are answered with whole notices or with agreed cells; and how much is
asked is counted, so that whoever probes is seen probing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import NotFound
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements import cells, extent
from trucekeeper.movements.cells import Cell
from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.movements.model import Corridor
from trucekeeper.movements.ports import Index
from trucekeeper.movements.visibility import Caller, Sight, guarded, in_force, sight
from trucekeeper.movements.volume import Volume
from trucekeeper.movements.watching import PERIOD_MS, Probes, Read
from trucekeeper.movements.wire import sight as wire
from trucekeeper.record.pen import Pen
from trucekeeper.record.role import Role

_LOG: FilteringBoundLogger = structlog.get_logger()


class Notices(Protocol):
    """What the lookout asks of the projections."""

    def dossier(self, notice: int) -> Dossier:
        """The life of one notice; NotFound where there is none."""
        ...

    def all(self, after: int = 0, limit: int = 100) -> tuple[Dossier, ...]:
        """The next notices behind entry ``after``."""
        ...

    def changed(self, since: int) -> tuple[int, ...]:
        """The notices that an entry from ``since`` on speaks of."""
        ...


class Met(Protocol):
    """A notice, or a zone of the agreement, that volume ``by`` truly meets."""

    @property
    def by(self) -> int:
        """Which of the volumes that were asked about."""
        ...

    @property
    def notice(self) -> int | None:
        """The notice; None for a zone."""
        ...

    @property
    def zone(self) -> str | None:
        """The zone; None for a notice."""
        ...


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a caller is told that volume ``by`` meets.

    Whole: a ``notice`` of ``kind``, from ``start`` to ``end``, or a ``zone`` of the agreement, which is no secret.
    Otherwise a ``cell``, of whose contents nothing is said; one cell is told once, whatever lies in it.
    """

    by: int
    sight: Sight
    notice: int | None = None
    kind: str | None = None
    zone: str | None = None
    cell: Cell | None = None
    start: Instant | None = None
    end: Instant | None = None


@dataclass(slots=True)
class _Count:
    start: Instant
    asked: int = 0
    met: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class LookoutDesk:
    """``meets`` finds true overlaps; ``shown`` is an index of its own, of cells, empty at first."""

    pen: Pen
    notices: Notices
    meets: Callable[[Sequence[Volume]], Sequence[Met]]
    shown: Index
    rules: Deconfliction
    _cells: dict[int, Cell] = field(default_factory=dict[int, Cell])
    _counts: dict[str, _Count] = field(default_factory=dict[str, _Count])
    _lock: Lock = field(default_factory=Lock)
    _counting: Lock = field(default_factory=Lock)

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
        """The next notices that the caller sees whole, and behind which to ask on; None at the end."""
        found: list[Dossier] = []
        while True:
            some = self.notices.all(after, max(limit, 100))
            for one in some:
                if len(found) == limit:
                    return tuple(found), after
                after = one.notice
                if sight(one, caller) is Sight.WHOLE:
                    found.append(one)
            if not some:
                return tuple(found), None

    def record(self, dossiers: Sequence[Dossier], caller: Caller, by: str, signer: Signer) -> None:
        """Write down, before they are shown, which of these are protected sites that another reads."""
        sites = tuple(sorted({one.notice for one in dossiers if guarded(one, caller)}))
        if sites:
            self._write(Read(caller.holder, sites, by), signer)

    def conflicts(
        self, volumes: Sequence[Volume], caller: Caller, signer: Signer, besides: int | None = None
    ) -> tuple[Conflict, ...]:
        """What these volumes would meet, as far as ``caller`` may know; ``besides`` is the notice that they amend.

        Where true volumes meet, whoever asks is told: of the notice, or of a cell that holds it whole.
        """
        whole, seen = self._whole(volumes, caller, besides)
        hidden = frozenset[Conflict]() if caller.role is Role.OFFICE else self._hidden(volumes, caller)
        self.record(seen, caller, "conflicts", signer)
        if caller.role is not Role.OFFICE:
            self._counted(caller, signer, asked=1, met=int(bool(hidden)))
        return tuple(sorted(whole | hidden, key=_order))

    def refused(self, caller: Caller, signer: Signer) -> None:
        """Count a question that came too fast to be answered."""
        self._counted(caller, signer, refused=1)

    def report(self, signer: Signer, *, over: bool = False) -> None:
        """Record the counts of hours that have passed, and of this one too where the office closes (``over``)."""
        now = self.pen.clock.now()
        with self._counting:
            due = [who for who, one in self._counts.items() if over or now >= one.start + PERIOD_MS]
            taken = [(who, self._counts.pop(who)) for who in due]
        for who, count in taken:
            self._told(who, count, signer)

    def counts(self) -> tuple[Probes, ...]:
        """What was asked and is not recorded yet."""
        with self._counting:
            return tuple(_probes(who, count) for who, count in sorted(self._counts.items()))

    def _whole(
        self, volumes: Sequence[Volume], caller: Caller, besides: int | None
    ) -> tuple[frozenset[Conflict], list[Dossier]]:
        found: set[Conflict] = set()
        seen: dict[int, Dossier] = {}
        for met in self.meets(volumes):
            if met.notice is None:
                found.add(Conflict(met.by, Sight.WHOLE, zone=met.zone))
            elif met.notice != besides:
                one = seen.get(met.notice) or self.notices.dossier(met.notice)
                if sight(one, caller) is Sight.WHOLE:
                    seen[met.notice] = one
                    found.add(_told_whole(met.by, one))
        return frozenset(found), list(seen.values())

    def _hidden(self, volumes: Sequence[Volume], caller: Caller) -> frozenset[Conflict]:
        with self._lock:
            self._settle()
            met = [(one.by, int(one.key)) for one in self.shown.meeting(volumes)]
            around = {notice: self._cells[notice] for _, notice in met}
        mine = {notice for notice in around if sight(self.notices.dossier(notice), caller) is Sight.CELL}
        return frozenset(
            Conflict(by, Sight.CELL, cell=around[notice], start=around[notice].start, end=around[notice].end)
            for by, notice in met
            if notice in mine
        )

    def _settle(self) -> None:
        """Bring the cells up to the record. One that was only withdrawn from is gone at once."""
        since, size = self.shown.reached(), self.pen.record.size()
        if since >= size:
            return
        for notice in self.notices.changed(since):
            found = self.notices.dossier(notice)
            if in_force(found):
                cell = cells.settled(
                    (extent.volumes(one.notice, self.rules) for one in found.versions), self.rules.cell_m
                )
                self._cells[notice] = cell
                self.shown.put(str(notice), cell.volumes)
            else:
                self.shown.remove(str(notice))
                self._cells.pop(notice, None)
        self.shown.reach(size)

    def _counted(
        self, caller: Caller, signer: Signer, *, asked: int = 0, met: int = 0, refused: int = 0
    ) -> None:
        now = self.pen.clock.now()
        start = Instant(now // PERIOD_MS * PERIOD_MS)
        with self._counting:
            before = self._counts.get(caller.holder)
            count = before if before is not None and before.start == start else _Count(start)
            self._counts[caller.holder] = count
            count.asked += asked
            count.met += met
            count.refused += refused
            first_refusal = refused > 0 and count.refused == refused
        if before is not None and before is not count:
            self._told(caller.holder, before, signer)
        if first_refusal:
            _LOG.warning("probing.throttled", caller=caller.holder, asked=count.asked)

    def _told(self, who: str, count: _Count, signer: Signer) -> None:
        self._write(_probes(who, count), signer)
        _LOG.info("probing.counted", caller=who, asked=count.asked, met=count.met, refused=count.refused)

    def _write(self, seen: Read | Probes, signer: Signer) -> None:
        self.pen.write(signer, wire.KIND, wire.body(seen))


def _told_whole(by: int, dossier: Dossier) -> Conflict:
    notice = dossier.current.notice
    where = notice.where
    start = where.waypoints[0].earliest if isinstance(where, Corridor) else where.start
    return Conflict(by, Sight.WHOLE, dossier.notice, notice.kind.value, start=start, end=dossier.ends())


def _probes(who: str, count: _Count) -> Probes:
    end = Instant(count.start + PERIOD_MS)
    return Probes(who, count.start, end, count.asked, count.met, count.refused)


def _order(one: Conflict) -> tuple[int, str, int, str, str, int, int]:
    """By volume; of the hidden, by what is shown alone, so that the order tells nothing."""
    cell = "" if one.cell is None else one.cell.id
    return (
        one.by,
        one.sight.value,
        one.notice or 0,
        one.zone or "",
        cell,
        one.start or 0,
        one.end or 0,
    )
