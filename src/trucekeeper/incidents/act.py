"""What a person does to incidents at triage: opens one, adds to it, merges two, splits one."""

from dataclasses import dataclass
from enum import Enum

from trucekeeper.incidents.model import PairScore
from trucekeeper.record.ref import Ref


class Op(Enum):
    """The four acts; merge and split undo one another."""

    OPEN = "open"
    ADD = "add"
    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Act:
    """One act of triage, with the scores that were its grounds and the person's words.

    ``open``: ``members`` become an incident that starts in ``year`` (UTC). ``add``: ``members`` join ``incident``.
    ``merge``: ``other`` ends in ``incident``, its id leads there. ``split``: ``members`` leave ``incident``; they
    become ``other`` again, where that was once merged into it, else a new incident of ``year``.
    """

    op: Op
    members: tuple[Ref, ...] = ()
    incident: str | None = None
    other: str | None = None
    year: int | None = None
    grounds: tuple[PairScore, ...] = ()
    says: str = ""
