"""What is wrong in an office's folder, in a sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """``where`` in the folder, ``what`` is wrong there, what ``todo``. ``damaged``: it is lost or was changed."""

    where: str
    what: str
    todo: str
    damaged: bool = True

    def __str__(self) -> str:
        return f"{self.where} {self.what}; {self.todo}"
