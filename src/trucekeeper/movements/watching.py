"""Who looked: reads of protected sites, and how much was asked by those who are not cleared."""

from dataclasses import dataclass

from trucekeeper.kernel.clock import Instant

PERIOD_MS = 3_600_000
"""Probing is counted by the hour: one line a caller, not one a question."""


@dataclass(frozen=True, slots=True)
class Read:
    """``caller`` is about to be shown these protected sites whole (numbers of notices). No place is written here."""

    caller: str
    notices: tuple[int, ...]
    by: str
    """How: notice, list, recipients, sheet or conflicts."""


@dataclass(frozen=True, slots=True)
class Probes:
    """What ``caller`` asked about conflicts from ``start`` up to ``end``.

    ``asked`` questions were answered, ``met`` of them with some cell, and ``refused`` more came too fast.
    """

    caller: str
    start: Instant
    end: Instant
    asked: int
    met: int
    refused: int
