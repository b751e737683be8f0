"""The name of the way by which a draft was made, and the entries that it leans on: a fit, and its approval.

``tables/v1 reference/1`` weighs by judgement; ``tables/v1@57+60 reference/1`` by the fit of entry 57, which entry 60
approved. Who has these entries can weigh as the draft did.
"""

import re
from dataclasses import dataclass

from trucekeeper.record.ref import Ref
from trucekeeper.weighing.ports import Weigher

_BY_FIT = re.compile(r"[a-z]+/v[0-9]+@([0-9]{1,15})\+([0-9]{1,15}) .+")


@dataclass(frozen=True, slots=True)
class Way:
    """A way of weighing under the name that drafts state."""

    method: str
    weigher: Weigher


def by_fit(weighing: str, fit: int, approval: int, screening: str) -> str:
    """The name of weighing by the fit of an entry."""
    return f"{weighing}@{fit}+{approval} {screening}"


def leans_on(method: str) -> tuple[Ref, ...]:
    """The fit and its approval, or nothing where a method needs none."""
    found = _BY_FIT.fullmatch(method)
    return () if found is None else (Ref(int(found[1])), Ref(int(found[2])))
