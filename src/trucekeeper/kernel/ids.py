"""Names that people read out to each other: ``INC-2026-000123``."""

import re
from dataclasses import dataclass

from trucekeeper.kernel.errors import BadInput

_FORM = re.compile(r"([A-Z]{2,5})-([0-9]{4})-([0-9]{6,12})")


@dataclass(frozen=True, slots=True, order=True)
class Id:
    """A prefix of two to five capitals, a year, and a number counted within both from 1."""

    prefix: str
    year: int
    number: int

    def __post_init__(self) -> None:
        if self.number < 1 or not _FORM.fullmatch(str(self)):
            msg = f"{str(self)[:40]!a} is not an id; it needs a prefix, a year of four digits and a number from 1"
            raise BadInput(msg)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year:04d}-{self.number:06d}"

    @classmethod
    def parse(cls, text: str) -> "Id":
        """Read exactly what ``str`` writes."""
        match = _FORM.fullmatch(text)
        found = None if match is None else cls(match[1], int(match[2]), int(match[3]))
        if found is None or str(found) != text:
            msg = f"{text[:40]!a} is not an id; write it like INC-2026-000123"
            raise BadInput(msg)
        return found
