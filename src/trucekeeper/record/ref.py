"""How one line of the record, or one row of a batch, is named."""

from dataclasses import dataclass

from trucekeeper.kernel.errors import BadInput


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
        head, dot, tail = text.partition(".")
        digits = head.isascii() and head.isdigit() and (not dot or (tail.isascii() and tail.isdigit()))
        if not digits:
            msg = f"{text[:20]!r} names no entry; write its number, such as 12, or 12.345 for a row"
            raise BadInput(msg)
        return cls(int(head), int(tail) if dot else -1)
