"""From what a notice says to the volumes that are searched."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.movements.sample import HOUR, NOW, RULES, convoy, site
from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.extent import MOST_SLICES, volumes
from trucekeeper.movements.model import Altitudes, Corridor, Kind, Waypoint
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.volume import Footprint, Form, Volume
from trucekeeper.places import geodesy
from trucekeeper.places.position import Position


@st.composite
def corridors(draw: st.DrawFn) -> Corridor:
    at = Position(draw(st.integers(-89_000_000, 89_000_000)), draw(st.integers(-180_000_000, 180_000_000)))
    moment = NOW
    points: list[Waypoint] = []
    for _ in range(draw(st.integers(2, 4))):
        spread = draw(st.integers(0, 2 * HOUR))
        points.append(Waypoint(at, Instant(moment), Instant(moment + spread)))
        at = geodesy.direct(
            at, draw(st.integers(0, 359)), draw(st.sampled_from([0, 1, 30, 4_000, 90_000, 900_000]))
        )
        moment += spread + draw(st.integers(0, 9 * HOUR))
    return Corridor(tuple(points), draw(st.integers(1, 500)))


@given(corridors(), st.floats(0, 1), st.floats(0, 1))
def test_whoever_keeps_the_schedule_is_inside_some_slice_at_any_moment(
    where: Corridor, early: float, share: float
) -> None:
    found = volumes(convoy(where=where), RULES)
    assert len(found) <= MOST_SLICES
    for one, two in pairwise(where.waypoints):
        leaves = one.earliest + (one.latest - one.earliest) * early
        comes = two.earliest + (two.latest - two.earliest) * early
        now = Instant(round(leaves + (comes - leaves) * share))
        metres = geodesy.distance_m(one.at, two.at)
        at = geodesy.direct(one.at, geodesy.azimuth(one.at, two.at), metres * share) if metres else one.at
        here = Volume(Footprint(Form.POINT, (at,)), now, now)
        assert any(overlap(here, volume) for volume in found)


def test_uncertainty_and_stand_off_are_added_and_a_site_has_no_end() -> None:
    (found,) = volumes(site(uncertainty_m=20), RULES)
    assert found.footprint.reach_cm == (150 + 20 + 500) * 100
    assert (found.end, found.low_cm, found.high_cm) == (None, None, None)


def test_a_corridor_reaches_half_its_width() -> None:
    assert {one.footprint.reach_cm for one in volumes(convoy(), RULES)} == {(50 + 20 + 200) * 100}


@pytest.mark.parametrize(("kind", "banded"), [(Kind.ACTIVITY, True), (Kind.MOVEMENT, False)])
def test_only_what_flies_has_a_band(kind: Kind, banded: bool) -> None:
    found = volumes(convoy(kind=kind, altitudes=Altitudes(100, 200)), RULES)
    assert all((one.low_cm is not None) is banded for one in found)
    if banded:
        assert {(one.low_cm, one.high_cm) for one in found} == {(80_00, 220_00)}


def test_the_same_notice_always_has_the_same_volumes() -> None:
    assert volumes(convoy(), RULES) == volumes(convoy(), RULES)
