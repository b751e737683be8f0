"""What deconfliction asks of its stores."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from trucekeeper.movements.volume import Meeting, Volume


class Index(Protocol):
    """Live volumes by key. Databases propose; :func:`movements.overlap.overlap` decides, in every store alike.

    One key's volumes change as one: no reader ever sees half of them. Any thread may read; writers take turns.
    """

    def put(self, key: str, volumes: Sequence[Volume]) -> None:
        """Keep these volumes, and no others, under ``key``; visible as a whole once this returns."""
        ...

    def fill(self, items: Mapping[str, Sequence[Volume]]) -> None:
        """As :meth:`put` for many keys at once, such as at the start; quicker than one by one."""
        ...

    def remove(self, key: str) -> None:
        """Forget a key; one that is not there is no error."""
        ...

    def meeting(self, volumes: Sequence[Volume]) -> tuple[Meeting, ...]:
        """Every kept volume that overlaps one of ``volumes``, in order, each pair once. Misses none."""
        ...

    def volumes(self, key: str) -> tuple[Volume, ...]:
        """What is kept under ``key``, as it was put; empty where nothing is."""
        ...

    def keys(self) -> Iterator[str]:
        """Every key that is kept, in no order."""
        ...

    def clear(self) -> None:
        """Forget everything, and how far it came."""
        ...

    def reached(self) -> int:
        """How many entries of the record were taken in when :meth:`reach` was last told; 0 at first."""
        ...

    def reach(self, size: int) -> None:
        """Remember that the first ``size`` entries of the record have been taken in."""
        ...
