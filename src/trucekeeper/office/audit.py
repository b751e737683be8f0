"""Audits an office from its record and its agreement alone: nothing that the office derived is believed."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from trucekeeper.agreement import folder as agreement_folder
from trucekeeper.agreement import wire as agreement_wire
from trucekeeper.agreement.model import Agreement
from trucekeeper.findings import wire as findings_wire
from trucekeeper.findings.drafting import Inputs, redrawn
from trucekeeper.findings.model import Case, Draft
from trucekeeper.findings.recompute import Outcome, Recomputed, Rules, recompute
from trucekeeper.incidents import wire as incidents_wire
from trucekeeper.kernel import merkle
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import BadInput, NotFound, NotTrusted
from trucekeeper.kernel.keys import Signer
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations import wire as observations_wire
from trucekeeper.observations.model import Kind
from trucekeeper.office import folder as office_folder
from trucekeeper.office import settings as office_settings
from trucekeeper.office.methods import SCREENING, Ways
from trucekeeper.record import amendment, entry, erasure, foureyes, replay, tiles
from trucekeeper.record.keyset import KeySets
from trucekeeper.record.ports import Opened, Record
from trucekeeper.record.recheck import Rechecked, recheck
from trucekeeper.record.ref import Ref
from trucekeeper.record.replay import Replay
from trucekeeper.screening.reference import Screener
from trucekeeper.stores.casebook import SqlCasebook
from trucekeeper.stores.database import connected
from trucekeeper.stores.proceedings import Proceedings
from trucekeeper.stores.projections import Projections
from trucekeeper.stores.sql_reader import SqlReader
from trucekeeper.stores.story import Story
from trucekeeper.stores.tile_folder import TileFolder

_NEAR = 32
"""Entries that lie no further apart are read in one go."""

Told = Callable[[str, int], None]
"""Hears what is being done, and how much of it is."""


@dataclass(frozen=True, slots=True)
class Attested:
    """Entry ``index``: ``holder`` says, for ``party``, that it recomputed the record to a size.

    ``agrees`` is yes where root and outputs are those of this audit; unknown where either side lacked inputs.
    """

    index: int
    holder: str
    party: str | None
    replay: Replay
    agrees: Truth


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit of the whole record came to.

    ``unexplained`` are contents that are gone though no decision in force erased them. ``cases`` are as folded from
    the record. ``clock`` says whose word the time is that replies ran by: "witnesses" or "office".
    """

    rechecked: Rechecked
    agreement: str
    findings: tuple[Recomputed, ...]
    unexplained: tuple[Ref, ...]
    cases: tuple[Case, ...]
    replays: tuple[Attested, ...]
    clock: str

    @property
    def outputs(self) -> str:
        """The digest that two audits are compared by."""
        return outputs(self.findings)

    @property
    def clean(self) -> bool:
        """Whether nothing differs, and nothing is gone without a decision."""
        return not self.unexplained and all(one.outcome is not Outcome.DIFFERENT for one in self.findings)


def software() -> str:
    """What recomputes, as an attestation names it."""
    return f"trucekeeper {version('trucekeeper')}"


def outputs(findings: Sequence[Recomputed], below: int | None = None) -> str:
    """SHA-256 over the canonical list of [entry, output]; null where an output could not be recomputed."""
    return replay.outputs_digest(
        (one.ref.entry, one.computed) for one in findings if below is None or one.ref.entry < below
    )


