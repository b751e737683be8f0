"""What a party carries away: entries and rows with everything that is needed to check them offline.

A bundle is canonical JSON, signed as a whole by the log's key. Envelopes and rows stand in it as text, exactly as
they were received; an entry's disclosures stand beside it, as far as the receiver may see them. It always holds every
key set and every agreement below its checkpoint. The room ``verifier`` checks it, and shares nothing with this.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from trucekeeper.kernel import b64, canon, merkle, note
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.errors import BadInput, Conflict, NotFound
from trucekeeper.kernel.keys import SIGNATURE_BYTES
from trucekeeper.record import checkpoint, keyset, sealing
from trucekeeper.record.policy import Policy
from trucekeeper.record.ports import Opened, Record, RowOpened
from trucekeeper.record.ref import Ref

PAYLOAD_TYPE = "application/vnd.trucekeeper.bundle+json"
VERSION = 2
LIMIT_BYTES = 256 * 1024 * 1024
AGREEMENT = "agreement/v1"

Shown = Callable[[Opened], tuple[str, ...] | None]
"""The disclosures of an entry that the receiver may see; None where the entry itself is not for them."""

_FIELDS = (
    "agreement", "checkpoint", "consistency", "entries", "origin", "policy", "rows", "subject", "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """One entry (``row`` -1) or one row of a batch: what was received, its salt and its path to a root.

    Of an entry ``data`` is the core, and ``disclosures`` tell the fields that the receiver may see.
    """

    ref: Ref
    salt: bytes
    data: bytes
    proof: tuple[bytes, ...]
    disclosures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """The shape of a bundle; nothing in it is checked yet.

    ``agreement`` is the ref and the digest of the agreement's entry, None in a record without one.
    ``since`` is the size of an older checkpoint that ``consistency`` leads on from. ``policy`` is the witness policy.
    """

    origin: str
    subject: str
    checkpoint: bytes
    policy: str | None
    since: int | None
    consistency: tuple[bytes, ...]
    agreement: tuple[Ref, str] | None
    entries: tuple[Held, ...]
    rows: tuple[Held, ...]
    signed: bytes
    signature: bytes


def collect(
    record: Record, refs: Iterable[Ref], subject: str, since: int | None = None, shown: Shown | None = None
) -> bytes:
    """A bundle of ``refs`` under the record's published checkpoint.

    ``subject`` says in a few words what it is about. ``since`` is the size of a checkpoint that the receiver
    holds already: the bundle then proves that nothing before it was changed. ``shown`` says which fields of an entry
    told apart the receiver may see; without it all that are at hand. Conflict for what is recorded and not yet under
    the published checkpoint.
    """
    published = record.checkpoint()
    size = checkpoint.verified(published, record.vkey).size
    wanted = set(refs)
    open_to_all = list(record.entries(0, size, (keyset.KIND, AGREEMENT)))
    agreed = [one for one in open_to_all if one.entry.kind == AGREEMENT]
    entries = {*(one.index for one in open_to_all), *(ref.entry for ref in wanted)}
    _refuse_beyond(max(entries), size, record.size())
    in_force = record.keysets().at(size)
    rows = [record.row_proof(ref) for ref in sorted(wanted) if ref.row >= 0]
    consistency: dict[str, Json] | None = None
    if since is not None:
        consistency = {"proof": _coded(record.consistency(since, size)), "since": since}
    value: dict[str, Json] = {
        "agreement": _cited(agreed[-1]) if agreed else None,
        "checkpoint": _lines_known(published, record.vkey, in_force.policy).decode(),
        "consistency": consistency,
        "entries": [
            _entry(record.opened(index), record.inclusion(index, size), shown) for index in sorted(entries)
        ],
        "origin": record.origin,
        "policy": in_force.policy,
        "rows": [_row(row) for row in rows],
        "subject": subject,
        "version": VERSION,
    }
    signature = record.attest(PAYLOAD_TYPE, canon.encode(value))
    return canon.encode({"bundle": value, "sig": b64.encode(signature)})


def read(data: bytes) -> Bundle:
    """The bundle in ``data``; BadInput where its form is not exactly the one that :func:`collect` writes."""
    outer = Fields(canon.decode_object(data, LIMIT_BYTES), "a bundle").only("bundle", "sig")
    fields = outer.object("bundle").only(*_FIELDS)
    if fields.whole("version") != VERSION:
        msg = f"a bundle is of version {fields.whole('version')} and this verifier reads {VERSION}; use a newer one"
        raise BadInput(msg)
    since, consistency = _consistency(fields)
    return Bundle(
        origin=fields.text("origin"),
        subject=fields.text("subject"),
        checkpoint=fields.text("checkpoint").encode(),
        policy=fields.text_or_none("policy"),
        since=since,
        consistency=consistency,
        agreement=_cited_agreement(fields),
        entries=_ordered(tuple(_held(one, "envelope") for one in fields.objects("entries"))),
        rows=_ordered(tuple(_held(one, "row") for one in fields.objects("rows"))),
        signed=canon.encode(outer.mapping("bundle")),
        signature=b64.decode(outer.text("sig"), "a bundle's signature", SIGNATURE_BYTES),
    )


def _refuse_beyond(last: int, size: int, queued: int) -> None:
    if last >= queued:
        msg = f"the record has {queued} entries and none numbered {last}; name entries that are recorded"
        raise NotFound(msg)
    if last >= size:
        msg = (
            f"entry {last} is recorded, and the published checkpoint covers {size} leaves only; "
            "collect the bundle again after the next one"
        )
        raise Conflict(msg)


def _lines_known(published: bytes, vkey: str, policy: str | None) -> bytes:
    """The published checkpoint with the lines of the log and of the policy's witnesses, and no other."""
    log = note.Verifier.parse(vkey)
    witnesses = [] if policy is None else list(Policy.parse(policy).keys.values())
    return note.only(published, (log, *witnesses))


