"""A witness's word that a checkpoint extends all that it saw of a log before (C2SP tlog-cosignature).

An Ed25519 cosignature does not sign the cosigner's name, so every cosigner has a key of its own; an ML-DSA-44
cosignature does. Both sign a time, in whole seconds since 1970; the time lies outside the tree.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trucekeeper.kernel import keys, mldsa, note
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.record import checkpoint

TIME_BYTES = 8
LATEST_S = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The cosigner that the reader calls ``name`` signed at ``time_s``, by its own clock."""

    name: str
    time_s: int

    @property
    def at(self) -> Instant:
        """The time of signing."""
        return Instant(self.time_s * 1000)


def cosign(signer: keys.Signer, name: str, text: str, at_s: int) -> str:
    """The signature line, with its newline, by which ``name`` cosigns the checkpoint ``text`` at ``at_s``.

    The caller has seen that the checkpoint extends the last one it cosigned. The type of the key follows from
    its length.
    """
    kind = note.ML_DSA_COSIGNATURE if len(signer.public) == mldsa.PUBLIC_BYTES else note.COSIGNATURE
    verifier = note.Verifier(name, signer.public, kind)
    if not 0 < at_s <= LATEST_S:
        msg = f"a cosignature cannot be made at {at_s} seconds since 1970; set this machine's clock"
        raise BadInput(msg)
    return verifier.line(at_s.to_bytes(TIME_BYTES, "big") + signer.sign(_message(verifier, text, at_s)))


def verified(data: bytes, known: Mapping[str, note.Verifier]) -> tuple[Cosigned, ...]:
    """Who of ``known`` (the reader's name for each, and its key) cosigned the note, in the order of ``known``.

    Lines of unknown (name, hint) are ignored; a line of a known key that does not hold makes the whole note
    NotTrusted. Of several lines by one key the earliest counts. A time of 0, by which a cosigner says that it
    vouches for no order in time, is no witness's word and does not count.
    """
    found = note.parse(data)
    times: dict[str, int] = {}
    for name, verifier in known.items():
        for signed_by, hint, payload in found.signatures:
            if (signed_by, hint) != (verifier.name, verifier.hint):
                continue
            at_s = _time(verifier, payload, found.text)
            if at_s:
                times[name] = min(at_s, times.get(name, at_s))
    return tuple(Cosigned(name, at_s) for name, at_s in times.items())


def _time(verifier: note.Verifier, payload: bytes, text: str) -> int:
    at_s, signature = int.from_bytes(payload[:TIME_BYTES], "big"), payload[TIME_BYTES:]
    check = mldsa.verify if verifier.kind == note.ML_DSA_COSIGNATURE else keys.verify
    if at_s > LATEST_S or not check(verifier.public, signature, _message(verifier, text, at_s)):
        msg = f"the cosignature of {verifier.name} does not hold; get the checkpoint again from its source"
        raise NotTrusted(msg)
    return at_s


def _message(verifier: note.Verifier, text: str, at_s: int) -> bytes:
    if verifier.kind == note.COSIGNATURE:
        return f"cosignature/v1\ntime {at_s}\n{text}".encode()
    if verifier.kind != note.ML_DSA_COSIGNATURE:
        msg = f"the key of {verifier.name} is no cosigner's; use the verifier key of a witness"
        raise BadInput(msg)
    stated = checkpoint.parse(text)  # extension lines would go unsigned
    name, origin = verifier.name.encode(), stated.origin.encode()
    if len(origin) > 255:
        msg = (
            "a log's origin is longer than 255 bytes, which an ML-DSA-44 cosignature cannot name; use Ed25519"
        )
        raise BadInput(msg)
    return b"".join(
        (
            b"subtree/v1\n\0",
            bytes((len(name),)) + name,
            at_s.to_bytes(8, "big"),
            bytes((len(origin),)) + origin,
            bytes(8),
            stated.size.to_bytes(8, "big"),
            stated.root,
        )
    )
