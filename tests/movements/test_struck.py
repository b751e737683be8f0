"""What was announced and struck: where it surely was, when it stood, and who knew."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.movements.sample import NOW, announced, call, site, step, word
from tests.movements.scenes import moved, ring
from tests.office_kit import seen
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements import struck
from trucekeeper.movements.lifecycle import Dossier, dossier
from trucekeeper.movements.model import Answer, Op
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.movements.wire import struck as wire
from trucekeeper.movements.wire.struck import Struck
from trucekeeper.movements.within import surely_within
from trucekeeper.observations.model import Kind
from trucekeeper.places.geodesy import direct, distance_m
from trucekeeper.places.position import Disc, Position, Sector
from trucekeeper.record.ref import Ref

SPOT = Position(9_500_000, -18_200_000)
ALWAYS = Interval(NOW, Instant(NOW + 60_000))


def disc(at: Position, radius_m: int) -> Volume:
    found = struck.happened(seen("a" * 32, NOW, where=Disc(at, radius_m)))
    assert found is not None
    return found


def held(footprint: Footprint, **changed: object) -> Volume:
    return replace(Volume(footprint, None, None), **changed)  # type: ignore[arg-type]


CIRCLE = Footprint(Form.POINT, (SPOT,), 1_000_00)
SQUARE = Footprint(
    Form.RING,
    tuple(
        Position(9_500_000 + lat, -18_200_000 + lon)
        for lat, lon in ((-9_000, -9_000), (-9_000, 9_000), (9_000, 9_000), (9_000, -9_000))
    ),
)


@pytest.mark.parametrize(
    ("radius_m", "surely"),
    [(0, True), (900, True), (970, True), (999, False), (1_000, False), (5_000, False)],
)
def test_within_a_circle_is_sure_a_little_inside_its_rim(radius_m: int, surely: bool) -> None:
    assert surely_within(disc(SPOT, radius_m), held(CIRCLE)) is surely


@pytest.mark.parametrize(
    ("off_m", "radius_m", "surely"),
    [(0, 900, True), (0, 1_200, False), (800, 150, True), (800, 300, False), (1_100, 50, False)],
)
def test_within_a_ring_is_sure_as_far_as_its_edges(off_m: int, radius_m: int, surely: bool) -> None:
    assert surely_within(disc(direct(SPOT, 0, off_m), radius_m), held(SQUARE)) is surely


def test_over_the_edge_of_a_ring_its_reach_makes_it_sure() -> None:
    over = disc(direct(SPOT, 0, 1_050), 50)
    assert not surely_within(over, held(SQUARE))
    assert surely_within(over, held(replace(SQUARE, reach_cm=300_00)))


def test_in_a_hole_nothing_is_sure() -> None:
    court = tuple(direct(SPOT, turn, 200) for turn in (45, 135, 225, 315))
    holed = replace(SQUARE, holes=(court,))
    assert not surely_within(disc(SPOT, 10), held(holed))
    assert not surely_within(disc(direct(SPOT, 0, 220), 100), held(holed))
    assert surely_within(disc(direct(SPOT, 0, 500), 100), held(holed))
    assert surely_within(disc(SPOT, 10), held(replace(holed, reach_cm=400_00)))


def test_times_and_heights_must_lie_within_too() -> None:
    at = disc(SPOT, 10)
    assert surely_within(at, held(CIRCLE, start=NOW, end=Instant(NOW + 60_000)))
    assert not surely_within(at, held(CIRCLE, start=Instant(NOW + 1), end=None))
    assert not surely_within(at, held(CIRCLE, start=None, end=Instant(NOW + 59_999)))
    assert not surely_within(at, held(CIRCLE, low_cm=0))
    assert not surely_within(at, held(CIRCLE, high_cm=100_00))
    assert not surely_within(replace(at, end=None), held(CIRCLE, end=NOW))


@given(
    st.sampled_from(["circle", "path", "ring"]),
    st.integers(0, 2**32),
    st.floats(0, 3_000),
    st.floats(0, 360),
    st.integers(0, 2_000),
    st.integers(0, 1_500),
)
def test_what_is_sure_holds_every_place_of_it(
    form: str, seed: int, off_m: float, turn: float, radius_m: int, reach_m: int
) -> None:
    chance = random.Random(seed)
    middle = (9.5, -18.2)
    if form == "circle":
        footprint = Footprint(Form.POINT, (SPOT,), reach_m * 100)
    elif form == "path":
        ends = tuple(_position(moved(middle, angle, 1_500)) for angle in (chance.random() * 360, 200.0))
        footprint = Footprint(Form.PATH, ends, reach_m * 100)
    else:
        footprint = Footprint(Form.RING, ring(chance, middle, 2_500, 7), reach_m * 100)
    at = disc(direct(SPOT, turn, off_m), radius_m)
    volume = held(footprint)
    if surely_within(at, volume):
        assert overlap(at, volume)
        for angle in range(0, 360, 30):
            rim = Footprint(Form.POINT, (direct(at.footprint.points[0], angle, radius_m),))
            assert overlap(held(rim), volume), "every place of what is sure lies within"


def _position(at: tuple[float, float]) -> Position:
    return Position(round(at[0] * 1e6), round(at[1] * 1e6))


@given(st.floats(0, 3_000), st.floats(0, 360), st.integers(0, 2_000), st.integers(0, 4_000))
def test_within_a_circle_it_is_what_distances_say(
    off_m: float, turn: float, radius_m: int, reach_m: int
) -> None:
    at = direct(SPOT, turn, off_m)
    spare_m = reach_m - radius_m - distance_m(SPOT, at)
    said = surely_within(disc(at, radius_m), held(Footprint(Form.POINT, (SPOT,), reach_m * 100)))
    assert not (said and spare_m < 0)
    assert said or spare_m < 5 + 0.013 * reach_m


def test_what_is_seen_too_vaguely_to_be_drawn_may_be_anywhere() -> None:
    vague = disc(Position(0, 0), 300_000)
    assert overlap(vague, held(CIRCLE))
    assert not surely_within(vague, held(CIRCLE))
    far = struck.happened(seen("b" * 32, NOW, where=Sector(Position(0, 0), 500, 1_000, 900_000, 3)))
    assert far is not None
    assert overlap(far, held(CIRCLE))


@pytest.mark.parametrize(
    "other",
    [{"act": "flight"}, {"act": "jamming"}, {"where": None}, {"kind": Kind.DENIAL, "credibility": None}],
)
def test_only_statements_of_fire_with_a_place_count(other: dict) -> None:
    assert struck.happened(replace(seen("c" * 32, NOW), **other)) is None


LIFE = (
    announced(site()),
    step(Op.CHECK, 11),
    step(Op.TRANSMIT, 12, recipient="liaison-a", channel="sheet"),
    word(Answer.RECEIVED, 13),
    word(Answer.ACKNOWLEDGED, 14),
    step(Op.TRANSMIT, 15, recipient="liaison-b", channel="email"),
    step(Op.ESCALATE, 16, recipient="liaison-b", to="hotline"),
    step(Op.CALL, 17, recipient="liaison-b", read_back=call()),
)


def when(minutes: float, lasts: float = 1) -> Interval:
    start = Instant(NOW + round(minutes * 60_000))
    return Interval(start, Instant(start + round(lasts * 60_000)))


def stood(whole: Dossier, at: Interval) -> Dossier | None:
    """The only state in which it may have been met."""
    found = struck.stood(whole, at)
    assert len(found) <= 1
    return found[0][1] if found else None


def test_what_was_announced_while_it_may_have_happened_is_held_against_it_too() -> None:
    newer = replace(announced(site(9_900_000, amends=10), 30), at=Instant(NOW + 30 * 60_000))
    whole = dossier((*LIFE, newer))
    (first, then), (second, later) = struck.stood(whole, when(20, 20))
    assert (first, second) == (NOW + 20 * 60_000, NOW + 30 * 60_000)
    assert [struck.chain(one).version for one in (then, later)] == [10, 30]
    ((announced_at, new),) = struck.stood(whole, when(-10, 11))
    assert announced_at == NOW
    assert all(knew.transmitted is None for knew in struck.chain(new).knew)
    assert [at for at, _ in struck.stood(whole, Interval(Instant(NOW - 1), None))] == [NOW, second]


def test_before_its_announcement_and_after_its_end_nothing_stood() -> None:
    whole = dossier((*LIFE, step(Op.WITHDRAW, 40, says="moved")))
    assert stood(whole, when(-1)) is None
    assert stood(whole, when(0)) is not None
    assert stood(whole, when(39)) is not None
    assert stood(whole, when(40)) is None
    assert stood(whole, when(41)) is None


def test_an_answer_after_it_happened_was_not_known_before() -> None:
    whole = dossier(LIFE)
    for minutes, received, acknowledged in ((12.5, None, None), (13.5, 13, None), (14.5, 13, 14)):
        then = stood(whole, when(minutes))
        assert then is not None
        first, second = struck.chain(then).knew
        assert first.transmitted == NOW + 12 * 60_000
        assert first.received == (None if received is None else NOW + received * 60_000)
        assert first.acknowledged == (None if acknowledged is None else NOW + acknowledged * 60_000)
        assert (second.transmitted, second.entries) == (None, ())
    then = stood(whole, when(30))
    assert then is not None
    _, second = struck.chain(then).knew
    assert (second.received, second.escalated, second.entries) == (None, ("hotline",), (15, 16, 17))


def test_the_version_counts_that_stood_then() -> None:
    newer = replace(announced(site(9_900_000, amends=10), 30), at=Instant(NOW + 30 * 60_000))
    whole = dossier((*LIFE, newer))
    for minutes, version in ((20, 10), (30, 30), (31, 30)):
        then = stood(whole, when(minutes))
        assert then is not None
        assert struck.chain(then).version == version
    assert struck.unchanged(whole, when(20, 5))
    assert not struck.unchanged(whole, when(20, 15))
    assert not struck.unchanged(whole, Interval(Instant(NOW), None))


def test_a_case_is_read_as_it_was_written() -> None:
    whole = dossier(LIFE)
    then = stood(whole, when(30))
    assert then is not None
    for certain in (True, False):
        for origin in (None, "office.example/other"):
            chain = replace(struck.chain(then), origin=origin)
            case = Struck("INC-2026-000001", (Ref(40), Ref(41, 2)), chain, certain)
            assert wire.read(wire.body(case)) == case
    with pytest.raises(BadInput, match="at least one observation"):
        wire.read(wire.body(replace(case, sightings=())))
