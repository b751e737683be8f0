"""Counting without counting twice: reports become happenings, happenings become figures.

The rules, which every report also prints:

* Counted are reports and detections of sources that share no side's interest, so that neither side can raise or
  lower a count by what it says. Claims and denials are not counted, nor is what says that it only relays another.
* Reports of the same act that a person has linked into one incident count once: at least the highest of their lower
  bounds, at most the highest of their upper bounds. A report that states no number gives way to one that does.
* A report of an act that comes in numbers, without a number, counts as at least one with no upper bound; any other
  report or detection counts as one.
* A happening belongs to the period in which it can first have begun.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import add

from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.record.ref import Ref
from trucekeeper.reports.model import Figure
from trucekeeper.reports.ports import Reportbook
from trucekeeper.reports.units import COUNTED

COUNTED_KINDS = (Kind.REPORT, Kind.DETECTION)
NOTHING = Figure(Span.exactly(0), ())


@dataclass(frozen=True, slots=True)
class Happening:
    """What counts once: one report, or an incident's reports of one act. ``start`` is when it can first have begun."""

    act: str
    members: tuple[Sighting, ...]
    start: Instant
    value: Span

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The entries it was counted from."""
        return tuple(member.ref for member in self.members)


@dataclass(frozen=True, slots=True)
class Neutral:
    """Tells what is counted; remembers each source's interest."""

    book: Reportbook
    upto: int
    interests: dict[str, str | None] = field(default_factory=dict[str, str | None])

    def counts(self, one: Sighting) -> bool:
        """Whether it is a report or detection, of a source without interest, that relays nothing."""
        told = one.observation
        return told.kind in COUNTED_KINDS and told.relays is None and self.interest(told.source) is None

    def interest(self, source: str) -> str | None:
        """The party whose interest a source shares."""
        if source not in self.interests:
            self.interests[source] = self.book.source(source, self.upto).interest
        return self.interests[source]


def happenings(book: Reportbook, window: Interval, upto: int) -> tuple[Happening, ...]:
    """Everything countable that can first have begun in ``window``, in the order of its first entries."""
    linked = membership(book, window, upto)
    neutral = Neutral(book, upto)
    single = (one for one in book.sightings(window, COUNTED_KINDS, upto) if one.ref not in linked)
    found = [_happening((one,)) for one in single if neutral.counts(one)]
    for incident in {incident.id: incident for incident in linked.values()}.values():
        acts: dict[str, list[Sighting]] = {}
        for member in filter(neutral.counts, incident.members):
            acts.setdefault(member.observation.act or "", []).append(member)
        found.extend(_happening(tuple(members)) for members in acts.values())
    inside = (one for one in found if window.holds(one.start))
    return tuple(sorted(inside, key=lambda one: (one.members[0].ref, one.act)))


def membership(book: Reportbook, window: Interval, upto: int) -> Mapping[Ref, Incident]:
    """The incident of every linked observation whose incident meets ``window``."""
    return {member.ref: incident for incident in book.incidents(window, upto) for member in incident.members}


def figure(counted: Iterable[Happening]) -> Figure:
    """The sum of what was counted, bound to its entries."""
    ones = tuple(counted)
    total = reduce(add, (one.value for one in ones), Span.exactly(0))
    return Figure(total, tuple(sorted({ref for one in ones for ref in one.refs})))


def number_of(counted: Iterable[Happening]) -> Figure:
    """How many happenings, whatever the number of acts in each."""
    ones = tuple(counted)
    return Figure(Span.exactly(len(ones)), tuple(sorted({ref for one in ones for ref in one.refs})))


def entries(refs: Iterable[Ref]) -> Figure:
    """How many entries (or rows of batches)."""
    distinct = tuple(sorted(set(refs)))
    return Figure(Span.exactly(len(distinct)), distinct)


def split(
    counted: Iterable[Happening], key: Callable[[Happening], str]
) -> Mapping[str, tuple[Happening, ...]]:
    """The happenings by a key, in the order in which the keys first appear."""
    groups: dict[str, list[Happening]] = {}
    for one in counted:
        groups.setdefault(key(one), []).append(one)
    return {name: tuple(ones) for name, ones in groups.items()}


def merged(spans: Iterable[Span]) -> Span:
    """One number told several times: the highest lower and the highest upper bound."""
    told = tuple(spans)
    highs = [span.high for span in told]
    low = max(span.low for span in told)
    high = None if None in highs else max(value for value in highs if value is not None)
    return Span(low, high)


def value_of(members: Iterable[Observation]) -> Span:
    """What reports of one happening and one act count together."""
    told = tuple(members)
    stated = tuple(one.count for one in told if one.count is not None)
    if stated:
        return merged(stated)
    numberless = any(one.kind is Kind.REPORT and one.act in COUNTED for one in told)
    return Span(1, None) if numberless else Span.exactly(1)


def _happening(members: tuple[Sighting, ...]) -> Happening:
    observations = tuple(member.observation for member in members)
    start = min(one.when.start for one in observations)
    return Happening(observations[0].act or "", members, start, value_of(observations))
