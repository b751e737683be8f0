"""An agreement of one term, touchings, and a weigher that says what it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from tests.incidents.sample import NOON, PARTIES, SOURCES
from trucekeeper.agreement.model import Agreement, Modality, Procedure, Publication, Standard, Term
from trucekeeper.findings.assess import assess
from trucekeeper.findings.model import Finding, Question
from trucekeeper.incidents.lifecycle import incident
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.truth import Truth
from trucekeeper.parties.model import Source
from trucekeeper.screening.model import Test, Touching
from trucekeeper.weighing.graded import GradedWeigher
from trucekeeper.weighing.model import Hypothesis, Item, Weight
from trucekeeper.weighing.ports import Weigher

TERM = Term(
    id="no-fire",
    clause="art-1",
    party="party-a",
    modality=Modality.SHANT,
    action="fire",
    when=None,
    zones=(),
    within=None,
    exemptions=("notified-exercise",),
    standard=Standard(900_000, 800_000),
    severity="S2",
    escalations=(),
    lest=None,
)

AGREEMENT = Agreement(
    id="lakeside-2026",
    title="Lakeside Armistice",
    in_force=Instant(NOON),
    timezone=ZoneInfo("Etc/GMT-2"),
    languages=("en",),
    historical=False,
    parties=PARTIES,
    guarantors=(),
    clauses=(),
    terms=(TERM,),
    lines=(),
    sides=(),
    zones=(),
    sectors=(),
    actions=(("fire", ("explosion", "burst", "shot")),),
    base_rates=(),
    publication=Publication((), (), False, (), 0),
    procedure=Procedure(24, 2),
    witness_quorum="",
    digest="d" * 64,
)

REGISTER = {
    **SOURCES,
    "camera-1": Source("camera-1", None, "cameras", "uav", "A"),
    "resident-1": Source("resident-1", None, "resident-1", "resident", "A"),
}


@dataclass(frozen=True)
class Told:
    """A weigher that answers with fixed numbers, whatever it is asked."""

    weight: Weight

    def weigh(self, hypothesis: Hypothesis, items: Sequence[Item]) -> Weight:  # noqa: ARG002 - it has been told
        return replace(self.weight, prior_ppm=hypothesis.prior_ppm)


def told(ppm: int, *, seen: bool = True, lowest: int | None = None, highest: int | None = None) -> Told:
    return Told(Weight(ppm, ppm, (), lowest or ppm, highest or ppm, None, seen, "told"))


def touching(sighting: Sighting, answer: Truth = Truth.YES, **tests: Truth) -> Touching:
    """A touching of TERM with the tests asked for, or one of place."""
    asked = tests or {"place": answer}
    found = tuple(Test(name, one, f"{name} is {one.value}") for name, one in asked.items())
    return Touching(sighting.ref, TERM.id, TERM.reading, answer, 1_000_000, found)


def drafted(
    members: Sequence[Sighting],
    touchings: Sequence[Touching] | None = None,
    coverage: Sequence[Sighting] = (),
    term: Term = TERM,
    weigher: Weigher | None = None,
) -> dict[Question, Finding]:
    """The findings on these members, by question; every member touches for certain unless said."""
    touched = [touching(one) for one in members] if touchings is None else touchings
    made = incident("INC-2026-000001", members)
    findings = assess(made, term, touched, REGISTER, coverage, AGREEMENT, weigher or GradedWeigher())
    return {finding.question: finding for finding in findings}
