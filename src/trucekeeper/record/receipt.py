"""The office's signed promise to an author: this leaf stands at this index by this time.

A receipt whose entry is missing from a checkpoint made after ``merge_by`` is proof against the office.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from trucekeeper.kernel import b64, canon, keys, note
from trucekeeper.kernel.canon import Fields
from trucekeeper.kernel.clock import Instant, format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.kernel.pae import pae

PAYLOAD_TYPE = "application/vnd.trucekeeper.receipt+json"
LIMIT_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the office promised. ``leaf`` is the sealed leaf, 33 bytes; ``data`` are the signed bytes."""

    origin: str
    uid: str
    leaf: bytes
    index: int
    at: Instant
    merge_by: Instant
    data: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the signed bytes, in hex: a short name to read out by telephone."""
        return hashlib.sha256(self.data).hexdigest()


def issue(
    attest: Callable[[str, bytes], bytes],
    of: tuple[str, str],
    leaf: bytes,
    index: int,
    times: tuple[Instant, Instant],
) -> Receipt:
    """A receipt signed through ``attest`` (see ``record.ports``).

    ``of`` are the log's origin and the entry's uid; ``times`` are when it was taken in and by when it is merged.
    """
    origin, uid = of
    at, merge_by = times
    stated = canon.encode(
        {
            "at": format_utc(at),
            "index": index,
            "leaf": b64.encode(leaf),
            "merge_by": format_utc(merge_by),
            "origin": origin,
            "uid": uid,
        }
    )
    signature = b64.encode(attest(PAYLOAD_TYPE, stated)).encode()
    data = b'{"receipt":%b,"sig":"%b"}' % (stated, signature)
    return Receipt(origin, uid, leaf, index, at, merge_by, data)


def read(data: bytes) -> Receipt:
    """The receipt in ``data``; only its shape is checked."""
    return _read(data)[0]


def verify_receipt(data: bytes, vkey: str) -> Receipt:
    """The receipt in ``data``, once its origin and signature are seen to be those of the log ``vkey`` names."""
    log = note.Verifier.parse(vkey)
    receipt, signature = _read(data)
    if receipt.origin != log.name:
        msg = f"a receipt is of another log than {log.name}; check it with the verifier key of its own log"
        raise NotTrusted(msg)
    stated = canon.encode(canon.decode_object(data, LIMIT_BYTES)["receipt"])
    if not keys.verify(log.public, signature, pae(PAYLOAD_TYPE, stated)):
        msg = f"the signature of {log.name} under a receipt does not hold; keep it and ask the office for it again"
        raise NotTrusted(msg)
    return receipt


def _read(data: bytes) -> tuple[Receipt, bytes]:
    outer = Fields(canon.decode_object(data, LIMIT_BYTES), "a receipt").only("receipt", "sig")
    signature = b64.decode(outer.text("sig"), "a receipt's signature", keys.SIGNATURE_BYTES)
    inner = outer.object("receipt").only("at", "index", "leaf", "merge_by", "origin", "uid")
    index = inner.whole("index")
    if index < 0:
        msg = "a receipt's index is below 0; ask the office for it again"
        raise BadInput(msg)
    receipt = Receipt(
        inner.text("origin"),
        inner.text("uid"),
        b64.decode(inner.text("leaf"), "a receipt's leaf", 33),
        index,
        parse_utc(inner.text("at")),
        parse_utc(inner.text("merge_by")),
        data,
    )
    return receipt, signature
