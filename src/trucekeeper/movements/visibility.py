"""Who sees what of a notice. This is the one place that decides it; everything else asks :func:`sight`.

Denied by default: a caller sees a notice whole only for a reason that stands in the record. Everyone else meets at most
the agreed cell (see ``movements.cells``), and that only of what is in force.
"""

from dataclasses import dataclass
from enum import Enum

from trucekeeper.movements.lifecycle import Dossier
from trucekeeper.movements.model import Kind, Op, Step
from trucekeeper.record.role import Role

HOTLINE = "hotline"
"""Where an escalation ends; no holder, whatever a holder may be called."""


class Sight(Enum):
    """How much of a notice a caller sees."""

    WHOLE = "whole"
    CELL = "cell"
    """That some constraint holds somewhere in the agreed cell on these days, and nothing else."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``holder`` is an id of the record's key set, in ``role``, acting for ``party``.

    A role of None is somebody whom the key set does not know, such as another operator of the airspace: the name it
    gives itself counts its probes, and clears it for nothing.
    """

    holder: str
    role: Role | None
    party: str | None = None


def sight(dossier: Dossier, caller: Caller) -> Sight:
    """What ``caller`` may see of this notice.

    Whole: its notifier; who was sent it, as long as the notifier still names them; the alternate to whom the office
    passed it on; and the office's own staff. Nobody is cleared by role alone but the office, and nobody by party.
    """
    if caller.role is not None and _cleared(dossier, caller.holder, caller.role):
        return Sight.WHOLE
    return Sight.CELL if in_force(dossier) else Sight.NOTHING


def guarded(dossier: Dossier, caller: Caller) -> bool:
    """Whether reading this notice whole is itself to be recorded first: a protected site, read by another."""
    return dossier.current.notice.kind is Kind.SITE and caller.holder != dossier.notifier


def in_force(dossier: Dossier) -> bool:
    """Whether the uncleared may learn that something is there: the office checked it once, and it is not over.

    An amendment that waits for its check does not take the constraint away meanwhile.
    """
    return dossier.live and any(
        isinstance(line.what, Step) and line.what.op is Op.CHECK for line in dossier.steps
    )


def _cleared(dossier: Dossier, holder: str, role: Role) -> bool:
    if role is Role.OFFICE or holder == dossier.notifier:
        return True
    named = dossier.current.notice.recipients
    return any(
        told.transmitted is not None
        and told.recipient in named
        and (holder == told.recipient or holder in {to for to, _, _ in told.escalated if to != HOTLINE})
        for told in dossier.told
    )
