"""What weighing is asked, and what it answers: a probability with its reasons, never a verdict."""

from dataclasses import dataclass
from enum import Enum

from trucekeeper.record.ref import Ref


class Stance(Enum):
    """What an item says about the hypothesis."""

    AFFIRM = "affirm"
    DENY = "deny"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What is weighed.

    ``question`` is ``event`` or ``attribution``; ``party`` the bearer for an attribution; ``prior_ppm`` comes
    from outside the named side's conduct. For an event ``party`` is None: whether it happened is one question,
    whoever may have done it.
    """

    question: str
    act: str
    party: str | None
    prior_ppm: int


@dataclass(frozen=True, slots=True)
class Item:
    """One observation as evidence. ``origin`` is the root it was copied from, or itself (``source/uid``).

    ``interest`` is the party whose interest its source shares. ``group`` who would be captured together.
    ``reliability`` A-F and ``credibility`` 1-6 are the Admiralty grades. ``chance_ppm`` is the chance that it would
    have been noticed, for items that are silent because somebody looked and saw nothing.
    """

    ref: Ref
    source: str
    origin: str
    interest: str | None
    group: str
    medium: str
    stance: Stance
    reliability: str
    credibility: int
    chance_ppm: int = 0
    admits: bool = False


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one item moved, in thousandths of a nat of log-odds, and why."""

    ref: Ref
    milli: int
    says: str


@dataclass(frozen=True, slots=True)
class Limit:
    """Why some items count for less than they seem to: ``test`` is ``copies`` or ``one-medium``."""

    test: str
    refs: tuple[Ref, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Weight:
    """A probability in ppm (1 to 999,999), what moved it, and its range when any one group is left out.

    ``seen`` is False when nothing that could have shown it, for or against, was looked at: then no answer follows.
    """

    probability_ppm: int
    prior_ppm: int
    contributions: tuple[Contribution, ...]
    lowest_ppm: int
    highest_ppm: int
    pivotal_group: str | None
    seen: bool
    method: str
    limits: tuple[Limit, ...] = ()
