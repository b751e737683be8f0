"""How one line of the record, or one row of a batch, is named."""

import re
from dataclasses import dataclass

from trucekeeper.kernel.errors import BadInput

_FORM = re.compile(r"(0|[1-9][0-9]{0,14})(?:\.(0|[1-9][0-9]{0,14}))?")


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """Entry ``entry``, or row ``row`` of batch entry ``entry``; written ``12`` or ``12.345``."""

    entry: int
    row: int = -1

    def __str__(self) -> str:
        return str(self.entry) if self.row < 0 else f"{self.entry}.{self.row}"

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """Read what ``str`` writes; refuse anything else."""
        match = _FORM.fullmatch(text)
        if match is None:
            msg = f"{text[:20]!r} names no entry; write its number, such as 12, or 12.345 for a row"
            raise BadInput(msg)
        entry, row = match.groups()
        return cls(int(entry), -1 if row is None else int(row))
