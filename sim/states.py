"""Everything hidden about one hypothesis, as a finite table that can be enumerated.

A state says: the cause; whether it looks hostile to an honest eye; how loud it was; which modalities were
deceived; whether the adversary who serves the other side attacks here; whether the one who serves the named
side defends here; and whether it jams.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.arrays import Bools, Floats, Ints
from sim.words import ACOUSTIC, EYES, MODALITIES, NOTHING, OPTICAL, SEISMIC, STAGED, THERMAL

SPOOFS: tuple[tuple[int, ...], ...] = (
    (),
    (SEISMIC,),
    (ACOUSTIC,),
    (OPTICAL,),
    (SEISMIC, ACOUSTIC),
    (ACOUSTIC, OPTICAL),
    (SEISMIC, ACOUSTIC, THERMAL),
)
LOUD_SHARES = ((0.2, 0.5, 0.3), (0.2, 0.5, 0.3), (0.5, 0.4, 0.1), (0.4, 0.45, 0.15))
"""Faint, usual, loud, by act (judgement)."""
LOOKS_HOSTILE = (0.85, 0.3, 0.35, 0.8, 0.4)
"""Chance that it looks like a violation, by cause; for nothing, that a rumour goes round (judgement)."""
ORGANIC_SPOOFS = (0.0, 0.27, 0.27, 0.26, 0.08, 0.07, 0.05)
"""What is deceived where something is staged without an adversary's plan (judgement)."""


@dataclass(frozen=True, slots=True)
class States:
    """Columns of the table; every array has one entry a state."""

    cause: Ints
    hostile: Ints
    loud: Ints
    spoof: Ints
    attack: Ints
    defend: Ints
    jam: Ints

    def __len__(self) -> int:
        return len(self.cause)

    @property
    def scene(self) -> Ints:
        """What people can perceive: cause, look and loudness as one number below 30."""
        found: Ints = (self.cause * 2 + self.hostile) * 3 + self.loud
        return found

    @property
    def stage(self) -> Ints:
        """The scene with who is at work, as one number below 120."""
        found: Ints = self.scene * 4 + self.attack * 2 + self.defend
        return found


SCENES, STAGES = 30, 120


def scene_parts() -> tuple[Ints, Ints, Ints]:
    """Cause, look and loudness of each scene."""
    at = np.arange(SCENES, dtype=np.int64)
    return at // 6, at // 3 % 2, at % 3


@cache
def all_states() -> States:
    """Every combination that makes sense: something is spoofed if and only if it was staged; only who defends jams."""
    rows = [
        (cause, hostile, loud, spoof, attack, defend, jam)
        for cause in range(5)
        for hostile in (0, 1)
        for loud in (0, 1, 2)
        for spoof in (range(1, len(SPOOFS)) if cause == STAGED else (0,))
        for attack in (0, 1)
        for defend in (0, 1)
        for jam in ((0, 1) if defend else (0,))
    ]
    return States(*np.array(rows, dtype=np.int64).T)


@cache
def signals() -> Bools:
    """Which modality has something to sense, in each state: [modalities, states].

    A staged scene shows itself to eyes where it was made to look hostile, and to the deceived modalities.
    """
    table = all_states()
    found = np.zeros((len(MODALITIES), len(table)), dtype=np.bool_)
    for modality in range(len(MODALITIES)):
        real = (table.cause != NOTHING) & (table.cause != STAGED)
        spoofed = np.array([modality in SPOOFS[at] for at in table.spoof])
        if modality == EYES:
            spoofed = (table.cause == STAGED) & (table.hostile == 1)
        found[modality] = real | spoofed
    return found


def spoof_shares(spoofs: int) -> Floats:
    """What an adversary deceives that can deceive one, two or three kinds at once."""
    return np.array([len(kinds) == spoofs for kinds in SPOOFS], dtype=np.float64) / sum(
        len(kinds) == spoofs for kinds in SPOOFS
    )