def audit_office(
    root: Path, agreement: Path | None = None, told: Told | None = None, processes: int | None = None
) -> Audited:
    """Recheck the record in ``root`` and recompute its findings under the agreement in that folder (None: its own).

    Everything is held against the tiles under the published checkpoint. NotTrusted where the agreement is not the
    one on the record, Damaged where the record does not hold; a finding that differs is told, not raised.
    """
    folder = office_folder.opened(root)
    queue = office_settings.read(folder.settings).log.queue
    agreed = agreement_folder.load(agreement or folder.agreement)
    files = TileFolder(folder.log)
    hear = told or _unheard
    with Selected(root, queue) as record, tempfile.TemporaryDirectory() as place:
        _recorded(record, agreed)
        seen = recheck(
            partial(SqlReader, root, queue), files, lambda done: hear("leaves", done), processes, noted=needed
        )
        size = seen.checkpoint.size
        record.only = frozenset({*seen.noted, *_members(record, size)})
        record.upto = size
        engine = connected(Path(place) / "casebook.sqlite")
        try:
            projections = Projections(engine, Screener(agreed).screen, f"{SCREENING} {agreed.digest}")
            projections.follow(Story(record), lambda done, _goal: hear("entries", done))
            casebook = SqlCasebook(engine, Proceedings(agreed.procedure, record.keysets))
            rules = Rules(agreed, Ways(record).weighers(size))
            known = _Projected(record, casebook, frozenset(seen.erased))
            findings: list[Recomputed] = []
            for one in record.entries(0, size, (findings_wire.FINDING,)):
                findings.append(recompute(Ref(one.index), one.entry.body_bytes, known, rules))
                hear("findings", len(findings))
            return Audited(
                rechecked=seen,
                agreement=agreed.digest,
                findings=tuple(findings),
                unexplained=_unexplained(record, seen.erased, size),
                cases=tuple(casebook.cases(size)),
                replays=tuple(_replays(record, files, findings, size)),
                clock="office" if replay.policy_of(record.keysets().latest) is None else "witnesses",
            )
        finally:
            engine.dispose()


def rechecked(root: Path, progress: Callable[[int], None] | None = None) -> Rechecked:
    """The record in ``root`` against its tiles; findings are left out. Damaged where it does not hold."""
    folder = office_folder.opened(root)
    queue = office_settings.read(folder.settings).log.queue
    return recheck(partial(SqlReader, root, queue), TileFolder(folder.log), progress)


def attest(audited: Audited, signer: Signer, origin: str, now: Instant, uid: str) -> bytes:
    """A replay key's signed word on an audit, ready to be recorded; NotTrusted where the audit is not clean."""
    if not audited.clean:
        msg = "the audit found a difference, so there is nothing to attest; keep its answer, it is evidence"
        raise NotTrusted(msg)
    signed = audited.rechecked.checkpoint
    said = Replay(
        size=signed.size,
        root=signed.root,
        findings=len(audited.findings),
        recomputed=sum(one.outcome is Outcome.SAME for one in audited.findings),
        outputs=audited.outputs,
        software=software(),
    )
    return entry.seal(signer, replay.KIND, origin, uid, now, replay.body(said))


def needed(one: Opened) -> bool:
    """Whether findings may rest on an entry that no incident names: all but the observations of single happenings."""
    return one.entry.kind != observations_wire.KIND or one.entry.body.get("kind") == Kind.COVERAGE.value


class Selected(SqlReader):
    """A record of which only some entries are told; an auditor has checked the others, and needs them no more."""

    only: frozenset[int] | None = None
    upto: int | None = None

    def size(self) -> int:
        """The size that is audited."""
        return super().size() if self.upto is None else self.upto

    def entries(self, start: int = 0, stop: int | None = None, kinds: Sequence[str] = ()) -> Iterator[Opened]:
        """The chosen entries in order."""
        if self.only is None or kinds or (stop is not None and stop - start == 1):
            yield from super().entries(start, stop, kinds)
            return
        end = self.size() if stop is None else min(stop, self.size())
        chosen = sorted(one for one in self.only if start <= one < end)
        for first, last in _runs(chosen):
            yield from (one for one in super().entries(first, last) if one.index in self.only)


