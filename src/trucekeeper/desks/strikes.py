"""The strike desk: opens notified-then-struck cases by rule, whenever the record has something new to say."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.incidents.model import Incident
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements import extent, struck, within
from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.ports import Index
from trucekeeper.movements.volume import Volume
from trucekeeper.movements.wire import struck as wire
from trucekeeper.movements.wire.struck import Struck
from trucekeeper.record.pen import Pen
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref

_LOG: FilteringBoundLogger = structlog.get_logger()
_PAGE = 500


class Incidents(Protocol):
    """What the desk asks of the casebook."""

    def incidents(self) -> Iterator[Incident]:
        """Every incident that stands."""
        ...


class Notices(Protocol):
    """What the desk asks of the register."""

    def all(self, after: int = 0, limit: int = 100) -> tuple[Dossier, ...]:
        """The next notices behind an entry, closed ones too."""
        ...


@dataclass(frozen=True, slots=True)
class _Seen:
    """An observation of fire: when it says it was, and where and when it may have been."""

    ref: Ref
    when: Interval
    where: Volume


@dataclass(frozen=True, slots=True)
class StrikeDesk:
    """``blank`` makes an empty index. Only notices that their notifier released for the purpose are looked at."""

    pen: Pen
    casebook: Incidents
    register: Notices
    rules: Deconfliction
    blank: Callable[[], Index]
    _looked: list[int] = field(default_factory=lambda: [-1])

    def open_cases(self, signer: Signer) -> tuple[Receipt, ...]:
        """Open every case that the rule asks for and the record does not have; none twice.

        An incident that is linked, merged or placed anew is looked at anew, and so is a notice that is released late.
        """
        size = self.pen.record.size()
        if size == self._looked[0]:
            return ()
        released = tuple(one for one in self._notices() if struck.CONSENT in one.released)
        receipts = tuple(self._opened(released, signer)) if released else ()
        self._looked[0] = self.pen.record.size()
        return receipts

    def cases(self) -> tuple[tuple[Ref, Struck], ...]:
        """Every case that was opened, with its entry."""
        kinds = (wire.KIND,)
        return tuple(
            (Ref(one.index), wire.read(one.entry.body)) for one in self.pen.record.entries(kinds=kinds)
        )

    def _opened(self, released: Sequence[Dossier], signer: Signer) -> Iterator[Receipt]:
        cases = [case for _, case in self.cases()]
        known = {(case.chain.notice, case.incident) for case in cases}
        incidents = tuple(self.casebook.incidents())
        stand = {one.id for one in incidents}
        told = {
            (case.chain.notice, ref) for case in cases if case.incident not in stand for ref in case.sightings
        }
        lives = {str(one.notice): one for one in released}
        index = self.blank()
        index.fill({key: self._ever(one) for key, one in lives.items()})
        for incident in incidents:
            seen = [
                _Seen(one.ref, one.observation.when, volume)
                for one in incident.members
                if (volume := struck.happened(one.observation)) is not None
            ]
            if not seen:
                continue
            keys = {meeting.key for meeting in index.meeting([one.where for one in seen])}
            for key in sorted(keys, key=int):
                if (lives[key].notice, incident.id) in known:
                    continue
                case = self._case(lives[key], incident, seen)
                # what another incident was opened for, which this one took up since, is no second case
                if case is not None and any((case.chain.notice, ref) not in told for ref in case.sightings):
                    receipt = self.pen.write(signer, wire.KIND, wire.body(case))
                    _LOG.info("strike.opened", entry=receipt.index, notice=case.chain.notice)
                    yield receipt

    def _ever(self, life: Dossier) -> tuple[Volume, ...]:
        """The volumes of every version: which of them stood is looked at afterwards."""
        return tuple(
            volume for version in life.versions for volume in extent.volumes(version.notice, self.rules)
        )

    def _case(self, life: Dossier, incident: Incident, seen: Sequence[_Seen]) -> Struck | None:
        """Each observation is held against every version that stood when it says that it happened."""
        inside = [(one, *met) for one in seen if (met := self._met(life, one)) is not None]
        if not inside:
            return None
        # who knew is asked of the earliest moment: an answer that came in between is not taken for known before
        *_, then, _ = min(inside, key=lambda found: (found[1], found[0].ref))
        refs = tuple(one.ref for one, *_ in inside)
        certain = any(surely for *_, surely in inside) and len(inside) == len(seen)
        return Struck(incident.id, refs, struck.chain(then), certain)

    def _met(self, life: Dossier, one: _Seen) -> tuple[Instant, Dossier, bool] | None:
        """When at the earliest it may have met the notice, the notice as it stood then, and whether it surely did."""
        for at, then in struck.stood(life, one.when):
            volumes = extent.volumes(then.current.notice, self.rules)
            if any(overlap(one.where, volume) for volume in volumes):
                surely = (
                    at == one.when.start
                    and struck.unchanged(life, one.when)
                    and any(within.surely_within(one.where, volume) for volume in volumes)
                )
                return at, then, surely
        return None

    def _notices(self) -> Iterator[Dossier]:
        after = 0
        while page := self.register.all(after, _PAGE):
            yield from page
            after = page[-1].notice
