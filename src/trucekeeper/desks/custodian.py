"""The custodian desk: what leaves the record, to whom and when; what is erased from it; who agreed to what."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound, NotPermitted
from trucekeeper.kernel.keys import Signer
from trucekeeper.observations import wire as observations_wire
from trucekeeper.observations.protection import guarded, institution
from trucekeeper.parties.model import Source
from trucekeeper.record import batch, consent, disclosure, entry, erasure, foureyes, release
from trucekeeper.record.consent import Consent, Referral, Waiver
from trucekeeper.record.entry import Entry
from trucekeeper.record.erasure import Erased, Erasure
from trucekeeper.record.foureyes import Approval
from trucekeeper.record.pen import Pen
from trucekeeper.record.ports import Opened, Record
from trucekeeper.record.receipt import Receipt
from trucekeeper.record.ref import Ref
from trucekeeper.record.release import Asked, Item, Permission, Release, Releases

_LOG: FilteringBoundLogger = structlog.get_logger()

TAKEN = frozenset({foureyes.KIND, consent.CONSENT, consent.WAIVER, consent.REFERRAL})
"""The kinds that people sign with keys of their own and hand in here."""


class Sources(Protocol):
    """What the desk asks of the projections."""

    def source(self, source_id: str, upto: int | None = None) -> Source:
        """The register's latest line on a source."""
        ...


class Copies(Protocol):
    """Copies of entries that lie in the office, and the projections' file."""

    def scrub(self, gone: Sequence[Ref]) -> None:
        """Leave no trace of these entries and rows; the record itself is not touched."""
        ...


@dataclass(frozen=True, slots=True)
class Audience:
    """What one audience may see now: the filter of a bundle."""

    name: str
    record: Record
    sources: Sources
    releases: Releases

    def __call__(self, one: Opened) -> tuple[str, ...] | None:
        """The disclosures that this audience may have with an entry; None where it may not see the entry."""
        paths = erasure.apart(one)
        permission = self.releases.permitted(self._asked(Ref(one.index), one.entry, tuple(paths)), self.name)
        if permission.paths is not None:
            return tuple(paths[path] for path in permission.paths)
        # Whoever may see a row must be able to check it: of its batch they get what is needed for that, no field more.
        return () if one.rows and self.releases.names_rows_of(one.index, self.name) else None

    def row(self, ref: Ref) -> bool:
        """Whether this audience may see a row of a batch; a row is shown whole."""
        return bool(self.permission(ref))

    def permission(self, ref: Ref) -> Permission:
        """Whether, how far and why this audience may see an entry or row."""
        if ref.row < 0:
            one = self.record.opened(ref.entry)
            return self.releases.permitted(self._asked(ref, one.entry, tuple(erasure.apart(one))), self.name)
        body: Mapping[str, Json] = json.loads(self.record.row(ref))
        return self.releases.permitted(self._observed(ref, body, ()), self.name)

    def _asked(self, ref: Ref, found: Entry, apart: tuple[str, ...]) -> Asked:
        if found.kind == observations_wire.KIND:
            return self._observed(ref, found.body, apart)
        return Asked(ref, found.kind, apart=apart)

    def _observed(self, ref: Ref, body: Mapping[str, Json], apart: tuple[str, ...]) -> Asked:
        try:
            seen = observations_wire.read(disclosure.visible(body))
        except BadInput:
            # What cannot be read, for a field of it is erased, may hide a person and a place.
            return Asked(ref, observations_wire.KIND, "", guarded=("where",), apart=apart)
        source = self.sources.source(seen.source)
        return Asked(
            ref=ref,
            kind=observations_wire.KIND,
            source=seen.source,
            institution=institution(source),
            guarded=guarded(seen, source, self.name),
            apart=apart,
        )


