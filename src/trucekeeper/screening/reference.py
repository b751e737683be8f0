"""Screening of many observations: the plain rules, with work skipped only where its answer is certain.

Two things are skipped. Regions are held against each zone all at once, and what is surely inside or surely outside
by :data:`SPARE_M` more than the exact rule asks is not asked again. And what statements say beyond time and place
is put to the terms once for all statements that say the same. The answers are those of
:func:`trucekeeper.screening.rules.touching`, none other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trucekeeper.agreement.model import Agreement
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Observation
from trucekeeper.places.touch import OUTSIDE, Ground
from trucekeeper.places.zone import Touch, Zone
from trucekeeper.screening.facts import facts
from trucekeeper.screening.model import Test, Touching
from trucekeeper.screening.rules import SILENT, UNPLACED, Rule, TouchOf
from trucekeeper.screening.sieve import Met, Sieve

_AT_ONCE = 5_000
_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Said:
    """What the statements that say the same come to: per rule, the tests without time and place."""

    tests: tuple[tuple[Test, ...] | None, ...]


@dataclass(frozen=True, slots=True)
class Screener:
    """One agreement made ready; :meth:`screen` may be asked again and again."""

    agreement: Agreement
    ground: Ground = field(default_factory=Ground)
    _rules: tuple[Rule, ...] = field(init=False)
    _sieve: Sieve = field(init=False)
    _by_zone: Mapping[str, tuple[int, ...]] = field(init=False)
    _everywhere: tuple[int, ...] = field(init=False)
    _said: dict[tuple[object, ...], Said] = field(init=False, default_factory=dict[tuple[object, ...], Said])

    def __post_init__(self) -> None:
        rules = tuple(Rule.of(term, self.agreement) for term in self.agreement.terms)
        used = {zone.id: zone for rule in rules for _, zones in rule.frames for zone in zones}
        by_zone = {
            name: tuple(index for index, rule in enumerate(rules) if name in rule.term.zones) for name in used
        }
        object.__setattr__(self, "_rules", rules)
        object.__setattr__(self, "_sieve", Sieve.of(tuple(used.values()), self.ground))
        object.__setattr__(self, "_by_zone", by_zone)
        object.__setattr__(
            self, "_everywhere", tuple(i for i, rule in enumerate(rules) if not rule.term.zones)
        )

    def screen(self, sightings: Sequence[Sighting]) -> list[Touching]:
        """Every touching that is not surely no: in the order of the sightings, then of the agreement's terms."""
        found: list[Touching] = []
        for first in range(0, len(sightings), _AT_ONCE):
            some = [one for one in sightings[first : first + _AT_ONCE] if one.observation.kind not in SILENT]
            for sighting, met in zip(
                some, self._sieve.met([one.observation.where for one in some]), strict=True
            ):
                self._touchings(sighting, met, found)
        return found

    def _touchings(self, sighting: Sighting, met: Met | None, found: list[Touching]) -> None:
        said = self._what_is_said(sighting.observation).tests
        indexes: Sequence[int]
        if met is None:
            indexes = range(len(self._rules))
        elif len(met) == 1 and not self._everywhere:
            indexes = self._by_zone[next(iter(met))]
        else:
            indexes = sorted({*self._everywhere, *(index for name in met for index in self._by_zone[name])})
        touch_of: TouchOf = _unplaced if met is None else lambda zone: met.get(zone.id, OUTSIDE)
        for index in indexes:
            tests = said[index]
            one = None if tests is None else self._rules[index].touching(sighting, tests, touch_of)
            if one is not None:
                found.append(one)

    def _what_is_said(self, observation: Observation) -> Said:
        key = (
            observation.kind, observation.act, observation.means, observation.phase, observation.weapon,
            observation.count, observation.by, observation.harm, observation.holding, observation.grounds,
        )  # fmt: skip
        said = self._said.get(key)
        if said is None:
            if len(self._said) >= _KEPT:
                self._said.clear()
            known = facts(observation)
            tests = (rule.said(observation, known) for rule in self._rules)
            said = Said(tuple(None if Truth.NO in {one[0].answer, one[1].answer} else one for one in tests))
            self._said[key] = said
        return said


def _unplaced(_: Zone) -> Touch:
    return UNPLACED


def screen(sightings: Sequence[Sighting], agreement: Agreement) -> list[Touching]:
    """Every touching that is not surely no, in order; for many calls, keep a :class:`Screener`."""
    return Screener(agreement).screen(sightings)
