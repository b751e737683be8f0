"""The commitment desk: registers sites whose place nobody is told, and takes what opens them.

It warns nobody: it knows no index, no register and no recipient. What stands is read from the record alone, in its
order, and what does not fit there counts for nothing. Checks and writes take turns under one lock.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.kernel import merkle
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, Damaged, NotFound, NotPermitted
from trucekeeper.kernel.keys import Signer
from trucekeeper.movements.commitment import Commitment, Count, Held, Ledger, Line, Reveal, foreign
from trucekeeper.movements.model import ReadBack
from trucekeeper.movements.wire import COMMITTED, commitment
from trucekeeper.record import checkpoint, entry
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import Mandate
from trucekeeper.record.pen import Pen
from trucekeeper.record.receipt import Receipt

_LOG: FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Registered:
    """That a commitment was registered: ``held`` by the record, ``leaf`` in its log.

    ``size`` and ``root`` are those of the published checkpoint that holds it, None while none does. ``left`` is how
    many commitments its notifier holds sealed now.
    """

    held: Held
    leaf: bytes
    left: int
    size: int | None
    root: bytes | None


@dataclass(frozen=True, slots=True)
class CommitmentDesk:
    """``rules`` come from the agreement."""

    pen: Pen
    rules: Deconfliction
    _ledger: Ledger = field(default_factory=Ledger)
    _read: list[int] = field(default_factory=lambda: [0])
    _turn: RLock = field(default_factory=RLock)

    def commit(self, new: Commitment, signer: Signer) -> Receipt:
        """Seal and record a commitment; Conflict with one sentence where it cannot stand."""
        body = commitment.commitment_body(new)
        return self._taken(self.pen.sealed(signer, commitment.COMMITMENT, body), new)

    def reveal(self, reveal: Reveal, signer: Signer) -> Receipt:
        """Seal and record what opens all commitments under a label; Conflict where it does not."""
        return self._taken(self.pen.sealed(signer, commitment.REVEAL, commitment.reveal_body(reveal)), reveal)

    def check(self, new: Commitment, signer: Signer) -> None:
        """Refuse what :meth:`commit` would refuse, and record nothing: to be asked before a secret is written."""
        commitment.commitment_body(new)
        mandate = self._mandate(signer.key_id, commitment.COMMITMENT, self.pen.clock.now())
        with self._turn:
            self._fits(self._caught_up(), mandate, new)

    def speaker(self, signer: Signer, taken_down: ReadBack | None) -> str:
        """Whose commitment it would be: the signer's, or that of the caller whose words the office took down."""
        mandate = self._mandate(signer.key_id, commitment.COMMITMENT, self.pen.clock.now())
        return mandate.holder if taken_down is None else taken_down.caller

    def receive(self, envelope: bytes) -> Receipt:
        """Record what a notifier signed elsewhere: a commitment or a reveal."""
        opened = entry.opened(envelope)
        if opened.hidden:
            msg = "nothing in a commitment is told apart; seal it with all its fields in place"
            raise BadInput(msg)
        return self._taken(envelope, _said(opened))

    def listed(self, notifier: str | None = None) -> tuple[Held, ...]:
        """Every commitment, or those of one notifier, revealed ones with their cells; never where a sealed one is."""
        with self._turn:
            return self._caught_up().held(notifier)

    def count(self) -> tuple[Count, ...]:
        """How many commitments of each notifier stand. Anyone may ask."""
        with self._turn:
            return tuple(self._caught_up().counts())

    def prove(self, new: Commitment) -> Registered:
        """When ``new``, made anew from its secret, was registered; NotFound where it was not.

        The leaf is seen to lie under the published checkpoint, whose signature is checked; Damaged where it does not.
        """
        with self._turn:
            ledger = self._caught_up()
            held = next(
                (one for one in ledger.of(new.notifier, new.label) if one.commitment.root == new.root), None
            )
            if held is None:
                msg = f"{new.notifier} never registered what this secret opens; check that its file is unchanged"
                raise NotFound(msg)
            left = next((one.standing for one in ledger.counts() if one.notifier == new.notifier), 0)
        record = self.pen.record
        leaf = record.leaf(held.entry)
        published = checkpoint.verified(record.checkpoint(), record.vkey)
        if held.entry >= published.size:
            return Registered(held, leaf, left, None, None)
        proof = record.inclusion(held.entry, published.size)
        hashed = merkle.leaf_hash(leaf)
        if not merkle.verify_inclusion(hashed, held.entry, published.size, proof, published.root):
            msg = f"entry {held.entry} does not lie under the published checkpoint; run `truce record check`"
            raise Damaged(msg)
        return Registered(held, leaf, left, published.size, published.root)

    def _taken(self, envelope: bytes, what: Commitment | Reveal) -> Receipt:
        opened = entry.opened(envelope)
        mandate = self._mandate(opened.key, opened.kind, opened.at)
        with self._turn:
            self._fits(self._caught_up(), mandate, what)
            (receipt,) = self.pen.record.append([envelope])
            self._caught_up()
        _LOG.info("commitment.taken", entry=receipt.index, what=opened.kind)
        return receipt

    def _mandate(self, key: str, kind: str, at: Instant) -> Mandate:
        return self.pen.record.keyset().permitted(key, kind, at)

    def _fits(self, ledger: Ledger, mandate: Mandate, what: Commitment | Reveal) -> None:
        line = Line(self.pen.record.size(), self.pen.clock.now(), mandate.holder, mandate.role, what)
        _refuse(foreign(line), NotPermitted)
        _refuse(ledger.refusal(line), Conflict)
        if isinstance(what, Commitment):
            _refuse(ledger.excess(what, self.rules), Conflict)

    def _caught_up(self) -> Ledger:
        """The ledger up to the record's last entry."""
        record, size = self.pen.record, self.pen.record.size()
        if size > self._read[0]:
            for one in record.entries(self._read[0], size, COMMITTED):
                self._count(one.index, one.admitted, one.entry)
            self._read[0] = size
        return self._ledger

    def _count(self, index: int, at: Instant, said: Entry) -> None:
        mandate = self.pen.record.keysets().at(index).permitted(said.key, said.kind, said.at)
        try:
            what = _said(said)
        except BadInput:
            return  # it stands in the record and counts for nothing: the desk would not have taken it
        self._ledger.take(Line(index, at, mandate.holder, mandate.role, what))


def _said(opened: Entry) -> Commitment | Reveal:
    if opened.kind == commitment.COMMITMENT:
        return commitment.read_commitment(opened.body)
    if opened.kind == commitment.REVEAL:
        return commitment.read_reveal(opened.body)
    msg = f"the commitment desk takes {' and '.join(COMMITTED)}, not {opened.kind}; hand it to its own desk"
    raise BadInput(msg)


def _refuse(why: str | None, error: Callable[[str], Exception]) -> None:
    if why is not None:
        raise error(why)
