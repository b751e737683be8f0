"""What screening answers: which terms an observation touches, and by which tests."""

from dataclasses import dataclass

from trucekeeper.kernel.truth import Truth
from trucekeeper.record.ref import Ref


@dataclass(frozen=True, slots=True)
class Test:
    """One question put to the observation (act, time, place, condition, bearer, exemption) and its answer."""

    name: str
    answer: Truth
    says: str


@dataclass(frozen=True, slots=True)
class Touching:
    """One observation and one term (or rival reading): yes is certainly, unknown is possibly.

    ``share_ppm`` is the share of the observation's region and time that lies within the term, in ppm.
    Observations that surely do not touch a term have no Touching.
    """

    ref: Ref
    term: str
    reading: str
    answer: Truth
    share_ppm: int
    tests: tuple[Test, ...]