def _runs(chosen: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = -1
    for one in chosen:
        if first < 0:
            first = one
        elif one - last > _NEAR:
            yield first, last + 1
            first = one
        last = one
    if first >= 0:
        yield first, last + 1


@dataclass(frozen=True, slots=True)
class _Projected:
    """What the whole record makes known, as ``findings.recompute.Known`` asks for it."""

    record: Record
    casebook: SqlCasebook
    erased: frozenset[Ref]

    def missing(self, refs: Sequence[Ref]) -> tuple[Ref, ...]:
        return tuple(
            ref for ref in refs if ref in self.erased or Ref(ref.entry) in self.erased or self._hidden(ref)
        )

    def _hidden(self, ref: Ref) -> bool:
        """A field that rules read was erased."""
        try:
            hidden = self.record.entry(ref.entry).hidden > 0
        except NotFound:
            return False
        if hidden:
            with suppress(NotFound):
                self.casebook.sighting(ref)
                return False
        return hidden

    def agreed(self, entry: int) -> str | None:
        return _digest(_latest_agreement(self.record, entry))

    def inputs(self, draft: Draft) -> Inputs:
        return self._at(draft, draft.upto)

    def later(self, draft: Draft, entry: int) -> Inputs | None:
        if not any(True for _ in self.record.entries(draft.upto, entry)):
            return None
        try:
            return self._at(draft, entry)
        except NotFound:
            return None

    def _at(self, draft: Draft, upto: int) -> Inputs:
        incident = self.casebook.incident(draft.incident, upto)
        whole = Interval(incident.when.start, incident.when.end)
        return Inputs(
            incident=incident,
            upto=upto,
            touchings=self.casebook.touchings_of(tuple(one.ref for one in incident.members)),
            register=self.casebook.lines(upto),
            coverage=tuple(self.casebook.sightings(whole, (Kind.COVERAGE,), upto)),
            rivals=draft.rivals,
            others=tuple(self.casebook.sighting(ref) for ref in redrawn(draft)),
        )


def _unheard(what: str, done: int) -> None:
    """Nobody watches."""
    del what, done


def _recorded(record: Record, agreed: Agreement) -> None:
    """NotTrusted unless the agreement is the one in force, or was, before it was amended."""
    for one in record.entries(0, None, (agreement_wire.KIND,)):
        if amendment.plain(one.entry.body) == agreement_wire.body(agreed):
            return
    agreement_wire.check(agreed, amendment.plain(_latest_agreement(record).entry.body))


def _latest_agreement(record: Record, below: int | None = None) -> Opened:
    found: Opened | None = None
    for one in record.entries(0, below, (agreement_wire.KIND,)):
        found = one
    if found is None:
        msg = "the record holds no agreement; audit the record of an office"
        raise NotFound(msg)
    return found


def _digest(one: Opened) -> str | None:
    digest = one.entry.body.get("digest")
    return digest if isinstance(digest, str) else None


def _members(record: Record, size: int) -> Iterator[int]:
    """The entries of every observation that a person put into an incident, or a finding named."""
    for one in record.entries(0, size, (incidents_wire.KIND, findings_wire.FINDING)):
        try:
            if one.entry.kind == incidents_wire.KIND:
                refs = incidents_wire.read(one.entry.body_bytes).members
            else:
                draft = findings_wire.read_finding(one.entry.body_bytes)
                refs = (*draft.members, *redrawn(draft))
        except BadInput:
            continue
        yield from (ref.entry for ref in refs if ref.entry < size)


def _unexplained(record: Record, gone: Sequence[Ref], size: int) -> tuple[Ref, ...]:
    said = foureyes.told(record, erasure.DECIDED_BY, 0, size)
    decided = {one.erasure.ref for one in erasure.erased(said)}
    return tuple(ref for ref in gone if ref not in decided and Ref(ref.entry) not in decided)


def _replays(
    record: Record, files: TileFolder, findings: Sequence[Recomputed], size: int
) -> Iterator[Attested]:
    nodes = tiles.TileNodes(files.get, size)
    history: KeySets = record.keysets()
    for one in record.entries(0, size, (replay.KIND,)):
        mandate = history.at(one.index).mandate(one.entry.key, one.entry.at)
        said = replay.read(one.entry.body)
        agrees = Truth.NO
        if said.size <= one.index and merkle.Frontier.of(said.size, nodes).root() == said.root:
            agrees = _agrees(said, findings)
        yield Attested(one.index, mandate.holder, mandate.party, said, agrees)


def _agrees(said: Replay, findings: Sequence[Recomputed]) -> Truth:
    below = [one for one in findings if one.ref.entry < said.size]
    if outputs(findings, said.size) == said.outputs:
        return Truth.YES
    whole = said.recomputed == said.findings and all(one.computed is not None for one in below)
    return Truth.NO if whole else Truth.UNKNOWN
