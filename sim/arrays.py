"""Names for the arrays that everything here is made of, and seeded random streams."""

import zlib

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def stream(seed: int, name: str) -> np.random.Generator:
    """A random stream of its own for each part of the world.

    So that one more sensor does not change the war: streams are keyed by seed and name.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())])))


def draw(rng: np.random.Generator, shares: Floats) -> Ints:
    """One column index a row, drawn with the row's shares, which need not sum to 1."""
    edges = np.cumsum(shares, axis=1)
    at = rng.random(len(shares)) * edges[:, -1]
    found: Ints = np.minimum((edges <= at[:, None]).sum(axis=1), shares.shape[1] - 1).astype(np.int64)
    return found
