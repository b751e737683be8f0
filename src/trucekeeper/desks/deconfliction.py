"""The deconfliction desk: takes notices, finds what they meet, and moves them on, each step an entry.

Checks and writes take turns under one lock, so that of two notices that arrive together one always sees the other.
Record first, index second: a crash between the two is made good when the office opens.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import RLock

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotPermitted
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements import extent, lifecycle, soundness, upkeep
from trucekeeper.movements.cells import Cell
from trucekeeper.movements.clocks import begins
from trucekeeper.movements.lifecycle import Dossier, Line
from trucekeeper.movements.model import Acknowledgement, Kind, Notice, Op, Step
from trucekeeper.movements.ports import Index
from trucekeeper.movements.soundness import Fault
from trucekeeper.movements.upkeep import Notices, Upkeep
from trucekeeper.movements.visibility import Caller, Sight, sight
from trucekeeper.movements.volume import Volume
from trucekeeper.movements.wire import TAKEN, handover, notices, steps
from trucekeeper.movements.wire.handover import Handover
from trucekeeper.record import entry
from trucekeeper.record.entry import Entry
from trucekeeper.record.pen import Pen
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.role import Role

_LOG: FilteringBoundLogger = structlog.get_logger()

ZONE = "zone:"
"""Before the id of a zone where nobody goes, which is kept in the index like a notice."""


_MOVES_VOLUMES = frozenset({Op.CHECK, Op.CLOSE, Op.WITHDRAW})


@dataclass(frozen=True, slots=True)
class Met:
    """Volume ``by`` of an activity meets ``notice``, or the zone of that id. For the office alone."""

    by: int
    notice: int | None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Conflicting:
    """What a caller is told that volume ``by`` of an activity would meet, as far as ``sight`` goes.

    Whole: the notice, its kind and its own times, or the zone of the agreement. A cell: the cell and its days, nothing
    of what is in it, and once for all that is in it.
    """

    by: int
    sight: Sight
    notice: int | None = None
    kind: Kind | None = None
    zone: str | None = None
    cell: Cell | None = None
    start: Instant | None = None
    end: Instant | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """A notice that stands in the record, what it meets, and what about it is doubtful though not refused."""

    receipt: Receipt
    notice: int
    meets: tuple[Met, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeconflictionDesk:
    """``rules`` come from the agreement.

    ``index`` holds the volumes of every live notice by its number, and the zones where nobody goes; ``cells`` what
    the uncleared meet of each.
    """

    pen: Pen
    notices: Notices
    index: Index
    cells: Index
    rules: Deconfliction
    _upkeep: Upkeep = field(init=False)
    _turn: RLock = field(default_factory=RLock, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_upkeep", Upkeep(self.notices, self.index, self.cells, self.rules))

    def submit(self, notice: Notice, signer: Signer) -> Submitted:
        """Seal and record a notice: its notifier's own, or one that the office took down from a call."""
        body = notices.body(notice)
        said = notices.read(
            body
        )  # what could not be read again would stand in the record and be met by nobody
        return self._announced(self.pen.sealed(signer, notices.KIND, body, notices.APART), said)

    def receive(self, envelope: bytes) -> Receipt:
        """Record what a notifier or a recipient signed: a notice, a step, or a recipient's word."""
        opened = entry.opened(envelope)
        if opened.hidden:
            msg = f"what came lacks {opened.hidden} of its disclosures; the office works with them, so send them all"
            raise BadInput(msg)
        if opened.kind == notices.KIND:
            return self._announced(envelope, notices.read(opened.body)).receipt
        if opened.kind == steps.STEP:
            return self._moved(envelope, steps.read_step(opened.body))
        if opened.kind == steps.ANSWER:
            return self._moved(envelope, steps.read_answer(opened.body))
        msg = f"the deconfliction desk takes {', '.join(TAKEN)}, not {opened.kind}; hand it to the desk it is meant for"
        raise BadInput(msg)

    def step(self, step: Step, signer: Signer) -> Receipt:
        """Seal and record one step; Conflict with one sentence where it cannot be the next."""
        body = steps.step_body(step)
        return self._moved(self.pen.sealed(signer, steps.STEP, body), steps.read_step(body))

    def answer(self, word: Acknowledgement, signer: Signer) -> Receipt:
        """Seal and record a recipient's word: its own, or one that the office took down."""
        body = steps.answer_body(word)
        return self._moved(self.pen.sealed(signer, steps.ANSWER, body), steps.read_answer(body))

    def faults(self, notice: Notice) -> tuple[Fault, ...]:
        """What is wrong or doubtful about a notice; whatever refuses it comes first."""
        found = soundness.faults(notice, self.rules, self.pen.clock.now(), self._holders())
        return tuple(sorted(found, key=lambda fault: not fault.refuses))

    def conflicts(self, volumes: Sequence[Volume], caller: Caller) -> tuple[Conflicting, ...]:
        """What an activity would meet, as much of it as ``caller`` may see; nothing is left out, only coarsened.

        Whoever is not cleared for a notice meets its cell instead of its volumes, whether it would meet these or not.
        """
        self._caught_up()
        found: dict[tuple[int, str], Conflicting] = {}
        # one look at each life: one that changed between the two searches would otherwise escape both
        lives: dict[str, Dossier] = {}
        for one in self.index.meeting(volumes):
            if one.key.startswith(ZONE):
                zone = one.key.removeprefix(ZONE)
                found[one.by, one.key] = Conflicting(one.by, Sight.WHOLE, zone=zone)
                continue
            dossier = self._looked(lives, one.key)
            if sight(dossier, caller) is Sight.WHOLE:
                found[one.by, one.key] = _whole(one.by, dossier)
        for one in self.cells.meeting(volumes):
            dossier = self._looked(lives, one.key)
            if sight(dossier, caller) is Sight.CELL:
                cell = self.cell(dossier)
                key = (one.by, f"cell:{cell.uuid}")
                found[key] = Conflicting(one.by, Sight.CELL, cell=cell, start=cell.start, end=cell.end)
        return tuple(found[key] for key in sorted(found))

    def _looked(self, lives: dict[str, Dossier], key: str) -> Dossier:
        if key not in lives:
            lives[key] = self.notices.dossier(int(key))
        return lives[key]

    def cell(self, dossier: Dossier) -> Cell:
        """What the uncleared meet of a notice."""
        return upkeep.cell(dossier, self.rules)

    def take_over(self, given: Handover, signer: Signer) -> Receipt:
        """Record a notice that another office handed over, verified before; from then on it is looked at like ours."""
        body = handover.body(given)
        handover.read(body)
        with self._turn:
            if given.amends is not None:
                handover.newer(self.notices.dossier(given.amends), given)
            receipt = self._recorded(self.pen.sealed(signer, handover.KIND, body), moves=True)
        _LOG.info("notice.taken-over", entry=receipt.index)
        return receipt

    def meets(self, volumes: Sequence[Volume]) -> tuple[Met, ...]:
        """Every live notice and forbidden zone that one of ``volumes`` overlaps. For the office alone."""
        self._caught_up()
        found = {
            Met(one.by, None, one.key.removeprefix(ZONE))
            if one.key.startswith(ZONE)
            else Met(one.by, int(one.key))
            for one in self.index.meeting(volumes)
        }
        return tuple(sorted(found, key=lambda one: (one.by, one.notice or 0, one.zone or "")))

    def conflicts_of(self, dossier: Dossier) -> tuple[Met, ...]:
        """What a notice meets now, itself and what it knowingly overlaps left out; sites do not meet sites."""
        notice = dossier.current.notice
        met = self.meets(self.volumes(dossier))
        return tuple(
            one
            for one in met
            if one.zone not in dossier.waived_zones
            and self._matters(one, dossier.notice, notice.kind, dossier.waived)
        )

    def settle(self, size: int) -> None:
        """Bring the indexes up to the record, of which they may lack the last entries; ``size`` is the record's."""
        with self._turn:
            self._upkeep.open(size)

    def keep(self) -> None:
        """Have the indexes remember how far they came."""
        with self._turn:
            self._upkeep.keep()

    def _caught_up(self) -> None:
        if self._upkeep.owing:
            with self._turn:
                self._upkeep.catch_up(self.pen.record.size())

    def _recorded(self, envelope: bytes, *, moves: bool) -> Receipt:
        """Record it, and take it in where it moves volumes."""
        receipts: list[Receipt] = []

        def append() -> int:
            receipts.extend(self.pen.record.append([envelope]))
            return receipts[0].index

        if moves:
            self._upkeep.write(append)
        else:
            self._upkeep.passed(append())
        return receipts[0]

    def volumes(self, dossier: Dossier) -> tuple[Volume, ...]:
        """Where the notice is, as it stands now. For the office alone."""
        return upkeep.volumes(dossier, self.rules)

    def _announced(self, envelope: bytes, notice: Notice) -> Submitted:
        opened = entry.opened(envelope)
        line = self._line(opened, notice)
        _own_words(line, notice)
        faults = self.faults(notice)
        if faults and faults[0].refuses:
            raise BadInput(faults[0].says)
        volumes = extent.volumes(notice, self.rules)
        with self._turn:
            if notice.amends is not None:
                _refuse(self.notices.dossier(notice.amends), line)
            receipt = self._recorded(envelope, moves=True)
            number = receipt.index if notice.amends is None else notice.amends
            met = tuple(
                one for one in self.meets(volumes) if self._matters(one, number, notice.kind, waived=())
            )
        _LOG.info(
            "notice.received", entry=receipt.index, notice=number, kind=notice.kind.value, meets=len(met)
        )
        return Submitted(receipt, number, met, tuple(fault.says for fault in faults))

    def _moved(self, envelope: bytes, what: Step | Acknowledgement) -> Receipt:
        opened = entry.opened(envelope)
        line = self._line(opened, what)
        with self._turn:
            dossier = self.notices.dossier(what.notice)
            _refuse(dossier, line)
            if isinstance(what, Step):
                self._refuse_step(dossier, line, what)
            moves = isinstance(what, Step) and what.op in _MOVES_VOLUMES
            receipt = self._recorded(envelope, moves=moves)
        _LOG.info("notice.moved", entry=receipt.index, notice=what.notice, what=_name(what))
        return receipt

    def _refuse_step(self, dossier: Dossier, line: Line, step: Step) -> None:
        office = line.role is Role.OFFICE
        caller = Caller(line.holder, line.role)
        if step.op in {Op.TRANSMIT, Op.ACTIVATE}:
            if office:
                self._refuse_unwaived(dossier)
            else:
                self._refuse_met(dossier, caller)
        if step.op is Op.WAIVE:
            self._refuse_waiver(dossier, step, None if office else caller)

    def _refuse_waiver(self, dossier: Dossier, step: Step, caller: Caller | None) -> None:
        """A waiver is for what is met now, as far as whoever gives it may know; else it would hide what comes later."""
        if step.by not in self._holders():
            msg = f"{step.by} holds no keys here, and so answers for nothing; name a holder of keys"
            raise BadInput(msg)
        volumes = self.volumes(dossier)
        met = self.meets(volumes) if caller is None else self.conflicts(volumes, caller)
        known = {str(one.notice) if one.zone is None else f"zone {one.zone}" for one in met}
        named = [*map(str, step.meets), *(f"zone {one}" for one in step.zones)]
        strange = [one for one in named if one not in known]
        if strange:
            seen = "" if caller is None else ", as far as its notifier may know"
            msg = (
                f"notice {dossier.notice} does not meet {strange[0]}{seen}; waive what it meets: "
                f"`truce conflicts of {dossier.notice}`"
            )
            raise Conflict(msg)

    def _refuse_unwaived(self, dossier: Dossier) -> None:
        met = self.conflicts_of(dossier)
        if met:
            named = sorted({str(one.notice) if one.zone is None else f"zone {one.zone}" for one in met})
            shown = ", ".join(named[:10]) + (" and others" if len(named) > 10 else "")
            msg = (
                f"notice {dossier.notice} meets {shown}; change one of them, or record who answers for it and why: "
                f"`truce notice waive {dossier.notice}`"
            )
            raise Conflict(msg)

    def _refuse_met(self, dossier: Dossier, caller: Caller) -> None:
        """As the office is refused, but by what the caller may know: true volumes would answer probes."""
        site, over = dossier.current.notice.kind is Kind.SITE, {dossier.notice, *dossier.waived}
        if any(
            one.cell is not None
            or (one.zone is not None and not site and one.zone not in dossier.waived_zones)
            or (one.notice is not None and one.notice not in over and not (site and one.kind is Kind.SITE))
            for one in self.conflicts(self.volumes(dossier), caller)
        ):
            msg = f"notice {dossier.notice} meets something, or a cell where something is; let the office activate it"
            raise Conflict(msg)

    def _matters(self, met: Met, notice: int, kind: Kind, waived: tuple[int, ...]) -> bool:
        if met.notice is None:
            return kind is not Kind.SITE
        if met.notice == notice or met.notice in waived:
            return False
        return kind is not Kind.SITE or self.notices.dossier(met.notice).current.notice.kind is not Kind.SITE

    def _line(self, opened: Entry, what: Notice | Step | Acknowledgement) -> Line:
        mandate = self.pen.record.keyset().permitted(opened.key, opened.kind, opened.at)
        return Line(self.pen.record.size(), self.pen.clock.now(), mandate.holder, mandate.role, what)

    def _holders(self) -> frozenset[str]:
        return frozenset(holder.id for holder in self.pen.record.keyset().holders)


def _whole(by: int, dossier: Dossier) -> Conflicting:
    notice = dossier.current.notice
    return Conflicting(by, Sight.WHOLE, dossier.notice, notice.kind, start=begins(notice), end=dossier.ends())


def _own_words(line: Line, notice: Notice) -> None:
    """The office signs only what it took down, and says so; a notifier signs for itself."""
    if (line.role is Role.OFFICE) != (notice.taken_down is not None):
        msg = (
            "a notice is signed by its notifier, or taken down by the office with two of its staff named; "
            "sign it yourself, or say who took it down"
        )
        raise NotPermitted(msg)


def _refuse(dossier: Dossier, line: Line) -> None:
    why = lifecycle.refusal(dossier, line)
    if why is not None:
        raise Conflict(why)


def _name(what: Step | Acknowledgement) -> str:
    return what.op.value if isinstance(what, Step) else what.answer.value


def zone_key(zone: str) -> str:
    """Under what a zone where nobody goes is kept in the index."""
    return ZONE + zone
