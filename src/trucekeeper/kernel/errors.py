"""The error tree. Interfaces map ``code`` to an exit status or an HTTP status once.

Every message is one sentence: where, what is wrong, what to do. It never holds a protected
place, a name or a source.
"""

from typing import ClassVar


class TruceError(Exception):
    """Anything that Trucekeeper refuses; ``code`` is stable, the wording is not."""

    code: ClassVar[str] = "error"


class BadInput(TruceError):
    """The bytes or words handed in are malformed or mean nothing."""

    code = "input"


class NotTrusted(TruceError):
    """A signature, key, mandate, proof or hash does not hold."""

    code = "trust"


class NotPermitted(TruceError):
    """The caller is known, and may not do this."""

    code = "permission"


class NotFound(TruceError):
    """What was asked for is not there."""

    code = "missing"


class Conflict(TruceError):
    """The state of things does not allow it now: locked, already there, too early or too late."""

    code = "conflict"


class Busy(Conflict):
    """Too much is waiting already; the same thing may be tried again in a moment."""

    code = "busy"


class Damaged(TruceError):
    """What the office holds contradicts its own record."""

    code = "damaged"
