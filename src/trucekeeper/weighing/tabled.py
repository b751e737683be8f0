"""A fit's tables behind the port that findings call: their items as voices and silences, weighed in whole numbers.

Items have no distance and no exposure log. An item of a sensor counts by its source's grade; a silence by its chance.
For an event the rival is that nothing happened, or that it was staged; for an attribution, that another did it.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from types import MappingProxyType

from trucekeeper.record.ref import Ref
from trucekeeper.weighing.balance import Balance, Part, Sensed, apportioned, limited, rates
from trucekeeper.weighing.evidence import Alleged, Evidence, Says, Statement, Witness
from trucekeeper.weighing.fit import (
    ANY,
    CLAIMANT,
    MILLION,
    NAMED,
    NEUTRAL,
    POINTS,
    PRIOR,
    SOUNDS,
    Ear,
    Fit,
    Table,
    prior_fit,
)
from trucekeeper.weighing.fixed import ln_ratio, ppm_of
from trucekeeper.weighing.graded import CREDIBILITY, RELIABILITY, SENSORS
from trucekeeper.weighing.model import Contribution, Hypothesis, Item, Limit, Stance, Weight
from trucekeeper.weighing.scale import Scale
from trucekeeper.weighing.weigh import span

TRUST = MappingProxyType({"A": 950, "B": 850, "C": 650, "D": 350, "E": 100, "F": 350})
"""Admiralty letter: thousandths of the tables of judgement that are left; the rest says nothing."""

STAGED = 20
"""One in so many of what did not happen was made to look as if it had."""

_NOBODY = "?"
_Key = tuple[Ref, Stance]
_EAR = Ear(((1, MILLION),), MILLION, MILLION, 1, SOUNDS, POINTS)


@dataclass(frozen=True, slots=True)
class TableWeigher:
    """Weighs by the tables of a fit; from priors alone where there is none. Order and copies never matter."""

    fit: Fit

    @classmethod
    def untaught(cls) -> "TableWeigher":
        """By judgement alone."""
        return cls(prior_fit())

    def weigh(self, hypothesis: Hypothesis, items: Sequence[Item]) -> Weight:
        """The probability, what moved it, and its range when any one group is left out."""
        case = _Case(self.fit, hypothesis, items)
        balance, shares = case.balanced()
        repeated = {key for key in case.items if key not in shares} | case.copies()
        total = balance.total
        odds = balance.odds(total)
        low, high, pivotal = span(balance, balance.moved_by(), total, odds)
        return Weight(
            probability_ppm=ppm_of(odds),
            prior_ppm=hypothesis.prior_ppm,
            contributions=case.contributions(shares, repeated),
            lowest_ppm=ppm_of(low),
            highest_ppm=ppm_of(high),
            pivotal_group=case.group(pivotal),
            seen=any(_sees(item) for item in items),
            method=self.fit.method,
            limits=case.limits(repeated),
        )


def _sees(item: Item) -> bool:
    """Whether it is somebody without an interest who spoke or could have seen, or an admission."""
    if item.interest is None:
        return item.stance is not Stance.SILENT or item.chance_ppm > 0
    return item.stance is Stance.AFFIRM and item.admits


class _Case:
    """One question and its items."""

    def __init__(self, fit: Fit, hypothesis: Hypothesis, items: Sequence[Item]) -> None:
        self.items = {(item.ref, item.stance): item for item in items}
        self.names = {_id(item): key for key, item in self.items.items()}
        self.bounded: dict[str, tuple[Ref, ...]] = {}
        prior = hypothesis.prior_ppm
        staged = (MILLION - prior) // STAGED
        self.alleged = Alleged(
            "h", "", hypothesis.act, hypothesis.party or _NOBODY, None, 0, 0, 0, 0, 0,
            (prior, 0, 0, staged, MILLION - prior - staged), None, MILLION - 1,
        )  # fmt: skip
        strongest: dict[str, Item] = {}
        for item in sorted(self.items.values(), key=lambda one: (-_trust(one), one.ref)):
            if item.stance is not Stance.SILENT and not _sensor(item):
                strongest.setdefault(_who(item), item)
        spoken = tuple(strongest.values())
        sources = {_who(item): self._source(item) for item in spoken}
        roots = {item.origin.partition("/")[0] for item in spoken}
        for root in roots - sources.keys():
            sources[root] = Witness(root, ANY, root, None, None, None)
        table = graded if hypothesis.question == "attribution" else observed
        classes = {**fit.classes, **{(_grade(item), NEUTRAL): table(item) for item in spoken}}
        body = Evidence(
            (), (), tuple(sources.values()), (self.alleged,), tuple(self._said(item) for item in spoken), ()
        )
        self.scale = Scale(body, replace(fit, classes=MappingProxyType(classes)))

    def _source(self, item: Item) -> Witness:
        own = self.alleged.named
        side = item.interest
        if side is not None and own == _NOBODY and (item.admits or item.stance is Stance.DENY):
            side = own
        return Witness(_who(item), _grade(item), item.group, side, None, None)

    def _said(self, item: Item) -> Statement:
        root = item.origin.partition("/")[0]
        says = Says.AFFIRM if item.stance is Stance.AFFIRM else Says.DENY
        copies = None if root == item.source else root
        return Statement(_id(item), "h", _who(item), says, None, item.ref.entry, copies, _text(item))

    def balanced(self) -> tuple[Balance, dict[_Key, int]]:
        """The parts, and what each item moved in micronats."""
        spoken = self.scale.balance(self.alleged)
        prior = spoken.prior
        sensed = [(self._listened(band, prior), band) for band in self._bands().values()]
        balance = Balance(spoken.rivals, (*spoken.parts, *(part for part, _ in sensed)))
        rate = rates(balance.rivals, balance.total)
        shares: dict[_Key, int] = {}
        for part in spoken.parts:
            for member, micro in apportioned(part, tuple(self.scale.members(part, self.alleged)), rate):
                shares[self.names[member.id]] = micro
        for part, band in sensed:
            whole = sum(ratio for _, ratio in band)
            moved = sum(one * share for one, share in zip(part.weight, rate, strict=True)) >> 48
            for item, ratio in band:
                shares[item.ref, item.stance] = moved * ratio // whole if whole else 0
        rest = balance.odds(balance.total) - prior - sum(shares.values())
        if shares and rest:
            most = max(shares, key=lambda key: (abs(shares[key]), str(key)))
            shares[most] += rest
        return balance, shares

    def _bands(self) -> Mapping[tuple[str, str], list[tuple[Item, int]]]:
        """Sensors and silences by medium and stance: one root once, the strongest."""
        strongest: dict[tuple[str, Stance], tuple[Item, int]] = {}
        affirming = {item.source for item in self.items.values() if item.stance is Stance.AFFIRM}
        for item in self.items.values():
            if item.stance is Stance.SILENT and item.source in affirming:
                continue
            if item.stance is Stance.SILENT or _sensor(item):
                key = (item.origin, item.stance)
                one = (item, _ratio(item))
                strongest[key] = min(
                    strongest.get(key, one), one, key=lambda found: (-abs(found[1]), found[0].ref)
                )
        bands: dict[tuple[str, str], list[tuple[Item, int]]] = {}
        for item, ratio in strongest.values():
            bands.setdefault((item.medium, self._stance(item)), []).append((item, ratio))
        return bands

    def _stance(self, item: Item) -> str:
        if item.interest is None:
            return NEUTRAL
        return NAMED if item.interest == self.alleged.named or item.stance is Stance.SILENT else CLAIMANT

    def _listened(self, band: Sequence[tuple[Item, int]], prior: int) -> Part:
        ratios: dict[str, int] = {}
        for item, ratio in band:
            ratios[item.group] = ratios.get(item.group, 0) + ratio
        stance = self._stance(band[0][0])
        heard = Sensed(_EAR, stance, ratios, {})
        whole = heard.weight()
        bounded = limited(whole, prior)
        if bounded != whole:
            self.bounded[band[0][0].medium] = tuple(sorted(item.ref for item, _ in band))
        return Part(None, bounded, stance, (), (), heard)

    def copies(self) -> set[_Key]:
        """What says again what its root said, or another copy of that root."""
        first: dict[tuple[str, Stance], Item] = {}
        found: set[_Key] = set()
        for item in sorted(
            self.items.values(), key=lambda one: (not one.origin.startswith(f"{one.source}/"), one.ref)
        ):
            root = first.setdefault((item.origin, item.stance), item)
            if root is not item:
                found.add((item.ref, item.stance))
        return found

    def contributions(
        self, shares: Mapping[_Key, int], repeated: AbstractSet[_Key]
    ) -> tuple[Contribution, ...]:
        """What each item moved, in the record's order; copies moved nothing."""
        return tuple(
            Contribution(item.ref, _milli(shares.get(key, 0)), _says(item, counted=key not in repeated))
            for key, item in sorted(self.items.items(), key=lambda one: (one[1].ref, one[1].stance.value))
        )

    def limits(self, repeated: AbstractSet[_Key]) -> tuple[Limit, ...]:
        """What counted for less than it seems to: repetitions, and a medium that could be staged as a whole."""
        copies = tuple(sorted(self.items[key].ref for key in repeated))
        found: list[Limit] = []
        if copies:
            verb = "repeats" if len(copies) == 1 else "repeat"
            says = f"{_several(copies, 'observation')} {verb} what was said already, and count no more"
            found.append(Limit("copies", copies, says))
        for medium, refs in sorted(self.bounded.items()):
            says = f"one medium alone ({medium}) can be staged, and lifts no further than nine in ten"
            found.append(Limit("one-medium", refs, says))
        return tuple(found)

    def group(self, name: str | None) -> str | None:
        """The group of a captor, as the items call it."""
        if name is None or not name.startswith("side "):
            return name
        side = name.removeprefix("side ")
        groups = sorted(
            item.group
            for item in self.items.values()
            if item.interest == side or (side == _NOBODY and item.interest)
        )
        return groups[0] if groups else name


