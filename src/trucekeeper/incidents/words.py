"""Texts as a few hashed words, in any language, for the linker of a million reports."""

import re
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

KEPT = 8
"""So many words of a text are kept: those of the lowest hash, so that two texts keep the same of what they share."""

_WORD = re.compile(r"\w{3,}")
_BARE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]{2,}")


def hashed(texts: Iterable[str]) -> NDArray[np.uint16]:
    """One row a text, one column a word, 0 where there is none; scripts without spaces in pairs of characters."""
    return np.array([_row(text) for text in texts], dtype=np.uint16).reshape(-1, KEPT)


def _row(text: str) -> list[int]:
    folded = text.casefold()
    words = {word for word in _WORD.findall(folded) if not _BARE.search(word)}
    for run in _BARE.findall(folded):
        words.update(run[at : at + 2] for at in range(len(run) - 1))
    kept = sorted({zlib.crc32(word.encode()) % 65_535 + 1 for word in words})[:KEPT]
    return kept + [0] * (KEPT - len(kept))
