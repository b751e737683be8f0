"""One signed line of the record: kind, origin, author, time and body, in an envelope.

An envelope is the canonical ``{"s":statement,"sig":"..."}``, the core, which is what a leaf commits to. Where fields
are told apart (see ``record.disclosure``) it may bring their disclosures along: ``{"d":[...],"s":...,"sig":...}``.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trucekeeper.kernel import b64, canon, keys
from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant, format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.pae import pae
from trucekeeper.record import disclosure

PAYLOAD_TYPE = "application/vnd.trucekeeper.entry+json"
"""The DSSE type of every author's signature."""

LIMIT_BYTES = 1_048_576
"""How long any envelope may be; admission holds most kinds to less."""

_BEFORE = len(b'{"s":')
_AFTER = len(b',"sig":""}') + 88
"""Where the statement stands in a canonical envelope: 64 bytes of signature are 88 letters of base64."""

_TOLD = re.compile(rb'\{"d":\[("[A-Za-z0-9_-]+"(?:,"[A-Za-z0-9_-]+")*)\],(?="s":)')
_MARK = b'"_sd":'

_SMALL_BYTES = 4_096
_HEX = frozenset("0123456789abcdef")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-/")


@dataclass(frozen=True, slots=True)
class Entry:
    """What its author signed. ``key`` is the author's key id, ``at`` when it was signed, ``uid`` 32 hex digits.

    ``body`` has the fields in place whose disclosures are at hand; ``hidden`` counts those that are not.
    """

    kind: str
    origin: str
    uid: str
    key: str
    at: Instant
    body: Mapping[str, Json]
    digest: str
    """SHA-256 of the signed statement, in hex: what other entries cite; the same whatever is disclosed."""
    hidden: int = 0

    @property
    def body_bytes(self) -> bytes:
        """The canonical bytes of the body: those that were signed, where no field is told apart."""
        return canon.encode(dict(self.body))


def seal(  # noqa: PLR0913 - all that an envelope says
    signer: keys.Signer,
    kind: str,
    origin: str,
    uid: str,
    at: Instant,
    body: Mapping[str, Json],
    *,
    apart: Iterable[str] = (),
    draw: Callable[[int], bytes] | None = None,
) -> bytes:
    """The envelope, signed over DSSE PAE of the statement's bytes.

    The fields at the paths ``apart`` are told apart, each with a salt that ``draw`` gives; paths that lead to
    nothing are passed over.
    """
    disclosures: tuple[str, ...] = ()
    if draw is not None:
        body, disclosures = disclosure.set_apart(body, apart, draw)
    elif tuple(apart):
        msg = "fields cannot be told apart without salts; give a source of random bytes"
        raise BadInput(msg)
    statement: dict[str, Json] = {
        "at": format_utc(at),
        "body": dict(body),
        "key": signer.key_id,
        "kind": kind,
        "origin": origin,
        "uid": uid,
    }
    written = canon.encode(statement)
    _shape(statement, written, disclosures)
    signature = signer.sign(pae(PAYLOAD_TYPE, written))
    return joined(canon.encode({"s": statement, "sig": b64.encode(signature)}), disclosures)


def core(envelope: bytes) -> bytes:
    """The envelope without its disclosures: the bytes that a leaf commits to."""
    return _parted(envelope)[0]


def disclosures(envelope: bytes) -> tuple[str, ...]:
    """The disclosures that an envelope brings along; whether they belong to it, :func:`read` shows."""
    return _parted(envelope)[1]


def joined(core: bytes, disclosures: Sequence[str]) -> bytes:
    """The envelope that brings ``disclosures`` along with ``core``; the core itself where there are none."""
    if not disclosures:
        return core
    return b'{"d":["' + '","'.join(disclosures).encode("ascii") + b'"],' + core[1:]


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
    bare, told = _parted(envelope)
    fields = Fields(canon.decode_object(bare, LIMIT_BYTES), "an entry").only("s", "sig")
    signature = b64.decode(fields.text("sig"), "an entry's signature", keys.SIGNATURE_BYTES)
    statement = bare[_BEFORE:-_AFTER]
    return _shape(fields.mapping("s"), statement, told), statement, signature


def _parted(envelope: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The core and the disclosures. The core is canonical exactly if the whole is, so only the core is decoded."""
    if not envelope.startswith(b'{"d":'):
        return envelope, ()
    if len(envelope) > LIMIT_BYTES:
        msg = f"an entry has more than {LIMIT_BYTES} bytes with its disclosures; send it in smaller parts"
        raise BadInput(msg)
    found = _TOLD.match(envelope)
    if found is None:
        msg = "an entry: the field 'd' is not a list of disclosures in canonical form; leave it out if there are none"
        raise BadInput(msg)
    return b"{" + envelope[found.end() :], tuple(found[1].decode("ascii")[1:-1].split('","'))


def _shape(statement: dict[str, Json], written: bytes, told: Sequence[str]) -> Entry:
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
    hidden = 0
    if told or _MARK in written:
        opening = disclosure.opening(body, told)
        body, hidden = opening.body, opening.hidden
    digest = hashlib.sha256(written).hexdigest()
    return Entry(kind, origin, uid, key, parse_utc(fields.text("at")), body, digest, hidden)
