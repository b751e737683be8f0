"""Notified-then-struck: what was announced and was hit all the same, and who knew of it when.

A case is opened by rule, never by choice: an incident of fire lies, or may lie, within the footprint of a notice that
stood at that time, its uncertainty and stand-off included, and the notifier consented that such a case is opened. It
says who knew; it never says who fired.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.movements.lifecycle import OVER, Dossier, Line, Version, dossier
from trucekeeper.movements.model import Acknowledgement, Answer, Grade, Notice, Op, Step
from trucekeeper.movements.volume import FARTHEST_CM, Footprint, Form, Volume
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.places.geodesy import bounding_disc
from trucekeeper.places.position import Position

FIRE = frozenset({"explosion", "burst", "shot", "projectile", "assault", "mine-laying"})
"""The acts by which something is struck."""

SAYS_SO = frozenset({Kind.REPORT, Kind.DETECTION, Kind.CLAIM})
"""The statements that something was; a denial, which belongs to the same incident, is none."""

CONSENT = "case"
"""The purpose that a notifier releases a notice for, so that a case may be opened on it."""


@dataclass(frozen=True, slots=True)
class Knew:
    """What one recipient had been told, and had said, before the moment of the incident; None: had not."""

    recipient: str
    transmitted: Instant | None
    channel: str | None
    received: Instant | None
    acknowledged: Instant | None
    said: Answer | None
    grade: Grade | None
    version: int | None
    escalated: tuple[str, ...]
    entries: tuple[int, ...]
    """The entries of the record that this rests on."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A notice as it stood when something happened. ``announced`` is the first version's admission.

    ``version`` is the entry of the version that stood; ``stale`` says that nobody had confirmed the site for long.
    ``origin`` names the record that the notice was handed over from: ``version``, and the entries that ``knew`` rests
    on, are then entries of that record.
    """

    notice: int
    version: int
    announced: Instant
    stale: bool
    knew: tuple[Knew, ...]
    origin: str | None = None


_ANYWHERE = Footprint(Form.PATH, (Position(0, 0), Position(0, 120_000_000)))
"""An edge of more than a quarter of the Earth, which meets everything (see ``movements.overlap``)."""


def happened(seen: Observation) -> Volume | None:
    """Where and when an observation of fire may have been, at any height; None for anything else, or no place."""
    if seen.act not in FIRE or seen.where is None or seen.kind not in SAYS_SO:
        return None
    disc = bounding_disc(seen.where)
    reach_cm = disc.radius_m * 100
    where = _ANYWHERE if reach_cm > FARTHEST_CM else Footprint(Form.POINT, (disc.centre,), reach_cm)
    return Volume(where, seen.when.start, seen.when.end)


def stood(whole: Dossier, when: Interval) -> tuple[tuple[Instant, Dossier], ...]:
    """Every state in which the notice may have been met during ``when``, each with its first moment there.

    The first is the notice just before ``when`` began; then comes each version that was announced within it, as it
    stood at that moment: what was answered later is not taken for known before. Nothing where it was over already,
    or not announced before the end.
    """
    moments = [when.start] + [
        line.at
        for line in whole.steps
        if isinstance(line.what, Notice) and when.start < line.at and (when.end is None or line.at < when.end)
    ]
    found = ((at, _at(whole, at)) for at in moments)
    return tuple((at, then) for at, then in found if then is not None and then.state not in OVER)


def _at(whole: Dossier, at: Instant) -> Dossier | None:
    lines = [line for line in whole.steps if line.at <= at]
    return replace(dossier(lines), notice=whole.notice, origin=whole.origin) if lines else None


def unchanged(whole: Dossier, when: Interval) -> bool:
    """Whether the version that stood when ``when`` began stood until its end."""
    return when.end is not None and not any(
        when.start < line.at <= when.end and _ends_a_version(line) for line in whole.steps
    )


def _ends_a_version(line: Line) -> bool:
    return isinstance(line.what, Notice) or (
        isinstance(line.what, Step) and line.what.op in {Op.CLOSE, Op.WITHDRAW}
    )


def chain(then: Dossier) -> Chain:
    """Who knew what, from a notice as :func:`stood` gives it."""
    version: Version = then.current
    return Chain(
        notice=then.notice,
        version=version.entry,
        announced=then.versions[0].at,
        stale=then.stale,
        knew=tuple(_knew(then, one) for one in version.notice.recipients),
        origin=then.origin,
    )


def _knew(then: Dossier, recipient: str) -> Knew:
    told = then.of(recipient)
    lines = [line for line in then.steps if _concerns(line, recipient)]
    return Knew(
        recipient=recipient,
        transmitted=None if told is None else told.transmitted,
        channel=None if told is None else told.channel,
        received=_first(lines, tuple(Answer)),
        acknowledged=_first(lines, (Answer.ACKNOWLEDGED,)),
        said=None if told is None else told.answer,
        grade=None if told is None else told.grade,
        version=None if told is None else told.version,
        escalated=() if told is None else tuple(to for to, _, _ in told.escalated),
        entries=tuple(line.entry for line in lines),
    )


def _concerns(line: Line, recipient: str) -> bool:
    said = line.what
    if isinstance(said, Notice):
        return False
    if isinstance(said, Step):
        return said.recipient == recipient and said.op in {Op.TRANSMIT, Op.ESCALATE, Op.CALL}
    return said.recipient == recipient


def _first(lines: Sequence[Line], answers: tuple[Answer, ...]) -> Instant | None:
    """When the recipient first said so: whoever answers at all has received."""
    return next(
        (line.at for line in lines if isinstance(line.what, Acknowledgement) and line.what.answer in answers),
        None,
    )
