"""The casebook over the projections: what is known up to one entry of the record, and no more."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import sqlalchemy as sa

from trucekeeper.findings import wire as findings_wire
from trucekeeper.findings.evidence import unknown_source
from trucekeeper.findings.model import Ballot, Case, Vote
from trucekeeper.incidents import lifecycle
from trucekeeper.incidents import wire as incidents_wire
from trucekeeper.incidents.act import Act
from trucekeeper.incidents.lifecycle import Register
from trucekeeper.incidents.model import Incident, Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind
from trucekeeper.parties.model import Source
from trucekeeper.record.ref import Ref
from trucekeeper.reports import wire as reports_wire
from trucekeeper.reports.ports import Announced, Answered, Correction
from trucekeeper.reports.wire import Published
from trucekeeper.screening.model import Touching
from trucekeeper.stores import erased, reading
from trucekeeper.stores.announced import announced
from trucekeeper.stores.proceedings import Proceedings
from trucekeeper.stores.rows import tests_of
from trucekeeper.stores.standing import Standing
from trucekeeper.stores.tables import (
    ENTRIES,
    ERASED,
    NEVER_MS,
    OBSERVATIONS,
    SOURCES,
    TOUCHINGS,
    UNREADABLE,
    below,
    number,
    ref_of,
)
from trucekeeper.stores.tail import Line, Tail

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the record as the office lists it."""

    entry: int
    kind: str
    holder: str
    party: str | None
    uid: str
    at: Instant
    digest: str


def _act(_connection: sa.Connection, line: Line) -> Act:
    return incidents_wire.read(line.body)


def _correction(_connection: sa.Connection, line: Line) -> Correction:
    return Correction(Ref(line.entry), line.at, findings_wire.read_erratum(line.body))


def _answered(_connection: sa.Connection, line: Line) -> Answered:
    return Answered(Ref(line.entry), line.at, findings_wire.read_reply(line.body))


def _report(_connection: sa.Connection, line: Line) -> Published:
    return reports_wire.read_report(line.body)


