"""Signed notes: text that people can read, with signatures below it (C2SP signed-note)."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from trucekeeper.kernel import b64, keys, mldsa
from trucekeeper.kernel.errors import BadInput, NotTrusted

ED25519 = 0x01
"""Signs the text of a note, as a log does."""
COSIGNATURE = 0x04
"""Ed25519 over a time and a checkpoint's text (C2SP tlog-cosignature)."""
ML_DSA_COSIGNATURE = 0x06
"""ML-DSA-44 over a name, a time and what a checkpoint says (C2SP tlog-cosignature)."""
COSIGNERS = (COSIGNATURE, ML_DSA_COSIGNATURE)
TYPES: Mapping[int, str] = MappingProxyType(
    {ED25519: "Ed25519", COSIGNATURE: "Ed25519 cosignature", ML_DSA_COSIGNATURE: "ML-DSA-44 cosignature"}
)
LIMIT_SIGNATURES = 64
LIMIT_BYTES = 1_000_000

_DASH = "\u2014 "
_NAME = re.compile(r"[!-*,-~]{1,255}")
_VKEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a note key. ``hint`` is its key id: 4 bytes, no secret and no proof."""

    name: str
    public: bytes
    kind: int = ED25519

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            msg = f"the key name {self.name[:40]!a} is not a name; use printable ASCII without space and +"
            raise BadInput(msg)
        if self.kind not in TYPES:
            msg = f"the verifier key of {self.name} is of type {self.kind}, which nobody here can check; use another"
            raise BadInput(msg)
        sound = mldsa.sound if self.kind == ML_DSA_COSIGNATURE else keys.sound
        if not sound(self.public):
            msg = f"the verifier key of {self.name} is no public key of one holder; copy it whole"
            raise BadInput(msg)

    @property
    def hint(self) -> bytes:
        """SHA-256(name, newline, type, public key), first 4 bytes."""
        head = self.name.encode() + b"\n" + bytes((self.kind,))
        return hashlib.sha256(head + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """``name+hex(hint)+base64(type and public key)``."""
        return f"{self.name}+{self.hint.hex()}+{b64.encode(bytes((self.kind,)) + self.public)}"

    @classmethod
    def parse(cls, vkey: str, kinds: Collection[int] = (ED25519,)) -> "Verifier":
        """Read what :attr:`vkey` writes; one newline at the end is allowed.

        A key of another type than ``kinds`` is refused: a witness's key never stands for a log's.
        """
        match = _VKEY.fullmatch(vkey.removesuffix("\n"))
        if match is None:
            msg = "a verifier key is not of the form name+hex+base64; copy the whole line of its .vkey file"
            raise BadInput(msg)
        name, hint, coded = match.groups()
        data = b64.decode(coded, "a verifier key")
        if not data or data[0] not in kinds:
            wanted = " or ".join(TYPES[kind] for kind in kinds)
            msg = f"the verifier key of {name[:40]!a} is not of type {wanted}; ask for one that is"
            raise BadInput(msg)
        found = cls(name, data[1:], data[0])
        if found.hint.hex() != hint:
            msg = f"the verifier key of {name[:40]!a} does not match its own id; copy it again"
            raise BadInput(msg)
        return found

    def line(self, signature: bytes) -> str:
        """The signature line of a note, under this key, with its newline."""
        return f"{_DASH}{self.name} {b64.encode(self.hint + signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text ending in a newline, and its signature lines as (name, hint, signature); nothing is checked yet."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]


def sign(text: str, signers: Sequence[tuple[str, keys.Signer]]) -> bytes:
    """The note that each of ``signers``, a (name, key) pair, signs."""
    if not _is_text(text):
        msg = "the text of a note does not end in a newline, or holds a control character; write plain lines"
        raise BadInput(msg)
    made: list[str] = []
    for name, signer in signers:
        made.append(Verifier(name, signer.public).line(signer.sign(text.encode())))
    return (text + "\n" + "".join(made)).encode()


def parse(data: bytes) -> Note:
    """Split at the last blank line; BadInput where the bytes are no note."""
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        msg = f"a signed note is not UTF-8 at byte {error.start}; copy it whole"
        raise BadInput(msg) from error
    text, blank, tail = whole.rpartition("\n\n")
    text += "\n"
    signed = tail.split("\n")
    if len(data) > LIMIT_BYTES or not blank or signed.pop() or not _is_text(text):
        msg = "a signed note is not a text, a blank line and signature lines; copy it whole"
        raise BadInput(msg)
    if not 1 <= len(signed) <= LIMIT_SIGNATURES:
        msg = f"a signed note has {len(signed)} signature lines; it needs one, and at most {LIMIT_SIGNATURES}"
        raise BadInput(msg)
    return Note(text, tuple(_line(line) for line in signed))


def lines(data: bytes) -> tuple[str, ...]:
    """The signature lines of a note as they stand, each with its newline; BadInput where the bytes are no note."""
    parse(data)
    return tuple(data.decode().rpartition("\n\n")[2].splitlines(keepends=True))


def only(data: bytes, wanted: Collection[Verifier]) -> bytes:
    """The note with the signature lines of ``wanted`` alone, whether they hold or not; BadInput where none is left."""
    ids = {(verifier.name, verifier.hint) for verifier in wanted}
    found = parse(data)
    kept = [line for line, one in zip(lines(data), found.signatures, strict=True) if one[:2] in ids]
    made = (found.text + "\n" + "".join(kept)).encode()
    parse(made)
    return made


def with_lines(data: bytes, more: Iterable[str]) -> bytes:
    """The note with ``more`` signature lines below its own; a line that is there already is not repeated."""
    held = list(lines(data))
    for line in more:
        if line not in held:
            held.append(line)
    text = parse(data).text
    made = (text + "\n" + "".join(held)).encode()
    if parse(made).text != text:
        msg = "what is to stand below a note is more than signature lines; get it again from its source"
        raise BadInput(msg)
    return made


def verified(data: bytes, known: Sequence[Verifier]) -> tuple[str, tuple[Verifier, ...]]:
    """The note's text and who of ``known`` signed it.

    Lines of unknown (name, hint) are ignored. A line of a known key that does not hold makes the whole note
    NotTrusted, as does a note that none of ``known`` signed. Cosignatures are checked in ``record.cosignature``.
    """
    if any(verifier.kind != ED25519 for verifier in known):
        msg = "a witness's key does not sign the text of a note; check its cosignature instead"
        raise BadInput(msg)
    note = parse(data)
    found: list[Verifier] = []
    for name, hint, signature in note.signatures:
        for verifier in known:
            if (verifier.name, verifier.hint) != (name, hint):
                continue
            if not keys.verify(verifier.public, signature, note.text.encode()):
                msg = (
                    f"the signature of {name} under a note does not hold; get the note again from its source"
                )
                raise NotTrusted(msg)
            if verifier not in found:
                found.append(verifier)
    if not found:
        names = ", ".join(verifier.name for verifier in known)
        msg = f"a note bears no signature of {names}; check that it belongs to this log and this key"
        raise NotTrusted(msg)
    return note.text, tuple(found)


def _line(line: str) -> tuple[str, bytes, bytes]:
    name, space, coded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not name or "+" in name:
        msg = "a signature line of a note is not a dash, a name and base64; copy it whole"
        raise BadInput(msg)
    data = b64.decode(coded, "a signature line of a note")
    if len(data) < 5:
        msg = "a signature line of a note is too short; copy it whole"
        raise BadInput(msg)
    return name, data[:4], data[4:]


def _is_text(text: str) -> bool:
    return text.endswith("\n") and not any(ord(one) < 32 and one != "\n" for one in text)