@dataclass(frozen=True, slots=True)
class CustodianDesk:
    """Nothing leaves, and nothing is destroyed, on one person's word."""

    pen: Pen
    sources: Sources
    copies: Copies

    def audience(self, name: str, at: Instant | None = None) -> Audience:
        """What an audience may see at ``at`` (None: now)."""
        release.purpose_of(name)
        record = self.pen.record
        told = foureyes.told(record, release.DECIDED_BY)
        return Audience(
            name, record, self.sources, release.folded(told, self.pen.clock.now() if at is None else at)
        )

    def release(self, proposed: Release, signer: Signer) -> Receipt:
        """Propose to show something to an audience; in force once another person approves it, and its time has come."""
        body = release.body(proposed)
        for item in release.read(body).items:
            self._releasable(item)
        receipt = self.pen.write(signer, release.KIND, body)
        _LOG.info("release.proposed", entry=receipt.index, refs=len(proposed.items))
        return receipt

    def erase(self, ref: Ref, path: str | None, basis: str, authority: str, signer: Signer) -> Receipt:
        """Propose to erase an entry, a row, or a field that is told apart; done once another person approves it."""
        one = self.pen.record.opened(ref.entry)
        erasure.refuse(one.entry, ref, path, erasure.apart(one))
        if ref.row >= 0:
            self.pen.record.row(ref)
        author = self.pen.record.keysets().at(one.index).mandate(one.entry.key, one.entry.at).holder
        body = erasure.body(Erasure(ref, path, basis, authority, author))
        erasure.read(body)
        receipt = self.pen.write(signer, erasure.KIND, body)
        _LOG.info("erasure.proposed", entry=receipt.index)
        return receipt

    def approve(self, number: int, words: str, signer: Signer) -> Receipt:
        """Say yes to a proposal, with a key of another holder than its author's."""
        proposal = self.pen.record.entry(number)
        body = foureyes.body(Approval(number, proposal.digest, words))
        return self.receive(self.pen.sealed(signer, foureyes.KIND, body))

    def consent(self, said: Consent, signer: Signer) -> Receipt:
        """Record what a source agreed to, or that it agrees no more."""
        return self.receive(self.pen.sealed(signer, consent.CONSENT, consent.consent_body(said)))

    def waive(self, let: Waiver, signer: Signer) -> Receipt:
        """Record that the mandating organisation lets observations go to a court or authority, or no more."""
        return self.receive(self.pen.sealed(signer, consent.WAIVER, consent.waiver_body(let)))

    def refer(self, sent: Referral, signer: Signer) -> Receipt:
        """Record to which service somebody was sent; nothing of what they said, nor who they are."""
        return self.receive(self.pen.sealed(signer, consent.REFERRAL, consent.referral_body(sent)))

    def receive(self, envelope: bytes) -> Receipt:
        """Record what somebody signed for this desk. An approval takes effect at once, or is refused."""
        opened = entry.opened(envelope)
        if opened.kind not in TAKEN:
            msg = f"the custodian desk takes {', '.join(sorted(TAKEN))}, not {opened.kind}; hand it to its own desk"
            raise BadInput(msg)
        _READ[opened.kind](opened.body)
        if opened.kind == foureyes.KIND:
            self._would_stand(opened)
        (receipt,) = self.pen.record.append([envelope])
        _LOG.info(_PAST[opened.kind], entry=receipt.index)
        if opened.kind == foureyes.KIND:
            self.settle()
        return receipt

    def settle(self) -> tuple[Erased, ...]:
        """Destroy what approved erasures still find; copies first, so that after a crash it is found again."""
        due = erasure.outstanding(self.pen.record)
        if due:
            self.copies.scrub([one.erasure.ref for one in due])
            for one in due:
                self.pen.record.erase(one.erasure.ref, one.erasure.path)
                _LOG.info("entry.erased", entry=one.erasure.ref.entry, erasure=one.entry)
        return due

    def _would_stand(self, opened: Entry) -> None:
        record = self.pen.record
        said = foureyes.read(opened.body)
        proposal = record.entry(said.entry)
        if proposal.kind not in foureyes.PROPOSALS or proposal.digest != said.digest:
            msg = (
                f"entry {said.entry} is not the proposal that was approved; approve it as the record holds it"
            )
            raise NotPermitted(msg)
        author = record.keysets().at(said.entry).mandate(proposal.key, proposal.at).holder
        holder = record.keysets().at(record.size()).mandate(opened.key, opened.at).holder
        if author == holder:
            msg = f"{holder} proposed entry {said.entry} and cannot approve it too; let another person decide"
            raise NotPermitted(msg)
        standing = foureyes.approved(foureyes.told(record, (proposal.kind, foureyes.KIND)))
        if said.entry in {one.proposal.index for one in standing}:
            msg = f"entry {said.entry} is approved already; nothing is left to decide"
            raise Conflict(msg)

    def _releasable(self, item: Item) -> None:
        one = self.pen.record.opened(item.ref.entry)
        if item.ref.row >= 0:
            if one.entry.kind != batch.KIND:
                msg = f"entry {item.ref.entry} is no batch and has no row; name the entry"
                raise NotFound(msg)
            self.pen.record.row(item.ref)
            return
        known = {*erasure.apart(one), *disclosure.visible(one.entry.body)}
        for path in item.paths or ():
            if path not in known:
                msg = f"entry {item.ref} has no field {path[:40]!a}; name one of {', '.join(sorted(known))}"
                raise NotFound(msg)


_READ: Mapping[str, Callable[[Mapping[str, Json]], object]] = {
    foureyes.KIND: foureyes.read,
    consent.CONSENT: consent.read_consent,
    consent.WAIVER: consent.read_waiver,
    consent.REFERRAL: consent.read_referral,
}

_PAST: Mapping[str, str] = {
    foureyes.KIND: "proposal.approved",
    consent.CONSENT: "consent.recorded",
    consent.WAIVER: "waiver.recorded",
    consent.REFERRAL: "referral.recorded",
}
