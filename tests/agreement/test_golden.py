"""Golden cases: the readings of Minsk, and a moratorium whose start is disputed."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.agreement.sample import geojson, small
from trucekeeper.agreement.calendar import binds, last_day
from trucekeeper.agreement.expression import Value
from trucekeeper.agreement.folder import lint, load
from trucekeeper.agreement.model import Agreement, Term
from trucekeeper.agreement.obligations import Fact, State, What, obligation, replay, standing
from trucekeeper.kernel.clock import Instant, from_datetime, parse_rfc3339, to_datetime
from trucekeeper.kernel.span import Span
from trucekeeper.kernel.truth import Truth
from trucekeeper.places.position import Disc, Position
from trucekeeper.places.touch import touch
from trucekeeper.places.zone import Shape

NORTH_TO_SOUTH = geojson("LineString", [[38.0, 49.0], [38.0, 47.0]])
"""A straight invented line: the certain areas on its left, which is east."""


@pytest.fixture(scope="module")
def minsk(root: Path) -> Agreement:
    """The profile along an invented line; no outline of an oblast is needed for what is asked here."""
    lines = {"contact-actual": NORTH_TO_SOUTH, "contact-2014": NORTH_TO_SOUTH}
    return load(root / "profiles/minsk", lines)


def reading(agreement: Agreement, term: str, name: str = "") -> Term:
    return next(each for each in agreement.terms if (each.id, each.reading) == (term, name))


def at(place: Position, shape: Shape) -> bool:
    return touch(Disc(place, 0), shape).answer is Truth.YES


def gun(calibre: Value) -> dict[str, Value]:
    return {"weapon.class": "artillery", "weapon.calibre_mm": calibre, "weapon.system": "MT-12"}


@pytest.mark.parametrize(
    ("calibre", "package_of_2015", "memorandum_of_2014"),
    [
        (100, Truth.YES, Truth.NO),
        (Span(85, 100), Truth.UNKNOWN, Truth.NO),
        (Span(100, 122), Truth.YES, Truth.UNKNOWN),
        (Span(85, 99), Truth.NO, Truth.NO),
        (122, Truth.YES, Truth.YES),
        (None, Truth.UNKNOWN, Truth.UNKNOWN),
    ],
)
def test_a_gun_of_exactly_100_mm_flips_between_the_readings(
    minsk: Agreement, calibre: Value, package_of_2015: Truth, memorandum_of_2014: Truth
) -> None:
    package, memorandum = reading(minsk, "artillery-ua"), reading(minsk, "artillery-ua", "above-100")
    assert package.when is not None
    assert memorandum.when is not None
    assert package.when.holds(gun(calibre)) is package_of_2015
    assert memorandum.when.holds(gun(calibre)) is memorandum_of_2014


@pytest.mark.parametrize(
    ("lon", "whole_zone", "own_side"),
    [(37.8, True, True), (38.2, True, False), (37.6, False, False), (38.4, False, False)],
    ids=["15 km on its side", "15 km beyond", "29 km on its side", "29 km beyond"],
)
def test_the_zone_of_50_km_is_read_as_a_whole_or_on_ones_own_side(
    minsk: Agreement, lon: float, whole_zone: bool, own_side: bool
) -> None:
    place = Position(48_000_000, round(lon * 1_000_000))
    (whole,) = reading(minsk, "artillery-ua").zones
    (own,) = reading(minsk, "artillery-ua", "own-side").zones
    assert at(place, minsk.zone(whole).shape) is whole_zone
    assert at(place, minsk.zone(own).shape) is own_side


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("", 17, "2015-03-03"),
        ("second-day-of", 16, "2015-03-02"),
        ("fourteen-from-ceasefire", 15, "2015-03-01"),
    ],
)
def test_withdrawal_begins_and_ends_as_the_second_day_is_read(
    minsk: Agreement, name: str, start: int, end: str
) -> None:
    term = reading(minsk, "mlrs-ca", name)
    last = last_day(minsk, term)
    assert last is not None
    assert last.isoformat() == end
    assert (last - timedelta(days=14)).day == start
    first_moment_too_late = to_datetime(binds(minsk, term).start).astimezone(minsk.timezone)
    assert first_moment_too_late.replace(tzinfo=None).isoformat() == f"{last + timedelta(days=1)}T00:00:00"


def test_terms_without_their_geometry_are_named_and_never_counted_as_kept(root: Path) -> None:
    bare = load(root / "profiles/minsk")
    assert bare.historical
    assert "historical" in bare.title.lower()
    assert bare.terms == ()
    assert {each.term.id for each in bare.not_evaluated if not each.term.reading} >= {
        "ceasefire-2015-ua",
        "mlrs-ca",
    }
    assert {each.severity for each in lint(root / "profiles/minsk")} == {"note"}


def test_every_clause_of_the_profile_says_that_it_is_a_summary_and_names_its_source(minsk: Agreement) -> None:
    for clause in minsk.clauses:
        assert clause.texts[0][1].startswith("Summary, not the authentic text.")
        assert "\nSource: " in clause.texts[0][1]


def test_both_ceasefires_run_in_the_two_oblasts_as_they_are(root: Path, needs_data: Path) -> None:
    outlines = {
        "donetsk-oblast": needs_data / "ukraine_oblasts/UA_14_Donetska.geojson",
        "luhansk-oblast": needs_data / "ukraine_oblasts/UA_09_Luhanska.geojson",
    }
    profile = load(root / "profiles/minsk", {name: path.read_bytes() for name, path in outlines.items()})
    fire = [term for term in profile.terms if term.action == "fire"]
    assert [(term.id, len(term.zones)) for term in fire] == [
        ("ceasefire-2015-ua", 2), ("ceasefire-2015-ca", 2), ("no-fire-2020-ua", 2), ("no-fire-2020-ca", 2),
    ]  # fmt: skip
    starts = {profile.zone(zone).valid.start for term in fire for zone in term.zones}
    assert starts == {
        parse_rfc3339("2015-02-15T00:00:00+02:00"), parse_rfc3339("2020-07-27T00:01:00+03:00"),
    }  # fmt: skip
    donetsk_city, kyiv = Position(48_008_900, 37_804_800), Position(50_450_000, 30_523_300)
    assert at(donetsk_city, profile.zone("donetsk-oblast").shape)
    assert not at(kyiv, profile.zone("donetsk-oblast").shape)


SHARED_OUTLINE = (
    "  energy-18: {file: zones/town.geojson, valid: [2025-03-18T00:00:00+02:00, 2025-04-17T00:00:00+03:00]}\n"
    "  energy-25: {file: zones/town.geojson, valid: [2025-03-25T00:00:00+02:00, 2025-04-24T00:00:00+03:00]}"
)
MORATORIUM = (
    ("in_force: 2026-03-01T00:00:00Z", "in_force: 2025-03-18T00:00:00+02:00"),
    ("  town: {file: zones/town.geojson, valid: [2026-03-01T00:00:00Z, 2026-06-01T00:00:00Z]}", SHARED_OUTLINE),
    ("sectors: [town]", "sectors: [energy-18]"),
    ("    where: [a-5km, town]\n    within: {days: 2, of: in-force, counting: after}\n", "    where: energy-18\n"),
    ("  - id: second-day-of\n", "  - id: from-25-march\n"),
    ("{within: {days: 2, of: in-force, counting: of}}", "{where: energy-25}"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "from_the_18th", "from_the_25th"),
    [("17", False, False), ("18", True, False), ("24", True, False), ("25", True, True)],
)
def test_a_moratorium_whose_start_is_disputed_is_asked_by_both_dates(
    tmp_path: Path, day: str, from_the_18th: bool, from_the_25th: bool
) -> None:
    moratorium = load(small(tmp_path, *MORATORIUM))
    strike = parse_rfc3339(f"2025-03-{day}T12:00:00+02:00")
    first, second = reading(moratorium, "t1"), reading(moratorium, "t1", "from-25-march")
    assert moratorium.zone(first.zones[0]).in_force(strike) is from_the_18th
    assert moratorium.zone(second.zones[0]).in_force(strike) is from_the_25th


def test_thirty_days_of_the_moratorium_hold_the_change_of_clocks(tmp_path: Path) -> None:
    moratorium = load(small(tmp_path, *MORATORIUM))
    valid = moratorium.zone("energy-18").valid
    assert valid.end is not None
    assert valid.end - valid.start == 30 * 86_400_000 - 3_600_000


def test_a_breach_of_the_moratorium_frees_the_other_party_from_then_on(tmp_path: Path) -> None:
    moratorium = load(small(tmp_path, *MORATORIUM))
    bound = obligation(moratorium, reading(moratorium, "t1"))
    day = from_datetime(to_datetime(moratorium.in_force))

    def fact(name: str, what: What, days: int) -> Fact:
        moment = Instant(day + days * 86_400_000)
        return Fact(name, what, moment, moment)

    answered = replay(bound, [fact("breach-by-b", What.FREED, 10), fact("strike-by-a", What.DONE, 11)])
    assert standing(answered, Instant(day + 12 * 86_400_000)) is State.LAPSED
    struck_first = replay(answered, [fact("strike-before", What.DONE, 9)])
    assert standing(struck_first, Instant(day + 12 * 86_400_000)) is State.VIOLATED
