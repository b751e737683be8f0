"""Who repeats whom: statements on one hypothesis that are one voice, whatever their number.

Two statements are one voice where they say the same and one is declared to repeat the other's source, or their
sources are declared relay and root, or their texts are nearly the same, or the fit knows the one to repeat the other;
or, without a text, where one group spoke twice in the same millisecond.
Declared, identical and near-identical copies weigh nothing; what they all rest on is counted once.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from trucekeeper.weighing.evidence import Statement, Witness
from trucekeeper.weighing.fit import symbol_of

NEAR_BITS = 6
"""Two texts are nearly the same where their hashes differ in so few of 64 bits."""

_BLOCKS = tuple(
    (shift, (1 << width) - 1)
    for shift, width in ((0, 9), (9, 9), (18, 9), (27, 9), (36, 9), (45, 9), (54, 10))
)
"""Hashes that differ in six bits or fewer agree in one of seven blocks at least."""

_DEEP = 16
"""Relays of relays are followed so far."""


class Voice(NamedTuple):
    """Statements that count as one: what they say, on whose account, and which of them speaks for all."""

    owner: str
    symbol: int
    speaks: Statement
    copies: tuple[Statement, ...] = ()


def latest(statements: Sequence[Statement]) -> dict[str, Statement]:
    """The last statement of each source by time; at one time, what weighs against haste: the higher symbol."""
    found: dict[str, Statement] = {}
    for one in statements:
        held = found.get(one.source)
        if held is None or _late(one) > _late(held):
            found[one.source] = one
    return found


def _late(one: Statement) -> tuple[int, int, str]:
    return (one.at_ms, symbol_of(one), one.id)


def root_of(name: str, parents: Mapping[str, str]) -> str:
    """The source at the end of the declared and learnt relays; a ring ends where it began to repeat."""
    seen = [name]
    for _ in range(_DEEP):
        above = parents.get(seen[-1])
        if above is None:
            break
        if above in seen:
            return min(seen[seen.index(above) :])
        seen.append(above)
    return seen[-1]


def voices(
    statements: Sequence[Statement],
    sources: Mapping[str, Witness],
    parents: Mapping[str, str],
    rank: Callable[[Statement], tuple[int, ...]],
) -> list[Voice]:
    """Every voice on one hypothesis. ``parents`` names the source that each known relay repeats.

    ``rank`` orders those of one voice that spoke at one time: the first speaks for all.
    """
    said = latest(statements)
    texts = [one.words for one in said.values() if one.words is not None]
    plain = len(texts) == len(said) and not near(texts)
    if plain and not any(one.copies is not None or name in parents for name, one in said.items()):
        return [Voice(name, symbol_of(one), one) for name, one in said.items()]
    bands = _Bands(said)
    for name, one in said.items():
        parent = one.copies or parents.get(name)
        if parent is not None and parent != name:
            bands.join(name, root_of(parent, parents), symbol_of(one))
        if one.words is None:
            bands.at_once(name, sources[name], one)
        else:
            bands.heard(name, one.words, symbol_of(one))
    return bands.voices(said, rank)


def near(texts: Sequence[int]) -> bool:
    """Whether any two of the texts are nearly the same."""
    if len(set(texts)) < len(texts):
        return True
    for shift, mask in _BLOCKS:
        seen: dict[int, list[int]] = {}
        for words in texts:
            block = words >> shift & mask
            others = seen.get(block)
            if others is None:
                seen[block] = [words]
                continue
            for other in others:
                if (words ^ other).bit_count() <= NEAR_BITS:
                    return True
            others.append(words)
    return False


class _Bands:
    """Sources joined while they say the same."""

    def __init__(self, said: Mapping[str, Statement]) -> None:
        self._said = said
        self._above: dict[tuple[str, int], tuple[str, int]] = {}
        self._texts: dict[tuple[int, int], tuple[str, int]] = {}
        self._blocks: dict[tuple[int, int, int], list[tuple[int, tuple[str, int]]]] = {}
        self._copies: set[tuple[str, int]] = set()
        self._moments: dict[tuple[str, str, str | None, int, int], tuple[str, int]] = {}
        self.joined = False

    def join(self, name: str, root: str, symbol: int) -> None:
        """``name`` repeats ``root``, in so far as it says the same."""
        self._copies.add((name, symbol))
        self._unite((name, symbol), (root, symbol))

    def at_once(self, name: str, source: Witness, said: Statement) -> None:
        """Join ``name`` with whom nothing but the name tells it apart from."""
        symbol = symbol_of(said)
        key = (source.kind, source.group, source.side, said.at_ms, symbol)
        same = self._moments.setdefault(key, (name, symbol))
        if same[0] != name:
            self._unite((name, symbol), same)

    def heard(self, name: str, words: int, symbol: int) -> None:
        """Join ``name`` with one whose text is nearly the same; only texts of their own are kept to compare."""
        same = self._texts.get((words, symbol))
        if same is not None:
            self._unite((name, symbol), same)
            return
        self._texts[words, symbol] = (name, symbol)
        blocks = [
            self._blocks.setdefault((at, words >> shift & mask, symbol), [])
            for at, (shift, mask) in enumerate(_BLOCKS)
        ]
        for block in blocks:
            for near, other in block:
                if (near ^ words).bit_count() <= NEAR_BITS:
                    self._unite((name, symbol), other)
                    return
        for block in blocks:
            block.append((words, (name, symbol)))

    def _top(self, key: tuple[str, int]) -> tuple[str, int]:
        while key in self._above:
            above = self._above[key]
            further = self._above.get(above)
            if further is not None:
                self._above[key] = further
            key = above
        return key

    def _unite(self, one: tuple[str, int], other: tuple[str, int]) -> None:
        self.joined = True
        tops = (self._top(one), self._top(other))
        if tops[0] != tops[1]:
            self._above[tops[0]] = tops[1]

    def voices(
        self, said: Mapping[str, Statement], rank: Callable[[Statement], tuple[int, ...]]
    ) -> list[Voice]:
        """Each band as one voice."""
        bands: dict[tuple[str, int], list[Statement]] = {}
        for name, one in said.items():
            bands.setdefault(self._top((name, symbol_of(one))), []).append(one)
        return [_voice(key[1], band, self._copies, rank) for key, band in bands.items()]


def _voice(
    symbol: int,
    band: list[Statement],
    copies: AbstractSet[tuple[str, int]],
    rank: Callable[[Statement], tuple[int, ...]],
) -> Voice:
    """The first to speak of those that repeat nobody known answers for all; of a ring, or of a silent root, the first.

    So one more who repeats them never changes who answers.
    """
    owners = [one for one in band if (one.source, symbol) not in copies] or band
    first = min(owners, key=lambda one: (one.at_ms, rank(one), one.id))
    return Voice(first.source, symbol, first, tuple(one for one in band if one is not first))
