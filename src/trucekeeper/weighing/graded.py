"""A simple and honest weigher: graded sources, summed log-odds, every number in a table below.

The formula, in millinats (thousandths of a nat) of log-odds::

    P = logistic(prior + sum over statements of  sign * RELIABILITY[letter] * CREDIBILITY[digit] * INTEREST[stance])

- an affirmation counts plus, a denial minus; a silence counts ln(1 - chance * trust), where trust is the source's
  reliability as a share of the best, times its interest;
- one statement per root: items with one ``origin`` count once, the strongest, on the root's account;
- one statement per source and stance, the strongest; who affirms is not also silent;
- affirmations of one sensor medium together never lift the prior above MEDIUM_CAP_PPM: what a sensor hears or sees
  can be staged;
- where nobody looked, nothing is added: absence of coverage is not evidence.

The range leaves out one group at a time, with every copy of what its sources said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trucekeeper.weighing.model import Contribution, Hypothesis, Item, Stance, Weight
from trucekeeper.weighing.odds import milli_of, missed_milli, ppm_of

METHOD = "graded/v1"

RELIABILITY = {"A": 3000, "B": 2200, "C": 1400, "D": 600, "E": 200, "F": 600}
"""Admiralty letter: millinats of a statement that is surely credible. F, not to be judged, is taken for a D."""

CREDIBILITY = {1: 1000, 2: 850, 3: 600, 4: 300, 5: 100, 6: 600}
"""Admiralty digit: thousandths of that. 6, not to be judged, is taken for a 3."""

INTEREST = {Stance.AFFIRM: 250, Stance.DENY: 50, Stance.SILENT: 50}
"""Thousandths left to a source that speaks in its own interest: affirming against the other side, denying, or
having looked and seen nothing."""

ADMITS = 2000
"""Thousandths for an admission: an affirmation against the source's own interest."""

SENSORS = frozenset({"satellite", "siren", "camera"})
"""Media that one act of staging deceives as a whole."""

MEDIUM_CAP_PPM = 900_000

MOST_CHANCE_PPM = 950_000
"""No silence is worth more than that of one who would have noticed 95 in 100."""


@dataclass(frozen=True, slots=True)
class _Voice:
    """What one root says, once: the strongest of its copies, on the root's account."""

    item: Item
    owner: str
    milli: int
    says: str


@dataclass(frozen=True, slots=True)
class GradedWeigher:
    """Weighs by grades; see the module's formula. Order and declared copies of items never matter."""

    def weigh(self, hypothesis: Hypothesis, items: Sequence[Item]) -> Weight:
        """The probability, what moved it, and its range when any one group is left out."""
        prior = milli_of(hypothesis.prior_ppm)
        voices = _heard(hypothesis, items)
        counted = _capped(prior, voices)
        full = ppm_of(prior + sum(counted.values()))
        left_out = _left_out(prior, voices, _groups(items))
        pivotal = min(left_out, key=lambda group: (-abs(left_out[group] - full), group), default=None)
        return Weight(
            probability_ppm=full,
            prior_ppm=hypothesis.prior_ppm,
            contributions=_explained(items, voices, counted),
            lowest_ppm=min((full, *left_out.values())),
            highest_ppm=max((full, *left_out.values())),
            pivotal_group=None if pivotal is None or left_out[pivotal] == full else pivotal,
            seen=any(_sees(hypothesis, item) for item in items),
            method=METHOD,
        )


def _heard(hypothesis: Hypothesis, items: Sequence[Item]) -> tuple[_Voice, ...]:
    roots: dict[tuple[str, Stance], _Voice] = {}
    for item in items:
        voice = _voice(hypothesis, item)
        key = (item.origin, item.stance)
        roots[key] = min(roots.get(key, voice), voice, key=_rank)
    owners: dict[tuple[str, Stance], _Voice] = {}
    for voice in roots.values():
        owned = (voice.owner, voice.item.stance)
        owners[owned] = min(owners.get(owned, voice), voice, key=_rank)
    affirming = {owner for owner, stance in owners if stance is Stance.AFFIRM}
    kept = (
        voice
        for (owner, stance), voice in owners.items()
        if not (stance is Stance.SILENT and owner in affirming)
    )
    return tuple(sorted(kept, key=_rank))


