"""A change that several people must sign, as one file that is carried from one to the other.

The file holds all that a signer needs to judge it on a machine without a network: the proposed body, and every key set
of the record so far, each checked against the one before it. Nothing here opens an office.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, Conflict, NotPermitted, NotTrusted
from trucekeeper.kernel.keys import Signer, key_id
from trucekeeper.kernel.pae import pae
from trucekeeper.record import admission, amendment, entry, keyset, root
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import KeySet, KeySets
from trucekeeper.record.root import Signed

LIMIT_BYTES = 16 * 1024 * 1024

PAYLOAD_TYPES: Mapping[str, str] = {
    keyset.KIND: keyset.PAYLOAD_TYPE,
    amendment.KIND: amendment.PAYLOAD_TYPE,
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A body of ``kind``, keyset/v1 or agreement/v1, with the signatures so far.

    ``history`` are the envelopes of all key sets so far (none: it is the first set of a new record), ``former`` that of
    the agreement in force, where it is to be amended.
    """

    kind: str
    body: Mapping[str, Json]
    history: tuple[bytes, ...] = ()
    former: bytes | None = None

    def __post_init__(self) -> None:
        if self.kind == keyset.KIND:
            new = self.new
            if new is not None and self.keys is not None:
                keyset.comes_next(new, self.keys)
        elif self.kind == amendment.KIND and self.former is not None and self.history:
            text = Fields(self.body, "an amendment").text(amendment.AMENDS)
            root.read(Fields(self.body, "an amendment"))
            if text != entry.opened(self.former).digest:
                msg = "a proposal amends another agreement than the one that it shows; propose it anew"
                raise NotTrusted(msg)
        else:
            msg = "a proposal is neither a key set nor an amendment; make it with `truce keys propose`"
            raise BadInput(msg)

    @property
    def new(self) -> KeySet | None:
        """The proposed key set; None in an amendment."""
        return keyset.read(self.body) if self.kind == keyset.KIND else None

    @property
    def keys(self) -> KeySet | None:
        """The key set in force; None where there is none yet."""
        return checked(self.history).latest if self.history else None

    @property
    def digest(self) -> str:
        """SHA-256 of what each signs, in hex: the same on every machine, whoever has signed already."""
        return hashlib.sha256(pae(PAYLOAD_TYPES[self.kind], root.statement(self.body))).hexdigest()

    @property
    def signatures(self) -> tuple[Signed, ...]:
        """The signatures so far."""
        return root.read(Fields(self.body, "a proposal"))

    @property
    def signers(self) -> Mapping[str, bytes]:
        """The public keys that may sign it, by key id."""
        new, old = self.new, self.keys
        if new is None:
            return {} if old is None else amendment.signers(old)
        roots = (*(() if old is None else old.root.keys), *new.root.keys)
        return {key_id(one): one for one in roots}

    def lacking(self, now: Instant) -> tuple[str, ...]:
        """The signatures that are missing, in words; NotTrusted where one that is there does not hold."""
        new, old = self.new, self.keys
        if new is not None:
            return keyset.lacking(new, old)
        return () if old is None else amendment.lacking(self.body, now, old)

    def signed(self, signer: Signer) -> "Proposal":
        """The proposal with one signature more; NotPermitted for a key that has no say in it."""
        if signer.key_id not in self.signers:
            msg = f"the key {signer.key_id} has no say in this proposal; sign with a key that `truce keys review` names"
            raise NotPermitted(msg)
        if signer.key_id in {one.key for one in self.signatures}:
            msg = f"the key {signer.key_id} has signed this proposal already; hand it to the next signer"
            raise Conflict(msg)
        return self._with((root.sign(signer, PAYLOAD_TYPES[self.kind], self.body),))

    def joined(self, others: Iterable["Proposal"]) -> "Proposal":
        """The proposal with the signatures of copies of it that went other ways; Conflict where one differs."""
        found = self
        for other in others:
            if (other.kind, other.digest) != (self.kind, self.digest):
                msg = f"proposals differ ({other.digest[:16]} and {self.digest[:16]}); name copies of one and the same"
                raise Conflict(msg)
            known = {one.key for one in found.signatures}
            found = found._with([one for one in other.signatures if one.key not in known])
        return found

    def _with(self, more: Sequence[Signed]) -> "Proposal":
        return replace(self, body={**self.body, root.FIELD: root.written((*self.signatures, *more))})


def checked(history: Sequence[bytes]) -> KeySets:
    """The key sets in these envelopes; NotTrusted where one does not follow from those before it."""
    first = entry.opened(history[0])
    known = KeySets.begun(admission.admit_genesis(history[0], first.origin))
    for number, envelope in enumerate(history[1:], start=1):
        found: Entry = entry.opened(envelope)
        mandate = known.latest.permitted(found.key, keyset.KIND, found.at)
        if found.kind != keyset.KIND or not entry.signed_by(envelope, mandate.key.public):
            msg = f"version {number + 1} of the key set was not sealed by the office; ask the office for the file anew"
            raise NotTrusted(msg)
        known = known.changed(number, keyset.of(found))
    return known


def written(proposal: Proposal) -> bytes:
    """The file: canonical JSON and a newline."""
    value: dict[str, Json] = {
        "body": dict(proposal.body),
        "former": None if proposal.former is None else proposal.former.decode(),
        "history": [one.decode() for one in proposal.history],
        "kind": proposal.kind,
    }
    return canon.encode(value) + b"\n"


def read(data: bytes) -> Proposal:
    """The proposal in a file; one sentence for whatever is wrong with it."""
    value = canon.decode_object(data.removesuffix(b"\n"), LIMIT_BYTES)
    fields = Fields(value, "a proposal").only("body", "former", "history", "kind")
    former = fields.text_or_none("former")
    history = tuple(one.encode() for one in fields.texts("history"))
    return Proposal(
        fields.text("kind"), fields.mapping("body"), history, None if former is None else former.encode()
    )
