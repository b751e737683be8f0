"""The evidence desk: media arrive, are hashed and kept; each hand that they pass through is an entry."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import BinaryIO

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.custody import wire
from trucekeeper.custody.chain import chain
from trucekeeper.custody.model import Act, Chain, Custody, Provenance, Step
from trucekeeper.custody.ports import MediaStore
from trucekeeper.kernel.errors import Conflict, NotFound, NotPermitted
from trucekeeper.kernel.keys import Signer
from trucekeeper.record import consent
from trucekeeper.record.consent import Purpose
from trucekeeper.record.pen import Pen
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref

_LOG: FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a file on its arrival; ``manifest`` is the readable form of a C2PA manifest in it."""

    giver: str
    media_type: str
    note: str | None = None
    of: str | None = None
    origin: str = "hand"
    state: str | None = None
    manifest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is held now. ``receipt`` is None where the same arrival stood in the record already."""

    sha256: str
    size_bytes: int
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class EvidenceDesk:
    """Keeps the evidentiary copy; ``holder`` is the id under which the office itself holds files."""

    pen: Pen
    media: MediaStore
    holder: str

    def receive(self, stream: BinaryIO, arrival: Arrival, signer: Signer) -> Received:
        """Keep the file, then record that it came. A crash between leaves a file that nobody cites: harmless."""
        held = self.media.put(stream)
        provenance = None
        if arrival.state is not None:
            kept = None if arrival.manifest is None else self.media.put(BytesIO(arrival.manifest)).sha256
            provenance = Provenance(arrival.state, kept)
        act = Custody(
            act=Act.RECEIVED,
            sha256=held.sha256,
            size_bytes=held.size_bytes,
            media_type=arrival.media_type,
            at=self.pen.clock.now(),
            giver=arrival.giver,
            taker=self.holder,
            note=arrival.note,
            of=arrival.of,
            origin=arrival.origin,
            provenance=provenance,
        )
        if any(replace(one.custody, at=act.at) == act for one in self._steps()):
            return Received(held.sha256, held.size_bytes, None)
        receipt = self.pen.write(signer, wire.KIND, wire.body(act))
        _LOG.info("media.received", entry=receipt.index, size_bytes=held.size_bytes)
        return Received(held.sha256, held.size_bytes, receipt)

    def hand_over(
        self, sha256: str, taker: str, signer: Signer, purpose: Purpose, note: str | None = None
    ) -> Receipt:
        """Record that the evidentiary copy went to ``taker``; only who holds it can hand it on.

        NotPermitted for a purpose outside the mission to which the giver, or the source, did not agree; and for a
        court or other authority without a waiver of the mandating organisation that covers the file's arrival.
        """
        for step in self.chain(sha256).steps:
            if step.custody.act is Act.RECEIVED and purpose is not Purpose.MISSION:
                self._refuse_without_consent(step, purpose)
        return self._moved(sha256, Act.HANDED_OVER, self.holder, taker, signer, note)

    def take_back(self, sha256: str, giver: str, signer: Signer, note: str | None = None) -> Receipt:
        """Record that ``giver`` returned the evidentiary copy."""
        return self._moved(sha256, Act.RETURNED, giver, self.holder, signer, note)

    def working_copy(self, sha256: str, taker: str, signer: Signer) -> Iterator[bytes]:
        """The bytes for ``taker`` to work on; recorded before the first of them is given."""
        first = self._first(sha256)
        act = replace(
            first, act=Act.COPIED, at=self.pen.clock.now(), giver=self._holder(sha256), taker=taker, note=None
        )
        self.pen.write(signer, wire.KIND, wire.body(act))
        return self.media.read(sha256)

    def destroy(self, sha256: str, signer: Signer, note: str) -> Receipt:
        """Record that the file is destroyed, then destroy it."""
        receipt = self._moved(sha256, Act.DESTROYED, self.holder, self.holder, signer, note)
        self.media.remove(sha256)
        return receipt

    def chain(self, sha256: str) -> Chain:
        """What became of one file; NotFound where none of this digest was ever received."""
        found = chain(sha256, tuple(self._steps()))
        if not found.steps:
            msg = f"no file {sha256[:16]} was ever received; name one that `truce media list` shows"
            raise NotFound(msg)
        return found

    def all(self) -> tuple[Chain, ...]:
        """The chain of every file that the record speaks of, in the order of their arrival."""
        steps = tuple(self._steps())
        return tuple(chain(one, steps) for one in dict.fromkeys(step.custody.sha256 for step in steps))

    def check(self) -> tuple[str, ...]:
        """Read every file that should be here; one sentence for each that is gone, and for each broken chain."""
        wrong: list[str] = []
        for one in self.all():
            wrong += one.breaks
            if one.holder is None:
                continue
            said = [step.custody.provenance for step in one.steps]
            manifests = [each.manifest for each in said if each is not None and each.manifest is not None]
            for sha256 in (one.sha256, *manifests):
                if not self.media.holds(sha256):
                    wrong.append(f"the file {sha256[:16]} is in the record and not in the vault")
                    continue
                for _ in self.media.read(sha256):
                    pass
        return tuple(wrong)

    def _refuse_without_consent(self, step: Step, purpose: Purpose) -> None:
        entries = list(self.pen.record.entries(kinds=(consent.CONSENT, consent.WAIVER)))
        words = [consent.read_consent(one.entry.body) for one in entries if one.entry.kind == consent.CONSENT]
        if consent.agreed(words, step.ref, step.custody.giver, purpose) is not True:
            msg = (
                f"nobody agreed that what came in as entry {step.ref} is used for the purpose {purpose.value}; "
                "ask, and record the answer with `truce consent`"
            )
            raise NotPermitted(msg)
        waivers = [consent.read_waiver(one.entry.body) for one in entries if one.entry.kind == consent.WAIVER]
        if purpose is Purpose.COURT and not consent.waived(waivers, step.ref):
            msg = f"no waiver of the mandating organisation covers entry {step.ref}; ask it for one: `truce waive`"
            raise NotPermitted(msg)

    def _moved(
        self, sha256: str, act: Act, giver: str, taker: str, signer: Signer, note: str | None
    ) -> Receipt:
        holder = self._holder(sha256)
        if giver != holder:
            msg = f"the evidentiary copy is held by {holder}, not by {giver}; record first how it got there"
            raise Conflict(msg)
        first = self._first(sha256)
        made = replace(first, act=act, at=self.pen.clock.now(), giver=giver, taker=taker, note=note)
        receipt = self.pen.write(signer, wire.KIND, wire.body(made))
        _LOG.info("media.moved", entry=receipt.index, act=act.value)
        return receipt

    def _holder(self, sha256: str) -> str:
        found = self.chain(sha256).holder
        if found is None:
            msg = f"the file {sha256[:16]} was destroyed; there is nothing left to hand on"
            raise Conflict(msg)
        return found

    def _first(self, sha256: str) -> Custody:
        first = self.chain(sha256).steps[0].custody
        return replace(first, of=None, provenance=None)

    def _steps(self) -> Iterator[Step]:
        keysets = self.pen.record.keysets()
        for one in self.pen.record.entries(kinds=(wire.KIND,)):
            mandate = keysets.at(one.index).mandate(one.entry.key, one.entry.at)
            yield Step(Ref(one.index), mandate.holder, wire.read(one.entry.body))
