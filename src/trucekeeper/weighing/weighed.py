"""What weighing answers about one hypothesis: a probability with its reasons, never a finding."""

from dataclasses import dataclass

ESTABLISHED, NOT_ESTABLISHED, UNVERIFIABLE = "established", "not established", "unverifiable"


@dataclass(frozen=True, slots=True)
class Share:
    """What one statement or watch moved, in thousandths of a nat of log-odds.

    ``what`` is ``statement``, ``copy``, ``watch``, ``record`` (what is usual among what was adjudicated), ``linking``
    (what rival partitions change) or ``decision`` (an adjudicated incident). ``id`` is the statement's; a watch is
    named by its source.
    """

    what: str
    id: str
    source: str
    group: str
    milli: int
    says: str


@dataclass(frozen=True, slots=True)
class Pull:
    """The probability without one group (``left_out_ppm``), and if it were captured (``captured_ppm``)."""

    group: str
    left_out_ppm: int
    captured_ppm: int


@dataclass(frozen=True, slots=True)
class Linked:
    """The probability under one partition of linking, and the partition's weight; the main one has no number."""

    number: int | None
    weight_ppm: int
    probability_ppm: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """The answer on one hypothesis.

    ``log_odds_milli`` is ``prior_milli`` and the sum of the shares, exactly. ``bayes_milli`` is what the evidence
    added. ``at_priors`` are (prior, posterior) in ppm. ``causes_ppm`` follow the order of causes and sum to a
    million. ``lowest_ppm`` and ``highest_ppm`` are the range with any one group left out, ``pivotal`` the group that
    moves it most; ``captured_ppm`` is the furthest it falls if any one group were captured, ``captor`` that group.
    """

    hypothesis: str
    probability_ppm: int
    log_odds_milli: int
    prior_ppm: int
    prior_milli: int
    bayes_milli: int
    at_priors: tuple[tuple[int, int], ...]
    causes_ppm: tuple[int, ...]
    threshold_ppm: int
    answer: str
    seen: bool
    lowest_ppm: int
    highest_ppm: int
    pivotal: str | None
    captured_ppm: int
    captor: str | None
    shares: tuple[Share, ...]
    linked: tuple[Linked, ...]