def _rank(voice: _Voice) -> tuple[int, bool, str, tuple[int, int]]:
    """The strongest first; among equals the root's own statement, then the earliest."""
    item = voice.item
    return (-abs(voice.milli), item.source != voice.owner, item.origin, (item.ref.entry, item.ref.row))


def _voice(hypothesis: Hypothesis, item: Item) -> _Voice:
    owner = item.origin.partition("/")[0]
    permille, why = _interest(hypothesis, item)
    letter = RELIABILITY.get(item.reliability, RELIABILITY["F"])
    digit = CREDIBILITY.get(item.credibility, CREDIBILITY[6])
    grade = f"{item.reliability}{item.credibility}"
    if item.stance is Stance.SILENT:
        trusted = min(item.chance_ppm, MOST_CHANCE_PPM) * letter * permille // (RELIABILITY["A"] * 1000)
        return _Voice(item, owner, missed_milli(trusted), f"looked and saw nothing, {grade}{why}")
    milli = letter * digit * permille // 1_000_000
    if item.stance is Stance.DENY:
        return _Voice(item, owner, -milli, f"denies, {grade}{why}")
    return _Voice(item, owner, milli, f"affirms, {grade}{why}")


def _interest(hypothesis: Hypothesis, item: Item) -> tuple[int, str]:
    if item.interest is None:
        return 1000, ""
    own = hypothesis.party == item.interest
    if item.stance is Stance.AFFIRM and (item.admits or own):
        return ADMITS, ", against its own interest"
    if item.stance is Stance.DENY and hypothesis.party is not None and not own:
        return 1000, ", though it would gain from the contrary"
    return INTEREST[item.stance], ", in its own interest"


def _sees(hypothesis: Hypothesis, item: Item) -> bool:
    """Whether the item is somebody without an interest who looked, or an admission."""
    if item.interest is None:
        return item.stance is not Stance.SILENT or item.chance_ppm > 0
    own = item.admits or hypothesis.party == item.interest
    return item.stance is Stance.AFFIRM and own


def _capped(prior: int, voices: Iterable[_Voice]) -> dict[_Voice, int]:
    """What each voice moves, the strongest of a sensor medium first, until the medium is exhausted."""
    room = dict.fromkeys(SENSORS, max(0, milli_of(MEDIUM_CAP_PPM) - prior))
    counted: dict[_Voice, int] = {}
    for voice in voices:
        milli, medium = voice.milli, voice.item.medium
        if voice.item.stance is Stance.AFFIRM and medium in room:
            milli = min(milli, room[medium])
            room[medium] -= milli
        counted[voice] = milli
    return counted


def _groups(items: Iterable[Item]) -> Mapping[str, str]:
    """The group of each source that speaks; of several the first by name."""
    return {item.source: item.group for item in sorted(items, key=lambda item: item.group, reverse=True)}


def _left_out(prior: int, voices: Sequence[_Voice], groups: Mapping[str, str]) -> dict[str, int]:
    def group(voice: _Voice) -> str:
        return groups.get(voice.owner, voice.owner)

    return {
        name: ppm_of(prior + sum(_capped(prior, [one for one in voices if group(one) != name]).values()))
        for name in sorted({group(voice) for voice in voices})
    }


def _explained(
    items: Sequence[Item], voices: Sequence[_Voice], counted: Mapping[_Voice, int]
) -> tuple[Contribution, ...]:
    by_ref = {(voice.item.ref, voice.item.stance): voice for voice in voices}
    found: dict[tuple[int, int, str], Contribution] = {}
    for item in items:
        voice = by_ref.get((item.ref, item.stance))
        milli = 0 if voice is None else counted[voice]
        if voice is None:
            says = "says nothing that its root or source has not said already"
        elif milli != voice.milli:
            says = f"{voice.says}; limited, because one medium alone can be staged"
        else:
            says = voice.says
        found[item.ref.entry, item.ref.row, item.stance.value] = Contribution(item.ref, milli, says)
    return tuple(found[key] for key in sorted(found))
