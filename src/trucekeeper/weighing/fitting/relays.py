"""Undeclared copies: sources that share more with another than what is so explains.

P(o_j | V, o_parent) = c [o_j = o_parent] + (1 - c) T_j(V, o_j). Two good sources share what is true; what is false
they share by copying. So each pair's shared statements are weighed by how surprising they are, given what is now
taken to be true; and a pair that agrees always, where others do not, is held for one. Who speaks first is the parent.
"""

import numpy as np

from trucekeeper.weighing.copying import latest
from trucekeeper.weighing.evidence import Evidence
from trucekeeper.weighing.fit import MILLION, SYMBOLS, Copying, Fit, symbol_of
from trucekeeper.weighing.fitting.dirichlet import Floats
from trucekeeper.weighing.scale import stance_of

RATES = (0.95,)
FEWEST = 6
"""A pair that met less often is not judged."""

MOST_SOURCES = 3_000
MARGIN = 5.0
"""Nats beyond the number of pairs that were tried."""


def relays(evidence: Evidence, fit: Fit, truth: Floats) -> tuple[Copying, ...]:
    """The pairs that are held for relay and root; ``truth`` is hypotheses x causes."""
    said = _Said(evidence, fit, truth)
    return () if len(said.names) < 2 else said.found()


class _Said:
    """Who said what, as matrices of sources x hypotheses."""

    def __init__(self, evidence: Evidence, fit: Fit, truth: Floats) -> None:
        by_item: dict[str, list[int]] = {}
        for at, one in enumerate(evidence.statements):
            by_item.setdefault(one.hypothesis, []).append(at)
        count: dict[str, int] = {}
        for one in evidence.statements:
            count[one.source] = count.get(one.source, 0) + 1
        often = sorted(
            (name for name in count if count[name] >= FEWEST), key=lambda name: (-count[name], name)
        )
        self.names = often[:MOST_SOURCES]
        rows = {name: at for at, name in enumerate(self.names)}
        shape = (len(self.names), len(evidence.hypotheses))
        self.symbol = np.full(shape, -1, dtype=np.int64)
        self.chance = np.ones(shape)
        self.at = np.zeros(shape)
        sources = {one.id: one for one in evidence.sources}
        for item, alleged in enumerate(evidence.hypotheses):
            mine = latest([evidence.statements[at] for at in by_item.get(alleged.id, ())])
            for name, one in mine.items():
                row = rows.get(name)
                if row is None:
                    continue
                source = sources[name]
                table = fit.table(name, source.kind, stance_of(source, alleged), alleged.named)
                column = [line[symbol_of(one)] for line in table]
                self.symbol[row, item] = symbol_of(one)
                self.chance[row, item] = max(float(np.dot(truth[item], column)) / MILLION, 1e-4)
                self.at[row, item] = one.at_ms

    def found(self) -> tuple[Copying, ...]:
        """Each relay once, with the parent that explains it best."""
        size = len(self.names)
        speaks = (self.symbol >= 0).astype(np.float64)
        says = [(self.symbol == symbol).astype(np.float64) for symbol in range(len(SYMBOLS))]
        met = speaks @ speaks.T
        agreed = np.asarray(sum(one @ one.T for one in says), dtype=np.float64)
        best, rate = np.full((size, size), -np.inf), np.zeros((size, size))
        for share in RATES:
            worth = np.log((share + (1 - share) * self.chance) / self.chance)
            score = np.asarray(sum((worth * one) @ one.T for one in says), dtype=np.float64)
            score += (met - agreed) * np.log1p(-share)
            rate = np.where(score > best, share, rate)
            best = np.maximum(best, score)
        paired = met >= FEWEST
        np.fill_diagonal(paired, val=False)
        if not paired.any():
            return ()
        usual = float(np.median(agreed[paired] / met[paired]))
        same = np.where(agreed == met, met * -np.log(min(max(usual, 0.5), 0.99)), -np.inf)
        asked = np.log(paired.sum()) + MARGIN
        score = np.where(paired, np.maximum(best, same), -np.inf)
        rate = np.where(agreed == met, np.maximum(rate, (met + 1) / (met + 2)), rate)
        first = self._first(speaks)
        return self._parents(score, asked, rate, first)

    def _first(self, speaks: Floats) -> Floats:
        """Above 0 where the column's source speaks before the row's, on the mean of what both spoke of."""
        late = (self.at * speaks) @ speaks.T
        return np.asarray(late - late.T, dtype=np.float64)

    def _parents(self, score: Floats, asked: float, rate: Floats, first: Floats) -> tuple[Copying, ...]:
        found: list[Copying] = []
        for child, name in enumerate(self.names):
            able = (score[child] > asked) & (
                (first[child] > 0) | ((first[child] == 0) & (np.arange(len(self.names)) < child))
            )
            if able.any():
                parent = int(np.where(able, score[child], -np.inf).argmax())
                found.append(Copying(name, self.names[parent], int(rate[child, parent] * MILLION)))
        return tuple(found)
