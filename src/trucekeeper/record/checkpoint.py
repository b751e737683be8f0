"""The signed size and root of the log (C2SP tlog-checkpoint)."""

import re
from dataclasses import dataclass

from trucekeeper.kernel import b64, keys, merkle, note
from trucekeeper.kernel.errors import BadInput, NotTrusted

_TEXT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/=]+)\n((?:[^\n]+\n)*)")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log ``origin`` holds ``size`` leaves under ``root``."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64.encode(self.root)}\n"


def sign(checkpoint: Checkpoint, signer: keys.Signer) -> bytes:
    """The signed note, under a key named as the origin."""
    return note.sign(checkpoint.text, ((checkpoint.origin, signer),))


def parse(text: str) -> Checkpoint:
    """Read the lines of one of our checkpoints; extension lines are refused, for none is in use."""
    found = read(text)
    if found.text != text:
        msg = "a checkpoint is not three lines of origin, size and root; copy it whole"
        raise BadInput(msg)
    return found


def read(text: str) -> Checkpoint:
    """Read the lines of any log's checkpoint; extension lines may follow, and say nothing that we rely on."""
    match = _TEXT.fullmatch(text)
    if match is None:
        msg = "a checkpoint is not lines of origin, size and root; copy it whole"
        raise BadInput(msg)
    return Checkpoint(match[1], int(match[2]), b64.decode(match[3], "a checkpoint's root", merkle.HASH_BYTES))


def verified(data: bytes, vkey: str) -> Checkpoint:
    """The checkpoint in a signed note, once the log that ``vkey`` names is seen to have signed it."""
    log = note.Verifier.parse(vkey)
    text, _ = note.verified(data, (log,))
    found = parse(text)
    if found.origin != log.name:
        msg = f"a checkpoint is of another log than {log.name}; check it with the verifier key of its own log"
        raise NotTrusted(msg)
    return found
