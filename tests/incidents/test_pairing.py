import pytest

from tests.incidents.sample import MINUTE, NOON, SOURCES, coverage, disc, interval, sighting
from trucekeeper.incidents.model import Part, Sighting
from trucekeeper.incidents.pairing import score
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Kind, Weapon
from trucekeeper.places.position import Position, Sector


def parts(one: Sighting, other: Sighting) -> dict[str, int]:
    found = score(one, other, SOURCES)
    assert found.barred is None
    return {part.test: part.milli for part in found.parts}


def barred(one: Sighting, other: Sighting) -> str:
    return score(one, other, SOURCES).barred or ""


def other(**changes: object) -> Sighting:
    return sighting(2, "patrol-2", **changes)


def test_two_reports_of_the_same_act_place_and_time_score_high() -> None:
    assert parts(sighting(1), other()) == {"act": 700, "time": 3870, "place": 6000}


def test_the_score_does_not_depend_on_who_comes_first() -> None:
    one, two = sighting(1, weapon=Weapon("mortar")), other(weapon=Weapon("tank"), when=interval(15, 2))
    assert score(one, two, SOURCES) == score(two, one, SOURCES)


def test_one_source_reports_a_happening_once() -> None:
    assert "one source" in barred(sighting(1), sighting(2))


def test_coverage_is_no_part_of_a_happening() -> None:
    assert "coverage" in barred(sighting(1), coverage(2, "patrol-2"))


@pytest.mark.parametrize(
    ("one", "two"), [("mine-laying", "explosion"), ("movement", "explosion"), ("detention", "shot")]
)
def test_acts_that_cannot_be_one_happening_bar(one: str, two: str) -> None:
    assert "cannot be one happening" in barred(sighting(1, act=one), other(act=two))


def test_acts_that_go_together_count_less_than_the_same_act() -> None:
    assert parts(sighting(1), other(act="fire-detected"))["act"] == 400


@pytest.mark.parametrize("act", [None, "other"])
def test_an_act_that_says_nothing_counts_nothing(act: str | None) -> None:
    assert "act" not in parts(sighting(1), other(act=act))


def test_refused_access_is_an_obstruction() -> None:
    refused = sighting(1, kind=Kind.ACCESS_REFUSED, act=None)
    assert "obstruction" in barred(refused, other())
    assert parts(refused, other(act="obstruction"))["act"] == 700


def test_a_holding_is_a_held_weapon() -> None:
    assert parts(sighting(1, kind=Kind.HOLDING, act=None), other(act="movement"))["act"] == 400


@pytest.mark.parametrize(
    ("minutes", "milli"), [(1, 4000 - 130), (60, 2080), (240, 1390), (600, 690), (2000, 0)]
)
def test_wider_times_say_less(minutes: int, milli: int) -> None:
    assert parts(sighting(1), other(when=interval(0, minutes)))["time"] == milli


def test_times_within_their_slack_say_half_and_a_fine() -> None:
    assert parts(sighting(1), other(when=interval(15, 2)))["time"] == 3870 // 2 - 1000


def test_times_beyond_their_slack_bar() -> None:
    assert "beyond all uncertainty of time" in barred(sighting(1), other(when=interval(21, 2)))
    assert barred(other(when=interval(-13, 2)), sighting(1))


def test_an_unregistered_source_has_half_an_hour_of_slack() -> None:
    assert not barred(sighting(1), sighting(2, "nobody-knows", when=interval(44, 1)))
    assert barred(sighting(1), sighting(2, "nobody-knows", when=interval(46, 1)))


def test_a_time_without_end_neither_speaks_for_nor_against() -> None:
    endless = Interval(Instant(NOON - 999 * MINUTE), None)
    assert "time" not in parts(sighting(1), other(when=endless))
    assert barred(sighting(1), other(when=Interval(Instant(NOON + 999 * MINUTE), None)))


@pytest.mark.parametrize(("radius_m", "milli"), [(1000, 6000), (3000, 5250), (20_000, 1670), (60_000, 0)])
def test_wider_places_say_less(radius_m: int, milli: int) -> None:
    assert parts(sighting(1), other(where=disc(radius_m=radius_m)))["place"] == milli


def test_places_within_their_slack_say_half_and_a_fine() -> None:
    assert parts(sighting(1), other(where=disc(north_m=1400)))["place"] == 6000 // 2 - 1000


def test_places_beyond_their_slack_bar() -> None:
    assert "beyond all uncertainty of place" in barred(sighting(1), other(where=disc(north_m=2000)))


def test_an_unknown_place_neither_speaks_for_nor_against() -> None:
    assert "place" not in parts(sighting(1), other(where=None))


def test_a_sector_stands_for_the_disc_that_holds_it() -> None:
    seen = Sector(Position(-21_000_000, -19_000_000), 0, 500, 900, 0)
    assert parts(sighting(1), other(where=seen))["place"] == 6000


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (Weapon("mortar"), Weapon("mortar"), {"weapon": 800}),
        (Weapon("mortar"), Weapon("tank"), {"weapon": -1500}),
        (Weapon("mortar"), Weapon(None), {}),
        (Weapon("mortar"), None, {}),
        (Weapon(calibre_mm=Span(100, None)), Weapon(calibre_mm=Span(120, 122)), {"calibre": 400}),
        (Weapon(calibre_mm=Span(82, 82)), Weapon(calibre_mm=Span(100, None)), {"calibre": -1000}),
        (Weapon(calibre_mm=Span(100, None)), Weapon(calibre_mm=Span(82, 82)), {"calibre": -1000}),
        (Weapon(calibre_mm=Span(100, None)), Weapon(calibre_mm=Span(200, None)), {"calibre": 400}),
    ],
)
def test_weapons_that_agree_speak_for_it(one: Weapon, two: Weapon | None, expected: dict[str, int]) -> None:
    found = parts(sighting(1, weapon=one), other(weapon=two))
    assert {test: milli for test, milli in found.items() if test in {"weapon", "calibre"}} == expected


@pytest.mark.parametrize(
    ("one", "two", "milli"),
    [
        ("impact", "impact", 300),
        ("impact", "outgoing", -500),
        ("impact", "undetermined", None),
        ("impact", None, None),
    ],
)
def test_phases_that_agree_speak_for_it(one: str, two: str | None, milli: int | None) -> None:
    assert parts(sighting(1, phase=one), other(phase=two)).get("phase") == milli


@pytest.mark.parametrize(
    ("one", "two", "milli"),
    [(None, "patrol-1/1", 6000), ("patrol-2/2", None, 6000), (None, "patrol-1", 3000), ("x/9", "x/9", 3000),
     ("x/9", "y/9", None)],
)  # fmt: skip
def test_a_copy_goes_with_what_it_is_copied_from(one: str | None, two: str | None, milli: int | None) -> None:
    assert parts(sighting(1, relays=one), other(relays=two)).get("relays") == milli


def test_the_sides_named_say_nothing_of_one_happening() -> None:
    named = score(sighting(1, by="party-a"), other(by="party-b"), SOURCES)
    assert named.parts == score(sighting(1), other(), SOURCES).parts


def test_every_part_says_why() -> None:
    found = score(sighting(1, weapon=Weapon("mortar")), other(weapon=Weapon("mortar")), SOURCES)
    assert all(part.says for part in found.parts)
    assert Part("act", 700, "explosion and explosion") in found.parts
