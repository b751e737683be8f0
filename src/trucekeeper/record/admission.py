"""What an entry must be to enter the record. Cheap checks come first, the signature last and always."""

from collections.abc import Sequence
from dataclasses import dataclass

from trucekeeper.kernel import canon, merkle
from trucekeeper.kernel.canon import Fields
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, NotPermitted, NotTrusted
from trucekeeper.record import amendment, batch, entry, keyset, sealing
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import KeySet, Mandate, Role

AHEAD_MS = 300_000
"""How far an author's clock may run ahead of the office's."""

LATE_MS = 30 * 86_400_000
"""How long after its mandate has ended a key's entries are still taken in: a patrol may be without a network, but a
retired key must not write the past for ever."""

LIMIT_BYTES = 65_535
"""How long an envelope may be, except of the kinds below, which list geometry or many entries."""

LONG_KINDS = frozenset(
    {
        keyset.KIND, amendment.KIND, "airspace/v1", "finding/v1", "fit/v1", "handover/v1", "incident/v1", "notice/v1",
        "report/v1", "reveal/v1", "struck/v1",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Admitted:
    """An entry that may enter, and the mandate by which it does; ``change`` is the key set that it brings."""

    entry: Entry
    mandate: Mandate
    change: KeySet | None = None


def admit(envelope: bytes, keys: KeySet, origin: str, now: Instant) -> Admitted:
    """Check one envelope against the key set; raises with one sentence for the first thing that is wrong.

    ``keys`` is the set in force. Whether the uid is new, and whether an agreement comes in its order (see
    ``record.amendment.in_order``), is the store's to say.
    """
    found, statement, signature = entry.read(envelope)
    if len(envelope) > LIMIT_BYTES and found.kind not in LONG_KINDS:
        msg = f"an entry of kind {found.kind} has {len(envelope)} bytes, more than {LIMIT_BYTES}; send it in parts"
        raise BadInput(msg)
    if found.origin != origin:
        msg = f"an entry is addressed to another record than {origin}; seal it for this one"
        raise NotTrusted(msg)
    if found.at > now + AHEAD_MS:
        msg = (
            "an entry is signed more than 5 minutes ahead of the office's clock; set the author's clock right"
        )
        raise BadInput(msg)
    mandate = keys.permitted(found.key, found.kind, found.at)
    if mandate.valid.end is not None and now >= mandate.valid.end + LATE_MS:
        msg = f"the mandate of {mandate.holder} ended more than 30 days ago; let one whose mandate holds report it"
        raise NotTrusted(msg)
    speaks_for_itself(found, mandate)
    if not entry.holds(mandate.key.public, statement, signature):
        msg = f"the signature of {mandate.holder} under an entry does not hold; let its author seal it again"
        raise NotTrusted(msg)
    change = None
    if found.kind == keyset.KIND:
        change = keyset.of(found)
        keyset.succeeds(change, keys)
    elif found.kind == amendment.KIND:
        amendment.agreed(found, keys)
    return Admitted(found, mandate, change)


def admit_genesis(envelope: bytes, origin: str) -> KeySet:
    """The key set of entry 0, which an office key listed in it must have signed."""
    found, statement, signature = entry.read(envelope)
    if found.kind != keyset.KIND or found.origin != origin:
        msg = f"entry 0 is not the key set of {origin}; begin the record with one"
        raise NotTrusted(msg)
    listed = keyset.of(found)
    if listed.origin != origin:
        msg = f"the key set of entry 0 is not that of {origin}; begin the record with its own"
        raise NotTrusted(msg)
    mandate = listed.permitted(found.key, keyset.KIND, found.at)
    if not entry.holds(mandate.key.public, statement, signature):
        msg = "the signature under the key set of entry 0 does not hold; begin the record anew"
        raise NotTrusted(msg)
    keyset.begins(listed)
    return listed


def speaks_for_itself(found: Entry, mandate: Mandate) -> None:
    """A liaison claims, denies and replies for its own party alone; NotPermitted otherwise.

    Whether an observation's source belongs to that party is for the intake desk, which knows the sources.
    """
    if mandate.role is not Role.LIAISON:
        return
    if found.kind == "observation/v1":
        said = Fields(found.body, "an observation").text("kind")
        if said not in keyset.LIAISON_MAY_SAY:
            msg = f"{mandate.holder} speaks for a party and may sign claims and denials, not this observation"
            raise NotPermitted(msg)
    if found.kind == "reply/v1" and Fields(found.body, "a reply").text("party") != mandate.party:
        msg = f"{mandate.holder} speaks for {mandate.party} and may not reply for another party"
        raise NotPermitted(msg)


def admit_rows(
    found: Entry, mandate: Mandate, rows: Sequence[bytes], salts: Sequence[bytes]
) -> tuple[bytes, ...]:
    """Refuse the rows of a batch entry unless each is canonical and together they have the signed root.

    Gives the leaf hash of each row.
    """
    stated = batch.read(found.body)
    if len(rows) != stated.rows:
        msg = f"a batch entry speaks of {stated.rows} rows and {len(rows)} came with it; send the rows it was made of"
        raise BadInput(msg)
    for number, row in enumerate(rows):
        try:
            value = canon.decode_object(row, batch.LIMIT_ROW_BYTES)
        except BadInput as error:
            msg = f"row {number} of a batch: {error}"
            raise BadInput(msg) from error
        if mandate.role is Role.LIAISON and value.get("kind") not in keyset.LIAISON_MAY_SAY:
            msg = f"row {number} of a batch is no claim or denial, and {mandate.holder} speaks for a party"
            raise NotPermitted(msg)
    hashes = tuple(sealing.row_hashes(rows, salts))
    if merkle.root(hashes) != stated.root:
        msg = "the rows of a batch do not have the root that its author signed; prepare and seal the batch again"
        raise NotTrusted(msg)
    return hashes
