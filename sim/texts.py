"""Similarity hashes of texts: repeated texts differ in a few bits, texts on one subject in half of theirs or less."""

import numpy as np
import numpy.typing as npt

from sim.arrays import Bools, stream
from sim.scenario import Scenario

Hashes = npt.NDArray[np.uint64]
OWN_FLIPS, MOST_REPEATED_FLIPS = 0.35, 3
WORDLESS = 0.08


def subjects(scenario: Scenario, count: int) -> Hashes:
    """A hash for what each happening is about."""
    return stream(scenario.seed, "subjects").integers(0, 2**64, count, dtype=np.uint64)


def own_words(rng: np.random.Generator, subject: Hashes) -> Hashes:
    """Hashes of texts of one's own: about a third of the subject's bits are flipped."""
    flips = rng.random((len(subject), 64)) < OWN_FLIPS
    mask = (flips.astype(np.uint64) << np.arange(64, dtype=np.uint64)).sum(axis=1, dtype=np.uint64)
    found: Hashes = subject ^ mask
    return found


def repeated_words(rng: np.random.Generator, original: Hashes) -> Hashes:
    """Hashes of near-duplicates: up to three bits flipped."""
    found = original.copy()
    for _ in range(MOST_REPEATED_FLIPS):
        bit = np.uint64(1) << rng.integers(0, 64, len(original), dtype=np.uint64)
        found ^= np.where(rng.random(len(original)) < 0.5, bit, np.uint64(0))
    return found


def wordless(rng: np.random.Generator, count: int) -> Bools:
    """Statements that come without their text."""
    return rng.random(count) < WORDLESS
