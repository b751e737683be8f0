"""Observation effort: who looked where and for how long, so that silence is not read as peace.

Effort of a sector = for every coverage entry, its minutes within the period times the share of its region that lies
in the sector (whole minutes, rounded down), added up. Watched time = the minutes of the period in which at least
one coverage entry that reaches the sector was looking.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Interval
from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth
from trucekeeper.places.zone import Shape
from trucekeeper.record.ref import Ref
from trucekeeper.reports.model import Figure, Form
from trucekeeper.reports.ports import Ground

MINUTE_MS = 60_000
WHOLE_PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Effort:
    """``minutes`` of observers, and ``watched`` minutes with at least one of them."""

    minutes: Figure
    watched: Figure

    @property
    def blind(self) -> bool:
        """Whether nobody looked."""
        return self.minutes.value.low == 0


def effort(coverage: Iterable[Sighting], period: Interval, ground: Ground, shape: Shape | None) -> Effort:
    """The effort in ``shape`` (None: wherever it was) during ``period``."""
    minutes, refs = 0, list[Ref]()
    looks: list[tuple[int, int]] = []
    for one in coverage:
        look = clipped(one.observation.when, period)
        share = _share(one, ground, shape)
        gained = (look[1] - look[0]) // MINUTE_MS * share // WHOLE_PPM
        if gained > 0:
            minutes += gained
            refs.append(one.ref)
            looks.append(look)
    cited = tuple(sorted(refs))
    return Effort(
        Figure(Span.exactly(minutes), cited, Form.MINUTES),
        Figure(Span.exactly(joined_ms(looks) // MINUTE_MS), cited, Form.MINUTES),
    )


def clipped(when: Interval, period: Interval) -> tuple[int, int]:
    """The part of ``when`` that lies in ``period``, as start and end in ms; empty parts have equal ends."""
    start = max(when.start, period.start)
    ends = [end for end in (when.end, period.end) if end is not None]
    end = min(ends) if ends else start
    return (start, max(start, end))


def joined_ms(looks: Sequence[tuple[int, int]]) -> int:
    """The length of the union of intervals, in ms."""
    total, reached = 0, None
    for start, end in sorted(looks):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            total += end - begin
        reached = end if reached is None else max(reached, end)
    return total


def rate(happenings: Figure, minutes: Figure) -> Figure:
    """Happenings per ten observer-hours, in thousandths; the minutes must not be nought."""
    milli = happenings.value.low * 600_000 // minutes.value.low
    refs = tuple(sorted({*happenings.refs, *minutes.refs}))
    return Figure(Span.exactly(milli), refs, Form.MILLI)


def _share(one: Sighting, ground: Ground, shape: Shape | None) -> int:
    if shape is None:
        return WHOLE_PPM
    region = one.observation.where
    if region is None:
        return 0
    touch = ground.touch(region, shape)
    return 0 if touch.answer is Truth.NO else touch.share_ppm
