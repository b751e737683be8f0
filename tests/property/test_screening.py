"""What is screened at once is what the plain rules say one by one, on hostile places too."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.property.test_places import areas, bands, lines, regions
from tests.screening.lakeside import ALWAYS, DAY, START, agreement, fifty_zones, random_discs, sighting, term
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import ACTS, Kind
from trucekeeper.places.position import Disc
from trucekeeper.places.touch import Ground
from trucekeeper.places.zone import Area, Band, Shape, Side, Zone
from trucekeeper.screening.model import Touching
from trucekeeper.screening.reference import Screener, screen
from trucekeeper.screening.rules import touching


def one_by_one(sightings: list[Sighting], screener: Screener) -> list[Touching]:
    ground = Ground()
    found = (
        touching(seen, each, screener.agreement, ground)
        for seen in sightings
        for each in screener.agreement.terms
    )
    return [each for each in found if each is not None]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Screener, list[Sighting]]:
    line = draw(lines())
    sides = st.sampled_from(list(Side))
    beside = draw(st.lists(st.tuples(st.sampled_from([0, 300]), st.integers(1, 9_000), sides), max_size=3))
    shapes: list[Shape] = [Band(line, low, low + wide, side) for low, wide, side in beside]
    shapes += draw(st.lists(st.one_of(areas(), bands()), min_size=1, max_size=3))
    late = Interval(Instant(START + DAY), Instant(START + 3 * DAY))
    zones = [Zone(f"z{i}", shape, draw(st.sampled_from([ALWAYS, late]))) for i, shape in enumerate(shapes)]
    terms = [term("all", [zone.id for zone in zones], "fire"), *(term(zone.id, [zone.id]) for zone in zones)]
    if draw(st.booleans()):
        terms.append(term("anywhere", []))
    sightings = []
    for number in range(draw(st.integers(1, 8))):
        shape = draw(st.sampled_from(shapes))
        where = draw(st.one_of(st.none(), regions(shape)))
        if where is not None and draw(st.booleans()):
            ring = shape.polygons[0].outer if isinstance(shape, Area) else shape.line.points
            where = Disc(draw(st.sampled_from(ring)), draw(st.sampled_from([0, 0, 1, 300])))
        start = START + draw(st.integers(-1, 4)) * DAY
        when = Interval(Instant(start), Instant(start + draw(st.sampled_from([0, 1, 2 * DAY]))))
        act = draw(st.sampled_from([None, "explosion", "fire-detected", *ACTS]))
        sightings.append(sighting(number, where, when, draw(st.sampled_from(list(Kind))), act=act))
    return Screener(agreement(zones, terms)), sightings


@given(worlds())
def test_screening_at_once_equals_the_plain_rules(world: tuple[Screener, list[Sighting]]) -> None:
    screener, sightings = world
    assert screener.screen(sightings) == one_by_one(sightings, screener)


@given(worlds(), st.randoms(use_true_random=False))
def test_screening_depends_neither_on_company_nor_on_order(
    world: tuple[Screener, list[Sighting]], random: Random
) -> None:
    screener, sightings = world
    alone = [each for seen in sightings for each in screener.screen([seen])]
    assert alone == screener.screen(sightings)
    random.shuffle(sightings)
    assert sorted(screener.screen(sightings), key=_key) == sorted(alone, key=_key)


def _key(one: Touching) -> tuple[int, str]:
    return one.ref.row, one.term


@given(worlds())
def test_no_evidence_is_never_an_answer(world: tuple[Screener, list[Sighting]]) -> None:
    screener, sightings = world
    for found in screener.screen(sightings):
        answers = {test.answer for test in found.tests if test.name != "bearer"}
        assert Truth.NO not in answers
        assert (found.answer is Truth.YES) is (answers == {Truth.YES})
        assert found.answer is not Truth.YES or found.share_ppm == 1_000_000


def test_fifty_zones_and_many_detections_give_what_one_by_one_gives() -> None:
    random = Random(11)
    zones = fifty_zones(random)
    terms = [term(f"t{index}", [zone.id for zone in zones[index::10]], "fire") for index in range(10)]
    screener = Screener(agreement(zones, terms))
    edge = [
        Disc(point, radius)
        for zone in zones[25:] if isinstance(zone.shape, Area)
        for point in zone.shape.polygons[0].outer[:2] for radius in (0, 1)
    ]  # fmt: skip
    sightings = [sighting(i, disc) for i, disc in enumerate([*random_discs(random, 250), *edge])]
    found = screener.screen(sightings)
    assert found == one_by_one(sightings, screener) == screen(sightings, screener.agreement)
    assert {each.answer for each in found} == {Truth.YES, Truth.UNKNOWN}
