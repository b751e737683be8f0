"""Everything that the sections of one report are counted from, gathered once."""

from collections.abc import Mapping
from dataclasses import dataclass

from trucekeeper.agreement.model import Agreement
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Interval
from trucekeeper.observations.model import Kind
from trucekeeper.record.ref import Ref
from trucekeeper.reports.counting import Happening, Neutral, happenings, membership
from trucekeeper.reports.placing import Places, places
from trucekeeper.reports.ports import Ground, Reportbook
from trucekeeper.reports.units import heading


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the series: its label and time."""

    label: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Scene:
    """``steps`` is the series of periods that ends with the report's own; ``series`` their happenings together."""

    book: Reportbook
    agreement: Agreement
    places: Places
    interval: Interval
    before: Interval | None
    upto: int
    steps: tuple[Step, ...]
    series: tuple[Happening, ...]
    now: tuple[Happening, ...]
    earlier: tuple[Happening, ...]
    linked: Mapping[Ref, Incident]
    seen: tuple[Sighting, ...]
    coverage: tuple[Sighting, ...]
    neutral: Neutral

    def of_kind(self, *kinds: Kind) -> tuple[Sighting, ...]:
        """What was observed in the interval, of these kinds."""
        return tuple(one for one in self.seen if one.observation.kind in kinds)

    def neutral_of(self, *kinds: Kind) -> tuple[Sighting, ...]:
        """The same, of sources that share no side's interest."""
        return tuple(
            one for one in self.of_kind(*kinds) if self.neutral.interest(one.observation.source) is None
        )

    def party(self, party_id: str | None) -> str:
        """A party's name; one that the agreement does not know keeps its id."""
        names = {party.id: party.name for party in self.agreement.parties}
        return "not stated" if party_id is None else names.get(party_id, party_id)

    def sector(self, sector_id: str) -> str:
        """A sector as a label."""
        return heading(sector_id)


@dataclass(frozen=True, slots=True)
class Frame:
    """The time of a report: its own interval, what it compares with (None: nothing), and the series it shows."""

    interval: Interval
    before: Interval | None
    steps: tuple[Step, ...]


def gather(book: Reportbook, agreement: Agreement, ground: Ground, frame: Frame, upto: int) -> Scene:
    """Read the casebook once for one report."""
    interval, before = frame.interval, frame.before
    whole = Interval(frame.steps[0].interval.start, interval.end)
    series = happenings(book, whole, upto)
    seen = tuple(
        one for one in book.sightings(interval, (), upto)
        if one.observation.kind is not Kind.COVERAGE and interval.holds(one.observation.when.start)
    )  # fmt: skip
    return Scene(
        book=book,
        agreement=agreement,
        places=places(agreement, ground),
        interval=interval,
        before=before,
        upto=upto,
        steps=frame.steps,
        series=series,
        now=tuple(one for one in series if interval.holds(one.start)),
        earlier=() if before is None else tuple(one for one in series if before.holds(one.start)),
        linked=membership(book, interval, upto),
        seen=seen,
        neutral=Neutral(book, upto),
        coverage=tuple(book.sightings(whole, (Kind.COVERAGE,), upto)),
    )
