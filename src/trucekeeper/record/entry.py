"""One signed line of the record: kind, origin, author, time and body, in an envelope."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from trucekeeper.kernel import b64, canon, keys
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant, format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.pae import pae

PAYLOAD_TYPE = "application/vnd.trucekeeper.entry+json"
"""The DSSE type of every author's signature."""

LIMIT_BYTES = 1_048_576
"""How long any envelope may be; admission holds most kinds to less."""

_BEFORE = len(b'{"s":')
_AFTER = len(b',"sig":""}') + 88
"""Where the statement stands in a canonical envelope: 64 bytes of signature are 88 letters of base64."""

_SMALL_BYTES = 4_096
_HEX = frozenset("0123456789abcdef")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-/")


@dataclass(frozen=True, slots=True)
class Entry:
    """What its author signed. ``key`` is the author's key id, ``at`` when it was signed, ``uid`` 32 hex digits."""

    kind: str
    origin: str
    uid: str
    key: str
    at: Instant
    body: Mapping[str, Json]
    digest: str
    """SHA-256 of the signed statement, in hex: what other entries cite."""

    @property
    def body_bytes(self) -> bytes:
        """The body's bytes as they were signed; canonical form gives the same ones back."""
        return canon.encode(dict(self.body))


def seal(
    signer: keys.Signer, kind: str, origin: str, uid: str, at: Instant, body: Mapping[str, Json]
) -> bytes:
    """The envelope ``{"s":{...},"sig":"..."}``; the signature is over DSSE PAE of the statement's bytes."""
    statement: dict[str, Json] = {
        "at": format_utc(at),
        "body": dict(body),
        "key": signer.key_id,
        "kind": kind,
        "origin": origin,
        "uid": uid,
    }
    written = canon.encode(statement)
    _shape(statement, written)
    signature = signer.sign(pae(PAYLOAD_TYPE, written))
    return canon.encode({"s": statement, "sig": b64.encode(signature)})


def opened(envelope: bytes) -> Entry:
    """The entry in ``envelope``. Its shape is checked, its signature is not: see :func:`signed_by`."""
    return read(envelope)[0]


def signed_by(envelope: bytes, public: bytes) -> bool:
    """Whether the envelope's signature is that of ``public``, and its statement names that key."""
    entry, statement, signature = read(envelope)
    return entry.key == keys.key_id(public) and holds(public, statement, signature)


def holds(public: bytes, statement: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is that of ``public`` over a statement's bytes."""
    return keys.verify(public, signature, pae(PAYLOAD_TYPE, statement))


def read(envelope: bytes) -> tuple[Entry, bytes, bytes]:
    """The entry, the bytes of its statement as they were signed, and the signature that is claimed.

    Small envelopes read lately are remembered: on its way in, one is read by the desk, by admission and by the
    projections. So nobody may change what is in an entry's body.
    """
    return _remembered(envelope) if len(envelope) <= _SMALL_BYTES else _read(envelope)


@lru_cache(maxsize=2_048)
def _remembered(envelope: bytes) -> tuple[Entry, bytes, bytes]:
    return _read(envelope)


def _read(envelope: bytes) -> tuple[Entry, bytes, bytes]:
    fields = Fields(canon.decode_object(envelope, LIMIT_BYTES), "an entry").only("s", "sig")
    signature = b64.decode(fields.text("sig"), "an entry's signature", keys.SIGNATURE_BYTES)
    statement = envelope[_BEFORE:-_AFTER]
    return _shape(fields.mapping("s"), statement), statement, signature


def _shape(statement: dict[str, Json], written: bytes) -> Entry:
    fields = Fields(statement, "an entry").only("at", "body", "key", "kind", "origin", "uid")
    uid, key, kind, origin = (fields.text(name) for name in ("uid", "key", "kind", "origin"))
    for name, value in (("uid", uid), ("key", key)):
        if len(value) != 32 or not _HEX.issuperset(value):
            msg = f"an entry: the field {name!r} is not 32 lower-case hex digits; write it so"
            raise BadInput(msg)
    if not 0 < len(kind) <= 64 or not _NAME.issuperset(kind):
        msg = "an entry: the field 'kind' is not of the form observation/v1; write it so"
        raise BadInput(msg)
    if not 0 < len(origin) <= 255 or not origin.isascii():
        msg = "an entry: the field 'origin' is not the ASCII name of a log; copy it from log.vkey"
        raise BadInput(msg)
    body = fields.mapping("body")
    digest = hashlib.sha256(written).hexdigest()
    return Entry(kind, origin, uid, key, parse_utc(fields.text("at")), body, digest)
