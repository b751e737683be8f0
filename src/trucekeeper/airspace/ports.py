"""What the airspace asks of the office's own notices."""

from collections.abc import Sequence
from typing import Protocol

from trucekeeper.airspace.model import NativeConstraint
from trucekeeper.movements.volume import Volume


class Hidden(Protocol):
    """The office's notices, as far as a client of this interface may know of them. ``sub`` is who asks."""

    def meeting(self, volumes: Sequence[Volume], sub: str) -> tuple[NativeConstraint, ...]:
        """Every constraint whose whole cells meet one of the volumes, in the order of ids."""
        ...

    def named(self, key: str, sub: str) -> NativeConstraint | None:
        """The constraint with this id; None where there is none."""
        ...


class NoneHidden:
    """An office without notices."""

    def meeting(self, volumes: Sequence[Volume], sub: str) -> tuple[NativeConstraint, ...]:  # noqa: ARG002 - a port
        """Nothing."""
        return ()

    def named(self, key: str, sub: str) -> NativeConstraint | None:  # noqa: ARG002 - a port
        """Nothing."""
        return None