@dataclass(frozen=True, slots=True)
class SqlCasebook:
    """Reads the tables; every ``upto`` is a size of the record (None: all of it)."""

    engine: sa.Engine
    proceedings: Proceedings
    _acts: Tail[Act] = field(default_factory=lambda: Tail((incidents_wire.KIND,), _act))
    _standing: Standing = field(default_factory=Standing)
    _published: Tail[Published] = field(default_factory=lambda: Tail((reports_wire.REPORT,), _report))
    _corrections: Tail[Correction] = field(
        default_factory=lambda: Tail((findings_wire.ERRATUM,), _correction)
    )
    _answered: Tail[Answered] = field(default_factory=lambda: Tail((findings_wire.REPLY,), _answered))

    def size(self) -> int:
        """How many entries the projections hold."""
        with self.engine.connect() as connection:
            last = connection.execute(sa.select(sa.func.max(ENTRIES.c.entry))).scalar_one_or_none()
        return 0 if last is None else last + 1

    def size_at(self, at: Instant) -> int:
        """The first entry index not yet recorded at ``at`` (admission time)."""
        with self.engine.connect() as connection:
            later = sa.select(sa.func.min(ENTRIES.c.entry)).where(ENTRIES.c.admitted_ms > at)
            first: int | None = connection.execute(later).scalar_one_or_none()
        return self.size() if first is None else first

    def sightings(
        self, when: Interval | None = None, kinds: tuple[Kind, ...] = (), upto: int | None = None
    ) -> Iterator[Sighting]:
        """Observations whose time overlaps ``when``, in the order of the record; empty ``kinds`` means all."""
        asked = sa.select(OBSERVATIONS.c.id, OBSERVATIONS.c.body).where(*_known(when, upto))
        if kinds:
            asked = asked.where(OBSERVATIONS.c.kind.in_([kind.value for kind in kinds]))
        with self.engine.connect() as connection:
            yield from reading.pages(connection, asked)

    def sighting(self, ref: Ref) -> Sighting:
        """One observation; NotFound where the ref names none."""
        with self.engine.connect() as connection:
            return reading.one(connection, ref)

    def recorded(self, source_id: str, uids: tuple[str, ...]) -> dict[str, Ref]:
        """Where observations of a source stand already, by their uid; the first, where one stands twice."""
        found: dict[str, Ref] = {}
        with self.engine.connect() as connection:
            for start in range(0, len(uids), _AT_ONCE):
                asked = (
                    sa.select(OBSERVATIONS.c.uid, sa.func.min(OBSERVATIONS.c.id))
                    .where(OBSERVATIONS.c.source == source_id)
                    .where(OBSERVATIONS.c.uid.in_(uids[start : start + _AT_ONCE]))
                    .group_by(OBSERVATIONS.c.uid)
                )
                found.update((uid, ref_of(first)) for uid, first in connection.execute(asked))
        return found

    def source(self, source_id: str, upto: int | None = None) -> Source:
        """The register's latest line on a source; an unregistered one is of no interest group and grade F."""
        asked = sa.select(SOURCES.c.body).where(SOURCES.c.source == source_id)
        if upto is not None:
            asked = asked.where(SOURCES.c.entry < upto)
        with self.engine.connect() as connection:
            latest = asked.order_by(SOURCES.c.entry.desc()).limit(1)
            body = connection.execute(latest).scalar_one_or_none()
        return unknown_source(source_id) if body is None else reading.source(body)

    def sources(self, upto: int | None = None) -> dict[str, Source]:
        """The whole register as it stood, by id."""
        return {name: source for name, (_, source) in self.lines(upto).items()}

    def lines(self, upto: int | None = None) -> dict[str, tuple[Ref, Source]]:
        """As :meth:`sources`, with the entry of the line in force on each."""
        asked = sa.select(SOURCES.c.source, SOURCES.c.entry, SOURCES.c.body).order_by(SOURCES.c.entry)
        if upto is not None:
            asked = asked.where(SOURCES.c.entry < upto)
        with self.engine.connect() as connection:
            rows = connection.execute(asked)
            return {row.source: (Ref(row.entry), reading.source(row.body)) for row in rows}

    def register(self, upto: int | None = None) -> Register:
        """Incidents as people made them, after all acts below ``upto``."""
        with self.engine.connect() as connection:
            return self._standing.after(self._acts.upto(connection, upto))

    def incidents(self, when: Interval | None = None, upto: int | None = None) -> Iterator[Incident]:
        """Incidents after all merges and splits by people, by id."""
        register = self.register(upto)
        with self.engine.connect() as connection:
            chosen = _meeting(connection, register.members, when)
            wanted = [number(ref) for members in chosen.values() for ref in members]
            known = {one.ref: one for one in reading.several(connection, wanted)}
        for incident_id, members in chosen.items():
            yield lifecycle.incident(incident_id, (known[ref] for ref in members if ref in known))

    def incident(self, incident_id: str, upto: int | None = None) -> Incident:
        """One incident, also by an id that was merged into it; NotFound where there is none."""
        register = self.register(upto)
        standing = register.resolve(incident_id)
        with self.engine.connect() as connection:
            members = tuple(reading.several(connection, map(number, register.members[standing])))
        if not members:
            msg = f"every observation of {standing} was erased, so nothing is known of it; leave it as it stands"
            raise NotFound(msg)
        return lifecycle.incident(standing, members)

    def lost(self, incident_id: str, upto: int | None = None) -> tuple[Ref, ...]:
        """The observations of an incident that were erased since they came, whole or in what rules read."""
        register = self.register(upto)
        with self.engine.connect() as connection:
            return erased.lost(connection, register.members[register.resolve(incident_id)])

    def erasures(self) -> tuple[tuple[Ref, str | None], ...]:
        """All that was erased, entries and rows or (with its path) a field, in the order of the erasures."""
        asked = sa.select(ERASED.c.entry, ERASED.c.row, ERASED.c.path).order_by(ERASED.c.approval)
        with self.engine.connect() as connection:
            return tuple((Ref(entry, row), path) for entry, row, path in connection.execute(asked))

    def cases(self, upto: int | None = None) -> Iterator[Case]:
        """Every case with its state, in the order of the record."""
        with self.engine.connect() as connection:
            found = self.proceedings.cases(connection, upto)
        yield from found

    def case(self, ref: Ref, upto: int | None = None) -> Case:
        """The case that finding entry ``ref`` opened; NotFound where it opened none."""
        with self.engine.connect() as connection:
            return self.proceedings.case(connection, ref, upto)

    def cited_on(self, incident_id: str) -> tuple[Ref, ...]:
        """Every entry and row that an incident and its cases rest on and that is there, in the order of the record.

        Its observations and their sources' lines in the register, the acts of triage that made it, and of each
        of its cases the draft, all that its reasons cite, the invitations, replies, votes and errata.
        """
        register, incident = self.register(), self.incident(incident_id)
        found = {one.ref for one in incident.members}
        with self.engine.connect() as connection:
            found.update(_making(incident.id, self._acts.upto(connection, None)))
        for case in self.cases():
            if _standing(register, case) == incident.id:
                found.update((case.ref, *case.sources, *case.invitations, *case.replies, *case.errata))
                found.update(vote.ref for vote in case.votes)
                found.update(ref for one in case.findings for reason in one.reasons for ref in reason.refs)
        with self.engine.connect() as connection:
            found.difference_update(erased.lost(connection, tuple(found), wholly=True))
        return tuple(sorted({*found, *self._register_lines(found)}))

    def _register_lines(self, refs: Iterable[Ref]) -> tuple[Ref, ...]:
        with self.engine.connect() as connection:
            named = {one.observation.source for one in reading.several(connection, map(number, refs))}
            asked = sa.select(SOURCES.c.entry).where(SOURCES.c.source.in_(sorted(named)))
            return tuple(Ref(entry) for entry in connection.execute(asked).scalars())

    def tried(self, ballot: Ballot, voter: str, key: str, at: Instant) -> Vote:
        """What would become of this vote if it were recorded at ``at``; its ``void`` says why it would not count."""
        with self.engine.connect() as connection:
            return self.proceedings.tried(connection, ballot, voter, key, at)

    def touchings(self, when: Interval | None = None, upto: int | None = None) -> Iterator[Touching]:
        """What the observations whose time overlaps ``when`` touch, in the order of the record."""
        asked = (
            sa.select(TOUCHINGS)
            .join(OBSERVATIONS, OBSERVATIONS.c.id == TOUCHINGS.c.observation)
            .where(*_known(when, upto))
            .order_by(TOUCHINGS.c.observation, TOUCHINGS.c.term, TOUCHINGS.c.reading)
        )
        with self.engine.connect() as connection:
            for row in connection.execution_options(yield_per=2000).execute(asked).mappings():
                yield _touching(row)

    def touchings_of(self, refs: tuple[Ref, ...]) -> tuple[Touching, ...]:
        """What these observations touch, in the order of the record."""
        found: list[Touching] = []
        with self.engine.connect() as connection:
            for start in range(0, len(refs), _AT_ONCE):
                part = [number(ref) for ref in sorted(refs)[start : start + _AT_ONCE]]
                asked = sa.select(TOUCHINGS).where(TOUCHINGS.c.observation.in_(part))
                ordered = asked.order_by(TOUCHINGS.c.observation, TOUCHINGS.c.term, TOUCHINGS.c.reading)
                found.extend(_touching(row) for row in connection.execute(ordered).mappings())
        return tuple(found)

    def corrections(self, upto: int | None = None) -> Iterator[Correction]:
        """Every erratum, in the order of the record."""
        with self.engine.connect() as connection:
            found = self._corrections.upto(connection, upto)
        yield from (correction for _, correction in found)

    def replies(self, upto: int | None = None) -> Iterator[Answered]:
        """Every side's reply, in the order of the record."""
        with self.engine.connect() as connection:
            found = self._answered.upto(connection, upto)
        yield from (answered for _, answered in found)

    def admitted(self, refs: Iterable[Ref]) -> dict[Ref, Instant]:
        """When these entries (a row's: its batch) were admitted to the record."""
        asked = tuple(refs)
        wanted, times = sorted({ref.entry for ref in asked}), dict[int, Instant]()
        with self.engine.connect() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                some = ENTRIES.c.entry.in_(wanted[start : start + _AT_ONCE])
                rows = connection.execute(sa.select(ENTRIES.c.entry, ENTRIES.c.admitted_ms).where(some))
                times.update((row[0], Instant(row[1])) for row in rows)
        return {ref: times[ref.entry] for ref in asked if ref.entry in times}

    def announced(self, upto: int | None = None) -> tuple[Announced, ...]:
        """Every struck case that its notifier released for reports."""
        with self.engine.connect() as connection:
            return announced(connection, upto)

    def published(self, upto: int | None = None) -> tuple[tuple[Ref, Published], ...]:
        """Every report that was published, in the order of the record."""
        with self.engine.connect() as connection:
            return tuple((Ref(entry), one) for entry, one in self._published.upto(connection, upto))

    def entries(self, kinds: tuple[str, ...] = (), upto: int | None = None) -> Iterator[Listed]:
        """The entries of these kinds (empty: all) with what is known of them, in the order of the record."""
        asked = sa.select(ENTRIES).order_by(ENTRIES.c.entry)
        if kinds:
            asked = asked.where(ENTRIES.c.kind.in_(kinds))
        if upto is not None:
            asked = asked.where(ENTRIES.c.entry < upto)
        with self.engine.connect() as connection:
            for row in connection.execution_options(yield_per=2000).execute(asked):
                at = Instant(row.admitted_ms)
                yield Listed(row.entry, row.kind, row.holder, row.party, row.uid, at, row.digest)

    def counts(self, upto: int | None = None) -> dict[str, int]:
        """How many entries there are of each kind."""
        asked = sa.select(ENTRIES.c.kind, sa.func.count()).group_by(ENTRIES.c.kind).order_by(ENTRIES.c.kind)
        if upto is not None:
            asked = asked.where(ENTRIES.c.entry < upto)
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(asked)}

    def unreadable(self, upto: int | None = None) -> tuple[tuple[Ref, str], ...]:
        """Entries and rows that say nothing, with the reason."""
        asked = sa.select(UNREADABLE).order_by(UNREADABLE.c.entry, UNREADABLE.c.row)
        if upto is not None:
            asked = asked.where(UNREADABLE.c.entry < upto)
        with self.engine.connect() as connection:
            return tuple((Ref(row.entry, row.row), row.why) for row in connection.execute(asked))


