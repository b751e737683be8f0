"""The clocks of a notice: announced in time, acknowledged in time, confirmed lately; and what follows where not.

Times are those of admission to the record, so anybody who holds the entries gets the same answers. An answer by
telephone stops a clock as a signed one does. Received is a machine's word: it stops none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.delivery import HOTLINE
from trucekeeper.movements.lifecycle import Dossier, Line, Told
from trucekeeper.movements.model import Answer, Corridor, Kind, Notice, Op, Step

MINUTE_MS = 60_000
DAY_MS = 86_400_000

ANSWERS = frozenset({Answer.ACKNOWLEDGED, Answer.QUERIED, Answer.OBJECTED})
"""The words that show that a person at the recipient's has read it."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """``step`` is due at ``at``, unless what it waits for happens before."""

    at: Instant
    step: Step


@dataclass(frozen=True, slots=True)
class Ahead:
    """How long ahead of its beginning a notice came, and how long the agreement asks, in minutes.

    A notice that came late is handled all the same: being late takes no protection away.
    """

    given_min: int
    asked_min: int

    @property
    def in_time(self) -> bool:
        """Whether it was announced early enough."""
        return self.given_min >= self.asked_min


@dataclass(frozen=True, slots=True)
class Reach:
    """What the office knows beside the record's notices.

    ``alternates`` names for a recipient who is told in its place. ``failed`` says since when no message gets through
    to whom; whoever was reached by another channel is not in it.
    """

    alternates: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    failed: Mapping[str, Instant] = field(default_factory=lambda: MappingProxyType({}))


def ahead(notice: Notice, announced: Instant, rules: Deconfliction) -> Ahead:
    """Whether a notice that was admitted at ``announced`` came in time. A kind without a period is always in time."""
    asked = rules.emergency_min if notice.emergency else dict(rules.notice_min).get(notice.kind.value, 0)
    usual = dict(rules.notice_min).get(notice.kind.value, 0)
    return Ahead((begins(notice) - announced) // MINUTE_MS, min(asked, usual))


def begins(notice: Notice) -> Instant:
    """The first moment that a notice speaks of."""
    where = notice.where
    return min(one.earliest for one in where.waypoints) if isinstance(where, Corridor) else where.start


def deadlines(dossier: Dossier, rules: Deconfliction, reach: Reach) -> tuple[Deadline, ...]:
    """Every step that is still to come by the clock alone, the earliest first; past ones are due at once.

    A recipient that has not answered the version it was sent within ``acknowledge_min`` goes on to its alternate,
    and ``alternate_min`` later to the hotline; without an alternate to the hotline at once. Where no message gets
    through, nobody waits: the clock counts as run out then. The hotline's time never hangs on when the step to the
    alternate was written, so an office that was down catches up with both.
    """
    if not dossier.live or dossier.origin is not None:
        return ()
    found = [one for told in dossier.told for one in _escalations(dossier, told, rules, reach)]
    if dossier.current.notice.kind is Kind.SITE and not dossier.stale:
        days = rules.stale_days
        says = f"nobody has confirmed this site for {days} days; it is protected all the same"
        at = Instant(dossier.confirmed + days * DAY_MS)
        found.append(Deadline(at, Step(dossier.notice, Op.STALE, says=says)))
    return tuple(sorted(found, key=lambda one: one.at))


def due(found: tuple[Deadline, ...], now: Instant) -> tuple[Step, ...]:
    """The steps of ``found`` whose time has come."""
    return tuple(one.step for one in found if one.at <= now)


def answered(told: Told) -> bool:
    """Whether the recipient has answered the newest version that it was sent, or a newer one."""
    return (
        told.answer in ANSWERS
        and told.version is not None
        and told.seen is not None
        and told.seen >= told.version
    )


def _escalations(dossier: Dossier, told: Told, rules: Deconfliction, reach: Reach) -> list[Deadline]:
    sent = _sent(dossier, told)
    if sent is None or answered(told):
        return []
    already = {to for to, _, entry in told.escalated if entry > sent.entry}
    run_out = Instant(sent.at + rules.acknowledge_min * MINUTE_MS)
    failed = reach.failed.get(told.recipient)
    first = run_out if failed is None else min(run_out, failed)
    alternate = reach.alternates.get(told.recipient)
    found: list[Deadline] = []
    last = first
    if alternate is not None:
        last = Instant(first + rules.alternate_min * MINUTE_MS)
        lost = reach.failed.get(alternate)
        last = last if lost is None or alternate not in already else min(last, max(first, lost))
        if alternate not in already:
            found.append(_escalate(dossier, told, alternate, first, missed=failed is None or first < failed))
    if HOTLINE not in already:
        found.append(_escalate(dossier, told, HOTLINE, last, missed=failed is None))
    return found


def _escalate(dossier: Dossier, told: Told, to: str, at: Instant, *, missed: bool) -> Deadline:
    says = "no acknowledgement in time" if missed else "no message gets through"
    return Deadline(at, Step(dossier.notice, Op.ESCALATE, says=says, recipient=told.recipient, to=to))


def _sent(dossier: Dossier, told: Told) -> Line | None:
    """The step by which the newest version that this recipient was sent first went out to it."""
    return next(
        (
            line
            for line in dossier.steps
            if isinstance(line.what, Step)
            and line.what.op is Op.TRANSMIT
            and line.what.recipient == told.recipient
            and told.version is not None
            and line.entry > told.version
        ),
        None,
    )
