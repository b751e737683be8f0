"""What the panel sees of an incident beside the draft: what moved each number, and what would change it.

Data for those who decide; nothing of it is published. It is computed anew from what a draft rests on, by the same
weighing, so that it never says another number than the draft.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from trucekeeper.agreement.model import Agreement, Modality
from trucekeeper.findings.assess import Asked, asked
from trucekeeper.findings.drafting import Inputs, touched_terms
from trucekeeper.findings.model import Question
from trucekeeper.findings.proof import proven
from trucekeeper.kernel.truth import Truth
from trucekeeper.record.ref import Ref
from trucekeeper.weighing.fixed import odds_of, ppm_of
from trucekeeper.weighing.model import Contribution, Item, Stance
from trucekeeper.weighing.ports import Weigher

PRIORS_PPM = (100_000, 500_000, 900_000)
"""What somebody may have believed who knows nothing of the case."""
_NEW = Ref(10**15 - 1)


@dataclass(frozen=True, slots=True)
class Moved:
    """What one item moved, in thousandths of a nat; ``grade`` is its Admiralty letter and digit."""

    ref: Ref
    source: str
    group: str
    grade: str
    milli: int
    says: str


@dataclass(frozen=True, slots=True)
class Pulled:
    """The probability, in ppm, without a group, and with each of its words turned about: were it captured."""

    group: str
    without_ppm: int
    captured_ppm: int


@dataclass(frozen=True, slots=True)
class Considered:
    """One question under one term. Probabilities in ppm; ``bayes_milli`` what all evidence moved, in millinats.

    ``linked`` has the weight and the probability of each other linking; ``one_more_ppm`` the probability if one more
    source without an interest, graded B2, affirmed it, or denied it.
    """

    term: str
    reading: str
    question: Question
    party: str | None
    answer: Truth
    standard_ppm: int
    probability_ppm: int
    prior_ppm: int
    bayes_milli: int
    at_priors: tuple[tuple[int, int], ...]
    moved: tuple[Moved, ...]
    pulled: tuple[Pulled, ...]
    linked: tuple[tuple[int, int], ...]
    one_more_ppm: tuple[int, int]


def considered(inputs: Inputs, agreement: Agreement, weigher: Weigher) -> Iterator[Considered]:
    """Every question of probability under the terms that the incident touches; of what nobody spoke, nothing."""
    sources = {name: source for name, (_, source) in inputs.register.items()}
    redrawn = inputs.redrawn()
    for term in touched_terms(agreement.terms, inputs.touchings):
        for question in (Question.EVENT, Question.ATTRIBUTION) if term.modality is not Modality.MAY else ():
            one = asked(inputs.incident, term, question, sources, inputs.coverage, agreement, redrawn)
            if one.items:
                yield _considered(one, weigher)


def _considered(one: Asked, weigher: Weigher) -> Considered:
    proof = proven(weigher, one.hypothesis, one.items, one.standard_ppm, one.rivals)
    weight = weigher.weigh(one.hypothesis, one.items)
    by_ref = {item.ref: item for item in one.items}
    moved = tuple(_moved(by_ref[said.ref], said) for said in weight.contributions)

    def ppm(items: Sequence[Item]) -> int:
        return weigher.weigh(one.hypothesis, items).probability_ppm

    change = odds_of(weight.probability_ppm) - odds_of(weight.prior_ppm)
    return Considered(
        term=one.term.id,
        reading=one.term.reading,
        question=Question(one.hypothesis.question),
        party=one.hypothesis.party,
        answer=proof.answer,
        standard_ppm=one.standard_ppm,
        probability_ppm=proof.probability_ppm,
        prior_ppm=weight.prior_ppm,
        bayes_milli=sum(each.milli for each in moved),
        at_priors=tuple((prior, ppm_of(odds_of(prior) + change)) for prior in PRIORS_PPM),
        moved=moved,
        pulled=tuple(_pulled(one.items, group, ppm) for group in sorted({item.group for item in one.items})),
        linked=tuple((rival.weight_ppm, ppm(rival.items)) for rival in one.rivals),
        one_more_ppm=(ppm((*one.items, _more(Stance.AFFIRM))), ppm((*one.items, _more(Stance.DENY)))),
    )


def _moved(item: Item, said: Contribution) -> Moved:
    grade = f"{item.reliability}{item.credibility}"
    return Moved(item.ref, item.source, item.group, grade, said.milli, said.says)


def _pulled(items: Sequence[Item], group: str, ppm: Callable[[Sequence[Item]], int]) -> Pulled:
    """A silence of a captured group is a lie too: it saw."""
    turned = {Stance.AFFIRM: Stance.DENY, Stance.DENY: Stance.AFFIRM, Stance.SILENT: Stance.AFFIRM}
    without = [item for item in items if item.group != group]
    caught = [replace(item, stance=turned[item.stance]) if item.group == group else item for item in items]
    return Pulled(group, ppm(without), ppm(caught))


def _more(stance: Stance) -> Item:
    return Item(_NEW, "one more", "one more/1", None, "one more", "patrol", stance, "B", 2)