def _standing(register: Register, case: Case) -> str:
    return register.resolve(case.findings[0].incident)


def _making(incident_id: str, acts: Iterable[tuple[int, Act]]) -> Iterator[Ref]:
    """The acts that changed an incident, or one that was merged into it."""
    register = Register()
    changes: list[tuple[Ref, tuple[str, ...]]] = []
    for entry, act in acts:
        with suppress(Conflict, NotFound, BadInput):
            changes.append((Ref(entry), register.apply(act)))
    for ref, changed in changes:
        if any(register.resolve(one) == incident_id for one in changed):
            yield ref


def _known(when: Interval | None, upto: int | None) -> list[sa.ColumnElement[bool]]:
    """The conditions of :meth:`Interval.overlaps` and of ``upto``, in SQL."""
    start, end = OBSERVATIONS.c.start_ms, OBSERVATIONS.c.end_ms
    conditions: list[sa.ColumnElement[bool]] = []
    if when is not None:
        conditions.append(sa.or_(when.start < end, start == when.start))
        if when.end is not None:
            conditions.append(sa.or_(start < when.end, start == when.start))
    if upto is not None:
        conditions.append(OBSERVATIONS.c.id < below(upto))
    return conditions


def _meeting(
    connection: sa.Connection, incidents: Mapping[str, tuple[Ref, ...]], when: Interval | None
) -> dict[str, tuple[Ref, ...]]:
    """The incidents, by id, of whose members something is left, and their hull overlaps ``when``."""
    ordered = dict(sorted(incidents.items()))
    times = reading.times(connection, (number(ref) for members in ordered.values() for ref in members))
    found: dict[str, tuple[Ref, ...]] = {}
    for incident_id, members in ordered.items():
        left = [times[number(ref)] for ref in members if number(ref) in times]
        if left and (when is None or _hull(left).overlaps(when)):
            found[incident_id] = members
    return found


def _hull(times: Sequence[tuple[int, int]]) -> Interval:
    end = max(end for _, end in times)
    return Interval(Instant(min(start for start, _ in times)), None if end == NEVER_MS else Instant(end))


def _touching(row: sa.RowMapping) -> Touching:
    ref, answer, tests = ref_of(row["observation"]), Truth(row["answer"]), tests_of(row["tests"])
    return Touching(ref, row["term"], row["reading"], answer, row["share_ppm"], tests)
