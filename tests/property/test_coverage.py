"""The chance that stands beside a count claims what was seen, and nothing that nobody saw."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.record.ref import Ref
from trucekeeper.reports.coverage import WHOLE_PPM, Look, chance
from trucekeeper.reports.model import Form

MINUTE = 60_000
PERIOD = Interval(Instant(0), Instant(30 * MINUTE))
PLACES = 6
GROUND = (1 << PLACES) - 1
ACT = "explosion"
CHANCES = st.one_of(st.integers(0, WHOLE_PPM), st.sampled_from((0, 1, 500_000, 999_999, WHOLE_PPM)))
ACTS = st.sampled_from(((ACT,), (ACT, "shot"), ("shot",), ()))


@st.composite
def looks(draw: st.DrawFn, acts: st.SearchStrategy[tuple[str, ...]] = ACTS) -> tuple[Look, ...]:
    """Some coverage entries, each with an entry of its own; they begin and end on whole minutes."""
    found: list[Look] = []
    for entry in range(draw(st.integers(0, 6))):
        start = draw(st.integers(-10, 35))
        ends = draw(st.one_of(st.none(), st.integers(0, 30)))
        end = None if ends is None else Instant((start + ends) * MINUTE)
        when = Interval(Instant(start * MINUTE), end)
        source = draw(st.sampled_from(("patrol", "camera", "drone", "post")))
        found.append(Look(Ref(entry), source, when, draw(acts), draw(CHANCES), draw(st.integers(0, GROUND))))
    return tuple(found)


def ppm(told: Sequence[Look], ground: int = GROUND, period: Interval = PERIOD) -> int | None:
    found = chance(told, ACT, period, ground)
    return None if found is None else found.value.low


def by_minutes(told: Sequence[Look], ground: int) -> int:
    """The same by going to every place at every minute and asking each source."""
    noticed, moments = Fraction(0), 0
    for place in (place for place in range(PLACES) if ground >> place & 1):
        for minute in range(30):
            best: dict[str, int] = {}
            for one in told:
                there = one.reach >> place & 1 and ACT in one.acts and one.when.end is not None
                if there and one.when.holds(Instant(minute * MINUTE)):
                    best[one.source] = max(best.get(one.source, 0), one.chance_ppm)
            missed = Fraction(1)
            for each in best.values():
                missed *= 1 - Fraction(each, WHOLE_PPM)
            noticed, moments = noticed + 1 - missed, moments + 1
    return int(noticed / moments * WHOLE_PPM)


@given(looks(), st.integers(1, GROUND))
def test_it_equals_a_walk_over_every_minute_and_place(told: tuple[Look, ...], ground: int) -> None:
    assert (ppm(told, ground) or 0) == by_minutes(told, ground)


@given(looks(), looks())
def test_added_coverage_never_lowers_it(told: tuple[Look, ...], more: tuple[Look, ...]) -> None:
    added = tuple(
        Look(Ref(100 + one.ref.entry), one.source, one.when, one.acts, one.chance_ppm, one.reach)
        for one in more
    )
    before, after = ppm(told), ppm((*told, *added))
    assert before is None or (after is not None and after >= before)


@given(looks(), st.randoms(use_true_random=False))
def test_the_order_of_the_entries_changes_nothing(told: tuple[Look, ...], random: "object") -> None:
    shuffled = list(told)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert chance(shuffled, ACT, PERIOD, GROUND) == chance(told, ACT, PERIOD, GROUND)


@given(looks(), st.integers(1, GROUND))
def test_it_lies_between_nought_and_the_whole_and_names_who_looked(
    told: tuple[Look, ...], ground: int
) -> None:
    found = chance(told, ACT, PERIOD, ground)
    if found is not None:
        assert 0 <= found.value.low == found.value.high <= WHOLE_PPM
        assert found.form is Form.CHANCE
        assert found.refs
        assert set(found.refs) <= {one.ref for one in told if ACT in one.acts and one.chance_ppm}


@given(looks(), looks(st.sampled_from((("shot",), ("burst", "flight"), ()))))
def test_an_entry_about_another_act_adds_nothing(told: tuple[Look, ...], other: tuple[Look, ...]) -> None:
    assert chance((*told, *other), ACT, PERIOD, GROUND) == chance(told, ACT, PERIOD, GROUND)


@given(looks(), st.integers(1, 5))
def test_copies_of_the_entries_of_the_same_sources_claim_no_more(told: tuple[Look, ...], copies: int) -> None:
    assert ppm(told * copies) == ppm(told)


@given(looks())
def test_nobody_looking_is_not_known_and_never_nought(told: tuple[Look, ...]) -> None:
    looked = any(
        ACT in one.acts and one.chance_ppm and one.when.end is not None
        and max(one.when.start, 0) < min(one.when.end, 30 * MINUTE)
        for one in told
    )  # fmt: skip
    assert (ppm(told) is not None) == looked


def one(source: str, start: int, end: int, chance_ppm: int, reach: int) -> Look:
    when = Interval(Instant(start * MINUTE), Instant(end * MINUTE))
    return Look(Ref(start * 100 + end), source, when, (ACT,), chance_ppm, reach)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((one("patrol", 0, 30, 600_000, 0b111000),), 300_000),  # half of the places, all the time
        ((one("patrol", 0, 15, 600_000, GROUND),), 300_000),  # everywhere, half of the time
        ((one("patrol", 0, 30, 500_000, GROUND), one("post", 0, 30, 500_000, GROUND)), 750_000),
        ((one("patrol", 0, 30, 500_000, 0b111000), one("post", 0, 30, 500_000, 0b000111)), 500_000),
        ((one("patrol", 0, 30, 500_000, 0b111000), one("post", 0, 30, 500_000, 0b111000)), 375_000),
        ((one("patrol", 0, 20, 400_000, GROUND), one("patrol", 10, 30, 700_000, GROUND)), 600_000),
        ((one("patrol", 0, 1, 1, 1),), 0),  # somebody looked: known, and rounded down
    ],
)
def test_examples_that_can_be_reckoned_by_hand(told: tuple[Look, ...], expected: int) -> None:
    assert ppm(told) == expected
