"""The intake desk: what arrives is checked, signed by its author, recorded, and only then worked with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.kernel import canon
from trucekeeper.kernel.errors import BadInput, Conflict, NotPermitted
from trucekeeper.kernel.keys import Signer
from trucekeeper.observations import wire as observations_wire
from trucekeeper.observations.model import Observation
from trucekeeper.parties import wire as parties_wire
from trucekeeper.parties.model import Source
from trucekeeper.record import batch, entry
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import Role
from trucekeeper.record.pen import Pen
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref

_LOG: FilteringBoundLogger = structlog.get_logger()
_AT_ONCE = 1_000
_BATCH_APART = ("file_sha256", "source")
"""Whoever is shown one row of a batch needs its root; not whose file it was."""
SEVERAL = "several"
"""What a batch calls its source where its rows come from more than one."""


class Known(Protocol):
    """What intake asks of the projections."""

    def recorded(self, source_id: str, uids: tuple[str, ...]) -> dict[str, Ref]:
        """Where observations of a source stand already, by their uid."""
        ...

    def source(self, source_id: str, upto: int | None = None) -> Source:
        """The register's latest line on a source."""
        ...


@dataclass(frozen=True, slots=True)
class File:
    """A file to be recorded as one batch: its feed, its SHA-256 in hex, and what read it."""

    feed: str
    sha256: str
    importer: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file's rows: ``already`` lists (row of the file, where it stands in the record).

    ``receipt`` is None for a dry run, or where no row was new.
    """

    rows: int
    already: tuple[tuple[int, Ref], ...]
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class IntakeDesk:
    """Record first, project second."""

    pen: Pen
    known: Known

    def receive(self, envelopes: Sequence[bytes]) -> tuple[Receipt, ...]:
        """Record observations that their authors signed; all of them or, with one sentence, none."""
        opened = [entry.opened(envelope) for envelope in envelopes]
        seen = [_observation(one) for one in opened]
        self._speak_for_themselves(opened, seen)
        self._new_to_us(seen)
        receipts = self.pen.record.append(envelopes)
        if receipts:
            first, last = receipts[0].index, receipts[-1].index
            _LOG.info("observation.received", first=first, last=last, entries=len(receipts))
        return receipts

    def observe(self, seen: Sequence[Observation], signer: Signer) -> tuple[Receipt, ...]:
        """Seal and record what people of the office saw or were told, with what would betray a source told apart."""
        envelopes = [
            self.pen.sealed(
                signer, observations_wire.KIND, observations_wire.body(one), observations_wire.APART
            )
            for one in seen
        ]
        return self.receive(envelopes)

    def import_rows(
        self, file: File, rows: Iterable[tuple[int, Observation]], signer: Signer, *, dry_run: bool = False
    ) -> Imported:
        """Record what is new among ``rows`` (row of the file, observation) as one batch, or nothing at all."""
        already: list[tuple[int, Ref]] = []
        bodies: list[bytes] = []
        sources: set[str] = set()
        whole = iter(rows)
        while part := list(islice(whole, _AT_ONCE)):
            stands = self._stands(part)
            for number, seen in part:
                ref = stands.get((seen.source, seen.uid))
                if ref is None:
                    bodies.append(canon.encode(observations_wire.body(seen)))
                    sources.add(seen.source)
                else:
                    already.append((number, ref))
        if dry_run or not bodies:
            return Imported(len(bodies), tuple(already), None)
        source = sources.pop() if len(sources) == 1 else SEVERAL
        receipt = self._batch(file, source, bodies, signer)
        _LOG.info("batch.imported", entry=receipt.index, rows=len(bodies), skipped=len(already))
        return Imported(len(bodies), tuple(already), receipt)

    def register_source(self, source: Source, signer: Signer) -> Receipt:
        """Enter a source, or what is now known of it, in the register."""
        receipt = self.pen.write(signer, parties_wire.KIND, parties_wire.body(source))
        _LOG.info("source.registered", entry=receipt.index)
        return receipt

    def _batch(self, file: File, source: str, bodies: Sequence[bytes], signer: Signer) -> Receipt:
        salts = batch.draw_salts(len(bodies), self.pen.draw)
        made = batch.prepare(
            bodies,
            salts,
            feed=file.feed,
            file_sha256=file.sha256,
            importer=file.importer,
            source=source,
        )
        envelope = self.pen.sealed(signer, batch.KIND, batch.body(made), _BATCH_APART)
        return self.pen.record.append_batch(envelope, bodies, salts)

    def _stands(self, part: Iterable[tuple[int, Observation]]) -> dict[tuple[str, str], Ref]:
        """Where these observations stand already, by source and uid."""
        uids: dict[str, list[str]] = {}
        for _, seen in part:
            uids.setdefault(seen.source, []).append(seen.uid)
        return {
            (source, uid): ref
            for source, wanted in uids.items()
            for uid, ref in self.known.recorded(source, tuple(wanted)).items()
        }

    def _new_to_us(self, seen: Sequence[Observation]) -> None:
        stands = self._stands(enumerate(seen))
        for one in seen:
            ref = stands.get((one.source, one.uid))
            if ref is not None:
                msg = (
                    f"this source's observation of that uid stands at entry {ref}; correct it with an erratum"
                )
                raise Conflict(msg)
        if len({(one.source, one.uid) for one in seen}) < len(seen):
            msg = "two of the observations have one source and uid; send each once"
            raise Conflict(msg)

    def _speak_for_themselves(self, opened: Sequence[Entry], seen: Sequence[Observation]) -> None:
        """A liaison signs for sources of its own party alone; who may sign at all is for the record to say."""
        keyset = self.pen.record.keyset()
        interests: dict[str, str | None] = {}
        for one, observation in zip(opened, seen, strict=True):
            mandate = keyset.mandate(one.key, one.at)
            if mandate.role is not Role.LIAISON:
                continue
            source = observation.source
            if source not in interests:
                interests[source] = self.known.source(source).interest
            if interests[source] != mandate.party:
                msg = f"{mandate.holder} may sign for sources of {mandate.party} alone; name one of them"
                raise NotPermitted(msg)


def _observation(one: Entry) -> Observation:
    if one.kind != observations_wire.KIND:
        msg = f"the intake desk takes {observations_wire.KIND}, not {one.kind}; hand it to the desk it is meant for"
        raise BadInput(msg)
    if one.hidden:
        msg = (
            f"an observation came without {one.hidden} of its disclosures; send all of them with it, for the office "
            "cannot work with what it is not told"
        )
        raise BadInput(msg)
    return observations_wire.read(one.body)