def _cited(one: Opened) -> dict[str, Json]:
    return {"digest": one.entry.digest, "ref": str(Ref(one.index))}


def _entry(one: Opened, proof: tuple[bytes, ...], shown: Shown | None) -> dict[str, Json]:
    told = one.disclosures if shown is None else shown(one) or ()
    return {
        "disclosures": [*told],
        "envelope": one.envelope.decode(),
        "proof": _coded(proof),
        "ref": str(Ref(one.index)),
        "salt": b64.encode(one.salt),
    }


def _row(one: RowOpened) -> dict[str, Json]:
    return {
        "proof": _coded(one.proof),
        "ref": str(one.ref),
        "row": one.row.decode(),
        "salt": b64.encode(one.salt),
    }


def _coded(proof: tuple[bytes, ...]) -> list[Json]:
    return [b64.encode(step) for step in proof]


def _held(fields: Fields, content: str) -> Held:
    is_row = content == "row"
    fields.only(content, *(() if is_row else ("disclosures",)), "proof", "ref", "salt")
    ref = Ref.parse(fields.text("ref"))
    if (ref.row >= 0) != is_row:
        msg = f"a bundle lists {ref} in the wrong place; ask the office for it again"
        raise BadInput(msg)
    salt = b64.decode(fields.text("salt"), "a salt of a bundle", sealing.SALT_BYTES)
    told = () if is_row else fields.texts("disclosures")
    return Held(ref, salt, fields.text(content).encode(), _path(fields), told)


def _path(fields: Fields) -> tuple[bytes, ...]:
    return tuple(b64.decode(step, "a proof of a bundle", merkle.HASH_BYTES) for step in fields.texts("proof"))


def _ordered(held: tuple[Held, ...]) -> tuple[Held, ...]:
    if any(one.ref >= after.ref for one, after in pairwise(held)):
        msg = "a bundle does not list its entries or rows once each and in order; ask the office for it again"
        raise BadInput(msg)
    return held


def _consistency(fields: Fields) -> tuple[int | None, tuple[bytes, ...]]:
    if fields.is_null("consistency"):
        return None, ()
    given = fields.object("consistency").only("proof", "since")
    return given.whole("since"), _path(given)


def _cited_agreement(fields: Fields) -> tuple[Ref, str] | None:
    if fields.is_null("agreement"):
        return None
    given = fields.object("agreement").only("digest", "ref")
    return Ref.parse(given.text("ref")), given.text("digest")
