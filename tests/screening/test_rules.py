from dataclasses import replace
from random import Random

import pytest

from tests.screening.lakeside import (
    ALWAYS,
    DAY,
    HOUR,
    LINE,
    START,
    agreement,
    circle,
    sighting,
    term,
)
from trucekeeper.agreement.condition import Node
from trucekeeper.agreement.expression import Expression, compile_expression
from trucekeeper.agreement.model import Agreement, Modality, Within
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Access, Kind, Weapon
from trucekeeper.places.position import Disc, Position
from trucekeeper.places.zone import Band, Side, Zone
from trucekeeper.screening import rules
from trucekeeper.screening.model import Touching
from trucekeeper.screening.reference import screen
from trucekeeper.screening.rules import common, touching, within

NEAR = Disc(Position(-20_600_000, -19_200_000), 300)
FAR = Disc(Position(-10_000_000, -19_200_000), 300)
LEFT = Zone("left", Band(LINE, 0, 50_000, Side.LEFT), ALWAYS)
LATER = Zone("later", LEFT.shape, Interval(Instant(START + 2 * DAY), None))
LAKE = Zone("lake", circle(-20_600_000, -19_200_000, 40_000, 100, Random(1)), ALWAYS)
ANSWERS = {"yes": Truth.YES, "no": Truth.NO, "unknown": Truth.UNKNOWN}


def at(first: int, last: int | None) -> Interval:
    return Interval(Instant(START + first), None if last is None else Instant(START + last))


def one(terms: Agreement, **said: object) -> Touching | None:
    where = said.pop("where", NEAR)
    seen = sighting(1, where, **said)  # type: ignore[arg-type]
    plain = touching(seen, terms.terms[0], terms)
    assert screen([seen], terms) == ([] if plain is None else [plain])
    if plain is not None:
        assert plain.tests == rules.tests_of(seen, terms.terms[0], terms)
    return plain


def answer(found: Touching | None, test: str | None = None) -> Truth:
    if found is None:
        return Truth.NO
    return found.answer if test is None else next(each.answer for each in found.tests if each.name == test)


def test_what_surely_lies_in_the_zone_and_time_and_is_the_act_touches_certainly() -> None:
    found = one(agreement([LEFT], [term("t", ["left"])]))
    assert found is not None
    assert (found.answer, found.share_ppm, found.term, found.reading) == (Truth.YES, 1_000_000, "t", "")
    assert [test.name for test in found.tests] == ["act", "time", "place", "condition", "bearer", "exemption"]


def test_what_lies_elsewhere_does_not_touch() -> None:
    assert one(agreement([LEFT], [term("t", ["left"])]), where=FAR) is None


def test_where_no_place_is_known_it_may_touch_and_no_share_is_claimed() -> None:
    found = one(agreement([LEFT], [term("t", ["left"])]), where=None)
    assert found is not None
    assert (found.answer, found.share_ppm) == (Truth.UNKNOWN, 0)


def test_a_term_without_zones_holds_everywhere() -> None:
    terms = agreement([], [term("t", [])])
    assert answer(one(terms, where=FAR)) is Truth.YES
    assert answer(one(terms, where=None)) is Truth.YES


@pytest.mark.parametrize(
    ("act", "action", "expected"),
    [
        ("explosion", "fire", "yes"), ("movement", "fire", "no"), (None, "fire", "unknown"),
        ("other", "fire", "unknown"),
        ("fighting", "fire", "unknown"), ("fire-detected", "fire", "unknown"), ("alarm", "shot", "no"),
        ("alarm", "fire", "unknown"), ("other", "other", "yes"), ("fighting", "fighting", "yes"),
        ("shot", "fighting", "unknown"), ("fire-detected", "obstruction", "no"),
    ],
)  # fmt: skip
def test_the_act_is_certain_only_where_the_term_names_it(act: str | None, action: str, expected: str) -> None:
    found = one(agreement([LEFT], [term("t", ["left"], action)]), act=act)
    assert answer(found) is ANSWERS[expected]


@pytest.mark.parametrize("kind", [Kind.DENIAL, Kind.COVERAGE])
def test_denials_and_coverage_touch_nothing(kind: Kind) -> None:
    assert one(agreement([LEFT], [term("t", ["left"])]), kind=kind) is None


def test_refused_access_touches_terms_on_obstruction_alone() -> None:
    access = Access("party-a", True, None, None, None, None)
    terms = agreement([LEFT], [term("o", ["left"], "obstruction"), term("t", ["left"])])
    seen = sighting(1, NEAR, kind=Kind.ACCESS_REFUSED, act=None, access=access)
    assert [(found.term, found.answer) for found in screen([seen], terms)] == [("o", Truth.YES)]


@pytest.mark.parametrize(
    ("when", "expected", "share"),
    [
        (at(0, 0), "yes", 1_000_000), (at(-1, -1), "no", 0), (at(-HOUR, HOUR), "unknown", 500_000),
        (at(-HOUR, 0), "no", 0), (at(HOUR, 2 * HOUR), "yes", 1_000_000), (at(-HOUR, None), "unknown", 999_999),
        (at(0, None), "yes", 1_000_000),
    ],
)  # fmt: skip
def test_time_is_certain_only_where_all_of_it_lies_in_force(
    when: Interval, expected: str, share: int
) -> None:
    found = one(agreement([LEFT], [term("t", ["left"])]), when=when)
    assert answer(found) is ANSWERS[expected]
    assert (found.share_ppm if found else 0) == share


