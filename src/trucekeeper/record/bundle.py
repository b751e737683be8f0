"""What a party carries away: entries and rows with everything that is needed to check them offline.

A bundle is canonical JSON, signed as a whole by the log's key. Envelopes and rows stand in it as text, exactly as
they were received. It always holds the key set (entry 0) and the agreement in force at its checkpoint.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from trucekeeper.kernel import b64, canon, merkle
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.errors import BadInput, NotFound
from trucekeeper.kernel.keys import SIGNATURE_BYTES
from trucekeeper.record import checkpoint, sealing
from trucekeeper.record.ports import Opened, Record, RowOpened
from trucekeeper.record.ref import Ref

PAYLOAD_TYPE = "application/vnd.trucekeeper.bundle+json"
VERSION = 1
LIMIT_BYTES = 256 * 1024 * 1024
AGREEMENT = "agreement/v1"

_FIELDS = ("agreement", "checkpoint", "consistency", "entries", "origin", "rows", "subject", "version")


@dataclass(frozen=True, slots=True)
class Held:
    """One entry (``row`` -1) or one row of a batch: what was received, its salt and its path to a root."""

    ref: Ref
    salt: bytes
    data: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """The shape of a bundle; nothing in it is checked yet.

    ``agreement`` is the ref and the digest of the agreement's entry, None in a record without one.
    ``since`` is the size of an older checkpoint that ``consistency`` leads on from.
    """

    origin: str
    subject: str
    checkpoint: bytes
    since: int | None
    consistency: tuple[bytes, ...]
    agreement: tuple[Ref, str] | None
    entries: tuple[Held, ...]
    rows: tuple[Held, ...]
    signed: bytes
    signature: bytes


def collect(record: Record, refs: Iterable[Ref], subject: str, since: int | None = None) -> bytes:
    """A bundle of ``refs`` under the record's present checkpoint.

    ``subject`` says in a few words what it is about. ``since`` is the size of a checkpoint that the receiver
    holds already: the bundle then proves that nothing before it was changed.
    """
    note = record.checkpoint()
    size = checkpoint.verified(note, record.vkey).size
    wanted = set(refs)
    agreement = _agreement(record, size)
    entries = {0, *(ref.entry for ref in wanted)}
    if agreement is not None:
        entries.add(agreement.index)
    if max(entries) >= size:
        msg = (
            f"the record has {size} entries and none numbered {max(entries)}; name entries that are recorded"
        )
        raise NotFound(msg)
    rows = [record.row_proof(ref) for ref in sorted(wanted) if ref.row >= 0]
    consistency: dict[str, Json] | None = None
    if since is not None:
        consistency = {"proof": _coded(record.consistency(since, size)), "since": since}
    value: dict[str, Json] = {
        "agreement": None if agreement is None else _cited(agreement),
        "checkpoint": note.decode(),
        "consistency": consistency,
        "entries": [_entry(record.opened(index), record.inclusion(index, size)) for index in sorted(entries)],
        "origin": record.origin,
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
        since=since,
        consistency=consistency,
        agreement=_cited_agreement(fields),
        entries=_ordered(tuple(_held(one, "envelope") for one in fields.objects("entries"))),
        rows=_ordered(tuple(_held(one, "row") for one in fields.objects("rows"))),
        signed=canon.encode(outer.mapping("bundle")),
        signature=b64.decode(outer.text("sig"), "a bundle's signature", SIGNATURE_BYTES),
    )


def _agreement(record: Record, size: int) -> Opened | None:
    found: Opened | None = None
    for one in record.entries(0, size, (AGREEMENT,)):
        found = one
    return found


def _cited(one: Opened) -> dict[str, Json]:
    return {"digest": one.entry.digest, "ref": str(Ref(one.index))}


def _entry(one: Opened, proof: tuple[bytes, ...]) -> dict[str, Json]:
    return {
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
    fields.only(content, "proof", "ref", "salt")
    ref = Ref.parse(fields.text("ref"))
    if (ref.row >= 0) != (content == "row"):
        msg = f"a bundle lists {ref} in the wrong place; ask the office for it again"
        raise BadInput(msg)
    salt = b64.decode(fields.text("salt"), "a salt of a bundle", sealing.SALT_BYTES)
    return Held(ref, salt, fields.text(content).encode(), _path(fields))


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
