import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.agreement.expression import SCHEMA
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import ACTS, Harm, Holding, Kind, Observation, Weapon
from trucekeeper.screening.facts import facts
from trucekeeper.screening.suggests import SUGGESTS

WHEN = Interval(Instant(0), Instant(0))


def test_an_observation_that_says_nothing_has_no_known_fact() -> None:
    known = dict(facts(Observation("u", Kind.REPORT, "s", WHEN)))
    assert set(known) == set(SCHEMA)
    assert known.pop("civilian_harm") is Truth.UNKNOWN
    assert set(known.values()) == {None}


def test_everything_said_is_a_fact() -> None:
    seen = Observation(
        "u", Kind.HOLDING, "s", WHEN, act=None, means="saw", phase="impact", weapon=Weapon("tank", Span(100, 125), "T"),
        count=Span(2, None), by="party-a", harm=Harm(Span(0, 0), Span(1, 2)), holding=Holding("in-situ", None, False),
    )  # fmt: skip
    assert facts(seen) == {
        "act": "hold-weapon", "phase": "impact", "means": "saw", "count": Span(2, None), "by": "party-a",
        "weapon.class": "tank", "weapon.calibre_mm": Span(100, 125), "weapon.system": "T",
        "holding.status": "in-situ", "in_storage": Truth.NO, "civilian_harm": Truth.YES,
        "civilians.killed": Span(0, 0), "civilians.injured": Span(1, 2), "notified": None,
    }  # fmt: skip


def test_undetermined_is_the_lack_of_a_phase() -> None:
    assert facts(Observation("u", Kind.REPORT, "s", WHEN, phase="undetermined"))["phase"] is None


@pytest.mark.parametrize(
    ("harm", "answer"),
    [
        (None, Truth.UNKNOWN),
        (Harm(), Truth.UNKNOWN),
        (Harm(Span(0, 0)), Truth.UNKNOWN),
        (Harm(Span(0, 0), Span(0, 3)), Truth.UNKNOWN),
        (Harm(Span(0, 0), Span(0, 0)), Truth.NO),
        (Harm(None, Span(1, None)), Truth.YES),
        (Harm(Span(2, 2), Span(0, 0)), Truth.YES),
    ],
)
def test_harm_is_denied_only_where_both_are_stated_as_none(harm: Harm | None, answer: Truth) -> None:
    assert facts(Observation("u", Kind.REPORT, "s", WHEN, harm=harm))["civilian_harm"] is answer


@given(st.sampled_from(sorted(SUGGESTS)))
def test_what_an_act_suggests_are_acts_and_never_itself(act: str) -> None:
    assert act in ACTS
    assert SUGGESTS[act] <= set(ACTS)
    assert act not in SUGGESTS[act]
