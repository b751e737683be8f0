"""Learns a fit from a body of evidence: variational Bayes over causes, sources, captured groups and sensors.

What was adjudicated is clamped; what was not is summed over. The answer is integer tables; another machine's refit
agrees within :data:`TOLERANCE_PPM` of every chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from trucekeeper.weighing.balance import CROWD
from trucekeeper.weighing.evidence import Evidence
from trucekeeper.weighing.fit import (
    ANY,
    CAPTURED,
    CLAIMANT,
    METHOD,
    MILLION,
    NAMED,
    POINTS,
    PRIOR,
    SOUNDS,
    STANCES,
    SYMBOLS,
    Ear,
    Fit,
    Table,
    ear_of,
    prior_fit,
)
from trucekeeper.weighing.fitting.arrays import BIDDEN, CONTRARY, Arrays, arrays_of, prior_of
from trucekeeper.weighing.fitting.dirichlet import (
    Floats,
    counted,
    evidence_of,
    expected_logs,
    pooled,
    shares,
    summed,
)
from trucekeeper.weighing.fitting.exams import Marks, examined
from trucekeeper.weighing.fitting.record import folded, recorded
from trucekeeper.weighing.fitting.relays import relays

TOLERANCE_PPM = 2_000
"""By how much a chance may differ between two machines' fits of the same evidence."""

ROUNDS, SOON = 25, 8
SETTLED = 1e-4
HOLD = 12.0
"""Pseudo-counts by which judgement holds a class's Dirichlet, a row of it."""

START = 6.0
UNSURE, UNTAUGHT, TAUGHT = 0.05, 0.3, 25
"""What a hypothesis counts that was not adjudicated: it is itself inferred, and would else confirm itself.

More where there is nothing better: ``UNTAUGHT`` more, halved by ``TAUGHT`` adjudicated ones.
"""

LEAN_ODDS = 2.2
"""The log-odds, before anything is known, that a source speaks alike of both sides."""

LEAST_POOLED = 120.0
"""The least weight, in statements, of a class in the table of a source: nobody is known from a handful."""

SENSOR_HOLD = 30.0
CAPTURE_HOLD = 40.0

_BIDS = {"neutral": 0.5, CLAIMANT: 0.95, NAMED: 0.02}
_STRAY = np.log(0.02)
_DENIAL = 0.05


def learn(evidence: Evidence) -> Fit:
    """The fit of this evidence: as it stands, with the copies that this showed, and with what else is on record."""
    arrays = arrays_of(evidence, prior_fit())
    first = Learner(arrays)
    fit = first.run(evidence, SOON)
    copies = relays(evidence, fit, first.truth)
    if copies:
        arrays = arrays_of(evidence, replace(prior_fit(), copies=copies))
    mute = examined(arrays, Learner(arrays).sensed())
    final = Learner(arrays, mute)
    fit = replace(final.run(evidence), copies=copies)
    numbers = {one.id: at for at, one in enumerate(evidence.hypotheses)}

    def without(part: frozenset[str]) -> Fit:
        return replace(final.without([numbers[name] for name in part]).run(evidence, SOON), copies=copies)

    parts = folded(evidence)
    if not parts:
        return fit
    voiced, record = recorded(evidence, arrays, mute, parts, without)
    return replace(fit, voiced=MappingProxyType(voiced), record=record)


