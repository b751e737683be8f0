"""What reports need beyond the casebook, and the ground that tells where things lie."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from trucekeeper.findings.model import Erratum, Reply
from trucekeeper.findings.ports import Casebook
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.places.position import Position, Region
from trucekeeper.places.zone import Lattice, Shape, Touch
from trucekeeper.record.ref import Ref
from trucekeeper.screening.model import Touching


@dataclass(frozen=True, slots=True)
class Correction:
    """An erratum as recorded: entry ``ref``, admitted ``at``."""

    ref: Ref
    at: Instant
    erratum: Erratum


@dataclass(frozen=True, slots=True)
class Answered:
    """A side's reply as recorded: entry ``ref``, admitted ``at``."""

    ref: Ref
    at: Instant
    reply: Reply


@dataclass(frozen=True, slots=True)
class Announced:
    """Something announced that was struck all the same: case ``ref``, opened ``at``; its notifier agreed to be counted.

    ``category`` is its type and function, such as hospital. Nothing here says where it is, or whose.
    """

    ref: Ref
    at: Instant
    category: str


class Reportbook(Casebook, Protocol):
    """A casebook that also tells what screening, the sides and the errata said; ``upto`` as there."""

    def touchings(self, when: Interval | None = None, upto: int | None = None) -> Iterator[Touching]:
        """What the observations whose time overlaps ``when`` touch, in the order of the record."""
        ...

    def corrections(self, upto: int | None = None) -> Iterator[Correction]:
        """Every erratum, in the order of the record."""
        ...

    def replies(self, upto: int | None = None) -> Iterator[Answered]:
        """Every side's reply, in the order of the record."""
        ...

    def announced(self, upto: int | None = None) -> tuple[Announced, ...]:
        """Every struck case that its notifier released for reports, in the order of the record."""
        ...

    def admitted(self, refs: Iterable[Ref]) -> Mapping[Ref, Instant]:
        """When these entries (a row's: its batch) were admitted to the record; those that it has not are left out."""
        ...


class Ground(Protocol):
    """Exact geometry; behind a port so that counting can be tested without it."""

    def touch(self, region: Region, shape: Shape) -> Touch:
        """How an uncertain region meets a shape."""
        ...

    def lattice(self, shapes: Sequence[Shape]) -> Lattice:
        """Places that stand for equal parts of the shapes' area together."""
        ...

    def within(self, region: Region, places: Sequence[Position]) -> tuple[bool, ...]:
        """For each place, whether the region surely holds it."""
        ...

    def outline(self, shape: Shape) -> tuple[tuple[Position, ...], ...]:
        """The rings that bound a shape, for drawing."""
        ...
