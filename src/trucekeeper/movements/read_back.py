"""Ten digits that are read over telephone or radio: they show that the reader holds this very version.

They are computed from the signed entry, and two of them are check digits (ISO/IEC 7064, MOD 97-10): one digit misheard
or two neighbours swapped is noticed, and told apart from the code of another version. The code proves what the reader
has in hand, not who the reader is: that is for the two members of staff to say.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.model import Op, ReadBack, Step

KIND = "receipt-request/v1"
CHANNELS = ("telephone", "radio", "fax")

_DIGITS = 10**8


class Heard(Enum):
    """What a code that was read to the office is."""

    RIGHT = "right"
    MISHEARD = "misheard"
    """No code at all: a digit was lost, swapped or misheard. Let it be read again, slowly."""
    OTHER = "other"
    """A sound code, of another version, notice or recipient."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is read back: the entry ``version`` with its ``digest``, as it went to ``recipient``."""

    origin: str
    notice: int
    version: int
    digest: str
    recipient: str


def code(of: Subject) -> str:
    """Ten digits; the same whenever they are computed."""
    said = canon.encode([of.origin, of.notice, of.version, of.digest, of.recipient])
    eight = int.from_bytes(hashlib.sha256(b"truce-read-back/v1\n" + said).digest()[:8]) % _DIGITS
    return f"{eight:08d}{98 - eight * 100 % 97:02d}"


def spoken(digits: str) -> str:
    """``47 29 15 36 08``: as it is printed and read."""
    return " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def heard(text: str, of: Subject) -> Heard:
    """What was read to the office, however it was grouped."""
    digits = re.sub(r"[\s.-]", "", text)
    if not re.fullmatch(r"[0-9]{10}", digits, re.ASCII) or int(digits) % 97 != 1:
        return Heard.MISHEARD
    return Heard.RIGHT if digits == code(of) else Heard.OTHER


def receipt_request(of: Subject) -> bytes:
    """What a sheet's QR code carries: all that a recipient's software needs to sign an acknowledgement offline."""
    said: dict[str, Json] = {
        "code": code(of),
        "digest": of.digest,
        "kind": KIND,
        "notice": of.notice,
        "origin": of.origin,
        "recipient": of.recipient,
        "version": of.version,
    }
    return canon.encode(said)


def call(of: Subject, said: ReadBack, digits: str, staff: Collection[str] | None = None) -> Step:
    """The step that logs a call in which ``digits`` were read back; BadInput where it does not count."""
    why = refusal(said, staff)
    if why is None and heard(digits, of) is Heard.MISHEARD:
        why = "these are not ten digits that fit each other; let the code be read again, two digits at a time"
    elif why is None and heard(digits, of) is Heard.OTHER:
        why = "this is the code of another version or recipient; ask which entry the caller has in hand"
    if why is not None:
        raise BadInput(why)
    says = f"read back the code of entry {of.version}"
    return Step(of.notice, Op.CALL, says=says, recipient=of.recipient, read_back=said)


def refusal(said: ReadBack, staff: Collection[str] | None = None) -> str | None:
    """Why a call does not count as read back, in one sentence; None where it does.

    ``staff`` are the ids of the office's people, None where nobody keeps that list.
    """
    if said.channel not in CHANNELS:
        return f"what is read back comes by one of {', '.join(CHANNELS)}; name the one it came by"
    if _plain(said.by) == _plain(said.heard_by):
        return "one person took it down and heard it read back; it takes two members of staff"
    if _plain(said.caller) in {_plain(said.by), _plain(said.heard_by)}:
        return "the caller is one of the two who took it down; name who was on the other end"
    for who in (said.by, said.heard_by):
        if staff is not None and who not in staff:
            return f"{who} is not of the office's staff; two of the staff have to hear it"
    return None


def _plain(name: str) -> str:
    return name.strip().casefold()
