"""From an incident's observations to items of evidence: who affirms, who denies, who looked and saw nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.agreement.model import Agreement, Term
from trucekeeper.findings.model import Question
from trucekeeper.incidents.compatible import compatible
from trucekeeper.incidents.extent import apart_m, disc_of
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.incidents.pairing import act_of
from trucekeeper.kernel.clock import Interval
from trucekeeper.observations.model import Coverage, Kind, Observation
from trucekeeper.parties.model import Source
from trucekeeper.places.position import Disc
from trucekeeper.weighing.model import Item, Stance

SENSED = frozenset({"fire-detected", "alarm", "fighting"})
"""What sensors and event data give in place of an act; in an incident they affirm the acts that they go with."""

MILLION = 1_000_000


def unknown_source(source_id: str) -> Source:
    """What is assumed of a source that the register does not know: no interest, alone, not to be judged."""
    return Source(source_id, None, source_id, "unknown", "F")


def acts_affirmed(incident: Incident, acts: Sequence[str]) -> tuple[str, ...]:
    """Which of the term's acts the incident's observations affirm outright, by name."""
    said = {act_of(one.observation) for one in incident.members if affirms(one.observation, acts)}
    return tuple(sorted(act for act in acts if act in said))


def affirms(observation: Observation, acts: Sequence[str]) -> bool:
    """Whether it says that one of these acts happened, or is what a sensor gives of one."""
    if observation.kind in {Kind.DENIAL, Kind.COVERAGE}:
        return False
    act = act_of(observation)
    if act in acts:
        return True
    return act in SENSED and any(compatible(act, one) is not None for one in acts)


def items(
    incident: Incident,
    sources: Mapping[str, Source],
    question: Question,
    term: Term,
    acts: tuple[str, ...],
    coverage: Sequence[Sighting],
) -> tuple[Item, ...]:
    """The items for the event or the attribution under a term whose action covers ``acts``, in the record's order.

    For the event, who reports it affirms, a denial denies, and coverage that reached over place and time, and would
    have noticed the act, is silent. For the attribution, who names the bearer affirms; who names another, and a
    denial of the bearer's part, denies; nobody is silent.
    """
    said = {f"{one.observation.source}/{one.observation.uid}": one.observation for one in incident.members}
    evidence = _Evidence(incident, sources, term.party, acts, said)
    found = evidence.event(coverage) if question is Question.EVENT else evidence.attribution()
    return tuple(sorted(found, key=lambda item: item.ref))


@dataclass(frozen=True, slots=True)
class _Evidence:
    incident: Incident
    sources: Mapping[str, Source]
    bearer: str
    acts: tuple[str, ...]
    said: Mapping[str, Observation]

    def event(self, coverage: Sequence[Sighting]) -> list[Item]:
        found: list[Item] = []
        for one in self.incident.members:
            if affirms(one.observation, self.acts):
                found.append(self._item(one, Stance.AFFIRM))
            elif one.observation.kind is Kind.DENIAL:
                found.append(self._item(one, Stance.DENY))
        reporting = {item.source for item in found if item.stance is Stance.AFFIRM}
        return found + [item for item in self._silences(coverage) if item.source not in reporting]

    def attribution(self) -> list[Item]:
        found: list[Item] = []
        for one in self.incident.members:
            named = one.observation.by
            if affirms(one.observation, self.acts) and named is not None:
                found.append(self._item(one, Stance.AFFIRM if named == self.bearer else Stance.DENY))
            elif one.observation.kind is Kind.DENIAL and self._denies_bearer(one.observation):
                found.append(self._item(one, Stance.DENY))
        return found

    def _denies_bearer(self, denial: Observation) -> bool:
        """A denial speaks of the bearer where it, what it denies, or its author's interest does."""
        denied = self.said.get(denial.of or "")
        about = denial.by or (denied.by if denied else None) or self._source(denial.source).interest
        return about == self.bearer

    def _source(self, source_id: str) -> Source:
        return self.sources.get(source_id) or unknown_source(source_id)

    def _item(self, one: Sighting, stance: Stance, chance_ppm: int = 0) -> Item:
        """A copy carries its root's interest and group and the worse of the two grades; it is no admission."""
        observation, source = one.observation, self._source(one.observation.source)
        origin = self._origin(observation)
        root = self.sources.get(origin.partition("/")[0], source)
        inherited = None if root.interest == observation.by else root.interest
        return Item(
            ref=one.ref,
            source=source.id,
            origin=origin,
            interest=source.interest or inherited,
            group=root.group,
            medium=root.medium,
            stance=stance,
            reliability=max(source.reliability, root.reliability),
            credibility=observation.credibility,
            chance_ppm=chance_ppm,
            admits=stance is Stance.AFFIRM
            and source.interest is not None
            and observation.by == source.interest,
        )

    def _origin(self, observation: Observation) -> str:
        """The root of what it copies, through copies of copies; a ring is taken for its first name."""
        at, path = observation, [f"{observation.source}/{observation.uid}"]
        while at.relays is not None:
            if at.relays in path:
                return min(path[path.index(at.relays) :])
            path.append(at.relays)
            if at.relays not in self.said:
                break
            at = self.said[at.relays]
        return path[-1]

    def _silences(self, coverage: Sequence[Sighting]) -> list[Item]:
        spot = self._spot()
        if spot is None:
            return []
        found: list[Item] = []
        for one in coverage:
            looked = one.observation.coverage
            if one.observation.kind is not Kind.COVERAGE or looked is None or one.observation.where is None:
                continue
            chance = looked.chance_ppm * self._share(spot, one.observation, looked) // MILLION
            if chance > 0:
                found.append(self._item(one, Stance.SILENT, chance))
        return found

    def _spot(self) -> tuple[Disc, Interval] | None:
        """Where and when to look for silence: the sharpest affirmation, of a source without interest if any."""
        affirming = [
            (self._source(one.observation.source).interest is not None, disc.radius_m, one.ref, disc, one)
            for one in self.incident.members
            if one.observation.where is not None and affirms(one.observation, self.acts)
            for disc in (disc_of(one.observation.where),)
        ]
        if not affirming:
            return None
        *_, disc, one = min(affirming, key=lambda found: found[:3])
        return disc, one.observation.when

    def _share(self, spot: tuple[Disc, Interval], observation: Observation, looked: Coverage) -> int:
        """The share, in ppm, of the happening's time and width that was watched for its acts."""
        affirmed = acts_affirmed(self.incident, self.acts)
        if observation.where is None or not any(act in looked.acts for act in affirmed):
            return 0
        disc, when = spot
        return (
            watched_time(when, observation.when) * watched_width(disc, disc_of(observation.where)) // MILLION
        )


