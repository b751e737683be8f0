"""User text made safe to print anywhere: whatever XML or a reader's eye could not take is shown as a replacement."""

import unicodedata

_TURNS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of what follows; words are isolated by markup instead, so numbers stay in place."""
_REPLACEMENT = "\ufffd"


def clean(text: str) -> str:
    """The same words on one line, without control, surrogate, non-character and direction marks."""
    return " ".join("".join(_safe(sign) for sign in text).split())


def _safe(sign: str) -> str:
    if sign in _TURNS:
        return ""
    if sign in "\t\n\r\u2028\u2029":
        return " "
    broken = unicodedata.category(sign) in ("Cc", "Cs") or ord(sign) & 0xFFFE == 0xFFFE
    return _REPLACEMENT if broken or 0xFDD0 <= ord(sign) <= 0xFDEF else sign
