"""Whose rows are whose: keys by number, and where each key's rows begin."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from trucekeeper.movements.rows import NEXT, Table


@dataclass(slots=True)
class Names:
    """``names`` are keys by their numbers, ``firsts`` their first rows or -1; ``spare`` numbers are nobody's."""

    numbers: dict[str, int] = field(default_factory=dict[str, int])
    names: list[str] = field(default_factory=list[str])
    firsts: list[int] = field(default_factory=list[int])
    spare: list[int] = field(default_factory=list[int])

    def number(self, key: str) -> int:
        """The key's number, or one that is set aside for it until :meth:`keep`."""
        known = self.numbers.get(key)
        if known is not None:
            return known
        if self.spare:
            number = self.spare.pop()
            self.names[number] = key
            return number
        self.names.append(key)
        self.firsts.append(-1)
        return len(self.names) - 1

    def keep(self, key: str, number: int, first: int) -> None:
        """From now on the key's rows begin there."""
        self.numbers[key] = number
        self.firsts[number] = first

    def forget(self, key: str) -> None:
        """The key is gone; its number may be another's."""
        number = self.numbers.pop(key)
        self.names[number], self.firsts[number] = "", -1
        self.spare.append(number)

    def first(self, key: str) -> int:
        """The first of a key's rows, -1 where it has none."""
        number = self.numbers.get(key)
        return -1 if number is None else self.firsts[number]

    def rows(self, table: Table, key: str) -> Iterator[int]:
        """A key's rows."""
        row = self.first(key)
        while row >= 0:
            yield row
            row = int(table.rows[row, NEXT])
