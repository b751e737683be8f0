"""How this API refuses, beyond the kernel's errors: each has a status of its own in the standard."""

from collections.abc import Sequence

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, Conflict


class TooLarge(BadInput):
    """An area, or a body, is larger than is served."""


class Unaware(Conflict):
    """The key does not show that the client knows all that its intent meets: the references of what it lacks."""

    def __init__(self, intents: Sequence[Json], constraints: Sequence[Json]) -> None:
        super().__init__(
            f"the key lacks the OVNs of {len(intents)} operational intents and {len(constraints)} constraints that "
            "this intent meets; get their details from the USSs named here, and send it again with a longer key"
        )
        self.intents = list(intents)
        self.constraints = list(constraints)


class DownNow(Conflict):
    """A USS that arbitration has declared down may not do this."""
