"""How the numbers were made, printed in every report: the rules in force, not a promise to look them up."""

from trucekeeper.reports.model import Prose, Section
from trucekeeper.reports.scene import Scene

_RULES = (
    (
        "Every number leads to the entries of the signed record that it was counted from. The list stands at the "
        "end; anybody who holds the record can count again."
    ),
    (
        "Counted are reports and detections of sources that share neither side's interest, so that no side can "
        "raise or lower a count by what it says. What the sides say stands in the ledgers. What only relays "
        "another report is not counted."
    ),
    (
        "Reports of one act that a person has linked into one incident count once: at least the highest lower bound "
        "told, at most the highest upper bound. A report of explosions, bursts, shots, projectiles or flights "
        "without a number counts as at least one."
    ),
    "A happening belongs to the period in which it can first have begun.",
    (
        "Sides of the line say where, not who. Sources are named by class only. Places are rounded to a hundredth "
        "of a degree; a place told from an observer is drawn as a disc about its own middle."
    ),
)


def method_section(scene: Scene) -> Section:
    """The counting rules, and what knowledge the report rests on."""
    known: Prose = (
        f"Known were the first {scene.upto:,} entries of the record; what came later is not in it.",
    )
    return Section("method", "How this was counted", (*((rule,) for rule in _RULES), known))