def observed(item: Item) -> Table:
    """What a source without interest says of whether something happened, as often right as its grade holds.

    To say that something happened needs no judgement of who did it: a grade is worth what it was in ``graded/v1``,
    and as much for a denial. Of what was staged, one in two is seen through by whoever is there.
    """
    letter = RELIABILITY.get(item.reliability, RELIABILITY["F"])
    right = ppm_of(letter * CREDIBILITY.get(item.credibility, CREDIBILITY[6]))
    happened = (right, 0, 0, 0, 0, MILLION - right)
    staged = (MILLION // 2, 0, 0, 0, 0, MILLION // 2)
    return (happened, happened, happened, staged, (MILLION - right, 0, 0, 0, 0, right))


def graded(item: Item) -> Table:
    """The tables of judgement for who did it, in so far as the grade of a source without interest is trusted."""
    trust = _trust(item)
    plain = PRIOR[ANY, NEUTRAL]
    usual = tuple(sum(column) // len(plain) for column in zip(*plain, strict=True))
    rows: list[tuple[int, ...]] = []
    for row in plain:
        mixed = [
            (one * trust + other * (1000 - trust)) // 1000 for one, other in zip(row, usual, strict=True)
        ]
        mixed[0] += MILLION - sum(mixed)
        rows.append(tuple(mixed))
    return tuple(rows)


def _trust(item: Item) -> int:
    letter = TRUST.get(item.reliability, TRUST["F"])
    return letter * CREDIBILITY.get(item.credibility, CREDIBILITY[6]) // 1000


def _ratio(item: Item) -> int:
    if item.stance is Stance.SILENT:
        letter = RELIABILITY.get(item.reliability, RELIABILITY["F"])
        chance = min(item.chance_ppm * letter // RELIABILITY["A"], 950_000)
        return ln_ratio(MILLION - chance, MILLION)
    letter = RELIABILITY.get(item.reliability, RELIABILITY["F"])
    found = letter * CREDIBILITY.get(item.credibility, CREDIBILITY[6])
    return found if item.stance is Stance.AFFIRM else -found


def _sensor(item: Item) -> bool:
    return item.medium in SENSORS


def _grade(item: Item) -> str:
    return f"grade {item.reliability}{item.credibility}"


def _who(item: Item) -> str:
    return item.source if item.stance is Stance.AFFIRM else f"{item.source}/{item.stance.value}"


def _id(item: Item) -> str:
    return f"{item.ref}/{item.stance.value}"


def _text(item: Item) -> int:
    """No text is at hand: one that is like no other."""
    return (item.ref.entry * 0x9E37_79B9_7F4A_7C15 + item.ref.row * 0xC2B2_AE3D_27D4_EB4F) % (1 << 64)


def _says(item: Item, *, counted: bool) -> str:
    grade = f"{item.reliability}{item.credibility}"
    if not counted:
        return "says nothing that its root or source has not said already"
    word = {Stance.AFFIRM: "affirms", Stance.DENY: "denies", Stance.SILENT: "looked and saw nothing"}[
        item.stance
    ]
    return f"{word}, {grade}" + (", admits it" if item.admits else "")


def _several(refs: Sequence[Ref], what: str) -> str:
    return f"{len(refs)} {what}{'' if len(refs) == 1 else 's'}"


def _milli(micro: int) -> int:
    return (micro + 500) // 1000 if micro >= 0 else -((-micro + 500) // 1000)
