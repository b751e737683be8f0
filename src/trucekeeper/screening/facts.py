"""What an observation says, under the names that the conditions of terms use."""

from collections.abc import Mapping

from trucekeeper.agreement.expression import Value
from trucekeeper.incidents.pairing import act_of
from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth, of
from trucekeeper.observations.model import Harm, Observation

UNDETERMINED = "undetermined"


def facts(observation: Observation) -> Mapping[str, Value]:
    """Every fact of the schema; what the observation does not say is None, hence unknown."""
    weapon, holding, harm = observation.weapon, observation.holding, observation.harm
    return {
        "act": act_of(observation),
        "phase": None if observation.phase == UNDETERMINED else observation.phase,
        "means": observation.means,
        "count": observation.count,
        "by": observation.by,
        "weapon.class": None if weapon is None else weapon.category,
        "weapon.calibre_mm": None if weapon is None else weapon.calibre_mm,
        "weapon.system": None if weapon is None else weapon.system,
        "holding.status": None if holding is None else holding.status,
        "in_storage": None if holding is None or holding.in_storage is None else of(holding.in_storage),
        "civilian_harm": civilian_harm(harm),
        "civilians.killed": None if harm is None else harm.killed,
        "civilians.injured": None if harm is None else harm.injured,
        "notified": None,
    }


def civilian_harm(harm: Harm | None) -> Truth:
    """Yes where surely somebody was killed or injured, no only where both are stated as none."""
    if harm is None:
        return Truth.UNKNOWN
    stated = (harm.killed, harm.injured)
    if any(span is not None and span.low >= 1 for span in stated):
        return Truth.YES
    return of(False if stated == (_NOBODY, _NOBODY) else None)


_NOBODY = Span.exactly(0)
