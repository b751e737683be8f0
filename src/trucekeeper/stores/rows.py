"""One entry of the record to the rows it adds: a function of the entry and the agreement, nothing else.

So it makes no difference whether the entry was just appended or is read again years later.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trucekeeper.findings import wire as findings_wire
from trucekeeper.incidents import wire as incidents_wire
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.truth import Truth
from trucekeeper.movements.wire import delivery, handover, notices, steps
from trucekeeper.observations import wire as observations_wire
from trucekeeper.parties import wire as parties_wire
from trucekeeper.record.ref import Ref
from trucekeeper.reports import wire as reports_wire
from trucekeeper.screening.model import Test, Touching
from trucekeeper.stores.box import single
from trucekeeper.stores.tables import NEVER_MS, number

Row = tuple[str | int | bytes | None, ...]
"""The values of one row, in the order of its table's columns."""

Screen = Callable[[Sequence[Sighting]], Iterable[Touching]]
"""Which terms these observations touch, in any order."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as the record gives it: who signed it, for whom, when it was admitted, and what it says."""

    entry: int
    kind: str
    holder: str
    key: str
    party: str | None
    uid: str
    at: Instant
    digest: str
    body: Mapping[str, Json]
    rows: int
    hidden: int = 0
    """How many fields of the body are not told to the office, or not any more."""


def _finding(body: bytes) -> None:
    findings_wire.read_finding(body)


def _invitation(body: bytes) -> int:
    return findings_wire.read_invitation(body).finding.entry


def _reply(body: bytes) -> int:
    return findings_wire.read_reply(body).finding.entry


def _vote(body: bytes) -> int:
    return findings_wire.read_vote(body).finding.entry


def _erratum(body: bytes) -> int:
    return findings_wire.read_erratum(body).corrects.entry


def _notice(body: bytes) -> int | None:
    return notices.read(_opened(body)).amends


def _step(body: bytes) -> int:
    return steps.read_step(_opened(body)).notice


def _delivery(body: bytes) -> int:
    return delivery.read(_opened(body)).notice


def _handover(body: bytes) -> int | None:
    return handover.read(_opened(body)).amends


def _answer(body: bytes) -> int:
    return steps.read_answer(_opened(body)).notice


def _opened(body: bytes) -> Mapping[str, Json]:
    opened: Mapping[str, Json] = json.loads(body)
    return opened


def _act(body: bytes) -> None:
    incidents_wire.read(body)


def _report(body: bytes) -> None:
    reports_wire.read_report(body)


_ABOUT: Mapping[str, Callable[[bytes], int | None]] = {
    findings_wire.FINDING: _finding,
    findings_wire.INVITATION: _invitation,
    findings_wire.REPLY: _reply,
    findings_wire.VOTE: _vote,
    findings_wire.ERRATUM: _erratum,
    incidents_wire.KIND: _act,
    delivery.KIND: _delivery,
    handover.KIND: _handover,
    notices.KIND: _notice,
    steps.STEP: _step,
    steps.ANSWER: _answer,
    reports_wire.REPORT: _report,
}
"""Checks that a body says what its kind asks, and tells which entry it speaks of."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to add, by table; filled entry by entry, written together."""

    entries: list[Row] = field(default_factory=list[Row])
    bodies: list[Row] = field(default_factory=list[Row])
    observations: list[Row] = field(default_factory=list[Row])
    boxes: list[Row] = field(default_factory=list[Row])
    sources: list[Row] = field(default_factory=list[Row])
    unreadable: list[Row] = field(default_factory=list[Row])
    sightings: list[Sighting] = field(default_factory=list[Sighting])

    def __len__(self) -> int:
        return len(self.entries) + len(self.observations)

    def add_entry(self, one: Recorded) -> None:
        """The entry's own line, and what its body says; the rows of a batch come apart."""
        self.entries.append(
            (one.entry, one.kind, one.holder, one.key, one.party, one.uid, one.at, one.digest)
        )
        if one.kind == observations_wire.KIND and one.hidden:
            why = f"an observation of which {one.hidden} fields are not told; it counts for nothing"
            self._cannot(Ref(one.entry), BadInput(why))
        elif one.kind == observations_wire.KIND:
            self.add_seen(Ref(one.entry), one.body, canon.encode(dict(one.body)))
        elif one.kind == parties_wire.KIND:
            self._add_source(one)
        else:
            self._add_said(one)

    def add_row(self, ref: Ref, raw: bytes) -> None:
        """A row of a batch: the body of an observation, which admission found to be canonical."""
        body: Mapping[str, Json] = json.loads(raw)
        self.add_seen(ref, body, raw)

    def add_seen(self, ref: Ref, body: Mapping[str, Json], raw: bytes) -> None:
        """What an observation says."""
        try:
            seen = observations_wire.read(body)
        except BadInput as error:
            self._cannot(ref, error)
            return
        box, at = single(seen.where), number(ref)
        since, till = seen.when.start, NEVER_MS if seen.when.end is None else seen.when.end
        place = (box.south_u, box.west_u, box.north_u, box.east_u)
        said = (seen.source, seen.uid, seen.kind.value, seen.act)
        self.observations.append((at, ref.entry, ref.row, *said, since, till, *place, raw))
        self.boxes.append((at, box.south_u, box.north_u, box.west_u, box.east_u, since, till))
        self.sightings.append(Sighting(ref, seen))

    def _add_said(self, one: Recorded) -> None:
        body = canon.encode(dict(one.body))
        about = None
        check = _ABOUT.get(one.kind)
        if check is not None:
            try:
                about = check(body)
            except BadInput as error:
                self._cannot(Ref(one.entry), error)
                return
        self.bodies.append((one.entry, one.kind, about, body))

    def _add_source(self, one: Recorded) -> None:
        try:
            source = parties_wire.read(one.body)
        except BadInput as error:
            self._cannot(Ref(one.entry), error)
            return
        body = canon.encode(dict(one.body))
        self.sources.append((one.entry, source.id, body))

    def _cannot(self, ref: Ref, error: BadInput) -> None:
        self.unreadable.append((ref.entry, ref.row, str(error)))


def touching(one: Touching) -> Row:
    """The row of a touching; its tests as lines of name, answer and words, with tabs between them."""
    said = "\n".join([f"{test.name}\t{test.answer.value}\t{test.says}" for test in one.tests])
    return (number(one.ref), one.term, one.reading, one.answer.value, one.share_ppm, said)


def tests_of(said: str) -> tuple[Test, ...]:
    """The tests that :func:`touching` wrote."""
    parts = (line.split("\t", 2) for line in said.split("\n") if line)
    return tuple(Test(name, Truth(answer), says) for name, answer, says in parts)
