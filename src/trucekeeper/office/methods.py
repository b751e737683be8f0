"""The ways of weighing and of screening that findings are drafted by, each under the name that they state."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from trucekeeper.findings.method import Way, by_fit
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.record import foureyes
from trucekeeper.record.ports import Record
from trucekeeper.weighing import adopted, fit, graded
from trucekeeper.weighing.graded import GradedWeigher
from trucekeeper.weighing.ports import Weigher
from trucekeeper.weighing.tabled import TableWeigher

SCREENING = "reference/1"
"""Changes whenever screening would answer otherwise: projections of another one are made anew."""

METHODS = f"{fit.METHOD} {SCREENING}"
"""What a new finding states as long as the record holds no approved fit."""

WEIGHERS: Mapping[str, Weigher] = MappingProxyType(
    {METHODS: TableWeigher.untaught(), f"{graded.METHOD} {SCREENING}": GradedWeigher()}
)
"""Every method that needs no entry to recompute by: what was found by an older one stays as it was found."""

_KINDS = (adopted.KIND, foureyes.KIND)


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways that a record knows: those of the software, and one for each fit that two people adopted."""

    record: Record
    _read: dict[int, Weigher | None] = field(default_factory=lambda: {})  # noqa: PIE807 - a bare dict has no type

    def at(self, upto: int) -> Way:
        """How a draft is made that knows the record up to ``upto``: by the fit that was adopted last."""
        last = Way(METHODS, WEIGHERS[METHODS])
        for last in self._adopted(upto):  # noqa: B007 - the last one holds
            pass
        return last

    def weighers(self, upto: int | None = None) -> Mapping[str, Weigher]:
        """Every way by the name that a draft may state."""
        return {**WEIGHERS, **{way.method: way.weigher for way in self._adopted(upto)}}

    def _adopted(self, upto: int | None) -> Iterator[Way]:
        for one in foureyes.approved(foureyes.told(self.record, _KINDS, 0, upto)):
            index = one.proposal.index
            if index not in self._read:
                self._read[index] = weigher(one.proposal.body)
            found = self._read[index]
            if found is not None:
                yield Way(by_fit(fit.METHOD, index, one.approval.index, SCREENING), found)


def disclosed(adoptions: Iterable[tuple[int, int, Mapping[str, Json]]]) -> Mapping[str, Weigher]:
    """Every way that a bundle makes known: by its fits, each with the entries of fit and approval, and the body."""
    read = (
        (by_fit(fit.METHOD, index, approval, SCREENING), weigher(body)) for index, approval, body in adoptions
    )
    return {**WEIGHERS, **{name: found for name, found in read if found is not None}}


def weigher(body: Mapping[str, Json]) -> Weigher | None:
    """What weighs by the tables of a recorded fit; None where it does not hold tables: nothing is weighed by it."""
    try:
        return TableWeigher(adopted.read(body).fit)
    except BadInput:
        return None
