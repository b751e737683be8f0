"""The publication desk: the daily report at cut-off, with its digests on the record; bundles to carry away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.agreement.calendar import local_day, report_day
from trucekeeper.agreement.model import Agreement
from trucekeeper.kernel import canon
from trucekeeper.kernel.clock import Interval
from trucekeeper.kernel.errors import BadInput, Conflict, Damaged, NotFound
from trucekeeper.kernel.keys import Signer
from trucekeeper.record import checkpoint
from trucekeeper.record.bundle import collect
from trucekeeper.record.pen import Pen
from trucekeeper.record.ports import Opened
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref
from trucekeeper.reports import daily, period, wire
from trucekeeper.reports.model import Cited, Report
from trucekeeper.reports.ports import Ground, Reportbook
from trucekeeper.reports.render import render
from trucekeeper.reports.wire import Published

_LOG: FilteringBoundLogger = structlog.get_logger()


class Publishing(Reportbook, Protocol):
    """What the desk asks of the projections."""

    def published(self, upto: int | None = None) -> tuple[tuple[Ref, Published], ...]:
        """Every report that was published, in the order of the record."""
        ...

    def erasures(self) -> tuple[tuple[Ref, str | None], ...]:
        """All that was erased."""
        ...

    def cited_on(self, incident_id: str) -> tuple[Ref, ...]:
        """Every entry and row that an incident and its cases rest on."""
        ...


class Shown(Protocol):
    """What one audience may see of the record."""

    @property
    def name(self) -> str:
        """The audience."""
        ...

    def __call__(self, one: Opened) -> tuple[str, ...] | None:
        """The disclosures that go along with an entry; None where the entry stays here."""
        ...

    def row(self, ref: Ref) -> bool:
        """Whether a row may be seen; it is shown whole."""
        ...


class Shelf(Protocol):
    """Where published files lie."""

    def put(self, name: str, files: Mapping[str, bytes]) -> None:
        """Lays the files under ``name``; a crash leaves each of them old or new, never a part."""
        ...


@dataclass(frozen=True, slots=True)
class PublicationDesk:
    """What is published is counted, not adjudicated; the record says which bytes it was."""

    pen: Pen
    book: Publishing
    agreement: Agreement
    ground: Ground
    reports: Shelf
    bundles: Shelf

    def publish(self, day: date, signer: Signer) -> Receipt:
        """Publish the report on ``day`` as known now; once a day, unless an erratum has corrected it."""
        self._over(day)
        self._not_standing(day)
        return self._issued(self.report(day), signer)

    def publish_period(self, interval: Interval, signer: Signer) -> Receipt:
        """Publish a report on a span of time, as known now: for historical profiles."""
        size, root = self._standing_at()
        cited = self._cited(size, root)
        report = period.build_period(self.book, self.agreement, interval, size, cited, self.ground)
        return self._issued(report, signer)

    def report(self, day: date) -> Report:
        """The report on ``day`` as it would be published now."""
        return self._built(day, *self._standing_at())

    def restore(self, day: date) -> None:
        """Make the files of a published report again from the record alone; Damaged where they would differ."""
        standing = [one for _, one in self.book.published() if one.day == day.isoformat()]
        if not standing:
            msg = f"no report on {day.isoformat()} was published; publish it first"
            raise NotFound(msg)
        latest = standing[-1]
        report = self._built(day, latest.size, latest.root)
        files = render(report)
        if wire.read_report(canon.encode(wire.report_body(report, files))) != latest:
            if self.book.erasures():
                msg = (
                    f"the report on {day.isoformat()} does not come out as published, for entries were erased: it is "
                    "attested, not recomputable; restore its files from a backup"
                )
                raise Conflict(msg)
            msg = f"the report on {day.isoformat()} does not come out as published; run `truce verify`"
            raise Damaged(msg)
        self.reports.put(report.day, files)
        _LOG.info("report.restored", day=report.day, size=report.upto)

    def bundle(self, incident_id: str, since: int | None = None, shown: Shown | None = None) -> bytes:
        """Everything on an incident that a party needs to check it offline, laid among the bundles.

        Its observations, what was done at triage, the findings with what they cite, replies, votes and errata,
        and the register of the sources; the key set and the agreement are always in it. ``since`` is the size
        of a checkpoint that the receiver holds already. With ``shown``, the bundle is for one audience, and holds
        what that may see.
        """
        incident = self.book.incident(incident_id)
        refs = {ref for ref in self.book.cited_on(incident.id) if shown is None or self._sees(shown, ref)}
        data = collect(self.pen.record, refs, incident.id, since, shown)
        name = incident.id if shown is None else f"{incident.id}.{shown.name.replace(':', '-')}"
        self.bundles.put(".", {f"{name}.bundle": data})
        _LOG.info("bundle.collected", incident=incident.id, entries=len(refs))
        return data

    def _sees(self, shown: Shown, ref: Ref) -> bool:
        return shown.row(ref) if ref.row >= 0 else shown(self.pen.record.opened(ref.entry)) is not None

    def _issued(self, report: Report, signer: Signer) -> Receipt:
        files = render(report)
        receipt = self.pen.write(signer, wire.REPORT, wire.report_body(report, files))
        self.reports.put(wire.folder_of(report.id, report.day), files)
        _LOG.info("report.published", entry=receipt.index, day=report.day, size=report.upto)
        return receipt

    def _built(self, day: date, size: int, root: str) -> Report:
        cited = self._cited(size, root)
        return daily.build(self.book, self.agreement, day, size, cited, self.ground)

    def _standing_at(self) -> tuple[int, str]:
        """Size and root of the record as its signed checkpoint states them."""
        signed = checkpoint.verified(self.pen.record.checkpoint(), self.pen.record.vkey)
        return signed.size, signed.root.hex()

    def _cited(self, size: int, root: str) -> Cited:
        return Cited(size, root, self.pen.record.as_of(size))

    def _over(self, day: date) -> None:
        """A report is on a day of the agreement's time that has reached its cut-off."""
        first = local_day(self.agreement.in_force, self.agreement.timezone)
        now = self.pen.clock.now()
        last = report_day(now, self.agreement.timezone, self.agreement.publication.cut_off_min)
        if day < first:
            msg = f"the agreement is in force from {first.isoformat()} on; name a day from then on"
            raise BadInput(msg)
        if day >= last:
            msg = f"{day.isoformat()} has not reached its cut-off; publish its report after that"
            raise Conflict(msg)

    def _not_standing(self, day: date) -> None:
        corrected = {one.erratum.corrects for one in self.book.corrections()}
        for ref, one in self.book.published():
            if one.day == day.isoformat() and ref not in corrected:
                msg = f"the report on {one.day} is published, as entry {ref}; record an erratum on it before another"
                raise Conflict(msg)
