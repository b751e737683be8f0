"""An incident: the observations of one happening, and why they were taken for one."""

from dataclasses import dataclass

from trucekeeper.kernel.clock import Interval
from trucekeeper.observations.model import Kind, Observation
from trucekeeper.record.ref import Ref

LINKED = tuple(kind for kind in Kind if kind is not Kind.COVERAGE)
"""Kinds that can belong to an incident."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """An observation with the place in the record that it is cited by."""

    ref: Ref
    observation: Observation


@dataclass(frozen=True, slots=True)
class Part:
    """One ground of a score: ``milli`` is a log-likelihood ratio in thousandths of a nat; ``says`` is for people."""

    test: str
    milli: int
    says: str


@dataclass(frozen=True, slots=True)
class PairScore:
    """How much speaks for two observations being of one happening; ``barred`` says why it can never be."""

    one: Ref
    other: Ref
    parts: tuple[Part, ...]
    barred: str | None = None

    @property
    def milli(self) -> int:
        """The sum of its parts."""
        return sum(part.milli for part in self.parts)


@dataclass(frozen=True, slots=True)
class Incident:
    """``id`` such as INC-2026-000123; ``members`` in the order of the record; ``when`` the hull of their times."""

    id: str
    members: tuple[Sighting, ...]
    when: Interval
