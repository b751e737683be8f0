"""What the API refuses for reasons that only HTTP has: a size, a rate, a condition, a caller it does not know."""

from collections.abc import Mapping
from typing import ClassVar

from trucekeeper.kernel.errors import NotTrusted, TruceError

CHALLENGE = 'Bearer realm="trucekeeper", Signature realm="trucekeeper"'
"""What a 401 asks for (RFC 9110, section 11.6.1)."""


class Unauthenticated(NotTrusted):
    """Nobody whom this office knows asks."""


class Refusal(TruceError):
    """A refusal with its own status; ``headers`` go out with it."""

    status: ClassVar[int] = 400
    headers: Mapping[str, str]

    def __init__(self, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.headers = {} if headers is None else headers


class TooLong(Refusal):
    """The body is longer than is read (RFC 9110, 413)."""

    code = "size"
    status = 413


class Changed(Refusal):
    """The notice is not any more what the caller has seen (RFC 9110, 412)."""

    code = "changed"
    status = 412


class Unconditional(Refusal):
    """The request has to name what it changes (RFC 6585, 428)."""

    code = "condition"
    status = 428


class TooMany(Refusal):
    """Asked too fast (RFC 6585, 429)."""

    code = "rate"
    status = 429


class Reused(Refusal):
    """An idempotency key was used for another request before (422)."""

    code = "reused"
    status = 422