def watched_time(when: Interval, watch: Interval) -> int:
    """The share, in ppm, of ``when`` that falls into ``watch``; 0 where either never ends."""
    if when.end is None or watch.end is None:
        return 0
    if when.end == when.start:
        return MILLION if watch.holds(when.start) else 0
    shared = min(when.end, watch.end) - max(when.start, watch.start)
    return max(0, shared) * MILLION // (when.end - when.start)


def watched_width(disc: Disc, watch: Disc) -> int:
    """The share, in ppm, of the disc's width, on the line through both centres, that ``watch`` reaches over."""
    apart = apart_m(disc, watch)
    if apart + disc.radius_m <= watch.radius_m:
        return MILLION
    reached = min(watch.radius_m + disc.radius_m - apart, 2 * watch.radius_m)
    return max(0, reached) * MILLION // (2 * disc.radius_m) if disc.radius_m else 0


def prior_ppm(agreement: Agreement, term: Term, acts: Sequence[str], question: Question) -> int:
    """The probability before any evidence, from outside the named side's conduct.

    An event: the agreement's base rate of the term's action, else the lowest of the acts affirmed, else even odds.
    An attribution: each party alike, and neither as likely as one of them.
    """
    if question is not Question.EVENT:
        return MILLION // (len(agreement.parties) + 1)
    rates = dict(agreement.base_rates)
    if term.action in rates:
        return rates[term.action]
    return min((rates[act] for act in acts if act in rates), default=MILLION // 2)
