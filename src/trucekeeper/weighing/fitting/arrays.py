"""A body of evidence as arrays: voices, the bands of those who would be captured together, and sensors."""

from dataclasses import dataclass

import numpy as np

from trucekeeper.weighing.evidence import CAUSES, Evidence
from trucekeeper.weighing.fit import ANY, CLAIMANT, MILLION, NEUTRAL, PRIOR, STANCES, SYMBOLS, Fit
from trucekeeper.weighing.fitting.dirichlet import Floats, Whole
from trucekeeper.weighing.scale import Scale, stance_of

FREE, BIDDEN, CONTRARY = 0, 1, 2
"""Whether a band speaks without interest, as its interest bids, or contrary to it."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Voice n: row (source, stance, named side), symbol, band. A person is a source in one stance.

    A band lies on one hypothesis and is of one captor.
    """

    row: Whole
    symbol: Whole
    band: Whole
    rows: tuple[tuple[str, str, str], ...]
    person_of_row: Whole
    persons: int
    pool_of_row: Whole
    pools: tuple[tuple[str, str], ...]
    item_of_band: Whole
    captor_of_band: Whole
    captors: tuple[str, ...]
    stance_of_band: Whole
    manner_of_band: Whole


@dataclass(frozen=True, slots=True)
class Listened:
    """Modality m on one hypothesis: the log ratio of there to not there, and its detections that point."""

    item: Whole
    modality: Whole
    stance: Whole
    ratio: Floats
    named: Floats
    other: Floats
    modalities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrays:
    """All that a fit learns from."""

    base: Floats
    clamp: Whole
    spoken: Spoken
    listened: Listened


def arrays_of(evidence: Evidence, fit: Fit) -> Arrays:
    """The evidence as arrays, with copies told by the declarations, the texts and the fit."""
    scale = Scale(evidence, fit)
    base = np.array([one.base_ppm for one in evidence.hypotheses], dtype=np.float64).reshape(-1, len(CAUSES))
    order = {cause: at for at, cause in enumerate(CAUSES)}
    clamp = np.array(
        [-1 if one.adjudicated is None else order[one.adjudicated] for one in evidence.hypotheses],
        dtype=np.int64,
    )
    return Arrays(np.maximum(base, 1) / MILLION, clamp, _spoken(scale), _listened(scale))


class _Numbers:
    """Numbers for keys, in the order in which they come."""

    def __init__(self) -> None:
        self.of: dict[tuple[str, ...], int] = {}

    def __call__(self, *key: str) -> int:
        return self.of.setdefault(key, len(self.of))


def _spoken(scale: Scale) -> Spoken:
    rows, pools, persons, captors, bands = (_Numbers() for _ in range(5))
    voices: list[tuple[int, int, int]] = []
    pool_of_row: dict[int, int] = {}
    person_of_row: dict[int, int] = {}
    band_facts: dict[int, tuple[int, int, int, int]] = {}
    for item, alleged in enumerate(scale.evidence.hypotheses):
        for voice in scale.voices(alleged, scale.said(alleged)):
            source = scale.sources[voice.owner]
            stance = stance_of(source, alleged)
            row = rows(source.id, stance, alleged.named)
            person_of_row[row] = persons(source.id, stance)
            pool_of_row[row] = pools(source.kind, stance)
            manner = FREE
            if stance != NEUTRAL:
                manner = BIDDEN if (voice.symbol == 0) == (stance == CLAIMANT) else CONTRARY
            captor = captors(f"group {source.group}" if stance == NEUTRAL else stance)
            who = source.group if source.side is None else f"side {source.side}"
            band = bands(str(item), who, str(manner))
            band_facts[band] = (item, captor, STANCES.index(stance), manner)
            voices.append((row, voice.symbol, band))
    told = np.array(voices, dtype=np.int64).reshape(-1, 3)
    facts = np.array([band_facts[at] for at in range(len(band_facts))], dtype=np.int64).reshape(-1, 4)
    return Spoken(
        row=told[:, 0],
        symbol=told[:, 1],
        band=told[:, 2],
        rows=tuple((key[0], key[1], key[2]) for key in rows.of),
        person_of_row=np.array([person_of_row[at] for at in range(len(rows.of))], dtype=np.int64),
        persons=len(persons.of),
        pool_of_row=np.array([pool_of_row[at] for at in range(len(rows.of))], dtype=np.int64),
        pools=tuple((key[0], key[1]) for key in pools.of),
        item_of_band=facts[:, 0],
        captor_of_band=facts[:, 1],
        captors=tuple(key[0] for key in captors.of),
        stance_of_band=facts[:, 2],
        manner_of_band=facts[:, 3],
    )


def _listened(scale: Scale) -> Listened:
    modalities = tuple(one.id for one in scale.evidence.modalities)
    facts: list[tuple[int, int, int, float, float, float]] = []
    for item, alleged in enumerate(scale.evidence.hypotheses):
        for (modality, stance), band in scale.listening(alleged).items():
            fresh = [(watch, ratio) for watch, _, ratio in band if ratio is not None]
            told = [watch for watch, _ in fresh if watch.detected and watch.points_to is not None]
            named = sum(watch.points_to == alleged.named for watch in told)
            ratio = sum(one for _, one in fresh) / 1e6
            facts.append(
                (item, modalities.index(modality), STANCES.index(stance), ratio, named, len(told) - named)
            )
    table = np.array(facts, dtype=np.float64).reshape(-1, 6)
    return Listened(
        item=table[:, 0].astype(np.int64),
        modality=table[:, 1].astype(np.int64),
        stance=table[:, 2].astype(np.int64),
        ratio=table[:, 3],
        named=table[:, 4],
        other=table[:, 5],
        modalities=modalities,
    )


def prior_of(pool: tuple[str, str]) -> Floats:
    """The table from judgement that a pool starts from: causes x symbols."""
    table = np.array(PRIOR[ANY, pool[1]], dtype=np.float64) / MILLION
    return table.reshape(len(CAUSES), len(SYMBOLS))
