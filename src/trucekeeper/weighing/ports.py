"""The port behind which every way of weighing stands."""

from collections.abc import Sequence
from typing import Protocol

from trucekeeper.weighing.model import Hypothesis, Item, Weight


class Weigher(Protocol):
    """Weighs items of evidence for one hypothesis; the order of the items never matters."""

    def weigh(self, hypothesis: Hypothesis, items: Sequence[Item]) -> Weight:
        """The probability and what it rests on."""
        ...