def test_a_prohibition_with_a_deadline_binds_after_it_and_a_duty_until_it() -> None:
    fortnight = Within(14, "in-force", "after")
    shant = agreement([LEFT], [term("t", ["left"], within=fortnight)])
    must = agreement([LEFT], [term("t", ["left"], within=fortnight, modality=Modality.MUST)])
    early, late, between = at(DAY, DAY), at(20 * DAY, 20 * DAY), at(DAY, 20 * DAY)
    assert [answer(one(shant, when=when)) for when in (early, late, between)] == list(
        map(ANSWERS.get, ("no", "yes", "unknown"))
    )
    assert [answer(one(must, when=when)) for when in (early, late, between)] == list(
        map(ANSWERS.get, ("yes", "no", "unknown"))
    )


def test_a_zone_counts_only_while_it_is_valid() -> None:
    terms = agreement([LATER], [term("t", ["later"])])
    assert one(terms, when=at(DAY, DAY)) is None
    assert answer(one(terms, when=at(3 * DAY, 3 * DAY))) is Truth.YES
    assert answer(one(terms, when=at(DAY, 3 * DAY))) is Truth.UNKNOWN


def test_certain_time_in_one_zone_and_certain_place_in_another_do_not_add_up() -> None:
    edge = replace(LEFT, shape=Band(LINE, 0, 20_000, Side.LEFT))
    terms = agreement([edge, LATER], [term("t", ["left", "later"])])
    assert answer(one(terms, when=at(DAY, 3 * DAY), where=Disc(NEAR.centre, 20_000))) is Truth.UNKNOWN


def test_the_share_is_that_of_place_times_that_of_time() -> None:
    terms = agreement([LAKE], [term("t", ["lake"])])
    wide = Disc(LAKE.shape.polygons[0].outer[0], 2_000)  # type: ignore[union-attr]
    whole, half = one(terms, where=wide), one(terms, where=wide, when=at(-HOUR, HOUR))
    assert whole is not None
    assert half is not None
    assert 0 < whole.share_ppm < 1_000_000
    assert half.share_ppm == whole.share_ppm // 2


def test_naming_another_party_is_recorded_and_excludes_nothing() -> None:
    terms = agreement([LEFT], [term("t", ["left"])])
    for by, expected in (("party-a", "yes"), ("party-b", "no"), (None, "unknown")):
        found = one(terms, by=by)
        assert answer(found) is Truth.YES
        assert answer(found, "bearer") is ANSWERS[expected]


def test_grounds_for_an_exemption_make_it_possible_and_never_no() -> None:
    terms = agreement([LEFT], [term("t", ["left"], exemptions=("storage-site",))])
    assert answer(one(terms, grounds=("storage-site",))) is Truth.UNKNOWN
    assert answer(one(terms, grounds=("drill",))) is Truth.YES


def test_a_condition_is_asked_of_the_facts() -> None:
    when = compile_expression('weapon.class == "artillery" && weapon.calibre_mm >= 100')
    terms = agreement([LEFT], [term("t", ["left"], when=when)])
    assert answer(one(terms, weapon=Weapon("artillery"))) is Truth.UNKNOWN
    assert answer(one(terms, weapon=Weapon("mortar"))) is Truth.NO
    assert answer(one(terms)) is Truth.UNKNOWN


class Raises(Node):
    def truth(self, facts: object) -> Truth:
        msg = f"cannot tell from {facts}"
        raise BadInput(msg)


def test_a_condition_that_raises_is_unknown() -> None:
    terms = agreement([LEFT], [term("t", ["left"], when=Expression("x", Raises()))])
    assert answer(one(terms), "condition") is Truth.UNKNOWN


def test_a_shape_that_cannot_be_asked_leaves_the_place_open() -> None:
    pointless = Zone("z", Band(replace(LINE, points=LINE.points[:1]), 0, 5, Side.BOTH), ALWAYS)
    terms = agreement([pointless], [term("t", ["z"])])
    found = touching(sighting(1, NEAR), terms.terms[0], terms)
    assert answer(found) is Truth.UNKNOWN


def test_the_words_of_a_test_give_no_place_or_source_away() -> None:
    found = one(agreement([LEFT], [term("t", ["left"])]), by="party-b")
    assert found is not None
    assert not any(character.isdigit() for test in found.tests for character in test.says)
    assert not any("s1" in test.says or "party" in test.says for test in found.tests)


def test_touchings_come_in_the_order_of_sightings_and_then_of_terms() -> None:
    terms = agreement([LEFT, LAKE], [term("b", ["left"]), term("a", ["lake"]), term("c", [])])
    found = screen([sighting(2, NEAR), sighting(1, FAR), sighting(3, NEAR)], terms)
    assert [(one.ref.row, one.term) for one in found] == [
        (2, "b"), (2, "a"), (2, "c"), (1, "c"), (3, "b"), (3, "a"), (3, "c"),
    ]  # fmt: skip


def test_time_in_common_is_half_open() -> None:
    assert common(at(0, 5), at(5, 9)) is None
    assert common(at(0, None), at(5, 9)) == at(5, 9)
    assert within(at(5, 5), at(5, 9)).answer is Truth.YES
    assert within(at(9, 9), at(5, 9)).answer is Truth.NO
