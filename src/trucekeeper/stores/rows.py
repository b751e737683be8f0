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
from trucekeeper.observations import wire as observations_wire
from trucekeeper.observations.model import Observation
from trucekeeper.parties import wire as parties_wire
from trucekeeper.record.ref import Ref
from trucekeeper.reports import wire as reports_wire
from trucekeeper.screening.model import Touching
from trucekeeper.stores.box import Box, single
from trucekeeper.stores.database import Boxed
from trucekeeper.stores.tables import NEVER_MS, number

Row = dict[str, str | int | bytes | None]
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
    reports_wire.REPORT: _report,
}
"""Checks that a body says what its kind asks, and tells which entry it speaks of."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to add, by table; filled entry by entry, written together."""

    entries: list[Row] = field(default_factory=list[Row])
    bodies: list[Row] = field(default_factory=list[Row])
    observations: list[Row] = field(default_factory=list[Row])
    boxes: list[Boxed] = field(default_factory=list[Boxed])
    sources: list[Row] = field(default_factory=list[Row])
    unreadable: list[Row] = field(default_factory=list[Row])
    sightings: list[Sighting] = field(default_factory=list[Sighting])

    def __len__(self) -> int:
        return len(self.entries) + len(self.observations)

    def add_entry(self, one: Recorded) -> None:
        """The entry's own line, and what its body says; the rows of a batch come apart."""
        self.entries.append(
            {
                "entry": one.entry,
                "kind": one.kind,
                "holder": one.holder,
                "key": one.key,
                "party": one.party,
                "uid": one.uid,
                "admitted_ms": one.at,
                "digest": one.digest,
            }
        )
        if one.kind == observations_wire.KIND:
            self._add_seen(Ref(one.entry), one.body, canon.encode(dict(one.body)))
        elif one.kind == parties_wire.KIND:
            self._add_source(one)
        else:
            self._add_said(one)

    def add_row(self, ref: Ref, raw: bytes) -> None:
        """A row of a batch: the body of an observation, which admission found to be canonical."""
        body: Mapping[str, Json] = json.loads(raw)
        self._add_seen(ref, body, raw)

    def _add_seen(self, ref: Ref, body: Mapping[str, Json], raw: bytes) -> None:
        try:
            seen = observations_wire.read(body)
        except BadInput as error:
            self._cannot(ref, error)
            return
        box = single(seen.where)
        row = _observation(ref, seen, box, raw)
        self.sightings.append(Sighting(ref, seen))
        self.observations.append(row)
        since, till = seen.when.start, NEVER_MS if seen.when.end is None else seen.when.end
        self.boxes.append(Boxed(number(ref), box, since, till))

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
        self.bodies.append({"entry": one.entry, "kind": one.kind, "about": about, "body": body})

    def _add_source(self, one: Recorded) -> None:
        try:
            source = parties_wire.read(one.body)
        except BadInput as error:
            self._cannot(Ref(one.entry), error)
            return
        body = canon.encode(dict(one.body))
        self.sources.append({"entry": one.entry, "source": source.id, "body": body})

    def _cannot(self, ref: Ref, error: BadInput) -> None:
        self.unreadable.append({"entry": ref.entry, "row": ref.row, "why": str(error)})


def touching(one: Touching) -> Row:
    """The row of a touching."""
    tests = [[test.name, test.answer.value, test.says] for test in one.tests]
    return {
        "observation": number(one.ref),
        "term": one.term,
        "reading": one.reading,
        "answer": one.answer.value,
        "share_ppm": one.share_ppm,
        "tests": json.dumps(tests, separators=(",", ":")),
    }


def _observation(ref: Ref, seen: Observation, box: Box, raw: bytes) -> Row:
    return {
        "id": number(ref),
        "entry": ref.entry,
        "row": ref.row,
        "source": seen.source,
        "uid": seen.uid,
        "kind": seen.kind.value,
        "act": seen.act,
        "start_ms": seen.when.start,
        "end_ms": NEVER_MS if seen.when.end is None else seen.when.end,
        "south_u": box.south_u,
        "west_u": box.west_u,
        "north_u": box.north_u,
        "east_u": box.east_u,
        "body": raw,
    }
