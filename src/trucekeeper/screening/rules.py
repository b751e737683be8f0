"""Does an observation touch a term: by act, time, place, condition and exemption, each yes, no or unknown.

The answer is the conjunction. The bearer is asked as well and recorded, but belongs to attribution: a statement
that names somebody else does not keep what happened from touching the term. What raises is unknown.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from trucekeeper.agreement.calendar import binds
from trucekeeper.agreement.expression import Expression, Value
from trucekeeper.agreement.model import Agreement, Term
from trucekeeper.incidents.model import Sighting
from trucekeeper.incidents.pairing import act_of
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import TruceError
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.places.position import Region
from trucekeeper.places.touch import Ground
from trucekeeper.places.zone import Shape, Touch, Zone
from trucekeeper.screening.facts import facts
from trucekeeper.screening.model import Test, Touching
from trucekeeper.screening.suggests import SUGGESTS

WHOLE_PPM = 1_000_000
SILENT = (Kind.DENIAL, Kind.COVERAGE)
"""They say that nothing happened, so they touch no term."""

_RAISES = (TruceError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
UNPLACED = Touch(Truth.UNKNOWN, 0)
"""Nobody knows where: no share of it is known to lie inside."""

TouchOf = Callable[[Zone], Touch]


@dataclass(frozen=True, slots=True)
class Share:
    """An answer with its share, in parts per million."""

    answer: Truth
    share_ppm: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Time and place together, zone by zone, and what each of them alone comes to."""

    time: Truth
    place: Truth
    share_ppm: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A term made ready: the acts that it covers, and its zones, each under the time in which it counts.

    ``frames`` holds every such time (when the term binds and the zone stands) with the zones that share it.
    """

    term: Term
    acts: frozenset[str]
    frames: tuple[tuple[Interval, tuple[Zone, ...]], ...]

    @classmethod
    def of(cls, term: Term, agreement: Agreement) -> "Rule":
        """The rule of a term of this agreement."""
        binding = binds(agreement, term)
        frames: dict[Interval, tuple[Zone, ...]] = {}
        for name in term.zones:
            zone = agreement.zone(name)
            frame = common(binding, zone.valid)
            if frame is not None:
                frames[frame] = (*frames.get(frame, ()), zone)
        if not term.zones:
            frames[binding] = ()
        return cls(term, frozenset(agreement.acts_of(term.action)), tuple(frames.items()))

    def said(self, observation: Observation, known: Mapping[str, Value]) -> tuple[Test, ...]:
        """The tests that need neither time nor place: act, condition, bearer, exemption."""
        return (
            _act(act_of(observation), self.acts),
            _condition(self.term.when, known),
            _bearer(observation.by, self.term.party),
            _exemption(observation.grounds, self.term.exemptions),
        )

    def placed(self, when: Interval, touch_of: TouchOf) -> Placed:
        """Time and place, over the term's zones; a term without zones holds everywhere.

        A place certain only in a zone whose time is less certain than another's does not make both certain.
        """
        shares = [(within(when, frame), zones) for frame, zones in self.frames]
        time = shares[0][0].answer if len(shares) == 1 else _best(share.answer for share, _ in shares)
        if not self.term.zones:
            return Placed(time, Truth.YES, max((share.share_ppm for share, _ in shares), default=0))
        place, most = Truth.NO, 0
        for share, zones in shares:
            if share.answer is Truth.NO:
                continue
            for zone in zones:
                touch = touch_of(zone)
                if touch.answer is Truth.NO:
                    continue
                if share is _ALL and touch.answer is Truth.YES:
                    return _WHOLE
                certain = touch.answer is Truth.YES and share.answer is time
                if certain or place is Truth.NO:
                    place = Truth.YES if certain else Truth.UNKNOWN
                most = max(most, share.share_ppm * touch.share_ppm // WHOLE_PPM)
        return Placed(time, place, most)

    def touching(self, sighting: Sighting, said: tuple[Test, ...], touch_of: TouchOf) -> Touching | None:
        """The touching, or None where one test is surely no."""
        act, condition, bearer, exemption = said
        if act.answer is Truth.NO or condition.answer is Truth.NO:
            return None
        placed = self.placed(sighting.observation.when, touch_of)
        if placed.time is Truth.NO or placed.place is Truth.NO:
            return None
        answer = Truth.UNKNOWN
        if placed.time is placed.place is act.answer is condition.answer is exemption.answer is Truth.YES:
            answer = Truth.YES
        tests = (
            act,
            TIME[placed.time],
            self.place_test(sighting.observation, placed),
            condition,
            bearer,
            exemption,
        )
        return Touching(sighting.ref, self.term.id, self.term.reading, answer, placed.share_ppm, tests)

    def place_test(self, observation: Observation, placed: Placed) -> Test:
        """The test of the place, in words that give no place away."""
        if not self.term.zones:
            return EVERYWHERE
        return NOWHERE if observation.where is None and placed.place is Truth.UNKNOWN else PLACE[placed.place]


def tests_of(sighting: Sighting, term: Term, agreement: Agreement) -> tuple[Test, ...]:
    """Every test with its answer: act, time, place, condition, bearer, exemption."""
    rule, observation = Rule.of(term, agreement), sighting.observation
    act, condition, bearer, exemption = rule.said(observation, facts(observation))
    placed = rule.placed(observation.when, _touch_of(observation.where, Ground()))
    return (act, TIME[placed.time], rule.place_test(observation, placed), condition, bearer, exemption)


def touching(
    sighting: Sighting, term: Term, agreement: Agreement, ground: Ground | None = None
) -> Touching | None:
    """How one observation touches one term, by the plain rules; None where it surely does not."""
    observation = sighting.observation
    if observation.kind in SILENT:
        return None
    rule = Rule.of(term, agreement)
    touch_of = _touch_of(observation.where, Ground() if ground is None else ground)
    return rule.touching(sighting, rule.said(observation, facts(observation)), touch_of)


def touch_of_shape(where: Region | None, shape: Shape, ground: Ground) -> Touch:
    """The place of an observation and a shape; an unknown place is possibly anywhere."""
    if where is None:
        return UNPLACED
    try:
        return ground.touch(where, shape)
    except _RAISES:
        return UNPLACED


def _touch_of(where: Region | None, ground: Ground) -> TouchOf:
    return lambda zone: touch_of_shape(where, zone.shape, ground)


def within(when: Interval, frame: Interval) -> Share:
    """Whether a moment that is somewhere in ``when`` falls into ``frame``, with the share of ``when`` that does."""
    if when.start == when.end:
        return _ALL if frame.holds(when.start) else _NONE
    start, end = max(when.start, frame.start), _earlier(when.end, frame.end)
    if end is not None and end <= start:
        return _NONE
    if start == when.start and end == when.end:
        return _ALL
    if when.end is None or end is None:
        return Share(Truth.UNKNOWN, 1 if end is not None else WHOLE_PPM - 1)
    share = (end - start) * WHOLE_PPM // (when.end - when.start)
    return Share(Truth.UNKNOWN, min(max(share, 1), WHOLE_PPM - 1))


def common(one: Interval, other: Interval) -> Interval | None:
    """The time that lies in both, or None where none does."""
    start, end = max(one.start, other.start), _earlier(one.end, other.end)
    return Interval(start, end) if end is None or start < end else None


def _earlier(one: Instant | None, other: Instant | None) -> Instant | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)


def _act(act: str | None, acts: frozenset[str]) -> Test:
    if act is None or (act == "other" and act not in acts):
        return Test("act", Truth.UNKNOWN, "the observation names no particular act")
    if act in acts:
        return Test("act", Truth.YES, f"the term names {act}")
    if SUGGESTS.get(act, frozenset()) & acts:
        return Test("act", Truth.UNKNOWN, f"{act} is consistent with an act that the term names")
    return Test("act", Truth.NO, f"the term does not name {act}")


def _condition(when: Expression | None, known: Mapping[str, Value]) -> Test:
    if when is None:
        return Test("condition", Truth.YES, "the term has no condition")
    try:
        answer = when.holds(known)
    except _RAISES:
        return Test("condition", Truth.UNKNOWN, "the condition could not be evaluated")
    return Test("condition", answer, _CONDITION[answer])


def _bearer(by: str | None, party: str) -> Test:
    if by is None:
        return Test("bearer", Truth.UNKNOWN, "the observation names nobody")
    if by == party:
        return Test("bearer", Truth.YES, "the observation names the bearer")
    return Test("bearer", Truth.NO, "the observation names another")


def _exemption(grounds: tuple[str, ...], exemptions: tuple[str, ...]) -> Test:
    claimed = [ground for ground in grounds if ground in exemptions]
    if claimed:
        return Test(
            "exemption", Truth.UNKNOWN, f"there are grounds for the exemption {' and '.join(claimed)}"
        )
    return Test("exemption", Truth.YES, "no exemption is claimed")


def _best(answers: Iterable[Truth]) -> Truth:
    """As any_of, without its cost: it is asked for every statement and term."""
    best = Truth.NO
    for answer in answers:
        if answer is Truth.YES:
            return answer
        if answer is Truth.UNKNOWN:
            best = answer
    return best


_ALL, _NONE = Share(Truth.YES, WHOLE_PPM), Share(Truth.NO, 0)
_WHOLE = Placed(Truth.YES, Truth.YES, WHOLE_PPM)
_CONDITION: Mapping[Truth, str] = {
    Truth.YES: "the condition holds",
    Truth.UNKNOWN: "what the condition asks is not known",
    Truth.NO: "the condition does not hold",
}
TIME: Mapping[Truth, Test] = {
    Truth.YES: Test("time", Truth.YES, "all of its time lies in the term's"),
    Truth.UNKNOWN: Test("time", Truth.UNKNOWN, "its time may lie in the term's"),
    Truth.NO: Test("time", Truth.NO, "its time lies outside the term's"),
}
PLACE: Mapping[Truth, Test] = {
    Truth.YES: Test("place", Truth.YES, "it lies surely in a zone of the term"),
    Truth.UNKNOWN: Test("place", Truth.UNKNOWN, "it may lie in a zone of the term"),
    Truth.NO: Test("place", Truth.NO, "it lies outside the term's zones"),
}
EVERYWHERE = Test("place", Truth.YES, "the term holds everywhere")
NOWHERE = Test("place", Truth.UNKNOWN, "its place is not known")
