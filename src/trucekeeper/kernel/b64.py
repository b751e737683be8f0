"""Base64 that has one spelling for each sequence of bytes (RFC 4648, section 3.5)."""

import base64
import binascii

from trucekeeper.kernel.errors import BadInput


def encode(data: bytes) -> str:
    """The standard alphabet, padded."""
    return base64.b64encode(data).decode("ascii")


def decode(text: str, what: str, size: int | None = None) -> bytes:
    """The bytes that ``text`` spells; ``what`` names the field in a refusal, ``size`` is the length it must have.

    A text whose last bits are not zero spells the same bytes in another way, and is refused: otherwise a
    flipped bit could pass unseen.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        msg = f"{what} is not base64; copy it whole"
        raise BadInput(msg) from error
    if encode(data) != text:
        msg = f"{what} is not written in the one form of base64; copy it as it was given"
        raise BadInput(msg)
    if size is not None and len(data) != size:
        msg = f"{what} has {len(data)} bytes where {size} belong; copy it whole"
        raise BadInput(msg)
    return data