class Learner:
    """The state of a fit while it is made."""

    def __init__(self, arrays: Arrays, mute: Marks | None = None) -> None:
        self.arrays = arrays
        said = arrays.spoken
        self.mute: Marks = np.zeros(len(said.rows), dtype=np.bool_) if mute is None else mute
        self.items, self.causes = arrays.base.shape
        self.prior_table = (
            np.stack([prior_of(pool) for pool in said.pools]) if said.pools else np.zeros((0, 5, 6))
        )
        self.alpha = self.prior_table * START + 0.02
        self.captured = np.array([self._captured_prior(name) for name in said.captors])
        self.sounds = np.tile(np.array(SOUNDS) / MILLION, (len(arrays.listened.modalities), 1))
        self.points = np.tile(np.array(POINTS) / MILLION, (len(arrays.listened.modalities), 1))
        self.counts = np.zeros((len(said.rows), self.causes, len(SYMBOLS)))
        self.truth = np.array(arrays.base)
        self.free = np.ones((len(said.band), self.causes))
        decided = int((arrays.clamp >= 0).sum())
        self.unsure = UNSURE + UNTAUGHT * TAUGHT / (TAUGHT + decided)
        voices = np.bincount(said.item_of_band[said.band], minlength=self.items)
        self.crowd = np.minimum(1.0, CROWD / np.maximum(voices, 1))

    @staticmethod
    def _captured_prior(name: str) -> float:
        return CAPTURED.get(name, CAPTURED[ANY]) / MILLION

    def sensed(self) -> Floats:
        """The chance of each cause by the base rates and the sensors alone."""
        return shares(np.log(self.arrays.base) + self._listened())

    def without(self, items: Sequence[int]) -> "Learner":
        """One that has not been told what was decided of these; it begins where this one ended."""
        clamp = self.arrays.clamp.copy()
        clamp[items] = -1
        found = Learner(replace(self.arrays, clamp=clamp), self.mute)
        found.unsure, found.alpha, found.captured = self.unsure, self.alpha.copy(), self.captured.copy()
        found.truth = self.truth.copy()
        found.truth[items] = self.arrays.base[items]
        return found

    def run(self, evidence: Evidence, rounds: int = ROUNDS) -> Fit:
        """Fit until it settles."""
        for turn in range(rounds):
            before = self.truth
            self._sources(3 if 0 < turn < 4 else 1)
            self._settle()
            if turn > 3 and np.abs(self.truth - before).max(initial=0.0) < SETTLED:
                break
        return self._told(evidence)

    def _logs(self) -> Floats:
        """The expected logarithm of what each voice said, under each cause."""
        said = self.arrays.spoken
        logs = expected_logs(self.alpha[said.pool_of_row], self.counts)
        logs[self.mute] = logs[self.mute].mean(axis=1, keepdims=True)
        return np.asarray(logs[said.row, :, said.symbol], dtype=np.float64)

    def _sources(self, steps: int) -> None:
        """Count anew what sources said under which cause, and pool each class."""
        said = self.arrays.spoken
        item = said.item_of_band[said.band]
        sure = np.where(self.arrays.clamp[item] >= 0, 1.0, self.unsure * self.crowd[item])[:, None]
        weight = self.truth[item] * self.free * np.where(self.mute[said.row][:, None], 0.0, sure)
        self.counts = counted(said.row, said.symbol, weight, len(said.rows), len(SYMBOLS))
        self.counts = self._leaning(self.counts)
        for pool in range(len(said.pools)):
            mine = self.counts[(said.pool_of_row == pool) & ~self.mute]
            self.alpha[pool] = pooled(self.alpha[pool], mine, self.prior_table[pool] * HOLD, steps)
            total = self.alpha[pool].sum(axis=1, keepdims=True)
            self.alpha[pool] *= np.maximum(total, LEAST_POOLED) / total

    def _leaning(self, counts: Floats) -> Floats:
        """What each row may count: its own, and of the same source on the other side as much as it does not lean.

        A source leans where its two tables are likelier apart than as one.
        """
        said = self.arrays.spoken
        size = len(said.rows)
        if not size:
            return counts
        flat = summed(said.person_of_row, counts.reshape(size, -1), said.persons)
        whole = flat.reshape(said.persons, *counts.shape[1:])
        alpha = self.alpha[said.pool_of_row]
        apart = np.bincount(said.person_of_row, weights=evidence_of(alpha, counts), minlength=said.persons)
        pool = np.zeros(said.persons, dtype=np.int64)
        pool[said.person_of_row] = said.pool_of_row
        as_one = evidence_of(self.alpha[pool], whole)
        leans = 1 / (1 + np.exp(np.clip(LEAN_ODDS + as_one - apart, -50, 50)))
        other = (whole[said.person_of_row] - counts) * (1 - leans[said.person_of_row])[:, None, None]
        return np.asarray(counts + other, dtype=np.float64)

    def _settle(self) -> None:
        """Take the causes, the captured groups and the sensors anew."""
        arrays = self.arrays
        joint = np.log(arrays.base) + self._spoken() + self._listened()
        rows = np.flatnonzero(arrays.clamp >= 0)
        joint[rows] = -1e9
        joint[rows, arrays.clamp[rows]] = 0.0
        self.truth = shares(joint)
        self._capture()
        self._hearing()

    def _spoken(self) -> Floats:
        said = self.arrays.spoken
        if not len(said.band):
            return np.zeros((self.items, self.causes))
        logs = self._logs()
        bands = len(said.item_of_band)
        own = summed(said.band, logs, bands)
        bid = self._bid(bands)
        chance = np.clip(self.captured[said.captor_of_band], 1e-6, 1 - 1e-6)[:, None]
        free = np.log1p(-chance) + own
        mixed = np.logaddexp(free, np.log(chance) + bid[:, None])
        self.band_free = np.exp(free - mixed)
        mixed = np.where((said.manner_of_band == CONTRARY)[:, None], own, mixed)
        self.band_free[said.manner_of_band == CONTRARY] = 1.0
        self.free = self.band_free[said.band]
        weight = mixed - mixed[:, :1]
        contrary = said.manner_of_band == CONTRARY
        admits = said.stance_of_band == STANCES.index(NAMED)
        weight[contrary & admits] = np.clip(weight[contrary & admits], -3.0, 0.0)
        weight[contrary & ~admits] = np.clip(weight[contrary & ~admits], 0.0, 3.0)
        denial = (said.manner_of_band == BIDDEN) & (said.stance_of_band == STANCES.index(NAMED))
        weight[denial] = np.clip(weight[denial], -_DENIAL, _DENIAL)
        found = summed(said.item_of_band, weight, self.items)
        return np.asarray(found * self.crowd[:, None], dtype=np.float64)

    def _bid(self, bands: int) -> Floats:
        """The logarithm of the chance that a captured band says just this."""
        said = self.arrays.spoken
        affirms = said.symbol == 0
        votes = np.bincount(said.band, weights=np.where(affirms, 1.0, -1.0), minlength=bands)
        leads = votes >= 0
        bids = np.array([_BIDS[name] for name in STANCES])[said.stance_of_band]
        total = np.log(np.where(leads, bids, 1 - bids))
        stray = affirms != leads[said.band]
        table = self.counts + self.alpha[said.pool_of_row]
        denials = table[:, :, 1:].sum(axis=(1, 2))
        share = table.sum(axis=1)[said.row, said.symbol] / denials[said.row]
        parts = np.where(stray, _STRAY, 0.0) + np.where(affirms, 0.0, np.log(np.minimum(share, 1.0)))
        return np.asarray(total + np.bincount(said.band, weights=parts, minlength=bands), dtype=np.float64)

    def _capture(self) -> None:
        said = self.arrays.spoken
        if not len(said.band):
            return
        caught = 1 - (self.band_free * self.truth[said.item_of_band]).sum(axis=1)
        number = len(said.captors)
        usual = np.array([self._captured_prior(name) for name in said.captors])
        count = np.bincount(said.captor_of_band, minlength=number)
        found = np.bincount(said.captor_of_band, weights=caught, minlength=number)
        self.captured = (found + usual * CAPTURE_HOLD) / (count + CAPTURE_HOLD)

    def _listened(self) -> Floats:
        heard = self.arrays.listened
        if not len(heard.item):
            return np.zeros((self.items, self.causes))
        ratio, sounds = heard.ratio[:, None], self.sounds[heard.modality]
        there = np.log(sounds) + ratio
        mixed = np.logaddexp(there, np.log1p(-sounds))
        self.loud = np.exp(there - mixed)
        points = self.points[heard.modality]
        told = heard.named[:, None] * np.log(points) + heard.other[:, None] * np.log1p(-points)
        logs = mixed + told
        return summed(heard.item, logs, self.items)

    def _hearing(self) -> None:
        heard = self.arrays.listened
        if not len(heard.item):
            return
        truth = self.truth[heard.item]
        for at in range(len(heard.modalities)):
            mine = heard.modality == at
            usual = np.array(SOUNDS) / MILLION
            loud = (self.loud[mine] * truth[mine]).sum(axis=0) + usual * SENSOR_HOLD
            self.sounds[at] = loud / (truth[mine].sum(axis=0) + SENSOR_HOLD)
            named = (truth[mine] * heard.named[mine, None]).sum(axis=0) + np.array(
                POINTS
            ) / MILLION * SENSOR_HOLD
            other = (truth[mine] * heard.other[mine, None]).sum(axis=0)
            self.points[at] = np.clip(
                named / (other + named + SENSOR_HOLD * (1 - np.array(POINTS) / MILLION)), 0.01, 0.99
            )
        self.sounds = np.clip(np.minimum(self.sounds, self.sounds[:, :1]), 1e-3, 0.999)
        self.points = np.minimum(self.points, self.points[:, :1])

    def _told(self, evidence: Evidence) -> Fit:
        """The state as integer tables."""
        said = self.arrays.spoken
        classes: dict[tuple[str, str], Table] = dict(PRIOR)
        for at, pool in enumerate(said.pools):
            classes[pool] = whole(self.alpha[at])
        own = {(row[0], f"{row[1]}/{row[2]}"): whole(self._table(at)) for at, row in enumerate(said.rows)}
        captured = dict(CAPTURED)
        captured.update({name: _ppm(self.captured[at]) for at, name in enumerate(said.captors)})
        return Fit(
            METHOD,
            MappingProxyType(classes),
            MappingProxyType(own),
            MappingProxyType(captured),
            (),
            self._ears(evidence),
        )

    def _table(self, row: int) -> Floats:
        table = self.alpha[self.arrays.spoken.pool_of_row[row]] + self.counts[row]
        return np.tile(table.sum(axis=0), (len(table), 1)) if self.mute[row] else table

    def _ears(self, evidence: Evidence) -> Mapping[str, Ear]:
        found: dict[str, Ear] = {}
        for at, modality in enumerate(evidence.modalities):
            ear = ear_of(modality)
            sounds = tuple(_ppm(one) for one in self.sounds[at])
            points = tuple(_ppm(one) for one in self.points[at])
            found[modality.id] = Ear(ear.bands, ear.night, ear.cloud, ear.alarm, sounds, points)
        return MappingProxyType(found)


def _ppm(share: float) -> int:
    return int(share * MILLION + 0.5)


def whole(table: Floats) -> Table:
    """A table of pseudo-counts as parts per million, each one at least, each row a million."""
    rows: list[tuple[int, ...]] = []
    for row in table / table.sum(axis=1, keepdims=True):
        found = [max(1, int(one * MILLION)) for one in row]
        found[found.index(max(found))] += MILLION - sum(found)
        rows.append(tuple(found))
    return tuple(rows)
